"""Folders for Unix sockets: two checkouts never share one, and its path is short enough."""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from operations.embedded.process import ServerFailed

PATH_LIMIT = 103  # bytes: 108 with the final nought on Linux, 104 on BSD and macOS (sockaddr_un)


def folder_for(home: Path, name: str, *, user: int) -> Path:
    """Where the socket `name` of the data folder `home` goes: there, or in a short folder of `user` if it is too deep.

    The short folder follows from the path of `home`, so that a restart finds the same one. Raises ServerFailed if
    somebody else made it first.
    """
    if len(os.fsencode(home / name)) <= PATH_LIMIT:
        return home
    short = Path(tempfile.gettempdir()) / f"otop-{user}-{sha256(os.fsencode(home)).hexdigest()[:12]}"
    try:
        short.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if os.getuid() != user:
            os.chown(short, user, user)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or stat.S_IMODE(found.st_mode) & 0o077:
        raise ServerFailed(f"{short} belongs to somebody else. Remove it, or move this checkout to a shorter path.")
    return short
