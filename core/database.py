"""Small questions to PostgreSQL."""

from datetime import datetime
from uuid import UUID

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


def fresh_ids(count: int) -> list[UUID]:
    """As many new ids, in their order in time, for rows that are written many at once and pointed at before.

    `bulk_create` does not give back ids that the database makes by a default.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuidv7() FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def await_advisory_lock(key: int) -> None:
    """Take a lock of this number until the transaction ends, waiting for whoever has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def take_named_lock(name: str) -> bool:
    """Take the lock of this name until the transaction ends; False if another session has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def wait_for_named_lock(name: str) -> None:
    """Wait for the lock of this name, and keep it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def running_transactions() -> frozenset[str]:
    """The transactions that other sessions of this database have open, by their virtual ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT held.virtualtransaction FROM pg_locks AS held JOIN pg_stat_activity AS session USING (pid) "
            "WHERE held.locktype = 'virtualxid' AND held.granted AND held.pid <> pg_backend_pid() "
            "AND session.datname = current_database() AND session.usesysid IS NOT NULL"
        )
        return frozenset(row[0] for row in cursor.fetchall())
