"""Inviting people by hand: to the fair or to one session, by a list of addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.text import clean, localized
from fairs.models import Fair
from scheduling import inviting
from scheduling.models import Invitation, Session
from web.desk.own import DeskRequest, at_desk, is_post, show, try_to
from web.forms import HouseForm, LongTextField, RowField
from web.paging import page_of
from web.requests import posted

PAGE = 40
MOST = 500  # people that one list may hold
State = Invitation.State


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the list."""

    name: str
    email: str


class InviteForm(HouseForm):
    """Whom to invite, and to what."""

    session = RowField(Session.objects.none(), says=lambda one: localized(one, "title"), required=False)
    people = LongTextField(rows=8, max_length=60_000)

    def __init__(self, fair: Fair, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        released = Session.objects.filter(fair=fair, state=Session.State.RELEASED).order_by("starts_at")
        self.offer("session", released, none=_("The whole fair"))
        self.say(
            {
                "session": _("Invite to"),
                "people": (_("People"), _("One a line: name@example.com, or Name <name@example.com>.")),
            }
        )
        self.require_words("people", _("Write at least one address."))

    def clean_people(self) -> list[Line]:
        """The people of the list, each once; every line that is none is named."""
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        if len(lines) > MOST:
            raise forms.ValidationError(_("At most %d people at a time.") % MOST)
        found: dict[str, Line] = {}
        wrong = []
        for line in lines:
            name, email = getaddresses([line])[0] if getaddresses([line]) else ("", "")
            try:
                validate_email(email)
            except ValidationError:
                wrong.append(clean(line)[:60])
            else:
                found.setdefault(email.lower(), Line(clean(name)[:80], email.lower()))
        if wrong:
            raise forms.ValidationError(
                ngettext("This line is no address: %(lines)s", "These lines are no addresses: %(lines)s", len(wrong))
                % {"lines": "; ".join(wrong[:5])}
            )
        return list(found.values())


@require_safe
@at_desk
def invitations(request: DeskRequest) -> HttpResponse:
    """Who was asked and what they said, newest first, or those of one state."""
    every = Invitation.objects.visible_to(request.user).filter(fair=request.fair)
    rows = every.order_by().values("state").annotate(count=Count("pk"))
    count = {row["state"]: row["count"] for row in rows}
    state = request.GET.get("state", "")
    found = every.filter(state=state) if state in State.values else every
    return show(
        request,
        "invitations.html",
        "invitations",
        {
            "page": page_of(request, found.for_table().order_by("-created_at", "pk"), size=PAGE),
            "states": [(str(one), count[one]) for one in State if count.get(one)],
            "state": state if state in State.values else "",
            "total": sum(count.values()),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def new(request: DeskRequest) -> HttpResponse:
    """Write a list, see how many it is, send."""
    form = InviteForm(request.fair, posted(request))
    if is_post(request) and form.is_valid():
        people: Sequence[Line] = form.cleaned_data["people"]
        to = form.cleaned_data["session"] or request.fair
        if "send" not in request.POST:
            return show(request, "invitations_new.html", "invitations", {"form": form, "people": people})
        if try_to(
            form,
            lambda: inviting.invite(
                to, [inviting.Guest(email=one.email, name=one.name) for one in people], by=request.user
            ),
        ):
            said = ngettext("%d invitation is on its way.", "%d invitations are on their way.", len(people))
            messages.success(request, said % len(people))
            return redirect("desk:invitations", slug=request.fair.slug)
    return show(request, "invitations_new.html", "invitations", {"form": form}, status=422 if is_post(request) else 200)


@require_POST
@at_desk
def cancel(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back; the person is told."""
    own = Invitation.objects.visible_to(request.user).filter(fair=request.fair).select_related("fair", "session")
    inviting.cancel(get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, _("The invitation is cancelled, and the person is told."))
    return redirect("desk:invitations", slug=request.fair.slug)
