"""Cancelling a fair with everything that hangs on it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.errors import Gap, Unfit
from core.locking import lock
from exhibitors import placing
from fairs.models import FAIR_MOVES, Fair
from scheduling import inviting
from scheduling.models import SESSION_MOVES, Listing, Session


@transaction.atomic
def cancel(fair: Fair, *, by: User | None, reason: str) -> Fair:
    """Cancel an announced fair: its applications, booths, published sessions and invitations, at once.

    Drafts of sessions stay as they are, for a later fair to copy. A fixed number of queries.
    Raises Unfit without a reason, InvalidTransition if it is not announced.
    """
    if not reason.strip():
        raise Unfit([Gap("reason", _("Say why: everyone concerned is told."))])
    lock(fair)
    whole = journal.move(fair, Fair.State.CANCELLED, moves=FAIR_MOVES, by=by, reason=reason)
    placing.release_all(fair, by=by, reason=reason, caused_by=whole)
    published = Session.objects.filter(fair=fair, state=Session.State.RELEASED)
    sessions = list(published.select_for_update(no_key=True).order_by("pk"))
    for session in sessions:
        session.fair = fair
    journal.move_many(sessions, Session.State.CANCELLED, moves=SESSION_MOVES, by=by, reason=reason, caused_by=whole)
    Listing.objects.filter(fair=fair, is_cancelled=False).update(is_cancelled=True, changed_at=database.now())
    inviting.cancel_all(fair, by=by, reason=reason, caused_by=whole)
    return fair
