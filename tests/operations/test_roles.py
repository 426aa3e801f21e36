"""The role of web and workers cannot bend the journal, whatever SQL gets through."""

import os
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts import journal
from accounts.models import Change
from fairs.models import FAIR_MOVES, Fair
from tests.factories import FairFactory

pytestmark = pytest.mark.django_db
ROLE = f"otop_app_test_{os.getpid()}"


@pytest.fixture
def fair() -> Fair:
    fair = FairFactory(state="draft")
    journal.record("fair.edited", fair, by=None, reason="改期")
    return fair


@pytest.fixture
def as_app(fair: Fair) -> Iterator[None]:
    call_command("grant_role", "--role", ROLE, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("as_app")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_change SET kind = 'fair.closed'",
        "UPDATE accounts_change SET reason = ''",
        "DELETE FROM accounts_change",
        "TRUNCATE accounts_change",
        "ALTER TABLE accounts_change DISABLE TRIGGER ALL",
        "ALTER TABLE fairs_fair DISABLE TRIGGER state_moves_are_journalled",
        "DROP TRIGGER state_moves_are_journalled ON fairs_fair",
        "CREATE OR REPLACE FUNCTION state_moves_are_journalled() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "UPDATE fairs_fair SET state = 'announced'; SET CONSTRAINTS ALL IMMEDIATE",
    ],
)
def test_the_application_cannot_rewrite_history_nor_switch_its_guards_off(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Change.objects.get(kind="fair.edited").reason == "改期"


@pytest.mark.usefixtures("as_app")
def test_the_application_can_do_its_daily_work(fair):
    journal.move(fair, "announced", moves=FAIR_MOVES, by=None)
    Change.objects.filter(position=None, kind="fair.announced").update(position=1)
    list(Change.objects.select_for_update())

    assert Fair.objects.get(pk=fair.pk).state == "announced"


def test_granting_twice_changes_nothing(fair):
    call_command("grant_role", "--role", ROLE, stdout=StringIO())
    before = _rights()

    call_command("grant_role", "--role", ROLE, stdout=StringIO())

    assert before == _rights() != []


def _rights() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = %s ORDER BY 1, 2",
            [ROLE],
        )
        return cursor.fetchall()
