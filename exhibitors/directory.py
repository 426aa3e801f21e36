"""The directory: what everybody may read about makers. Nobody learns here who applied, waits or was turned down."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from core.text import localized
from exhibitors.models import Company, Placement, Product
from fairs.models import Booth, Fair


@dataclass(frozen=True, slots=True)
class Exhibitor:
    """A company and the booths that it confirmed at one fair."""

    company: Company
    booths: tuple[Booth, ...]


def placements_at(fair: Fair) -> models.QuerySet[Placement]:
    """The confirmed placements of a fair by booth number, with booth, zone and company: for plans and lists."""
    return (
        Placement.objects.confirmed()
        .filter(booth__fair=fair)
        .select_related(
            "booth__zone", "booth__hall", "application__company__town__county", "application__company__category"
        )
        .order_by("booth__number")
    )


def exhibitors_of(fair: Fair) -> list[Exhibitor]:
    """The companies with a confirmed booth at this fair, by name, each with its booths by number. One query."""
    booths: dict[UUID, list[Booth]] = {}
    companies: dict[UUID, Company] = {}
    for placement in placements_at(fair):
        company = placement.application.company
        companies[company.pk] = company
        booths.setdefault(company.pk, []).append(placement.booth)
    everyone = [Exhibitor(company, tuple(booths[pk])) for pk, company in companies.items()]
    return sorted(everyone, key=lambda exhibitor: (localized(exhibitor.company, "name"), str(exhibitor.company.pk)))


def makers_by_booth(fair: Fair) -> dict[str, Company]:
    """Booth number to the company that confirmed it, for whoever draws the plan."""
    return {placement.booth.number: placement.application.company for placement in placements_at(fair)}


def fairs_of(company: Company) -> models.QuerySet[Fair]:
    """The public fairs at which the company has a confirmed booth, the latest first."""
    there = Placement.objects.confirmed().filter(application__company=company, booth__fair=OuterRef("pk"))
    return Fair.objects.public().filter(Exists(there)).for_table().order_by("-starts_on", "slug")


def products_at(fair: Fair) -> models.QuerySet[Product]:
    """The products on show of the companies with a confirmed booth at the fair."""
    there = Placement.objects.confirmed().filter(booth__fair=fair, application__company=OuterRef("company"))
    return Product.objects.on_show().filter(Exists(there)).for_table().order_by("slug")
