"""What is wrong with a floor plan: booths that overlap or stand outside, narrow aisles, too much power.

Sentences are made by the caller, in the reader's language, from a fault's code, booths and figures.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from math import isqrt

from fairs.boxes import Box, Side, blocks, close_by, millimetres
from fairs.floorplan import Booth, Circuit, Hall, box_of, floor_of, natural

MOST_OVERLAPS = 500  # are listed: a thousand booths in one place would be half a million


class FaultCode(StrEnum):
    """What can be wrong, most basic first. The unit of a fault's figures follows from it."""

    OUTSIDE_THE_HALL = "outside-the-hall"  # measured: metres that stick out
    BOOTHS_OVERLAP = "booths-overlap"  # measured: square metres in common
    AISLE_TOO_NARROW = "aisle-too-narrow"  # metres: between two booths, or between booths and a wall of the hall
    NO_OPEN_SIDE = "no-open-side"  # required: metres that must be free along a whole side
    CIRCUIT_OVERLOADED = "circuit-overloaded"  # watts
    CIRCUIT_UNKNOWN = "circuit-unknown"  # no figures: the hall has no circuit of this name
    HALL_OVERLOADED = "hall-overloaded"  # watts


@dataclass(frozen=True, slots=True)
class Point:
    """A point in the hall, in metres."""

    x: Decimal
    y: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: the booths that it is about, what was measured, and what the rule requires.

    `wall` is the hall's wall, where a narrow aisle runs along one. `line` is where to measure the aisle on the plan.
    """

    code: FaultCode
    booths: tuple[str, ...] = ()
    measured: Decimal = Decimal(0)
    required: Decimal = Decimal(0)
    circuit: str = ""
    wall: Side | None = None
    line: tuple[Point, Point] | None = None


def check(hall: Hall, booths: Sequence[Booth], circuits: Iterable[Circuit] = ()) -> list[Fault]:
    """All that is wrong, in the order of FaultCode and then of the booths' numbers, whatever order they came in.

    Booths that share walls form a block. Where two blocks face each other, or come near corner to corner, the hall's
    narrowest aisle must fit between them if anything does; each pair of blocks is told once, at its narrowest place.
    Each booth needs one whole side on such an aisle. A narrower gap along a wall, or inside a block, is a fault only
    if a booth has nothing better. Power is summed by circuit and by hall.
    """
    plan = _Plan(hall, sorted(booths, key=lambda booth: (natural(booth.number), booth.x, booth.y)))
    faults = [
        *plan.outside(),
        *islice(plan.overlaps(), MOST_OVERLAPS),
        *plan.aisles(),
        *_overloads(hall, booths, circuits),
    ]
    codes = list(FaultCode)
    return sorted(
        faults, key=lambda fault: (codes.index(fault.code), [*map(natural, fault.booths)], natural(fault.circuit))
    )


_Line = tuple[int, int, int, int]  # from x, y to x, y (mm)


@dataclass(frozen=True, slots=True, order=True)
class _Gap:
    """A gap between two booths, by their positions, and where it is measured (mm).

    The narrowest sorts first; of equals, one between sides before one between corners.
    """

    width: int
    is_at_corners: bool
    first: int
    second: int
    line: _Line


class _Plan:
    """The booths of a hall as boxes, with those close by; `i` and `j` are positions in the order of their numbers."""

    def __init__(self, hall: Hall, booths: Sequence[Booth]) -> None:
        self.numbers = [booth.number for booth in booths]
        self.boxes = [box_of(booth) for booth in booths]
        self.floor = floor_of(hall)
        self.rule = millimetres(hall.min_aisle)
        self.close = close_by(self.boxes, reach=max(self.rule, 1))
        self.pairs = [(i, j) for i, close in enumerate(self.close) for j in sorted(close) if i < j]
        self.block = blocks(self.boxes, self.close)

    def outside(self) -> Iterator[Fault]:
        """Booths of which some part is not in the hall."""
        for number, box in zip(self.numbers, self.boxes, strict=True):
            if not self.floor.holds(box):
                beyond = (-box.left, -box.top, box.right - self.floor.right, box.bottom - self.floor.bottom)
                yield Fault(code=FaultCode.OUTSIDE_THE_HALL, booths=(number,), measured=_metres(max(beyond)))

    def overlaps(self) -> Iterator[Fault]:
        """Pairs of booths that have an area in common."""
        for i, j in self.pairs:
            one, other = self.boxes[i], self.boxes[j]
            if one.meets(other):
                area = _metres(one.common_x(other)) * _metres(one.common_y(other))
                booths = (self.numbers[i], self.numbers[j])
                yield Fault(code=FaultCode.BOOTHS_OVERLAP, booths=booths, measured=area)

    def aisles(self) -> Iterator[Fault]:
        """Narrow aisles between blocks; then what else leaves a booth without a side on an aisle."""
        narrowest: dict[frozenset[int], _Gap] = {}
        for gap in sorted(gap for i, j in self.pairs if (gap := self._gap(i, j))):
            narrowest.setdefault(frozenset({self.block[gap.first], self.block[gap.second]}), gap)
        for gap in narrowest.values():
            yield self._narrow((gap.first, gap.second), gap.width, gap.line)
        yield from self._without_open_side(narrowest.keys())

    def _gap(self, i: int, j: int) -> _Gap | None:
        """The gap between booths of two blocks, if it is too narrow for an aisle and no other booth fills it."""
        one, other = self.boxes[i], self.boxes[j]
        x, y = one.common_x(other), one.common_y(other)
        width = isqrt(min(x, 0) ** 2 + min(y, 0) ** 2)
        if not 0 < width < self.rule or self.block[i] == self.block[j]:
            return None
        between = one.between(other)
        filling = [self.boxes[k] for k in self.close[i] if k != j and _fills(self.boxes[k], between)]
        if max(x, y) <= 0:
            return None if filling else _Gap(width, True, i, j, _corner_to_corner(one, other, between))
        free = _widest_free(between, filling, downwards=x > 0)
        return _Gap(width, False, i, j, _across(free, downwards=x > 0)) if free else None

    def _without_open_side(self, told: Collection[frozenset[int]]) -> Iterator[Fault]:
        """Booths without a side on an aisle: closed in, at a wall too near, or at a gap inside their own block.

        What overlaps or sticks out is told as that, and a gap between two blocks that are `told` is not told again.
        """
        along_walls: dict[tuple[int, Side, int], list[int]] = defaultdict(list)
        pockets: dict[frozenset[int], tuple[int, Side, int]] = {}
        for i, box in enumerate(self.boxes):
            if not self.floor.holds(box) or any(box.meets(self.boxes[j]) for j in self.close[i]):
                continue
            depth, side, obstacle = max((self._room(i, side) for side in Side), key=lambda room: room[0])
            if depth >= self.rule:
                continue
            if depth == 0:
                yield Fault(code=FaultCode.NO_OPEN_SIDE, booths=(self.numbers[i],), required=_metres(self.rule))
            elif obstacle is None:
                along_walls[self.block[i], side, depth].append(i)
            elif frozenset({self.block[i], self.block[obstacle]}) not in told:
                pockets.setdefault(frozenset({i, obstacle}), (i, side, depth))
        for (_, side, depth), booths in along_walls.items():
            yield self._narrow(booths, depth, self._from(booths[len(booths) // 2], side, depth), side)
        for pair, (i, side, depth) in pockets.items():
            yield self._narrow(pair, depth, self._from(i, side, depth))

    def _room(self, i: int, side: Side) -> tuple[int, Side, int | None]:
        """How deep the floor is free along a whole side, and the booth that ends it (None: the wall)."""
        box = self.boxes[i]
        strip, edge = box.beside(side, self.rule), box.edge(side)
        nearest: tuple[int, int | None] = (abs(edge - self.floor.edge(side)), None)
        for j in self.close[i]:
            if strip.meets(self.boxes[j]) and (depth := abs(edge - self.boxes[j].edge(side.opposite))) < nearest[0]:
                nearest = (depth, j)
        return nearest[0], side, nearest[1]

    def _from(self, i: int, side: Side, depth: int) -> _Line:
        strip = self.boxes[i].beside(side, depth)
        return _across(strip, downwards=side in {Side.TOP, Side.BOTTOM})

    def _narrow(self, booths: Iterable[int], width: int, line: _Line, wall: Side | None = None) -> Fault:
        left, top, right, bottom = map(_metres, line)
        return Fault(
            code=FaultCode.AISLE_TOO_NARROW,
            booths=tuple(self.numbers[i] for i in sorted(booths)),
            measured=_metres(width),
            required=_metres(self.rule),
            wall=wall,
            line=(Point(left, top), Point(right, bottom)),
        )


def _fills(box: Box, between: Box) -> bool:
    """Whether a booth stands in a gap, or across one that is only a line from corner to corner."""
    return _covers(box.left, box.right, between.left, between.right) and _covers(
        box.top, box.bottom, between.top, between.bottom
    )


def _covers(low: int, high: int, start: int, end: int) -> bool:
    return low < end and start < high if start < end else low <= start <= high


def _widest_free(between: Box, filling: Sequence[Box], *, downwards: bool) -> Box | None:
    """The widest part of a gap in which no booth stands; None if they fill it from end to end."""
    start, end = (between.left, between.right) if downwards else (between.top, between.bottom)
    taken = sorted((box.left, box.right) if downwards else (box.top, box.bottom) for box in filling)
    widest = (0, 0)
    for low, high in [*taken, (end, end)]:
        if min(low, end) - start > widest[1] - widest[0]:
            widest = (start, min(low, end))
        start = max(start, high)
    if widest == (0, 0):
        return None
    low, high = widest
    return between._replace(left=low, right=high) if downwards else between._replace(top=low, bottom=high)


def _across(gap: Box, *, downwards: bool) -> _Line:
    """The line through the middle of a gap, from booth to booth."""
    x, y = (gap.left + gap.right) // 2, (gap.top + gap.bottom) // 2
    return (x, gap.top, x, gap.bottom) if downwards else (gap.left, y, gap.right, y)


def _corner_to_corner(one: Box, other: Box, between: Box) -> _Line:
    xs = (between.left, between.right) if one.left < other.left else (between.right, between.left)
    ys = (between.top, between.bottom) if one.top < other.top else (between.bottom, between.top)
    return xs[0], ys[0], xs[1], ys[1]


def _overloads(hall: Hall, booths: Sequence[Booth], circuits: Iterable[Circuit]) -> Iterator[Fault]:
    """Circuits and the hall of which more is asked than they supply, and circuits that the hall does not have."""
    supply = {circuit.name: circuit.supply for circuit in circuits}
    on_circuit: dict[str, list[Booth]] = defaultdict(list)
    for booth in booths:
        if booth.circuit:
            on_circuit[booth.circuit].append(booth)
    for name, users in on_circuit.items():
        numbers = tuple(sorted((booth.number for booth in users), key=natural))
        demand = sum(booth.power for booth in users)
        if name not in supply:
            yield Fault(code=FaultCode.CIRCUIT_UNKNOWN, booths=numbers, circuit=name)
        elif demand > supply[name]:
            yield _overload(FaultCode.CIRCUIT_OVERLOADED, demand, supply[name], numbers, name)
    demand = sum(booth.power for booth in booths)
    if hall.power_supply is not None and demand > hall.power_supply:
        yield _overload(FaultCode.HALL_OVERLOADED, demand, hall.power_supply)


def _overload(code: FaultCode, demand: int, supply: int, booths: tuple[str, ...] = (), circuit: str = "") -> Fault:
    return Fault(code=code, booths=booths, measured=Decimal(demand), required=Decimal(supply), circuit=circuit)


def _metres(millimetres: int) -> Decimal:
    return Decimal(millimetres) / 1000
