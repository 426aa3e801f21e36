"""The call for exhibitors: dates and terms, questions, criteria."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Membership
from core.errors import Gap
from fairs import calling
from fairs.models import Call, Criterion, Fair, Question
from web.company.forms import kilowatts_of, watts_of
from web.desk.own import DeskRequest, at_desk, is_post, show, try_to
from web.forms import DayField, HouseForm, LongTextField, MomentField, TextField
from web.requests import posted

EXTRA = 2  # empty rows below the questions and criteria
MOST = 60  # rows that one form may send
PERCENT = 100
MOMENTS = ("opens_at", "closes_at", "offers_end_at")
SHARES = (
    "corner_surcharge",
    "first_time_discount",
    "outlying_island_discount",
    "first_time_min_share",
    "county_max_share",
)


class CallForm(HouseForm):
    """When and on which terms. Shares are asked in per cent, power in kilowatts."""

    opens_at = MomentField()
    closes_at = MomentField()
    decides_on = DayField(required=False)
    offers_on = DayField(required=False)
    offers_end_at = MomentField(required=False)
    max_booths = forms.IntegerField(min_value=1, max_value=50)
    max_products = forms.IntegerField(min_value=0, max_value=100)
    reviews_per_discipline = forms.IntegerField(min_value=0, max_value=9)
    is_blind = forms.BooleanField(required=False)
    fee_per_booth = forms.IntegerField(min_value=0, max_value=10_000_000)
    corner_surcharge = forms.DecimalField(min_value=0, max_value=PERCENT, decimal_places=1)
    power_included = forms.DecimalField(min_value=0, max_value=100, decimal_places=3)
    fee_per_extra_kw = forms.IntegerField(min_value=0, max_value=1_000_000)
    water_fee = forms.IntegerField(min_value=0, max_value=1_000_000)
    deposit = forms.IntegerField(min_value=0, max_value=10_000_000)
    first_time_discount = forms.DecimalField(min_value=0, max_value=PERCENT, decimal_places=1)
    outlying_island_discount = forms.DecimalField(min_value=0, max_value=PERCENT, decimal_places=1)
    first_time_min_share = forms.DecimalField(min_value=0, max_value=PERCENT, decimal_places=1)
    outlying_island_min = forms.IntegerField(min_value=0, max_value=1000)
    indigenous_min = forms.IntegerField(min_value=0, max_value=1000)
    county_max_share = forms.DecimalField(min_value=0, max_value=PERCENT, decimal_places=1)

    def __init__(self, fair: Fair, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_zone(fair.zone, *MOMENTS)
        self.say(
            {
                "opens_at": (_("Opens"), _("Such as 2026-09-01 08:00 or 115/9/1 08:00.")),
                "closes_at": (_("Closes"), ""),
                "decides_on": (_("Decisions on"), ""),
                "offers_on": (_("Offers on"), ""),
                "offers_end_at": (_("Offers end"), _("Until when companies answer.")),
                "max_booths": (_("Most booths a company"), ""),
                "max_products": (_("Most products"), ""),
                "reviews_per_discipline": (_("Reviews a discipline"), ""),
                "is_blind": (_("Experts see no names"), ""),
                "fee_per_booth": (_("A booth of 9 m² (NT$)"), ""),
                "corner_surcharge": (_("Corner surcharge (%)"), ""),
                "power_included": (_("Power included (kW)"), ""),
                "fee_per_extra_kw": (_("Each kW more (NT$)"), ""),
                "water_fee": (_("Water (NT$)"), ""),
                "deposit": (_("Deposit, apart (NT$)"), ""),
                "first_time_discount": (_("First-time exhibitors (%)"), _("Discount. The largest one counts.")),
                "outlying_island_discount": (_("Outlying islands (%)"), _("Discount.")),
                "first_time_min_share": (_("First-time exhibitors, at least (%)"), _("Kept places.")),
                "outlying_island_min": (_("From outlying islands, at least"), ""),
                "indigenous_min": (_("From indigenous towns, at least"), ""),
                "county_max_share": (_("From one county, at most (%)"), ""),
            }
        )

    @classmethod
    def kept(cls, call: Call) -> dict[str, Any]:
        """What the call says now."""
        shown: dict[str, Any] = {name: getattr(call, name) for name in cls.base_fields}
        shown |= {name: f"{(Decimal(getattr(call, name)) * PERCENT).normalize():f}" for name in SHARES}
        return shown | {"power_included": kilowatts_of(call.power_included)}

    def values(self) -> dict[str, Any]:
        """As the activity takes it."""
        typed = dict(self.cleaned_data)
        typed |= {name: typed[name] / PERCENT for name in SHARES}
        return typed | {"power_included": watts_of(typed["power_included"])}


class QuestionForm(HouseForm):
    """One question of the call; left empty it is none."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    label_zh = TextField(max_length=200, required=False)
    label_en = TextField(max_length=200, required=False)
    kind = forms.ChoiceField(choices=Question.Kind.choices, required=False)
    is_required = forms.BooleanField(required=False)
    max_length = forms.IntegerField(required=False, min_value=1, max_value=4000)
    choices = LongTextField(required=False, max_length=4000, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say(
            {
                "label_zh": (_("Question"), ""),
                "label_en": (_("Question in English"), ""),
                "kind": (_("How it is answered"), ""),
                "is_required": (_("Must be answered"), ""),
                "max_length": (_("Longest answer (characters)"), _("For texts.")),
                "choices": (_("Choices"), _("One a line: Chinese | English.")),
            }
        )

    @classmethod
    def kept(cls, question: Question) -> dict[str, Any]:
        """What the question says now."""
        lines = [f"{choice['zh']} | {choice.get('en', '')}".rstrip(" |") for choice in question.choices]
        names = ("key", "label_zh", "label_en", "kind", "is_required", "max_length")
        return {**{name: getattr(question, name) for name in names}, "choices": "\n".join(lines)}


class CriterionForm(HouseForm):
    """One criterion; left empty it is none."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    label_zh = TextField(max_length=120, required=False)
    label_en = TextField(max_length=120, required=False)
    discipline = forms.ChoiceField(choices=Membership.Discipline.choices, required=False)
    weight = forms.IntegerField(required=False, min_value=0, max_value=PERCENT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say(
            {
                "label_zh": _("Criterion"),
                "label_en": _("Criterion in English"),
                "discipline": _("Discipline"),
                "weight": _("Weight (%)"),
            }
        )

    @classmethod
    def kept(cls, criterion: Criterion) -> dict[str, Any]:
        """What the criterion says now."""
        return {name: getattr(criterion, name) for name in cls.base_fields}


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def call(request: DeskRequest) -> HttpResponse:
    """Dates and terms; the call is made when they are first saved."""
    fair, known = request.fair, getattr(request.fair, "call", None)
    form = CallForm(fair, posted(request), initial=_initial(known))
    if form.is_valid() and try_to(form, lambda: calling.open_call(fair, values=form.values(), by=request.user)):
        messages.success(request, _("The call is saved."))
        return redirect("desk:call", slug=fair.slug)
    fair.refresh_from_db()  # a call that could not be made hangs on it unsaved
    return _show(request, form, status=422 if is_post(request) else 200)


@require_POST
@at_desk
def questions(request: DeskRequest) -> HttpResponse:
    """All questions at once, in their order; rows left empty are taken away."""
    known = _call(request)
    rows = _rows(QuestionForm, "q", request)
    asked = {question.key: question for question in known.questions.all()}
    if all(row.is_valid() for row in rows):
        values = [_question(row, asked, place) for place, row in enumerate(rows) if row.cleaned_data["label_zh"]]
        holder = HouseForm({})
        holder.is_valid()
        if try_to(holder, lambda: calling.set_questions(known, values, by=request.user)):
            messages.success(request, _("The questions are saved."))
            return redirect("desk:call", slug=request.fair.slug)
        _blame(rows, [str(error) for error in holder.non_field_errors()])
    return _show(request, None, question_forms=rows, status=422)


@require_POST
@at_desk
def criteria(request: DeskRequest) -> HttpResponse:
    """All criteria at once; their weights add to 100."""
    known = _call(request)
    rows = _rows(CriterionForm, "c", request)
    if all(row.is_valid() for row in rows):
        values = [_criterion(row, place) for place, row in enumerate(rows) if row.cleaned_data["label_zh"]]
        holder = HouseForm({})
        holder.is_valid()
        if try_to(holder, lambda: calling.set_criteria(known, values, by=request.user)):
            messages.success(request, _("The criteria are saved."))
            return redirect("desk:call", slug=request.fair.slug)
        _blame(rows, [str(error) for error in holder.non_field_errors()])
    return _show(request, None, criterion_forms=rows, status=422)


def _initial(known: Call | None) -> dict[str, Any]:
    return CallForm.kept(known) if known else CallForm.kept(Call())


def _call(request: DeskRequest) -> Call:
    known: Call | None = getattr(request.fair, "call", None)
    if known is None:
        raise Http404
    return known


def _rows(form: type[HouseForm], letter: str, request: DeskRequest) -> list[Any]:
    """The rows that were sent, as many as there are."""
    count = 0
    while count < MOST and f"{letter}{count}-label_zh" in request.POST:
        count += 1
    return [form(request.POST, prefix=f"{letter}{i}") for i in range(count)]


def _question(row: Any, asked: dict[str, Question], place: int) -> dict[str, Any]:
    typed = row.cleaned_data
    old = asked.get(typed["key"])
    values: dict[str, Any] = {
        "key": typed["key"] or _key(typed["label_en"], "question", place),
        "kind": typed["kind"] or Question.Kind.TEXT,
        "is_required": typed["is_required"],
        "label_zh": typed["label_zh"],
        "label_en": typed["label_en"],
        "max_length": typed["max_length"],
        "choices": _choices(typed["choices"], old.choices if old else []),
    }
    if old is not None:
        values |= {"minimum": old.minimum, "maximum": old.maximum}
    return values


def _choices(text: str, old: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Lines as choices. One that was there keeps its value, for answers were given by it."""
    by_words = {choice["zh"]: choice["value"] for choice in old}
    lines = [line for line in text.splitlines() if line.strip()]
    made = []
    for i, line in enumerate(lines):
        zh, _bar, en = (part.strip() for part in line.partition("|"))
        kept = by_words.get(zh) or (old[i]["value"] if len(old) == len(lines) else "")
        made.append({"value": kept or slugify(en)[:40] or f"c{i + 1}", "zh": zh, "en": en})
    return made


def _criterion(row: Any, place: int) -> dict[str, Any]:
    typed = row.cleaned_data
    return {
        "key": typed["key"] or _key(typed["label_en"], "criterion", place),
        "label_zh": typed["label_zh"],
        "label_en": typed["label_en"],
        "discipline": typed["discipline"] or Membership.Discipline.DESIGN,
        "weight": typed["weight"] or 0,
    }


def _key(words: str, otherwise: str, place: int) -> str:
    return slugify(words)[:34].replace("-", "_") or f"{otherwise}_{place + 1}"


def _blame(rows: Sequence[HouseForm], said: Sequence[str]) -> None:
    if rows:
        rows[0].add_gaps([Gap("", sentence) for sentence in said])


def _show(
    request: DeskRequest,
    form: CallForm | None,
    *,
    question_forms: list[Any] | None = None,
    criterion_forms: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    fair, known = request.fair, getattr(request.fair, "call", None)
    if known is not None:
        asked, judged = list(known.questions.all()), list(known.criteria.all())
        question_forms = question_forms or _with_empty(QuestionForm, "q", [QuestionForm.kept(one) for one in asked])
        criterion_forms = criterion_forms or _with_empty(
            CriterionForm, "c", [CriterionForm.kept(one) for one in judged]
        )
    now = timezone.now()
    context = {
        "form": form or CallForm(fair, initial=_initial(known)),
        "question_forms": question_forms,
        "criterion_forms": criterion_forms,
        "is_open": bool(known and known.is_open(now)),
        "is_over": bool(known and known.closes_at <= now),
        "weights": sum(one.weight for one in known.criteria.all()) if known else 0,
    }
    return show(request, "call.html", "call", context, status=status)


def _with_empty(form: type[HouseForm], letter: str, kept: list[dict[str, Any]]) -> list[Any]:
    rows: list[Any] = [form(initial=row, prefix=f"{letter}{i}") for i, row in enumerate(kept)]
    return rows + [form(prefix=f"{letter}{len(kept) + i}") for i in range(EXTRA)]
