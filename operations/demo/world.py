"""The world while it is loaded: what is there by the ids of the files, how days are counted, what happened."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from accounts import journal
from accounts.models import Organizer, User
from core.database import fresh_ids
from exhibitors.models import Application, Company
from fairs.models import Booth, Fair

DATA = Path(__file__).parent / "data"
HOME = ZoneInfo("Asia/Taipei")

M = TypeVar("M", bound=models.Model)
Row = Mapping[str, str]


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the files, each cell as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(cell: str) -> list[str]:
    """The parts of a cell that holds several."""
    return [part for part in cell.split(";") if part]


def watts(kilowatts: str) -> int:
    """Whole watts."""
    return round(float(kilowatts) * 1000)


def add(things: Sequence[M]) -> list[M]:
    """Write rows whose ids the database makes, many at once, and give them with their ids."""
    if things:
        for thing, id_ in zip(things, fresh_ids(len(things)), strict=True):
            thing.pk = id_
        type(things[0])._default_manager.bulk_create(things, batch_size=1_000)
    return list(things)


def join(through: type[models.Model], left: str, right: str, pairs: Sequence[tuple[object, object]]) -> None:
    """Write the pairs of a many-to-many relation, many at once."""
    through._default_manager.bulk_create(
        [through(**{f"{left}_id": one, f"{right}_id": other}) for one, other in pairs], batch_size=2_000
    )


@dataclass(frozen=True, slots=True)
class Days:
    """The files count days from an anchor, a Monday; times of day are local. Nothing that has happened lies ahead."""

    anchor: date
    now: datetime

    def on(self, day: str) -> date:
        """The date of a day."""
        return self.anchor + timedelta(days=int(day))

    def at(self, day: str, clock: str | time) -> datetime:
        """The instant of a day at a local time."""
        of_day = clock if isinstance(clock, time) else time.fromisoformat(clock)
        return datetime.combine(self.on(day), of_day, HOME)

    def past(self, day: str, clock: str | time) -> datetime:
        """The same for what has happened: today's later hours are now."""
        return min(self.at(day, clock), self.now)


def monday_of(day: date) -> date:
    """The Monday of the week of this day."""
    return day - timedelta(days=day.weekday())


@dataclass(slots=True)
class World:
    """What is loaded so far, by the ids of the files."""

    days: Days
    made: Mapping[str, Sequence[dict[str, str]]] = field(
        default_factory=dict
    )  # rows by rule, beside those of the files
    organizers: dict[str, Organizer] = field(default_factory=dict)
    coordinators: dict[str, User] = field(default_factory=dict)  # one an organizer, who did what was done
    people: dict[str, User] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    owners: dict[str, User] = field(default_factory=dict)  # of companies
    products: dict[str, UUID] = field(default_factory=dict)
    fairs: dict[str, Fair] = field(default_factory=dict)  # those that are new
    fair_rows: dict[str, Row] = field(default_factory=dict)
    calls: dict[str, Row] = field(default_factory=dict)  # rows, by fair
    booths: dict[tuple[str, str], Booth] = field(default_factory=dict)  # by fair and number
    applications: dict[str, Application] = field(default_factory=dict)
    lines: list[journal.Line] = field(default_factory=list)
    # What changed after calendars had shown it; each gives the fairs that it changed.
    later: list[Callable[[], set[str]]] = field(default_factory=list)

    def tell(
        self,
        kind: str,
        about: models.Model,
        *,
        at: datetime,
        by: User | None,
        before: str = "",
        after: str = "",
        reason: str = "",
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Note what happened, for the journal."""
        self.lines.append(
            journal.Line(
                kind=kind, about=about, by=by, before=before, after=after, reason=reason, facts=facts or {}, at=at
            )
        )

    def coordinator(self, fair_id: str) -> User:
        """Who runs this fair."""
        return self.coordinators[self.fair_rows[fair_id]["organizer_id"]]

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a file, and those that are made by rule."""
        return [*rows(name), *self.made.get(name, ())]

    def of_new_fairs(self, name: str) -> list[dict[str, str]]:
        """The rows of a file that belong to the fairs that are loaded now."""
        return [row for row in self.rows(name) if row["fair_id"] in self.fairs]

    def write_journal(self) -> None:
        """Write all that happened, in the order of time."""
        journal.record_many(sorted(self.lines, key=lambda line: line.at or self.days.now), wake=False)
