"""Whom a booth that became free is offered next."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Change
from exhibitors import answering, placing, waiting
from exhibitors.models import Application
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CompanyFactory,
    CountyFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    TownFactory,
    ZoneFactory,
    coordinator_of,
    member_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return CallFactory()


@pytest.fixture
def hall(call):
    return HallFactory(fair=call.fair)


@pytest.fixture
def booth(hall):
    return BoothFactory(hall=hall, number="A01", x=0, y=0)


def waits(call, score, *, hour=0, **values):
    """One on the waitlist; `hour`: when it was handed in."""
    handed_in = timezone.now() - timedelta(days=30) + timedelta(hours=hour)
    return ApplicationFactory(
        call=call,
        state="waitlisted",
        total_score=None if score is None else Decimal(score),
        submitted_at=handed_in,
        **values,
    )


def test_the_best_score_is_offered_the_booth_for_a_week(call, booth):
    waits(call, "70.5")
    best = waits(call, "81")
    waits(call, None)

    application = waiting.offer_next(booth)

    assert application == best
    application.refresh_from_db()
    assert application.state == "offered"
    week = application.offer_ends_at - timezone.now()
    assert timedelta(days=7) - timedelta(minutes=1) < week <= timedelta(days=7)
    assert booth.placements.held().get().application == best


def test_the_line_goes_by_score_then_submitted_first_then_id(call):
    late, first = waits(call, "80", hour=2), waits(call, "80", hour=1)
    twin = waits(call, "60")
    other = waits(call, "60")
    Application.objects.filter(pk__in=[twin.pk, other.pk]).update(submitted_at=first.submitted_at)
    unscored, best = waits(call, None, hour=-9), waits(call, "90", hour=9)
    ApplicationFactory(call=call, state="accepted", total_score=99)

    line = list(Application.objects.filter(call=call).on_waitlist())

    assert line == [best, first, late, twin, other, unscored]
    assert twin.pk < other.pk


def test_what_followed_is_known_by_what_caused_it(call, booth):
    placement = PlacementFactory(application=ApplicationFactory(call=call, state="offered"), booth=booth)
    waits(call, "80")
    answering.decline(placement.application, by=member_of(placement.application))
    freed = Change.objects.get(kind="placement.released")

    application = waiting.offer_next(booth, caused_by=freed)

    offered = Change.objects.about(application).last()
    assert (offered.kind, offered.by, offered.caused_by) == ("application.offered", None, freed)


def test_a_booth_that_is_held_is_offered_to_nobody_so_calling_twice_is_safe(call, booth):
    first, second = waits(call, "80"), waits(call, "70")

    assert waiting.offer_next(booth) == first
    assert waiting.offer_next(booth) is None

    second.refresh_from_db()
    assert second.state == "waitlisted"


def test_without_anybody_who_waits_a_booth_stays_free(call, booth):
    ApplicationFactory(call=call, state="accepted")
    waits(CallFactory(), "99")

    assert waiting.offer_next(booth) is None
    assert not booth.placements.exists()


@pytest.mark.parametrize(
    "unfit",
    [{"power": 9000}, {"needs_water": True}, {"needs_flame": True}, {"fee_limit": 5999}, {"booths_wanted": 2}],
    ids=["power", "water", "flame", "fee limit", "two booths"],
)
def test_who_does_not_fit_keeps_waiting_and_the_next_is_asked(call, hall, unfit):
    booth = BoothFactory(hall=hall, has_water=False, allows_flame=False)
    better = waits(call, "90", **unfit)
    fits = waits(call, "50", fee_limit=6000)

    assert waiting.offer_next(booth) == fits

    better.refresh_from_db()
    assert better.state == "waitlisted"


def test_a_zone_is_kept_for_its_categories(call, hall):
    crafts = ZoneFactory(fair=call.fair)
    glass = CategoryFactory(code="glass", name_zh="玻璃", name_en="Glass")
    crafts.categories.add(glass)
    booth = BoothFactory(hall=hall, zone=crafts)
    waits(call, "90")
    maker = waits(call, "50", company=CompanyFactory(category=glass))

    assert waiting.offer_next(booth) == maker


def test_who_asked_for_two_gets_two_beside_each_other_or_none(call, hall, booth):
    pair = waits(call, "90", booths_wanted=2)
    taken = BoothFactory(hall=hall, number="A02", x=3, y=0)
    PlacementFactory(application=ApplicationFactory(call=call, state="confirmed"), booth=taken)
    BoothFactory(hall=hall, number="B01", x=6, y=0)
    below = BoothFactory(hall=hall, number="C01", x=0, y=3)

    assert waiting.offer_next(booth) == pair

    assert {placement.booth for placement in pair.placements.all()} == {booth, below}


def test_a_stand_of_three_grows_round_the_booth_that_became_free(call, hall):
    left, middle, right = (BoothFactory(hall=hall, number=f"A0{n}", x=3 * n, y=0) for n in range(3))
    BoothFactory(hall=hall, number="B00", x=0, y=3)
    trio = waits(call, "90", booths_wanted=3)

    assert waiting.offer_next(middle) == trio

    assert {placement.booth for placement in trio.placements.all()} == {left, middle, right}


def county(code, name):
    return TownFactory(
        code=f"{code}010", county=CountyFactory(code=code, name_zh=name, name_en=name), name_zh="甲", name_en="A"
    )


def test_one_county_holds_no_more_than_its_share_of_the_booths(call, hall):
    call.county_max_share = Decimal("0.5")
    call.save()
    booths = [BoothFactory(hall=hall, x=6 * n, y=0) for n in range(4)]
    here, there = county("10014", "臺東縣"), county("10015", "花蓮縣")
    for booth in booths[:2]:
        application = ApplicationFactory(call=call, state="confirmed", company=CompanyFactory(town=here))
        PlacementFactory(application=application, booth=booth)
    neighbour = waits(call, "90", company=CompanyFactory(town=here))
    farther = waits(call, "50", company=CompanyFactory(town=there))

    assert waiting.offer_next(booths[2]) == farther
    assert waiting.offer_next(booths[3]) is None

    neighbour.refresh_from_db()
    assert neighbour.state == "waitlisted"


def test_at_a_small_fair_one_maker_of_each_county_is_always_welcome(call, booth):
    call.county_max_share = Decimal("0.35")
    call.save()
    only = waits(call, "90", company=CompanyFactory(town=county("10014", "臺東縣")))

    assert waiting.offer_next(booth) == only


def test_an_offer_ends_at_the_latest_when_the_doors_open():
    soon = FairFactory(starts_on=timezone.now().date() + timedelta(days=3))
    call = CallFactory(fair=soon)
    waits(call, "80")

    application = waiting.offer_next(BoothFactory(hall=HallFactory(fair=soon)))

    application.refresh_from_db()
    assert application.offer_ends_at == soon.begins_at


@pytest.mark.parametrize(
    "fair",
    [
        {"starts_on": timezone.now().date() - timedelta(days=1)},
        {"starts_on": timezone.now().date() - timedelta(days=30)},
        {"state": "cancelled"},
    ],
    ids=["runs", "is over", "is cancelled"],
)
def test_nothing_is_offered_once_the_fair_runs_is_over_or_cancelled(fair):
    call = CallFactory(fair=FairFactory(**fair))
    waits(call, "80")
    booth = BoothFactory(hall=HallFactory(fair=call.fair))

    assert waiting.offer_next(booth) is None


def test_a_fair_without_a_call_has_no_line():
    assert waiting.offer_next(BoothFactory()) is None


def test_a_booth_that_somebody_takes_at_this_instant_is_no_fault(call, booth, monkeypatch):
    waits(call, "80")

    def taken(*args, **kwargs):
        raise placing.BoothTaken

    monkeypatch.setattr(placing, "offer", taken)

    assert waiting.offer_next(booth) is None


def test_the_line_costs_as_many_queries_for_one_as_for_thirty(call, hall, django_assert_max_num_queries):
    call.first_time_discount = call.corner_surcharge = call.county_max_share = Decimal("0.5")
    call.save()
    booths = [BoothFactory(hall=hall, x=6 * n, y=0) for n in range(2)]
    waits(call, "80", power=99999)
    coordinator_of(call)

    with django_assert_max_num_queries(18):
        assert waiting.offer_next(booths[0]) is None
    for _n in range(29):
        waits(call, "80", power=99999)
    with django_assert_max_num_queries(18):
        assert waiting.offer_next(booths[1]) is None
