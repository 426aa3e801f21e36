"""Beginning a fair from last year's: its plan, its call and its programme as drafts, on days of the same weekdays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.dates import WEEKDAYS, full_day
from core.errors import Gap, Unfit
from fairs import planning
from fairs.models import Booth, Call, Circuit, Criterion, Fair, Hall, Question, Zone
from fairs.planning.editing import EDITABLE
from scheduling.models import Session, Stage
from scheduling.shifting import days_later

Row = TypeVar("Row", bound=models.Model)
# What a copy never takes over: what tells the row itself apart, and what happened to it.
_OWN = {"id", "created_at", "version", "state", "dropped_at", "decisions_released_at", "next_number"}


def usual_start(fair: Fair) -> date:
    """The first day of the next edition if nobody says otherwise: 52 weeks later, so on the same weekday."""
    return fair.starts_on + timedelta(weeks=52)


@transaction.atomic
def clone(fair: Fair, *, name_zh: str, starts_on: date, by: User | None, name_en: str = "", slug: str = "") -> Fair:
    """A draft like this fair, with every date shifted so that weekdays hold.

    Halls, zones, circuits, booths, the call with its questions and criteria, stages and sessions come along; companies
    and people do not, for nobody asked them yet. A fixed number of queries.
    Raises Unfit for another weekday, naming the nearest days that fit, and for what the new fair lacks.
    """
    days = (starts_on - fair.starts_on).days
    _refuse_other_weekday(fair, starts_on, days)
    values = {name: getattr(fair, name) for name in EDITABLE}
    values |= {"name_zh": name_zh, "name_en": name_en, "slug": slug}
    values |= {"starts_on": starts_on, "ends_on": fair.ends_on + timedelta(days=days)}
    made = planning.create(fair.organizer, values={**values, "categories": fair.categories.all()}, by=by)
    made.cloned_from = fair
    made.save(update_fields=["cloned_from"])
    halls, plan = _copy_plan(fair, made)
    _copy_call(fair, made, days)
    programme = _copy_programme(fair, made, days, halls)
    facts = {"from": str(fair.pk), "days": days, **plan, **programme}
    journal.record("fair.cloned", made, by=by, facts=facts)
    return made


def _refuse_other_weekday(fair: Fair, starts_on: date, days: int) -> None:
    if days % 7 == 0:
        return
    before = starts_on - timedelta(days=days % 7)
    words = {
        "weekday": WEEKDAYS[fair.starts_on.weekday()],
        "before": full_day(before),
        "after": full_day(before + timedelta(days=7)),
    }
    text = _("Programme and call keep their weekdays, so the first day is a %(weekday)s: %(before)s or %(after)s.")
    raise Unfit([Gap("starts_on", text % words)])


def _copy_plan(fair: Fair, made: Fair) -> tuple[Mapping[UUID, models.Model], dict[str, int]]:
    """Halls, zones, circuits and booths; gives the new halls by their old ids, and how many booths."""
    halls = _copies(Hall.objects.filter(fair=fair), fair=made)
    zones = _copies(Zone.objects.filter(fair=fair), fair=made)
    circuits = _copies(Circuit.objects.filter(hall__fair=fair), hall=halls)
    booths = _copies(Booth.objects.filter(fair=fair), fair=made, hall=halls, zone=zones, circuit=circuits)
    through = Zone.categories.through
    links = through.objects.filter(zone__fair=fair).values_list("zone_id", "category_id")
    through.objects.bulk_create(through(zone_id=zones[zone].pk, category_id=code) for zone, code in links)
    return halls, {"booths": len(booths)}


def _copy_call(fair: Fair, made: Fair, days: int) -> None:
    """The call with its dates shifted, its questions and criteria."""
    call = Call.objects.filter(fair=fair).first()
    if call is None:
        return
    for field in Call._meta.concrete_fields:
        value = getattr(call, field.attname)
        if isinstance(value, datetime):
            setattr(call, field.attname, days_later(value, days, fair.zone))
        elif isinstance(value, date):
            setattr(call, field.attname, value + timedelta(days=days))
    calls = _copies([call], fair=made)
    _copies(Question.objects.filter(call=call), call=calls)
    _copies(Criterion.objects.filter(call=call), call=calls)


def _copy_programme(fair: Fair, made: Fair, days: int, halls: Mapping[UUID, models.Model]) -> dict[str, int]:
    """Stages, and the sessions that stood, as drafts; gives how many of each."""
    stages = _copies(Stage.objects.filter(fair=fair), fair=made, hall=halls)
    sessions = list(Session.objects.filter(fair=fair).standing())
    for session in sessions:
        session.starts_at = days_later(session.starts_at, days, fair.zone)
        session.ends_at = days_later(session.ends_at, days, fair.zone)
    return {"stages": len(stages), "sessions": len(_copies(sessions, fair=made, stage=stages))}


def _copies(originals: Iterable[Row], **links: models.Model | Mapping[UUID, models.Model]) -> dict[UUID, Row]:
    """New rows like these, by the ids of the old ones; `links`: to which row each foreign key of theirs now points.

    With several possible rows, they are given by the ids of those that the old rows pointed at. Three queries at most.
    """
    rows = list(originals)
    copies: dict[UUID, Row] = {}
    for pk, row in zip(database.fresh_ids(len(rows)), rows, strict=True):
        fields = [field for field in row._meta.concrete_fields if field.name not in _OWN]
        values = {field.attname: getattr(row, field.attname) for field in fields}
        for name, target in links.items():
            old = values[f"{name}_id"]
            if old is not None:
                values[f"{name}_id"] = (target[old] if isinstance(target, Mapping) else target).pk
        copies[row.pk] = type(row)(id=pk, **values)
    if rows:
        type(rows[0])._default_manager.bulk_create(list(copies.values()), batch_size=1_000)
    return copies
