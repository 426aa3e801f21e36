"""What a company says to an offer, what the clock says, and who came on the day."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Change
from core.errors import InvalidTransition
from exhibitors import answering, placing
from exhibitors.models import Application, Placement
from tests.factories import ApplicationFactory, CallFactory, PlacementFactory, member_of, staff_of

pytestmark = pytest.mark.django_db

AN_HOUR_AGO = timedelta(hours=-1)


def offered(**values):
    placement = PlacementFactory(application__state="offered", **{f"application__{k}": v for k, v in values.items()})
    return placement.application, placement


def over():
    return timezone.now() + AN_HOUR_AGO


def test_a_company_takes_the_offer_and_its_booth_stays_held():
    application, placement = offered()
    person = member_of(application)

    answering.confirm(application, by=person)

    placement.refresh_from_db()
    assert (application.state, placement.state) == ("confirmed", "held")
    change = Change.objects.about(application).last()
    assert (change.kind, change.before, change.by) == ("application.confirmed", "offered", person)


def test_after_the_deadline_nobody_confirms_though_the_clock_has_not_come_by_yet():
    application, _placement = offered(offer_ends_at=over())

    with pytest.raises(answering.OfferOver) as refusal:
        answering.confirm(application, by=member_of(application))

    assert refusal.value.data == {"ended_at": application.offer_ends_at.isoformat()}
    application.refresh_from_db()
    assert application.state == "offered"


def test_the_deadline_is_judged_by_the_databases_clock_and_not_by_a_workers_own():
    application, _placement = offered(offer_ends_at=timezone.now() + timedelta(hours=1))
    late, _other = offered(offer_ends_at=over())

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        answering.confirm(application, by=member_of(application))
        assert answering.expire_due() == 1
    with time_machine.travel(timezone.now() - timedelta(days=1)), pytest.raises(InvalidTransition):
        answering.confirm(late, by=member_of(late))

    assert application.state == "confirmed"


def test_an_offer_whose_booth_was_let_go_of_waits_for_another_one():
    application, placement = offered()
    placing.release(placement, reason="柱子", by=None)

    with pytest.raises(answering.NoBooth):
        answering.confirm(application, by=member_of(application))


@pytest.mark.parametrize("state", sorted(set(Application.State.values) - {"offered"}))
def test_only_an_offer_is_answered(state):
    application = ApplicationFactory(state=state)
    person = member_of(application)

    with pytest.raises(InvalidTransition):
        answering.confirm(application, by=person)
    with pytest.raises(InvalidTransition):
        answering.decline(application, by=person)


def test_who_declines_lets_go_of_the_booth_and_may_say_why():
    application, placement = offered()
    person = member_of(application)

    answering.decline(application, by=person, reason="攤位位置不合需求")

    placement.refresh_from_db()
    assert (application.state, placement.state) == ("declined", "released")
    declined = Change.objects.about(application).last()
    released = Change.objects.about(placement).get()
    assert (declined.kind, declined.reason) == ("application.declined", "攤位位置不合需求")
    assert (released.kind, released.caused_by, released.reason) == ("placement.released", declined, "")


def test_what_is_due_expires_and_lets_go_of_its_booth_and_nothing_else_does():
    due, placement = offered(offer_ends_at=over())
    live, _held = offered()
    confirmed, _kept = offered(offer_ends_at=over())
    Application.objects.filter(pk=confirmed.pk).update(offer_ends_at=timezone.now() + timedelta(hours=1))
    confirmed.refresh_from_db()
    answering.confirm(confirmed, by=member_of(confirmed))
    Application.objects.filter(pk=confirmed.pk).update(offer_ends_at=over())

    assert answering.expire_due() == 1
    assert answering.expire_due() == 0

    states = dict(Application.objects.values_list("pk", "state"))
    assert states == {due.pk: "expired", live.pk: "offered", confirmed.pk: "confirmed"}
    placement.refresh_from_db()
    assert placement.state == "released"
    change = Change.objects.about(due).last()
    assert (change.kind, change.by) == ("application.expired", None)


def test_expiring_works_in_slices_the_longest_overdue_first():
    call = CallFactory()
    due = [
        ApplicationFactory(state="offered", call=call, offer_ends_at=timezone.now() - timedelta(hours=n))
        for n in (1, 3, 2)
    ]

    assert answering.expire_due(limit=2) == 2

    states = [Application.objects.get(pk=application.pk).state for application in due]
    assert states == ["offered", "expired", "expired"]


def test_an_expired_offer_cannot_be_confirmed_any_more():
    application, _placement = offered(offer_ends_at=over())
    answering.expire_due()

    with pytest.raises(InvalidTransition):
        answering.confirm(application, by=member_of(application))


@pytest.mark.parametrize(("act", "state"), [(answering.attend, "attended"), (answering.miss, "no_show")])
def test_on_the_day_staff_note_who_came_and_who_did_not(act, state):
    placement = PlacementFactory(application__state="confirmed")
    application = placement.application
    staff = staff_of(application)

    act(application, by=staff)

    change = Change.objects.about(application).last()
    assert (application.state, change.kind, change.by) == (state, f"application.{state}", staff)
    assert Placement.objects.held().get() == placement


@pytest.mark.parametrize("act", [answering.attend, answering.miss])
def test_who_did_not_confirm_neither_comes_nor_misses(act):
    application, _placement = offered()

    with pytest.raises(InvalidTransition):
        act(application, by=staff_of(application))
