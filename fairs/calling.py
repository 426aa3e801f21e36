"""Calling for applications: when, on which terms, with which questions and criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock
from fairs.models import Call, Criterion, Fair, Question
from fairs.planning.editing import refuse_if_over

FIELDS = (
    "opens_at",
    "closes_at",
    "decides_on",
    "offers_on",
    "offers_end_at",
    "is_blind",
    "max_booths",
    "max_products",
    "reviews_per_discipline",
    "score_min",
    "score_max",
    "first_time_min_share",
    "outlying_island_min",
    "indigenous_min",
    "county_max_share",
    "currency",
    "fee_per_booth",
    "corner_surcharge",
    "power_included",
    "fee_per_extra_kw",
    "water_fee",
    "first_time_discount",
    "outlying_island_discount",
    "deposit",
)
SHARES = (
    "first_time_min_share",
    "county_max_share",
    "corner_surcharge",
    "first_time_discount",
    "outlying_island_discount",
)
WORDS_OF_A_QUESTION = ("label_zh", "label_en", "place")
MOST_QUESTIONS = 50


class CallHasOpened(DomainError):
    """Makers have begun to answer, so what they were asked stays."""

    code = "call-has-opened"


class CallHasClosed(DomainError):
    """Experts have begun to score, so what they score by stays."""

    code = "call-has-closed"


@transaction.atomic
def open_call(fair: Fair, *, values: Mapping[str, object], by: User | None) -> Call:
    """Call for applications to a fair, or change the call's dates and terms.

    Makers may apply from `opens_at` on, once the fair is announced. Raises FairIsOver, Unfit with every gap.
    """
    lock(fair)
    refuse_if_over(fair)
    if (known := Call.objects.filter(fair=fair).first()) is not None:
        return edit_call(known, values=values, by=by)
    call = Call(fair=fair, **{name: values[name] for name in FIELDS if name in values})
    _refuse_gaps(call, changed=FIELDS)
    call.save(force_insert=True)
    journal.record("call.opened", call, by=by)
    return call


@transaction.atomic
def edit_call(call: Call, *, values: Mapping[str, object], by: User | None) -> Call:
    """Change a call's dates and terms. Raises FairIsOver, Unfit with every gap."""
    _lock(call)
    changed = sorted(name for name in FIELDS if name in values and values[name] != getattr(call, name))
    for name in changed:
        setattr(call, name, values[name])
    _refuse_gaps(call, changed=changed)
    if changed:
        _keep(call, changed, by=by)
    return call


@transaction.atomic
def set_questions(call: Call, questions: Sequence[Mapping[str, object]], *, by: User | None) -> list[Question]:
    """Put these questions in the place of the call's, in their order. Keys: those of the model `Question`.

    Once the call has opened only their words may change. Raises CallHasOpened, FairIsOver, Unfit with every gap.
    """
    _lock(call)
    old = {question.key: question for question in call.questions.all()}
    new = [Question(**{**values, "call": call, "place": place}) for place, values in enumerate(questions)]
    _refuse_question_gaps(new)
    if call.is_open(database.now()) or call.closes_at <= database.now():
        _refuse_other_questions(old, new)
    _replace(call, Question, old, new)
    _keep(call, ["questions"], by=by)
    return new


@transaction.atomic
def set_criteria(call: Call, criteria: Sequence[Mapping[str, object]], *, by: User | None) -> list[Criterion]:
    """Put these criteria in the place of the call's, in their order. Keys: those of the model `Criterion`.

    Weights add to 100. Once the call has closed they stay. Raises CallHasClosed, FairIsOver, Unfit with every gap.
    """
    _lock(call)
    if call.closes_at <= database.now():
        raise CallHasClosed(_("The call has closed and experts score by these criteria, so they stay."))
    old = {criterion.key: criterion for criterion in call.criteria.all()}
    new = [Criterion(**{**values, "call": call, "place": place}) for place, values in enumerate(criteria)]
    gaps = _row_gaps("criteria", new)
    if new and (total := sum(criterion.weight or 0 for criterion in new)) != 100:
        gaps.append(Gap("criteria", _("The weights add up to %d; they must add up to 100.") % total))
    if gaps:
        raise Unfit(gaps)
    _replace(call, Criterion, old, new)
    _keep(call, ["criteria"], by=by)
    return new


def _lock(call: Call) -> None:
    lock(call.fair)
    refuse_if_over(call.fair)
    lock(call)


def _keep(call: Call, changed: Sequence[str], *, by: User | None) -> None:
    call.version += 1
    columns = [name for name in changed if name in FIELDS]
    call.save(update_fields=[*columns, "version"])
    journal.record("call.edited", call, by=by, facts={"fields": sorted(changed)})


def _refuse_gaps(call: Call, *, changed: Sequence[str]) -> None:
    gaps = []
    try:
        call.full_clean()
    except ValidationError as error:
        gaps = gaps_of(error)
    for name in SHARES:
        if isinstance(share := getattr(call, name), Decimal | int | float) and not 0 <= share <= 1:
            gaps.append(Gap(name, _("This is a share: a number from 0 to 1.")))
    closes_at: datetime | None = call.closes_at  # what was given may lack it
    if closes_at and closes_at >= call.fair.begins_at:
        gaps.append(Gap("closes_at", _("The call must close before the fair begins.")))
    if closes_at and "closes_at" in changed and closes_at <= database.now():
        gaps.append(Gap("closes_at", _("This time is past. Choose one to come.")))
    if call.offers_end_at and closes_at and call.offers_end_at <= closes_at:
        gaps.append(Gap("offers_end_at", _("Offers end after the call has closed.")))
    if gaps:
        raise Unfit(_one_a_field(gaps))


def _one_a_field(gaps: Sequence[Gap]) -> list[Gap]:
    """The first of each field: a share above 1 breaks a rule here and one of the database."""
    return list({gap.field: gap for gap in reversed(gaps)}.values())[::-1]


def _refuse_question_gaps(questions: Sequence[Question]) -> None:
    gaps = _row_gaps("questions", questions)
    if len(questions) > MOST_QUESTIONS:
        gaps.append(Gap("questions", _("A call has %d questions at most.") % MOST_QUESTIONS))
    for place, question in enumerate(questions):
        gaps.extend(Gap(f"questions.{place}.{field}", message) for field, message in _kind_gaps(question))
    if gaps:
        raise Unfit(gaps)


def _kind_gaps(question: Question) -> list[tuple[str, str]]:
    gaps = []
    if question.kind in (Question.Kind.CHOICE, Question.Kind.MULTICHOICE):
        values = [_value_of(choice) for choice in question.choices] if isinstance(question.choices, list) else []
        if len(values) < 2 or not all(values) or len(set(values)) < len(values):
            gaps.append(("choices", _("Give two choices or more, each with a value of its own and a Chinese label.")))
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        gaps.append(("maximum", _("The largest number can’t be below the smallest.")))
    return gaps


def _value_of(choice: object) -> str:
    """The value of a well-formed choice, else nothing."""
    if not isinstance(choice, Mapping) or set(choice) - {"value", "zh", "en"}:
        return ""
    if not all(isinstance(text, str) for text in choice.values()) or not choice.get("zh"):
        return ""
    return str(choice.get("value") or "")


def _row_gaps(name: str, rows: Sequence[Question | Criterion]) -> list[Gap]:
    gaps: list[Gap] = []
    keys: set[str] = set()
    for place, row in enumerate(rows):
        try:
            row.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            gaps.extend(Gap(f"{name}.{place}.{gap.field}", gap.message) for gap in gaps_of(error))
        if row.key in keys:
            gaps.append(Gap(f"{name}.{place}.key", _("Another one has this key.")))
        keys.add(row.key)
    return gaps


def _refuse_other_questions(old: Mapping[str, Question], new: Sequence[Question]) -> None:
    def meaning(question: Question) -> dict[str, object]:
        fixed = {
            field.name: getattr(question, field.attname)
            for field in Question._meta.concrete_fields
            if field.name not in (*WORDS_OF_A_QUESTION, "id", "created_at", "choices")
        }
        return {**fixed, "choices": [_value_of(choice) for choice in question.choices]}

    if {key: meaning(question) for key, question in old.items()} != {one.key: meaning(one) for one in new}:
        raise CallHasOpened(
            _("The call has opened and makers answer these questions, so only their words and order may change.")
        )


def _replace(
    call: Call,
    model: type[Question] | type[Criterion],
    old: Mapping[str, Question] | Mapping[str, Criterion],
    new: Sequence[Question] | Sequence[Criterion],
) -> None:
    model._default_manager.filter(call=call).exclude(key__in=[row.key for row in new]).delete()
    for row in new:
        if (known := old.get(row.key)) is not None:
            row.pk, row.created_at = known.pk, known.created_at
        row.save(force_insert=known is None, force_update=known is not None)
