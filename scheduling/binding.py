"""Feeds as bytes: the stored events of many entries, joined below one header."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, When
from django.db.models.functions import Now

from accounts.models import Language
from scheduling import ical, jcal
from scheduling.calendars import TAGS, Calendar, address
from scheduling.models import Entry, Feed
from scheduling.rendering import suffix_of
from scheduling.timezones import is_utc, timezone_block, zone_of

_CHUNK = 500  # events that are in memory beside the feed itself
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # when a calendar changed last in which nothing ever was


@dataclass(frozen=True, slots=True)
class Bound:
    """A feed, how many entries it holds, and when the last of them changed."""

    body: bytes
    entries: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries a feed holds: those that have a key of each group, and as cancelled those that once had.

    `also`: ids of fairs and sessions that belong whatever their keys.
    """

    groups: Sequence[Collection[str]]
    also: Collection[UUID] = ()

    @classmethod
    def of(cls, key: str) -> Selection:
        """That of a base feed."""
        return cls([[key]])

    def belongs(self) -> Q:
        """In the feed now."""
        condition = Q()
        for group in self.groups:
            condition &= Q(keys__overlap=list(group))
        return condition | Q(about_id__in=self.also) if self.also else condition

    def entries(self) -> QuerySet[Entry]:
        """Those that belong, and those that left and must be shown as cancelled for a time."""
        belonged = Q(left_until__gte=Now())
        for group in self.groups:
            belonged &= Q(keys__overlap=list(group)) | Q(left_keys__overlap=list(group))
        return Entry.objects.shown().filter(self.belongs() | belonged).order_by("pk")


@transaction.atomic
def bind(selection: Selection, calendar: Calendar, *, language: str, form: str) -> Bound:
    """The whole feed: two queries, and no entry as an object. Raises Unrenderable if its header can't be written.

    In a transaction, for then the events come by a cursor of the server, chunk by chunk.
    """
    entries = selection.entries()
    spans = list(
        entries.order_by("tzid")
        .values("tzid")
        .annotate(first=Min("starts_at"), last=Max("ends_at"), changed_at=Max("changed_at"), count=Count("pk"))
    )
    changed_at = max((span["changed_at"] for span in spans), default=_BEGINNING)
    header = ical.FeedHeader(
        name=calendar.name,
        description=calendar.description,
        language=TAGS[Language(language)],
        zone=calendar.zone,
        changed_at=changed_at,
        source=address(calendar, language, form),
        url=f"{settings.SITE_URL}{calendar.page}" if calendar.page else "",
    )
    write = jcal.feed_as_json if form == Feed.Form.JSON else ical.feed
    zones = [_zone(span["tzid"], span["first"], span["last"]) for span in spans if span["first"]]
    body = write(header, timezones=[zone for zone in zones if zone], events=_events(entries, selection, language))
    return Bound(body, sum(span["count"] for span in spans), changed_at)


def _events(entries: QuerySet[Entry], selection: Selection, language: str) -> Iterator[bytes]:
    suffix = suffix_of(language)
    rendered = Case(When(selection.belongs(), then=F(f"event_{suffix}")), default=F(f"gone_{suffix}"))
    for event in entries.annotate(rendered=rendered).values_list("rendered", flat=True).iterator(chunk_size=_CHUNK):
        yield bytes(event)


def _zone(tzid: str, first: datetime, last: datetime) -> bytes:
    if is_utc(tzid):
        return b""
    zone = zone_of(tzid)
    return timezone_block(tzid, first.astimezone(zone).year, last.astimezone(zone).year)
