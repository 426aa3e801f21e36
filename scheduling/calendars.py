"""What each feed is called, in its subscriber's language, and where it and the page that shows the same stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Language
from core.text import localized
from exhibitors.models import Company
from fairs.models import Category, County, Fair, Town
from scheduling.models import Stage

HOME_ZONE = "Asia/Taipei"  # of calendars that hold fairs of several venues
TAGS = {Language.ZH: "zh-Hant", Language.EN: "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A feed's own words. `path`: below the site's address and without its ending; empty for a private one.

    `query`: the filters of a combination, as in its address.
    """

    name: str
    description: str
    path: str = ""
    query: str = ""
    page: str = ""
    zone: str = HOME_ZONE


def describe(key: str, language: str) -> Calendar | None:
    """The words of a base feed; None if what it is about is not there, or not public. Two queries at most."""
    kind, _colon, rest = key.partition(":")
    with translation.override(language):
        return _DESCRIBED[kind](rest) if kind in _DESCRIBED else None


def address(calendar: Calendar, language: str, form: str) -> str:
    """Where the feed itself stands; empty for a private one, whose address is its owner's secret."""
    if not calendar.path:
        return ""
    # Chinese without `?lang=`, and never by what the browser asks for: then a cache holds the right bytes.
    query = "&".join(filter(None, [calendar.query, "" if language == Language.ZH else f"lang={language}"]))
    return f"{settings.SITE_URL}{calendar.path}.{form}" + (f"?{query}" if query else "")


def _fairs(_nothing: str) -> Calendar | None:
    return Calendar(
        name=_("OTOP fairs"),
        description=_("The days of all fairs. What is moved or cancelled is marked here by itself."),
        path="/feeds/fairs",
        page="/",
    )


def _fair(fair_id: str) -> Calendar | None:
    fair = Fair.objects.public().select_related("venue").filter(pk=fair_id).first()
    if fair is None:
        return None
    return Calendar(
        name=localized(fair, "name"),
        description=_("Days and programme of this fair. What is moved or cancelled is marked here by itself."),
        path=f"/feeds/fairs/{fair.slug}",
        page=f"/fairs/{fair.slug}/",
        zone=fair.venue.time_zone,
    )


def _stage(stage_id: str) -> Calendar | None:
    stages = Stage.objects.filter(fair__in=Fair.objects.public()).select_related("fair__venue")
    stage = stages.filter(pk=stage_id).first()
    if stage is None:
        return None
    return Calendar(
        name=f"{localized(stage, 'name')}｜{localized(stage.fair, 'name')}",
        description=_("The sessions on this stage."),
        path=f"/feeds/fairs/{stage.fair.slug}/stage/{stage.slug}",
        page=f"/fairs/{stage.fair.slug}/programme/",
        zone=stage.fair.venue.time_zone,
    )


def _category(fair_and_code: str) -> Calendar | None:
    fair_id, _colon, code = fair_and_code.partition(":")
    fair = Fair.objects.public().select_related("venue").filter(pk=fair_id).first()
    category = Category.objects.filter(pk=code).first()
    if fair is None or category is None:
        return None
    return Calendar(
        name=f"{localized(category, 'name')}｜{localized(fair, 'name')}",
        description=_("The sessions of this fair on one kind of product."),
        path=f"/feeds/fairs/{fair.slug}/category/{category.code}",
        page=f"/fairs/{fair.slug}/programme/",
        zone=fair.venue.time_zone,
    )


def _town(code: str) -> Calendar | None:
    town = Town.objects.select_related("county").filter(pk=code).first()
    if town is None:
        return None
    return Calendar(
        name=_("%(town)s, %(county)s: OTOP fairs")
        % {"town": localized(town, "name"), "county": localized(town.county, "name")},
        description=_("The fairs in this town, and the sessions with makers from there."),
        path=f"/feeds/towns/{town.code}",
        page=f"/towns/{town.code}/",
    )


def _county(code: str) -> Calendar | None:
    county = County.objects.filter(pk=code).first()
    if county is None:
        return None
    return Calendar(
        name=_("%(county)s: OTOP fairs") % {"county": localized(county, "name")},
        description=_("The fairs in this county, and the sessions with makers from there."),
        path=f"/feeds/counties/{county.code}",
        page="/calendars/",
    )


def _company(company_id: str) -> Calendar | None:
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        return None
    return Calendar(
        name=localized(company, "name"),
        description=_("The fairs, booths and sessions of this maker."),
        path=f"/feeds/companies/{company.slug}",
        page=f"/companies/{company.slug}/",
    )


def _own(company_id: str) -> Calendar | None:
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        return None
    return Calendar(
        name=_("%(company)s: dates and deadlines") % {"company": localized(company, "name")},
        description=_("The fairs, sessions and deadlines of your company. Keep this address to yourself."),
        page="/company/",
    )


def personal(language: str) -> Calendar:
    """The words of a person's own calendar."""
    with translation.override(language):
        return Calendar(
            name=_("My OTOP fairs"),
            description=_("What you present and what you are invited to. Keep this address to yourself."),
        )


_DESCRIBED: dict[str, Callable[[str], Calendar | None]] = {
    "fairs": _fairs,
    "fair": _fair,
    "stage": _stage,
    "category": _category,
    "town": _town,
    "county": _county,
    "company": _company,
    "own": _own,
}
