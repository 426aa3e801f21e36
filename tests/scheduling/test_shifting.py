"""Days later it is the same time of day on the spot, also where the clocks changed meanwhile."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Session
from scheduling.shifting import column_days_later, days_later
from tests.factories import SessionFactory

CASES = [
    ("Asia/Taipei", datetime(2027, 3, 20, 2, 0, tzinfo=UTC), 7, datetime(2027, 3, 27, 2, 0, tzinfo=UTC)),
    # Summer time begins in Berlin on 28 March 2027: ten o'clock is an hour earlier in UTC.
    ("Europe/Berlin", datetime(2027, 3, 25, 9, 0, tzinfo=UTC), 7, datetime(2027, 4, 1, 8, 0, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 4, 1, 8, 0, tzinfo=UTC), -7, datetime(2027, 3, 25, 9, 0, tzinfo=UTC)),
    ("UTC", datetime(2027, 3, 25, 9, 0, tzinfo=UTC), 366, datetime(2028, 3, 25, 9, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "at", "days", "expected"), CASES)
def test_the_clock_on_the_spot_shows_the_same(zone, at, days, expected):
    assert days_later(at, days, ZoneInfo(zone)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "at", "days", "expected"), CASES)
def test_the_database_counts_as_python_does(zone, at, days, expected):
    session = SessionFactory(starts_at=at)

    moved = Session.objects.annotate(later=column_days_later("starts_at", days, ZoneInfo(zone)))

    assert moved.values_list("later", flat=True).get(pk=session.pk) == expected
