"""`make run`: everything that the service needs, started in order and ended in reverse order.

PostgreSQL, Redis and a mail catcher are embedded unless DATABASE_URL, REDIS_URL or EMAIL_URL name others. Then come
migrations, the demo world (once, and only into the embedded database), the web server, the workers and the beat.
Nothing here imports Django: what needs it is a child.
"""

import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.request import urlopen

from operations import mailcatcher, running, translations
from operations.demo_accounts import ACCOUNTS, PASSWORD
from operations.embedded import postgres, redis
from operations.embedded.locks import Busy, Lock
from operations.embedded.process import Child, ServerFailed
from operations.stamps import Stamps
from operations.supervisor import Supervisor

ROOT = Path(__file__).parent.parent
ROLE = "otop_app"
LEAST_DISK = 1_000_000_000  # bytes: the database with the demo world, its logs, and room to breathe
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AGAIN = 0.5  # seconds
SCRATCH_PORTS = 20  # how many ports above a busy one are tried for the advice


class Ending(BaseException):
    """Somebody asked the run to end. Not an Exception, so that nothing on the way takes it for a failure."""


class Run:
    """One run in one checkout: where its data is, what it has started, and what its children are told."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.logs = data / "log"
        self.supervisor = Supervisor(say)
        self.environment = dict(os.environ)
        self.embedded_database = "DATABASE_URL" not in os.environ
        # DEMO=false make run: an empty house
        self.demo = self.embedded_database and os.environ.get("DEMO", "true").lower() not in ("false", "0", "no")
        self.site = f"http://localhost:{port}"
        self._listening: socket.socket | None = None
        self._published = False

    def start(self) -> None:
        """Start everything. Raises ServerFailed with a sentence for people."""
        began = time.monotonic()
        self._configure()
        self._start_servers()
        with step("translations"):
            translations.compile_all()
        self._prepare_database()
        self._start_service()
        say(f"\nReady after {time.monotonic() - began:.1f} s.\n")
        say(self.welcome())

    def stop(self) -> None:
        """End everything."""
        self.supervisor.stop()
        if self._listening is not None:
            self._listening.close()
        if self._published:
            running.withdraw(self.data)

    def welcome(self) -> str:
        """Where to go, and as whom."""
        lines = [
            f"  The site        {self.site}/",
            f"  For machines    {self.site}/api/docs/",
        ]
        if "MAILDIR" in self.environment:
            lines.append(f"  Mail that left  {self.site}/dev/mail/")
        if self.demo:
            width = max(len(account.email) for account in ACCOUNTS)
            lines += ["", f'  Log in at {self.site}/accounts/login/ with the password "{PASSWORD}" as']
            lines += [f"    {account.email:<{width}}  {account.role}" for account in ACCOUNTS]
        return "\n".join([*lines, "", f"  Ctrl-C ends everything. Logs are in {self.logs}."])

    def _configure(self) -> None:
        self.environment.setdefault("SECRET_KEY", secret_in(self.data / "secret"))
        self.environment.setdefault("SITE_URL", self.site)
        self.environment.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
        self.environment["DEMO"] = "true" if self.demo else "false"
        self.environment["DATA_DIR"] = str(self.data)
        self.environment["PYTHONUTF8"] = "1"
        self.environment["PYTHONUNBUFFERED"] = "1"
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # without it each start would compile all it imports

    def _start_servers(self) -> None:
        if self.embedded_database:
            folder = self.data / "pg"
            with step("PostgreSQL"):
                self._start_and_wait(postgres.server(folder, log=self.logs / "postgres.log"))
            self.environment["DATABASE_URL"] = postgres.url(folder)
        if "REDIS_URL" not in self.environment:
            folder = self.data / "redis"
            with step("Redis"):
                self._start_and_wait(redis.server(folder, log=self.logs / "redis.log"))
            self.environment["REDIS_URL"] = redis.cache_url(folder)
            self.environment["CELERY_BROKER_URL"] = redis.broker_url(folder)
        if "EMAIL_URL" not in self.environment:
            maildir = self.data / "mail"
            with step("mail catcher"):
                self._listening = mailcatcher.listen()
                self._start_and_wait(mailcatcher.server(self._listening, maildir=maildir, log=self.logs / "mail.log"))
            self.environment["EMAIL_URL"] = mailcatcher.url(self._listening)
            self.environment["MAILDIR"] = str(maildir)
        running.publish(self.data, self.environment)
        self._published = True

    def _prepare_database(self) -> None:
        if not self.embedded_database:
            with step("migrations"):
                self._migrate()
            return
        stamps = Stamps(self.environment["DATABASE_URL"], folder=self.data)
        if not stamps.migrated():
            with step("migrations"):
                self._migrate()
            stamps.note_migrated()
        if self.demo and not stamps.demo_loaded():
            with step("demo world"):
                self._manage("demo")
            stamps.note_demo_loaded()
        # As in production: what serves visitors cannot switch off the guards of the journal.
        self.environment["DATABASE_URL"] = postgres.url(self.data / "pg", role=ROLE)

    def _migrate(self) -> None:
        self._manage("migrate", "--no-input", "--verbosity", "0")
        if self.embedded_database:
            self._manage("grant_role", "--role", ROLE)

    def _start_service(self) -> None:
        with step("web, workers, beat"):
            web = self._web()
            self.supervisor.start(web, *self._workers())
            web.wait()

    def _web(self) -> Child:
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
            *("--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--blocking-threads", "8"),
            # Told to end while its worker starts, Granian would wait for it for ever.
            *("--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "4"),
        ]
        address = f"http://127.0.0.1:{self.port}/health/live"
        return self._child("Web server", command, log="web.log", ready=lambda: answers(address), patience=60)

    def _workers(self) -> list[Child]:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        quiet = ["--without-gossip", "--without-mingle", "-O", "fair", "--loglevel", "INFO"]
        workers = [
            self._child(
                f"Worker ({queue})",
                [*celery, "worker", "-Q", queue, "-n", f"{queue}@%h", "--concurrency", "2", *quiet],
                log=f"worker-{queue}.log",
                grace=15,  # a task under way may end
            )
            for queue in ("react", "send")
        ]
        # Beat's own pid file would outlive a kill and stop the next start; the lock of the run is enough.
        schedule = ["--pidfile", "", "--schedule", str(self.data / "beat")]
        beat = self._child("Beat", [*celery, "beat", *schedule, "--loglevel", "INFO"], log="beat.log")
        return [*workers, beat]

    def _child(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: str,
        ready: Callable[[], bool] = lambda: True,
        grace: float = 10,
        patience: float = 30,
    ) -> Child:
        return Child(
            name=name,
            command=command,
            log=self.logs / log,
            ready=ready,
            grace=grace,
            patience=patience,
            environment=self.environment,
            cwd=ROOT,
        )

    def _start_and_wait(self, child: Child) -> None:
        self.supervisor.start(child)
        child.wait()

    def _manage(self, *words: str) -> None:
        """Run a management command to its end. Raises ServerFailed with its last words."""
        child = self._child(f"manage.py {words[0]}", [sys.executable, "manage.py", *words], log=f"{words[0]}.log")
        child.start()
        try:
            assert child.process is not None
            code = child.process.wait()
        finally:
            child.stop()
        if code != 0:
            raise ServerFailed(f"{child.name} failed.{child.last_words()}")


def main() -> None:
    """Run until somebody asks to end, or until something fails; then end with a sentence."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").absolute()
    try:
        port = port_of(os.environ.get("PORT") or "8000")
    except ServerFailed as failure:
        say(f"\n{failure}\n")
        raise SystemExit(1) from failure
    heed_signals()
    lock = Lock(data / "run.lock")
    run = Run(data, port)
    try:
        take(lock, port)
        check_disk(data)
        check_port(port, patience=8 if lock.left_behind else 0)
        run.start()
        run.supervisor.watch()
    except ServerFailed as failure:
        say(f"\n{failure}\n")
        raise SystemExit(1) from failure
    except Ending:
        say("\nEnding ...")
    finally:
        ignore_signals()
        run.stop()
        lock.release()
    say("Everything has ended.")


def heed_signals() -> None:
    """From here on, raise Ending where a signal asks for it."""
    signal.signal(signal.SIGALRM, _end)
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup and background jobs have them ignored on purpose
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    if not _is_ending():
        ignore_signals()
        # Raised in a destructor or a callback, Python only prints it and goes on; so it is raised again until heeded.
        signal.setitimer(signal.ITIMER_REAL, AGAIN)
        raise Ending


def _is_ending() -> bool:
    """Whether Ending is on its way up already, and what it passes is being put in order."""
    handled = sys.exception()
    while handled is not None and not isinstance(handled, Ending):
        handled = handled.__context__
    return handled is not None


def ignore_signals() -> None:
    """Once is enough: a second Ctrl-C must not cut the orderly end short."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def take(lock: Lock, port: int) -> None:
    """Take the lock of this checkout. Raises ServerFailed saying where the run is that holds it."""
    try:
        lock.take(note=f"process {os.getpid()}, http://localhost:{port}/")
    except Busy as busy:
        raise ServerFailed(
            f"This checkout runs already: {busy.holder}. End that run first (Ctrl-C in its terminal), "
            "or run another checkout beside it on another port."
        ) from busy


def port_of(given: str) -> int:
    """The port to serve on. Raises ServerFailed if it is none."""
    if given.isascii() and given.isdigit() and 0 < int(given) < 65536:
        return int(given)
    raise ServerFailed(f"PORT={given} is no port. Use a number from 1 to 65535: PORT=8001 make run")


def check_disk(data: Path, *, least: int = LEAST_DISK) -> None:
    """Refuse to start where the database would fill the disk. Raises ServerFailed."""
    free = shutil.disk_usage(data).free
    if free < least:
        raise ServerFailed(
            f"Only {free / 1e9:.1f} GB are free on the disk of {data}, and {least / 1e9:.1f} GB are needed. "
            "Free some space, or put the data elsewhere: DATA_DIR=/another/disk/otop make run"
        )


def check_port(port: int, *, patience: float) -> None:
    """Refuse a port that somebody listens on. Raises ServerFailed, naming one that is free.

    `patience`: seconds to wait for it, for the web server of a killed run takes a moment to end.
    """
    deadline = time.monotonic() + patience
    while not is_free(port):
        if time.monotonic() >= deadline:
            others = range(port + 1, port + SCRATCH_PORTS)
            free = next((other for other in others if is_free(other)), port + SCRATCH_PORTS)
            raise ServerFailed(f"Port {port} is busy: another program listens on it. Use another: PORT={free} make run")
        time.sleep(0.1)


def is_free(port: int) -> bool:
    """Whether we could listen on this port of the loopback."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def answers(address: str) -> bool:
    """Whether the address answers 200."""
    try:
        with urlopen(address, timeout=2) as response:  # noqa: S310 (our own loopback address)
            return bool(response.status == 200)
    except OSError:
        return False


def secret_in(path: Path) -> str:
    """The secret key of this checkout, made once."""
    if not path.exists():
        running.write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


@contextmanager
def step(name: str) -> Generator[None]:
    """Say what is being done, and how many seconds it took."""
    began = time.monotonic()
    sys.stdout.write(f"  {name} ".ljust(24, "."))
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say(" not done")
        raise
    say(f" {time.monotonic() - began:.1f} s")


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
