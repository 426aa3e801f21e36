"""The pages of one fair: what it is, its programme, its floor plan."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.text import localized
from fairs.models import Booth, Fair, Hall
from fairs.plandrawing import Mark, PlanDrawing
from scheduling.models import Release
from web.public.cards import cards_of, standing_of, with_cards
from web.public.directory import booths_of, confirmed_at
from web.public.plans import confirmed_on, plan_of
from web.public.programme import chosen_day, days_of, listings_of
from web.public.structured import event_of
from web.public.subscribing import subscription
from web.requests import visitor

MAKERS = 6  # shown on the fair's first page


@require_safe
def fair(request: HttpRequest, slug: str) -> HttpResponse:
    """What a fair is, when and where; a day of its programme, some of its makers, its plan, its calendar."""
    fair = visible_fair(request, slug)
    listings = listings_of(fair)
    days = days_of(fair, listings)
    makers = confirmed_at(fair)
    shown = list(makers.for_table().order_by("slug")[:MAKERS])
    booths = booths_of(fair, [company.pk for company in shown])
    halls = list(fair.halls.order_by("key"))
    return render(
        request,
        "public/fair.html",
        {
            **frame_of(fair),
            "days": days,
            "day": chosen_day(fair, days, request.GET.get("day", "")),
            "makers": [(company, booths.get(company.pk, [])) for company in shown],
            "maker_count": makers.count(),
            "plan": _small_plan(fair, halls),
            "feed": subscription(f"/feeds/fairs/{fair.slug}.ics", name=localized(fair, "name")),
            "data": event_of(fair, listings),
        },
    )


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole programme as last released, a table a day; made to be printed as well."""
    fair = visible_fair(request, slug)
    listings = listings_of(fair)
    return render(
        request,
        "public/programme.html",
        {
            **frame_of(fair),
            "days": days_of(fair, listings),
            "releases": Release.objects.filter(fair=fair).defer("programme").order_by("-number"),
            "feed": subscription(f"/feeds/fairs/{fair.slug}.ics", name=localized(fair, "name")),
            "data": event_of(fair, listings),
        },
    )


def _small_plan(fair: Fair, halls: Sequence[Hall]) -> PlanDrawing | None:
    """The first hall, to be looked at: what is not confirmed is dashed, nothing is a link."""
    if not halls:
        return None
    confirmed = confirmed_on(fair)
    booths = list(Booth.objects.filter(hall=halls[0]).for_plan())
    marks = {booth.number: Mark(is_dashed=booth.number not in confirmed) for booth in booths}
    return plan_of(fair, halls[0], marks=marks, booths=booths)


def visible_fair(request: HttpRequest, slug: str) -> Fair:
    fairs = with_cards(Fair.objects.visible_to(visitor(request)))
    return get_object_or_404(fairs, slug=slug)


def frame_of(fair: Fair) -> dict[str, Any]:
    """What all pages of a fair show at their head."""
    now = timezone.now()
    return {
        "fair": fair,
        "card": cards_of([fair])[0],
        "standing": standing_of(fair, now),
        "zone": fair.zone,
        "release": Release.objects.filter(fair=fair).defer("programme").order_by("-number").first(),
        "call": (call := getattr(fair, "call", None)),
        "call_is_open": bool(call and call.is_open(now)),
        "codes": [category.code for category in fair.categories.all()],
    }
