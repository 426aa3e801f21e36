"""A database for each test process, copied from one that went through all migrations: that takes seconds, a copy none.

The migrated one stays on the server for the next run, under a name that says of which migrations it came.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

ROOT = Path(__file__).parent.parent
PREFIX = "migrated_"


@contextmanager
def own_database() -> Iterator[None]:
    """Point Django at a fresh database of this process, and drop it at the end."""
    original = settings.DATABASES["default"]["NAME"]
    own = f"test_{original}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    template = PREFIX + _fingerprint()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # Django's own way to make test databases
        cursor.execute("SELECT pg_advisory_lock(1)")  # one process migrates, the others wait for it
        if not _exists(cursor, template):
            _migrate(cursor, template)
        cursor.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
        cursor.execute("SELECT pg_advisory_unlock(1)")
    _point_at(own)
    yield
    _point_at(original)
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE "{own}" WITH (FORCE)')


def _migrate(cursor: CursorWrapper, template: str) -> None:
    """Make the template, which has its name only when it is whole, and drop those of other migrations."""
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    made = connection.settings_dict["NAME"]
    connection.close()
    cursor.execute(f'ALTER DATABASE "{made}" RENAME TO "{template}"')


def _point_at(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _exists(cursor: CursorWrapper, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _fingerprint() -> str:
    """Of our migrations, of what they import, and of the packages, which bring some of their own."""
    ours = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "core/*.py", "requirements/base.txt")
    parts = sorted({part for pattern in ours for part in ROOT.glob(pattern)})
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]
