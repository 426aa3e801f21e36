"""Plans as templates draw them: coordinates, captions and marks."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairs.floorplan import Booth, Hall, grid
from fairs.plancheck import Point, check
from fairs.plandrawing import Fixture, LineDrawing, Mark, Rectangle, Spot, Zone, plan
from tests.fairs.test_floorplan import scattered

HALL = Hall(width=Decimal(27), depth=Decimal(24))
TEA, FOOD = Zone(letter="T", name="Tea"), Zone(letter="K", name="食品區")


def block(prefix: str, x: float, y: float, zone: str = "T", **changes: object) -> list[Booth]:
    size = {"rows": 2, "columns": 3} | changes
    return grid(prefix=prefix, x=Decimal(str(x)), y=Decimal(str(y)), zone=zone, **size)


def point(x: float, y: float) -> Point:
    return Point(Decimal(str(x)), Decimal(str(y)))


def captions(drawing) -> list[tuple[str, str, str]]:
    return [(caption.text, caption.at.x, caption.at.y) for zone in drawing.zones for caption in zone.captions]


def test_a_metre_is_twelve_pixels_and_a_margin_of_twelve_goes_round():
    drawing = plan(HALL, [Booth(number="A01", x=Decimal(4), y=Decimal("6.5"), width=Decimal("4.5"))])

    assert drawing.view_box == "0 0 348 312"
    assert (drawing.width, drawing.height) == ("348", "312")
    assert drawing.floor == Rectangle(x="12", y="12", width="324", height="288", text_x="174", text_y="161")
    [[booth]] = [zone.booths for zone in drawing.zones]
    assert booth.box == Rectangle(x="60", y="90", width="54", height="36", text_x="87", text_y="113")


def test_parts_of_a_pixel_have_two_digits_and_a_point():
    [zone] = plan(HALL, [Booth(number="A01", x=Decimal("1.01"), y=Decimal("1.001"))]).zones

    assert (zone.booths[0].box.x, zone.booths[0].box.y) == ("24.12", "24.01")


def test_another_scale_is_for_the_editor():
    drawing = plan(HALL, block("A", 1, 1), scale=40)

    assert drawing.view_box == "0 0 1104 984"
    assert drawing.zones[0].booths[1].box.x == "172"


def test_booths_stand_by_zone_and_number_with_what_is_known_of_them():
    booths = [*block("A", 3, 6, "K", rows=1, columns=2), *block("B", 12, 6, "T", rows=1, columns=1)]
    marks = {
        "A01": Mark(label="A01, Food, confirmed", href="/companies/lin/", is_starred=True),
        "B01": Mark(is_dashed=True, is_selected=True),
    }
    tea, food = plan(HALL, booths[::-1], zones=[TEA, FOOD], marks=marks).zones

    assert [(tea.letter, tea.name, tea.pattern), (food.letter, food.name, food.pattern)] == [
        ("T", "Tea", "a"),
        ("K", "食品區", "b"),
    ]
    first, second = food.booths
    assert (first.number, first.label, first.href, first.star) == (
        "A01",
        "A01, Food, confirmed",
        "/companies/lin/",
        Spot(x="79", y="89"),
    )
    assert (second.number, second.label, second.href, second.star) == ("A02", "A02", "", None)
    [third] = tea.booths
    assert (third.is_dashed, third.is_selected, first.is_dashed, first.is_selected) == (True, True, False, False)


def test_the_pin_touches_the_booth_that_one_looks_at():
    assert plan(HALL, block("A", 3, 6), marks={"A02": Mark(is_selected=True)}).pin == Spot(x="102", y="86")
    assert plan(HALL, block("A", 3, 6)).pin is None


def test_a_zone_keeps_its_colour_in_a_hall_where_others_are_missing():
    zones = [Zone(letter=letter, name=letter) for letter in "ABCDEFGH"]
    drawn = plan(HALL, [*block("X", 3, 6, "C"), *block("Y", 3, 15, "G")], zones=zones).zones

    assert [(zone.letter, zone.pattern) for zone in drawn] == [("C", "c"), ("G", "a")]


def test_booths_of_no_zone_come_last_and_plain():
    drawn = plan(HALL, [*block("A", 3, 6, "?"), *block("B", 3, 15, "T")], zones=[TEA]).zones

    assert [(zone.letter, zone.pattern, zone.captions != ()) for zone in drawn] == [("T", "a", True), ("", "", False)]


def test_a_zone_has_its_name_once_and_its_letter_at_each_further_block():
    booths = [*block("A", 3, 6), *block("B", 15, 6), *block("C", 3, 15, "K"), *block("D", 15, 15, "K")]

    assert captions(plan(HALL, booths, zones=[TEA, FOOD])) == [
        ("T Tea", "48", "72"),
        ("T", "192", "72"),
        ("K 食品區", "48", "180"),
        ("K", "192", "180"),
    ]


def test_a_caption_covers_neither_booths_nor_other_captions_nor_the_wall():
    long = Zone(letter="T", name="Tea and all kinds of drinks from the mountains")

    assert captions(plan(HALL, [*block("A", 3, 6), *block("B", 15, 6)], zones=[long])) == [
        ("T", "48", "72"),
        ("T", "192", "72"),
    ]
    assert captions(plan(HALL, block("A", 3, 1), zones=[TEA])) == [("T Tea", "48", "118")]  # no room above
    assert captions(plan(HALL, [*block("A", 3, 1), *block("B", 3, 10, "K")], zones=[TEA, FOOD])) == [
        ("K 食品區", "48", "120")  # the tea's would stand above the food
    ]
    stage = Fixture(label="Stage", x=Decimal(3), y=Decimal(3), width=Decimal(9), depth=Decimal(3))
    assert captions(plan(HALL, block("A", 3, 6), zones=[TEA], fixtures=[stage])) == [("T Tea", "48", "178")]


def test_a_fixture_is_drawn_with_its_label():
    stage = Fixture(label="主舞台", x=Decimal(1), y=Decimal(2), width=Decimal(8), depth=Decimal(3))
    [drawn] = plan(HALL, [], fixtures=[stage]).fixtures

    assert (drawn.label, drawn.box) == (
        "主舞台",
        Rectangle(x="24", y="36", width="96", height="36", text_x="72", text_y="59"),
    )


@pytest.mark.parametrize(
    ("entrance", "door"),
    [
        (point(13.5, 0), LineDrawing(path="M150 12h48", text=Spot(x="174", y="34"))),
        (point(13.5, 24), LineDrawing(path="M150 300h48", text=Spot(x="174", y="286"))),
        (point(0, 12), LineDrawing(path="M12 132v48", text=Spot(x="52", y="161"))),
        (point(27, 12), LineDrawing(path="M336 132v48", text=Spot(x="296", y="161"))),
        (point(0, 0), LineDrawing(path="M12 12h48", text=Spot(x="36", y="34"))),
        (point(26, 0.5), LineDrawing(path="M288 12h48", text=Spot(x="312", y="34"))),
    ],
)
def test_the_door_is_in_the_nearest_wall_and_within_it(entrance, door):
    assert plan(HALL, [], entrance=entrance).door == door


def test_a_door_is_no_wider_than_its_wall():
    cabin = Hall(width=Decimal(2), depth=Decimal(3))

    assert plan(cabin, [], entrance=point(1, 0)).door.path == "M12 12h24"
    assert plan(cabin, [], entrance=point(0, 1.5)).door.path == "M12 12v36"


def test_a_narrow_aisle_is_drawn_where_it_is_measured():
    booths = [*block("A", 3, 6), *block("B", 14, 6), *block("C", 3, 14.5, "K")]
    faults = check(HALL, booths)
    drawing = plan(HALL, booths, zones=[TEA, FOOD], faults=faults)

    assert [(gap.line, gap.fault) for gap in drawing.gaps] == [
        (LineDrawing(path="M156 102L180 102", text=Spot(x="156", y="94")), faults[0]),
        (LineDrawing(path="M66 156L66 186", text=Spot(x="76", y="176")), faults[1]),
    ]
    faulty = {booth.number for zone in drawing.zones for booth in zone.booths if booth.is_faulty}
    assert faulty == {number for fault in faults for number in fault.booths} != set()


@settings(deadline=None)
@given(scattered, st.sampled_from(["T", "K", ""]))
def test_every_booth_is_drawn_once_whatever_the_plan(booths, letter):
    zoned = [
        Booth(number=one.number, x=one.x, y=one.y, width=one.width, depth=one.depth, zone=letter) for one in booths
    ]
    drawing = plan(HALL, zoned, zones=[TEA, FOOD], faults=check(HALL, zoned))

    assert sorted(booth.number for zone in drawing.zones for booth in zone.booths) == [one.number for one in booths]
    assert len([caption for zone in drawing.zones for caption in zone.captions if " " in caption.text]) <= 1
