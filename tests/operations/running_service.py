"""A `make run` of the tests' own: started, watched and ended as a person in a terminal would."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent.parent
# What the tests themselves were told, and a person's terminal does not know.
TOLD = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "MAILDIR", "DJANGO_SETTINGS_MODULE"),
    *("SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "DATA_DIR", "DEBUG", "DEMO", "PORT", "LOG_LEVEL"),
)
# Its lines count for coverage. Those of its Django children do not: measuring them would double the time of each start.
RUN = (
    "import os, runpy\n"
    "os.environ.pop('COVERAGE_PROCESS_CONFIG', None)\n"
    "runpy.run_module('operations.run', run_name='__main__', alter_sys=True)"
)


class Service:
    """One runner, with what it printed and the processes that it started."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.site = f"http://localhost:{self.port}"
        self.output = data.with_suffix(".out")
        told = {name: value for name, value in os.environ.items() if name not in TOLD}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN],
                cwd=ROOT,
                env={**told, "DATA_DIR": str(data), "PORT": str(self.port), "DEMO": "false", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        """Wait until it says that it is."""
        wait_for(lambda: "Ready after" in self.said() or self.process.poll() is not None, within=60)
        assert "Ready after" in self.said(), self.said()

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does, or otherwise, and give its exit code."""
        self.process.send_signal(by)
        return self.process.wait(40)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page; 0 where nobody answers."""
        return fetch(f"{self.site}{path}")

    def children(self) -> dict[int, str]:
        """Command lines of the runner's own children, by process."""
        return {pid: line for pid, line in _command_lines() if _parent(pid) == self.process.pid}

    def child(self, words: str) -> int | None:
        """The one child whose command line contains these words."""
        found = [pid for pid, line in self.children().items() if words in line]
        return found[0] if len(found) == 1 else None

    def leftovers(self) -> dict[int, str]:
        """Living processes that name this run's data folder or port, whoever their parent is."""
        marks = (str(self.data), f"--port {self.port}")
        return {pid: line for pid, line in _command_lines() if any(mark in line for mark in marks)}


def _command_lines() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if line:  # a process that has ended and waits for its parent has none
                yield int(folder.name), line


def _parent(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(status.split("PPid:", 1)[1].split()[0])


def fetch(address: str) -> tuple[int, str]:
    """Status and body; 0 where nobody answers."""
    try:
        with urlopen(address, timeout=5) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_for(condition: Callable[[], bool], *, within: float) -> None:
    """Wait until the condition holds; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.05)


def free_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
