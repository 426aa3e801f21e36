"""Floor plans as plain data: halls and booths in metres, booths by the grid, neighbours and open sides.

Everything is of one hall, with the origin at its top left, x to the right and y downwards (the depth). What is wrong
with a plan says `fairs.plancheck`, how it is drawn `fairs.plandrawing`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fairs.boxes import Box, Side, close_by, millimetres

MOST_BOOTHS_IN_A_GRID = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The area hired for a fair. `power_supply` is what all circuits may take together (W); None: not known."""

    width: Decimal
    depth: Decimal
    min_aisle: Decimal = Decimal(3)
    power_supply: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """One electric circuit, and what it supplies (W)."""

    name: str
    supply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """A numbered rectangle. `x`, `y`: its top left corner. `power` in watts; `circuit` and `zone` may be blank."""

    number: str
    x: Decimal
    y: Decimal
    width: Decimal = Decimal(3)
    depth: Decimal = Decimal(3)
    power: int = 0
    circuit: str = ""
    zone: str = ""


def grid(
    *,
    prefix: str,
    x: Decimal,
    y: Decimal,
    rows: int,
    columns: int,
    width: Decimal = Decimal(3),
    depth: Decimal = Decimal(3),
    first_number: int = 1,
    rows_between_aisles: int = 2,
    aisle: Decimal = Decimal(3),
    power: int = 0,
    circuit: str = "",
    zone: str = "",
) -> list[Booth]:
    """Booths in rows without gaps, numbered along the rows: A01, A02, … from `first_number` on.

    After every `rows_between_aisles` rows (2: back to back) an aisle is left free; 0 leaves none. Raises ValueError.
    """
    if min(rows, columns) < 1 or rows * columns > MOST_BOOTHS_IN_A_GRID:
        raise ValueError(f"a grid has 1 to {MOST_BOOTHS_IN_A_GRID} booths")
    if min(width, depth) <= 0 or aisle < 0 or min(first_number, rows_between_aisles) < 0:
        raise ValueError("booths have a size, and nothing here is negative")
    return [
        Booth(
            number=f"{prefix}{first_number + row * columns + column:02d}",
            x=x + column * width,
            y=y + row * depth + (row // rows_between_aisles * aisle if rows_between_aisles else 0),
            width=width,
            depth=depth,
            power=power,
            circuit=circuit,
            zone=zone,
        )
        for row in range(rows)
        for column in range(columns)
    ]


def adjacent(booths: Sequence[Booth], *, shared_wall: Decimal = Decimal(0)) -> dict[str, frozenset[str]]:
    """For each booth's number, the numbers of those that share a wall with it, at least `shared_wall` metres of it.

    Corners that touch share nothing.

    >>> row = [Booth(number=f"A{i}", x=Decimal(3 * i), y=Decimal(0)) for i in range(3)]
    >>> sorted(adjacent(row)["A1"])
    ['A0', 'A2']
    """
    boxes, least = [box_of(booth) for booth in booths], max(millimetres(shared_wall), 1)
    return {
        booth.number: frozenset(booths[j].number for j in close if boxes[i].wall_with(boxes[j]) >= least)
        for i, (booth, close) in enumerate(zip(booths, close_by(boxes, reach=1), strict=True))
    }


def open_sides(booth: Booth, booths: Iterable[Booth], hall: Hall, aisle: Decimal) -> int:
    """On how many sides a strip `aisle` metres deep, along the whole side, lies in the hall and meets no booth.

    `booths` may contain the booth itself. For all booths of a hall `open_sides_by_booth` is much quicker.
    """
    others = [box_of(other) for other in booths if other.number != booth.number]
    return len(_open_sides(box_of(booth), others, floor_of(hall), millimetres(aisle)))


def is_corner(booth: Booth, booths: Iterable[Booth], hall: Hall, aisle: Decimal) -> bool:
    """Whether a booth has two open sides or more."""
    return open_sides(booth, booths, hall, aisle) >= 2


def open_sides_by_booth(booths: Sequence[Booth], hall: Hall, aisle: Decimal) -> dict[str, frozenset[Side]]:
    """The open sides of every booth, by its number; a booth with two or more is a corner."""
    boxes, floor, deep = [box_of(booth) for booth in booths], floor_of(hall), millimetres(aisle)
    return {
        booth.number: _open_sides(boxes[i], [boxes[j] for j in close], floor, deep)
        for i, (booth, close) in enumerate(zip(booths, close_by(boxes, reach=max(deep, 1)), strict=True))
    }


def natural(number: str) -> tuple[tuple[bool, int, str], ...]:
    """A key that sorts booth numbers as people do: A2 before A10."""
    return tuple(
        (False, int(part), part) if part.isdecimal() else (True, 0, part) for part in re.findall(r"\d+|\D+", number)
    )


def box_of(booth: Booth) -> Box:
    """The booth in millimetres."""
    return Box.at(booth.x, booth.y, booth.width, booth.depth)


def floor_of(hall: Hall) -> Box:
    """The hall in millimetres."""
    return Box(0, 0, millimetres(hall.width), millimetres(hall.depth))


def _open_sides(box: Box, others: Sequence[Box], floor: Box, deep: int) -> frozenset[Side]:
    return frozenset(side for side in Side if _is_open(box.beside(side, deep), others, floor))


def _is_open(strip: Box, others: Sequence[Box], floor: Box) -> bool:
    return floor.holds(strip) and not any(strip.meets(other) for other in others)
