"""Starts the real servers that the tests talk to: PostgreSQL, Redis and an SMTP catcher.

A pytest plugin (`-p tests.servers` in pyproject.toml), so that the addresses are in the environment before Django's
settings are read. xdist's workers inherit them. What DATABASE_URL or REDIS_URL name already is used as it is.
The data stays in `.data/test/N` for the next run; a second run at the same time takes the next N.
"""

import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from operations import mailcatcher
from operations.embedded import postgres, redis
from operations.embedded.locks import Busy, Lock
from operations.embedded.process import Child, ServerFailed

ROOT = Path(__file__).parent.parent
MOST_RUNS_AT_ONCE = 8
# The same for everyone, whatever the shell says: a test must not depend on who runs it.
SETTINGS = {
    "SECRET_KEY": "only-for-tests-but-as-long-as-a-real-one-has-to-be-0123456789",
    "DEBUG": "false",
    "DEMO": "false",
    "SITE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "LOG_LEVEL": "WARNING",  # two lines for each request would hide what failed
}
DROPPED = ("SIGNING_KEYS", "METRICS_TOKEN", "DJANGO_SETTINGS_MODULE")

report: list[str] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start the servers before pytest-django reads the settings."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        try:
            start(stack)
        except ServerFailed as error:
            raise pytest.UsageError(str(error)) from error
    else:
        # A cache of its own, for each test empties it: redis has sixteen, and the first eight are spoken for.
        number = 8 + int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % 8
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=1", f"db={number}")
    answer = yield
    if getattr(early_config.known_args_namespace, "numprocesses", None):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # or xdist's workers would be counted by coverage itself, too
    return answer


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """End the count that pytest-cov begins in xdist's workers before its own: `no_cover` pauses only the latter."""
    counting = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and counting is not None and counting.cov_controller is not None:
        counting.cov_controller.cov.stop()


def pytest_report_header() -> list[str]:
    """Say where the servers are."""
    return report


def start(stack: ExitStack) -> None:
    """Start what is missing, and leave all addresses in the environment; `stack` ends it again."""
    began = time.monotonic()
    home = take_home(stack)
    for name in DROPPED:
        os.environ.pop(name, None)
    os.environ.update(SETTINGS, DATA_DIR=str(home))
    started: list[Child] = []

    def launch(make: Callable[[], Child]) -> None:
        child = make()
        child.start()
        stack.callback(child.stop)
        started.append(child)

    listening = mailcatcher.listen()
    stack.callback(listening.close)
    maildir = home / "mail"
    shutil.rmtree(maildir, ignore_errors=True)
    launch(lambda: mailcatcher.server(listening, maildir=maildir, log=home / "mail.log"))
    os.environ.update(EMAIL_URL=mailcatcher.url(listening), MAILDIR=str(maildir))
    if "REDIS_URL" not in os.environ:
        shutil.rmtree(home / "redis", ignore_errors=True)
        launch(lambda: redis.server(home / "redis", log=home / "redis.log"))
        os.environ["REDIS_URL"] = redis.cache_url(home / "redis")
        os.environ["CELERY_BROKER_URL"] = redis.broker_url(home / "redis")
    if "DATABASE_URL" not in os.environ:
        launch(lambda: database(home))
        os.environ["DATABASE_URL"] = postgres.url(home / "pg")
    for child in started:
        child.wait()
    names = ", ".join(child.name for child in started)
    report.append(f"servers: {names} in {home.relative_to(ROOT)} ({time.monotonic() - began:.1f} s)")


def take_home(stack: ExitStack) -> Path:
    """The first data folder that no other run holds."""
    for number in range(1, MOST_RUNS_AT_ONCE + 1):
        home = ROOT / ".data" / "test" / str(number)
        lock = Lock(home / "lock")
        try:
            lock.take(note=f"process {os.getpid()}")
        except Busy:
            continue
        stack.callback(lock.release)
        return home
    raise ServerFailed(f"{MOST_RUNS_AT_ONCE} test runs are under way in this checkout. Wait for one to end.")


def database(home: Path) -> Child:
    """PostgreSQL on the data of an earlier run, or on fresh data where these are of no use: nothing in them counts."""
    try:
        return postgres.server(home / "pg", log=home / "postgres.log", settings=postgres.FAST_BUT_FORGETFUL)
    except postgres.DataFolderUnusable:
        shutil.rmtree(home / "pg")
        return postgres.server(home / "pg", log=home / "postgres.log", settings=postgres.FAST_BUT_FORGETFUL)
