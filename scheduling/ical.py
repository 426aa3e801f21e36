"""Calendars as bytes (RFC 5545, 5546, 7986): what an entry becomes once, and how a feed is joined from such pieces.

Pure: what is to be shown comes in as plain data, in one language, and equal data gives equal bytes. Nothing here reads
a clock, so DTSTAMP says when the entry last changed. A text that could mislead a reader of the calendar is refused with
`Unrenderable`, which names the property, so that one poisoned entry can be put aside and the rest published.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from icalendar.prop import vDuration

from scheduling.contentlines import (
    Unrenderable,
    address_line,
    basic,
    line,
    long_text_line,
    refuse_controls,
    text_line,
    texts_line,
    uri_line,
)
from scheduling.timezones import is_utc, timezone_block, zone_of

LONGEST_UID = 255  # octets; what receivers must be able to keep (RFC 7986, 5.3)
LARGEST_SEQUENCE = 2**31 - 1  # INTEGER (RFC 5545, 3.3.8)
_PRODUCT = "-//OTOP Fairs//Calendars 1//{language}"

# The names that COLOR may have: CSS Color Module Level 3, 4.3 (RFC 7986, 5.9).
COLORS = frozenset(
    """aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray
    darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen
    darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue
    firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew
    hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan
    lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
    lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue
    mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred
    midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid
    palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple red
    rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray
    slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow
    yellowgreen""".split()  # noqa: SIM905  # a list of quoted names would fill a page
)


class Status(StrEnum):
    """What a calendar says of an entry."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Answer(StrEnum):
    """How far an attendee has answered (PARTSTAT)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, wherever one is: from `first` to the day before `until`."""

    first: date
    until: date


@dataclass(frozen=True, slots=True)
class Hours:
    """A time at a place: aware instants, and the IANA name of the place's zone. Without an end it is an instant."""

    start: datetime
    end: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class CalendarUser:
    """A person or an office with a mail address. The name may be blank."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attendee:
    """Someone who was asked. `is_asked` wants an answer from their calendar (RSVP)."""

    user: CalendarUser
    answer: Answer = Answer.NEEDS_ACTION
    is_asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One thing as calendars show it, in one language. Blank texts and addresses leave no trace.

    `geo` is latitude and longitude in degrees (WGS 84), `color` a CSS name, `conference` a join address. Only
    `description` may have line feeds and tabs. `blocks_time` is False for what one can attend beside other things, as a
    fair of four days. `status` None leaves it unsaid, which only the cancellation of a single invitation needs.
    """

    uid: str
    sequence: int
    status: Status | None
    when: Days | Hours
    summary: str
    organizer: CalendarUser
    changed_at: datetime
    created_at: datetime | None = None
    description: str = ""
    location: str = ""
    geo: tuple[Decimal, Decimal] | tuple[float, float] | None = None
    url: str = ""
    categories: tuple[str, ...] = ()
    color: str = ""
    image: str = ""
    conference: str = ""
    blocks_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHeader:
    """What a calendar says of itself. `source` is the feed's own address, `url` the page that shows the same.

    `language` is a BCP 47 tag, `zone` the IANA name that readers fall back on, `refresh` how soon to look again,
    `changed_at` the last change of anything in the feed.
    """

    name: str
    language: str
    zone: str
    changed_at: datetime
    description: str = ""
    source: str = ""
    url: str = ""
    color: str = ""
    refresh: timedelta = timedelta(hours=1)


def render_event(entry: CalendarEntry, *, attendees: Sequence[Attendee] = ()) -> bytes:
    """The VEVENT of an entry, from BEGIN to END, each line with its CRLF.

    Raises Unrenderable, naming the first property that cannot stand.
    """
    lines = [
        b"BEGIN:VEVENT\r\n",
        _uid(entry.uid),
        *_when(entry.when),
        _moment("DTSTAMP", entry.changed_at),
        _moment("LAST-MODIFIED", entry.changed_at),
        _moment("CREATED", entry.created_at) if entry.created_at else b"",
        _sequence(entry.sequence),
        text_line("STATUS", entry.status) if entry.status else b"",
        b"" if entry.blocks_time else b"TRANSP:TRANSPARENT\r\n",
        _summary(entry.summary),
        long_text_line("DESCRIPTION", entry.description),
        text_line("LOCATION", entry.location),
        _geo(entry.geo) if entry.geo else b"",
        uri_line("URL", entry.url),
        texts_line("CATEGORIES", entry.categories),
        _color(entry.color),
        address_line("ORGANIZER", entry.organizer.address, _named(entry.organizer.name)),
        *(_attendee(attendee) for attendee in attendees),
        uri_line("IMAGE", entry.image, {"VALUE": "URI", "DISPLAY": "BADGE"}),
        uri_line("CONFERENCE", entry.conference, {"VALUE": "URI"}),
        b"END:VEVENT\r\n",
    ]
    return b"".join(lines)


def feed(header: FeedHeader, *, timezones: Iterable[bytes], events: Iterable[bytes]) -> bytes:
    """A whole calendar from its pieces: `timezone_block` for each zone in use, and the events. Raises Unrenderable."""
    return b"".join(stream_feed(header, timezones=timezones, events=events))


def stream_feed(header: FeedHeader, *, timezones: Iterable[bytes], events: Iterable[bytes]) -> Iterator[bytes]:
    """The same piece by piece, so that memory does not grow with the feed.

    Raises Unrenderable before the first piece or not at all. A calendar must hold something (RFC 5545, 3.6), so one
    without events or zones gets the block of its own zone.
    """
    head = render_header(header)
    year = header.changed_at.year
    fallback = timezone_block(header.zone, year, year)

    def pieces() -> Iterator[bytes]:
        yield head
        is_empty = True
        for parts in (timezones, events):
            for part in parts:
                is_empty = False
                yield part
        if is_empty:
            yield fallback
        yield b"END:VCALENDAR\r\n"

    return pieces()


def render_header(header: FeedHeader) -> bytes:
    """What stands before the zones and events: BEGIN:VCALENDAR and the calendar's own properties. Raises Unrenderable.

    METHOD:PUBLISH says that nobody is asked to answer; it obliges each event to name its organizer (RFC 5546, 3.2.1).
    """
    if not header.name.strip():
        raise Unrenderable("NAME", "a calendar needs a name")
    if header.refresh < timedelta(minutes=1):
        raise Unrenderable("REFRESH-INTERVAL", "nobody should look again within a minute")
    refresh = vDuration(header.refresh).to_ical()  # type: ignore[no-untyped-call]  # not annotated in icalendar 7.3
    zone_of(header.zone)
    return b"".join(
        [
            calendar_head(header.language, method="PUBLISH"),
            text_line("NAME", header.name),
            text_line("X-WR-CALNAME", header.name),
            long_text_line("DESCRIPTION", header.description),
            long_text_line("X-WR-CALDESC", header.description),
            text_line("X-WR-TIMEZONE", header.zone),
            uri_line("URL", header.url),
            uri_line("SOURCE", header.source, {"VALUE": "URI"}),
            _color(header.color),
            line("REFRESH-INTERVAL", refresh, {"VALUE": "DURATION"}),
            line("X-PUBLISHED-TTL", refresh),
            _moment("LAST-MODIFIED", header.changed_at),
        ]
    )


def calendar_head(language: str, *, method: str) -> bytes:
    """The first lines of any calendar of ours, which say who made it and what it is for. Raises Unrenderable."""
    return b"".join(
        [
            b"BEGIN:VCALENDAR\r\n",
            b"VERSION:2.0\r\n",
            text_line("PRODID", _PRODUCT.format(language=language.upper())),
            b"CALSCALE:GREGORIAN\r\n",
            text_line("METHOD", method),
        ]
    )


def _uid(uid: str) -> bytes:
    if not uid.strip() or len(uid.encode(errors="replace")) > LONGEST_UID:
        raise Unrenderable("UID", f"it has 1 to {LONGEST_UID} octets")
    return text_line("UID", uid)


def _sequence(sequence: int) -> bytes:
    if not 0 <= sequence <= LARGEST_SEQUENCE:
        raise Unrenderable("SEQUENCE", f"it goes from 0 to {LARGEST_SEQUENCE}")
    return line("SEQUENCE", str(sequence).encode())


def _summary(summary: str) -> bytes:
    if not summary.strip():
        raise Unrenderable("SUMMARY", "an entry needs a title (RFC 5546, 3.2.1)")
    return text_line("SUMMARY", summary)


def _when(when: Days | Hours) -> list[bytes]:
    if isinstance(when, Days):
        return _whole_days(when)
    start, end = _whole_second("DTSTART", when.start), when.end and _whole_second("DTEND", when.end)
    if end is not None and end < start:
        raise Unrenderable("DTEND", "it ends before it begins")
    moments = {"DTSTART": start}
    if end is not None and end > start:  # equal instants: without DTEND it ends when it begins (RFC 5545, 3.6.1)
        moments["DTEND"] = end
    try:
        return _in_zone(moments, when.zone)
    except OverflowError as error:
        raise Unrenderable("DTSTART", "no calendar has this year") from error


def _whole_days(days: Days) -> list[bytes]:
    if days.until <= days.first:
        raise Unrenderable("DTEND", "the day after the last must come after the first")
    return [
        line("DTSTART", basic(days.first), {"VALUE": "DATE"}),
        line("DTEND", basic(days.until), {"VALUE": "DATE"}),
    ]


def _in_zone(moments: dict[str, datetime], tzid: str) -> list[bytes]:
    """The moments as local times of the zone, or all in UTC where a local time would be taken for another instant.

    A local time in the hour that a clock shows twice means the first of the two (RFC 5545, 3.3.5).
    """
    zone = zone_of(tzid)
    local = {name: moment.astimezone(zone) for name, moment in moments.items()}
    if is_utc(tzid) or any(time.fold for time in local.values()):
        return [_moment(name, moment) for name, moment in moments.items()]
    return [line(name, basic(time.replace(tzinfo=None)), {"TZID": tzid}) for name, time in local.items()]


def _whole_second(name: str, moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Unrenderable(name, "an instant needs a zone")
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise Unrenderable(name, "no calendar has this year") from error


def _moment(name: str, moment: datetime) -> bytes:
    return line(name, basic(_whole_second(name, moment).replace(tzinfo=None)) + b"Z")


def _geo(geo: tuple[Decimal, Decimal] | tuple[float, float]) -> bytes:
    latitude, longitude = (Decimal(degrees) for degrees in geo)
    if not (latitude.is_finite() and longitude.is_finite() and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Unrenderable("GEO", "latitude goes from -90 to 90 degrees, longitude from -180 to 180")
    # Six decimals as RFC 5545, 3.8.1.6; never 1e-05, which FLOAT does not allow and icalendar's own vGeo writes.
    north, east = (round(degrees, 6) + 0 for degrees in (latitude, longitude))  # + 0: never "-0"
    return line("GEO", f"{north:.6f};{east:.6f}".encode())


def _color(color: str) -> bytes:
    if color and color.lower() not in COLORS:
        refuse_controls("COLOR", color)
        raise Unrenderable("COLOR", "it must be a name that CSS knows")
    return text_line("COLOR", color.lower())


def _named(name: str) -> dict[str, str]:
    return {"CN": name} if name.strip() else {}


def _attendee(attendee: Attendee) -> bytes:
    parameters = {
        **_named(attendee.user.name),
        "CUTYPE": "INDIVIDUAL",
        "PARTSTAT": str(attendee.answer),
        "ROLE": "REQ-PARTICIPANT",
    }
    if attendee.is_asked:
        parameters["RSVP"] = "TRUE"
    return address_line("ATTENDEE", attendee.user.address, parameters)
