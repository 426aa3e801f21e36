"""The desk's first pages: all fairs, and the board of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Change
from core import dates
from core.text import localized
from exhibitors.models import Application
from fairs.models import Category, Fair
from web.desk.journal import lines_of
from web.desk.own import DeskRequest, at_desk, for_coordinators, show
from web.desk.todo import tasks_of
from web.drawing import Bar, lying_bars, standing_bars
from web.paging import page_of
from web.public.cards import cards_of, with_cards
from web.requests import SignedInRequest
from worker.models import Message

State = Application.State
PAGE = 15
RECENT = 8
PIPE = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.OFFERED,
    State.CONFIRMED,
    State.WAITLISTED,
    State.DECLINED,
    State.EXPIRED,
    State.REJECTED,
)
CRAFTS = 8
LONGEST_CALL = 60  # days that the chart of a call shows


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a fair's life on the line above the board."""

    name: str
    said: str
    look: str
    current: bool


@require_safe
@for_coordinators
def home(request: SignedInRequest) -> HttpResponse:
    """All fairs of one's organizers: those that are not over first, the next one on top. `?to=` leads on to one."""
    if to := request.GET.get("to"):
        return redirect("desk:board", slug=get_object_or_404(Fair.objects.planned_by(request.user), slug=to).slug)
    today = timezone.localdate()
    fairs = Fair.objects.planned_by(request.user)
    coming = cards_of(with_cards(fairs.filter(ends_on__gte=today).order_by("starts_on", "slug")))
    past = page_of(request, with_cards(fairs.filter(ends_on__lt=today).order_by("-starts_on", "slug")), size=PAGE)
    return render(request, "desk/home.html", {"coming": coming, "page": past, "past": cards_of(past), "room": "fairs"})


@require_safe
@at_desk
def board(request: DeskRequest) -> HttpResponse:
    """What to do next, how the applications stand, what happened."""
    fair, now = request.fair, timezone.now()
    counts = counts_of(fair)
    total = sum(count for state, count in counts.items() if state != State.DRAFT)
    changes = Change.objects.visible_to(request.user).filter(fair_id=fair.pk).select_related("by").order_by("-id")
    return show(
        request,
        "board.html",
        "board",
        {
            "tasks": tasks_of(fair, counts, now),
            "phases": phases_of(fair, counts, now),
            "pipe": [(str(state), counts.get(state, 0)) for state in PIPE],
            "total": total,
            "by_day": _by_day(fair),
            "by_craft": _by_craft(fair),
            "mail": _mail(fair),
            "lines": lines_of(list(changes[:RECENT])),
            "until": dates.time_left(fair.starts_on, now),
        },
    )


def counts_of(fair: Fair) -> dict[str, int]:
    """The fair's applications by state. One query."""
    rows = Application.objects.filter(call__fair=fair).order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}


def phases_of(fair: Fair, counts: Mapping[str, int], now: datetime) -> list[Phase]:
    """Call, decisions, booths, fair, files: what is behind, what is now, what comes; by dates and counts."""
    call = getattr(fair, "call", None)
    zone = fair.zone
    handed_in = sum(count for state, count in counts.items() if state != State.DRAFT)
    confirmed = counts.get(State.CONFIRMED, 0) + counts.get(State.ATTENDED, 0)
    placed = confirmed + counts.get(State.OFFERED, 0)
    words = ngettext("%d application", "%d applications", handed_in) % handed_in
    called = (
        f"{dates.bare_day(call.opens_at, zone)}–{dates.bare_day(call.closes_at, zone)}{_(', ')}{words}" if call else "–"
    )
    decided = (
        dates.bare_day(call.decisions_released_at, zone)
        if call and call.decisions_released_at
        else dates.bare_day(call.decides_on)
        if call and call.decides_on
        else "–"
    )
    done = [
        bool(call and call.closes_at <= now),
        bool(call and call.decisions_released_at),
        fair.is_running(now) or fair.is_past(now) or (placed > 0 and counts.get(State.OFFERED, 0) == 0),
        fair.is_past(now),
        fair.state == Fair.State.CLOSED,
    ]
    names = [
        (_("Call"), called),
        (_("Decisions"), decided),
        (_("Booths confirmed"), f"{confirmed} / {placed}" if placed else "–"),
        (_("Fair"), dates.short_days(fair.starts_on, fair.ends_on)),
        (_("Closed"), ""),
    ]
    at = next((i for i, is_done in enumerate(done) if not is_done), len(done))
    return [
        Phase(name, said, "done" if done[i] and i < at else "", i == at and fair.state != Fair.State.CANCELLED)
        for i, (name, said) in enumerate(names)
    ]


def _by_day(fair: Fair) -> Any:
    """How many applications were handed in on each day of the call; nothing before it opened."""
    call = getattr(fair, "call", None)
    if call is None:
        return None
    handed_in = Application.objects.filter(call=call, submitted_at__isnull=False).order_by()
    rows = handed_in.annotate(on=TruncDate("submitted_at", tzinfo=fair.zone)).values("on").annotate(count=Count("pk"))
    count = {row["on"]: row["count"] for row in rows}
    if not count:
        return None
    last = min(dates.on(call.closes_at, fair.zone), timezone.localdate(timezone=fair.zone))
    first = max(dates.on(call.opens_at, fair.zone), last - timedelta(days=LONGEST_CALL))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    bars = [
        Bar(dates.bare_day(day) if i % 14 == 0 and i < len(days) - 6 else "", count.get(day, 0))
        for i, day in enumerate(days)
    ]
    label = _("Applications a day from %(first)s to %(last)s, %(most)d at most") % {
        "first": dates.bare_day(first),
        "last": dates.bare_day(last),
        "most": max(count.values()),
    }
    note = f"{dates.bare_day(last)}{_(': ')}{count.get(last, 0)}"
    table = [(day, count[day]) for day in days if count.get(day)]
    return {"drawing": standing_bars(bars, label=label, note=note), "table": table}


def _by_craft(fair: Fair) -> Any:
    """How many applications each category has, the largest first."""
    handed_in = Application.objects.filter(call__fair=fair).exclude(state=State.DRAFT).order_by()
    rows = handed_in.values(code=F("company__category")).annotate(count=Count("pk")).order_by("-count", "code")[:CRAFTS]
    count = {row["code"]: row["count"] for row in rows}
    if not count:
        return None
    names = {category.code: localized(category, "name") for category in Category.objects.filter(code__in=count)}
    bars = [Bar(names[code], number) for code, number in count.items()]
    label = _(", ").join(f"{names[code]} {number}" for code, number in count.items())
    return lying_bars(bars, label=label)


def _mail(fair: Fair) -> dict[str, int]:
    rows = Message.objects.filter(fair=fair).order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}
