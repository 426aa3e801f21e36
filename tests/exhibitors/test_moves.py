"""Every pair of states of application, placement and review. The tables are written out by hand on purpose."""

import pytest
from django.utils import timezone

from accounts import journal
from accounts.models import Change
from core.errors import InvalidTransition
from exhibitors.models import MOVES, PLACEMENT_MOVES, REVIEW_MOVES, Application, Placement, Review
from tests.factories import ApplicationFactory, CallFactory, PlacementFactory, ReviewFactory

pytestmark = pytest.mark.django_db

APPLICATION = {
    "draft": {"submitted"},
    "submitted": {"returned", "accepted", "waitlisted", "rejected", "withdrawn", "cancelled"},
    "returned": {"submitted", "withdrawn", "cancelled"},
    "accepted": {"offered", "withdrawn", "cancelled"},
    "waitlisted": {"offered", "withdrawn", "cancelled"},
    "rejected": set(),
    "offered": {"confirmed", "declined", "expired", "withdrawn", "cancelled"},
    "confirmed": {"offered", "attended", "no_show", "withdrawn", "cancelled"},
    "declined": set(),
    "expired": set(),
    "withdrawn": {"draft"},
    "cancelled": set(),
    "attended": set(),
    "no_show": set(),
}
PLACEMENT = {"held": {"released"}, "released": set()}
REVIEW = {"assigned": {"submitted", "recused"}, "submitted": set(), "recused": set()}


def outcome(row, state, *, moves, **fields):
    """Whether the move was made or refused, and what the row is afterwards."""
    before = row.state
    for name, value in fields.items():
        setattr(row, name, value)
    try:
        journal.move(row, state, moves=moves, by=None, also=list(fields))
    except InvalidTransition as refusal:
        told = (refusal.data["before"], refusal.data["after"])
        row.refresh_from_db()
        return ("refused" if told == (before, state) else "refused for another reason"), row.state
    row.refresh_from_db()
    return "moved", row.state


@pytest.mark.parametrize("before", APPLICATION)
def test_an_application_moves_as_the_table_says_and_never_else(before):
    assert set(APPLICATION) == set(Application.State.values)
    now = timezone.now()
    call = CallFactory()
    stubborn = ApplicationFactory(state=before, call=call)  # one for all that is refused, since it stays as it is
    for after in APPLICATION:
        is_allowed = after in APPLICATION[before]
        application = ApplicationFactory(state=before, call=call) if is_allowed else stubborn

        result = outcome(application, after, moves=MOVES, submitted_at=now, offer_ends_at=now, return_by=now)

        assert result == (("moved", after) if is_allowed else ("refused", before)), f"{before} to {after}"


@pytest.mark.parametrize("before", PLACEMENT)
@pytest.mark.parametrize("after", PLACEMENT)
def test_a_placement_moves_as_the_table_says_and_never_else(before, after):
    assert set(PLACEMENT) == set(Placement.State.values)
    placement = PlacementFactory(
        **({"state": "released", "released_at": timezone.now()} if before == "released" else {})
    )

    result = outcome(placement, after, moves=PLACEMENT_MOVES, released_at=placement.created_at)

    assert result == (("moved", after) if after in PLACEMENT[before] else ("refused", before))


@pytest.mark.parametrize("before", REVIEW)
@pytest.mark.parametrize("after", REVIEW)
def test_a_review_moves_as_the_table_says_and_never_else(before, after):
    assert set(REVIEW) == set(Review.State.values)
    review = ReviewFactory(state=before, submitted_at=ReviewFactory().created_at)

    result = outcome(review, after, moves=REVIEW_MOVES, submitted_at=review.created_at)

    assert result == (("moved", after) if after in REVIEW[before] else ("refused", before))


def test_a_refused_move_leaves_no_line_in_the_journal():
    application = ApplicationFactory(state="rejected")
    lines = Change.objects.count()

    with pytest.raises(InvalidTransition):
        journal.move(application, "accepted", moves=MOVES, by=None)

    assert Change.objects.count() == lines
