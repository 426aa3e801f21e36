"""Releasing a call's decisions: all at once, after the fair's name is typed."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.rules import require
from core.text import localized
from exhibitors import deciding, rules
from exhibitors.models import Application, CompanyMember
from fairs.models import Call
from web.desk.own import DeskRequest, at_desk, is_post, show, try_to
from web.forms import HouseForm, TextField
from web.requests import posted

State = Application.State
LISTED = 20


class NameForm(HouseForm):
    """A fair's name, typed to say that one is sure."""

    name = TextField(max_length=200)

    def __init__(self, fair: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fair = fair
        self.fields["name"].label = _("Type the fair’s name to confirm")
        self.fields["name"].help_text = localized(fair, "name")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["name"].error_messages["required"] = _("Type the name as it stands above.")

    def clean_name(self) -> str:
        """The name in either language."""
        typed = " ".join(self.cleaned_data["name"].split())
        if typed not in (" ".join(self.fair.name_zh.split()), " ".join(self.fair.name_en.split())) or not typed:
            self.add_error("name", _("This is not the fair’s name. Type it as it stands above."))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def decisions(request: DeskRequest) -> HttpResponse:
    """What is staged, what stands in the way, how many mails go out; and the button."""
    call = getattr(request.fair, "call", None)
    if call is None:
        raise Http404
    form = NameForm(request.fair, posted(request))
    if is_post(request):
        require(rules.may_release_decisions, request.user, call)
        if form.is_valid() and try_to(form, lambda: deciding.release(call, by=request.user)):
            messages.success(request, _("All decisions are released. The mails are on their way."))
            return redirect("desk:applications", slug=request.fair.slug)
    return show(
        request, "decisions.html", "applications", _context(call, form), status=422 if is_post(request) else 200
    )


def _context(call: Call, form: NameForm) -> dict[str, Any]:
    pending = Application.objects.filter(call=call, state__in=[State.SUBMITTED, State.RETURNED])
    rows = pending.order_by().values("state", "staged_decision").annotate(count=Count("pk"))
    counts = {(row["state"], row["staged_decision"]): row["count"] for row in rows}
    undecided = pending.filter(staged_decision="").select_related("company").order_by("number")
    mails = CompanyMember.objects.filter(company__in=pending.values("company")).values("user").distinct().count()
    staged = {decision: counts.get((State.SUBMITTED, decision), 0) for decision in Application.Decision.values}
    return {
        "form": form,
        "staged": staged,
        "undecided_count": counts.get((State.SUBMITTED, ""), 0),
        "returned_count": sum(count for (state, _decision), count in counts.items() if state == State.RETURNED),
        "undecided": undecided[:LISTED],
        "total": sum(counts.values()),
        "mails": mails,
        "is_released": call.decisions_released_at is not None,
    }
