"""Real worker processes on the test's own database, with a Redis and a mail server of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.conf import settings
from kombu import Connection

from config.celery import app
from operations.embedded import redis as embedded
from operations.embedded.process import Child
from tests.worker.mailserver import MailServer

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds; a busy machine starts a worker in ten


@dataclass
class Workers:
    """Celery workers that can be killed. `kill` and `start` in any order."""

    folder: Path
    mail: MailServer
    redis: Child
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def broker(self) -> str:
        return embedded.broker_url(self.folder / "redis")

    def start(self) -> None:
        """Start a worker of two processes for all queues, and wait until it takes work."""
        log = self.folder / "worker.log"
        log.touch()
        began = log.read_text(errors="replace").count(" ready.")
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "react,send", "--concurrency", "2"]
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*command, "-O", "fair", "--without-gossip", "--without-mingle", "--loglevel", "INFO"],
                cwd=ROOT,
                env={**told(), **self.environment},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_until(lambda: log.read_text(errors="replace").count(" ready.") > began, log)

    def kill(self) -> None:
        """kill -9 the worker and its processes, at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def wake(self, task: str) -> None:
        """Ask for a task, as a web process or beat would."""
        with Connection(self.broker) as connection:
            app.send_task(task, connection=connection)

    def flush_redis(self) -> None:
        """Lose everything that Redis holds."""
        with redis.from_url(embedded.cache_url(self.folder / "redis")) as client:
            client.flushall()


def told() -> dict[str, str]:
    """Our environment, but that processes are not counted, for killed with -9 they report nothing; and say more."""
    return {name: value for name, value in os.environ.items() if name not in ("COVERAGE_PROCESS_CONFIG", "LOG_LEVEL")}


@contextmanager
def workers(folder: Path, mail: MailServer) -> Iterator[Workers]:
    """A Redis, and workers that are not started yet; all end with the block."""
    server = embedded.server(folder / "redis", log=folder / "redis.log")
    server.start()
    made = Workers(folder, mail, server)
    database = settings.DATABASES["default"]
    made.environment = {
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
        "REDIS_URL": embedded.cache_url(folder / "redis"),
        "CELERY_BROKER_URL": made.broker,
    }
    try:
        server.wait()
        yield made
    finally:
        made.kill()
        server.stop()


def wait_until(is_so: Callable[[], bool], log: Path | None = None) -> None:
    """Look every twentieth of a second whether something is so; fail after a minute, with the end of the log."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        last = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
        assert time.monotonic() < deadline, f"it did not come to that in {PATIENCE} s. {last}"
        time.sleep(0.05)
