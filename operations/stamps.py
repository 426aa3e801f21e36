"""What was done to the embedded database already: Django takes seconds to say that nothing is to do."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import psycopg

ROOT = Path(__file__).parent.parent


class Stamps:
    """Two stamps in `folder` about the database at `url`. A stamp counts for the very database that it was made on."""

    def __init__(self, url: str, *, folder: Path) -> None:
        self._url = url
        self._migrated = folder / "stamp.migrated"
        self._demo = folder / "stamp.demo"

    def migrated(self) -> bool:
        """Whether nothing changed since the last migration: no file, no package, no row of the database's own list."""
        return _reads(self._migrated, self._state_of_migrations())

    def note_migrated(self) -> None:
        """Remember the present state as migrated."""
        self._migrated.write_text(self._state_of_migrations())

    def demo_loaded(self) -> bool:
        """Whether the demo world was loaded into this database."""
        return _reads(self._demo, self._identity())

    def note_demo_loaded(self) -> None:
        """Remember that it was."""
        self._demo.write_text(self._identity())

    def _state_of_migrations(self) -> str:
        digest = sha256(self._identity().encode())
        for path in _migration_files():
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
        with psycopg.connect(self._url) as connection:
            known = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
            if known == (True,):
                # A database that was restored from an older dump lacks some of them.
                rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
                digest.update(repr(rows).encode())
        return digest.hexdigest()

    def _identity(self) -> str:
        """Something that differs between any two databases, also of the same name. Only its owner may ask."""
        with psycopg.connect(self._url) as connection:
            query = (
                "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
            )
            return repr(connection.execute(query).fetchone())


def _migration_files() -> Iterator[Path]:
    """Our migrations, and the lock, which stands for those of the packages."""
    yield from sorted(ROOT.glob("*/migrations/*.py"))
    yield ROOT / "requirements" / "base.txt"


def _reads(stamp: Path, expected: str) -> bool:
    return stamp.exists() and stamp.read_text() == expected
