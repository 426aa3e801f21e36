"""Which booths are held for whom, and until when the company may answer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from exhibitors import placing
from exhibitors.models import Application, Placement
from fairs.models import Booth
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    ZoneFactory,
    coordinator_of,
)

pytestmark = pytest.mark.django_db

NEXT_WEEK = timedelta(days=7)


def in_a_week():
    return timezone.now() + NEXT_WEEK


def hall_of(application):
    return HallFactory(fair=application.call.fair)


def row_of(hall, count, **values):
    """Booths side by side from the hall's top left corner."""
    return [BoothFactory(hall=hall, number=f"A{n + 1:02d}", x=3 * n, y=0, **values) for n in range(count)]


def reasons_of(refusal):
    return [gap.message for gap in refusal.value.gaps]


# --- offer


@pytest.mark.parametrize("state", ["accepted", "waitlisted"])
def test_offering_a_booth_holds_it_and_records_who_offered_until_when(state):
    application = ApplicationFactory(state=state)
    (booth,) = row_of(hall_of(application), 1)
    coordinator, deadline = coordinator_of(application), in_a_week()

    placements = placing.offer(application, [booth], by=coordinator, answer_by=deadline)

    application.refresh_from_db()
    assert list(booth.placements.all()) == placements
    assert (application.state, application.offer_ends_at, application.fee) == ("offered", deadline, 6000)
    held, offered = Change.objects.filter(by=coordinator).order_by("id")
    assert (held.kind, held.about_id, held.after) == ("placement.held", placements[0].pk, "held")
    assert (offered.kind, offered.about_id, offered.before, offered.after) == (
        "application.offered",
        application.pk,
        state,
        "offered",
    )
    assert offered.facts == {"booths": [str(booth.pk)], "fee": 6000, "answer_by": deadline.isoformat()}


@pytest.mark.parametrize("state", sorted(set(Application.State.values) - {"accepted", "waitlisted"}))
def test_only_who_is_accepted_or_waits_is_offered_a_booth(state):
    application = ApplicationFactory(state=state)
    (booth,) = row_of(hall_of(application), 1)

    with pytest.raises(InvalidTransition) as refusal:
        placing.offer(application, [booth], by=coordinator_of(application), answer_by=in_a_week())

    assert "offered" not in refusal.value.data["allowed"]
    assert not Placement.objects.exists()


def test_a_booth_that_is_held_is_refused_in_words_and_nothing_is_changed():
    taken = PlacementFactory()
    application = ApplicationFactory(state="accepted", call=taken.application.call)

    with pytest.raises(placing.BoothTaken) as refusal:
        placing.offer(application, [taken.booth], by=coordinator_of(application), answer_by=in_a_week())

    assert refusal.value.data == {"booths": [taken.booth.number]}
    application.refresh_from_db()
    assert (application.state, application.placements.count()) == ("accepted", 0)


def test_of_two_booths_of_which_one_is_taken_none_is_held():
    application = ApplicationFactory(state="accepted", booths_wanted=2)
    free, taken = row_of(hall_of(application), 2)
    PlacementFactory(application=ApplicationFactory(state="offered", call=application.call), booth=taken)

    with pytest.raises(placing.BoothTaken):
        placing.offer(application, [free, taken], by=coordinator_of(application), answer_by=in_a_week())

    assert not free.placements.exists()


def test_a_released_booth_can_be_placed_again():
    placement = PlacementFactory()
    placing.release(placement, reason="換位置", by=None)
    application = ApplicationFactory(state="waitlisted", call=placement.application.call)

    placing.offer(application, [placement.booth], by=coordinator_of(application), answer_by=in_a_week())

    assert placement.booth.placements.held().get().application == application


def test_a_booth_of_another_fair_is_refused():
    application, elsewhere = ApplicationFactory(state="accepted"), BoothFactory()

    with pytest.raises(placing.DoesNotFit) as refusal:
        placing.offer(application, [elsewhere], by=coordinator_of(application), answer_by=in_a_week())

    assert [gap.field for gap in refusal.value.gaps] == ["booths"]


def test_the_database_itself_refuses_a_booth_of_another_fair():
    application, elsewhere = ApplicationFactory(state="accepted"), BoothFactory()

    with pytest.raises(IntegrityError, match="is not of the fair"), transaction.atomic():
        Placement.objects.create(application=application, booth=elsewhere)
    placement = PlacementFactory()
    with pytest.raises(IntegrityError, match="is not of the fair"), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(booth=elsewhere)


@pytest.mark.parametrize(
    ("needs", "booth", "fits"),
    [
        ({"power": 2200}, {"power": 2200}, True),
        ({"power": 2201}, {"power": 2200}, False),
        ({"needs_water": True}, {"has_water": False}, False),
        ({"needs_flame": True}, {"allows_flame": False}, False),
        ({}, {"has_water": False, "allows_flame": False, "power": 0}, True),
    ],
)
def test_a_booth_must_give_what_the_company_needs(needs, booth, fits):
    application = ApplicationFactory(state="accepted", **needs)
    booths = row_of(hall_of(application), 1, **booth)
    coordinator = coordinator_of(application)

    if fits:
        placing.offer(application, booths, by=coordinator, answer_by=in_a_week())
    else:
        with pytest.raises(placing.DoesNotFit):
            placing.offer(application, booths, by=coordinator, answer_by=in_a_week())

    assert Placement.objects.exists() == fits


def test_in_a_stand_of_two_power_adds_up_one_water_is_enough_and_flame_must_be_allowed_at_both():
    application = ApplicationFactory(state="accepted", booths_wanted=2, power=3000, needs_water=True, needs_flame=True)
    hall = hall_of(application)
    dry = BoothFactory(hall=hall, x=0, y=0, power=1500, has_water=False)
    wet = BoothFactory(hall=hall, x=3, y=0, power=1500, has_water=True)
    cold = BoothFactory(hall=hall, x=6, y=0, power=1500, allows_flame=False)
    coordinator = coordinator_of(application)

    with pytest.raises(placing.DoesNotFit) as refusal:
        placing.offer(application, [wet, cold], by=coordinator, answer_by=in_a_week())
    placing.offer(application, [dry, wet], by=coordinator, answer_by=in_a_week())

    assert len(reasons_of(refusal)) == 1
    assert {placement.booth for placement in application.placements.all()} == {dry, wet}


def test_a_zone_takes_its_categories_alone_and_a_zone_without_any_takes_all():
    application = ApplicationFactory(state="accepted", company__category=CategoryFactory(code="tea"))
    fair = application.call.fair
    crafts = ZoneFactory(fair=fair)
    crafts.categories.add(CategoryFactory(code="glass", name_zh="玻璃", name_en="Glass"))
    hall, coordinator = HallFactory(fair=fair), coordinator_of(application)
    among_crafts = BoothFactory(hall=hall, x=0, y=0, zone=crafts)
    anywhere = BoothFactory(hall=hall, x=9, y=0, zone=ZoneFactory(fair=fair))

    with pytest.raises(placing.DoesNotFit):
        placing.offer(application, [among_crafts], by=coordinator, answer_by=in_a_week())
    placing.offer(application, [anywhere], by=coordinator, answer_by=in_a_week())

    assert application.placements.get().booth == anywhere


@pytest.mark.parametrize(
    "places",
    [[(0, 0), (6, 0)], [(0, 0), (3, 3)], [(0, 0), (3, 0), (0, 3)]],
    ids=["a gap between", "corners touch", "an L"],
)
def test_several_booths_stand_side_by_side_and_form_a_rectangle(places):
    application = ApplicationFactory(state="accepted", booths_wanted=3)
    hall = hall_of(application)
    booths = [BoothFactory(hall=hall, x=x, y=y) for x, y in places]

    with pytest.raises(placing.DoesNotFit):
        placing.offer(application, booths, by=coordinator_of(application), answer_by=in_a_week())


def test_two_by_two_booths_are_one_stand():
    application = ApplicationFactory(state="accepted", booths_wanted=4)
    hall = hall_of(application)
    booths = [BoothFactory(hall=hall, x=x, y=y) for x in (0, 3) for y in (0, 3)]

    placing.offer(application, booths, by=coordinator_of(application), answer_by=in_a_week())

    assert application.placements.held().count() == 4


def test_all_that_does_not_fit_is_said_at_once():
    application = ApplicationFactory(state="accepted", booths_wanted=1, power=9000, needs_water=True, needs_flame=True)
    hall = hall_of(application)
    booths = [BoothFactory(hall=hall, x=x, y=0, has_water=False, allows_flame=False) for x in (0, 6)]

    with pytest.raises(placing.DoesNotFit) as refusal:
        placing.offer(application, booths, by=coordinator_of(application), answer_by=in_a_week())

    assert len(reasons_of(refusal)) == 5


@pytest.mark.parametrize("booths", [[], ["gone"]])
def test_no_booth_or_one_that_is_no_longer_there_is_no_offer(booths):
    application = ApplicationFactory(state="accepted")
    if booths:
        gone = BoothFactory(hall=hall_of(application))
        Booth.objects.filter(pk=gone.pk).delete()
        booths = [gone]

    with pytest.raises(placing.DoesNotFit):
        placing.offer(application, booths, by=coordinator_of(application), answer_by=in_a_week())


def test_the_day_to_answer_by_lies_ahead():
    application = ApplicationFactory(state="accepted")
    booths = row_of(hall_of(application), 1)

    with pytest.raises(Unfit) as refusal:
        placing.offer(application, booths, by=coordinator_of(application), answer_by=timezone.now())

    assert [gap.field for gap in refusal.value.gaps] == ["answer_by"]


def test_without_a_day_the_calls_own_is_meant_else_a_week_but_not_beyond_the_opening():
    now = timezone.now()
    given = CallFactory(offers_end_at=now + timedelta(days=3))
    over = CallFactory(offers_end_at=now - timedelta(days=3))
    soon = CallFactory(fair=FairFactory(starts_on=(now + timedelta(days=4)).date()))
    tomorrow = CallFactory(fair=FairFactory(starts_on=(now - timedelta(days=1)).date()))

    assert placing.usual_deadline(given, now) == given.offers_end_at
    assert placing.usual_deadline(over, now) == now + NEXT_WEEK
    assert placing.usual_deadline(soon, now) == soon.fair.begins_at
    assert placing.usual_deadline(tomorrow, now) == now + timedelta(days=1)


@pytest.mark.parametrize(
    "fair",
    [{"state": "draft"}, {"state": "cancelled"}, {"starts_on": timezone.now().date() - timedelta(days=9)}],
    ids=["a draft", "cancelled", "over"],
)
def test_nobody_is_placed_at_a_fair_that_is_not_open(fair):
    application = ApplicationFactory(state="accepted", call=CallFactory(fair=FairFactory(**fair)))
    booths = row_of(hall_of(application), 1)

    with pytest.raises(placing.FairNotOpen):
        placing.offer(application, booths, by=coordinator_of(application), answer_by=in_a_week())


# --- move


@pytest.mark.parametrize("state", ["offered", "confirmed"])
def test_moving_gives_other_booths_and_lets_go_of_those_that_are_not_kept(state):
    application = ApplicationFactory(state=state, booths_wanted=2)
    first, second, third = row_of(hall_of(application), 3)
    for booth in (first, second):
        PlacementFactory(application=application, booth=booth)
    coordinator = coordinator_of(application)

    placements = placing.move(application, [second, third], by=coordinator)

    application.refresh_from_db()
    assert {placement.booth for placement in placements} == {second, third}
    assert {placement.booth for placement in application.placements.held()} == {second, third}
    assert (application.state, application.fee) == (state, 12000)
    changes = Change.objects.filter(by=coordinator).order_by("id")
    assert [(change.kind, change.facts["booth"]) for change in changes] == [
        ("placement.released", str(first.pk)),
        ("placement.held", str(third.pk)),
    ]


def test_moving_onto_a_taken_booth_changes_nothing():
    placement, taken = PlacementFactory(), None
    taken = PlacementFactory(application=ApplicationFactory(state="offered", call=placement.application.call))

    with pytest.raises(placing.BoothTaken):
        placing.move(placement.application, [taken.booth], by=coordinator_of(placement))

    placement.refresh_from_db()
    assert placement.state == "held"


@pytest.mark.parametrize("state", ["accepted", "waitlisted", "declined", "attended", "submitted"])
def test_only_who_is_offered_or_confirmed_is_moved(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(placing.NotPlaced):
        placing.move(application, row_of(hall_of(application), 1), by=coordinator_of(application))


# --- release


def test_a_booth_that_is_let_go_of_is_free_and_says_why_and_which():
    placement = PlacementFactory()
    coordinator = coordinator_of(placement)

    placing.release(placement, reason="柱子", by=coordinator)

    placement.refresh_from_db()
    assert (placement.state, placement.application.state) == ("released", "offered")
    assert abs(placement.released_at - timezone.now()) < timedelta(minutes=1)
    change = Change.objects.about(placement).get()
    assert (change.kind, change.reason, change.by) == ("placement.released", "柱子", coordinator)
    assert change.facts == {"booth": str(placement.booth_id), "application": str(placement.application_id)}


def test_a_booth_is_let_go_of_once():
    placement = PlacementFactory()
    placing.release(placement, reason="", by=None)

    with pytest.raises(InvalidTransition):
        placing.release(placement, reason="", by=None)


# --- free booths


def test_free_booths_are_those_that_nobody_holds_and_that_fit(django_assert_num_queries):
    application = ApplicationFactory(state="accepted", power=2000)
    taken, weak, good, other = row_of(hall_of(application), 4)
    Booth.objects.filter(pk=weak.pk).update(power=500)
    PlacementFactory(application=ApplicationFactory(state="offered", call=application.call), booth=taken)
    BoothFactory()
    application = Application.objects.select_related("call__fair", "company__category").get(pk=application.pk)

    with django_assert_num_queries(1):
        free = placing.free_booths(application)

    assert free == [good, other]


def test_for_a_stand_of_several_the_booths_that_could_be_part_of_it_are_free():
    application = ApplicationFactory(state="accepted", power=4000, booths_wanted=2, needs_flame=True)
    first, cold, third = row_of(hall_of(application), 3, power=2000)
    Booth.objects.filter(pk=cold.pk).update(allows_flame=False)

    assert placing.free_booths(application) == [first, third]


# --- a fair that moves or is cancelled


def test_a_confirmed_company_is_asked_again_and_its_booth_stays_held():
    placement = PlacementFactory(application__state="confirmed")
    application, deadline = placement.application, in_a_week()
    coordinator = coordinator_of(application)

    placing.ask_again(application, answer_by=deadline, by=coordinator, reason="颱風")

    application.refresh_from_db()
    placement.refresh_from_db()
    assert (application.state, application.offer_ends_at, placement.state) == ("offered", deadline, "held")
    change = Change.objects.about(application).last()
    assert (change.kind, change.before, change.reason, change.facts["asked_again"]) == (
        "application.offered",
        "confirmed",
        "颱風",
        True,
    )


@pytest.mark.parametrize("state", ["accepted", "offered", "attended", "waitlisted"])
def test_only_who_had_confirmed_is_asked_again(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(InvalidTransition):
        placing.ask_again(application, answer_by=in_a_week(), by=None)


def test_when_a_fair_is_cancelled_all_that_stands_is_cancelled_and_every_booth_free(django_assert_max_num_queries):
    fair = FairFactory()
    call = CallFactory(fair=fair)
    placements = [PlacementFactory(application=ApplicationFactory(state="confirmed", call=call)) for _n in range(3)]
    ApplicationFactory(state="submitted", call=call, staged_decision="accept")
    ApplicationFactory(state="draft", call=call)
    ApplicationFactory(state="declined", call=call)
    elsewhere = PlacementFactory()

    with django_assert_max_num_queries(16):
        cancelled = placing.release_all(fair, by=coordinator_of(fair), reason="颱風")

    assert len(cancelled) == 4
    assert sorted(Application.objects.filter(call=call).values_list("state", flat=True)) == [
        "cancelled",
        "cancelled",
        "cancelled",
        "cancelled",
        "declined",
        "draft",
    ]
    assert list(Placement.objects.held()) == [elsewhere]
    lines = Change.objects.filter(kind="application.cancelled", fair_id=fair.pk, reason="颱風")
    assert (lines.count(), lines.filter(before="confirmed").count()) == (4, len(placements))
