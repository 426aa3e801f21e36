"""What everybody may read about makers: confirmed placements, and nothing else."""

import pytest

from exhibitors import directory, placing
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db


def placed(call, company, *, state="confirmed", **booth):
    application = ApplicationFactory(call=call, company=company, state=state)
    hall = HallFactory(fair=call.fair)
    return PlacementFactory(application=application, booth=BoothFactory(hall=hall, **booth))


@pytest.fixture
def world():
    """A fair with makers in every state, of whom two may be named."""
    call = CallFactory()
    call.tea, call.glass = CompanyFactory(name_zh="乙茶"), CompanyFactory(name_zh="丙玻璃")
    call.first = placed(call, call.tea, number="B02")
    PlacementFactory(
        application=call.first.application, booth=BoothFactory(hall=call.first.booth.hall, x=90, y=90, number="A09")
    )
    placed(call, call.glass, state="attended", number="B01")
    for state in ("offered", "no_show"):
        placed(call, CompanyFactory(), state=state)
    for state in ("draft", "submitted", "accepted", "waitlisted", "rejected", "withdrawn"):
        ApplicationFactory(call=call, state=state)
    placing.release(placed(call, CompanyFactory()), reason="", by=None)
    placed(CallFactory(), CompanyFactory())
    return call


def test_only_who_confirmed_is_named_with_every_booth(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        makers = {
            exhibitor.company.name_zh: [booth.number for booth in exhibitor.booths]
            for exhibitor in directory.exhibitors_of(world.fair)
        }

    assert makers.pop("丙玻璃") == ["B01"]
    assert makers.pop("乙茶") == ["A09", "B02"]
    assert makers == {}


def test_a_plan_knows_makers_by_booth(world):
    makers = directory.makers_by_booth(world.fair)

    assert {number: company.name_zh for number, company in makers.items()} == {
        "A09": "乙茶",
        "B02": "乙茶",
        "B01": "丙玻璃",
    }


def test_a_company_is_seen_at_the_public_fairs_that_it_confirmed(world):
    hidden = CallFactory(fair=FairFactory(state="draft"))
    placed(hidden, world.tea)
    ApplicationFactory(call=CallFactory(), company=world.tea, state="accepted")

    assert list(directory.fairs_of(world.tea)) == [world.fair]


def test_products_at_a_fair_are_those_on_show_of_who_confirmed(world):
    shown = ProductFactory(company=world.tea)
    ProductFactory(company=world.tea, is_retired=True)
    ProductFactory()

    assert list(directory.products_at(world.fair)) == [shown]
