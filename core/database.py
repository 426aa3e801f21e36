"""Small questions to PostgreSQL."""

from datetime import datetime

from django.db import IntegrityError, connection


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused, or an empty text."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def now() -> datetime:
    """The database's clock, to the instant: due and lease times are judged by it, never by a worker's own clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant


def take_advisory_lock(key: int) -> bool:
    """Take a lock of this number until the transaction ends; False if another session has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])
