"""One search over fairs, makers, products and towns."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exhibitors.models import Company, Product
from fairs.models import Fair, Town
from web.public.cards import cards_of, with_cards
from web.public.directory import Asked, find_companies, find_products, matching

MOST = 8  # of each kind; the directory shows all


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What bears the words in its name or its place, the nearest of each kind; nothing without words."""
    asked = Asked.of(request)
    if not asked.words:
        return render(request, "public/search.html", {"asked": asked})
    fairs = Fair.objects.public().filter(
        matching(
            asked.words,
            "name_zh",
            "name_en",
            "venue__name_zh",
            "venue__name_en",
            "venue__town__name_zh",
            "venue__town__name_en",
            "venue__town__county__name_zh",
            "venue__town__county__name_en",
        )
    )
    towns = Town.objects.select_related("county").filter(
        matching(asked.words, "name_zh", "name_en", "county__name_zh", "county__name_en")
    )
    companies = find_companies(asked, Company.objects.all())
    products = find_products(asked, Product.objects.on_show())
    cards = cards_of(with_cards(fairs.order_by("-ends_on", "slug"))[:MOST])
    context = {
        "asked": asked,
        "cards": cards,
        "companies": companies.for_table().order_by("name_zh", "pk")[:MOST],
        "company_count": (company_count := companies.count()),
        "products": products.for_table().order_by("name_zh", "pk")[:MOST],
        "product_count": (product_count := products.count()),
        "towns": (found_towns := list(towns.order_by("code")[:MOST])),
        "found": bool(cards or company_count or product_count or found_towns),
    }
    return render(request, "public/search.html", context)
