"""A copy of the whole database in one file, and back again.

With PostgreSQL's own tools: those of the embedded server where it is installed, else those on the PATH.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from django.utils.translation import gettext as _

from core.errors import DomainError
from operations.embedded import postgres
from operations.embedded.process import ServerFailed


class ToolFailed(DomainError):
    """pg_dump or pg_restore is missing, or refused; the message holds its own words."""

    code = "tool-failed"


class NotEmpty(DomainError):
    """The database holds tables, which a restore would replace."""

    code = "not-empty"


def dump(database: Mapping[str, object], file: Path) -> None:
    """Write the database into `file`, as of one instant, while the service runs. Only we may read it.

    `database` is an entry of settings.DATABASES. Raises ToolFailed; then there is no file.
    """
    new = file.with_name(f"{file.name}.part")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={new}"], database)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def restore(database: Mapping[str, object], file: Path, *, replace: bool) -> None:
    """Bring the database back as it was. All or nothing: after a failure it is as before.

    Raises NotEmpty if it holds tables and they shall not be replaced, ToolFailed if the file is no dump.
    """
    if not replace and _tables(database):
        raise NotEmpty(
            _("The database holds tables. Stop web and workers, and say --replace to put the dump in their place.")
        )
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", [*options, f"--dbname={database['NAME']}", str(file)], database)


def _tables(database: Mapping[str, object]) -> bool:
    with psycopg.connect(
        host=str(database["HOST"]),
        port=str(database["PORT"]),
        user=str(database["USER"]),
        password=str(database["PASSWORD"]),
        dbname=str(database["NAME"]),
    ) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')").fetchone()
    return found == (True,)


def _run(tool: str, options: Sequence[str], database: Mapping[str, object]) -> None:
    told = {
        **os.environ,
        "PGHOST": str(database["HOST"]),
        "PGPORT": str(database["PORT"]),
        "PGUSER": str(database["USER"]),
        "PGPASSWORD": str(database["PASSWORD"]),
        "PGDATABASE": str(database["NAME"]),
    }
    given = {name: value for name, value in told.items() if value or not name.startswith("PG")}
    done = subprocess.run([_tool(tool), *options], env=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ToolFailed(_("%(tool)s failed: %(said)s") % {"tool": tool, "said": done.stderr.strip()})


def _tool(name: str) -> str:
    """The tool of the embedded server, whose version fits ours, else that of the machine."""
    try:
        return str(postgres.binaries() / name)
    except ServerFailed:
        if found := shutil.which(name):
            return found
    raise ToolFailed(_("%s is missing. Install the client tools of PostgreSQL 18.") % name)
