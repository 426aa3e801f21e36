"""What is wrong with a plan, found whatever the order in which its booths come."""

import random
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from fairs.boxes import Side
from fairs.floorplan import Booth, Circuit, Hall, grid
from fairs.plancheck import MOST_OVERLAPS, Fault, FaultCode, Point, check
from tests.fairs.test_floorplan import block, meets, scattered

HALL = Hall(width=Decimal(30), depth=Decimal(20))


def metres(*lengths: float) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(length)) for length in lengths)


def booth(number: str, x: float, y: float, width: float = 3, depth: float = 3) -> Booth:
    x, y, width, depth = metres(x, y, width, depth)
    return Booth(number=number, x=x, y=y, width=width, depth=depth)


def narrow(*booths: str, measured: float, line: tuple[float, ...], wall: Side | None = None) -> Fault:
    x, y, to_x, to_y = metres(*line)
    return Fault(
        code=FaultCode.AISLE_TOO_NARROW,
        booths=booths,
        measured=Decimal(str(measured)),
        required=Decimal(3),
        wall=wall,
        line=(Point(x, y), Point(to_x, to_y)),
    )


def test_a_plan_of_blocks_with_aisles_has_no_fault():
    blocks = [*block("A", x=3, y=3), *block("B", x=15, y=3), *block("C", x=3, y=12, columns=7)]

    assert check(replace(HALL, depth=Decimal(21)), blocks) == []


def test_an_empty_hall_has_no_fault():
    assert check(HALL, []) == []


def test_an_aisle_of_two_metres_breaks_a_rule_of_three():
    # The great lawn of the demo world: its second block begins a metre too far left.
    lawn = Hall(width=Decimal(26), depth=Decimal(15))

    assert check(lawn, [*block("A", x=3), *block("B", x=14)]) == [
        narrow("A03", "B01", measured=2, line=(12, 7.5, 14, 7.5))
    ]
    assert check(replace(lawn, min_aisle=Decimal(2)), [*block("A", x=3), *block("B", x=14)]) == []


def test_an_aisle_between_rows_is_measured_where_they_face_each_other():
    assert check(HALL, [*block("A", rows=1), *block("B", x=9, y=11, rows=1)]) == [
        narrow("A02", "B01", measured=2, line=(10.5, 9, 10.5, 11))
    ]


def test_two_corners_can_be_too_near():
    assert check(HALL, [booth("A01", 6, 6), booth("A02", 10, 11)]) == [
        narrow("A01", "A02", measured=2.236, line=(9, 9, 10, 11))
    ]
    assert check(HALL, [booth("A01", 10, 6), booth("A02", 6, 11)]) == [
        narrow("A01", "A02", measured=2.236, line=(10, 9, 9, 11))
    ]
    assert check(HALL, [booth("A01", 6, 6), booth("A02", 9, 10)]) == [
        narrow("A01", "A02", measured=1, line=(9, 9, 9, 10))
    ]
    assert check(HALL, [booth("A01", 6, 6), booth("A02", 11.2, 11.2)]) == []


def test_corners_that_touch_leave_nothing_to_walk_through():
    assert check(HALL, [booth("A01", 6, 6), booth("A02", 9, 9)]) == []


def test_a_booth_in_the_gap_is_told_instead_of_the_gap():
    # A pillar-like booth stands in the aisle of two metres and fills it from end to end.
    rows = [booth("A01", 6, 3), booth("B01", 6, 8)]

    assert check(HALL, [*rows, booth("C01", 6, 6.5, width=3, depth=1)]) == [
        narrow("A01", "C01", measured=0.5, line=(7.5, 6, 7.5, 6.5)),
        narrow("B01", "C01", measured=0.5, line=(7.5, 7.5, 7.5, 8)),
    ]
    assert check(HALL, [*rows, booth("C01", 6, 6.5, width=1, depth=1)])[0] == narrow(
        "A01", "B01", measured=2, line=(8, 6, 8, 8)
    )


def test_a_booth_between_two_corners_is_told_instead_of_them():
    corners = [booth("A01", 6, 6), booth("B01", 11, 11)]
    between = booth("C01", 9.5, 9.5, width=1, depth=1)

    assert [fault.booths for fault in check(HALL, [*corners, between])] == [("A01", "C01"), ("B01", "C01")]


def test_each_pair_of_blocks_is_told_once_at_its_narrowest_place():
    skewed = [*block("A", rows=1, columns=4), booth("B01", 6, 11.5), booth("B02", 9, 11), booth("B03", 12, 11.5)]

    assert check(HALL, skewed) == [narrow("A02", "B02", measured=2, line=(10.5, 9, 10.5, 11))]


def test_a_gap_along_the_wall_is_a_fault_if_a_booth_has_nothing_better():
    assert check(HALL, block("A", x=1, y=6, rows=2)) == []  # all have an open side above or below
    assert check(HALL, block("A", x=6, y=1, rows=2)) == [  # A01 and A03 are open at the ends of their row
        narrow("A02", measured=1, wall=Side.TOP, line=(10.5, 0, 10.5, 1))
    ]


def test_booths_of_a_row_along_a_wall_are_told_together():
    row = grid(prefix="A", x=Decimal(3), y=Decimal("0.8"), rows=2, columns=8, rows_between_aisles=0)

    assert check(HALL, row) == [
        narrow("A02", "A03", "A04", "A05", "A06", "A07", measured=0.8, wall=Side.TOP, line=(16.5, 0, 16.5, 0.8))
    ]


def test_a_booth_against_a_wall_needs_no_aisle_there():
    assert check(HALL, block("A", x=0, y=0, rows=1, columns=10)) == []


def test_a_booth_that_is_closed_in_has_no_open_side():
    assert check(HALL, grid(prefix="A", x=Decimal(6), y=Decimal(5), rows=3, columns=3, rows_between_aisles=0)) == [
        Fault(code=FaultCode.NO_OPEN_SIDE, booths=("A05",), required=Decimal(3))
    ]


def test_a_pocket_inside_one_block_is_an_aisle_too():
    ring = [
        booth("A01", 6, 6), booth("A02", 9, 6), booth("A03", 12, 6), booth("A04", 6, 9), booth("A05", 6, 12),
        booth("A06", 9, 9, depth=1), booth("A07", 9, 11, depth=1), booth("A08", 9, 12), booth("A09", 12, 9, depth=6),
    ]  # fmt: skip

    assert check(HALL, ring) == [narrow("A06", "A07", measured=1, line=(10.5, 10, 10.5, 11))]


def test_booths_that_overlap_are_told_pair_by_pair_with_their_area():
    heap = [booth("A01", 6, 6), booth("A02", 8, 8), booth("A03", 6, 6)]

    assert check(HALL, heap) == [
        Fault(code=FaultCode.BOOTHS_OVERLAP, booths=("A01", "A02"), measured=Decimal(1)),
        Fault(code=FaultCode.BOOTHS_OVERLAP, booths=("A01", "A03"), measured=Decimal(9)),
        Fault(code=FaultCode.BOOTHS_OVERLAP, booths=("A02", "A03"), measured=Decimal(1)),
    ]


def test_a_booth_outside_the_hall_says_how_far():
    assert check(HALL, [booth("A01", 28.5, 6), booth("A02", 6, -0.25), booth("A03", 12, 30)]) == [
        Fault(code=FaultCode.OUTSIDE_THE_HALL, booths=("A01",), measured=Decimal("1.5")),
        Fault(code=FaultCode.OUTSIDE_THE_HALL, booths=("A02",), measured=Decimal("0.25")),
        Fault(code=FaultCode.OUTSIDE_THE_HALL, booths=("A03",), measured=Decimal(13)),
    ]


def test_a_circuit_may_be_used_up_but_not_beyond():
    booths = [replace(one, power=2200, circuit="E1") for one in block()]
    booths[0] = replace(booths[0], circuit="E2")

    assert check(HALL, booths, [Circuit(name="E1", supply=11_000), Circuit(name="E2", supply=2200)]) == []
    assert check(HALL, booths, [Circuit(name="E1", supply=10_999), Circuit(name="E2", supply=2200)]) == [
        Fault(
            code=FaultCode.CIRCUIT_OVERLOADED,
            booths=("A02", "A03", "A04", "A05", "A06"),
            measured=Decimal(11_000),
            required=Decimal(10_999),
            circuit="E1",
        )
    ]


def test_a_circuit_that_the_hall_lacks_is_told():
    assert check(HALL, [replace(booth("A01", 6, 6), circuit="E9")], [Circuit(name="E1", supply=1)]) == [
        Fault(code=FaultCode.CIRCUIT_UNKNOWN, booths=("A01",), circuit="E9")
    ]


def test_the_hall_supplies_no_more_than_it_has():
    booths = [replace(one, power=1000) for one in block()]

    assert check(replace(HALL, power_supply=6000), booths) == []
    assert check(replace(HALL, power_supply=5999), booths) == [
        Fault(code=FaultCode.HALL_OVERLOADED, measured=Decimal(6000), required=Decimal(5999))
    ]


def test_a_hall_without_a_rule_has_no_narrow_aisle():
    assert check(replace(HALL, min_aisle=Decimal(0)), [*block("A"), *block("B", x=16)]) == []


def test_five_hundred_booths_are_checked_in_a_blink():
    booths = [
        one
        for i in range(25)
        for one in grid(
            prefix=f"{i:02d}-", x=3 + Decimal(36) * (i % 5), y=6 + Decimal(9) * (i // 5), rows=2, columns=10
        )
    ]
    began = process_time()

    assert check(Hall(width=Decimal(200), depth=Decimal(60)), booths) == []
    assert process_time() - began < 0.5  # second; it takes a twentieth


def test_a_heap_of_booths_is_told_in_part():
    heap = [booth(f"A{i}", 6, 6) for i in range(60)]

    assert len(check(HALL, heap)) == MOST_OVERLAPS


@settings(deadline=None)
@given(scattered, st.randoms(use_true_random=False))
def test_the_order_of_the_booths_means_nothing(booths, randomness: random.Random):
    shuffled = randomness.sample(booths, len(booths))

    assert check(HALL, shuffled) == check(HALL, booths)


@settings(deadline=None)
@given(scattered)
def test_what_overlaps_or_sticks_out_is_found_as_by_looking_at_every_pair(booths):
    faults = check(Hall(width=Decimal(12), depth=Decimal(12)), booths)

    assert {fault.booths for fault in faults if fault.code == FaultCode.BOOTHS_OVERLAP} == {
        (one.number, other.number) for i, one in enumerate(booths) for other in booths[i + 1 :] if meets(one, other)
    }
    assert {fault.booths for fault in faults if fault.code == FaultCode.OUTSIDE_THE_HALL} == {
        (one.number,) for one in booths if one.x + one.width > 12 or one.y + one.depth > 12
    }


@settings(deadline=None, max_examples=150)
@given(scattered)
def test_every_narrow_aisle_that_one_walks_into_is_told(booths):
    """Walking the hall in steps of half a metre, along every row and column, meets no narrow gap that is not told."""
    apart = [one for i, one in enumerate(booths) if not any(meets(one, other) for other in booths[:i])]
    faults = check(Hall(width=Decimal(30), depth=Decimal(30)), apart)

    told = {frozenset(fault.booths) for fault in faults if fault.code == FaultCode.AISLE_TOO_NARROW and not fault.wall}
    blocks = blocks_of(apart)
    pairs = {frozenset(blocks[number] for number in booths) for booths in told}
    walked = {frozenset(blocks[number] for number in pair) for pair in narrow_gaps(apart, steps=6)}
    assert {pair for pair in walked if len(pair) == 2} <= pairs


def blocks_of(booths: list[Booth]) -> dict[str, str]:
    """The first number of each booth's block, by painting over and over."""
    block = {one.number: one.number for one in booths}
    for _ in booths:
        for one in booths:
            for other in booths:
                if touch(one, other):
                    block[one.number] = block[other.number] = min(block[one.number], block[other.number])
    return block


def touch(one: Booth, other: Booth) -> bool:
    x = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    y = min(one.y + one.depth, other.y + other.depth) - max(one.y, other.y)
    return (x == 0 and y > 0) or (y == 0 and x > 0)


def narrow_gaps(booths: list[Booth], *, steps: int) -> set[frozenset[str]]:
    """The booths at both ends of every free stretch shorter than `steps` half metres."""
    cells = {}
    for one in booths:
        for x in range(int(one.x * 2), int((one.x + one.width) * 2)):
            for y in range(int(one.y * 2), int((one.y + one.depth) * 2)):
                cells[x, y] = one.number
    found = set()
    for line in [*([(x, y) for x in range(60)] for y in range(60)), *([(x, y) for y in range(60)] for x in range(60))]:
        stops = [(step, cells[cell]) for step, cell in enumerate(line) if cell in cells]
        found |= {frozenset({a, b}) for (i, a), (j, b) in pairwise(stops) if 1 < j - i <= steps}
    return found
