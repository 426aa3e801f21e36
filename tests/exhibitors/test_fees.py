"""What a stand costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exhibitors import fees
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    TownFactory,
)

pytestmark = pytest.mark.django_db

RULES = {
    "fee_per_booth": 6000,
    "corner_surcharge": Decimal("0.1"),
    "power_included": 1100,
    "fee_per_extra_kw": 600,
    "water_fee": 1500,
    "first_time_discount": Decimal("0.5"),
    "outlying_island_discount": Decimal("0.3"),
    "deposit": 5000,
}


def a_call(**rules):
    return CallFactory(**{**RULES, **rules})


def row_of(call, count, *, width=3, depth=3):
    """Booths in a row against the wall, with aisles before and at both ends: the outer ones are corners."""
    hall = HallFactory(fair=call.fair, width=30, depth=12)
    return [
        BoothFactory(hall=hall, x=6 + width * n, y=0, width=width, depth=depth, number=f"A{n:02d}")
        for n in range(count)
    ]


def experienced(company):
    """The company held a booth at a fair that has ended."""
    past = FairFactory(starts_on=timezone.now().date() - timedelta(days=30))
    PlacementFactory(application=ApplicationFactory(company=company, call=CallFactory(fair=past), state="attended"))
    return company


def applied(call, **values):
    values.setdefault("company", experienced(CompanyFactory()))
    return ApplicationFactory(call=call, state="accepted", **values)


def lines_of(fee):
    return {line.kind: line.amount for line in fee.lines}


def test_a_booth_in_the_row_costs_its_space_and_the_deposit_is_apart():
    call = a_call()
    _left, middle, _right = row_of(call, 3)

    fee = fees.fee_of(applied(call), [middle])

    assert (fee.total, fee.deposit, lines_of(fee)) == (6000, 5000, {"space": 6000})


def test_every_charge_has_its_line():
    call = a_call()
    corner, neighbour, _right = row_of(call, 3)
    application = applied(call, booths_wanted=2, power=2200, needs_water=True)

    fee = fees.fee_of(application, [corner, neighbour])

    assert lines_of(fee) == {"space": 12000, "corner": 600, "power": 660, "water": 1500}
    assert fee.total == 14760


def test_two_corners_cost_one_surcharge():
    call = a_call()
    pair = row_of(call, 2)

    assert fees.fee_of(applied(call, booths_wanted=2), pair).total == 12600


def test_a_wide_booth_pays_by_its_area():
    call = a_call(corner_surcharge=0)
    wide = row_of(call, 1, width=4, depth=3)

    assert fees.fee_of(applied(call), wide).total == 8000


def test_half_a_unit_is_rounded_up():
    call = a_call(fee_per_booth=1001, corner_surcharge=0)
    booths = row_of(call, 1)

    assert fees.fee_of(applied(call, company=CompanyFactory()), booths).total == 501


@pytest.mark.parametrize(
    ("is_new", "is_outlying", "line", "total"),
    [
        (False, False, {}, 6000),
        (True, False, {"first_time": -3000}, 3000),
        (False, True, {"outlying": -1800}, 4200),
        (True, True, {"first_time": -3000}, 3000),
    ],
)
def test_discounts_do_not_add_up_the_largest_counts(is_new, is_outlying, line, total):
    call = a_call(corner_surcharge=0)
    town = TownFactory(code="09020010", name_zh="金沙鎮", name_en="Jinsha", is_outlying=is_outlying)
    company = CompanyFactory(town=town)
    application = applied(call, company=company if is_new else experienced(company))

    fee = fees.fee_of(application, row_of(call, 1))

    assert (fee.total, lines_of(fee)) == (total, {"space": 6000, **line})


def test_a_larger_discount_for_islands_wins_over_the_one_for_newcomers():
    call = a_call(corner_surcharge=0, outlying_island_discount=Decimal("0.6"))
    town = TownFactory(code="09020010", name_zh="金沙鎮", name_en="Jinsha", is_outlying=True)

    fee = fees.fee_of(applied(call, company=CompanyFactory(town=town)), row_of(call, 1))

    assert lines_of(fee) == {"space": 6000, "outlying": -3600}


def test_who_only_applied_or_let_go_or_is_placed_at_a_fair_to_come_is_new():
    newcomer, old = CompanyFactory(), experienced(CompanyFactory())
    past = CallFactory(fair=FairFactory(starts_on=timezone.now().date() - timedelta(days=30)))
    ApplicationFactory(company=newcomer, call=past, state="rejected")
    PlacementFactory(application__company=newcomer, application__state="confirmed")

    assert fees.newcomers({newcomer.pk, old.pk}) == {newcomer.pk}


def test_a_free_fair_costs_nothing_and_has_no_lines():
    call = CallFactory(fee_per_booth=0)

    fee = fees.fee_of(applied(call, power=9999, needs_water=True), row_of(call, 1))

    assert (fee.lines, fee.total, fee.deposit) == ((), 0, 0)


def test_a_line_says_what_it_is_for():
    assert fees.FeeLine("water", Decimal(1500)).label == "用水"


def test_a_corner_has_two_open_sides_of_two_metres():
    hall = HallFactory(width=20, depth=20)
    first, middle, last = (BoothFactory(hall=hall, x=4 + 3 * n, y=0, number=f"A{n}") for n in range(3))
    alone = BoothFactory(hall=hall, x=8, y=10, number="B0")
    narrow = BoothFactory(hall=hall, x=Decimal("12.5"), y=10, number="B1")

    assert fees.corners_of({hall.pk}) == {first.pk, last.pk, alone.pk, narrow.pk}
    assert middle.pk not in fees.corners_of({hall.pk})
    assert fees.corners_of(set()) == set()
