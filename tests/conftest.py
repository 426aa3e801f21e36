"""What all tests share."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from django.utils import translation

from tests import databases, two_worlds
from tests.two_worlds import Worlds

# What flushing would only have to be filled again.
KEPT = ("django_content_type", "auth_permission")
# At home each run tries a few new examples; in CI no run fails by chance alone, and each tries many.
hypothesis.settings.register_profile("home", max_examples=30)
hypothesis.settings.register_profile("ci", max_examples=100, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "home")
# A file is the work of one process, so what takes longest goes first. Files that walk over everything again also have
# the mark `no_cover`: what they reach has tests of its own, and counting lines would cost them half of their time.
LONGEST = (
    *("hardening/test_hostile_texts.py", "test_permissions.py", "journeys/test_main.py", "operations/test_run.py"),
    *("worker/test_dying.py", "test_api_contract.py", "exhibitors/test_races.py", "hardening/test_scanners.py"),
    *("operations/test_erasing.py", "operations/test_demo_command.py", "test_headers.py"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first."""
    ranks = {Path(__file__).parent / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In the place of pytest-django's: the migrations run once, and not in each process and at each run."""
    with django_db_blocker.unblock(), databases.own_database():
        yield


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_the_journal() -> Iterator[None]:
    """After a test that commits, the superuser steps past the journal's trigger; DELETE takes a tenth of TRUNCATE."""
    original = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, style: object, tables: Sequence[str], **options: bool) -> list[str]:
        named = [self.quote_name(table) for table in tables if table not in KEPT]
        return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {table}" for table in named)]  # noqa: S608  # names of our own tables

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign, assignment]
    yield
    DatabaseOperations.sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_nothing() -> Iterator[None]:
    """Hashing one as in production takes half a second, and most tests make people."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_are_looked_up_when_asked_for() -> Iterator[None]:
    """WhiteNoise lists every file when a handler is made, and each Django client makes one."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
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
        built = two_worlds.build()
        connection.check_constraints()  # once, and not again at the end of every test
        yield built
        transaction.set_rollback(True)
