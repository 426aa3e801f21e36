"""The booths of a hall: many at once by a few numbers, or one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core.database import constraint_of
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock
from fairs import floorplan
from fairs.models import Booth, Circuit, Hall, Zone
from fairs.planning.editing import Elsewhere, refuse_if_over

FIELDS = ("number", "zone", "circuit", "x", "y", "width", "depth", "power", "has_water", "allows_flame")


class BoothsOverlap(DomainError):
    """Two booths would share some floor; the database decides."""

    code = "booths-overlap"


class NumberTaken(DomainError):
    """Another booth of the fair has the number."""

    code = "number-taken"


class BoothInUse(DomainError):
    """The booth was given to a maker, so the plan keeps it."""

    code = "booth-in-use"


@transaction.atomic
def make_grid(
    hall: Hall,
    *,
    block: str,
    zone: Zone | None,
    rows: int,
    columns: int,
    booth_width: Decimal,
    booth_depth: Decimal,
    origin_x: Decimal,
    origin_y: Decimal,
    first_number: int = 1,
    power: int = 0,
    has_water: bool = False,
    allows_flame: bool = False,
    circuit: Circuit | None = None,
    by: User | None,
) -> list[Booth]:
    """A block of booths back to back without gaps, numbered along the rows: A01, A02, … Metres and watts.

    All or none. Raises Unfit where they do not fit into the hall, NumberTaken, BoothsOverlap, FairIsOver.
    """
    _lock_plan(hall)
    drawn = _draw(
        prefix=block,
        x=origin_x,
        y=origin_y,
        rows=rows,
        columns=columns,
        width=booth_width,
        depth=booth_depth,
        first_number=first_number,
    )
    utilities = {"power": power, "has_water": has_water, "allows_flame": allows_flame}
    booths = [_placed(booth, hall, zone=zone, circuit=circuit, **utilities) for booth in drawn]
    _refuse_strangers(booths[0])
    _refuse_outside(hall, booths)
    _write(booths, lambda: Booth.objects.bulk_create(booths))
    made = list(Booth.objects.filter(fair=hall.fair, number__in=[booth.number for booth in booths]).for_plan())
    journal.record("booth.added", hall, by=by, facts={"booths": len(made), "first": made[0].number})
    return made


@transaction.atomic
def move_booth(booth: Booth, *, x: Decimal, y: Decimal, by: User | None) -> Booth:
    """Put a booth's top left corner there, in metres. Raises Unfit outside the hall, BoothsOverlap, FairIsOver."""
    return edit_booth(booth, values={"x": x, "y": y}, by=by)


@transaction.atomic
def edit_booth(booth: Booth, *, values: Mapping[str, object], by: User | None) -> Booth:
    """Change a booth. Raises Unfit with every gap, NumberTaken, BoothsOverlap, FairIsOver."""
    _lock_plan(booth.hall)
    lock(booth)
    changed = sorted(name for name in FIELDS if name in values and values[name] != getattr(booth, name))
    for name in changed:
        setattr(booth, name, values[name])
    try:
        booth.full_clean(validate_unique=False, validate_constraints=False)  # the database decides, just below
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error
    _refuse_strangers(booth)
    _refuse_outside(booth.hall, [booth])
    if changed:
        booth.version += 1
        _write([booth], lambda: booth.save(update_fields=[*changed, "version"]))
        journal.record("booth.edited", booth, by=by, facts={"fields": changed})
    return booth


@transaction.atomic
def remove_booths(booths: Sequence[Booth], *, by: User | None) -> None:
    """Take booths out of the plan: all of them or, where one was ever given to a maker, none.

    Raises BoothInUse naming those, FairIsOver.
    """
    for hall in sorted({booth.hall for booth in booths}, key=lambda hall: str(hall.pk)):
        _lock_plan(hall)
    lock(*booths)
    journal.record_many([journal.Line(kind="booth.removed", about=booth, by=by) for booth in booths])
    try:
        with transaction.atomic():
            Booth.objects.filter(pk__in=[booth.pk for booth in booths]).delete()
    except ProtectedError as error:
        kept = {getattr(row, "booth_id", None) for row in error.protected_objects}
        numbers = sorted((booth.number for booth in booths if booth.pk in kept), key=floorplan.natural)
        raise BoothInUse(
            _("These booths were given to makers, so the plan keeps them: %s.") % "、".join(numbers), booths=numbers
        ) from error


def _lock_plan(hall: Hall) -> None:
    lock(hall.fair)
    refuse_if_over(hall.fair)


def _placed(drawn: floorplan.Booth, hall: Hall, **more: object) -> Booth:
    size = {"x": drawn.x, "y": drawn.y, "width": drawn.width, "depth": drawn.depth}
    return Booth(fair=hall.fair, hall=hall, number=drawn.number, **size, **more)


def _draw(**numbers: object) -> list[floorplan.Booth]:
    try:
        return floorplan.grid(**numbers, rows_between_aisles=0)  # type: ignore[arg-type]  # the caller's own types
    except ValueError as error:
        raise Unfit(
            [
                Gap(
                    "rows",
                    _("A block has 1 to %d booths, of a size above 0 m.") % floorplan.MOST_BOOTHS_IN_A_GRID,
                )
            ]
        ) from error


def _refuse_strangers(booth: Booth) -> None:
    gaps = []
    if booth.zone and booth.zone.fair_id != booth.fair_id:
        gaps.append(Gap("zone", _("This zone is of another fair.")))
    if booth.circuit and booth.circuit.hall_id != booth.hall_id:
        gaps.append(Gap("circuit", _("This circuit is of another hall.")))
    if gaps:
        raise Elsewhere(gaps)


def _refuse_outside(hall: Hall, booths: Sequence[Booth]) -> None:
    outside = [
        booth
        for booth in booths
        if booth.x < 0 or booth.y < 0 or booth.x + booth.width > hall.width or booth.y + booth.depth > hall.depth
    ]
    if outside:
        words = {"booth": outside[0].number, "hall": hall, "width": hall.width, "depth": hall.depth}
        message = _("Booth %(booth)s would stand outside %(hall)s, which is %(width)s m × %(depth)s m.") % words
        raise Unfit([Gap("x", message)])


def _write(booths: Sequence[Booth], write: Callable[[], object]) -> None:
    """Write the booths, and turn what the database refuses into a sentence."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        refused = constraint_of(error)
        if refused == "booth_number_is_unique_in_a_fair":
            numbers = _numbers_taken(booths)
            raise NumberTaken(
                _("This fair has booths of these numbers already: %s.") % "、".join(numbers), booths=numbers
            ) from error
        if refused == "booths_do_not_overlap":
            pairs = _overlaps(booths)
            raise BoothsOverlap(
                " ".join(_("Booth %(one)s would overlap booth %(other)s.") % pair for pair in pairs[:5])
                or _("This booth would overlap another one."),
                booths=pairs,
            ) from error
        raise


def _numbers_taken(booths: Sequence[Booth]) -> list[str]:
    others = Booth.objects.filter(fair=booths[0].fair, number__in=[booth.number for booth in booths])
    taken = others.exclude(pk__in=[booth.pk for booth in booths if not booth._state.adding])
    return sorted(taken.values_list("number", flat=True), key=floorplan.natural)


def _overlaps(booths: Sequence[Booth]) -> list[dict[str, str]]:
    mine = {booth.pk for booth in booths if not booth._state.adding}
    others = [other for other in Booth.objects.filter(hall=booths[0].hall) if other.pk not in mine]
    return [
        {"one": booth.number, "other": other.number} for booth in booths for other in others if _overlap(booth, other)
    ]


def _overlap(one: Booth, other: Booth) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.depth
        and other.y < one.y + one.depth
    )
