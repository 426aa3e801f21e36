"""Moving an announced fair by whole days, as a typhoon makes one: everything that hangs on its days moves with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Change, User
from core import database
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from exhibitors import placing
from exhibitors.models import Application
from fairs.models import Call, Fair
from scheduling.models import Listing, Session
from scheduling.shifting import column_days_later, days_later

FARTHEST = 366  # days; what is later than that is another year's fair
_INSTANTS = ("opens_at", "closes_at", "offers_end_at")  # of a call
_DAYS = ("decides_on", "offers_on")


class NotMovable(DomainError):
    """Only an announced fair that has not begun is moved."""

    code = "not-movable"


@transaction.atomic
def reschedule(fair: Fair, *, days: int, by: User | None, reason: str = "") -> Fair:
    """Move the fair by so many days: its programme, published or not, and what companies must meet, at once.

    Deadlines that are still open get as many days more; they are never brought forward, for companies count on them.
    Whoever had confirmed a booth keeps it and is asked again. Those who were invited are asked again by a reaction.
    A fixed number of queries. Raises NotMovable, Unfit for days that are no move or lead into the past.
    """
    lock(fair)
    call = Call.objects.select_for_update(no_key=True).filter(fair=fair).first()
    _refuse(fair, call, days)
    facts = {"days": days, "from": fair.starts_on.isoformat()}
    fair.starts_on += timedelta(days=days)
    fair.ends_on += timedelta(days=days)
    fair.version += 1
    fair.save(update_fields=["starts_on", "ends_on", "version"])
    whole = journal.record("fair.rescheduled", fair, by=by, reason=reason, facts=facts)
    if call is not None:
        call.fair = fair
        if days > 0:
            _extend(call, days)
        answer_by = placing.usual_deadline(call, database.now())
        placing.ask_all_again(fair, answer_by=answer_by, by=by, reason=reason, caused_by=whole)
    _move_programme(fair, days)
    journal.record_many(list(_lines(fair, by=by, reason=reason, caused_by=whole)))
    return fair


def _refuse(fair: Fair, call: Call | None, days: int) -> None:
    now = database.now()
    if fair.state != Fair.State.ANNOUNCED or fair.begins_at <= now:
        raise NotMovable(_("Only an announced fair that has not begun can be moved."))
    if not 0 < abs(days) <= FARTHEST:
        raise Unfit([Gap("days", _("Move the fair by 1 to %d days, earlier or later.") % FARTHEST)])
    begins_at = days_later(fair.begins_at, days, fair.zone)
    if begins_at <= now:
        raise Unfit([Gap("days", _("The first day would be in the past."))])
    if call is not None and days < 0 and call.closes_at >= begins_at:
        raise Unfit([Gap("days", _("The fair would begin before its call for applications closes."))])


def _extend(call: Call, days: int) -> None:
    """Give what is still open of a call, of offers and of corrections as many days more."""
    now, zone = database.now(), call.fair.zone
    changed = []
    for name in _INSTANTS:
        if (at := getattr(call, name)) is not None and at > now:
            setattr(call, name, days_later(at, days, zone))
            changed.append(name)
    for name in _DAYS:
        if (day := getattr(call, name)) is not None and day >= now.astimezone(zone).date():
            setattr(call, name, day + timedelta(days=days))
            changed.append(name)
    if changed:
        call.version += 1
        call.save(update_fields=[*changed, "version"])
    for state, name in ((Application.State.OFFERED, "offer_ends_at"), (Application.State.RETURNED, "return_by")):
        open_ones = Application.objects.filter(call=call, state=state, **{f"{name}__gt": now})
        ids = list(open_ones.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        later = column_days_later(name, days, zone)
        Application.objects.filter(pk__in=ids).update(**{name: later}, version=F("version") + 1)


def _move_programme(fair: Fair, days: int) -> None:
    """Move every session that stands and what is published of it, each by one statement."""
    starts, ends = (column_days_later(name, days, fair.zone) for name in ("starts_at", "ends_at"))
    sessions = Session.objects.filter(fair=fair).exclude(state=Session.State.CANCELLED)
    list(sessions.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    sessions.update(starts_at=starts, ends_at=ends, version=F("version") + 1)
    Listing.objects.filter(fair=fair, is_cancelled=False).update(
        was_at=F("starts_at"), starts_at=starts, ends_at=ends, changed_at=database.now()
    )


def _lines(fair: Fair, *, by: User | None, reason: str, caused_by: Change) -> Iterable[journal.Line]:
    """One line a published session, so that whoever takes part is told and asked again."""
    listings = Listing.objects.filter(fair=fair, is_cancelled=False).select_related("session").order_by("starts_at")
    for listing in listings:
        listing.session.fair = fair
        assert listing.was_at is not None, "it has moved just now"
        facts = {"from": listing.was_at.isoformat(), "to": listing.starts_at.isoformat()}
        yield journal.Line(
            kind="session.moved", about=listing.session, by=by, reason=reason, facts=facts, caused_by=caused_by
        )
