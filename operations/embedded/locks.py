"""One runner a checkout: a lock that the kernel lets go of when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import Self


class Busy(RuntimeError):
    """Another living process holds the lock; `holder` is what it wrote about itself."""

    def __init__(self, path: Path, holder: str) -> None:
        self.holder = holder
        super().__init__(f"{path} is held by {holder}")


class Lock:
    """An exclusive lock on a file, held from `take` until `release` or until this process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left_behind = ""  # the note of a holder that died with the lock in its hands
        self._fd: int | None = None

    def take(self, *, note: str) -> Self:
        """Take the lock, without waiting, and leave `note` for whoever comes second. Raises Busy."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(fd, 1000).decode(errors="replace").strip()
            os.close(fd)
            raise Busy(self.path, holder or "another process") from None
        self.left_behind = os.read(fd, 1000).decode(errors="replace").strip()
        os.truncate(fd, 0)
        os.pwrite(fd, note.encode(), 0)
        self._fd = fd
        return self

    def release(self) -> None:
        """Let go; a second call does nothing. The file stays: removing it would let two holders in."""
        if self._fd is not None:
            os.truncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None
