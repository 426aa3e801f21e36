"""Invitations by mail (iMIP, RFC 6047; iTIP, RFC 5546): what is asked, and what a calendar answers.

The answer comes from anywhere, so it is read as a stranger's text: no time zone is built from it, no rule in it is
followed, and whatever is wrong ends in one `UnreadableReply` with a reason. Who may answer is not judged here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from scheduling.contentlines import Line, Unrenderable, has_controls, read_address, read_line, unfold, without_controls
from scheduling.ical import (
    LARGEST_SEQUENCE,
    LONGEST_UID,
    Answer,
    Attendee,
    CalendarEntry,
    CalendarUser,
    Hours,
    Status,
    calendar_head,
    render_event,
)
from scheduling.timezones import is_utc, timezone_block

LARGEST_REPLY = 256 * 1024  # octets; Outlook repeats a whole description as HTML
DEEPEST = 8  # components in components; an honest reply has 3
MOST_LINES = 5_000
LONGEST_COMMENT = 1_000  # characters that are kept


class Method(StrEnum):
    """What a mail with a calendar part asks of its receiver."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def invitation(
    method: Method, entry: CalendarEntry, *, organizer: CalendarUser, attendee: Attendee, language: str = "en"
) -> bytes:
    """The calendar part of one person's mail, for `text/calendar; charset=utf-8; method=...; component=VEVENT`.

    `organizer` is where the answer goes, so it may hold a secret of its own. A CANCEL of an entry that is not cancelled
    only takes this person off: it then has no STATUS (RFC 5546, 3.2.5). Raises Unrenderable, also for a REQUEST to
    something cancelled.
    """
    if method is Method.REQUEST and entry.status is Status.CANCELLED:
        raise Unrenderable("STATUS", "nobody is invited to what is cancelled")
    if method is Method.CANCEL:
        attendee = replace(attendee, is_asked=False)
        if entry.status is not Status.CANCELLED:
            entry = replace(entry, status=None)
    event = render_event(replace(entry, organizer=organizer), attendees=[attendee])
    return b"".join([calendar_head(language, method=method), _zone_of(entry), event, b"END:VCALENDAR\r\n"])


def _zone_of(entry: CalendarEntry) -> bytes:
    if not isinstance(entry.when, Hours) or is_utc(entry.when.zone):
        return b""
    end = entry.when.end or entry.when.start
    return timezone_block(entry.when.zone, entry.when.start.year, end.year)


class Reason(StrEnum):
    """Why a reply could not be read."""

    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_A_CALENDAR = "not-a-calendar"
    NOT_A_REPLY = "not-a-reply"
    NO_EVENT = "no-event"
    SEVERAL_EVENTS = "several-events"
    ONE_OCCURRENCE = "one-occurrence"
    BAD_UID = "bad-uid"
    BAD_SEQUENCE = "bad-sequence"
    BAD_STAMP = "bad-stamp"
    BAD_ATTENDEE = "bad-attendee"
    NO_ANSWER = "no-answer"


class UnreadableReply(ValueError):
    """A calendar part that is no answer to an invitation. It repeats nothing of what came in but the reason."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody's calendar answered. `attendee` is only what it says of itself: free text until it is proven."""

    uid: str
    sequence: int
    attendee: str
    answer: Answer
    stamped_at: datetime
    comment: str = ""


def parse_reply(calendar: bytes) -> Reply:
    """The answer in a `text/calendar; method=REPLY` part in UTF-8 (octets that are not count as U+FFFD).

    Takes time in proportion to its size, which is limited. Raises UnreadableReply, and nothing else.
    """
    if len(calendar) > LARGEST_REPLY:
        raise UnreadableReply(Reason.TOO_LARGE)
    outer, events = _split(calendar.decode("utf-8-sig", errors="replace"))
    if not _is_reply(outer):
        raise UnreadableReply(Reason.NOT_A_REPLY)
    if len(events) != 1:
        raise UnreadableReply(Reason.SEVERAL_EVENTS if events else Reason.NO_EVENT)
    event = events[0]
    if "RECURRENCE-ID" in event:
        raise UnreadableReply(Reason.ONE_OCCURRENCE)
    attendee = _only(event, "ATTENDEE", Reason.BAD_ATTENDEE)
    return Reply(
        uid=_uid(event),
        sequence=_sequence(event),
        attendee=_address(attendee),
        answer=_answer(attendee),
        stamped_at=_stamp(event),
        comment=_comment(event),
    )


_Properties = dict[str, list[Line | None]]
_NEEDED = frozenset({"BEGIN", "END", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "RECURRENCE-ID", "COMMENT"})


def _split(text: str) -> tuple[_Properties, list[_Properties]]:
    """The properties of the calendar and of each event in it. What stands in other components is passed over."""
    outer: _Properties = {}
    events: list[_Properties] = []
    path: list[str] = []
    is_over = False
    for name, line in _needed_lines(text):
        if is_over or (not path and name != "BEGIN"):
            raise UnreadableReply(Reason.NOT_A_CALENDAR)
        if name == "BEGIN":
            _open(path, line)
            if path == ["VCALENDAR", "VEVENT"]:
                events.append({})
        elif name == "END":
            if line is None or line.value.strip().upper() != path.pop():
                raise UnreadableReply(Reason.NOT_A_CALENDAR)
            is_over = not path
        elif path == ["VCALENDAR"]:
            outer.setdefault(name, []).append(line)
        elif path == ["VCALENDAR", "VEVENT"]:
            events[-1].setdefault(name, []).append(line)
    if not is_over:
        raise UnreadableReply(Reason.NOT_A_CALENDAR)
    return outer, events


def _needed_lines(text: str) -> Iterator[tuple[str, Line | None]]:
    """Name and parts of the lines that count; None for parts that cannot be told. Others are not even looked at."""
    for number, content in enumerate(unfold(text)):
        if number >= MOST_LINES:
            raise UnreadableReply(Reason.TOO_LARGE)
        name = content[:20].split(":", 1)[0].split(";", 1)[0].strip().upper()
        if name in _NEEDED:
            yield name, read_line(content)


def _open(path: list[str], line: Line | None) -> None:
    name = line.value.strip().upper() if line else ""
    if not name or (not path and name != "VCALENDAR"):
        raise UnreadableReply(Reason.NOT_A_CALENDAR)
    path.append(name)
    if len(path) > DEEPEST:
        raise UnreadableReply(Reason.TOO_DEEP)


def _is_reply(outer: _Properties) -> bool:
    methods = outer.get("METHOD", [])
    return len(methods) == 1 and methods[0] is not None and methods[0].value.strip().upper() == "REPLY"


def _only(event: _Properties, name: str, reason: Reason) -> Line:
    match event.get(name):
        case [Line() as line]:
            return line
        case _:
            raise UnreadableReply(reason)


def _uid(event: _Properties) -> str:
    uid = _only(event, "UID", Reason.BAD_UID).text.strip()
    if not uid or len(uid.encode()) > LONGEST_UID or has_controls(uid):
        raise UnreadableReply(Reason.BAD_UID)
    return uid


def _sequence(event: _Properties) -> int:
    if "SEQUENCE" not in event:
        return 0  # RFC 5545, 3.8.7.4
    digits = _only(event, "SEQUENCE", Reason.BAD_SEQUENCE).value.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 10 and int(digits) <= LARGEST_SEQUENCE):
        raise UnreadableReply(Reason.BAD_SEQUENCE)
    return int(digits)


def _stamp(event: _Properties) -> datetime:
    stamp = _only(event, "DTSTAMP", Reason.BAD_STAMP).value.strip()
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise UnreadableReply(Reason.BAD_STAMP) from error


def _address(attendee: Line) -> str:
    """The address; where there is none (an X.500 name, a number), the one in EMAIL (RFC 7986, 6.2)."""
    mail = attendee.parameters.get("EMAIL", ())
    address = read_address(attendee.value) or (read_address(f"mailto:{mail[0]}") if len(mail) == 1 else None)
    if address is None:
        raise UnreadableReply(Reason.BAD_ATTENDEE)
    return address


def _answer(attendee: Line) -> Answer:
    said = "".join(attendee.parameters.get("PARTSTAT", ())).upper()
    if said not in {Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED}:
        raise UnreadableReply(Reason.NO_ANSWER)
    return Answer(said)


def _comment(event: _Properties) -> str:
    """What the person wrote, without control characters but line feeds, cut at a length that one reads."""
    texts = [line.text for line in event.get("COMMENT", []) if line]
    return without_controls("\n".join(texts)).strip()[:LONGEST_COMMENT]
