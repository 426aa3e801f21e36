"""Announcing a fair, and closing it once it is over."""

from __future__ import annotations

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from fairs.models import FAIR_MOVES, Fair


class NotOver(DomainError):
    """The doors have not closed for the last time."""

    code = "not-over"


@transaction.atomic
def announce(fair: Fair, by: User | None) -> Fair:
    """Show a draft to everybody. What the plan of booths still lacks may follow: makers apply before they are placed.

    Raises InvalidTransition if it is no draft, Unfit with everything that a visitor or maker would miss.
    """
    lock(fair)
    FAIR_MOVES.check(str(fair._meta.verbose_name), fair.state, Fair.State.ANNOUNCED)
    if gaps := find_gaps(fair):
        raise Unfit(gaps, _("The fair can’t be announced yet. ") + " ".join(gap.message for gap in gaps))
    journal.move(fair, Fair.State.ANNOUNCED, moves=FAIR_MOVES, by=by)
    return fair


def find_gaps(fair: Fair) -> list[Gap]:
    """All that a draft lacks before it can be announced."""
    gaps = []
    if fair.begins_at <= database.now():
        gaps.append(Gap("starts_on", _("The first day is past. Choose days to come.")))
    if not fair.description_zh:
        gaps.append(Gap("description_zh", _("Say in a sentence or two what the fair is about.")))
    if not fair.halls.exists():
        gaps.append(Gap("halls", _("Add the hall or area that the fair takes place in.")))
    call = getattr(fair, "call", None)
    if call and call.closes_at >= fair.begins_at:
        gaps.append(Gap("call", _("The call for applications must close before the fair begins.")))
    return gaps


@transaction.atomic
def close(fair: Fair, by: User | None) -> Fair:
    """Put an announced fair to the files after its end. Raises NotOver before, InvalidTransition in another state."""
    lock(fair)
    FAIR_MOVES.check(str(fair._meta.verbose_name), fair.state, Fair.State.CLOSED)
    if not fair.is_past(database.now()):
        raise NotOver(
            _("The fair runs until %s. Close it after that.")
            % date_format(fair.finishes_at.astimezone(fair.zone), "DATETIME_FORMAT"),
            ends_at=fair.finishes_at,
        )
    journal.move(fair, Fair.State.CLOSED, moves=FAIR_MOVES, by=by)
    return fair
