"""Seeding: the real counties, towns, categories, venues and rooms that come with the service.

What is here already is left as it is, for people edit it; `manage.py import_towns` brings towns up to date.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction

from fairs.models import Category, County, Room, Town, Venue

DATA = Path(__file__).parent / "data"

M = TypeVar("M", bound=models.Model)
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many of each kind were new."""

    counties: int
    towns: int
    categories: int
    venues: int
    rooms: int


@transaction.atomic
def seed_places() -> Seeded:
    """Add what is missing of the places that come with the service."""
    return Seeded(
        counties=_add([_county(row) for row in _rows("counties.csv")]),
        towns=_add([_town(row) for row in _rows("townships.csv")]),
        categories=_add([Category(**row) for row in _rows("categories.csv")]),
        venues=_add([_venue(row) for row in _rows("venues.csv")]),
        rooms=_add(_rooms(_rows("halls.csv"))),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _add(things: Sequence[M]) -> int:
    """Add those whose code is not there yet; how many that were."""
    manager = type(things[0])._default_manager
    before = manager.count()
    manager.bulk_create(things, ignore_conflicts=True)
    return manager.count() - before


def _county(row: Row) -> County:
    return County(
        code=row["county_code"],
        name_zh=row["county_zh"],
        name_en=row["county_en"],
        kind=row["type"],
        region=row["region"],
    )


def _town(row: Row) -> Town:
    return Town(
        code=row["town_code"],
        county_id=row["county_code"],
        name_zh=row["town_zh"],
        name_en=row["town_en"],
        postal_code=row["postal_code"],
        admin_type=row["admin_type"],
        indigenous_area=row["indigenous_area"],
        is_outlying=row["outlying_island"] == "1",
        lat=Decimal(row["lat"]),
        lon=Decimal(row["lon"]),
    )


def _venue(row: Row) -> Venue:
    return Venue(
        code=row["venue_id"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        town_id=row["town_code"],
        address_zh=row["address_zh"],
        postal_code=row["postal_code"],
        lat=Decimal(row["lat"]),
        lon=Decimal(row["lon"]),
        coord_quality=row["coord_quality"],
        kind=row["venue_type"],
        exhibition_area=_whole(row["exhibition_area_m2"]),
        standard_booths=_whole(row["standard_booths"]),
        website=row["website"],
    )


def _rooms(rows: Sequence[Row]) -> list[Room]:
    venues = dict(Venue.objects.values_list("code", "pk"))
    return [
        Room(
            venue_id=venues[row["venue_id"]],
            code=row["hall_id"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            floor=row["floor"],
            kind=row["kind"],
            area=_measure(row["area_m2"]),
            length=_measure(row["length_m"]),
            width=_measure(row["width_m"]),
            height=_measure(row["height_m"]),
            standard_booths=_whole(row["standard_booths"]),
            capacity=_whole(row["capacity_theatre"]),
            source=row["source"],
        )
        for row in rows
    ]


def _measure(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None
