"""Days and times in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from core import dates

TAIPEI = ZoneInfo("Asia/Taipei")
FRIDAY, SUNDAY = date(2026, 12, 11), date(2026, 12, 13)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (lambda: dates.full_day(FRIDAY), "Friday 11 December 2026"),
        (lambda: dates.short_day(FRIDAY), "Fri 11 Dec"),
        (lambda: dates.bare_day(FRIDAY), "11 Dec"),
        (lambda: dates.day_and_month(FRIDAY), "Friday 11 December"),
        (lambda: dates.full_days(FRIDAY, FRIDAY), "Friday 11 December 2026"),
        (lambda: dates.full_days(FRIDAY, SUNDAY), "Friday 11 to Sunday 13 December 2026"),
        (lambda: dates.full_days(date(2026, 11, 30), FRIDAY), "Monday 30 November to Friday 11 December 2026"),
        (
            lambda: dates.full_days(date(2026, 12, 31), date(2027, 1, 1)),
            "Thursday 31 December 2026 to Friday 1 January 2027",
        ),
        (lambda: dates.short_days(FRIDAY, FRIDAY), "Fri 11 Dec"),
        (lambda: dates.short_days(FRIDAY, SUNDAY), "11–13 Dec"),
        (lambda: dates.short_days(date(2026, 11, 30), FRIDAY), "30 Nov–11 Dec"),
        (lambda: dates.roc_day(FRIDAY), "中華民國 115 年 12 月 11 日"),
    ],
)
def test_days_are_said_as_people_say_them(said, expected):
    assert said() == expected


def test_an_instant_is_read_in_the_zone_of_its_place():
    late_in_london = datetime(2026, 12, 10, 20, 30, tzinfo=UTC)

    assert dates.on(late_in_london, TAIPEI) == FRIDAY
    assert dates.clock(late_in_london, TAIPEI) == "04:30"
    assert dates.clocks(late_in_london, late_in_london + timedelta(hours=1), TAIPEI) == "04:30–05:30"
    assert dates.short_moment(late_in_london, TAIPEI) == "Fri 11 Dec, 04:30"


def test_a_full_moment_names_the_year_only_where_it_is_another_one():
    now = datetime.now(UTC)
    this_year = datetime(now.year, 6, 5, 4, 0, tzinfo=UTC)
    another = datetime(now.year + 2, 6, 5, 4, 0, tzinfo=UTC)

    assert dates.full_moment(this_year, TAIPEI).endswith("5 June, 12:00")
    assert dates.full_moment(another, TAIPEI).endswith(f"5 June {now.year + 2}, 12:00")


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (timedelta(days=3, hours=1), "3 days left"),
        (timedelta(hours=5, minutes=10), "5 hours left"),
        (timedelta(minutes=3), "1 hour left"),
        (timedelta(days=8), ""),
        (timedelta(seconds=-1), ""),
    ],
)
def test_time_left_is_counted_only_in_the_last_week(until, expected):
    now = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)

    assert dates.time_left(now + until, now, TAIPEI) == expected


def test_time_left_until_a_day_counts_days():
    now = datetime(2026, 12, 8, 1, 0, tzinfo=UTC)

    assert dates.time_left(FRIDAY, now, TAIPEI) == "3 days left"
    assert dates.time_left(date(2026, 12, 8), now, TAIPEI) == ""


@pytest.mark.parametrize("text", ["2026-12-11", "2026/12/11", "115/12/11", " 115.12.11 ", "115 年 12 月 11 日"])
def test_a_day_is_read_in_both_eras(text):
    assert dates.read_day(text) == FRIDAY


@pytest.mark.parametrize("text", ["", "11 December", "2026-13-01", "115/2/30", "0/1/1"])
def test_what_is_no_day_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="Write a day such as 2026-12-11"):
        dates.read_day(text)
