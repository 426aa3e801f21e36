"""The halls of a fair, their circuits, and its zones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock
from fairs.models import Category, Circuit, Fair, Hall, Zone
from fairs.planning.editing import Elsewhere, refuse_if_over

HALL_FIELDS = (
    "key",
    "room",
    "name_zh",
    "name_en",
    "width",
    "depth",
    "min_aisle",
    "entrance_x",
    "entrance_y",
    "power_supply",
)
ZONE_FIELDS = ("letter", "name_zh", "name_en")


class HallInUse(DomainError):
    """Booths of the hall were given to makers."""

    code = "hall-in-use"


class ZoneInUse(DomainError):
    """Booths stand in the zone."""

    code = "zone-in-use"


@transaction.atomic
def add_hall(fair: Fair, *, values: Mapping[str, object], by: User | None) -> Hall:
    """The area that the fair hires, metres. Raises FairIsOver, Unfit with every gap."""
    _lock_live(fair)
    hall = Hall(fair=fair, **{name: values[name] for name in HALL_FIELDS if name in values})
    _refuse_hall_gaps(hall)
    hall.save(force_insert=True)
    journal.record("hall.added", hall, by=by)
    return hall


@transaction.atomic
def edit_hall(hall: Hall, *, values: Mapping[str, object], by: User | None) -> Hall:
    """Change a hall; booths that then stand outside are found by `check`. Raises FairIsOver, Unfit with every gap."""
    _lock_live(hall.fair)
    lock(hall)
    changed = _change(hall, HALL_FIELDS, values)
    _refuse_hall_gaps(hall)
    if changed:
        hall.version += 1
        hall.save(update_fields=[*changed, "version"])
        journal.record("hall.edited", hall, by=by, facts={"fields": changed})
    return hall


@transaction.atomic
def remove_hall(hall: Hall, *, by: User | None) -> None:
    """Take a hall and its booths out of the plan. Raises FairIsOver, HallInUse where a booth was ever given out."""
    _lock_live(hall.fair)
    lock(hall)
    journal.record("hall.removed", hall, by=by, facts={"booths": hall.booths.count()})
    try:
        with transaction.atomic():
            hall.delete()
    except ProtectedError as error:
        raise HallInUse(_("Booths of %s were given to makers, so it stays. Move those makers first.") % hall) from error


@transaction.atomic
def add_circuit(hall: Hall, *, name: str, supply: int, by: User | None) -> Circuit:
    """An electric circuit that supplies so many watts. Raises FairIsOver, Unfit with every gap."""
    _lock_live(hall.fair)
    circuit = Circuit(hall=hall, name=name, supply=supply)
    _refuse_gaps(circuit)
    circuit.save(force_insert=True)
    journal.record("hall.edited", hall, by=by, facts={"fields": ["circuits"]})
    return circuit


@transaction.atomic
def add_zone(fair: Fair, *, values: Mapping[str, object], by: User | None) -> Zone:
    """A part of the fair kept for `categories`; without any it takes all. Raises FairIsOver, Unfit with every gap."""
    _lock_live(fair)
    zone = Zone(fair=fair, **{name: values[name] for name in ZONE_FIELDS if name in values})
    _refuse_gaps(zone)
    zone.save(force_insert=True)
    _set_categories(zone, values)
    journal.record("zone.added", zone, by=by)
    return zone


@transaction.atomic
def edit_zone(zone: Zone, *, values: Mapping[str, object], by: User | None) -> Zone:
    """Change a zone's name or what it is kept for. Raises FairIsOver, Unfit with every gap."""
    _lock_live(zone.fair)
    lock(zone)
    changed = _change(zone, ZONE_FIELDS, values)
    _refuse_gaps(zone)
    if changed:
        zone.save(update_fields=changed)
    if _set_categories(zone, values):
        changed.append("categories")
    if changed:
        journal.record("zone.edited", zone, by=by, facts={"fields": sorted(changed)})
    return zone


@transaction.atomic
def remove_zone(zone: Zone, *, by: User | None) -> None:
    """Take an empty zone out of the plan. Raises FairIsOver, ZoneInUse."""
    _lock_live(zone.fair)
    lock(zone)
    journal.record("zone.removed", zone, by=by)
    try:
        with transaction.atomic():
            zone.delete()
    except ProtectedError as error:
        raise ZoneInUse(_("Booths stand in zone %s. Give them another zone first.") % zone.letter) from error


def _lock_live(fair: Fair) -> None:
    lock(fair)
    refuse_if_over(fair)


def _change(row: models.Model, names: Iterable[str], values: Mapping[str, object]) -> list[str]:
    changed = sorted(name for name in names if name in values and values[name] != getattr(row, name))
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _set_categories(zone: Zone, values: Mapping[str, object]) -> bool:
    if "categories" not in values:
        return False
    given = values["categories"]
    assert isinstance(given, Iterable)
    codes = {one.code if isinstance(one, Category) else str(one) for one in given}
    if codes == set(zone.categories.values_list("code", flat=True)):
        return False
    zone.categories.set(Category.objects.filter(code__in=codes))
    return True


def _refuse_gaps(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error


def _refuse_hall_gaps(hall: Hall) -> None:
    if hall.room and hall.room.venue_id != hall.fair.venue_id:
        raise Elsewhere([Gap("room", _("This room is not one of the fair’s venue."))])
    _refuse_gaps(hall)
