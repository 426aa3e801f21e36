"""Fairs as lists show them: days lead, then name, place and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from core import dates
from fairs.models import Booth, Category, Fair
from web.crafts import tile_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a fair stands today: a state of the chips' table, and a fuller word where there is one."""

    state: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class FairCard:
    """A fair in a list."""

    fair: Fair
    standing: Standing
    month: str
    days: list[str]
    weekdays: str
    category: str
    crafts: list[Category]

    @property
    def is_cancelled(self) -> bool:
        """Whether its name is struck through."""
        return self.fair.state == Fair.State.CANCELLED


def with_cards(fairs: QuerySet[Fair]) -> QuerySet[Fair]:
    """With all that a list of cards shows: two queries, however many fairs."""
    booths = Booth.objects.filter(fair=OuterRef("pk")).order_by().values("fair").annotate(n=Count("pk")).values("n")
    return (
        fairs.select_related("venue__town__county", "organizer", "call")
        .prefetch_related("categories")
        .annotate(booth_count=Coalesce(Subquery(booths), 0))
    )


def cards_of(fairs: Iterable[Fair]) -> list[FairCard]:
    """A card for each fair of a queryset `with_cards`."""
    now = timezone.now()
    return [_card(fair, now) for fair in fairs]


def standing_of(fair: Fair, now: datetime) -> Standing:
    """What dates make of an announced fair: call open, running, over; else its state."""
    if fair.state != Fair.State.ANNOUNCED:
        return Standing(fair.state)
    if fair.is_past(now):
        return Standing("past")
    if fair.is_running(now):
        return Standing("running")
    call = getattr(fair, "call", None)
    if call is not None and call.is_open(now):
        until = dates.bare_day(call.closes_at, fair.zone)
        return Standing("call-open", gettext("Call open to %(day)s") % {"day": until})
    return Standing("announced")


def weekdays_between(first: date, last: date) -> str:
    """週五至週日, Fri to Sun."""
    names = {"first": dates.SHORT_WEEKDAYS[first.weekday()], "last": dates.SHORT_WEEKDAYS[last.weekday()]}
    if first == last:
        return pgettext("weekday of a fair", "%(first)s") % names
    return pgettext("weekdays of a fair", "%(first)s to %(last)s") % names


def _card(fair: Fair, now: datetime) -> FairCard:
    first, last = fair.starts_on, fair.ends_on
    if (first.year, first.month) == (last.year, last.month):
        days = [f"{first.day}–{last.day}" if first != last else str(first.day)]
        month = str(dates.SHORT_MONTHS[first.month - 1])
    else:
        days = [dates.bare_day(first), f"–{dates.bare_day(last)}"]  # two lines, for one is too wide for its column
        month = pgettext("months of a fair", "%(first)s to %(last)s") % {
            "first": dates.SHORT_MONTHS[first.month - 1],
            "last": dates.SHORT_MONTHS[last.month - 1],
        }
    crafts = list(fair.categories.all())
    # A fair of many categories would always show the first one of the alphabet, so its name chooses among them.
    chosen = crafts[sum(fair.slug.encode()) % len(crafts)].code if crafts else "other_craft"
    return FairCard(
        fair=fair,
        standing=standing_of(fair, now),
        month=month,
        days=days,
        weekdays=weekdays_between(first, last),
        category=chosen,
        # One craft a tile, so that the line below the name lists crafts, not shades of one.
        crafts=list({tile_of(craft.code): craft for craft in crafts}.values())[:3],
    )
