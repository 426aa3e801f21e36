"""Entries as bytes: rendered once a change, in both languages, and put aside where that can't be done."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from accounts.models import Language
from scheduling.contentlines import Unrenderable
from scheduling.ical import CalendarEntry, CalendarUser, Days, Hours, Status, render_event
from scheduling.models import Entry

log = logging.getLogger(__name__)

_SUFFIXES = {Language.ZH: "zh", Language.EN: "en"}
_COLORS = {
    Entry.Kind.FAIR: "firebrick",
    Entry.Kind.SESSION: "teal",
    Entry.Kind.ATTENDANCE: "firebrick",
    Entry.Kind.OFFER: "darkorange",
    Entry.Kind.CORRECTION: "darkorange",
}
# Of these one goes to other things at the same time, or they take no time at all.
_FREE = {Entry.Kind.FAIR, Entry.Kind.ATTENDANCE, Entry.Kind.OFFER, Entry.Kind.CORRECTION}


def suffix_of(language: str) -> str:
    """The ending of the columns in this language: zh or en."""
    return _SUFFIXES.get(Language(language), "zh")


def calendar_entry(entry: Entry, language: str) -> CalendarEntry:
    """The entry as calendars show it, in one language: for feeds, and for invitations by mail."""
    kind, suffix = Entry.Kind(entry.kind), suffix_of(language)

    def say(name: str) -> str:
        text: str = getattr(entry, f"{name}_{suffix}")
        return text

    return CalendarEntry(
        uid=entry.uid,
        sequence=entry.sequence,
        status=Status.CANCELLED if entry.is_cancelled else Status.CONFIRMED,
        when=_when(entry),
        summary=say("title"),
        description=say("text"),
        location=say("place"),
        geo=(entry.lat, entry.lon) if entry.lat is not None and entry.lon is not None else None,
        url=entry.url,
        categories=tuple(getattr(entry, f"categories_{suffix}")),
        color=_COLORS[kind],
        organizer=CalendarUser(say("organizer"), entry.organizer_email),
        created_at=entry.created_at,
        changed_at=entry.changed_at,
        blocks_time=kind not in _FREE,
    )


def _when(entry: Entry) -> Days | Hours:
    if entry.starts_on and entry.ends_on:
        return Days(entry.starts_on, entry.ends_on + timedelta(days=1))
    if entry.starts_at is None:
        raise Unrenderable("DTSTART", "it has neither an instant nor a day")
    return Hours(entry.starts_at, entry.ends_at, entry.tzid)


def render(entry: Entry) -> None:
    """Fill in the entry's bytes: as it is, and as it is cancelled in the feeds that it left.

    What can't be rendered keeps the bytes that it had, says why, and stops no other.
    """
    try:
        events = {suffix: _rendered(entry, language) for language, suffix in _SUFFIXES.items()}
    except Unrenderable as error:
        entry.fault = str(error)
        log.error("entry put aside", extra={"entry_uid": entry.uid, "fault": entry.fault})
        return
    entry.fault = ""
    for suffix, (event, gone) in events.items():
        setattr(entry, f"event_{suffix}", event)
        setattr(entry, f"gone_{suffix}", gone)


def _rendered(entry: Entry, language: str) -> tuple[bytes, bytes]:
    shown = calendar_entry(entry, language)
    gone = render_event(replace(shown, status=Status.CANCELLED)) if entry.left_keys else b""
    return render_event(shown), gone
