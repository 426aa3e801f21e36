"""On the day: what is published is delayed or cancelled at once, without a release."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from core.text import localized
from scheduling.models import SESSION_MOVES, Listing, Session
from scheduling.programming.editing import refuse_if_over
from scheduling.programming.sessions import write

LONGEST_DELAY = 600  # minutes; what starts later than that is another session


class NotPublished(DomainError):
    """Nobody expects the session: it was never published, is cancelled or over."""

    code = "not-published"


@transaction.atomic
def delay(session: Session, *, minutes: int, by: User | None, reason: str = "") -> None:
    """Let a published session start and end so many minutes later, at once and for everybody.

    It may run past the closing of its stage: on the day, people decide that. Raises ProgrammeIsFixed, NotPublished,
    Unfit for minutes that are no delay, StageTaken if the next session would have to wait.
    """
    if not 1 <= minutes <= LONGEST_DELAY:
        raise Unfit([Gap("minutes", _("A delay has from 1 to %d minutes.") % LONGEST_DELAY)])
    listing = _published(session)
    was_at, later = listing.starts_at, timedelta(minutes=minutes)
    # A change that waits for its release is kept; what stands as published moves with it.
    if (session.starts_at, session.ends_at) == (listing.starts_at, listing.ends_at):
        session.starts_at += later
        session.ends_at += later
        session.version += 1
        write(session, fields=["starts_at", "ends_at", "version"])
    listing.was_at, listing.starts_at, listing.ends_at = was_at, was_at + later, listing.ends_at + later
    listing.changed_at = database.now()
    listing.save(update_fields=["was_at", "starts_at", "ends_at", "changed_at"])
    facts = {"minutes": minutes, "from": was_at.isoformat(), "to": listing.starts_at.isoformat()}
    journal.record("session.delayed", session, by=by, reason=reason, facts=facts)


@transaction.atomic
def cancel_session(session: Session, *, by: User | None, reason: str) -> None:
    """Cancel a published session, at once and for everybody. Raises ProgrammeIsFixed, NotPublished, Unfit."""
    if not reason.strip():
        raise Unfit([Gap("reason", _("Say why: whoever wanted to come is told."))])
    listing = _published(session)
    journal.move(session, Session.State.CANCELLED, moves=SESSION_MOVES, by=by, reason=reason)
    listing.is_cancelled, listing.changed_at = True, database.now()
    listing.save(update_fields=["is_cancelled", "changed_at"])


def _published(session: Session) -> Listing:
    """The listing of a session that people still expect, both locked."""
    lock(session)
    refuse_if_over(session.fair)
    listing = Listing.objects.select_for_update(no_key=True).filter(pk=session.pk, is_cancelled=False).first()
    if listing is None or listing.ends_at <= database.now():
        raise NotPublished(
            _("“%s” is not published, is cancelled or over.") % localized(session, "title"), session=str(session.pk)
        )
    return listing
