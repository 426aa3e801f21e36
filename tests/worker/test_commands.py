"""Replaying reactions, trying stuck ones again, and a test mail."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import journal
from core.database import now
from tests.factories import ApplicationFactory, FairFactory, member_of
from tests.worker.running import handle_all
from worker import handling, replaying
from worker.models import Handling, Message
from worker.registry import Registry
from worker.unfolding import unfold

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def ran():
    return []


@pytest.fixture
def registry(ran):
    registry = Registry()
    registry.nothing_follows("fair.edited")
    return registry


def test_a_reaction_that_is_deployed_later_looks_back_only_on_purpose(registry, ran):
    fair = FairFactory(state="draft")
    changes = [journal.record("fair.edited", fair, by=None) for _ in range(3)]
    with journal.quietly():
        journal.record("fair.edited", fair, by=None)
    unfold(registry)

    later = Registry()
    later.reacts_to("fair.edited", channel="entry")(lambda change: ran.append(change.pk))
    unfold(later)
    handling.run_due(later)
    assert ran == []

    since = now() - timedelta(hours=1)
    assert replaying.plan("fair.edited", since=since, registry=later) == [replaying.Replay("<lambda>", 3, 0)]
    assert replaying.replay("fair.edited", since=since, registry=later) == 3
    handling.run_due(later)
    assert ran == [change.pk for change in changes]
    assert replaying.plan("fair.edited", since=since, registry=later) == [replaying.Replay("<lambda>", 0, 3)]


def test_what_was_before_is_not_replayed(registry, ran):
    journal.record("fair.edited", FairFactory(state="draft"), by=None)
    registry = Registry()
    registry.reacts_to("fair.edited", channel="entry")(lambda change: ran.append(change.pk))
    unfold(registry)

    assert replaying.replay("fair.edited", since=now() + timedelta(seconds=1), registry=registry) == 0


def test_replaying_is_done_in_slices(registry, ran, monkeypatch):
    monkeypatch.setattr(replaying, "SLICE", 2)
    fair = FairFactory(state="draft")
    for _ in range(5):
        journal.record("fair.edited", fair, by=None)
    unfold(registry)
    later = Registry()
    later.reacts_to("fair.edited", channel="entry")(lambda change: ran.append(change.pk))

    assert replaying.replay("fair.edited", since=now() - timedelta(hours=1), registry=later) == 5


def test_the_command_says_what_it_would_do_and_writes_no_mail_twice():
    application = ApplicationFactory()
    member_of(application)
    journal.record("application.submitted", application, by=None)
    handle_all()
    words = ("react", "--kind", "application.submitted", "--since", (now() - timedelta(days=1)).date().isoformat())

    said = run(*words, "--dry-run")
    assert (
        said == "show_application: 0 for the first time, 1 again\ntell_of_submission: 0 for the first time, 1 again\n"
    )
    assert not Handling.objects.filter(done_at=None).exists()

    assert run(*words, "--reaction", "tell_of_submission").endswith("1 are due now.\n")
    handle_all()
    assert Message.objects.count() == 1


def test_the_command_asks_for_what_it_needs():
    with pytest.raises(CommandError, match="--kind"):
        run("react")
    with pytest.raises(CommandError, match=r"fair\.painted"):
        run("react", "--kind", "fair.painted", "--since", "2026-01-01T08:00+08:00")
    with pytest.raises(CommandError, match="invalid"):
        run("react", "--kind", "fair.edited", "--since", "yesterday")


def test_stuck_reactions_are_listed_and_tried_again():
    application = ApplicationFactory()
    journal.record("application.submitted", application, by=None)
    unfold()
    Handling.objects.filter(channel="mail").update(stuck_at=now(), attempts=12, error="ValueError: no such template")

    said = run("react", "--stuck")
    assert "tell_of_submission application.submitted" in said
    assert said.endswith("ValueError: no such template\n1 are stuck.\n")
    assert Handling.objects.stuck().count() == 1

    run("react", "--retry-stuck")
    handle_all()
    assert Handling.objects.stuck().count() == 0


def test_a_test_mail_goes_out_at_once(mail_server):
    said = run("send_test_mail", "operator@example.org")

    ((message_id, receiver),) = mail_server.taken
    assert receiver == "operator@example.org"
    assert said == f"127.0.0.1:{mail_server.port} took it, as {message_id}.\n"
    assert not Message.objects.exists()


def test_a_test_mail_that_is_refused_says_what_the_server_said(mail_server):
    mail_server.at_rcpt = {"nobody@example.org": "550 5.1.1 No such user"}

    with pytest.raises(CommandError, match=r"did not take it: 550 5\.1\.1 No such user"):
        run("send_test_mail", "nobody@example.org")
    with pytest.raises(CommandError, match="no address"):
        run("send_test_mail", "nobody")
