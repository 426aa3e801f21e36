"""Reminders, each morning of the place: what ends soon, that a fair is tomorrow, and what the desk missed yesterday.

Each goes out once, whoever runs this and however often: its cause holds what it reminds of and the deadline, and the
outbox takes a cause once. A morning that was missed is made up for while the deadline still lies ahead. What day it is
says the database's clock in the zone of the fair's place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Change
from core import database
from core.dates import short_day
from exhibitors.models import Application
from fairs.models import Fair
from worker import outbox, wording
from worker.models import Message
from worker.outbox import Recipient
from worker.receivers import coordinators_of, members_of

MORNING = 8  # o'clock, where the fair takes place
CALL_CLOSES_IN = 3  # days
OFFER_ENDS_IN = (3, 1)  # days
_A_DAY = timedelta(days=1)
T = TypeVar("T")

State = Application.State

# What coordinators are not told at once, in the order of a digest. `by` None: only what the clock did.
DIGEST = {
    "application.submitted": gettext_lazy("Applications handed in"),
    "application.confirmed": gettext_lazy("Booths confirmed"),
    "application.offered": gettext_lazy("Booths offered on to the waitlist"),
    "invitation.accepted": gettext_lazy("Invitations accepted"),
    "invitation.tentative": gettext_lazy("Invitations answered with “maybe”"),
    "invitation.declined": gettext_lazy("Invitations declined"),
}


def remind() -> int:
    """Write all reminders that are due; how many mails are new."""
    now = database.now()
    fairs = [fair for fair in wording.fairs().filter(state=Fair.State.ANNOUNCED) if _is_up(now, fair.zone)]
    new = _of_calls(fairs, now) + _of_offers(fairs, now) + _of_fairs(fairs, now) + _digests(fairs, now)
    if new:
        outbox.wake()
    return new


def _is_up(now: datetime, zone: ZoneInfo) -> bool:
    return now.astimezone(zone).hour >= MORNING


def _days_until(at: datetime, now: datetime, zone: ZoneInfo) -> int:
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days


def _of_calls(fairs: Sequence[Fair], now: datetime) -> int:
    """To whoever has a draft: the call closes."""
    drafts = wording.applications().filter(
        call__fair__in=fairs,
        state=State.DRAFT,
        call__closes_at__gt=now,
        call__closes_at__lt=now + (CALL_CLOSES_IN + 1) * _A_DAY,
    )
    due = {
        f"reminder:{draft.pk}:{draft.call.closes_at:%Y%m%dT%H%M}": draft
        for draft in drafts
        if _days_until(draft.call.closes_at, now, draft.call.fair.zone) <= CALL_CLOSES_IN
    }
    return sum(
        _tell(draft, "call-closes", cause=cause, give_up_at=draft.call.closes_at)
        for cause, draft in _fresh("call-closes", due)
    )


def _of_offers(fairs: Sequence[Fair], now: datetime) -> int:
    """To whoever has not answered: the offer ends. Not on the day on which it was made."""
    made = Change.objects.filter(about_id=OuterRef("pk"), kind="application.offered", at__gt=now - _A_DAY)
    offers = wording.applications().filter(
        ~Exists(made),
        call__fair__in=fairs,
        state=State.OFFERED,
        offer_ends_at__gt=now,
        offer_ends_at__lt=now + (max(OFFER_ENDS_IN) + 1) * _A_DAY,
    )
    due = {}
    for offer in offers:
        ends = offer.offer_ends_at
        if ends is None:
            continue
        days = _days_until(ends, now, offer.call.fair.zone)
        if steps := [step for step in OFFER_ENDS_IN if days <= step]:
            due[f"reminder:{min(steps)}:{offer.pk}:{ends:%Y%m%dT%H%M}"] = offer
    return sum(
        _tell(offer, "offer-ends", cause=cause, give_up_at=offer.offer_ends_at)
        for cause, offer in _fresh("offer-ends", due)
    )


def _of_fairs(fairs: Sequence[Fair], now: datetime) -> int:
    """To whoever takes part: the fair is tomorrow."""
    tomorrow = [fair for fair in fairs if _days_until(fair.begins_at, now, fair.zone) == 1]
    confirmed = wording.applications().filter(call__fair__in=tomorrow, state=State.CONFIRMED)
    due = {f"reminder:{one.pk}:{one.call.fair.starts_on:%Y%m%d}": one for one in confirmed}
    return sum(
        _tell(one, "fair-tomorrow", cause=cause, give_up_at=one.call.fair.begins_at)
        for cause, one in _fresh("fair-tomorrow", due)
    )


def _digests(fairs: Sequence[Fair], now: datetime) -> int:
    """To coordinators: what happened yesterday at each fair, if anything did."""
    due = {f"digest:{fair.pk}:{_yesterday(fair, now)}": fair for fair in fairs}
    fresh = _fresh("desk-digest", due)
    counts = _counts([fair for _, fair in fresh], now)
    return sum(_digest(fair, counts[fair.pk], now, cause) for cause, fair in fresh if fair.pk in counts)


def _yesterday(fair: Fair, now: datetime) -> date:
    return now.astimezone(fair.zone).date() - _A_DAY


def _counts(fairs: Sequence[Fair], now: datetime) -> Mapping[object, Mapping[str, int]]:
    """How often each kind happened yesterday, by fair: one query a time zone."""
    by_zone: dict[str, list[Fair]] = defaultdict(list)
    for fair in fairs:
        by_zone[fair.venue.time_zone].append(fair)
    counts: dict[object, dict[str, int]] = defaultdict(dict)
    for same in by_zone.values():
        day, zone = _yesterday(same[0], now), same[0].zone
        begins = datetime(day.year, day.month, day.day, tzinfo=zone)
        rows = (
            Change.objects.filter(
                ~Q(kind="application.offered") | Q(by=None),
                fair_id__in=[fair.pk for fair in same],
                kind__in=DIGEST,
                handled=False,
                at__gte=begins,
                at__lt=begins + _A_DAY,
            )
            .order_by()
            .values_list("fair_id", "kind")
            .annotate(count=Count("pk"))
        )
        for fair_id, kind, count in rows:
            counts[fair_id][kind] = count
    return counts


def _digest(fair: Fair, counts: Mapping[str, int], now: datetime, cause: str) -> int:
    def lines() -> str:
        words = [{"label": label, "count": counts[kind]} for kind, label in DIGEST.items() if kind in counts]
        return "\n".join(gettext("%(label)s: %(count)d") % each for each in words)

    return outbox.enqueue(
        "desk-digest",
        cause=cause,
        to=map(Recipient.of, coordinators_of(fair.organizer_id)),
        context={
            **wording.of_fair(fair),
            **wording.both("day", lambda: short_day(_yesterday(fair, now))),
            **wording.both("lines", lines),
            "desk_url": f"{settings.SITE_URL}/desk/{fair.slug}/",
        },
        scope=fair.journal_scope(),
    )


def _fresh(kind: str, due: Mapping[str, T]) -> list[tuple[str, T]]:
    """Those of which no mail was written yet: most of the day that is none."""
    written = set(Message.objects.filter(kind=kind, cause__in=list(due)).values_list("cause", flat=True))
    return [(cause, thing) for cause, thing in due.items() if cause not in written]


def _tell(application: Application, kind: str, *, cause: str, give_up_at: datetime | None) -> int:
    return outbox.enqueue(
        kind,
        cause=cause,
        to=map(Recipient.of, members_of([application.company_id])),
        context=wording.of_application(application),
        about_id=application.pk,
        scope=application.journal_scope(),
        give_up_at=give_up_at,
    )
