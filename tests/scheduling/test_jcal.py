"""Feeds as JSON, compared with what icalendar makes of the same feed."""

import json

import icalendar
import pytest
from hypothesis import example, given, settings

from scheduling.contentlines import Unrenderable
from scheduling.ical import CalendarUser, FeedHeader, feed, render_event
from scheduling.jcal import components, feed_as_json, stream_feed_as_json
from scheduling.timezones import timezone_block
from tests.scheduling.entries import CHANGED, HEADER, entries, entry

BERLIN = timezone_block("Europe/Berlin", 2005, 2009)
NEW_YORK = timezone_block("America/New_York", 2005, 2009)
KATHMANDU = timezone_block("Asia/Kathmandu", 1985, 1987)


def test_an_entry_becomes_this_json():
    assert components(render_event(entry())) == [
        [
            "vevent",
            [
                ["uid", {}, "text", "019a-kiln@fairs.example.org"],
                ["dtstart", {"tzid": "Asia/Taipei"}, "date-time", "2027-03-05T10:00:00"],
                ["dtend", {"tzid": "Asia/Taipei"}, "date-time", "2027-03-05T11:30:00"],
                ["dtstamp", {}, "date-time", "2027-01-01T12:00:05Z"],
                ["last-modified", {}, "date-time", "2027-01-01T12:00:05Z"],
                ["created", {}, "date-time", "2026-12-01T00:00:00Z"],
                ["sequence", {}, "integer", 2],
                ["status", {}, "text", "CONFIRMED"],
                ["summary", {}, "text", "柴燒示範｜窯火與茶"],
                ["description", {}, "text", "練土, 拉坯;\n出窯"],
                ["location", {}, "text", "主舞台, 一樓"],
                ["geo", {}, "float", [25.033, 121.5654]],
                ["url", {}, "uri", "https://fairs.example.org/fairs/kiln/"],
                ["categories", {}, "text", "陶瓷", "tea, coffee"],
                ["color", {}, "text", "indigo"],
                ["organizer", {"cn": "OTOP Office"}, "cal-address", "mailto:fairs@example.org"],
                ["image", {"display": "BADGE"}, "uri", "https://fairs.example.org/kiln.png"],
                ["conference", {}, "uri", "https://meet.example.org/kiln"],
            ],
            [],
        ]
    ]


def comparable(component: list) -> list:
    """A component with the types of RFC 7986 that icalendar calls unknown, plain values, in the order of names."""
    name, properties, inner = component
    known = [[prop, more, "text" if prop in {"color", "name"} else kind, *map(plain, values)]
             for prop, more, kind, *values in properties]  # fmt: skip
    return [name, sorted(known, key=repr), [comparable(part) for part in inner]]


def plain(value: object) -> object:
    """A rule's part as itself, where icalendar makes a list of one of it."""
    if isinstance(value, dict):
        return {name: part[0] if isinstance(part, list) and len(part) == 1 else part for name, part in value.items()}
    return value


@settings(deadline=None)
@given(entries)
@example(entry(organizer=CalendarUser("C:\\fairs\\", "fairs@example.org")))
def test_any_event_is_the_same_json_as_icalendar_makes(any_entry):
    rendered = render_event(any_entry)

    [ours] = components(rendered)

    assert comparable(ours) == comparable(icalendar.Event.from_ical(rendered).to_jcal())


@pytest.mark.parametrize("block", [BERLIN, NEW_YORK, KATHMANDU])
def test_a_zone_is_the_same_json_as_icalendar_makes(block):
    [ours] = components(block)

    assert comparable(ours) == comparable(json.loads(icalendar.Timezone.from_ical(block).to_json()))


def test_a_feed_is_one_json_text_with_all_its_parts():
    header = FeedHeader(
        name="窯火與茶",
        language="zh-Hant",
        zone="Europe/Berlin",
        changed_at=CHANGED,
        description="一\n二",
        source="https://fairs.example.org/feeds/fairs.ics",
        color="teal",
    )
    parts = {"timezones": [BERLIN], "events": [render_event(entry()), render_event(entry(uid="another"))]}

    ours = json.loads(feed_as_json(header, **parts))
    theirs = json.loads(icalendar.Calendar.from_ical(feed(header, **parts)).to_json())

    assert comparable(ours) == comparable(theirs)
    assert ["x-wr-caldesc", {}, "unknown", "一\\n二"] in ours[
        1
    ]  # of an unknown type nothing is unescaped (RFC 7265, 5)


def test_a_feed_without_entries_is_whole_too():
    ours = json.loads(feed_as_json(HEADER, timezones=[], events=[]))

    assert [part[0] for part in ours[2]] == ["vtimezone"]


def test_a_stream_begins_before_its_events_are_there():
    stream = stream_feed_as_json(HEADER, timezones=[], events=(render_event(entry(uid=str(n))) for n in range(10**6)))

    assert next(stream).startswith(b'["vcalendar",[["version",{},"text","2.0"]')
    assert next(stream).startswith(b'["vevent",[["uid",{},"text","0"]')
    assert next(stream).startswith(b',["vevent",[["uid",{},"text","1"]')


def test_a_feed_that_cannot_be_told_is_refused_before_its_first_byte():
    with pytest.raises(Unrenderable, match="NAME"):
        stream_feed_as_json(FeedHeader(name="", language="en", zone="UTC", changed_at=CHANGED), timezones=[], events=[])
