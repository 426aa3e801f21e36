"""A fair itself: made, edited, announced, closed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Organizer
from fairs import planning
from fairs.models import Category, Fair, Venue
from web.desk.own import DeskRequest, at_desk, for_coordinators, is_post, organizers_of, show, try_to
from web.forms import ClockField, DayField, HouseForm, LongTextField, RowField, RowsField, TextField
from web.requests import SignedInRequest, posted


class FairForm(HouseForm):
    """What a fair says of itself."""

    name_zh = TextField(max_length=120)
    name_en = TextField(max_length=160, required=False)
    slug = forms.SlugField(max_length=60, required=False)
    venue = RowField(Venue.objects.none())
    starts_on = DayField()
    ends_on = DayField()
    opens = ClockField()
    closes = ClockField()
    description_zh = LongTextField(max_length=4000, required=False, rows=5)
    description_en = LongTextField(max_length=4000, required=False, rows=4)
    categories = RowsField(Category.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say(
            {
                "name_zh": (_("Name"), ""),
                "name_en": (_("Name in English"), _("The Chinese one is shown until it is there.")),
                "slug": (
                    _("Short name in addresses"),
                    _("Small letters, digits and hyphens; empty: made from the name."),
                ),
                "venue": (_("Venue"), ""),
                "starts_on": (_("First day"), _("Such as 2026-12-11 or 115/12/11.")),
                "ends_on": (_("Last day"), ""),
                "opens": (_("Opens at"), _("Such as 10:00; the venue’s time.")),
                "closes": (_("Closes at"), ""),
                "description_zh": (_("What the fair is about"), ""),
                "description_en": (_("What the fair is about, in English"), ""),
                "categories": (_("Categories"), _("None means all.")),
            }
        )
        self.offer("venue", Venue.objects.order_by("name_zh"))
        self.offer("categories", Category.objects.all())

    @classmethod
    def kept(cls, fair: Fair) -> dict[str, Any]:
        """What the fair says now."""
        return {
            **{name: getattr(fair, name) for name in cls.base_fields if name not in ("venue", "categories")},
            "venue": fair.venue_id,
            "categories": [category.pk for category in fair.categories.all()],
        }


class NewFairForm(FairForm):
    """A new fair, of one of the organizers that the person coordinates."""

    organizer = RowField(Organizer.objects.none())
    field_order = ("organizer",)

    def __init__(self, organizers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("organizer", organizers, none=None)
        self.say({"organizer": _("Organizer")})


@require_http_methods(["GET", "HEAD", "POST"])
@for_coordinators
def new(request: SignedInRequest) -> HttpResponse:
    """A draft, which nobody outside sees."""
    organizers = organizers_of(request)
    form = NewFairForm(
        organizers, posted(request), initial={"opens": "10:00", "closes": "18:00", "organizer": organizers[0].pk}
    )
    if is_post(request) and form.is_valid():
        made: list[Fair] = []
        values = {name: value for name, value in form.cleaned_data.items() if name != "organizer"}
        organizer = form.cleaned_data["organizer"]
        if try_to(form, lambda: made.append(planning.create(organizer, values=values, by=request.user))):
            messages.success(request, _("The draft is made. Nobody but you sees it until it is announced."))
            return redirect("desk:board", slug=made[0].slug)
    return render(
        request, "desk/fair_new.html", {"form": form, "room": "fairs"}, status=422 if is_post(request) else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def fair(request: DeskRequest) -> HttpResponse:
    """Edit the fair; below, what one does with all of it."""
    form = FairForm(posted(request), initial=FairForm.kept(request.fair))
    if is_post(request) and form.is_valid():
        values = dict(form.cleaned_data)
        if not values["slug"]:
            del values["slug"]
        if try_to(form, lambda: planning.edit(request.fair, values=values, by=request.user)):
            messages.success(request, _("The fair is saved."))
            return redirect("desk:fair", slug=request.fair.slug)
        request.fair.refresh_from_db()
    return _show(request, {"edit": form}, status=422 if is_post(request) else 200)


@require_POST
@at_desk
def announce(request: DeskRequest) -> HttpResponse:
    """Show the draft to everybody."""
    return _do(
        request,
        "announce",
        HouseForm(request.POST),
        lambda: planning.announce(request.fair, by=request.user),
        _("The fair is announced. Everybody sees it now."),
    )


@require_POST
@at_desk
def close(request: DeskRequest) -> HttpResponse:
    """Put the fair to the files."""
    return _do(
        request,
        "close",
        HouseForm(request.POST),
        lambda: planning.close(request.fair, by=request.user),
        _("The fair is closed."),
    )


def _do(request: DeskRequest, name: str, form: HouseForm, act: Callable[[], object], said: str) -> HttpResponse:
    if form.is_valid() and try_to(form, act):
        messages.success(request, said)
        return redirect("desk:board", slug=request.fair.slug)
    request.fair.refresh_from_db()
    return _show(request, {name: form}, status=422)


def _show(request: DeskRequest, given: dict[str, HouseForm], *, status: int = 200) -> HttpResponse:
    fair = request.fair
    context = {
        "forms": {
            "edit": FairForm(initial=FairForm.kept(fair)),
            "announce": HouseForm(),
            "close": HouseForm(),
            **given,
        },
        "may_announce": fair.state == Fair.State.DRAFT,
        "may_close": fair.state == Fair.State.ANNOUNCED and fair.is_past(timezone.now()),
        "days_fixed": fair.state != Fair.State.DRAFT,
    }
    return show(request, "fair.html", "fair", context, status=status)
