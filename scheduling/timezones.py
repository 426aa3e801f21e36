"""Time zones as calendars carry them: a VTIMEZONE block made from the zone's own transitions.

icalendar 7.3.2 can make one too, but dates each change to summer time an hour late (RFC 5545, 3.6.5 wants the local
time *before* the change) and lists every change by RDATE, which Outlook does not read. So changes are written as rules
where the years asked for follow one, and apart where they do not.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar.prop import vUTCOffset

from scheduling.contentlines import Unrenderable, basic, line, text_line

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT", "Universal", "Etc/Universal"})
_LAST = -1  # of a month
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class _Onset:
    """One change of a zone's offset: the instant, the offsets around it, and what the new time is called."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    @property
    def local(self) -> datetime:
        """Date and time on a clock that nobody has put forward or back yet."""
        return self.at.replace(tzinfo=None) + self.before

    def positions(self) -> frozenset[int]:
        """What its weekday may be called in its month: the 1st to 5th of its kind, and perhaps the last."""
        day, month = self.local.day, calendar.monthrange(self.local.year, self.local.month)[1]
        return frozenset({(day - 1) // 7 + 1} | ({_LAST} if day + 7 > month else set()))


def is_utc(tzid: str) -> bool:
    """Whether this is a name of UTC, which calendars write with a Z and without a zone."""
    return tzid in _UTC_NAMES


def zone_of(tzid: str) -> ZoneInfo:
    """The zone of an IANA name. Raises Unrenderable if there is none."""
    try:
        return ZoneInfo(tzid)
    except (ValueError, KeyError, OSError) as error:  # a path that leaves the database, an unknown name, a folder
        raise Unrenderable("TZID", "this is no time zone of the IANA database") from error


@lru_cache(maxsize=256)
def timezone_block(tzid: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE of a zone, right for every local time from `first_year` to `last_year`, both included.

    A zone without changes in these years is one STANDARD and the same bytes whatever the years. Raises Unrenderable.
    """
    if not _FIRST_YEAR <= first_year <= last_year <= _LAST_YEAR:
        raise Unrenderable("VTIMEZONE", f"years go from {_FIRST_YEAR} to {_LAST_YEAR}, the first not after the last")
    zone = zone_of(tzid)
    beginning = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    onsets = list(_onsets(zone, beginning, datetime(last_year + 1, 1, 2, tzinfo=UTC)))
    parts = [b"BEGIN:VTIMEZONE\r\n", text_line("TZID", tzid)]
    # Two days: local times of the first of January begin before it does in Greenwich.
    if not onsets or onsets[0].at > datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=2):
        parts.append(_standing(zone, beginning))
    parts += (_observance(run, open_ended=run[-1].at.year >= last_year) for run in _runs(onsets))
    return b"".join([*parts, b"END:VTIMEZONE\r\n"])


def _onsets(zone: ZoneInfo, moment: datetime, end: datetime) -> Iterator[_Onset]:
    """Every change of offset in [moment, end), found by looking once a week and then halving."""
    while moment < end:
        later = moment + timedelta(days=7)
        if _offset(zone, moment) != _offset(zone, later):
            before, after = moment, later
            while after - before > timedelta(seconds=1):
                middle = (before + (after - before) / 2).replace(microsecond=0)
                if _offset(zone, middle) == _offset(zone, before):
                    before = middle
                else:
                    after = middle
            yield _onset(before.astimezone(zone), after.astimezone(zone))
        moment = later


def _onset(last: datetime, first: datetime) -> _Onset:
    """The change between two local times. Ireland's law calls summer the standard; calendars expect the reverse."""
    before, after = last.utcoffset() or timedelta(), first.utcoffset() or timedelta()
    ends_reversed_winter = _saving(last) < timedelta() == _saving(first)
    return _Onset(
        at=first.astimezone(UTC),
        before=before,
        after=after,
        name=first.tzname() or "",
        is_summer=_saving(first) > timedelta() or ends_reversed_winter,
    )


def _saving(local: datetime) -> timedelta:
    return local.dst() or timedelta()


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _runs(onsets: list[_Onset]) -> list[list[_Onset]]:
    """The changes in runs of which each is one rule: yearly, the same weekday of the same month at the same time."""
    runs: list[list[_Onset]] = []
    for onset in onsets:
        for run in runs:
            if _continues(run, onset):
                run.append(onset)
                break
        else:
            runs.append([onset])
    return runs


def _continues(run: list[_Onset], onset: _Onset) -> bool:
    last = run[-1]
    return (
        (last.before, last.after, last.name, last.is_summer) == (onset.before, onset.after, onset.name, onset.is_summer)
        and last.local.year + 1 == onset.local.year
        and last.local.month == onset.local.month
        and last.local.weekday() == onset.local.weekday()
        and last.local.time() == onset.local.time()
        and bool(_positions([*run, onset]))
    )


def _positions(run: list[_Onset]) -> frozenset[int]:
    return frozenset.intersection(*(onset.positions() for onset in run))


def _standing(zone: ZoneInfo, moment: datetime) -> bytes:
    """What holds before the first change. From 1970 on, so that equal zones are equal bytes."""
    local = moment.astimezone(zone)
    offset = _offset(zone, moment)
    start = datetime(min(1970, moment.year), 1, 1)  # noqa: DTZ001  # a VTIMEZONE counts in the zone's own local time
    return _component(
        is_summer=_saving(local) > timedelta(), start=start, offsets=(offset, offset), name=local.tzname() or ""
    )


def _observance(run: list[_Onset], *, open_ended: bool) -> bytes:
    first = run[0]
    rule = b""
    if len(run) > 1:
        position = min(_positions(run))  # "the last" where that fits: it holds in every year
        text = f"FREQ=YEARLY;BYMONTH={first.local.month};BYDAY={position}{_WEEKDAYS[first.local.weekday()]}"
        # A day after the last: some readers (dateutil 2.9) take this UTC time for a local one and would lose the last.
        until = "" if open_ended else f";UNTIL={run[-1].at + timedelta(days=1):%Y%m%dT%H%M%SZ}"
        rule = line("RRULE", f"{text}{until}".encode())
    return _component(
        is_summer=first.is_summer,
        start=first.local,
        offsets=(first.before, first.after),
        name=first.name,
        rule=rule,
    )


def _component(
    *, is_summer: bool, start: datetime, offsets: tuple[timedelta, timedelta], name: str, rule: bytes = b""
) -> bytes:
    kind = b"DAYLIGHT" if is_summer else b"STANDARD"
    return b"".join(
        [
            b"BEGIN:" + kind + b"\r\n",
            line("DTSTART", basic(start)),
            rule,
            line("TZOFFSETFROM", vUTCOffset(offsets[0]).to_ical().encode()),
            line("TZOFFSETTO", vUTCOffset(offsets[1]).to_ical().encode()),
            text_line("TZNAME", name),
            b"END:" + kind + b"\r\n",
        ]
    )
