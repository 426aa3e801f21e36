"""Halls, zones and booths, and what the database refuses, in words."""

from decimal import Decimal

import pytest

from accounts.models import Change
from core.errors import Unfit
from fairs import planning
from fairs.models import Booth, Hall, Zone
from tests.factories import (
    BoothFactory,
    CategoryFactory,
    CircuitFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    ZoneFactory,
)

pytestmark = pytest.mark.django_db
HALL = {"key": "A", "name_zh": "A 區", "width": Decimal(27), "depth": Decimal(24)}


def grid(hall, **others):
    numbers = {
        "block": "A",
        "zone": None,
        "rows": 2,
        "columns": 3,
        "booth_width": Decimal(3),
        "booth_depth": Decimal(3),
        "origin_x": Decimal(3),
        "origin_y": Decimal(6),
        "by": None,
    }
    return planning.make_grid(hall, **{**numbers, **others})


def kinds(about):
    return list(Change.objects.about(about).values_list("kind", flat=True))


def test_a_hall_is_added_edited_and_removed_with_its_booths():
    fair = FairFactory(state="draft")

    hall = planning.add_hall(fair, values=HALL, by=None)
    planning.edit_hall(hall, values={"width": Decimal(30), "name_zh": "A 區"}, by=None)
    grid(hall)
    key = hall.pk
    planning.remove_hall(hall, by=None)

    assert (Hall.objects.count(), Booth.objects.count()) == (0, 0)
    assert list(Change.objects.filter(about_id=key).order_by("id").values_list("kind", "facts")) == [
        ("hall.added", {}),
        ("hall.edited", {"fields": ["width"]}),
        ("booth.added", {"booths": 6, "first": "A01"}),
        ("hall.removed", {"booths": 6}),
    ]


def test_all_that_is_wrong_with_a_hall_is_said_at_once():
    hall = HallFactory(key="A")

    with pytest.raises(Unfit) as refusal:
        planning.add_hall(hall.fair, values={"key": "A", "width": Decimal(0), "depth": Decimal(5)}, by=None)

    assert sorted(gap.field for gap in refusal.value.gaps) == ["key", "name_zh", "width"]


def test_a_hall_whose_booths_were_given_to_makers_stays():
    placement = PlacementFactory()
    hall = placement.booth.hall

    with pytest.raises(planning.HallInUse):
        planning.remove_hall(hall, by=None)

    assert (Hall.objects.get(), Booth.objects.count(), kinds(hall)) == (hall, 1, [])


def test_the_plan_of_a_cancelled_fair_stays_as_it_was():
    hall = HallFactory(fair=FairFactory(state="cancelled"))
    booth, zone = BoothFactory(hall=hall), ZoneFactory(fair=hall.fair)

    for act in (
        lambda: planning.add_hall(hall.fair, values=HALL, by=None),
        lambda: planning.edit_hall(hall, values={"width": Decimal(9)}, by=None),
        lambda: planning.remove_hall(hall, by=None),
        lambda: planning.add_circuit(hall, name="C1", supply=6600, by=None),
        lambda: planning.add_zone(hall.fair, values={"letter": "T", "name_zh": "茶"}, by=None),
        lambda: planning.edit_zone(zone, values={"letter": "T"}, by=None),
        lambda: planning.remove_zone(zone, by=None),
        lambda: grid(hall),
        lambda: planning.move_booth(booth, x=Decimal(0), y=Decimal(0), by=None),
        lambda: planning.remove_booths([booth], by=None),
    ):
        with pytest.raises(planning.FairIsOver):
            act()

    assert not Change.objects.filter(about_id__in=[hall.pk, booth.pk, zone.pk]).exists()


def test_a_zone_is_kept_for_categories_and_removed_while_it_is_empty():
    fair = FairFactory(state="draft")
    tea = CategoryFactory(code="tea")

    zone = planning.add_zone(fair, values={"letter": "T", "name_zh": "茶區", "categories": [tea]}, by=None)
    planning.edit_zone(zone, values={"letter": "T", "categories": ["tea"]}, by=None)  # as it was
    planning.edit_zone(zone, values={"letter": "D", "categories": []}, by=None)
    booth = BoothFactory(hall=HallFactory(fair=fair), zone=zone)
    with pytest.raises(planning.ZoneInUse):
        planning.remove_zone(zone, by=None)
    booth.delete()
    planning.remove_zone(zone, by=None)

    assert Zone.objects.count() == 0
    assert list(Change.objects.filter(kind__startswith="zone.").order_by("id").values_list("kind", "facts")) == [
        ("zone.added", {}),
        ("zone.edited", {"fields": ["categories", "letter"]}),
        ("zone.removed", {}),
    ]


def test_a_letter_stands_for_one_zone_of_a_fair():
    zone = ZoneFactory(letter="T")

    with pytest.raises(Unfit) as refusal:
        planning.add_zone(zone.fair, values={"letter": "T", "name_zh": "茶"}, by=None)

    assert [gap.field for gap in refusal.value.gaps] == ["letter"]


def test_a_grid_is_numbered_along_its_rows_and_shares_one_line_in_the_journal():
    hall = HallFactory()
    zone, circuit = ZoneFactory(fair=hall.fair), CircuitFactory(hall=hall)

    booths = grid(hall, zone=zone, circuit=circuit, first_number=11, power=2200, has_water=True)

    assert [(booth.number, booth.x, booth.y) for booth in booths] == [
        ("A11", 3, 6),
        ("A12", 6, 6),
        ("A13", 9, 6),
        ("A14", 3, 9),
        ("A15", 6, 9),
        ("A16", 9, 9),
    ]
    assert {(b.zone, b.circuit, b.power, b.has_water, b.allows_flame) for b in booths} == {
        (zone, circuit, 2200, True, False)
    }
    assert kinds(hall) == ["booth.added"]


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"origin_x": Decimal(25)}, "x"),
        ({"rows": 0}, "rows"),
        ({"columns": 5000}, "rows"),
        ({"booth_width": Decimal(0)}, "rows"),
    ],
)
def test_a_grid_that_does_not_fit_is_refused_whole(numbers, field):
    hall = HallFactory(width=30, depth=30)

    with pytest.raises(Unfit) as refusal:
        grid(hall, **numbers)

    assert ([gap.field for gap in refusal.value.gaps], Booth.objects.count()) == ([field], 0)


def test_what_belongs_to_another_fair_or_hall_is_no_part_of_a_plan():
    hall = HallFactory()

    for given in ({"zone": ZoneFactory()}, {"circuit": CircuitFactory()}):
        with pytest.raises(planning.Elsewhere) as refusal:
            grid(hall, **given)
        assert ([gap.field for gap in refusal.value.gaps], Booth.objects.count()) == (list(given), 0)


def test_a_grid_over_another_names_the_booths_that_would_overlap():
    hall = HallFactory()
    grid(hall)

    with pytest.raises(planning.BoothsOverlap) as refusal:
        grid(hall, block="B", rows=1, columns=1, origin_x=Decimal("4.5"))

    assert refusal.value.data == {"booths": [{"one": "B01", "other": "A01"}, {"one": "B01", "other": "A02"}]}
    assert "B01" in refusal.value.message
    assert Booth.objects.count() == 6


def test_numbers_that_the_fair_has_are_named():
    hall = HallFactory()
    grid(hall)

    with pytest.raises(planning.NumberTaken) as refusal:
        grid(HallFactory(fair=hall.fair), rows=1, first_number=3)

    assert refusal.value.data == {"booths": ["A03", "A04", "A05"]}


def test_a_booth_moves_and_may_share_a_wall_but_no_floor():
    hall = HallFactory()
    still, moving = BoothFactory(hall=hall, number="A1", x=3, y=3), BoothFactory(hall=hall, number="A2", x=12, y=3)

    planning.move_booth(moving, x=Decimal(6), y=Decimal(3), by=None)
    with pytest.raises(planning.BoothsOverlap) as refusal:
        planning.move_booth(moving, x=Decimal("5.99"), y=Decimal(3), by=None)
    with pytest.raises(Unfit):
        planning.move_booth(moving, x=Decimal(28), y=Decimal(3), by=None)

    moving.refresh_from_db()
    assert (moving.x, moving.version, still.x) == (6, 2, 3)
    assert refusal.value.data == {"booths": [{"one": "A2", "other": "A1"}]}
    assert list(Change.objects.about(moving).values_list("facts", flat=True)) == [{"fields": ["x"]}]


def test_a_booth_cannot_take_the_number_or_zone_of_others():
    hall = HallFactory()
    BoothFactory(hall=hall, number="A1")
    booth = BoothFactory(hall=hall, number="A2")

    with pytest.raises(planning.NumberTaken) as taken:
        planning.edit_booth(booth, values={"number": "A1"}, by=None)
    with pytest.raises(planning.Elsewhere):
        planning.edit_booth(booth, values={"zone": ZoneFactory()}, by=None)
    with pytest.raises(Unfit) as unfit:
        planning.edit_booth(booth, values={"number": "", "power": -1}, by=None)

    assert taken.value.data == {"booths": ["A1"]}
    assert sorted(gap.field for gap in unfit.value.gaps) == ["number", "power"]
    assert Booth.objects.get(pk=booth.pk).number == "A2"


def test_booths_are_removed_all_or_none_and_those_given_to_makers_are_named():
    placement = PlacementFactory()
    given, free = placement.booth, BoothFactory(hall=placement.booth.hall)

    with pytest.raises(planning.BoothInUse) as refusal:
        planning.remove_booths([free, given], by=None)
    assert (refusal.value.data, Booth.objects.count(), kinds(free)) == ({"booths": [given.number]}, 2, [])
    planning.remove_booths([free], by=None)

    assert (list(Booth.objects.all()), Change.objects.get(about_id=free.pk).kind) == ([given], "booth.removed")


def test_the_check_reads_the_plan_of_every_hall(django_assert_num_queries):
    fair = FairFactory()
    first, second = HallFactory(fair=fair, key="A"), HallFactory(fair=fair, key="B")
    circuit = CircuitFactory(hall=second, name="C1", supply=2200)
    for hall, number in ((first, "A"), (second, "B")):
        for n in range(2):
            BoothFactory(hall=hall, number=f"{number}{n}", x=3 + 5 * n, y=3, power=2200, circuit=None)
    Booth.objects.filter(hall=second).update(circuit=circuit)

    with django_assert_num_queries(3):
        faults = planning.check(fair)

    assert [(fault.code.value, fault.booths) for fault in faults] == [
        ("aisle-too-narrow", ("A0", "A1")),
        ("aisle-too-narrow", ("B0", "B1")),
        ("circuit-overloaded", ("B0", "B1")),
    ]
    texts = [planning.fault_text(fault) for fault in faults]
    assert all(part in texts[0] for part in ("A0", "A1", "2", "3"))
    assert all(part in texts[2] for part in ("C1", "4400", "2200"))
