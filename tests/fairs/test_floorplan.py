"""Booths by the grid, neighbours, open sides."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairs import floorplan
from fairs.boxes import Box, Side, millimetres
from fairs.floorplan import Booth, Hall, adjacent, grid, is_corner, natural, open_sides, open_sides_by_booth

THREE = Decimal(3)
HALL = Hall(width=Decimal(30), depth=Decimal(20))


def block(prefix: str = "A", x: int = 6, y: int = 6, rows: int = 2, columns: int = 3) -> list[Booth]:
    return grid(prefix=prefix, x=Decimal(x), y=Decimal(y), rows=rows, columns=columns)


def test_a_block_is_numbered_along_its_rows_and_stands_back_to_back():
    booths = grid(
        prefix="B", x=THREE, y=Decimal("6.5"), rows=2, columns=3, width=Decimal("4.5"), first_number=7,
        power=2200, circuit="P-B", zone="T",
    )  # fmt: skip

    assert [(booth.number, str(booth.x), str(booth.y)) for booth in booths] == [
        ("B07", "3.0", "6.5"),
        ("B08", "7.5", "6.5"),
        ("B09", "12.0", "6.5"),
        ("B10", "3.0", "9.5"),
        ("B11", "7.5", "9.5"),
        ("B12", "12.0", "9.5"),
    ]
    assert {(booth.width, booth.depth, booth.power, booth.circuit, booth.zone) for booth in booths} == {
        (Decimal("4.5"), THREE, 2200, "P-B", "T")
    }


def test_an_aisle_follows_every_second_row_unless_told_otherwise():
    def rows_at(**changes: object) -> list[int]:
        common = {"prefix": "A", "x": Decimal(0), "y": Decimal(0), "rows": 5, "columns": 1, "aisle": Decimal(4)}
        return [int(booth.y) for booth in grid(**(common | changes))]

    assert rows_at() == [0, 3, 10, 13, 20]
    assert rows_at(rows_between_aisles=1) == [0, 7, 14, 21, 28]
    assert rows_at(rows_between_aisles=0) == [0, 3, 6, 9, 12]


def test_more_than_99_booths_have_three_digits():
    assert [booth.number for booth in block(rows=10, columns=10)][-2:] == ["A99", "A100"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0},
        {"columns": -1},
        {"rows": 40, "columns": 26},
        {"width": Decimal(0)},
        {"depth": Decimal(-1)},
        {"aisle": Decimal(-1)},
        {"first_number": -1},
        {"rows_between_aisles": -1},
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(wrong):
    common = {"prefix": "A", "x": Decimal(0), "y": Decimal(0), "rows": 1, "columns": 1}

    with pytest.raises(ValueError, match="booths"):
        grid(**(common | wrong))


def test_neighbours_share_a_wall_and_not_only_a_corner():
    assert adjacent(block()) == {
        "A01": {"A02", "A04"},
        "A02": {"A01", "A03", "A05"},
        "A03": {"A02", "A06"},
        "A04": {"A01", "A05"},
        "A05": {"A02", "A04", "A06"},
        "A06": {"A03", "A05"},
    }


def test_a_shift_leaves_less_wall_in_common():
    booths = [
        Booth(number="A1", x=Decimal(0), y=Decimal(0)),
        Booth(number="A2", x=Decimal(3), y=Decimal("0.5")),
        Booth(number="A3", x=Decimal(6), y=Decimal("1.01")),
    ]

    assert adjacent(booths)["A2"] == {"A1", "A3"}
    assert adjacent(booths, shared_wall=Decimal("2.5"))["A2"] == {"A1"}


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(floorplan).attempted == 2
    assert doctest.testmod(floorplan).failed == 0


def test_a_side_is_open_where_an_aisle_fits_along_all_of_it():
    booths = block(x=2)  # two metres from the left wall

    assert open_sides_by_booth(booths, HALL, Decimal(2)) == {
        "A01": {Side.TOP, Side.LEFT},
        "A02": {Side.TOP},
        "A03": {Side.TOP, Side.RIGHT},
        "A04": {Side.BOTTOM, Side.LEFT},
        "A05": {Side.BOTTOM},
        "A06": {Side.BOTTOM, Side.RIGHT},
    }
    assert open_sides_by_booth(booths, HALL, Decimal("2.01"))["A01"] == {Side.TOP}


def test_a_booth_that_stands_in_part_of_the_strip_closes_the_side():
    row = block(rows=1)
    opposite = Booth(number="B01", x=Decimal("11.9"), y=Decimal("10.9"))

    assert open_sides(row[1], [*row, opposite], HALL, Decimal(2)) == 1
    assert open_sides(row[1], [*row, opposite], HALL, Decimal("1.9")) == 2


def test_a_corner_has_two_open_sides():
    booths = block(columns=3)

    assert [booth.number for booth in booths if is_corner(booth, booths, HALL, Decimal(2))] == [
        "A01",
        "A03",
        "A04",
        "A06",
    ]


def test_a_booth_alone_is_open_all_round():
    [alone] = block(rows=1, columns=1)

    assert open_sides(alone, [alone], HALL, Decimal(2)) == 4
    assert open_sides(alone, [], HALL, Decimal(0)) == 4


def test_numbers_sort_as_people_sort_them():
    assert sorted(["A10", "B1", "A2", "A02", "7", "A", "10"], key=natural) == ["7", "10", "A", "A02", "A2", "A10", "B1"]


@pytest.mark.parametrize("length", ["0.0001", "NaN", "Infinity"])
def test_parts_of_a_millimetre_are_refused(length):
    with pytest.raises(ValueError, match="millimetre"):
        millimetres(Decimal(length))


lengths = st.integers(0, 24).map(lambda half: Decimal(half) / 2)
sizes = st.integers(1, 12).map(lambda half: Decimal(half) / 2)
scattered = st.lists(st.tuples(lengths, lengths, sizes, sizes), max_size=14).map(
    lambda boxes: [
        Booth(number=f"A{i:02d}", x=x, y=y, width=width, depth=depth) for i, (x, y, width, depth) in enumerate(boxes)
    ]
)


def meets(one: Booth, other: Booth) -> bool:
    return (
        max(one.x, other.x) < min(one.x + one.width, other.x + other.width)
        and max(one.y, other.y) < min(one.y + one.depth, other.y + other.depth)
    )  # fmt: skip


@settings(deadline=None)
@given(scattered, st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(2), Decimal(3)]))
def test_the_quick_way_finds_the_same_open_sides_as_the_slow_one(booths, aisle):
    assert {number: len(sides) for number, sides in open_sides_by_booth(booths, HALL, aisle).items()} == {
        booth.number: open_sides(booth, booths, HALL, aisle) for booth in booths
    }


@settings(deadline=None)
@given(scattered)
def test_neighbours_are_so_both_ways_and_do_not_overlap(booths):
    neighbours = adjacent(booths)
    by_number = {booth.number: booth for booth in booths}

    assert all(number in neighbours[other] for number, others in neighbours.items() for other in others)
    assert not any(
        meets(by_number[number], by_number[other]) for number, others in neighbours.items() for other in others
    )


def test_what_lies_between_two_boxes():
    box = Box(0, 0, 10, 10)

    assert box.between(Box(15, 5, 20, 20)) == Box(10, 5, 15, 10)
    assert box.between(Box(5, 12, 20, 20)) == Box(5, 10, 10, 12)
    assert box.between(Box(12, 13, 20, 20)) == Box(10, 10, 12, 13)
