"""The public programme: what was last released, day by day, with what was delayed or cancelled since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.models import User
from core.text import localized
from exhibitors.models import Company
from fairs.models import Fair
from scheduling.models import Listing


@dataclass(frozen=True, slots=True)
class Row:
    """A session as the public reads it. `state`: one of the chips' table, or empty where there is nothing to say."""

    listing: Listing
    who: list[str]
    makers: list[Company]
    state: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a programme."""

    on: date
    rows: list[Row]


def listings_of(fair: Fair) -> list[Listing]:
    """All that was released of a fair's programme, in the order of time. One query."""
    return list(Listing.objects.filter(fair=fair).for_table().order_by("starts_at", "stage__slug"))


def days_of(fair: Fair, listings: Sequence[Listing]) -> list[Day]:
    """Each day of the fair that has sessions, with who appears. Two queries, however many sessions."""
    people = _names(User.objects.filter(pk__in={key for listing in listings for key in listing.presenters}))
    makers = {
        company.pk: company
        for company in Company.objects.filter(pk__in={key for listing in listings for key in listing.companies})
    }
    now = timezone.now()
    days: dict[date, list[Row]] = {}
    for listing in listings:
        row = Row(
            listing=listing,
            who=[people[key] for key in listing.presenters if key in people],
            makers=[makers[key] for key in listing.companies if key in makers],
            state=_state(listing, now),
        )
        days.setdefault(timezone.localtime(listing.starts_at, fair.zone).date(), []).append(row)
    return [Day(on, rows) for on, rows in sorted(days.items())]


def chosen_day(fair: Fair, days: Sequence[Day], asked: str) -> Day | None:
    """The day asked for; else today's or the next one; else the first, for all are over. None before a release."""
    by_date = {day.on: day for day in days}
    try:
        wanted = parse_date(asked)
    except ValueError:
        wanted = None
    today = timezone.localdate(timezone=fair.zone)
    coming = (day for day in days if day.on >= today)
    return by_date.get(wanted) or next(coming, None) or (days[0] if days else None)  # type: ignore[arg-type]


def _state(listing: Listing, now: datetime) -> str:
    if listing.is_cancelled:
        return "cancelled"
    if listing.starts_at <= now < listing.ends_at:
        return "now"
    return "moved" if listing.was_at else ""


def _names(people: Any) -> dict[UUID, str]:
    return {person.pk: localized(person, "name") for person in people}
