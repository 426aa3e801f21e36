"""One application at the desk: what it says, how it was scored, and what a coordinator does with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Change, Membership
from accounts.rules import require
from core.text import localized
from exhibitors import answering, deciding, fees, placing, rules
from exhibitors.models import MOVES, Application, Review
from fairs.models import Booth
from web.answers import answers_of, question_label
from web.company.following import held_booths
from web.desk.journal import lines_of
from web.desk.own import DeskRequest, at_desk, show, try_to
from web.drawing import ScoreRow, score_dots
from web.forms import HouseForm, LongTextField, MomentField, RowsField
from web.public.plans import booth_plan

State = Application.State
RETURN_WITHIN = timedelta(days=7)
LINES = 12
FIELDS = (
    "booths_wanted",
    "booth_wishes",
    "power",
    "needs_water",
    "needs_flame",
    "fee_limit",
    "products",
    "contact_email",
)


class DecisionForm(HouseForm):
    """A decision that is kept in private."""

    decision = forms.ChoiceField(choices=[("accept", ""), ("waitlist", ""), ("reject", "")], widget=forms.RadioSelect)
    reason = LongTextField(required=False, max_length=1000, rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="decide-%s", **kwargs)
        self.offer_choices("decision", [("accept", _("Accept")), ("waitlist", _("Waitlist")), ("reject", _("Reject"))])
        self.say({"decision": _("Decision"), "reason": (_("Reason for the company"), _("Goes into the letter."))})
        self.require_words("decision", _("Choose accept, waitlist or reject."))


class ReturnForm(HouseForm):
    """What the company is to correct, and until when."""

    fields_to_correct = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    reason = LongTextField(max_length=1000, rows=3)
    return_by = MomentField()

    def __init__(self, application: Application, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="return-%s", **kwargs)
        keys = [question.key for question in application.call.questions.all()]
        self.offer_choices(
            "fields_to_correct", [(name, question_label(application, name)) for name in [*keys, *FIELDS]]
        )
        self.say(
            {
                "fields_to_correct": (_("What opens again"), _("Only these; the rest stays locked.")),
                "reason": _("What to correct"),
                "return_by": (_("Until"), _("Such as 2026-10-22 17:00 or 115/10/22.")),
            }
        )
        self.require_words("fields_to_correct", _("Choose what is to be corrected."))
        self.require_words("reason", _("Say what is to be corrected; it goes into the mail."))
        self.in_zone(application.call.fair.zone, "return_by")


class OfferForm(HouseForm):
    """Which booths are offered, and until when the company may answer."""

    booths = RowsField(Booth.objects.none(), widget=forms.CheckboxSelectMultiple)
    answer_by = MomentField(required=False)

    def __init__(self, application: Application, free: Sequence[Booth], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="offer-%s", **kwargs)
        self.offer("booths", Booth.objects.filter(fair=application.call.fair_id).for_plan())
        booths = self.fields["booths"]
        assert isinstance(booths, RowsField)
        booths.choices = [(booth.pk, _booth_words(booth)) for booth in free]
        self.say(
            {
                "booths": _("Booths that are free and fit"),
                "answer_by": (
                    _("Answer by"),
                    _("Such as 2026-11-27 23:59. Empty: the call’s day, else a week."),
                ),
            }
        )
        self.require_words("booths", _("Choose a booth."))
        self.in_zone(application.call.fair.zone, "answer_by")


class ReasonForm(HouseForm):
    """Why something ends."""

    reason = LongTextField(max_length=1000, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="cancel-%s", **kwargs)
        self.fields["reason"].label = _("Reason for the company")
        self.fields["reason"].error_messages["required"] = _("Say why; it goes into the letter.")


class ExtendForm(HouseForm):
    """More time to correct."""

    return_by = MomentField()

    def __init__(self, application: Application, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="extend-%s", **kwargs)
        self.in_zone(application.call.fair.zone, "return_by")
        self.say({"return_by": _("New deadline")})


@require_safe
@at_desk
def application(request: DeskRequest, number: str) -> HttpResponse:
    """Facts and scores on the left, what to do with it on the right."""
    return _show(request, _found(request, number))


@require_POST
@at_desk
def decide(request: DeskRequest, number: str) -> HttpResponse:
    """Keep a decision in private, or take it away."""
    found = _found(request, number)
    if "unstage" in request.POST:
        deciding.unstage(found, by=request.user)
        messages.success(request, _("%s is undecided again.") % found.label)
        return redirect("desk:application", slug=request.fair.slug, number=found.label)
    form = DecisionForm(request.POST)
    return _act(
        request,
        found,
        "decision",
        form,
        act=lambda typed: deciding.stage(found, typed["decision"], by=request.user, reason=typed["reason"]),
        said=_("The decision is kept. The company can’t see it until all are released."),
    )


@require_POST
@at_desk
def send_back(request: DeskRequest, number: str) -> HttpResponse:
    """Ask for corrections."""
    found = _found(request, number)
    form = ReturnForm(found, request.POST)
    return _act(
        request,
        found,
        "return",
        form,
        act=lambda typed: deciding.return_for_correction(
            found,
            typed["fields_to_correct"],
            return_by=typed["return_by"],
            reason=typed["reason"],
            by=request.user,
        ),
        said=_("The request is on its way to every member of the company."),
    )


@require_POST
@at_desk
def extend(request: DeskRequest, number: str) -> HttpResponse:
    """Give a returned application another deadline, or count it as handed in as it is."""
    found = _found(request, number)
    if "take_back" in request.POST:
        deciding.take_back(found, by=request.user)
        messages.success(request, _("%s counts as handed in as it is.") % found.label)
        return redirect("desk:application", slug=request.fair.slug, number=found.label)
    form = ExtendForm(found, request.POST)
    return _act(
        request,
        found,
        "extend",
        form,
        act=lambda typed: deciding.extend(found, return_by=typed["return_by"], by=request.user),
        said=_("The deadline is changed."),
    )


@require_POST
@at_desk
def offer(request: DeskRequest, number: str) -> HttpResponse:
    """Hold booths and offer them; for one that has booths, give it others."""
    found = _found(request, number)
    form = OfferForm(found, placing.free_booths(found), request.POST)

    def act(typed: dict[str, Any]) -> object:
        booths = list(typed["booths"])
        if found.state in (State.OFFERED, State.CONFIRMED):
            return placing.move(found, booths, by=request.user)
        return placing.offer(found, booths, by=request.user, answer_by=typed["answer_by"])

    return _act(request, found, "offer", form, act=act, said=_("The booth is held, and the company is asked."))


@require_POST
@at_desk
def cancel(request: DeskRequest, number: str) -> HttpResponse:
    """End a standing application, with the reason that the company reads."""
    found = _found(request, number)
    form = ReasonForm(request.POST)
    return _act(
        request,
        found,
        "cancel",
        form,
        act=lambda typed: deciding.cancel(found, reason=typed["reason"], by=request.user),
        said=_("%s is cancelled; its booths are free.") % found.label,
    )


@require_POST
@at_desk
def attendance(request: DeskRequest, number: str) -> HttpResponse:
    """Note whether a confirmed company came."""
    found = _found(request, number)
    require(rules.may_check_in, request.user, found)
    act = answering.attend if request.POST.get("came") == "yes" else answering.miss
    act(found, by=request.user)
    messages.success(request, _("Noted."))
    return redirect("desk:application", slug=request.fair.slug, number=found.label)


def _found(request: DeskRequest, number: str) -> Application:
    digits = number.upper().removeprefix("A-")
    if not digits.isdecimal() or len(digits) > 8:
        raise Http404
    own = Application.objects.at_desk_of(request.user).filter(call__fair=request.fair)
    own = own.select_related("call__fair__venue", "call__fair__organizer", "company__town__county", "company__category")
    found: Application = get_object_or_404(own, number=int(digits))
    require(rules.may_decide, request.user, found)
    return found


def _act(
    request: DeskRequest,
    found: Application,
    name: str,
    form: HouseForm,
    *,
    act: Callable[[dict[str, Any]], object],
    said: str,
) -> HttpResponse:
    """Do what a form asks; else the page again, with what was typed and what is wrong."""
    if form.is_valid() and try_to(form, lambda: act(form.cleaned_data)):
        messages.success(request, said)
        return redirect("desk:application", slug=request.fair.slug, number=found.label)
    found.refresh_from_db()
    return _show(request, found, forms_by_name={name: form}, status=422)


def _show(
    request: DeskRequest,
    found: Application,
    *,
    forms_by_name: dict[str, HouseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    fair, state = request.fair, found.state
    booths = held_booths(found)
    may_place = state in (State.ACCEPTED, State.WAITLISTED, State.OFFERED, State.CONFIRMED)
    free = placing.free_booths(found) if may_place else []
    reviews = list(found.reviews.select_related("expert").order_by("discipline", "pk"))
    own = Application.objects.at_desk_of(request.user).filter(call=found.call)
    changes = list(Change.objects.about(found).select_related("by"))
    may_cancel = State.CANCELLED in MOVES.allowed_from(state)
    given = forms_by_name or {}
    context = {
        "application": found,
        "company": found.company,
        "booths": booths,
        "plan": booth_plan(fair, booths),
        "fee": fees.fee_of(found, booths) if booths else None,
        "answers": [(localized(question, "label"), said) for question, said in answers_of(found)],
        "products": found.products.order_by("name_zh"),
        "to_correct": [question_label(found, name) for name in found.returned_fields],
        "scores": scores_of(reviews, _weights(found)),
        "reviews": reviews,
        "waiting_reviews": sum(review.state == Review.State.ASSIGNED for review in reviews),
        "earlier": _earlier(found),
        "lines": lines_of(list(reversed(changes))[:LINES]),
        "before": own.filter(number__lt=found.number).order_by("-number").first(),
        "after": own.filter(number__gt=found.number).order_by("number").first(),
        "undecided": own.filter(state=State.SUBMITTED, staged_decision="").count(),
        "may_cancel": may_cancel,
        "may_place": may_place,
        "may_note": state == State.CONFIRMED and fair.begins_at <= timezone.now(),
        "members": found.company.members.count(),
        "forms": {**_forms(found, free), **given},
        "lost": _lost(given, state, may_place=may_place, may_cancel=may_cancel),
        "free_count": len(free),
    }
    return show(request, "application.html", "applications", context, status=status)


def _lost(given: dict[str, HouseForm], state: str, *, may_place: bool, may_cancel: bool) -> HouseForm | None:
    """The form that was sent, where the state no longer has a place for it: its refusal must still be read."""
    shown = {"offer": may_place, "cancel": may_cancel, "extend": state == State.RETURNED}
    return next((form for name, form in given.items() if not shown.get(name, state == State.SUBMITTED)), None)


def _forms(found: Application, free: Sequence[Booth]) -> dict[str, HouseForm]:
    until = timezone.now() + RETURN_WITHIN
    return {
        "decision": DecisionForm(initial={"decision": found.staged_decision, "reason": found.decision_reason}),
        "return": ReturnForm(found, initial={"return_by": until.replace(minute=0)}),
        "extend": ExtendForm(found, initial={"return_by": found.return_by}),
        "offer": OfferForm(found, free, initial={"answer_by": placing.usual_deadline(found.call, timezone.now())}),
        "cancel": ReasonForm(),
    }


def scores_of(reviews: Sequence[Review], weights: Mapping[str, int]) -> Any:
    """The scores by discipline as a drawing, with a sentence that says them; None while there are none.

    `weights`: what each discipline can reach of the 100 points, to which its scores are drawn.
    """
    by_discipline: dict[str, list[float]] = {}
    for review in reviews:
        if review.state == Review.State.SUBMITTED and review.weighted_score is not None:
            share = float(review.weighted_score) / (weights.get(review.discipline) or 100) * 100
            by_discipline.setdefault(review.discipline, []).append(share)
    if not by_discipline:
        return None
    names = dict(Membership.Discipline.choices)
    rows = [
        ScoreRow(name=str(names[key]), mean=sum(scores) / len(scores), scores=sorted(scores))
        for key, scores in sorted(by_discipline.items())
    ]
    said = _(", ").join(f"{row.name} {row.mean:.1f}" for row in rows)
    label = _("Scores by discipline: %(scores)s. Each dot is an expert, the diamond the mean.") % {"scores": said}
    return {"drawing": score_dots(rows, label=label, low=0), "rows": rows}


def _weights(found: Application) -> dict[str, int]:
    rows = found.call.criteria.order_by().values("discipline").annotate(weight=Sum("weight"))
    return {row["discipline"]: row["weight"] for row in rows}


def _earlier(found: Application) -> list[Application]:
    """What became of the company at other fairs of the same organizer."""
    organizer = found.call.fair.organizer_id
    others = Application.objects.filter(company=found.company, call__fair__organizer=organizer)
    others = others.exclude(pk=found.pk).exclude(state=State.DRAFT)
    return list(others.select_related("call__fair").order_by("-call__fair__starts_on")[:5])


def _booth_words(booth: Booth) -> str:
    zone = f"{booth.zone.letter} {localized(booth.zone, 'name')}" if booth.zone else ""
    size = f"{booth.width.normalize():f} × {booth.depth.normalize():f} m"
    power = f"{booth.power / 1000:g} kW"
    more = [_("water")] if booth.has_water else []
    more += [_("open flame")] if booth.allows_flame else []
    return _(", ").join([booth.number, *([zone] if zone else []), size, power, *more])
