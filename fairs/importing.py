"""Importing places from files: towns are added or brought up to date, venues are added."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from accounts import importing
from core.importing import Accepted, Outcome, Progress, Take, no_progress, take_file
from fairs.gazetteer import Gazetteer, Place
from fairs.models import County, Town, Venue
from fairs.place_rows import TownImporter, VenueImporter

# The columns of files, and the fields that keep what they say.
_TOWN_FIELDS: Mapping[str, str] = {
    "town_code": "code",
    "county_code": "county_id",
    "town_zh": "name_zh",
    "town_en": "name_en",
    "postal_code": "postal_code",
    "lat": "lat",
    "lon": "lon",
    "admin_type": "admin_type",
    "indigenous_area": "indigenous_area",
    "outlying_island": "is_outlying",
}
_VENUE_FIELDS: Mapping[str, str] = {
    "venue_id": "code",
    "name_zh": "name_zh",
    "name_en": "name_en",
    "town_code": "town_id",
    "address_zh": "address_zh",
    "postal_code": "postal_code",
    "lat": "lat",
    "lon": "lon",
}


def import_towns(data: bytes, *, name: str, take: Take, progress: Progress = no_progress) -> Outcome:
    """Add towns, and bring those up to date that are here: what their file has columns for. Five queries at most.

    Raises ImportRunning.
    """
    with transaction.atomic():
        importing.wait_for_nobody()
        importer = TownImporter(
            counties=set(County.objects.values_list("code", flat=True)),
            towns=set(Town.objects.values_list("code", flat=True)),
        )
        return take_file(importer, data, name=name, take=take, store=_store_towns, progress=progress)


def import_venues(data: bytes, *, name: str, take: Take, progress: Progress = no_progress) -> Outcome:
    """Add venues. Five queries at most. Raises ImportRunning."""
    with transaction.atomic():
        importing.wait_for_nobody()
        importer = VenueImporter(gazetteer=gazetteer(), venues=set(Venue.objects.values_list("code", flat=True)))
        return take_file(importer, data, name=name, take=take, store=_store_venues, progress=progress)


def gazetteer() -> Gazetteer:
    """The gazetteer of the towns that are here. One query."""
    towns = Town.objects.values_list("code", "county__name_zh", "name_zh", "postal_code", "lat", "lon")
    return Gazetteer(
        Place(code=code, county_zh=county, town_zh=town, postal_code=postcode, lat=lat, lon=lon)
        for code, county, town, postcode, lat, lon in towns
    )


def _store_towns(rows: Sequence[Accepted]) -> None:
    told = [field for column, field in _TOWN_FIELDS.items() if column in rows[0].values]
    Town.objects.bulk_create(
        [Town(**_named(row, _TOWN_FIELDS)) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[field.removesuffix("_id") for field in told if field != "code"],
        batch_size=1_000,
    )


def _store_venues(rows: Sequence[Accepted]) -> None:
    Venue.objects.bulk_create([Venue(**_named(row, _VENUE_FIELDS)) for row in rows], batch_size=1_000)


def _named(row: Accepted, fields: Mapping[str, str]) -> dict[str, object]:
    return {fields[column]: value for column, value in row.values.items()}
