"""Calling for applications."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Change
from core.errors import Unfit
from fairs import calling, planning
from fairs.models import Call, Question
from tests.factories import CallFactory, CriterionFactory, FairFactory, QuestionFactory

pytestmark = pytest.mark.django_db


def later(days):
    return timezone.now() + timedelta(days=days)


TEXT = {"key": "why", "kind": "text", "label_zh": "為什麼？", "is_required": True, "max_length": 400}
CHOICE = {
    "key": "what",
    "kind": "choice",
    "label_zh": "做什麼？",
    "choices": [{"value": "a", "zh": "試吃", "en": "Tasting"}, {"value": "b", "zh": "示範", "en": "Demonstration"}],
}


def test_a_call_is_opened_once_and_edited_after_that():
    fair = FairFactory()

    call = calling.open_call(fair, values={"opens_at": later(1), "closes_at": later(9), "fee_per_booth": 6000}, by=None)
    again = calling.open_call(fair, values={"fee_per_booth": 9000, "max_booths": 2}, by=None)

    assert (again, Call.objects.get().fee_per_booth, Call.objects.get().version) == (call, 9000, 2)
    assert list(Change.objects.about(call).values_list("kind", "facts")) == [
        ("call.opened", {}),
        ("call.edited", {"fields": ["fee_per_booth"]}),
    ]


def test_everything_that_is_wrong_with_a_call_is_said_at_once():
    fair = FairFactory()

    with pytest.raises(Unfit) as refusal:
        calling.open_call(
            fair,
            values={
                "opens_at": later(90),
                "closes_at": later(80),
                "offers_end_at": later(70),
                "corner_surcharge": Decimal(2),
                "first_time_discount": Decimal("1.5"),
                "score_min": 5,
                "max_booths": 0,
            },
            by=None,
        )

    assert sorted(gap.field for gap in refusal.value.gaps) == [
        "closes_at",
        "corner_surcharge",
        "first_time_discount",
        "max_booths",
        "offers_end_at",
        "score_max",
    ]


def test_a_call_must_close_in_time_to_come_and_before_the_fair():
    call = CallFactory()

    for closes_at in (later(-1), call.fair.begins_at):
        with pytest.raises(Unfit) as refusal:
            calling.edit_call(call, values={"closes_at": closes_at}, by=None)
        assert [gap.field for gap in refusal.value.gaps] == ["closes_at"]


def test_terms_of_a_closed_call_may_be_mended():
    call = CallFactory(opens_at=later(-9), closes_at=later(-1))

    calling.edit_call(call, values={"deposit": 5000}, by=None)

    assert Call.objects.get().deposit == 5000


def test_nobody_calls_for_a_fair_that_is_over():
    fair = FairFactory(state="cancelled")

    with pytest.raises(planning.FairIsOver):
        calling.open_call(fair, values={"opens_at": later(1), "closes_at": later(9)}, by=None)

    assert not Call.objects.exists()


def test_questions_take_the_place_of_the_old_ones_in_their_order():
    call = CallFactory(opens_at=later(1))
    kept = QuestionFactory(call=call, key="why", place=7)
    QuestionFactory(call=call, key="gone")

    calling.set_questions(call, [CHOICE, TEXT], by=None)

    assert [(one.key, one.place) for one in Question.objects.all()] == [("what", 0), ("why", 1)]
    after = Question.objects.get(key="why")
    assert (after.pk, after.created_at, after.label_zh) == (kept.pk, kept.created_at, "為什麼？")
    assert Change.objects.get(about_id=call.pk).facts == {"fields": ["questions"]}


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({**TEXT, "label_zh": ""}, "label_zh"),
        ({**TEXT, "kind": "poem"}, "kind"),
        ({**TEXT, "key": "not a slug"}, "key"),
        ({**TEXT, "kind": "number", "minimum": 5, "maximum": 4}, "maximum"),
        ({**CHOICE, "choices": []}, "choices"),
        ({**CHOICE, "choices": "abc"}, "choices"),
        ({**CHOICE, "choices": [{"value": "a", "zh": "一"}, {"value": "a", "zh": "二"}]}, "choices"),
        ({**CHOICE, "choices": [{"value": "a", "zh": "一"}, {"value": "b", "en": "two"}]}, "choices"),
        ({**CHOICE, "choices": [{"value": "a", "zh": "一"}, {"value": "b", "zh": "二", "html": "x"}]}, "choices"),
        ({**CHOICE, "choices": [{"value": "a", "zh": "一"}, {"value": "b", "zh": 2}]}, "choices"),
        ({**CHOICE, "choices": ["a", "b"]}, "choices"),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused_beside_its_field(question, field):
    call = CallFactory(opens_at=later(1))

    with pytest.raises(Unfit) as refusal:
        calling.set_questions(call, [{**TEXT, "key": "first"}, question], by=None)

    assert [gap.field for gap in refusal.value.gaps] == [f"questions.1.{field}"]
    assert not Question.objects.exists()


def test_two_questions_have_two_keys_and_there_are_50_at_most():
    call = CallFactory(opens_at=later(1))

    with pytest.raises(Unfit) as twice:
        calling.set_questions(call, [TEXT, TEXT], by=None)
    with pytest.raises(Unfit) as many:
        calling.set_questions(call, [{**TEXT, "key": f"q{n}"} for n in range(51)], by=None)

    assert [gap.field for gap in twice.value.gaps] == ["questions.1.key"]
    assert [gap.field for gap in many.value.gaps] == ["questions"]


def test_once_the_call_has_opened_only_words_and_order_of_questions_change():
    call = CallFactory()
    QuestionFactory(call=call, place=1, **TEXT)
    QuestionFactory(call=call, place=0, **{**CHOICE, "max_length": None, "is_required": False})

    calling.set_questions(call, [{**TEXT, "label_en": "Why?"}, CHOICE], by=None)
    for other in (
        [TEXT],
        [TEXT, CHOICE, {**TEXT, "key": "new"}],
        [{**TEXT, "is_required": False}, CHOICE],
        [TEXT, {**CHOICE, "choices": [*CHOICE["choices"], {"value": "c", "zh": "三"}]}],
    ):
        with pytest.raises(calling.CallHasOpened):
            calling.set_questions(call, other, by=None)

    assert list(call.questions.values_list("key", "label_en")) == [
        ("why", "Why?"),
        ("what", call.questions.get(key="what").label_en),
    ]


def test_criteria_weigh_100_together_and_stay_once_the_call_has_closed():
    call = CallFactory()
    kept = CriterionFactory(call=call, key="taste", discipline="design")
    criteria = [
        {"key": "taste", "discipline": "design", "weight": 60, "label_zh": "風味"},
        {"key": "price", "discipline": "finance", "weight": 40, "label_zh": "定價"},
    ]

    calling.set_criteria(call, criteria, by=None)
    with pytest.raises(Unfit) as refusal:
        calling.set_criteria(call, [{**criteria[0], "discipline": "cooking"}], by=None)
    Call.objects.update(closes_at=later(-1))
    with pytest.raises(calling.CallHasClosed):
        calling.set_criteria(call, criteria, by=None)

    assert [gap.field for gap in refusal.value.gaps] == ["criteria.0.discipline", "criteria"]
    assert list(call.criteria.values_list("key", "weight")) == [("taste", 60), ("price", 40)]
    assert call.criteria.get(key="taste").pk == kept.pk
