"""Cancelling a fair ends everything that hangs on it, at once."""

import pytest

from accounts import journal
from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from fairs.models import Fair
from scheduling import cancelling, programming, publishing
from scheduling.models import Entry, Invitation, Listing, Session
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


def test_applications_booths_sessions_and_invitations_end_with_the_fair():
    call = CallFactory()
    fair = call.fair
    confirmed = ApplicationFactory(call=call, state="confirmed")
    placement = PlacementFactory(application=confirmed)
    submitted = ApplicationFactory(call=call, state="submitted")
    rejected = ApplicationFactory(call=call, state="rejected")
    session = SessionFactory(stage=StageFactory(fair=fair))
    with journal.quietly():
        programming.release(fair, by=None)
    draft = SessionFactory(stage=StageFactory(fair=fair))
    to_fair = InvitationFactory(fair=fair, state="accepted")
    to_session = InvitationFactory(fair=fair, session=session, state="sent")
    by = coordinator_of(fair)

    cancelling.cancel(fair, by=by, reason="場館整修")

    for row in (fair, confirmed, placement, submitted, rejected, session, draft, to_fair, to_session):
        row.refresh_from_db()
    assert [row.state for row in (fair, confirmed, placement, submitted, session, to_fair, to_session)] == [
        "cancelled",
        "cancelled",
        "released",
        "cancelled",
        "cancelled",
        "cancelled",
        "cancelled",
    ]
    assert (rejected.state, draft.state) == ("rejected", "draft")
    assert Listing.objects.get(pk=session.pk).is_cancelled
    whole = Change.objects.get(kind="fair.cancelled")
    assert (whole.by, whole.reason) == (by, "場館整修")
    following = Change.objects.filter(caused_by=whole).values_list("kind", flat=True)
    assert sorted(following) == [
        "application.cancelled",
        "application.cancelled",
        "invitation.cancelled",
        "invitation.cancelled",
        "placement.released",
        "session.cancelled",
    ]


def test_a_cancelled_fair_stays_in_the_calendars_as_cancelled():
    session = SessionFactory()
    programming.release(session.fair, by=None)
    publishing.reconcile_fair(session.fair)

    cancelling.cancel(session.fair, by=None, reason="颱風")
    publishing.reconcile_fair(session.fair)

    assert list(Entry.objects.order_by("kind").values_list("kind", "status", "sequence")) == [
        ("fair", "cancelled", 1),
        ("session", "cancelled", 1),
    ]


def test_a_cancellation_needs_a_reason():
    fair = FairFactory()

    with pytest.raises(Unfit):
        cancelling.cancel(fair, by=None, reason=" ")

    assert Fair.objects.get().state == "announced"


@pytest.mark.parametrize("state", ["draft", "cancelled", "closed"])
def test_only_an_announced_fair_is_cancelled(state):
    with pytest.raises(InvalidTransition):
        cancelling.cancel(FairFactory(state=state), by=None, reason="颱風")


@pytest.mark.django_db(transaction=True)
def test_the_database_agrees_when_it_commits():
    session = SessionFactory()
    with journal.quietly():
        programming.release(session.fair, by=None)
    InvitationFactory(fair=session.fair)

    cancelling.cancel(session.fair, by=None, reason="颱風")

    assert (Session.objects.get().state, Invitation.objects.get().state) == ("cancelled", "cancelled")


@pytest.mark.parametrize("count", [1, 20])
def test_cancelling_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    call = CallFactory()
    for _n in range(count):
        PlacementFactory(application=ApplicationFactory(call=call, state="confirmed"))
        SessionFactory(stage=StageFactory(fair=call.fair))
        InvitationFactory(fair=call.fair)
    programming.release(call.fair, by=None)
    fair = Fair.objects.get(pk=call.fair.pk)

    with django_assert_num_queries(24):
        cancelling.cancel(fair, by=None, reason="颱風")
