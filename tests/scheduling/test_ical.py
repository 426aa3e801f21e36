"""What calendars show: entries as events, and feeds of them, read back by a parser that is not ours."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given, settings

from scheduling.contentlines import Unrenderable
from scheduling.ical import Answer, Attendee, CalendarUser, Days, Hours, Status, feed, render_event, stream_feed
from scheduling.timezones import timezone_block
from tests.scheduling.entries import CHANGED, HEADER, TEN, entries, entry
from tests.scheduling.test_contentlines import CONTROLS

TAIPEI = timezone_block("Asia/Taipei", 2027, 2027)


def lines(rendered: bytes) -> list[str]:
    return rendered.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_an_entry_becomes_these_lines():
    assert lines(render_event(entry())) == [
        "BEGIN:VEVENT",
        "UID:019a-kiln@fairs.example.org",
        "DTSTART;TZID=Asia/Taipei:20270305T100000",
        "DTEND;TZID=Asia/Taipei:20270305T113000",
        "DTSTAMP:20270101T120005Z",
        "LAST-MODIFIED:20270101T120005Z",
        "CREATED:20261201T000000Z",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "SUMMARY:柴燒示範｜窯火與茶",
        "DESCRIPTION:練土\\, 拉坯\\;\\n出窯",
        "LOCATION:主舞台\\, 一樓",
        "GEO:25.033000;121.565400",
        "URL:https://fairs.example.org/fairs/kiln/",
        "CATEGORIES:陶瓷,tea\\, coffee",
        "COLOR:indigo",
        'ORGANIZER;CN="OTOP Office":mailto:fairs@example.org',
        "IMAGE;DISPLAY=BADGE;VALUE=URI:https://fairs.example.org/kiln.png",
        "CONFERENCE;VALUE=URI:https://meet.example.org/kiln",
        "END:VEVENT",
    ]


def test_what_an_entry_lacks_leaves_no_trace():
    bare = entry(
        created_at=None, description="", location=" ", geo=None, url="", categories=(), color="", image="",
        conference="", organizer=CalendarUser("", "fairs@example.org"), status=None,
    )  # fmt: skip

    assert lines(render_event(bare)) == [
        "BEGIN:VEVENT",
        "UID:019a-kiln@fairs.example.org",
        "DTSTART;TZID=Asia/Taipei:20270305T100000",
        "DTEND;TZID=Asia/Taipei:20270305T113000",
        "DTSTAMP:20270101T120005Z",
        "LAST-MODIFIED:20270101T120005Z",
        "SEQUENCE:2",
        "SUMMARY:柴燒示範｜窯火與茶",
        "ORGANIZER:mailto:fairs@example.org",
        "END:VEVENT",
    ]


def test_a_cancelled_entry_says_so():
    assert "STATUS:CANCELLED" in lines(render_event(entry(status=Status.CANCELLED)))


def test_what_one_can_attend_beside_other_things_blocks_no_time():
    assert "TRANSP:TRANSPARENT" in lines(render_event(entry(blocks_time=False)))


def test_whole_days_are_dates_with_an_exclusive_end():
    event = lines(render_event(entry(when=Days(date(2027, 3, 5), date(2027, 3, 8)))))

    assert event[2:4] == ["DTSTART;VALUE=DATE:20270305", "DTEND;VALUE=DATE:20270308"]


def test_an_instant_has_no_end():
    for end in (None, TEN, TEN + timedelta(microseconds=900)):
        event = lines(render_event(entry(when=Hours(TEN, end, "Asia/Taipei"))))
        assert event[2:4] == ["DTSTART;TZID=Asia/Taipei:20270305T100000", "DTSTAMP:20270101T120005Z"]


def test_utc_needs_no_zone():
    event = lines(render_event(entry(when=Hours(TEN, None, "Etc/UTC"))))

    assert event[2] == "DTSTART:20270305T020000Z"


def test_a_time_that_the_clock_shows_twice_is_told_apart():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, and again an hour later

    def start_and_end(start: datetime) -> list[str]:
        return lines(render_event(entry(when=Hours(start, start + timedelta(hours=3), "Europe/Berlin"))))[2:4]

    assert start_and_end(first) == [
        "DTSTART;TZID=Europe/Berlin:20261025T023000",
        "DTEND;TZID=Europe/Berlin:20261025T043000",
    ]
    assert start_and_end(first + timedelta(hours=1)) == ["DTSTART:20261025T013000Z", "DTEND:20261025T043000Z"]


def test_the_asked_stand_with_their_answers():
    asked = Attendee(CalendarUser('Lin "Mei", Ann', "lin@example.com"))
    answered = Attendee(CalendarUser("", "wu@example.com"), Answer.DECLINED, is_asked=False)
    event = lines(render_event(entry(), attendees=[asked, answered]))

    assert [line for line in event if line.startswith("ATTENDEE")] == [
        "ATTENDEE;CN=\"Lin ^'Mei^', Ann\";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE"
        ":mailto:lin@example.com",
        "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=DECLINED;ROLE=REQ-PARTICIPANT:mailto:wu@example.com",
    ]


@pytest.mark.parametrize(
    ("changes", "prop"),
    [
        (lambda text: {"uid": text}, "UID"),
        (lambda text: {"summary": text}, "SUMMARY"),
        (lambda text: {"location": text}, "LOCATION"),
        (lambda text: {"url": f"https://example.org/{text}"}, "URL"),
        (lambda text: {"categories": ("tea", text)}, "CATEGORIES"),
        (lambda text: {"color": text}, "COLOR"),
        (lambda text: {"organizer": CalendarUser(text, "fairs@example.org")}, "ORGANIZER"),
        (lambda text: {"organizer": CalendarUser("Office", f"fairs{text}@example.org")}, "ORGANIZER"),
        (lambda text: {"image": f"https://example.org/{text}"}, "IMAGE"),
        (lambda text: {"conference": f"https://example.org/{text}"}, "CONFERENCE"),
    ],
    ids=["uid", "summary", "location", "url", "categories", "color", "name", "address", "image", "conference"],
)
def test_a_control_character_puts_the_entry_aside_and_names_the_property(changes, prop):
    for control in CONTROLS:
        with pytest.raises(Unrenderable) as refusal:
            render_event(entry(**changes(f"tea{control}ATTENDEE:mailto:all@example.org")))

        assert refusal.value.property == prop


@pytest.mark.parametrize(
    ("changes", "prop"),
    [
        ({"uid": ""}, "UID"),
        ({"uid": "茶" * 86}, "UID"),
        ({"sequence": -1}, "SEQUENCE"),
        ({"sequence": 2**31}, "SEQUENCE"),
        ({"summary": "  "}, "SUMMARY"),
        ({"description": "one\rtwo"}, "DESCRIPTION"),
        ({"color": "#b3302c"}, "COLOR"),
        ({"geo": (91.0, 0.0)}, "GEO"),
        ({"geo": (0.0, -180.1)}, "GEO"),
        ({"geo": (float("nan"), 0.0)}, "GEO"),
        ({"organizer": CalendarUser("Office", "")}, "ORGANIZER"),
        ({"changed_at": CHANGED.replace(tzinfo=None)}, "DTSTAMP"),
        ({"created_at": CHANGED.replace(tzinfo=None)}, "CREATED"),
        ({"when": Hours(TEN.replace(tzinfo=None), None, "Asia/Taipei")}, "DTSTART"),
        ({"when": Hours(TEN, TEN.replace(tzinfo=None), "Asia/Taipei")}, "DTEND"),
        ({"when": Hours(TEN, TEN - timedelta(seconds=1), "Asia/Taipei")}, "DTEND"),
        ({"when": Hours(TEN, None, "Mars/Olympus")}, "TZID"),
        ({"when": Hours(datetime.max.replace(tzinfo=UTC), None, "Asia/Taipei")}, "DTSTART"),
        ({"when": Hours(datetime.min.replace(tzinfo=ZoneInfo("Asia/Taipei")), None, "UTC")}, "DTSTART"),
        ({"when": Days(date(2027, 3, 5), date(2027, 3, 5))}, "DTEND"),
    ],
)
def test_what_no_calendar_could_show_is_refused(changes, prop):
    with pytest.raises(Unrenderable, match=f"^{prop}: ") as refusal:
        render_event(entry(**changes))

    assert refusal.value.property == prop


def test_a_position_never_has_an_exponent():
    assert "GEO:0.000010;0.000000" in lines(render_event(entry(geo=(0.00001, -1e-9))))


@settings(deadline=None)
@given(entries)
@example(entry(description="C:\\New \\n \\, ;"))
def test_any_entry_can_be_read_back_as_it_was_and_equal_ones_are_equal_bytes(any_entry):
    rendered = render_event(any_entry)
    event = icalendar.Event.from_ical(rendered)

    assert well_formed(rendered)
    assert render_event(replace(any_entry)) == rendered
    assert event["UID"] == any_entry.uid
    assert event["SUMMARY"] == any_entry.summary
    assert event.get("DESCRIPTION", "") == (any_entry.description if any_entry.description.strip() else "")
    assert event.get("LOCATION", "") == (any_entry.location if any_entry.location.strip() else "")
    assert tuple(event["CATEGORIES"].cats if "CATEGORIES" in event else ()) == any_entry.categories
    assert (event["SEQUENCE"], event["STATUS"]) == (any_entry.sequence, any_entry.status)
    assert event["DTSTAMP"].dt == any_entry.changed_at.replace(microsecond=0)
    if any_entry.geo:
        assert event["GEO"].to_ical().count(";") == 1
        assert [event["GEO"].latitude, event["GEO"].longitude] == pytest.approx(
            [float(degrees) for degrees in any_entry.geo], abs=1e-6
        )
    start, end = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    if isinstance(any_entry.when, Days):
        assert (start, end) == (any_entry.when.first, any_entry.when.until)
    else:
        assert start == any_entry.when.start.replace(microsecond=0)
        assert (end or start) == (any_entry.when.end or any_entry.when.start).replace(microsecond=0)


def well_formed(rendered: bytes) -> bool:
    """CRLF alone ends lines, none is over 75 octets or cut inside a character, no property is empty."""
    physical = rendered.split(b"\r\n")
    assert physical.pop() == b""
    assert not any(re.search(rb"[\x00-\x1f\x7f]", line) for line in physical)
    assert all(len(line) <= 75 and line.decode() and line != b" " for line in physical)
    assert not any(re.fullmatch(r"[A-Z-]+:", line) for line in lines(rendered))
    return True


def test_another_text_changes_nothing_but_that_text():
    before = lines(render_event(entry()))
    after = lines(render_event(entry(location="副舞台")))

    assert [(one, other) for one, other in zip(before, after, strict=True) if one != other] == [
        ("LOCATION:主舞台\\, 一樓", "LOCATION:副舞台")
    ]


def test_a_feed_says_what_it_is_and_joins_its_pieces():
    header = HEADER.__class__(
        name="窯火與茶",
        language="zh-Hant",
        zone="Asia/Taipei",
        changed_at=CHANGED,
        description="所有場次\n含取消的",
        source="https://fairs.example.org/feeds/fairs/kiln.ics",
        url="https://fairs.example.org/fairs/kiln/",
        color="Teal",
        refresh=timedelta(minutes=30),
    )
    event = render_event(entry())
    rendered = feed(header, timezones=[TAIPEI], events=[event, event])

    assert lines(rendered[: rendered.index(TAIPEI)]) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//OTOP Fairs//Calendars 1//ZH-HANT",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:窯火與茶",
        "X-WR-CALNAME:窯火與茶",
        "DESCRIPTION:所有場次\\n含取消的",
        "X-WR-CALDESC:所有場次\\n含取消的",
        "X-WR-TIMEZONE:Asia/Taipei",
        "URL:https://fairs.example.org/fairs/kiln/",
        "SOURCE;VALUE=URI:https://fairs.example.org/feeds/fairs/kiln.ics",
        "COLOR:teal",
        "REFRESH-INTERVAL;VALUE=DURATION:PT30M",
        "X-PUBLISHED-TTL:PT30M",
        "LAST-MODIFIED:20270101T120005Z",
    ]
    assert rendered.endswith(TAIPEI + event + event + b"END:VCALENDAR\r\n")
    assert well_formed(rendered)


def test_a_feed_without_entries_still_holds_a_zone():
    rendered = feed(HEADER, timezones=[], events=[])

    assert rendered.endswith(TAIPEI + b"END:VCALENDAR\r\n")
    assert icalendar.Calendar.from_ical(rendered).timezones


def test_a_stream_takes_one_event_at_a_time():
    taken = []
    events = (taken.append(number) or b"%d" % number for number in range(1_000_000))
    stream = stream_feed(HEADER, timezones=[TAIPEI], events=events)

    assert [next(stream)[:15], next(stream), next(stream), next(stream)] == [b"BEGIN:VCALENDAR", TAIPEI, b"0", b"1"]
    assert taken == [0, 1]


def test_a_stream_is_the_feed_in_pieces():
    events = [render_event(entry()), render_event(entry(uid="another"))]

    assert b"".join(stream_feed(HEADER, timezones=[TAIPEI], events=iter(events))) == feed(
        HEADER, timezones=[TAIPEI], events=events
    )


@pytest.mark.parametrize(
    ("changes", "prop"),
    [
        ({"name": ""}, "NAME"),
        ({"name": "a\nb"}, "NAME"),
        ({"description": "a\rb"}, "DESCRIPTION"),
        ({"language": "zh\r\nX:1"}, "PRODID"),
        ({"zone": "Mars/Olympus"}, "TZID"),
        ({"source": "feeds/fairs.ics"}, "SOURCE"),
        ({"url": "javascript:1"}, "URL"),
        ({"color": "red\r\nX-BAD:1"}, "COLOR"),
        ({"refresh": timedelta(0)}, "REFRESH-INTERVAL"),
        ({"changed_at": CHANGED.replace(tzinfo=None)}, "LAST-MODIFIED"),
    ],
)
def test_a_feed_that_cannot_be_told_is_refused_before_its_first_byte(changes, prop):
    values = {"name": "Fairs", "language": "en", "zone": "Asia/Taipei", "changed_at": CHANGED} | changes

    with pytest.raises(Unrenderable) as refusal:
        stream_feed(HEADER.__class__(**values), timezones=[], events=chain())

    assert refusal.value.property == prop
