"""What one does with all of a fair at once: copy it, move it, cancel it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exhibitors.models import Application
from fairs.models import Fair
from scheduling import cancelling, cloning, rescheduling
from scheduling.models import Invitation
from web.desk.decisions import NameForm
from web.desk.own import DeskRequest, at_desk, show, try_to
from web.forms import DayField, HouseForm, LongTextField, TextField


class RescheduleForm(HouseForm):
    """By how many days, and why."""

    days = forms.IntegerField(min_value=-365, max_value=365)
    reason = LongTextField(max_length=1000, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="move-%s", **kwargs)
        self.fields["days"].label = _("Days later")
        self.fields["days"].help_text = _("Such as 7; a minus sign for earlier.")
        self.fields["reason"].label = _("Reason")
        self.fields["reason"].help_text = _("Goes into the mail to everybody concerned.")

    def clean_days(self) -> int:
        """A move moves."""
        days: int = self.cleaned_data["days"]
        if days == 0:
            raise forms.ValidationError(_("Write by how many days, such as 7."))
        return days


class CancelForm(NameForm):
    """The fair's name, and why it does not take place."""

    reason = LongTextField(max_length=1000, rows=3)
    field_order = ("reason", "name")

    def __init__(self, fair: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(fair, *args, auto_id="cancel-%s", **kwargs)
        self.fields["reason"].label = _("Reason")
        self.fields["reason"].help_text = _("Goes into the mail to everybody concerned.")


class CloneForm(HouseForm):
    """A copy with other days."""

    name_zh = TextField(max_length=120)
    name_en = TextField(max_length=160, required=False)
    slug = forms.SlugField(max_length=60)
    starts_on = DayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="clone-%s", **kwargs)
        self.say(
            {
                "name_zh": (_("Name"), ""),
                "name_en": (_("Name in English"), ""),
                "slug": (_("Short name in addresses"), ""),
                "starts_on": (_("New first day"), _("Every date is shifted by the same number of days.")),
            }
        )


@require_safe
@at_desk
def lifecycle(request: DeskRequest) -> HttpResponse:
    """The three forms, each saying whom it touches."""
    return _show(request, {})


@require_POST
@at_desk
def reschedule(request: DeskRequest) -> HttpResponse:
    """Move an announced fair by days, with all that hangs on it."""
    form = RescheduleForm(request.POST)
    return _do(
        request,
        "reschedule",
        form,
        act=lambda: rescheduling.reschedule(
            request.fair, days=form.cleaned_data["days"], by=request.user, reason=form.cleaned_data["reason"]
        ),
        said=_("The fair has moved. Everybody is told, and who had confirmed is asked again."),
    )


@require_POST
@at_desk
def cancel(request: DeskRequest) -> HttpResponse:
    """Cancel the fair, after its name was typed."""
    form = CancelForm(request.fair, request.POST)
    return _do(
        request,
        "cancel",
        form,
        act=lambda: cancelling.cancel(request.fair, by=request.user, reason=form.cleaned_data["reason"]),
        said=_("The fair is cancelled. Everybody is told, and calendars mark it."),
    )


@require_POST
@at_desk
def clone(request: DeskRequest) -> HttpResponse:
    """A draft like this fair, with every date shifted."""
    form = CloneForm(request.POST)
    made: list[Fair] = []
    if form.is_valid() and try_to(
        form, lambda: made.append(cloning.clone(request.fair, **form.cleaned_data, by=request.user))
    ):
        messages.success(request, _("The copy is a draft. Look through its dates before you announce it."))
        return redirect("desk:board", slug=made[0].slug)
    return _show(request, {"clone": form}, status=422)


def _do(request: DeskRequest, name: str, form: HouseForm, *, act: Callable[[], object], said: str) -> HttpResponse:
    if form.is_valid() and try_to(form, act):
        messages.success(request, said)
        return redirect("desk:board", slug=request.fair.slug)
    request.fair.refresh_from_db()
    return _show(request, {name: form}, status=422)


def _show(request: DeskRequest, given: dict[str, HouseForm], *, status: int = 200) -> HttpResponse:
    fair = request.fair
    next_year = f"{fair.slug}-{fair.starts_on.year + 1}"[:60]
    standing = Application.objects.filter(call__fair=fair).standing()
    context = {
        "forms": {
            "reschedule": RescheduleForm(),
            "cancel": CancelForm(fair),
            "clone": CloneForm(
                initial={
                    "name_zh": fair.name_zh,
                    "name_en": fair.name_en,
                    "slug": next_year,
                    "starts_on": cloning.usual_start(fair),
                }
            ),
            **given,
        },
        "may_move": fair.state == Fair.State.ANNOUNCED and not fair.is_past(timezone.now()),
        "companies": standing.values("company").distinct().count(),
        "guests": Invitation.objects.filter(fair=fair).standing().values("email").distinct().count(),
        "booth_count": fair.booths.count(),
    }
    return show(request, "lifecycle.html", "fair", context, status=status)
