"""Our calendars as JSON (jCal, RFC 7265): the same pieces that a feed is joined from, turned one by one.

It reads what `scheduling.ical` and `scheduling.timezones` have rendered, and knows only the properties that stand
there: that takes a fraction of the time of icalendar's own way, which also calls some types of RFC 7986 unknown.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from scheduling.contentlines import Line, read_line, split_texts, unescape, unfold
from scheduling.ical import FeedHeader, stream_feed

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json]"

# A property's type where VALUE does not say it (RFC 5545, 3.8); what is not here and not X- is text.
_TYPES = {
    "ATTENDEE": "cal-address",
    "CREATED": "date-time",
    "DTEND": "date-time",
    "DTSTAMP": "date-time",
    "DTSTART": "date-time",
    "GEO": "float",
    "LAST-MODIFIED": "date-time",
    "ORGANIZER": "cal-address",
    "RRULE": "recur",
    "SEQUENCE": "integer",
    "TZOFFSETFROM": "utc-offset",
    "TZOFFSETTO": "utc-offset",
    "URL": "uri",
}
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME = re.compile(r"T(\d\d)(\d\d)(\d\d)")
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)(\d\d)?")


def feed_as_json(header: FeedHeader, *, timezones: Iterable[bytes], events: Iterable[bytes]) -> bytes:
    """A whole feed as `application/calendar+json`; see `scheduling.ical.feed`. Raises Unrenderable."""
    return b"".join(stream_feed_as_json(header, timezones=timezones, events=events))


def stream_feed_as_json(header: FeedHeader, *, timezones: Iterable[bytes], events: Iterable[bytes]) -> Iterator[bytes]:
    """The same piece by piece. Raises Unrenderable before the first piece or not at all."""
    pieces = stream_feed(header, timezones=timezones, events=events)
    properties: list[Json] = [_property(line) for line in _lines(next(pieces)) if line.name != "BEGIN"]
    head = b'["vcalendar",%b,[' % _dump(properties)

    def parts() -> Iterator[bytes]:
        yield head
        comma = b""
        for piece in pieces:
            for component in components(piece):
                yield comma + _dump(component)
                comma = b","
        yield b"]]"

    return parts()


def components(rendered: bytes) -> list[Json]:
    """Each whole component in these bytes as jCal: name, properties, components."""
    found: list[Json] = []
    open_ones: list[tuple[str, list[Json], list[Json]]] = []
    for line in _lines(rendered):
        if line.name == "BEGIN":
            open_ones.append((line.value.lower(), [], []))
        elif line.name != "END":
            open_ones[-1][1].append(_property(line))
        elif open_ones:  # else the end of the calendar itself, whose beginning is in another piece
            component: Json = list(open_ones.pop())
            (open_ones[-1][2] if open_ones else found).append(component)
    return found


def _dump(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(rendered: bytes) -> Iterator[Line]:
    return (line for text in unfold(rendered.decode()) if (line := read_line(text)))


def _property(line: Line) -> list[Json]:
    """One property: name, parameters, type, value or values."""
    unsaid = "unknown" if line.name.startswith("X-") else _TYPES.get(line.name, "text")
    kind = line.parameters.get("VALUE", (unsaid,))[0].lower()
    parameters: dict[str, Json] = {
        name.lower(): values[0] if len(values) == 1 else list(values)
        for name, values in line.parameters.items()
        if name != "VALUE"
    }
    values: list[Json] = [*split_texts(line.value)] if line.name == "CATEGORIES" else [_value(kind, line.value)]
    return [line.name.lower(), parameters, kind, *values]


def _value(kind: str, value: str) -> Json:
    """A value of a type as JSON has it (RFC 7265, 3.6); types that JSON knows only as strings stay as they are."""
    return _READERS[kind](value) if kind in _READERS else value


def _moment(value: str) -> str:
    return _TIME.sub(r"T\1:\2:\3", _DAY.sub(r"\1-\2-\3", value, count=1))


def _numbers(value: str) -> Json:
    return [float(number) for number in value.split(";")]


def _offset(value: str) -> str:
    return _OFFSET.sub(lambda offset: ":".join(part for part in offset.groups() if part), value)


def _rule(value: str) -> Json:
    parts = (part.split("=", 1) for part in value.split(";"))
    return {name.lower(): _rule_part(name, part) for name, part in parts}


def _rule_part(name: str, value: str) -> Json:
    if name == "UNTIL":
        return _moment(value)
    return int(value) if value.isdecimal() else value


_READERS: dict[str, Callable[[str], Json]] = {
    "text": unescape,
    "date": _moment,
    "date-time": _moment,
    "integer": int,
    "float": _numbers,
    "utc-offset": _offset,
    "recur": _rule,
}
