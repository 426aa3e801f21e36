"""Entries to render, one complete by default, and any that Hypothesis can think of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from scheduling.ical import COLORS, CalendarEntry, CalendarUser, Days, FeedHeader, Hours, Status

TEN = datetime(2027, 3, 5, 2, 0, tzinfo=UTC)  # ten o'clock in Taipei
CHANGED = datetime(2027, 1, 1, 12, 0, 5, tzinfo=UTC)
ORGANIZER = CalendarUser("OTOP Office", "fairs@example.org")
ENTRY = CalendarEntry(
    uid="019a-kiln@fairs.example.org",
    sequence=2,
    status=Status.CONFIRMED,
    when=Hours(TEN, TEN + timedelta(minutes=90), "Asia/Taipei"),
    summary="柴燒示範｜窯火與茶",
    organizer=ORGANIZER,
    changed_at=CHANGED,
    created_at=datetime(2026, 12, 1, tzinfo=UTC),
    description="練土, 拉坯;\n出窯",
    location="主舞台, 一樓",
    geo=(Decimal("25.033"), Decimal("121.5654")),
    url="https://fairs.example.org/fairs/kiln/",
    categories=("陶瓷", "tea, coffee"),
    color="indigo",
    image="https://fairs.example.org/kiln.png",
    conference="https://meet.example.org/kiln",
)
HEADER = FeedHeader(name="窯火與茶", language="zh-Hant", zone="Asia/Taipei", changed_at=CHANGED)


def entry(**changes: Any) -> CalendarEntry:
    """The complete entry with some of it changed."""
    return replace(ENTRY, **changes)


words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)
names = words.filter(str.strip)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
zones = st.sampled_from(["Asia/Taipei", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])


@st.composite
def spans(draw: st.DrawFn) -> Days | Hours:
    """When an entry is: whole days, or hours in some zone."""
    if draw(st.booleans()):
        first = draw(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
        return Days(first, first + timedelta(days=draw(st.integers(1, 400))))
    start = draw(instants)
    end = draw(st.none() | st.timedeltas(timedelta(0), timedelta(days=30)).map(lambda length: start + length))
    return Hours(start, end, draw(zones))


entries = st.builds(
    CalendarEntry,
    uid=names.filter(lambda uid: len(uid.encode()) <= 255),
    sequence=st.integers(0, 2**31 - 1),
    status=st.sampled_from(Status),
    when=spans(),
    summary=names,
    organizer=st.builds(CalendarUser, name=words, address=st.sampled_from(["fair@example.org", "a+b%c@example.tw"])),
    changed_at=instants,
    created_at=st.none() | instants,
    description=st.lists(words, max_size=4).map("\n".join),
    location=words,
    geo=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    url=st.sampled_from(["", "https://fairs.example.org/?a=1,2;b=%5Cn"]),
    categories=st.lists(names, max_size=4).map(tuple),
    color=st.sampled_from(["", *sorted(COLORS)]),
    image=st.sampled_from(["", "https://fairs.example.org/i.png"]),
    conference=st.sampled_from(["", "tel:+886-2-2366-2211"]),
    blocks_time=st.booleans(),
)
