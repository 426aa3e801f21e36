"""The page of one maker, one product, one town, and the list of towns."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.text import clean, localized
from exhibitors.models import Company, Placement, Product
from fairs.models import Fair, Town
from web.paging import page_of
from web.public.cards import FairCard, cards_of, with_cards
from web.public.subscribing import subscription

PRODUCTS = 12
MAKERS = 12
NEAR = 6


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """A maker: story, products, and where to meet them. Confirmed booths alone: applications are nobody's business."""
    company = get_object_or_404(Company.objects.for_table(), slug=slug)
    products = Product.objects.on_show().filter(company=company)
    return render(
        request,
        "public/maker.html",
        {
            "company": company,
            "page": page_of(request, products.for_table().order_by("name_zh", "pk"), size=PRODUCTS),
            "meetings": _coming_fairs(company),
            "feed": subscription(f"/feeds/companies/{company.slug}.ics", name=localized(company, "name")),
        },
    )


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product, its maker, and where it can be seen."""
    product = get_object_or_404(
        Product.objects.on_show().select_related("company__town__county", "category", "town__county"), slug=slug
    )
    others = Product.objects.on_show().filter(company=product.company).exclude(pk=product.pk)
    return render(
        request,
        "public/product.html",
        {
            "product": product,
            "company": product.company,
            "meetings": _coming_fairs(product.company),
            "others": others.for_table().order_by("name_zh", "pk")[:5],
        },
    )


@require_safe
def towns(request: HttpRequest) -> HttpResponse:
    """All towns by county, with how many makers each has; found by name as well."""
    words = clean(request.GET.get("q", ""))[:50].replace("台", "臺")
    towns = Town.objects.select_related("county").annotate(makers=Count("companies")).order_by("county", "code")
    if words:
        towns = towns.filter(
            Q(name_zh__icontains=words)
            | Q(name_en__icontains=words)
            | Q(county__name_zh__icontains=words)
            | Q(county__name_en__icontains=words)
        )
    counties = [(county, list(found)) for county, found in groupby(towns, key=lambda town: town.county)]
    return render(request, "public/towns.html", {"counties": counties, "words": words})


@require_safe
def town(request: HttpRequest, code: str) -> HttpResponse:
    """A town: its makers, and the fairs held in it or visited by its makers."""
    town = get_object_or_404(Town.objects.select_related("county"), code=code)
    makers = Company.objects.filter(town=town)
    crafts = makers.order_by().values("category", "category__name_zh", "category__name_en").annotate(makers=Count("pk"))
    near = Town.objects.filter(county=town.county_id).exclude(pk=town.pk).annotate(makers=Count("companies"))
    return render(
        request,
        "public/town.html",
        {
            "town": town,
            "crafts": sorted(crafts, key=lambda row: -row["makers"]),
            "page": page_of(request, makers.for_table().order_by("name_zh", "pk"), size=MAKERS),
            "product_count": Product.objects.on_show().filter(town=town).count(),
            "cards": _fairs_of(town),
            "near": near.select_related("county").order_by("-makers", "code")[:NEAR],
            "feed": subscription(f"/feeds/towns/{town.code}.ics", name=localized(town, "name")),
        },
    )


def _fairs_of(town: Town) -> Sequence[FairCard]:
    """Fairs that are not over, in the town or with a maker of the town who confirmed."""
    visits = Placement.objects.confirmed().filter(booth__fair=OuterRef("pk"), application__company__town=town)
    fairs = Fair.objects.public().filter(ends_on__gte=timezone.localdate()).exclude(state=Fair.State.CLOSED)
    found = fairs.filter(Q(venue__town=town) | Q(Exists(visits))).order_by("starts_on", "slug")
    return cards_of(with_cards(found)[:MAKERS])


def _coming_fairs(company: Company) -> list[tuple[FairCard, list[str]]]:
    """The fairs to come where the maker has confirmed booths, with their numbers. Three queries."""
    held = (
        Placement.objects.confirmed()
        .filter(application__company=company, booth__fair__ends_on__gte=timezone.localdate())
        .exclude(booth__fair__state__in=[Fair.State.CANCELLED, Fair.State.DRAFT])
        .order_by("booth__number")
        .values_list("booth__fair", "booth__number")
    )
    numbers: dict[UUID, list[str]] = {}
    for fair, number in held:
        numbers.setdefault(fair, []).append(number)
    fairs = with_cards(Fair.objects.public().filter(pk__in=list(numbers))).order_by("starts_on")
    return [(card, numbers[card.fair.pk]) for card in cards_of(fairs)]
