"""The working programme at the desk: day by day, one session, and the release."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core import dates
from core.text import localized
from exhibitors.models import CompanyMember
from fairs.models import Fair
from scheduling import programming
from scheduling.conflicts import Conflict
from scheduling.differences import Diff, Difference
from scheduling.models import Listing, Release, Session, Stage
from web.desk.own import DeskRequest, at_desk, is_post, show, try_to
from web.desk.programme_forms import CancelSessionForm, DelayForm, MoveForm, ReleaseForm, SessionForm, StageForm
from web.forms import HouseForm
from web.requests import posted


@dataclass(frozen=True, slots=True)
class Planned:
    """A session in the list of a day, with the form that moves it and what it collides with."""

    session: Session
    form: MoveForm
    clashes: list[str]


@require_safe
@at_desk
def programme(request: DeskRequest) -> HttpResponse:
    """One day of the working programme as a list; each session opens a small form that moves it."""
    return _show(request)


@require_POST
@at_desk
def move(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Put a session elsewhere, or take it out of (or back into) the working programme."""
    session = _session(request, pk)
    if "drop" in request.POST:
        programming.drop_session(session, by=request.user)
        messages.success(request, _("The session is out of the working programme."))
        return _back(request, session)
    if "keep" in request.POST:
        programming.keep_session(session, by=request.user)
        messages.success(request, _("The session is back in the working programme."))
        return _back(request, session)
    form = MoveForm(request.fair, request.POST, auto_id=f"s-{session.pk}-%s")
    if form.is_valid() and try_to(
        form, lambda: programming.edit_session(session, values=form.place(), by=request.user)
    ):
        messages.success(request, _("The session is moved. Subscribers see it with the next release."))
        return _back(request, session)
    session.refresh_from_db()
    return _show(request, given=(session, form), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def session_new(request: DeskRequest) -> HttpResponse:
    """Plan one more session."""
    fair = request.fair
    start = {"day": request.GET.get("day") or fair.starts_on.isoformat(), "start": fair.opens, "minutes": 60}
    form = SessionForm(fair, posted(request), initial=start)
    if form.is_valid() and try_to(form, lambda: programming.add_session(fair, values=form.values(), by=request.user)):
        messages.success(request, _("The session is planned. Subscribers see it with the next release."))
        return redirect(_day(request, form.cleaned_data["day"]))
    context = {"form": form, "session": None, "has_stages": fair.stages.exists(), "forms": {"stage": StageForm()}}
    return show(request, "session.html", "programme", context, status=422 if is_post(request) else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def session(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Change all that is planned of a session."""
    found = _session(request, pk)
    form = SessionForm(request.fair, posted(request), initial=SessionForm.of(found, request.fair.zone))
    if is_post(request) and form.is_valid():
        if try_to(form, lambda: programming.edit_session(found, values=form.values(), by=request.user)):
            messages.success(request, _("The session is saved. Subscribers see it with the next release."))
            return _back(request, found)
        found.refresh_from_db()
    return _show_session(request, found, form, {}, status=422 if is_post(request) else 200)


@require_POST
@at_desk
def delay(request: DeskRequest, pk: UUID) -> HttpResponse:
    """On the day, at once: later."""
    found = _session(request, pk)
    form = DelayForm(request.POST)
    return _at_once(
        request,
        found,
        "delay",
        form,
        act=lambda: programming.delay(
            found, minutes=form.cleaned_data["minutes"], by=request.user, reason=form.cleaned_data["reason"]
        ),
        said=_("The session is delayed, and whoever subscribed sees it."),
    )


@require_POST
@at_desk
def cancel(request: DeskRequest, pk: UUID) -> HttpResponse:
    """On the day, at once: not at all."""
    found = _session(request, pk)
    form = CancelSessionForm(request.POST)
    return _at_once(
        request,
        found,
        "cancel",
        form,
        act=lambda: programming.cancel_session(found, by=request.user, reason=form.cleaned_data["reason"]),
        said=_("The session is cancelled, and whoever subscribed sees it."),
    )


@require_POST
@at_desk
def stage_new(request: DeskRequest) -> HttpResponse:
    """One more stage."""
    form = StageForm(request.POST)
    if form.is_valid() and try_to(
        form, lambda: programming.add_stage(request.fair, values=form.cleaned_data, by=request.user)
    ):
        messages.success(request, _("The stage is there."))
        return redirect("desk:programme", slug=request.fair.slug)
    return _show(request, stage_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def release(request: DeskRequest) -> HttpResponse:
    """What a release would change, and the button that publishes it."""
    fair = request.fair
    form = ReleaseForm(posted(request))
    if is_post(request) and form.is_valid():
        made: list[Release] = []
        if try_to(form, lambda: made.append(programming.release(fair, by=request.user, **form.cleaned_data))):
            messages.success(request, _("Release %d is published.") % made[0].number)
            return redirect("desk:programme", slug=fair.slug)
    diff = programming.diff(fair)
    context = {
        "form": form,
        "diff": diff,
        "differences": lines_of(diff, fair),
        "conflicts": programming.conflicts(fair),
        "last": _last_release(fair),
        "told": _told(diff),
        "is_announced": fair.state == Fair.State.ANNOUNCED,
    }
    return show(request, "release.html", "programme", context, status=422 if is_post(request) else 200)


@dataclass(frozen=True, slots=True)
class Line:
    """A difference in words: a state of the chips' table, a title, what was and what will be."""

    tone: str
    icon: str
    kind: str
    title: str
    before: str
    after: str


def lines_of(diff: Diff, fair: Fair) -> list[Line]:
    """Each difference as a line: new, moved, changed, cancelled. Where a session was comes with its listing."""
    stages = {stage.pk: stage for stage in Stage.objects.filter(fair=fair)}

    def where(thing: Session | Listing) -> str:
        stage = stages.get(thing.stage_id)
        place = localized(stage, "name") if stage else ""
        return f"{dates.short_moment(thing.starts_at, fair.zone)}{_(', ')}{place}"

    lines = [Line("good", "plus", _("New"), _title(one), "", where(one.session)) for one in diff.added]
    lines += [
        Line("act", "clock", _("Moved"), _title(one), where(one.listing) if one.listing else "", where(one.session))
        for one in diff.moved
    ]
    lines += [Line("off", "pen", _("Changed"), _title(one), "", where(one.session)) for one in diff.changed]
    lines += [
        Line("stop", "no", _("Cancelled"), _title(one), where(one.listing) if one.listing else "", "")
        for one in diff.removed
    ]
    return lines


def _title(one: Difference) -> str:
    return localized(one.session, "title")


def _told(diff: Diff) -> int:
    """How many people get a calendar mail: presenters, and members of the makers who take part."""
    touched = [one.session.pk for one in (*diff.added, *diff.moved, *diff.changed, *diff.removed)]
    presenters = set(User.objects.filter(sessions__in=touched).values_list("pk", flat=True))
    members = set(CompanyMember.objects.filter(company__sessions__in=touched).values_list("user", flat=True))
    return len(presenters | members)


def _last_release(fair: Fair) -> Release | None:
    return Release.objects.filter(fair=fair).defer("programme").order_by("-number").first()


def _session(request: DeskRequest, pk: UUID) -> Session:
    own = Session.objects.visible_to(request.user).filter(fair=request.fair)
    found: Session = get_object_or_404(own.select_related("stage__fair__venue", "fair__venue", "category"), pk=pk)
    return found


def _day(request: DeskRequest, day: str) -> str:
    return f"{reverse('desk:programme', args=[request.fair.slug])}?day={day}"


def _back(request: DeskRequest, session: Session) -> HttpResponse:
    on = timezone.localtime(session.starts_at, request.fair.zone).date()
    return redirect(_day(request, on.isoformat()))


def _at_once(
    request: DeskRequest, found: Session, name: str, form: HouseForm, *, act: Callable[[], object], said: str
) -> HttpResponse:
    if form.is_valid() and try_to(form, act):
        messages.success(request, said)
        return _back(request, found)
    found.refresh_from_db()
    whole = SessionForm(request.fair, initial=SessionForm.of(found, request.fair.zone))
    return _show_session(request, found, whole, {name: form}, status=422)


def _show_session(
    request: DeskRequest, found: Session, form: SessionForm, given: dict[str, HouseForm], *, status: int
) -> HttpResponse:
    is_public = Listing.objects.filter(pk=found.pk, is_cancelled=False, ends_at__gt=timezone.now()).exists()
    context = {
        "form": form,
        "session": found,
        "has_stages": True,
        "is_public": is_public,
        "forms": {"delay": DelayForm(), "cancel": CancelSessionForm(), **given},
    }
    return show(request, "session.html", "programme", context, status=status)


def _show(
    request: DeskRequest,
    *,
    given: tuple[Session, MoveForm] | None = None,
    stage_form: HouseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    fair = request.fair
    stages = list(fair.stages.order_by("slug"))
    conflicts = programming.conflicts(fair)
    diff = programming.diff(fair)
    sessions = list(Session.objects.filter(fair=fair).for_table().order_by("starts_at", "stage__slug"))
    on = {session.pk: timezone.localtime(session.starts_at, fair.zone).date() for session in sessions}
    day = _chosen(request, fair, on[given[0].pk] if given else None)
    here = [session for session in sessions if on[session.pk] == day]
    context = {
        "days": [(one, sum(value == one for value in on.values()), _clashing(conflicts, on, one)) for one in fair.days],
        "day": day,
        "planned": [_planned(session, fair, stages, conflicts, given) for session in here],
        "conflicts": conflicts,
        "diff": diff,
        "differences": lines_of(diff, fair)[:8],
        "waits": sum(diff.counts.values()),
        "last": _last_release(fair),
        "stages": stages,
        "stage_form": stage_form or StageForm(),
        "count_words": ngettext("%d session", "%d sessions", len(here)) % len(here),
    }
    return show(request, "programme.html", "programme", context, status=status)


def _chosen(request: DeskRequest, fair: Fair, given: Any) -> Any:
    try:
        wanted = given or parse_date(request.GET.get("day", ""))
    except ValueError:
        wanted = None
    today = timezone.localdate(timezone=fair.zone)
    return wanted if wanted in fair.days else today if today in fair.days else fair.starts_on


def _clashing(conflicts: Sequence[Conflict], on: dict[UUID, Any], day: Any) -> int:
    return sum(on.get(conflict.session.pk) == day for conflict in conflicts)


def _planned(
    session: Session,
    fair: Fair,
    stages: Sequence[Stage],
    conflicts: Sequence[Conflict],
    given: tuple[Session, MoveForm] | None,
) -> Planned:
    if given and given[0].pk == session.pk:
        form = given[1]
    else:
        kept = MoveForm.kept(session, fair.zone)
        form = MoveForm(fair, initial=kept, auto_id=f"s-{session.pk}-%s", stages=stages)
    said = [one.text for one in conflicts if session.pk in (one.session.pk, one.other.pk if one.other else None)]
    return Planned(session, form, said)
