"""What all tests share."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from django.utils import translation

from tests import two_worlds
from tests.two_worlds import Worlds


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_the_journal() -> Iterator[None]:
    """Tests that commit are cleaned up by TRUNCATE, which the journal refuses; the superuser steps past its trigger."""
    original = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: Sequence[str]) -> None:
        original(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_nothing() -> Iterator[None]:
    """Hashing one as in production takes half a second, and most tests make people."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _language_of_the_house() -> None:
    """A request of an earlier test leaves its reader's language behind in the thread."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Limits of sign-in and API are counted in Redis; each test starts at nought."""
    yield
    cache.clear()


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[Worlds]:
    """Both worlds, built once, and gone at the end of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_worlds.build()
        transaction.set_rollback(True)
