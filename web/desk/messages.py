"""The outbox of a fair: what went out, what could not, and why."""

from uuid import UUID

from django.contrib import messages as said
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from web.desk.letters import name_of
from web.desk.own import DeskRequest, at_desk, show
from web.paging import page_of
from worker import outbox
from worker.models import Message

State = Message.State
PAGE = 40


@require_safe
@at_desk
def messages(request: DeskRequest) -> HttpResponse:
    """Every mail of the fair, newest first, or those of one state."""
    every = Message.objects.visible_to(request.user).filter(fair=request.fair)
    rows = every.order_by().values("state").annotate(count=Count("pk"))
    count = {row["state"]: row["count"] for row in rows}
    state = request.GET.get("state", "")
    found = every.filter(state=state) if state in State.values else every
    page = page_of(request, found.for_table().order_by("-created_at", "pk"), size=PAGE)
    return show(
        request,
        "messages.html",
        "messages",
        {
            "page": page,
            "rows": [(message, name_of(message.kind)) for message in page],
            "states": [(str(one), count[one]) for one in State if count.get(one)],
            "state": state if state in State.values else "",
            "total": sum(count.values()),
        },
    )


@require_POST
@at_desk
def retry(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Send a dead mail once more."""
    outbox.retry(_own(request, pk), by=request.user)
    said.success(request, _("The mail is queued again."))
    return redirect("desk:messages", slug=request.fair.slug)


@require_POST
@at_desk
def cancel(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Do not send a mail that still waits."""
    outbox.cancel(_own(request, pk), by=request.user)
    said.success(request, _("The mail will not be sent."))
    return redirect("desk:messages", slug=request.fair.slug)


def _own(request: DeskRequest, pk: UUID) -> Message:
    message: Message = get_object_or_404(Message.objects.visible_to(request.user).filter(fair=request.fair), pk=pk)
    return message
