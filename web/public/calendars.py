"""Build a calendar of one's own: choose, get one address, subscribe."""

from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.text import localized
from fairs.models import Category, County, Fair
from web.public.directory import Choice
from web.public.home import AHEAD
from web.public.subscribing import subscription

PREVIEW = 5
FEED = "/feeds/fairs.ics"


@require_safe
def calendars(request: HttpRequest) -> HttpResponse:
    """Counties and crafts to choose from; what matches now; and the address, ready to subscribe to."""
    counties = _counties(set(request.GET.getlist("county")))
    crafts = _crafts(set(request.GET.getlist("category")))
    chosen_counties = [choice for choice in counties if choice.chosen]
    chosen_crafts = [choice for choice in crafts if choice.chosen]
    fairs = Fair.objects.public().exclude(state__in=[Fair.State.CLOSED, Fair.State.CANCELLED])
    fairs = fairs.filter(ends_on__gte=timezone.localdate())
    if chosen_counties:
        fairs = fairs.filter(venue__town__county__in=[choice.value for choice in chosen_counties])
    if chosen_crafts:
        fairs = fairs.filter(categories__in=[choice.value for choice in chosen_crafts]).distinct()
    names = [choice.name for choice in [*chosen_counties, *chosen_crafts]]
    return render(
        request,
        "public/calendars.html",
        {
            "counties": counties,
            "crafts": crafts,
            "named": names,
            "match_count": fairs.count(),
            "matches": fairs.order_by("starts_on", "slug")[:PREVIEW],
            "feed": subscription(_path(chosen_counties, chosen_crafts), name=_(", ").join(names) or _("OTOP Fairs")),
        },
    )


def _path(counties: list[Choice], crafts: list[Choice]) -> str:
    """The address of the feed; equal choices make an equal address, for the order is that of the codes."""
    asked = {
        "county": ",".join(sorted(choice.value for choice in counties)),
        "category": ",".join(sorted(choice.value for choice in crafts)),
    }
    said = urlencode({name: values for name, values in asked.items() if values}, safe=",")
    return f"{FEED}?{said}" if said else FEED


def _coming() -> Q:
    today = timezone.localdate()
    return Q(ends_on__gte=today, starts_on__lte=today + AHEAD) & ~Q(state__in=[Fair.State.DRAFT, Fair.State.CANCELLED])


def _counties(chosen: set[str]) -> list[Choice]:
    rows = Fair.objects.filter(_coming()).order_by().values(code=F("venue__town__county")).annotate(count=Count("pk"))
    count = {row["code"]: row["count"] for row in rows}
    choices = [
        Choice(county.code, localized(county, "name"), count.get(county.code, 0), county.code in chosen)
        for county in County.objects.all()
    ]
    return sorted(choices, key=lambda choice: (-choice.count, choice.value))


def _crafts(chosen: set[str]) -> list[Choice]:
    rows = Fair.objects.filter(_coming()).order_by().values(code=F("categories")).annotate(count=Count("pk"))
    count = {row["code"]: row["count"] for row in rows}
    choices = [
        Choice(category.code, localized(category, "name"), count.get(category.code, 0), category.code in chosen)
        for category in Category.objects.all()
    ]
    return sorted(choices, key=lambda choice: (-choice.count, choice.value))
