"""Time zone blocks, judged by other readers of them: dateutil's, icalendar's, and the zone database itself."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.contentlines import Unrenderable
from scheduling.timezones import is_utc, timezone_block, zone_of

# Rules of all kinds: none, last Sunday, nth Sunday, half an hour, Friday before Sunday, Ramadan, reversed, abolished.
ZONES = [
    "Asia/Taipei",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Jerusalem",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Asia/Pyongyang",
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "America/Santiago",
]


def test_taipei_is_one_standard_time_and_the_same_bytes_in_any_year():
    block = timezone_block("Asia/Taipei", 2026, 2026)

    assert block.decode().splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Taipei",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
    assert timezone_block("Asia/Taipei", 1990, 2100) == block


def test_summer_time_is_two_rules_that_begin_at_the_time_before_the_change():
    assert timezone_block("Europe/Berlin", 2026, 2030).decode().splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_a_rule_that_was_given_up_ends_when_it_was():
    lines = timezone_block("America/New_York", 2000, 2010).decode().splitlines()

    assert [line for line in lines if line.startswith("RRULE")] == [
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060403T070000Z",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061030T060000Z",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]


@pytest.mark.parametrize("tzid", ZONES)
@pytest.mark.parametrize(("first", "last"), [(2026, 2026), (2005, 2012), (2014, 2034)])
def test_another_reader_finds_the_same_offset_in_every_week(tzid, first, last):
    block = timezone_block(tzid, first, last)
    [theirs] = [tzical(io.StringIO(block.decode())).get(tzid)]
    zone = ZoneInfo(tzid)

    for moment in moments_around_changes(zone, first, last):
        assert moment.astimezone(theirs).utcoffset() == moment.astimezone(zone).utcoffset(), moment


def moments_around_changes(zone: ZoneInfo, first: int, last: int) -> list[datetime]:
    """A moment a week, and hours around each change: times that a clock shows twice or never are read differently."""
    moment, end = datetime(first, 1, 2, tzinfo=UTC), datetime(last, 12, 30, tzinfo=UTC)
    moments = []
    while moment < end:
        later = moment + timedelta(days=1)
        if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            moments += [moment - timedelta(hours=3), later + timedelta(hours=3)]
        moments.append(moment)
        moment = later + timedelta(days=6 if moment.day < 20 else 0)
    return moments


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})), st.integers(1975, 2060))
def test_every_zone_of_the_database_is_right_by_icalendars_reading(tzid, year):
    block = timezone_block(tzid, year, year + 3)
    theirs = icalendar.Timezone.from_ical(block).to_tz(lookup_tzid=False)
    zone = ZoneInfo(tzid)

    for day in range(0, 1400, 9):
        local = datetime(year, 1, 1, 12) + timedelta(days=day)  # noqa: DTZ001  # noon on a wall: no zone shifts it there
        assert local.replace(tzinfo=theirs).utcoffset() == local.replace(tzinfo=zone).utcoffset(), local


def test_years_that_make_no_sense_are_refused():
    for first, last in [(2027, 2026), (1, 2), (2026, 9999)]:
        with pytest.raises(Unrenderable, match="VTIMEZONE"):
            timezone_block("Asia/Taipei", first, last)


@pytest.mark.parametrize("tzid", ["", "Asia", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Asia/Taipei\n"])
def test_what_is_no_zone_is_refused(tzid):
    with pytest.raises(Unrenderable) as refusal:
        zone_of(tzid)

    assert refusal.value.property == "TZID"


def test_utc_is_known_by_all_its_names():
    assert [tzid for tzid in ("UTC", "Etc/UTC", "Asia/Taipei", "Europe/London") if is_utc(tzid)] == ["UTC", "Etc/UTC"]
