"""What is an answer to a question, and what is wrong with one."""

import pytest
from django.utils import translation

from core.errors import Gap
from exhibitors import answers
from fairs.models import Question

CHOICES = [{"value": "none", "zh": "無", "en": "None"}, {"value": "tasting", "zh": "試吃", "en": "Tasting"}]


def question(kind, **values):
    return Question(key="q", kind=kind, label_zh="問題", label_en="The question", **values)


@pytest.mark.parametrize(
    ("asked", "given", "kept"),
    [
        (question("text"), "  因為茶\r\n好喝 ", "因為茶\n好喝"),
        (question("text", max_length=3), "三個字", "三個字"),
        (question("text"), "", None),
        (question("text"), " \x00 ", None),
        (question("yesno"), False, False),
        (question("yesno"), True, True),
        (question("yesno"), None, None),
        (question("choice", choices=CHOICES), "tasting", "tasting"),
        (question("multichoice", choices=CHOICES), ["tasting", "none", "tasting"], ["none", "tasting"]),
        (question("multichoice", choices=CHOICES), [], None),
        (question("number"), 0, 0),
        (question("number", minimum=1, maximum=2), 1.5, 1.5),
        (question("number", minimum=-5), -5, -5),
    ],
)
def test_an_answer_is_kept_in_one_form(asked, given, kept):
    result = answers.read(asked, given)

    assert (result, type(result)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("asked", "given", "sentence"),
    [
        (question("text"), 5, "Please answer in words."),
        (question("text", max_length=3), "四個字的", "At most 3 characters, please."),
        (question("text"), "字" * 4001, "At most 4000 characters, please."),
        (question("yesno"), "yes", "Please answer yes or no."),
        (question("yesno"), 1, "Please answer yes or no."),
        (question("choice", choices=CHOICES), "dance", "Please choose one of the answers of the list."),
        (question("choice", choices=CHOICES), ["none"], "Please choose one of the answers of the list."),
        (question("multichoice", choices=CHOICES), "none", "Please choose among the answers of the list."),
        (question("multichoice", choices=CHOICES), ["none", {}], "Please choose among the answers of the list."),
        (question("number"), "12", "Please answer with a number."),
        (question("number"), True, "Please answer with a number."),
        (question("number"), float("nan"), "Please answer with a number."),
        (question("number", minimum=0, maximum=10), 11, "Please give a number from 0 to 10."),
        (question("number"), 2_000_000_001, "Please give a number from -2000000000 to 2000000000."),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence(asked, given, sentence):
    with translation.override("en"), pytest.raises(answers.AnswerRefused) as refusal:
        answers.read(asked, given)

    assert str(refusal.value) == sentence


def test_every_gap_is_named_at_once_and_what_need_not_be_answered_is_none():
    asked = [
        Question(key="why", kind="text", is_required=True, label_zh="為什麼？", label_en="Why?"),
        Question(key="count", kind="number", maximum=3, label_zh="幾件", label_en="How many"),
        Question(key="new", kind="yesno", is_required=True, label_zh="新品？", label_en="New?"),
        Question(key="more", kind="text", label_zh="其他", label_en="More"),
    ]

    with translation.override("en"):
        gaps = answers.find_gaps(asked, {"count": 4, "new": False})

    assert gaps == [
        Gap("answers.why", "Please answer: Why?"),
        Gap("answers.count", "Please give a number from -2000000000 to 3."),
    ]


def test_an_answer_to_what_was_not_asked_is_refused_beside_those_that_are_right():
    with translation.override("en"):
        kept, gaps = answers.read_all([question("text")], {"q": "茶", "secret": "x"})

    assert (kept, gaps) == ({"q": "茶"}, [Gap("answers.secret", "This call does not ask this.")])
