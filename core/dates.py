"""Days and times in words, in the reader's language and a place's own zone.

Chinese writes 2026 年 12 月 11 日（五） and 12/11（五）, English Friday 11 December 2026 and Fri 11 Dec. Patterns and
names are translated, so that a sister programme adds its own language without touching this module.
"""

import re
from datetime import date, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

WEEKDAYS = (
    pgettext_lazy("weekday in full", "Monday"),
    pgettext_lazy("weekday in full", "Tuesday"),
    pgettext_lazy("weekday in full", "Wednesday"),
    pgettext_lazy("weekday in full", "Thursday"),
    pgettext_lazy("weekday in full", "Friday"),
    pgettext_lazy("weekday in full", "Saturday"),
    pgettext_lazy("weekday in full", "Sunday"),
)
SHORT_WEEKDAYS = (
    pgettext_lazy("weekday in short", "Mon"),
    pgettext_lazy("weekday in short", "Tue"),
    pgettext_lazy("weekday in short", "Wed"),
    pgettext_lazy("weekday in short", "Thu"),
    pgettext_lazy("weekday in short", "Fri"),
    pgettext_lazy("weekday in short", "Sat"),
    pgettext_lazy("weekday in short", "Sun"),
)
MONTHS = (
    pgettext_lazy("month in full", "January"),
    pgettext_lazy("month in full", "February"),
    pgettext_lazy("month in full", "March"),
    pgettext_lazy("month in full", "April"),
    pgettext_lazy("month in full", "May"),
    pgettext_lazy("month in full", "June"),
    pgettext_lazy("month in full", "July"),
    pgettext_lazy("month in full", "August"),
    pgettext_lazy("month in full", "September"),
    pgettext_lazy("month in full", "October"),
    pgettext_lazy("month in full", "November"),
    pgettext_lazy("month in full", "December"),
)
SHORT_MONTHS = (
    pgettext_lazy("month in short", "Jan"),
    pgettext_lazy("month in short", "Feb"),
    pgettext_lazy("month in short", "Mar"),
    pgettext_lazy("month in short", "Apr"),
    pgettext_lazy("month in short", "May"),
    pgettext_lazy("month in short", "Jun"),
    pgettext_lazy("month in short", "Jul"),
    pgettext_lazy("month in short", "Aug"),
    pgettext_lazy("month in short", "Sep"),
    pgettext_lazy("month in short", "Oct"),
    pgettext_lazy("month in short", "Nov"),
    pgettext_lazy("month in short", "Dec"),
)
ROC_EPOCH = 1911  # the year before year 1 of the Republic of China
ROC_LAST = 1000  # a year below this is counted from that epoch
SOON = timedelta(days=7)


def on(day: date | datetime, zone: tzinfo | None = None) -> date:
    """The calendar day of `day`; an instant is read in `zone`, else in the current one."""
    return timezone.localtime(day, zone).date() if isinstance(day, datetime) else day


def full_day(day: date | datetime, zone: tzinfo | None = None) -> str:
    """2026 年 12 月 11 日（五）, Friday 11 December 2026."""
    return pgettext("a day in full", "%(weekday)s %(day)d %(month_name)s %(year)d") % _parts(on(day, zone))


def short_day(day: date | datetime, zone: tzinfo | None = None) -> str:
    """12/11（五）, Fri 11 Dec."""
    return pgettext("a day in short", "%(short_weekday)s %(day)d %(short_month)s") % _parts(on(day, zone))


def bare_day(day: date | datetime, zone: tzinfo | None = None) -> str:
    """12/11, 11 Dec: where the weekday is of no help."""
    return pgettext("a day without its weekday", "%(day)d %(short_month)s") % _parts(on(day, zone))


def day_and_month(day: date | datetime, zone: tzinfo | None = None) -> str:
    """12 月 11 日（五）, Friday 11 December: where the year is clear."""
    return pgettext("a day without its year", "%(weekday)s %(day)d %(month_name)s") % _parts(on(day, zone))


def full_days(first: date, last: date) -> str:
    """2026 年 12 月 11 日（五）至 13 日（日）, Friday 11 to Sunday 13 December 2026; one day if both are equal."""
    if first == last:
        return full_day(first)
    parts = _parts(first) | {f"last_{name}": value for name, value in _parts(last).items()}
    if first.year != last.year:
        return pgettext("from one day to another", "%(first)s to %(last)s") % {
            "first": full_day(first),
            "last": full_day(last),
        }
    if first.month != last.month:
        pattern = pgettext(
            "days of two months",
            "%(weekday)s %(day)d %(month_name)s to %(last_weekday)s %(last_day)d %(last_month_name)s %(year)d",
        )
    else:
        pattern = pgettext(
            "days of one month", "%(weekday)s %(day)d to %(last_weekday)s %(last_day)d %(month_name)s %(year)d"
        )
    return pattern % parts


def short_days(first: date, last: date) -> str:
    """12/11–12/13, 11–13 Dec."""
    if first == last:
        return short_day(first)
    parts = _parts(first) | {f"last_{name}": value for name, value in _parts(last).items()}
    if (first.year, first.month) == (last.year, last.month):
        return pgettext("days of one month in short", "%(day)d–%(last_day)d %(short_month)s") % parts
    return pgettext("days of two months in short", "%(day)d %(short_month)s–%(last_day)d %(last_short_month)s") % parts


def clock(at: datetime, zone: tzinfo | None = None) -> str:
    """The time of day on a 24-hour clock: 09:05."""
    return timezone.localtime(at, zone).strftime("%H:%M")


def clocks(start: datetime, end: datetime, zone: tzinfo | None = None) -> str:
    """10:00–18:00, with an en dash."""
    return f"{clock(start, zone)}–{clock(end, zone)}"


def full_moment(at: datetime, zone: tzinfo | None = None) -> str:
    """11 月 27 日（五）23:59, Friday 27 November, 23:59; with the year where it is not this one."""
    near = on(at, zone).year == timezone.localdate(timezone=zone).year
    words = {"day": day_and_month(at, zone) if near else full_day(at, zone), "time": clock(at, zone)}
    return pgettext("a day in full and a time", "%(day)s, %(time)s") % words


def short_moment(at: datetime, zone: tzinfo | None = None) -> str:
    """12/3（四）17:00, Thu 3 Dec, 17:00."""
    return pgettext("a day in short and a time", "%(day)s, %(time)s") % {
        "day": short_day(at, zone),
        "time": clock(at, zone),
    }


def time_left(until: date | datetime, now: datetime | None = None, zone: tzinfo | None = None) -> str:
    """還有 3 天, 3 days left; empty once it is over or while it is more than a week away: then nobody counts."""
    now = now or timezone.now()
    if isinstance(until, datetime):
        left = until - now
        if not timedelta(0) < left < SOON:
            return ""
        hours = int(left.total_seconds() // 3600)
        if hours < 24:
            return ngettext("%(count)d hour left", "%(count)d hours left", max(hours, 1)) % {"count": max(hours, 1)}
    days = (on(until, zone) - on(now, zone)).days
    if not 0 < days <= SOON.days:
        return ""
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def roc_day(day: date) -> str:
    """中華民國 115 年 12 月 11 日: the era of official letters and reports, written so in every language."""
    return f"中華民國 {day.year - ROC_EPOCH} 年 {day.month} 月 {day.day} 日"


def read_day(text: str) -> date:
    """The day meant by 2026-12-11, 2026/12/11, 115/12/11 or 115.12.11; a year below 1000 is one of the ROC era.

    Raises ValueError with a sentence for people.
    """
    numbers = re.fullmatch(r"\s*(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*", text)
    try:
        year, month, day = map(int, numbers.groups()) if numbers else (0, 0, 0)
        return date(year + ROC_EPOCH if 0 < year < ROC_LAST else year, month, day)
    except ValueError as error:
        raise ValueError(_("Write a day such as 2026-12-11 or 115/12/11.")) from error


def _parts(day: date) -> dict[str, object]:
    """What the patterns may name."""
    return {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
        "short_weekday": SHORT_WEEKDAYS[day.weekday()],
        "month_name": MONTHS[day.month - 1],
        "short_month": SHORT_MONTHS[day.month - 1],
    }
