"""Applying: from the call to the form in steps, to hand-in; and the corrections that were asked for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Change
from core.errors import Gap, Unfit
from exhibitors import applying
from exhibitors.models import Application
from fairs.models import Fair
from web.answers import answers_of
from web.company.forms import BoothsForm, CorrectionForm, ProductsForm, QuestionsForm, StepForm
from web.company.home import open_calls
from web.company.own import MemberRequest, for_companies, for_members
from web.public.cards import cards_of, with_cards

FORMS: dict[str, type[StepForm]] = {"products": ProductsForm, "booths": BoothsForm, "questions": QuestionsForm}
STEPS = (*FORMS, "check")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the form as the bar above it shows it."""

    name: str
    look: str
    current: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_companies
def apply(request: MemberRequest) -> HttpResponse:
    """What a call asks and costs, and the button that begins a draft. Without a call: those that are open."""
    slug = request.POST.get("call") or request.GET.get("call") or ""
    if not slug:
        calls = cards_of(with_cards(open_calls(request.company)))
        return render(request, "company/calls.html", {**_frame(request), "calls": calls})
    fairs = with_cards(Fair.objects.public().exclude(call=None))
    fair = get_object_or_404(fairs, slug=slug)
    mine = Application.objects.of_company(request.user).filter(company=request.company, call=fair.call).first()
    if mine is not None:
        return redirect("company:application", pk=mine.pk)
    if request.method == "POST":
        application = applying.start(fair.call, request.company, by=request.user)
        return redirect(f"company:step-{STEPS[0]}", pk=application.pk)
    now = timezone.now()
    context = {"fair": fair, "call": fair.call, "zone": fair.zone, "is_open": fair.call.is_open(now)}
    return render(request, "company/apply.html", {**_frame(request), **context, "card": cards_of([fair])[0]})


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def step(request: MemberRequest, pk: UUID, step: str) -> HttpResponse:
    """A step of a draft: saved as it is, whether complete or not; `?gaps` shows what is still missing."""
    application = _draft(request, pk)
    form_class = FORMS[step]
    if request.method == "POST":
        form = form_class(application, request.POST)
        if form.is_valid() and _save(application, form, request):
            return _onward(request, application, step)
        return _show_step(request, application, step, form, status=422)
    form = form_class.checked(application) if "gaps" in request.GET else form_class.shown(application)
    if form.is_bound:
        form.add_gaps(gap for gap in applying.find_gaps(application) if gap.field in form.fields)
    return _show_step(request, application, step, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def check(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Everything on one page before it is handed in; or, with 422, every gap with a link to its field."""
    application = _draft(request, pk)
    if request.method == "POST":
        try:
            applying.submit(application, by=request.user)
        except Unfit as error:
            return _show_check(request, application, error.gaps, status=422)
        messages.success(request, _("Handed in: %s. A mail confirms it.") % application.label)
        return redirect("company:application", pk=application.pk)
    return _show_check(request, application, applying.find_gaps(application))


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def correct(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Only the answers that were returned can be changed; sending hands the application in again."""
    application = get_object_or_404(_own(request), pk=pk, state=Application.State.RETURNED)
    if request.method != "POST":
        return _show_correction(request, application, CorrectionForm.shown(application))
    form = CorrectionForm(application, request.POST)
    if not form.is_valid() or not _save(application, form, request):
        return _show_correction(request, application, form, status=422)
    try:
        applying.submit(application, by=request.user)
    except Unfit as error:
        form.add_gaps(error.gaps)
        return _show_correction(request, application, form, status=422)
    messages.success(request, _("The corrections of %s are handed in.") % application.label)
    return redirect("company:application", pk=application.pk)


def _own(request: MemberRequest) -> Any:
    own = Application.objects.of_company(request.user).filter(company__in=request.companies)
    return own.select_related("call__fair__venue", "call__fair__organizer", "company__town__county")


def _draft(request: MemberRequest, pk: UUID) -> Application:
    application: Application = get_object_or_404(_own(request), pk=pk, state=Application.State.DRAFT)
    return application


def _save(application: Application, form: StepForm, request: MemberRequest) -> bool:
    """Keep what was typed; False with each sentence beside its field where it can't be kept."""
    try:
        applying.save(application, values=form.values(), answers=form.answers(), by=request.user)
    except Unfit as error:
        form.add_gaps(error.gaps)
        return False
    return True


def _onward(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    if "stay" in request.POST:
        messages.success(request, _("The draft is saved. You can go on another day."))
        return redirect(f"company:step-{step}", pk=application.pk)
    following = STEPS[STEPS.index(step) + 1]
    if following == "check":
        return redirect("company:check", pk=application.pk)
    return redirect(f"company:step-{following}", pk=application.pk)


def _show_step(
    request: MemberRequest, application: Application, step: str, form: StepForm, *, status: int = 200
) -> HttpResponse:
    number = STEPS.index(step)
    context = {
        **_frame(request),
        "application": application,
        "fair": application.call.fair,
        "zone": application.call.fair.zone,
        "step": step,
        "form": form,
        "steps": steps_of(application, step, bad={step} if form.errors else set()),
        "number": number + 1,
        "count": len(STEPS),
        "before": reverse(f"company:step-{STEPS[number - 1]}", args=[application.pk]) if number else "",
    }
    return render(request, "company/step.html", context, status=status)


def _show_check(
    request: MemberRequest, application: Application, gaps: list[Gap], *, status: int = 200
) -> HttpResponse:
    linked = [(gap, _place_of(application, gap)) for gap in gaps]
    context = {
        **_frame(request),
        "application": application,
        "fair": application.call.fair,
        "zone": application.call.fair.zone,
        "gaps": linked,
        "answers": answers_of(application),
        "products": application.products.order_by("name_zh"),
        "steps": steps_of(application, "check", bad={_step_of(gap) for gap in gaps}),
        "number": len(STEPS),
        "count": len(STEPS),
    }
    return render(request, "company/check.html", context, status=status)


def _show_correction(
    request: MemberRequest, application: Application, form: StepForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **_frame(request),
        "application": application,
        "fair": application.call.fair,
        "zone": application.call.fair.zone,
        "form": form,
        "reason": _reason_of_return(application),
    }
    return render(request, "company/correct.html", context, status=status)


def _reason_of_return(application: Application) -> str:
    change = Change.objects.about(application).filter(kind="application.returned").last()
    return change.reason if change else ""


def steps_of(application: Application, current: str, *, bad: set[str]) -> list[Step]:
    """The bar of steps: those before the current one are done, those with gaps are marked."""
    names = {"products": _("Products"), "booths": _("Booth"), "questions": _("Questions"), "check": _("Hand in")}
    at = STEPS.index(current)
    return [
        Step(names[name], "bad" if name in bad else "done" if i < at else "", name == current)
        for i, name in enumerate(STEPS)
    ]


def _step_of(gap: Gap) -> str:
    for name, form in FORMS.items():
        if gap.field in form.base_fields or (name == "questions" and gap.field.startswith("answers.")):
            return name
    return "questions"


def _place_of(application: Application, gap: Gap) -> str:
    address = reverse(f"company:step-{_step_of(gap)}", args=[application.pk])
    return f"{address}?gaps=1#id_{gap.field}"


def _frame(request: MemberRequest) -> dict[str, Any]:
    return {"company": request.company, "companies": request.companies, "tab": "applications"}
