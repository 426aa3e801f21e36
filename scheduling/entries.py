"""Entries brought in line with the truth: SEQUENCE rises where calendars must take notice, and only there."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.journal import is_reacting, wake
from core import database
from scheduling.contentlines import Unrenderable
from scheduling.models import Entry, StaleKey
from scheduling.rendering import render
from scheduling.timezones import zone_of
from scheduling.truth import Gone, Truth

# How long feeds show what was cancelled, after its end or the cancellation: calendars that look rarely must see it.
SHOWN_FOR = timedelta(days=90)
WAKE = "worker.publish"
# A new time, place, status or title raises SEQUENCE, else calendars take the update for an old one (RFC 5546, 2.1.4).
_LOUD = ("starts_at", "ends_at", "starts_on", "ends_on", "tzid", "title_zh", "title_en", "place_zh", "place_en")
_QUIET = (
    *("text_zh", "text_en", "lat", "lon", "url", "categories_zh", "categories_en"),
    *("organizer_zh", "organizer_en", "organizer_email"),
)
_BYTES = ("event_zh", "event_en", "gone_zh", "gone_en")
_STATE = ("status", "sequence", "keys", "left_keys", "changed_at", "shown_until", "left_until", "fault")


@transaction.atomic
def reconcile(fair_id: UUID, truths: Sequence[Truth | Gone]) -> list[Entry]:
    """Bring the entries of these things of one fair in line with the truth; gives those that changed.

    `hold(fair_id)` must have been called before the truth was read. A fixed number of queries.
    """
    found = Entry.objects.filter(fair=fair_id, about_id__in={truth.about_id for truth in truths}).defer(*_BYTES)
    entries = {(entry.kind, entry.about_id): entry for entry in found}
    now = database.now()
    rendered: list[Entry] = []
    rekeyed: list[Entry] = []
    stale: set[str] = set()
    for truth in truths:
        entry = entries.get((truth.kind, truth.about_id))
        before = frozenset(entry.keys) if entry else frozenset()
        if isinstance(truth, Gone):
            changed = entry if entry and _end(entry, now) else None
        elif entry is None:
            changed = _begin(fair_id, truth, now)
        else:
            changed = entry if _correct(entry, truth, now) else None
            if changed is None and before != truth.keys:
                entry.keys = sorted(truth.keys)
                rekeyed.append(entry)
                stale |= truth.keys - before
        if changed:
            render(changed)
            rendered.append(changed)
            stale |= before | set(changed.keys) | set(changed.left_keys)
    _store(rendered)
    Entry.objects.bulk_update(rekeyed, ["keys"], batch_size=500)
    mark_dirty(stale)
    return rendered


def hold(fair_id: UUID) -> None:
    """Wait until nobody else reconciles entries of this fair, and keep others waiting until the transaction ends.

    The truth is read after this, so that whoever reconciles last has read the newest.
    """
    database.wait_for_named_lock(f"entries:{fair_id}")


def mark_dirty(keys: Iterable[str]) -> None:
    """Say that the feeds of these keys are older than their entries, and wake a worker after the commit.

    Not from a reaction: its worker asks for one publication after all that it did.
    """
    rows = [StaleKey(key=key) for key in sorted(set(keys))]
    if rows:
        StaleKey.objects.bulk_create(rows)
        if not is_reacting():
            transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    wake(WAKE)


def _begin(fair_id: UUID, truth: Truth, now: datetime) -> Entry | None:
    """A new entry; none for what was cancelled before anybody saw it."""
    if truth.is_cancelled:
        return None
    domain = urlsplit(settings.SITE_URL).hostname
    return Entry(
        uid=f"{secrets.token_hex(16)}@{domain}",
        kind=truth.kind,
        about_id=truth.about_id,
        fair_id=fair_id,
        created_at=now,
        changed_at=now,
        keys=sorted(truth.keys),
        **_columns(truth),
    )


def _correct(entry: Entry, truth: Truth, now: datetime) -> bool:
    """Take over what differs; whether the entry must be rendered anew."""
    columns = _columns(truth)
    was_cancelled = entry.is_cancelled
    is_moved = any(getattr(entry, name) != columns[name] for name in _LOUD)
    is_told_otherwise = any(getattr(entry, name) != columns[name] for name in _QUIET)
    before, left = frozenset(entry.keys), frozenset(entry.left_keys)
    # In a feed that it leaves the entry becomes cancelled, in one that it comes back to confirmed again.
    changes_feeds = bool(before - truth.keys or left & truth.keys)
    if not (is_moved or is_told_otherwise or changes_feeds or was_cancelled != truth.is_cancelled or entry.fault):
        return False
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.keys = sorted(truth.keys)
    entry.left_keys = sorted((left | before) - truth.keys)
    entry.changed_at = now
    if is_moved or changes_feeds or was_cancelled != truth.is_cancelled:
        entry.sequence += 1
    if changes_feeds:
        entry.left_until = _until(entry, now) if entry.left_keys else None
    if truth.is_cancelled and (not was_cancelled or is_moved):
        entry.status, entry.shown_until = Entry.Status.CANCELLED, _until(entry, now)
    elif not truth.is_cancelled:
        entry.status, entry.shown_until = Entry.Status.CONFIRMED, None
    return True


def _end(entry: Entry, now: datetime) -> bool:
    """Cancel the entry of what is no more, unless it is over anyway; whether that changed it."""
    if entry.is_cancelled or _end_of(entry) <= now:
        return False
    entry.status, entry.shown_until = Entry.Status.CANCELLED, _until(entry, now)
    entry.sequence += 1
    entry.changed_at = now
    return True


def _until(entry: Entry, now: datetime) -> datetime:
    return max(_end_of(entry), now) + SHOWN_FOR


def _end_of(entry: Entry) -> datetime:
    if entry.ends_at:
        return entry.ends_at
    assert entry.ends_on is not None, "a constraint says so"
    try:
        zone: tzinfo = zone_of(entry.tzid)
    except Unrenderable:
        zone = UTC
    return datetime.combine(entry.ends_on + timedelta(days=1), time(), zone)


def _columns(truth: Truth) -> dict[str, object]:
    return {
        "starts_at": truth.when.starts_at,
        "ends_at": truth.when.ends_at,
        "starts_on": truth.when.starts_on,
        "ends_on": truth.when.ends_on,
        "tzid": truth.when.tzid,
        "title_zh": truth.title.zh,
        "title_en": truth.title.en,
        "place_zh": truth.place.zh,
        "place_en": truth.place.en,
        "text_zh": truth.text.zh,
        "text_en": truth.text.en,
        "lat": truth.point.lat,
        "lon": truth.point.lon,
        "url": truth.url,
        "categories_zh": list(truth.categories_zh),
        "categories_en": list(truth.categories_en),
        "organizer_zh": truth.host.name.zh,
        "organizer_en": truth.host.name.en,
        "organizer_email": truth.host.email,
    }


def _store(entries: Sequence[Entry]) -> None:
    """Write the entries, new and old, with an upsert: Django's bulk_update takes seconds for thousands of rows."""
    Entry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["kind", "about_id"],
        update_fields=[*_LOUD, *_QUIET, *_BYTES, *_STATE],
        batch_size=500,
    )
