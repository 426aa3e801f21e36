"""The home page: the next fairs, by county and day."""

from datetime import timedelta

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.text import clean, localized
from fairs.models import Category, County, Fair
from web.paging import page_of
from web.public.cards import cards_of, with_cards
from web.taiwan import spots, taiwan

AHEAD = timedelta(days=90)
PAGE = 8
CRAFTS = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Fairs that are not over, soonest first; of one county or with an open call where that is asked for."""
    now = timezone.now()
    today = timezone.localdate()
    fairs = Fair.objects.public().exclude(state=Fair.State.CLOSED).filter(ends_on__gte=today)
    county = County.objects.filter(code=clean(request.GET.get("county", ""))[:5]).first()
    if county:
        fairs = fairs.filter(venue__town__county=county)
    if only_open := request.GET.get("call") == "open":
        fairs = fairs.filter(state=Fair.State.ANNOUNCED, call__opens_at__lte=now, call__closes_at__gt=now)
    if weekend := request.GET.get("when") == "weekend":
        saturday = today + timedelta(days=(5 - today.weekday()) % 7 if today.weekday() < 6 else -1)
        fairs = fairs.filter(starts_on__lte=saturday + timedelta(days=1), ends_on__gte=saturday)
    soon = _fairs_by_county()
    page = page_of(request, with_cards(fairs.order_by("starts_on", "slug")), size=PAGE)
    return render(
        request,
        "public/home.html",
        {
            "page": page,
            "cards": cards_of(page),
            "county": county,
            "only_open": only_open,
            "weekend": weekend,
            "map": taiwan(),
            "spots": spots(_county_names(), soon),
            "soon": sum(soon.values()),
            "crafts": Category.objects.annotate(makers=Count("companies"))
            .filter(makers__gt=0)
            .order_by("-makers")[:CRAFTS],
        },
    )


def _county_names() -> dict[str, str]:
    return {county.code: localized(county, "name") for county in County.objects.all()}


def _fairs_by_county() -> dict[str, int]:
    """How many fairs each county has within the next 90 days, by its code; cancelled ones do not count."""
    today = timezone.localdate()
    rows = (
        Fair.objects.public()
        .filter(~Q(state=Fair.State.CANCELLED), ends_on__gte=today, starts_on__lte=today + AHEAD)
        .exclude(venue__town=None)
        .order_by()
        .values(county=F("venue__town__county"))
        .annotate(fairs=Count("pk"))
    )
    return {row["county"]: row["fairs"] for row in rows}
