"""A company's private calendars: an address each, made, replaced and ended by their owner. Its secret is shown once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scheduling import subscribing
from scheduling.models import FeedToken
from web.company.own import MemberRequest, for_members

# Of the session, read once: the address that was just made.
FRESH = "fresh-calendar"


@require_POST
@for_members
def calendar_new(request: MemberRequest) -> HttpResponse:
    """One more address, such as for another device."""
    _token, raw = subscribing.create_token(request.user, company=request.company, name=request.POST.get("name", ""))
    request.session[FRESH] = path_of(raw)
    return redirect("company:home")


@require_POST
@for_members
def calendar_change(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Replace an address that others have seen, or end it; the old one stops at once."""
    own = FeedToken.objects.visible_to(request.user).filter(company=request.company, revoked_at=None)
    token = get_object_or_404(own, pk=pk)
    if "replace" in request.POST:
        _token, raw = subscribing.replace(token, by=request.user)
        request.session[FRESH] = path_of(raw)
    else:
        subscribing.revoke(token, by=request.user)
        messages.success(request, _("The address has ended."))
    return redirect("company:home")


def path_of(raw: str) -> str:
    """Where the private calendar of this secret stands."""
    return f"/feeds/private/{raw}.ics"
