"""The back-up, rehearsed: what was there before the loss is there after it."""

import os
from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import translation
from psycopg import sql

from accounts import journal
from accounts.models import Change
from operations import backup
from tests.factories import ApplicationFactory, FairFactory

pytestmark = pytest.mark.django_db(transaction=True)
NAME = f"rehearsal_{os.getpid()}"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def elsewhere() -> Iterator[dict[str, object]]:
    """An empty database on the same server, as an entry of settings.DATABASES."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    yield {**connection.settings_dict, "NAME": NAME}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def counts(database: dict[str, object]) -> dict[str, int]:
    with psycopg.connect(
        host=str(database["HOST"]), user=str(database["USER"]), dbname=str(database["NAME"])
    ) as connected:
        tables = connected.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        counted = {}
        for (name,) in tables:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            counted[name] = connected.execute(query).fetchone()[0]
        return counted


def test_what_was_dumped_and_lost_is_restored_table_by_table(elsewhere, tmp_path):
    ApplicationFactory.create_batch(3)
    with transaction.atomic():
        journal.record("fair.edited", FairFactory(name_zh="鶯歌窯火與茶"), by=None, reason="改期")
    before = counts(connection.settings_dict)
    file = tmp_path / "otop.dump"

    call_command("backup", str(file), stdout=StringIO())
    backup.restore(elsewhere, file, replace=False)

    assert counts(elsewhere) == before
    assert before["exhibitors_application"] == 3
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_restored_journal_still_cannot_be_rewritten(elsewhere, tmp_path):
    with transaction.atomic():
        journal.record("fair.edited", FairFactory(), by=None)
    backup.dump(connection.settings_dict, tmp_path / "otop.dump")
    backup.restore(elsewhere, tmp_path / "otop.dump", replace=False)

    with psycopg.connect(host=str(elsewhere["HOST"]), user="postgres", dbname=NAME) as connected:
        with pytest.raises(psycopg.DatabaseError):
            connected.execute("DELETE FROM accounts_change")
        connected.rollback()
        assert connected.execute("SELECT count(*) FROM accounts_change").fetchone() == (Change.objects.count(),)


def test_a_restore_over_tables_wants_to_be_told_and_then_puts_the_dump_in_their_place(elsewhere, tmp_path):
    FairFactory()
    backup.dump(connection.settings_dict, tmp_path / "old.dump")
    before = counts(connection.settings_dict)
    FairFactory()
    backup.dump(connection.settings_dict, tmp_path / "new.dump")
    backup.restore(elsewhere, tmp_path / "new.dump", replace=False)

    with pytest.raises(backup.NotEmpty, match="say --replace"):
        backup.restore(elsewhere, tmp_path / "old.dump", replace=False)
    assert counts(elsewhere)["fairs_fair"] == 2
    backup.restore(elsewhere, tmp_path / "old.dump", replace=True)

    assert counts(elsewhere) == before


def test_a_file_that_is_no_dump_changes_nothing(elsewhere, tmp_path):
    FairFactory()
    backup.dump(connection.settings_dict, tmp_path / "otop.dump")
    backup.restore(elsewhere, tmp_path / "otop.dump", replace=False)
    whole = (tmp_path / "otop.dump").read_bytes()
    (tmp_path / "cut.dump").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.dump").write_text("no dump")
    before = counts(elsewhere)

    for name in ("cut.dump", "text.dump", "missing.dump"):
        with pytest.raises(backup.ToolFailed, match="pg_restore failed"):
            backup.restore(elsewhere, tmp_path / name, replace=True)

    assert counts(elsewhere) == before


def test_a_dump_that_fails_leaves_no_file(tmp_path):
    nowhere = {**connection.settings_dict, "NAME": "no_such_database"}

    with pytest.raises(backup.ToolFailed, match="no_such_database"):
        backup.dump(nowhere, tmp_path / "otop.dump")

    assert list(tmp_path.iterdir()) == []


def test_the_command_restores_over_this_very_database_and_keeps_the_rights_of_the_role(tmp_path):
    FairFactory(name_zh="留下")
    call_command("grant_role", "--role", NAME, stdout=StringIO())
    file = tmp_path / "otop.dump"
    call_command("backup", str(file), stdout=StringIO())
    before = counts(connection.settings_dict)
    FairFactory(name_zh="不留")

    with pytest.raises(CommandError, match="say --replace"):
        call_command("restore", str(file), stdout=StringIO())
    call_command("restore", str(file), "--replace", "--role", NAME, stdout=StringIO())

    assert counts(connection.settings_dict) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'fairs_fair', 'UPDATE')", [NAME])
        may_work = cursor.fetchone()
        cursor.execute("SELECT has_table_privilege(%s, 'accounts_change', 'DELETE')", [NAME])
        may_rewrite = cursor.fetchone()
        cursor.execute(f"DROP OWNED BY {NAME}; DROP ROLE {NAME}")
    assert (may_work, may_rewrite) == ((True,), (False,))


def test_without_the_tools_a_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(backup.postgres, "find_spec", lambda name: None)
    monkeypatch.setattr(backup.shutil, "which", lambda name: None)

    with pytest.raises(CommandError, match=r"pg_dump is missing\. Install the client tools of PostgreSQL 18"):
        call_command("backup", str(tmp_path / "otop.dump"))
