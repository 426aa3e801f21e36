"""Answers to the questions of a call: what is one, and what is wrong with one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Gap
from core.text import clean, localized
from fairs.models import Question

LONGEST = 4_000  # characters, where the question sets no limit
LARGEST = 2_000_000_000  # either side of nought, where the question sets no limit


class AnswerRefused(Exception):
    """The answer is none to this question; the text says why."""


def is_blank(answer: object) -> bool:
    """Whether this is no answer. False and 0 are answers."""
    return answer is None or answer in ("", [])


def read(question: Question, answer: object) -> object:
    """The answer as it is kept; None where it is blank. Raises AnswerRefused."""
    if isinstance(answer, str):
        answer = clean(answer, multiline=True)
    if is_blank(answer):
        return None
    match question.kind:
        case Question.Kind.YESNO:
            return _yes_or_no(answer)
        case Question.Kind.CHOICE:
            return _choice(question, answer)
        case Question.Kind.MULTICHOICE:
            return _choices(question, answer)
        case Question.Kind.NUMBER:
            return _number(question, answer)
    return _text(question, answer)


def read_all(questions: Iterable[Question], answers: Mapping[str, object]) -> tuple[dict[str, object], list[Gap]]:
    """These answers as they are kept (None: blank), and everything that is wrong with them."""
    asked = {question.key: question for question in questions}
    kept: dict[str, object] = {}
    gaps = []
    for key, answer in answers.items():
        if key not in asked:
            gaps.append(Gap(f"answers.{key}", _("This call does not ask this.")))
            continue
        try:
            kept[key] = read(asked[key], answer)
        except AnswerRefused as refusal:
            gaps.append(Gap(f"answers.{key}", str(refusal)))
    return kept, gaps


def find_gaps(questions: Iterable[Question], answers: Mapping[str, object]) -> list[Gap]:
    """What is missing or wrong, in the order of the questions."""
    gaps = []
    for question in questions:
        try:
            answer = read(question, answers.get(question.key))
        except AnswerRefused as refusal:
            gaps.append(Gap(f"answers.{question.key}", str(refusal)))
            continue
        if answer is None and question.is_required:
            gaps.append(Gap(f"answers.{question.key}", _("Please answer: %s") % localized(question, "label")))
    return gaps


def _text(question: Question, answer: object) -> str:
    if not isinstance(answer, str):
        raise AnswerRefused(_("Please answer in words."))
    longest = question.max_length or LONGEST
    if len(answer) > longest:
        raise AnswerRefused(
            ngettext("At most %d character, please.", "At most %d characters, please.", longest) % longest
        )
    return answer


def _yes_or_no(answer: object) -> bool:
    if not isinstance(answer, bool):
        raise AnswerRefused(_("Please answer yes or no."))
    return answer


def _values(question: Question) -> list[str]:
    return [str(choice["value"]) for choice in question.choices]


def _choice(question: Question, answer: object) -> str:
    if not isinstance(answer, str) or answer not in _values(question):
        raise AnswerRefused(_("Please choose one of the answers of the list."))
    return answer


def _choices(question: Question, answer: object) -> list[str]:
    """The chosen values, each once and in the order of the question."""
    values = _values(question)
    if not isinstance(answer, list) or not all(isinstance(one, str) and one in values for one in answer):
        raise AnswerRefused(_("Please choose among the answers of the list."))
    return [value for value in values if value in answer]


def _number(question: Question, answer: object) -> int | float:
    # True is an int to Python, but no number to anybody else.
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not math.isfinite(answer):
        raise AnswerRefused(_("Please answer with a number."))
    least = -LARGEST if question.minimum is None else question.minimum
    most = LARGEST if question.maximum is None else question.maximum
    if not least <= answer <= most:
        raise AnswerRefused(_("Please give a number from %(least)d to %(most)d.") % {"least": least, "most": most})
    return answer
