"""Answering offers: what a company says, what the clock says, and who came on the day."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.dates import full_moment
from core.errors import DomainError
from core.locking import lock
from exhibitors import placing
from exhibitors.models import MOVES, Application

State = Application.State


class OfferOver(DomainError):
    """The offer's deadline has passed. `ended_at`: when."""

    code = "offer-over"


class NoBooth(DomainError):
    """No booth is held for the offer at the moment."""

    code = "no-booth"


@transaction.atomic
def confirm(application: Application, *, by: User) -> None:
    """Take the offer, before its deadline by the database's clock. Raises InvalidTransition, OfferOver, NoBooth."""
    lock(application)
    MOVES.check(str(application._meta.verbose_name), application.state, State.CONFIRMED)
    ends = application.offer_ends_at
    assert ends is not None  # a constraint: an offer has an end
    # The lock decides against the clock's own move, expire_due(): whoever has it first is the only one to move.
    if database.now() >= ends:
        raise OfferOver(
            _("This offer ended on %s. Please ask the organizer.") % full_moment(ends, application.call.fair.zone),
            ended_at=ends.isoformat(),
        )
    if not application.placements.held().exists():
        raise NoBooth(_("No booth is held for this offer at the moment. Please ask the organizer."))
    journal.move(application, State.CONFIRMED, moves=MOVES, by=by)


@transaction.atomic
def decline(application: Application, *, by: User, reason: str = "") -> None:
    """Turn the offer down; its booths go to the next in line. Raises InvalidTransition."""
    lock(application)
    change = journal.move(application, State.DECLINED, moves=MOVES, by=by, reason=reason)
    placing.release_held(application, by=by, caused_by=change)


def expire_due(limit: int = 100) -> int:
    """Let up to `limit` offers expire whose deadline has passed by the database's clock; how many did.

    Each in a transaction of its own, so that a worker killed half-way leaves whole ones. One that somebody answers at
    this moment is left for the next time. Safe to run twice and in parallel.
    """
    due = Application.objects.filter(state=State.OFFERED, offer_ends_at__lte=Now()).order_by("offer_ends_at", "pk")
    return sum(_expire(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def attend(application: Application, *, by: User) -> None:
    """Note that the company came. Raises InvalidTransition unless it is confirmed."""
    lock(application)
    journal.move(application, State.ATTENDED, moves=MOVES, by=by)


@transaction.atomic
def miss(application: Application, *, by: User) -> None:
    """Note that the company did not come. Raises InvalidTransition unless it is confirmed."""
    lock(application)
    journal.move(application, State.NO_SHOW, moves=MOVES, by=by)


@transaction.atomic
def _expire(pk: UUID) -> bool:
    application = (
        Application.objects.filter(pk=pk, state=State.OFFERED, offer_ends_at__lte=Now())
        .select_related("call__fair")
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .first()
    )
    if application is None:
        return False
    change = journal.move(application, State.EXPIRED, moves=MOVES, by=None)
    placing.release_held(application, by=None, caused_by=change)
    return True
