"""Whose desk this is: the fairs of the organizers that a coordinator works for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Membership, Organizer
from core.errors import DomainError, Unfit
from exhibitors.models import Application
from fairs.models import Fair
from web.forms import HouseForm
from web.requests import SignedInRequest, signed_in
from worker.models import Message

P = ParamSpec("P")
SWITCH = 40  # fairs that the switch in the head lists, those to come and the latest


class DeskRequest(SignedInRequest):
    """A request of a coordinator about one of their fairs."""

    fair: Fair


def for_coordinators(view: Callable[Concatenate[SignedInRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """For people who coordinate at least one organizer; for others there is no such page."""

    @wraps(view)
    def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not Membership.objects.coordinators().filter(user=request.user.pk).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return signed_in(checked)


def at_desk(view: Callable[Concatenate[DeskRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """For the coordinators of the fair's organizer; for others the fair has no desk, whether it exists or not."""

    @wraps(view)
    def checked(request: SignedInRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        fairs = Fair.objects.planned_by(request.user).select_related("venue__town__county", "organizer", "call")
        request.fair = get_object_or_404(fairs, slug=slug)  # type: ignore[attr-defined]  # now it is a DeskRequest
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # as above

    return signed_in(checked)


def organizers_of(request: SignedInRequest) -> Any:
    """The organizers that the person coordinates."""
    mine = Membership.objects.coordinators().filter(user=request.user.pk)
    return Organizer.objects.filter(pk__in=mine.values("organizer")).order_by("slug")


def show(
    request: DeskRequest, template: str, room: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the desk, in its frame: the switch between fairs and the rail with what waits. Three queries."""
    fair = request.fair
    call = getattr(fair, "call", None)
    fairs = Fair.objects.planned_by(request.user).order_by("-starts_on", "slug")[:SWITCH]
    waiting = {
        "applications": _undecided(call) if call else 0,
        "messages": Message.objects.filter(fair=fair, state=Message.State.DEAD).count(),
    }
    frame = {"fair": fair, "zone": fair.zone, "call": call, "room": room, "fairs": fairs, "waiting": waiting}
    return render(request, f"desk/{template}", {**frame, **(context or {})}, status=status)


def try_to(form: HouseForm, act: Callable[[], object]) -> bool:
    """Do `act`; False with each sentence beside its field, or above the form, where the domain says no.

    For forms on a page of their own. Elsewhere a refusal becomes the 409 page.
    """
    try:
        act()
    except Unfit as error:
        form.add_gaps(error.gaps)
        return False
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True


def is_post(request: HttpRequest) -> bool:
    """Whether something is to be changed."""
    return request.method == "POST"


def _undecided(call: Any) -> int:
    if call.decisions_released_at is not None:
        return 0
    state = Application.State.SUBMITTED
    return Application.objects.filter(call=call, state=state, staged_decision="").count()
