"""Reminders: each once, in the morning of the place, and none missed while the deadline lies ahead."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import journal
from core import database
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    FairFactory,
    PlacementFactory,
    VenueFactory,
    coordinator_of,
    member_of,
    taipei,
)
from worker import reminding, rendering
from worker.models import Message
from worker.reminding import remind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 7)


@pytest.fixture
def at(monkeypatch):
    """Sets the database's clock, as far as reminders ask it."""

    def set_to(instant):
        monkeypatch.setattr(database, "now", lambda: instant)

    return set_to


def told():
    return sorted(Message.objects.values_list("kind", "recipient"))


def draft_that_closes(at, **fair):
    """A draft with a member, to a call that closes at this instant."""
    call = CallFactory(fair=FairFactory(**fair), opens_at=at - timedelta(days=30), closes_at=at)
    application = ApplicationFactory(call=call, state="draft")
    member_of(ApplicationFactory(call=call, state="submitted"))
    return application, member_of(application).email


# ---- the call closes -------------------------------------------------------------------------------------------


def test_whoever_has_a_draft_is_reminded_three_days_before_the_call_closes_once(at):
    application, member = draft_that_closes(taipei(TODAY + timedelta(days=3), 17))

    at(taipei(TODAY - timedelta(days=1), 12))
    assert remind() == 0
    at(taipei(TODAY, 7, 59))
    assert remind() == 0
    at(taipei(TODAY, 8))
    assert (remind(), remind()) == (1, 0)

    assert told() == [("call-closes", member)]
    message = Message.objects.get()
    # Who has a draft is the company's own affair, so its reminder is not shown at the desk.
    assert (message.give_up_at, message.organizer, message.fair) == (application.call.closes_at, None, None)
    at(taipei(TODAY + timedelta(days=1), 8))
    assert remind() == 0


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_morning_that_was_missed_is_made_up_for(at, days):
    _, member = draft_that_closes(taipei(TODAY + timedelta(days=3), 17))

    at(taipei(TODAY + timedelta(days=days), 9))
    remind()

    assert told() == [("call-closes", member)]


def test_after_the_call_is_closed_nobody_is_reminded_of_it(at):
    draft_that_closes(taipei(TODAY, 17))

    at(taipei(TODAY, 17, 1))

    assert remind() == 0


def test_a_deadline_that_moved_is_reminded_of_again(at):
    application, member = draft_that_closes(taipei(TODAY + timedelta(days=3), 17))
    at(taipei(TODAY, 8))
    remind()

    application.call.closes_at += timedelta(days=7)
    application.call.save()
    assert remind() == 0
    at(taipei(TODAY + timedelta(days=7), 8))
    assert remind() == 1
    assert told() == [("call-closes", member)] * 2


def test_a_fair_that_is_not_announced_reminds_nobody(at):
    draft_that_closes(taipei(TODAY + timedelta(days=3), 17), state="cancelled")

    at(taipei(TODAY, 8))

    assert remind() == 0


def test_a_person_of_two_companies_is_reminded_of_both_drafts(at):
    first, member = draft_that_closes(taipei(TODAY + timedelta(days=3), 17))
    second = ApplicationFactory(call=first.call, state="draft")
    type(first.company.members.get()).objects.create(company=second.company, user=first.company.members.get().user)

    at(taipei(TODAY, 8))
    remind()

    assert told() == [("call-closes", member)] * 2


# ---- the offer ends --------------------------------------------------------------------------------------------


def offer_that_ends(at):
    application = PlacementFactory().application
    application.offer_ends_at = at
    application.save()
    return application, member_of(application).email


def test_an_offer_is_reminded_of_three_days_and_one_day_before_it_ends(at):
    offer_that_ends(taipei(TODAY + timedelta(days=3), 17))
    counts = []

    for days in range(-1, 5):
        at(taipei(TODAY + timedelta(days=days), 8))
        counts.append(remind())

    assert counts == [0, 1, 0, 1, 0, 0]
    assert {kind for kind, _ in told()} == {"offer-ends"}


def test_on_the_day_on_which_an_offer_is_made_nobody_is_reminded_of_it(at):
    application, _ = offer_that_ends(database.now() + timedelta(hours=30))
    journal.record("application.offered", application, by=None)
    now = database.now()

    at(datetime.combine(now.astimezone(ZoneInfo("Asia/Taipei")).date(), time(23), ZoneInfo("Asia/Taipei")))

    assert remind() == 0


def test_whoever_answered_is_reminded_of_nothing(at):
    application = PlacementFactory(application__state="confirmed").application
    member_of(application)

    at(application.offer_ends_at - timedelta(days=1))

    assert remind() == 0


# ---- the fair is tomorrow --------------------------------------------------------------------------------------


def test_whoever_takes_part_is_reminded_on_the_day_before(at):
    placement = PlacementFactory(application__state="confirmed")
    application = placement.application
    fair = application.call.fair
    fair.starts_on, fair.ends_on = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    fair.save()
    member = member_of(application)
    type(member).objects.filter(pk=member.pk).update(language="en")
    member_of(ApplicationFactory(call=application.call, state="accepted"))
    counts = []

    for days in range(-1, 3):
        at(taipei(TODAY + timedelta(days=days), 8))
        counts.append(remind())

    assert (counts, told()) == ([0, 1, 0, 0], [("fair-tomorrow", member.email)])
    assert f"Booth  {placement.booth.number}" in rendering.render(Message.objects.get()).text


# ---- other zones and clocks ------------------------------------------------------------------------------------


def test_the_morning_is_that_of_the_place_also_where_clocks_change(at):
    zone = ZoneInfo("America/New_York")
    venue = VenueFactory(time_zone=zone.key, town=None)
    # Summer time ends on 1 November 2026, between the reminder and the deadline.
    draft_that_closes(datetime(2026, 11, 2, 17, tzinfo=zone), venue=venue)

    at(datetime(2026, 10, 30, 11, 59, tzinfo=UTC))
    assert remind() == 0
    at(datetime(2026, 10, 30, 12, 0, tzinfo=UTC))
    assert (remind(), remind()) == (1, 0)
    at(datetime(2026, 10, 31, 13, 0, tzinfo=UTC))
    assert remind() == 0


@pytest.mark.parametrize("ahead", [timedelta(days=1), -timedelta(hours=1)])
def test_a_worker_with_a_wrong_clock_doubles_and_misses_nothing(monkeypatch, time_machine, ahead):
    monkeypatch.setattr(reminding, "MORNING", 0)
    now = database.now()
    draft_that_closes(now + timedelta(days=2))
    draft_that_closes(now + timedelta(days=4, hours=1))

    time_machine.move_to(now + ahead)

    assert (remind(), remind()) == (1, 0)


# ---- the desk --------------------------------------------------------------------------------------------------


def test_coordinators_read_once_what_happened_yesterday_and_nothing_where_nothing_did(at):
    application = ApplicationFactory()
    fair = application.call.fair
    coordinator = coordinator_of(fair)
    coordinator_of(FairFactory())
    type(coordinator).objects.filter(pk=coordinator.pk).update(language="en")
    for by in (coordinator, None):
        journal.record("application.submitted", application, by=by)
        journal.record("application.offered", application, by=by)
        journal.record("application.declined", application, by=by)
    with journal.quietly():
        journal.record("application.submitted", application, by=None)
    zone = ZoneInfo("Asia/Taipei")
    tomorrow = database.now().astimezone(zone).date() + timedelta(days=1)

    at(datetime.combine(tomorrow, time(7), zone))
    assert remind() == 0
    at(datetime.combine(tomorrow, time(8), zone))
    assert (remind(), remind()) == (1, 0)
    at(datetime.combine(tomorrow + timedelta(days=1), time(8), zone))
    assert remind() == 0

    assert told() == [("desk-digest", coordinator.email)]
    text = rendering.render(Message.objects.get()).text
    assert "Applications handed in: 2\nBooths offered on to the waitlist: 1\n" in text


def test_the_number_of_queries_does_not_grow_with_what_was_told_already(at, django_assert_max_num_queries):
    for _ in range(5):
        draft_that_closes(taipei(TODAY + timedelta(days=3), 17))
    at(taipei(TODAY, 8))
    assert remind() == 5

    with django_assert_max_num_queries(12):
        assert remind() == 0
