"""Wording: what mails say about a fair, an application or an invitation, as flat texts in both languages.

`fair_zh` and `fair_en` fill `{fair}` in the Chinese and the English letter; a name without an ending fills it in both.
Days and times are those of the fair's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.text import capfirst

from accounts.models import Organizer
from core.dates import clocks, full_day, full_days, full_moment
from core.text import localized
from exhibitors.models import Application
from fairs.models import Booth, Fair, Venue

LANGUAGES = {"zh": "zh-hant", "en": "en"}
Words = dict[str, str]
HOME = ZoneInfo(settings.HOME_TIME_ZONE)  # for times that belong to no place


def both(name: str, say: Callable[[], str]) -> Words:
    """What `say` says in each language."""
    words = {}
    for ending, language in LANGUAGES.items():
        with translation.override(language):
            words[f"{name}_{ending}"] = say()
    return words


def moment(name: str, at: datetime, zone: ZoneInfo) -> Words:
    """An instant: 12 月 4 日（五）17:00, Friday 4 December, 17:00 (UTC+8). Who reads English may read it abroad."""
    words = both(name, lambda: full_moment(at, zone))
    words[f"{name}_en"] += f" ({_offset(at, zone)})"
    return words


def span(name: str, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Words:
    """A stretch of a day: 2026 年 12 月 10 日（四）18:30–20:00, Thursday 10 December 2026, 18:30–20:00 (UTC+8)."""
    times = clocks(starts_at, ends_at, zone)
    days = both(name, lambda: full_day(starts_at, zone))
    return {
        f"{name}_zh": f"{days[f'{name}_zh']}{times}",
        f"{name}_en": f"{days[f'{name}_en']}, {times} ({_offset(starts_at, zone)})",
    }


def of_organizer(organizer: Organizer) -> Words:
    """Who writes, and where one answers."""
    return {**both("organizer", lambda: localized(organizer, "name")), "organizer_email": organizer.email}


def of_fair(fair: Fair) -> Words:
    """Name, days, hours and place of a fair, its pages and its organizer."""
    hours = clocks(fair.begins_at, fair.finishes_at, fair.zone)
    return {
        **both("fair", lambda: localized(fair, "name")),
        **both("days", lambda: full_days(fair.starts_on, fair.ends_on)),
        "hours_zh": hours,
        "hours_en": f"{hours} ({_offset(fair.begins_at, fair.zone)})",
        **_place(fair.venue),
        **of_organizer(fair.organizer),
        "fair_url": f"{settings.SITE_URL}/fairs/{fair.slug}/",
    }


def of_application(application: Application) -> Words:
    """A company's application: its number, booths, fee, deadlines and pages, and the fair."""
    fair = application.call.fair
    held = [placement.booth for placement in application.placements.all() if placement.state == "held"]
    words = {
        **of_fair(fair),
        **both("company", lambda: localized(application.company, "name")),
        "number": application.label,
        "wanted": str(application.booths_wanted),
        **numbers(held),
        **fee(application.fee, application.call.currency),
        "application_url": f"{settings.SITE_URL}/company/applications/{application.pk}/",
        "offer_url": f"{settings.SITE_URL}/company/offers/{application.pk}/",
        "desk_url": f"{settings.SITE_URL}/desk/{fair.slug}/applications/{application.label}/",
        **moment("closes", application.call.closes_at, fair.zone),
    }
    if application.offer_ends_at is not None:
        words |= moment("ends", application.offer_ends_at, fair.zone)
    if application.return_by is not None:
        words |= moment("return_by", application.return_by, fair.zone)
        words |= _returned_fields(application)
    return words


def numbers(booths: Iterable[Booth]) -> Words:
    """The numbers of booths, in their order."""
    listed = sorted(booth.number for booth in booths)
    return {"booths_zh": "、".join(listed), "booths_en": ", ".join(listed)}


def fee(amount: int | None, currency: str) -> Words:
    """An amount in whole units of the currency; blank where it is not known."""
    if amount is None:
        return {"fee": ""}
    if currency == "TWD":
        return {"fee_zh": f"{amount:,} 元", "fee_en": f"NT${amount:,}"}
    return {"fee": f"{currency} {amount:,}"}


def applications() -> models.QuerySet[Application]:
    """Applications with all that their mails say."""
    found: models.QuerySet[Application] = Application.objects.select_related(
        "company", "call__fair__organizer", "call__fair__venue__town__county"
    ).prefetch_related("placements__booth")
    return found


def fairs() -> models.QuerySet[Fair]:
    """Fairs with all that their mails say."""
    found: models.QuerySet[Fair] = Fair.objects.select_related("organizer", "venue__town__county")
    return found


def _place(venue: Venue) -> Words:
    names = both("place", lambda: localized(venue, "name"))
    if venue.town is None:
        return names
    town = venue.town
    return {
        "place_zh": f"{town.county.name_zh} {town.name_zh} {names['place_zh']}",
        "place_en": f"{names['place_en']}, {town.name_en}, {town.county.name_en}",
    }


def _returned_fields(application: Application) -> Words:
    """What is to be corrected, by the names that the form shows."""
    labels = {question.key: question for question in application.call.questions.all()}

    def name_of(field: str) -> str:
        if field in labels:
            return localized(labels[field], "label")
        return capfirst(str(Application._meta.get_field(field).verbose_name))  # type: ignore[union-attr]

    return both("fields", lambda: "\n".join(name_of(field) for field in application.returned_fields))


def _offset(at: datetime, zone: ZoneInfo) -> str:
    """UTC+8, UTC-4, UTC+5:30."""
    minutes = int((at.astimezone(zone).utcoffset() or at - at).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"
