"""Answers to a call's questions, in words: for the company's own pages and for the desk."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.text import localized
from exhibitors.models import Application
from fairs.models import Question


def answers_of(application: Application) -> list[tuple[Question, str]]:
    """Each question of the call with its answer in words; empty where there is none. One query."""
    return [
        (question, answer_in_words(question, application.answers.get(question.key)))
        for question in application.call.questions.all()
    ]


def answer_in_words(question: Question, answer: object) -> str:
    """An answer as people read it, in the reader's language where the question has it."""
    if answer is None or answer in ("", []):
        return ""
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    said = {str(choice["value"]): choice_in_words(choice) for choice in question.choices}
    if isinstance(answer, list):
        return _(", ").join(said.get(str(one), str(one)) for one in answer)
    return said.get(str(answer), str(answer))


def choice_in_words(choice: Mapping[str, Any]) -> str:
    """One choice of a question; Chinese is the original where English is missing."""
    english = (get_language() or "").startswith("en")
    return str((choice.get("en") if english else "") or choice.get("zh") or choice["value"])


def question_label(application: Application, name: str) -> str:
    """What a field or question of an application is called, by the name that gaps and corrections use."""
    key = name.removeprefix("answers.")
    question = next((one for one in application.call.questions.all() if one.key == key), None)
    if question is not None:
        return localized(question, "label")
    names = {
        "booths_wanted": _("Booths wanted"),
        "wants_corner": _("A corner, if there is one"),
        "wants_home_county": _("Near makers of our county"),
        "booth_wishes": _("Booths that you would like"),
        "power": _("Power you need (kW)"),
        "needs_water": _("Water and drain"),
        "needs_flame": _("Open flame"),
        "fee_limit": _("Highest fee (NT$)"),
        "products": _("Products to show"),
        "contact_name": pgettext("a person", "Contact"),
        "contact_phone": _("Telephone"),
        "contact_email": _("E-mail address"),
    }
    return names.get(key, key)
