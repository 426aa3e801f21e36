"""Experts score applications, and never where they are not free."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from exhibitors import reviewing
from exhibitors.models import CompanyMember, Review
from tests.factories import (
    ApplicationFactory,
    CriterionFactory,
    ReviewFactory,
    UserFactory,
    coordinator_of,
    expert_of,
    organizer_of,
    stranger,
)

pytestmark = pytest.mark.django_db


def fields_of(refusal):
    return sorted(gap.field for gap in refusal.value.gaps)


@pytest.fixture
def application():
    """One with the criteria of the demo's calls."""
    application = ApplicationFactory()
    for key, discipline, weight in [
        ("packaging", "design", 15),
        ("story", "design", 15),
        ("cost", "finance", 15),
        ("capacity", "finance", 15),
        ("market", "marketing", 20),
        ("novelty", "marketing", 20),
    ]:
        CriterionFactory(call=application.call, key=key, discipline=discipline, weight=weight)
    return application


def asked(application, discipline="design", **values):
    expert = expert_of(organizer_of(application), discipline)
    return ReviewFactory(application=application, expert=expert, discipline=discipline, **values)


def hand_in(review, *scores):
    keys = {"design": ("packaging", "story"), "finance": ("cost", "capacity"), "marketing": ("market", "novelty")}
    reviewing.submit(review, scores=dict(zip(keys[review.discipline], scores, strict=True)), by=review.expert)


# --- assigning


def test_an_expert_is_asked_and_the_company_learns_nothing(application):
    expert, coordinator = expert_of(organizer_of(application)), coordinator_of(application)

    review = reviewing.assign(application, expert, "design", by=coordinator)

    assert (review.state, review.expert, review.discipline) == ("assigned", expert, "design")
    change = Change.objects.about(review).get()
    assert (change.kind, change.after, change.by, change.company_id) == (
        "review.assigned",
        "assigned",
        coordinator,
        None,
    )


def test_an_expert_of_another_organizer_may_be_asked(application):
    expert = expert_of(organizer_of(ApplicationFactory()))

    assert reviewing.assign(application, expert, "design", by=coordinator_of(application)).expert == expert


@pytest.mark.parametrize("who", [stranger, lambda: expert_of(organizer_of(ApplicationFactory()), "finance")])
def test_only_an_expert_of_the_discipline_is_asked(application, who):
    with pytest.raises(Unfit) as refusal:
        reviewing.assign(application, who(), "design", by=coordinator_of(application))

    assert fields_of(refusal) == ["expert"]


def test_who_advised_the_company_or_belongs_to_it_is_not_asked(application):
    coordinator = coordinator_of(application)
    adviser, member = expert_of(organizer_of(application)), expert_of(organizer_of(application))
    reviewing.declare_conflict(adviser, application.company, by=coordinator)
    reviewing.declare_conflict(adviser, application.company, by=coordinator)
    CompanyMember.objects.create(company=application.company, user=member)

    for expert in (adviser, member):
        with pytest.raises(reviewing.Conflicted):
            reviewing.assign(application, expert, "design", by=coordinator)

    assert not Review.objects.exists()
    assert Change.objects.filter(kind="conflict.declared").count() == 1


def test_an_expert_is_asked_once_for_an_application(application):
    review = asked(application)

    with pytest.raises(reviewing.AlreadyAssigned):
        reviewing.assign(application, review.expert, "design", by=coordinator_of(application))


@pytest.mark.parametrize("state", ["draft", "accepted", "rejected", "withdrawn", "cancelled"])
def test_nobody_is_asked_about_what_is_not_to_be_judged(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(reviewing.ReviewsOver):
        reviewing.assign(application, expert_of(organizer_of(application)), "design", by=coordinator_of(application))


# --- handing in


def test_a_review_is_handed_in_with_scores_advice_and_its_weighted_score(application):
    review = asked(application)

    reviewing.submit(
        review,
        scores={"packaging": 2, "story": 3},
        recommendation="reject",
        advice_zh="成分標示放大。",
        advice_en="Set it larger.",
        by=review.expert,
    )

    review.refresh_from_db()
    assert (review.state, review.scores, review.weighted_score) == (
        "submitted",
        {"packaging": 2, "story": 3},
        Decimal("15.00"),
    )
    assert (review.recommendation, review.advice_zh, review.advice_en) == ("reject", "成分標示放大。", "Set it larger.")
    assert abs(review.submitted_at - timezone.now()) < timedelta(minutes=1)
    assert Change.objects.about(review).last().kind == "review.submitted"


@pytest.mark.parametrize(
    ("scores", "fields"),
    [
        ({}, ["scores.packaging", "scores.story"]),
        ({"packaging": 0, "story": 6}, ["scores.packaging", "scores.story"]),
        ({"packaging": True, "story": 2.5}, ["scores.packaging", "scores.story"]),
        ({"packaging": "3", "story": 3, "cost": 3}, ["scores.cost", "scores.packaging"]),
    ],
)
def test_every_criterion_of_the_discipline_is_scored_in_the_calls_range(application, scores, fields):
    review = asked(application)

    with pytest.raises(Unfit) as refusal:
        reviewing.submit(review, scores=scores, by=review.expert)

    assert fields_of(refusal) == fields
    review.refresh_from_db()
    assert review.state == "assigned"


def test_a_recommendation_is_one_of_three(application):
    review = asked(application)

    with pytest.raises(Unfit) as refusal:
        reviewing.submit(review, scores={"packaging": 3, "story": 3}, recommendation="maybe", by=review.expert)

    assert fields_of(refusal) == ["recommendation"]


def test_a_review_is_handed_in_once(application):
    review = asked(application)
    hand_in(review, 3, 3)

    with pytest.raises(InvalidTransition):
        hand_in(review, 5, 5)


def test_who_is_found_in_conflict_after_being_asked_hands_nothing_in_and_sees_nothing(application):
    review = asked(application)
    reviewing.declare_conflict(review.expert, application.company, by=coordinator_of(application))

    with pytest.raises(reviewing.Conflicted):
        hand_in(review, 3, 3)

    assert not Review.objects.visible_to(review.expert).exists()


def test_what_is_decided_is_not_scored_any_more():
    review = ReviewFactory(application__state="accepted")

    with pytest.raises(reviewing.ReviewsOver):
        reviewing.submit(review, scores={}, by=review.expert)


# --- the score of an application


def test_the_score_is_known_when_every_discipline_is_in_and_the_version_does_not_tell(application):
    first, second, third = asked(application), asked(application, "finance"), asked(application, "marketing")

    hand_in(first, 2, 3)
    hand_in(second, 3, 3)
    application.refresh_from_db()
    assert application.total_score is None
    hand_in(third, 3, 3)

    application.refresh_from_db()
    assert (application.total_score, application.version) == (Decimal("57.00"), 1)


def test_several_reviews_of_a_discipline_count_by_their_mean(application):
    for discipline in ("finance", "marketing"):
        hand_in(asked(application, discipline), 5, 5)
    hand_in(asked(application), 5, 5)
    hand_in(asked(application), 4, 5)

    application.refresh_from_db()
    assert application.total_score == Decimal("98.50")


def test_who_steps_back_says_why_and_holds_the_score_up_no_more(application):
    for discipline in ("design", "finance", "marketing"):
        hand_in(asked(application, discipline), 5, 5)
    late = asked(application)
    reviewing.refresh_score(application)
    assert application.total_score is None

    reviewing.recuse(late, reason="是我表弟的店", by=late.expert)

    application.refresh_from_db()
    change = Change.objects.about(late).last()
    assert (application.total_score, late.state) == (Decimal("100.00"), "recused")
    assert (change.kind, change.reason) == ("review.recused", "是我表弟的店")
    assert not Review.objects.visible_to(late.expert).filter(pk=late.pk).exists()


def test_nobody_steps_back_without_a_reason_or_after_handing_in(application):
    review = asked(application)

    with pytest.raises(Unfit):
        reviewing.recuse(review, reason=" ", by=review.expert)
    hand_in(review, 3, 3)
    with pytest.raises(InvalidTransition):
        reviewing.recuse(review, reason="late", by=review.expert)


def test_without_criteria_there_is_no_score():
    review = ReviewFactory()

    reviewing.submit(review, scores={}, by=review.expert)

    review.application.refresh_from_db()
    assert review.application.total_score is None


# --- who sees what


def test_others_scores_are_seen_after_own_submission_alone(application):
    mine, theirs = asked(application), asked(application, "finance")
    open_one = asked(application, "marketing")
    elsewhere = ReviewFactory()
    hand_in(theirs, 4, 4)

    assert set(Review.objects.visible_to(mine.expert)) == {mine}
    hand_in(mine, 3, 3)
    assert set(Review.objects.visible_to(mine.expert)) == {mine, theirs}
    assert set(Review.objects.visible_to(coordinator_of(application))) == {mine, theirs, open_one}
    assert set(Review.objects.visible_to(UserFactory())) == set()
    assert set(Review.objects.visible_to(None)) == set()
    assert elsewhere not in Review.objects.visible_to(mine.expert)
