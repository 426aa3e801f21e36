"""Another session of the database, as another worker or visitor has one."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection


@contextmanager
def another_session_holds(statement: str) -> Iterator[None]:
    """Run a statement in a session of its own, which lasts as long as the block."""
    with psycopg.connect(**connection.get_connection_params()) as session:
        session.execute(statement)
        yield
