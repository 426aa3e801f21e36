"""The journal is written once, and no state moves without it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import journal
from accounts.models import Change
from core.errors import InvalidTransition
from exhibitors.models import MOVES, Application
from fairs.models import Fair
from tests.factories import ApplicationFactory, FairFactory, coordinator_of

pytestmark = pytest.mark.django_db


def test_a_move_is_recorded_with_who_from_which_state_to_which_and_why():
    application = ApplicationFactory(state="submitted")
    coordinator = coordinator_of(application)

    journal.move(application, "cancelled", moves=MOVES, by=coordinator, reason="重複申請")

    change = Change.objects.about(application).last()
    assert (change.kind, change.before, change.after, change.by, change.reason) == (
        "application.cancelled",
        "submitted",
        "cancelled",
        coordinator,
        "重複申請",
    )
    fair = application.call.fair
    assert (change.organizer_id, change.fair_id, change.company_id) == (
        fair.organizer_id,
        fair.pk,
        application.company_id,
    )


def test_a_move_that_is_not_listed_is_refused_and_names_those_that_are():
    application = ApplicationFactory(state="withdrawn")

    with pytest.raises(InvalidTransition) as refusal:
        journal.move(application, "confirmed", moves=MOVES, by=None)

    assert refusal.value.data == {"before": "withdrawn", "after": "confirmed", "allowed": ["draft"]}
    assert Application.objects.get().state == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_a_transaction_is_a_mistake_of_the_caller():
    fair = FairFactory()

    with pytest.raises(RuntimeError):
        journal.record("fair.edited", fair, by=None)

    assert not Change.objects.filter(kind="fair.edited").exists()


@pytest.mark.django_db(transaction=True)
def test_a_state_that_moves_without_a_change_is_refused_at_the_commit():
    fair = FairFactory(state="draft")

    with pytest.raises(IntegrityError, match="without a change in the journal"), transaction.atomic():
        Fair.objects.filter(pk=fair.pk).update(state="announced")

    assert Fair.objects.get().state == "draft"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "after", "other"),
    [("draft", "cancelled", False), ("cancelled", "announced", False), ("draft", "announced", True)],
    ids=["another state after", "another state before", "another object"],
)
def test_a_change_of_something_else_does_not_cover_a_move(before, after, other):
    fair = FairFactory(state="draft")
    about = FairFactory(state="draft") if other else fair

    with pytest.raises(IntegrityError, match="without a change in the journal"), transaction.atomic():
        journal.record("fair.announced", about, by=None, before=before, after=after)
        Fair.objects.filter(pk=fair.pk).update(state="announced")


@pytest.mark.django_db(transaction=True)
def test_a_change_of_an_earlier_transaction_does_not_cover_a_move():
    fair = FairFactory(state="draft")
    with transaction.atomic():
        journal.record("fair.announced", fair, by=None, before="draft", after="announced")

    with pytest.raises(IntegrityError, match="without a change in the journal"), transaction.atomic():
        Fair.objects.filter(pk=fair.pk).update(state="announced")


@pytest.mark.django_db(transaction=True)
def test_a_row_cannot_be_born_in_a_later_state_without_a_change():
    template = FairFactory(state="draft")

    with pytest.raises(IntegrityError, match="without a change in the journal"):
        Fair.objects.create(
            organizer=template.organizer,
            slug="born-announced",
            name_zh="已公告",
            venue=template.venue,
            starts_on=template.starts_on,
            ends_on=template.ends_on,
            state="announced",
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_change SET kind = 'fair.closed'",
        "UPDATE accounts_change SET reason = ''",
        "UPDATE accounts_change SET facts = '{}'",
        "UPDATE accounts_change SET by_id = NULL, position = 5",
        "DELETE FROM accounts_change",
        "TRUNCATE accounts_change CASCADE",
    ],
)
def test_the_journal_is_written_once(statement):
    fair = FairFactory(state="draft")
    journal.record("fair.edited", fair, by=coordinator_of(fair), reason="改期")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Change.objects.get(kind="fair.edited").reason == "改期"


def test_a_position_is_given_once():
    fair = FairFactory(state="draft")
    change = journal.record("fair.edited", fair, by=None)
    Change.objects.filter(pk=change.pk).update(position=7)

    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(position=8)

    assert Change.objects.get(pk=change.pk).position == 7


def test_a_redacted_reason_is_gone_and_that_is_recorded():
    fair = FairFactory(state="draft")
    coordinator = coordinator_of(fair)
    change = journal.record("fair.edited", fair, by=coordinator, reason="王小姐住院")

    journal.redact(change, by=coordinator)

    assert list(Change.objects.about(fair).values_list("kind", "reason", "by")) == [
        ("fair.edited", "", coordinator.pk),
        ("change.redacted", "", coordinator.pk),
    ]


def test_a_fact_can_be_blanked_too_but_none_goes_or_comes():
    fair = FairFactory(state="draft")
    change = journal.record("fair.edited", fair, by=None, reason="王小姐", facts={"days": 2, "who": "王小姐"})

    journal.redact(change, by=None, facts=["who"])

    change.refresh_from_db()
    assert (change.reason, change.facts) == ("", {"days": 2, "who": ""})
    for facts in ({"days": 3, "who": ""}, {"days": 2}, {"days": 2, "who": "", "more": ""}):
        with pytest.raises(DatabaseError, match="the journal is written once"), transaction.atomic():
            Change.objects.filter(pk=change.pk).update(reason="", facts=facts)


def test_what_is_recorded_quietly_counts_as_handled():
    fair = FairFactory(state="draft")

    with journal.quietly():
        quiet = journal.record("fair.edited", fair, by=None)
    loud = journal.record("fair.edited", fair, by=None)

    assert (quiet.handled, loud.handled) == (True, False)
