"""Following an application: where it stands, what happened to it, taking it back, and answering an offer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Change
from core import dates
from core.text import localized
from exhibitors import answering, applying, fees
from exhibitors.models import MOVES, Application, Placement
from web.answers import answers_of, question_label
from web.company.applying import Step
from web.company.own import MemberRequest, for_members
from web.forms import HouseForm, LongTextField
from web.public.plans import booth_plan
from web.requests import posted

State = Application.State
# What a company may read of its application's journal: where it stood and when. Staging and scores are the desk's.
TOLD = {f"application.{state}" for state in State.values} | {"application.started", "application.edited"}
# Whose words the company reads: those that were written to it.
REASONS = {"application.returned", "application.cancelled", "application.rejected", "application.waitlisted"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an application's history, as its company reads it."""

    at: datetime
    state: str
    reason: str


class AnswerForm(HouseForm):
    """Yes or no to a booth."""

    answer = forms.ChoiceField(choices=[("confirm", ""), ("decline", "")], widget=forms.RadioSelect)
    reason = LongTextField(required=False, max_length=500, rows=2)

    def __init__(self, booths: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_choices(
            "answer", [("confirm", _("Accept %(booths)s") % {"booths": booths}), ("decline", _("Decline"))]
        )
        self.require_words("answer", _("Choose one: accept or decline."))
        self.say({"answer": _("Accept or decline"), "reason": _("Reason, if you decline")})


class WithdrawForm(HouseForm):
    """Taking an application back."""

    sure = forms.BooleanField()
    reason = LongTextField(required=False, max_length=500, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = _("Yes, take this application back")
        self.fields["sure"].error_messages["required"] = _("Tick the box to say that you are sure.")
        self.fields["reason"].label = _("Reason")


@require_safe
@for_members
def application(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Where it stands, what is next, what happened; a draft leads on to its form."""
    found = own_application(request, pk)
    if found.state == State.DRAFT:
        return redirect("company:step-products", pk=found.pk)
    return _show(request, found, WithdrawForm())


@require_POST
@for_members
def withdraw(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Take it back, after the box is ticked; booths are let go of."""
    found = own_application(request, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    applying.withdraw(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%s is withdrawn.") % found.label)
    return redirect("company:application", pk=pk)


@require_POST
@for_members
def reopen(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Make a draft of a withdrawn application while its call is open."""
    found = own_application(request, pk)
    applying.reopen(found, by=request.user)
    messages.success(request, _("%s is a draft again.") % found.label)
    return redirect("company:step-products", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def offer(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The booth that is held: where it is, what it costs, until when; and the answer, which binds."""
    found = own_application(request, pk)
    if found.state != State.OFFERED:
        return redirect("company:application", pk=pk)
    booths = held_booths(found)
    form = AnswerForm(numbers(booths), posted(request))
    if request.method != "POST" or not form.is_valid():
        return _show_offer(request, found, booths, form, status=422 if request.method == "POST" else 200)
    if form.cleaned_data["answer"] == "confirm":
        answering.confirm(found, by=request.user)
        messages.success(request, _("Booth %s is yours. A mail confirms it.") % numbers(booths))
    else:
        answering.decline(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("You have declined. Thank you for telling us."))
    return redirect("company:application", pk=pk)


def own_application(request: MemberRequest, pk: UUID) -> Application:
    """An application of the member's companies; any other one is not there."""
    own = Application.objects.of_company(request.user)
    found: Application = get_object_or_404(
        own.select_related("call__fair__venue", "call__fair__organizer", "company"), pk=pk
    )
    return found


def held_booths(application: Application) -> list[Any]:
    """The booths that are held for it, in the order of their numbers. One query."""
    held = Placement.objects.held().filter(application=application)
    held = held.select_related("booth__hall", "booth__zone", "booth__circuit").order_by("booth__number")
    return [placement.booth for placement in held]


def numbers(booths: list[Any]) -> str:
    """A01, A02."""
    return ", ".join(booth.number for booth in booths)


def history_of(application: Application) -> list[Line]:
    """What a company may know of what happened, newest first. One query."""
    changes = Change.objects.about(application).filter(kind__in=TOLD).exclude(after="")
    return [
        Line(change.at, change.after, change.reason if change.kind in REASONS else "") for change in reversed(changes)
    ]


def progress_of(application: Application) -> list[Step]:
    """Handed in, decided, booth, fair: where the application is on its way."""
    fair, state = application.call.fair, application.state
    zone = fair.zone
    sent = dates.bare_day(application.submitted_at, zone) if application.submitted_at else ""
    reached = {
        State.SUBMITTED: 1,
        State.RETURNED: 1,
        State.ACCEPTED: 2,
        State.WAITLISTED: 2,
        State.OFFERED: 2,
        State.CONFIRMED: 3,
        State.ATTENDED: 4,
    }.get(State(state), 4)
    names = [
        _("Handed in %(day)s") % {"day": sent},
        _("Decision"),
        _("Booth"),
        _("Fair %(day)s") % {"day": dates.bare_day(fair.starts_on)},
    ]
    ended = state in (State.REJECTED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.CANCELLED, State.NO_SHOW)
    if ended:
        return []
    return [Step(name, "done" if i < reached else "", i == reached) for i, name in enumerate(names)]


def _show(request: MemberRequest, found: Application, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
    fair = found.call.fair
    booths = held_booths(found)
    now = timezone.now()
    context = {
        **_frame(request),
        "application": found,
        "fair": fair,
        "zone": fair.zone,
        "booths": booths,
        "plan": booth_plan(fair, booths),
        "steps": progress_of(found),
        "lines": history_of(found),
        "answers": [(localized(question, "label"), said) for question, said in answers_of(found)],
        "products": found.products.order_by("name_zh"),
        "to_correct": [question_label(found, name) for name in found.returned_fields],
        "may_withdraw": State.WITHDRAWN in MOVES.allowed_from(found.state),
        "may_reopen": found.state == State.WITHDRAWN and found.call.is_open(now),
        "form": form,
    }
    return render(request, "company/application.html", context, status=status)


def _show_offer(
    request: MemberRequest, found: Application, booths: list[Any], form: AnswerForm, *, status: int
) -> HttpResponse:
    fair = found.call.fair
    context = {
        **_frame(request),
        "application": found,
        "fair": fair,
        "zone": fair.zone,
        "booths": booths,
        "numbers": numbers(booths),
        "plan": booth_plan(fair, booths),
        "fee": fees.fee_of(found, booths) if booths else None,
        "steps": progress_of(found),
        "form": form,
    }
    return render(request, "company/offer.html", context, status=status)


def _frame(request: MemberRequest) -> dict[str, Any]:
    return {"company": request.company, "companies": request.companies, "tab": "applications"}
