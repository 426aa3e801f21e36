"""Children that end when their parent does, and are ended politely before that."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside as .old when its server starts
PR_SET_PDEATHSIG = 1  # linux/prctl.h

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerFailed(RuntimeError):
    """A server could not start or died; the message says which one and what to do, in whole sentences."""


@dataclass(kw_only=True, eq=False)
class Child:
    """A server process of ours: how to start it, how to know that it is ready, how to end it.

    `grace`: seconds from the stop signal to the kill. `patience`: seconds from the start until it must be ready.
    """

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    before: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10
    patience: float = 30
    environment: Mapping[str, str] | None = None
    user: int | None = None
    cwd: Path | None = None
    fds: Sequence[int] = ()
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _asked: bool = field(default=False, init=False)

    def start(self) -> None:
        """Start the process, without waiting until it is ready."""
        self.before()
        self._asked = False
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(self.log.suffix + ".old"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own commands only)
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=None if self.environment is None else dict(self.environment),
                cwd=self.cwd,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                pass_fds=self.fds,
                start_new_session=True,  # Ctrl-C in the terminal reaches the runner alone, which ends all in order
                preexec_fn=lambda: _die_with_parent(self.stop_signal),  # noqa: PLW1509 (no other thread runs yet)
            )

    def wait(self) -> None:
        """Wait until the started process is ready. Raises ServerFailed if it dies or takes too long."""
        deadline = time.monotonic() + self.patience
        while not self.ready():
            if (code := self.exit_code()) is not None:
                raise ServerFailed(f"{self.name} ended with {code} while it started.{self.last_words()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{self.name} was not ready after {self.patience:.0f} s.{self.last_words()}")
            time.sleep(0.02)

    def exit_code(self) -> int | None:
        """What the process ended with, or None while it runs (or was never started)."""
        return None if self.process is None else self.process.poll()

    def ask_to_end(self) -> None:
        """Send the stop signal, once, and go on."""
        if self.process is not None and self.process.poll() is None and not self._asked:
            self._asked = True
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask the process to end, wait for it, then kill what is left of its group."""
        self.ask_to_end()
        if self.process is None:
            return
        if self.process.poll() is None:
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.kill_group()
        self.process = None

    def kill_group(self) -> None:
        """Kill what a dead process left behind: its own children, which may still hold its port."""
        if self.process is not None and self.process.poll() is not None:
            with contextlib.suppress(ProcessLookupError):  # nothing was left
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The end of the log, indented, to stand below a sentence."""
        lines = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else []
        return "\n".join(["", *(f"  | {line}" for line in lines), f"  The whole log: {self.log}"])


def _die_with_parent(by: signal.Signals) -> None:
    """Run in the child: let the kernel send it `by` as soon as its parent is gone, even after kill -9 (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(by))
