"""An announced fair moves with everything that hangs on its days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import journal
from accounts.models import Change
from core.errors import Unfit
from fairs.models import Fair
from scheduling import inviting, programming, publishing, rescheduling
from scheduling.models import Entry, Listing, Session
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    FairFactory,
    InvitationFactory,
    PlacementFactory,
    SessionFactory,
    StageFactory,
    coordinator_of,
)

pytestmark = pytest.mark.django_db

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def lines_about(thing) -> list[tuple[str, str, str]]:
    return list(Change.objects.about(thing).filter(handled=False).values_list("kind", "before", "after").order_by("pk"))


def a_published_programme(count: int = 2):
    """A fair whose stage is taken at the same hour on each of its days."""
    stage = StageFactory()
    sessions = [SessionFactory(stage=stage, starts_at=stage.fair.begins_at + n * DAY) for n in range(count)]
    with journal.quietly():
        programming.release(stage.fair, by=None)
    return stage.fair, sessions


def test_a_fair_moves_and_says_by_how_much_from_when_and_why():
    fair = FairFactory()
    before, by = fair.starts_on, coordinator_of(fair)

    rescheduling.reschedule(fair, days=7, by=by, reason="颱風")

    fair.refresh_from_db()
    assert (fair.starts_on, fair.ends_on, fair.version) == (before + WEEK, before + WEEK + 2 * DAY, 2)
    change = Change.objects.get(kind="fair.rescheduled")
    assert (change.by, change.reason, change.facts) == (by, "颱風", {"days": 7, "from": before.isoformat()})


def test_the_programme_moves_published_or_not_though_the_stage_is_taken_on_the_next_day():
    fair, (first, second) = a_published_programme()
    draft = SessionFactory(stage=first.stage, starts_at=first.starts_at + 2 * HOUR)
    starts = {session.pk: session.starts_at for session in (first, second, draft)}

    rescheduling.reschedule(fair, days=1, by=None)

    assert {one.pk: one.starts_at for one in Session.objects.all()} == {pk: at + DAY for pk, at in starts.items()}
    listing = Listing.objects.get(pk=first.pk)
    assert (listing.starts_at, listing.ends_at, listing.was_at) == (
        starts[first.pk] + DAY,
        starts[first.pk] + DAY + HOUR,
        starts[first.pk],
    )
    assert lines_about(first) == [("session.moved", "", "")]
    assert lines_about(draft) == []
    change = Change.objects.get(about_id=first.pk, kind="session.moved")
    assert change.facts == {"from": listing.was_at.isoformat(), "to": listing.starts_at.isoformat()}
    assert change.caused_by == Change.objects.get(kind="fair.rescheduled")
    assert [each.session for each in programming.diff(fair).added] == [draft]
    assert not programming.diff(fair).moved


def test_what_is_cancelled_stays_where_it_was():
    fair, (first, _second) = a_published_programme()
    programming.cancel_session(first, by=None, reason="雨")
    before = Listing.objects.get(pk=first.pk)

    rescheduling.reschedule(fair, days=7, by=None)

    after = Listing.objects.get(pk=first.pk)
    assert (after.starts_at, after.was_at) == (before.starts_at, before.was_at)
    assert [kind for kind, _before, _after in lines_about(first)] == ["session.cancelled"]


def test_open_deadlines_get_as_many_days_more_and_past_ones_stay():
    now = timezone.now()
    call = CallFactory(
        opens_at=now - DAY, closes_at=now + DAY, decides_on=now.date() + 5 * DAY, offers_on=now.date() - DAY
    )
    offered = ApplicationFactory(call=call, state="offered", offer_ends_at=now + 3 * DAY)
    late = ApplicationFactory(call=call, state="offered", offer_ends_at=now - HOUR)
    returned = ApplicationFactory(call=call, state="returned", return_by=now + 2 * DAY)

    rescheduling.reschedule(call.fair, days=7, by=None)

    for row in (call, offered, late, returned):
        row.refresh_from_db()
    assert (call.opens_at, call.closes_at) == (now - DAY, now + DAY + WEEK)
    assert (call.decides_on, call.offers_on) == (now.date() + 5 * DAY + WEEK, now.date() - DAY)
    assert (offered.offer_ends_at, late.offer_ends_at, returned.return_by) == (
        now + 3 * DAY + WEEK,
        now - HOUR,
        now + 2 * DAY + WEEK,
    )


def test_a_fair_that_comes_earlier_takes_no_time_from_anybody():
    now = timezone.now()
    call = CallFactory(opens_at=now - DAY, closes_at=now + DAY)
    offered = ApplicationFactory(call=call, state="offered", offer_ends_at=now + 3 * DAY)
    before = call.fair.starts_on

    rescheduling.reschedule(call.fair, days=-7, by=None)

    for row in (call, offered):
        row.refresh_from_db()
    assert (call.closes_at, offered.offer_ends_at) == (now + DAY, now + 3 * DAY)
    assert Fair.objects.get().starts_on == before - WEEK


def test_whoever_had_confirmed_keeps_the_booth_and_is_asked_again():
    application = ApplicationFactory(state="confirmed")
    placement = PlacementFactory(application=application)

    rescheduling.reschedule(application.call.fair, days=7, by=None, reason="颱風")

    application.refresh_from_db()
    placement.refresh_from_db()
    assert (application.state, placement.state) == ("offered", "held")
    assert application.offer_ends_at > timezone.now() + 6 * DAY
    change = Change.objects.get(kind="application.offered", handled=False)
    assert (change.before, change.reason, change.caused_by.kind) == ("confirmed", "颱風", "fair.rescheduled")
    assert change.facts["booths"] == [str(placement.booth_id)]


def test_calendars_follow_under_the_same_uid():
    fair, (first, _second) = a_published_programme()
    publishing.reconcile_fair(fair)
    before = {entry.about_id: entry for entry in Entry.objects.all()}

    rescheduling.reschedule(fair, days=7, by=None)
    publishing.reconcile_fair(fair)

    after = {entry.about_id: entry for entry in Entry.objects.all()}
    assert {key: entry.uid for key, entry in before.items()} == {key: entry.uid for key, entry in after.items()}
    assert {entry.sequence for entry in after.values()} == {1}
    assert after[fair.pk].starts_on == before[fair.pk].starts_on + WEEK
    assert after[first.pk].starts_at == before[first.pk].starts_at + WEEK


def test_those_who_were_invited_are_asked_again_when_the_reaction_comes():
    fair, (first, _second) = a_published_programme()
    to_fair = InvitationFactory(fair=fair, state="accepted")
    to_session = InvitationFactory(fair=fair, session=first, state="declined")
    rescheduling.reschedule(fair, days=7, by=None)

    inviting.ask_again(fair, caused_by=Change.objects.get(kind="fair.rescheduled"))
    inviting.ask_again(first, caused_by=Change.objects.get(kind="session.moved", about_id=first.pk))

    for invitation in (to_fair, to_session):
        invitation.refresh_from_db()
        assert invitation.state == "pending"


@pytest.mark.parametrize("state", ["draft", "cancelled", "closed"])
def test_only_an_announced_fair_is_rescheduled(state):
    with pytest.raises(rescheduling.NotMovable):
        rescheduling.reschedule(FairFactory(state=state), days=7, by=None)


def test_a_fair_that_has_begun_is_not_moved():
    fair = FairFactory(starts_on=timezone.now().date() - DAY)

    with pytest.raises(rescheduling.NotMovable):
        rescheduling.reschedule(fair, days=7, by=None)


@pytest.mark.parametrize("days", [0, 367, -367, -61])
def test_days_that_are_no_move_or_lead_into_the_past_are_refused(days):
    fair = FairFactory()  # begins in 60 days
    before = fair.starts_on

    with pytest.raises(Unfit) as refusal:
        rescheduling.reschedule(fair, days=days, by=None)

    fair.refresh_from_db()
    assert [gap.field for gap in refusal.value.gaps] == ["days"]
    assert fair.starts_on == before


def test_a_fair_does_not_begin_before_its_call_closes():
    call = CallFactory()  # closes in 20 days; the fair begins in 60

    with pytest.raises(Unfit):
        rescheduling.reschedule(call.fair, days=-45, by=None)


@pytest.mark.parametrize("count", [1, 20])
def test_rescheduling_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    call = CallFactory()
    stage = StageFactory(fair=call.fair)
    for n in range(count):
        PlacementFactory(application=ApplicationFactory(call=call, state="confirmed"))
        starts_at = call.fair.begins_at + n * HOUR / 4
        SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4)
    programming.release(call.fair, by=None)
    fair = Fair.objects.get(pk=call.fair.pk)

    with django_assert_num_queries(25):
        rescheduling.reschedule(fair, days=7, by=None)
