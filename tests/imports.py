"""The files that users send, what must come of them, and the world that they are read against."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from core.importing import Importer, Outcome, read_file
from exhibitors.application_rows import ApplicationImporter, Asked, Fairground
from exhibitors.company_rows import CompanyImporter
from fairs.gazetteer import Gazetteer, Place
from fairs.place_rows import TownImporter, VenueImporter

HERE = Path(__file__).parent
FILES = HERE / "data" / "imports"
PLACES = HERE.parent / "fairs" / "data"
DEMO = HERE.parent / "operations" / "demo" / "data"
EXPECTED = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
TODAY = datetime(2026, 7, 1, 12, tzinfo=UTC)  # in the week whose Monday is the anchor of the demo world


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a well-formed file of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gazetteer() -> Gazetteer:
    """The 368 towns."""
    return Gazetteer(
        Place(
            code=row["town_code"],
            county_zh=row["county_zh"],
            town_zh=row["town_zh"],
            postal_code=row["postal_code"],
            lat=Decimal(row["lat"]),
            lon=Decimal(row["lon"]),
        )
        for row in rows_of(PLACES / "townships.csv")
    )


def importer_of(name: str) -> Importer:
    """An importer that knows the demo world."""
    companies = rows_of(DEMO / "companies.csv")
    match name:
        case "import_towns":
            return TownImporter(
                counties={row["county_code"] for row in rows_of(PLACES / "counties.csv")},
                towns={row["town_code"] for row in rows_of(PLACES / "townships.csv")},
            )
        case "import_venues":
            return VenueImporter(
                gazetteer=gazetteer(), venues={row["venue_id"] for row in rows_of(PLACES / "venues.csv")}
            )
        case "import_companies":
            return CompanyImporter(
                gazetteer=gazetteer(),
                categories=[tuple(row.values()) for row in rows_of(PLACES / "categories.csv")],
                ubns={row["ubn"] for row in companies},
                names={(row["name_zh"], row["town_code"]) for row in companies},
            )
    slugs = {row["fair_id"]: row["slug"] for row in rows_of(DEMO / "fairs.csv")}
    return ApplicationImporter(
        fairs=fairgrounds(organizer="ORG1"),
        companies={row["ubn"]: row["company_id"] for row in companies if row["ubn"]},
        applied={(slugs[row["fair_id"]], row["company_id"]) for row in rows_of(DEMO / "applications.csv")},
        now=TODAY,
    )


def fairgrounds(*, organizer: str) -> Iterator[Fairground]:
    """The fairs of the demo world that this organizer runs."""
    calls = {row["fair_id"]: row for row in rows_of(DEMO / "calls.csv")}
    for fair in rows_of(DEMO / "fairs.csv"):
        call = calls[fair["fair_id"]]
        if fair["organizer_id"] == organizer:
            yield Fairground(
                slug=fair["slug"],
                names=(fair["name_zh"], fair["name_en"]),
                state=fair["state"],
                opens_at=_at(fair["anchor_date"], call["opens_day"], call["opens_time"]),
                closes_at=_at(fair["anchor_date"], call["closes_day"], call["closes_time"]),
                max_booths=int(call["max_booths"]),
                questions=[_asked(question) for question in json.loads(call["questions"])],
            )


def _at(anchor: str, day: str, at: str) -> datetime:
    monday = datetime.fromisoformat(anchor)
    return datetime.combine(monday + timedelta(days=int(day)), time.fromisoformat(at), UTC) - timedelta(hours=8)


def _asked(question: Mapping[str, object]) -> Asked:
    choices = question.get("choices", [])
    assert isinstance(choices, list)
    return Asked(
        key=question["key"],  # type: ignore[arg-type]  # as the file has it
        kind=question["kind"],  # type: ignore[arg-type]  # as the file has it
        is_required=bool(question["required"]),
        labels=(str(question["label_zh"]), str(question["label_en"])),
        max_length=question.get("max_length"),  # type: ignore[arg-type]  # as the file has it
        minimum=question.get("min"),  # type: ignore[arg-type]  # as the file has it
        maximum=question.get("max"),  # type: ignore[arg-type]  # as the file has it
        choices={choice["value"]: (choice["zh"], choice["en"]) for choice in choices},
    )


def read(file: str) -> Outcome:
    """What comes of one of the files."""
    importer = next(entry["importer"] for entry in EXPECTED["files"] if entry["file"] == file)
    return read_file(importer_of(importer), (FILES / file).read_bytes(), name=file)


def codes(outcome: Outcome) -> dict[int, Sequence[tuple[str, str]]]:
    """The reasons of each refused row, by its number."""
    return {row.row: [(fault.column, fault.code) for fault in row.errors] for row in outcome.rejected}
