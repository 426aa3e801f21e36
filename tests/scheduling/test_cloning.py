"""A fair begins from last year's, on the same weekdays, and with nobody in it yet."""

from datetime import timedelta

import pytest

from accounts.models import Change
from core.errors import Unfit
from fairs.models import Fair
from scheduling import cloning, programming
from scheduling.models import Session
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CircuitFactory,
    CompanyFactory,
    CriterionFactory,
    HallFactory,
    QuestionFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    ZoneFactory,
    coordinator_of,
)

pytestmark = pytest.mark.django_db

YEAR = timedelta(weeks=52)


@pytest.fixture
def fair():
    """A fair with a hall, a circuit, a zone, two booths, a call, a stage and its programme, and a company in it."""
    call = CallFactory(decides_on="2026-12-01", next_number=7)
    fair = call.fair
    fair.categories.add(CategoryFactory())
    QuestionFactory(call=call, key="why")
    CriterionFactory(call=call, key="design")
    hall = HallFactory(fair=fair, key="A")
    zone = ZoneFactory(fair=fair, letter="T")
    zone.categories.add(CategoryFactory())
    BoothFactory(hall=hall, number="A01", zone=zone, circuit=CircuitFactory(hall=hall, name="C1"))
    BoothFactory(hall=hall, number="A02", zone=None, circuit=None)
    stage = StageFactory(fair=fair, hall=hall, slug="main")
    session = SessionFactory(stage=stage, title_zh="開幕")
    session.presenters.add(UserFactory())
    session.companies.add(CompanyFactory())
    dropped = SessionFactory(stage=stage, starts_at=session.ends_at)
    ApplicationFactory(call=call)
    programming.release(fair, by=None)
    dropped.refresh_from_db()
    programming.drop_session(dropped, by=None)
    call.refresh_from_db()
    return fair


def test_a_clone_is_a_draft_with_the_same_plan_call_and_programme_a_year_later(fair):
    by = coordinator_of(fair)

    made = cloning.clone(fair, name_zh="新展", name_en="Next Fair", starts_on=fair.starts_on + YEAR, by=by)

    made = Fair.objects.get(pk=made.pk)
    assert (made.state, made.slug, made.version, made.cloned_from, made.organizer) == (
        "draft",
        "next-fair",
        1,
        fair,
        fair.organizer,
    )
    assert (made.starts_on, made.ends_on) == (fair.starts_on + YEAR, fair.ends_on + YEAR)
    assert [category.code for category in made.categories.all()] == ["tea"]
    with_zone, without = made.booths.order_by("number")
    assert (with_zone.hall.fair, with_zone.zone.fair, with_zone.circuit.hall) == (made, made, with_zone.hall)
    assert (without.number, without.zone, without.circuit) == ("A02", None, None)
    assert [category.code for category in with_zone.zone.categories.all()] == ["tea"]
    old, call = fair.call, made.call
    assert (call.opens_at, call.closes_at, call.next_number) == (old.opens_at + YEAR, old.closes_at + YEAR, 1)
    assert call.decides_on == old.decides_on + YEAR
    assert [question.key for question in call.questions.all()] == ["why"]
    assert [criterion.key for criterion in call.criteria.all()] == ["design"]
    assert not call.applications.exists()
    (session,) = Session.objects.filter(fair=made)
    assert (session.state, session.title_zh, session.stage.fair, session.stage.hall.fair) == (
        "draft",
        "開幕",
        made,
        made,
    )
    assert session.starts_at == fair.begins_at + YEAR
    assert (session.presenters.count(), session.companies.count()) == (0, 0)


def test_a_clone_is_recorded_with_what_came_along(fair):
    made = cloning.clone(fair, name_zh="新展", starts_on=fair.starts_on + YEAR, by=None)

    lines = list(Change.objects.about(made).values_list("kind", "facts"))
    assert [kind for kind, _facts in lines] == ["fair.created", "fair.cloned"]
    assert lines[1][1] == {"from": str(fair.pk), "days": 364, "booths": 2, "stages": 1, "sessions": 1}


def test_the_original_stays_as_it_was(fair):
    before = Fair.objects.values().get(pk=fair.pk), list(Session.objects.filter(fair=fair).values())

    cloning.clone(fair, name_zh="新展", starts_on=fair.starts_on + YEAR, by=None)

    assert before == (Fair.objects.values().get(pk=fair.pk), list(Session.objects.filter(fair=fair).values()))


def test_another_weekday_is_refused_and_the_nearest_that_fit_are_named(fair):
    wrong = fair.starts_on + YEAR + timedelta(days=2)

    with pytest.raises(Unfit) as refusal:
        cloning.clone(fair, name_zh="新展", starts_on=wrong, by=None)

    (gap,) = refusal.value.gaps
    assert gap.field == "starts_on"
    for day in (fair.starts_on + YEAR, fair.starts_on + YEAR + timedelta(days=7)):
        assert str(day.year) in gap.message
        assert f"{day.day}" in gap.message
    assert Fair.objects.count() == 1


def test_a_short_name_that_is_taken_is_refused(fair):
    with pytest.raises(Unfit) as refusal:
        cloning.clone(fair, name_zh="新展", slug=fair.slug, starts_on=fair.starts_on + YEAR, by=None)

    assert [gap.field for gap in refusal.value.gaps] == ["slug"]


def test_a_fair_without_call_and_programme_can_be_cloned_too():
    hall = HallFactory()

    made = cloning.clone(hall.fair, name_zh="新展", starts_on=cloning.usual_start(hall.fair), by=None)

    assert made.starts_on.weekday() == hall.fair.starts_on.weekday()
    assert made.halls.count() == 1


@pytest.mark.parametrize("count", [1, 20])
def test_cloning_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    stage = StageFactory()
    for n in range(count):
        starts_at = stage.fair.begins_at + n * timedelta(minutes=15)
        SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=15))
        StageFactory(fair=stage.fair)
    fair = Fair.objects.get(pk=stage.fair.pk)

    with django_assert_num_queries(41):
        cloning.clone(fair, name_zh="新展", starts_on=fair.starts_on + YEAR, by=None)
