"""Makers and their products: the whole house's, and those of one fair."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.text import clean, localized
from exhibitors.models import Company, Placement, Product
from exhibitors.models.companies import CompanyQuerySet, ProductQuerySet
from fairs.models import Category, County, Fair
from web.paging import page_of
from web.requests import visitor

PAGE = 24
QUERY = 100  # characters that a search may have


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter and how many things it leaves."""

    value: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor looks for."""

    words: str
    category: str
    county: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Read from the address; unknown values find nothing, which the page says."""
        return cls(
            words=clean(request.GET.get("q", ""))[:QUERY],
            category=clean(request.GET.get("category", ""))[:30],
            county=clean(request.GET.get("county", ""))[:5],
        )


def matching(words: str, *fields: str) -> Q:
    """Each word in any of the fields; every word must be found."""
    found = Q()
    for word in words.replace("台", "臺").split():
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        found &= one
    return found


def find_products(asked: Asked, products: ProductQuerySet) -> ProductQuerySet:
    """Of `products`, those that `asked` looks for."""
    if asked.category:
        products = products.filter(category=asked.category)
    if asked.county:
        products = products.filter(town__county=asked.county)
    return products.filter(
        matching(
            asked.words, "name_zh", "name_en", "company__name_zh", "company__name_en", "town__name_zh", "town__name_en"
        )
    )


def find_companies(asked: Asked, companies: CompanyQuerySet) -> CompanyQuerySet:
    """Of `companies`, those that `asked` looks for."""
    if asked.category:
        companies = companies.filter(category=asked.category)
    if asked.county:
        companies = companies.filter(town__county=asked.county)
    return companies.filter(
        matching(
            asked.words,
            "name_zh",
            "name_en",
            "town__name_zh",
            "town__name_en",
            "category__name_zh",
            "category__name_en",
        )
    )


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """All products on show, by category, county and words."""
    asked = Asked.of(request)
    every = Product.objects.on_show()
    found = find_products(asked, every).for_table().order_by("name_zh", "pk")
    return _directory(request, asked, found, every, kind="products", counts=_counts(every, Company.objects.all()))


@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """All makers, by category, county and words."""
    asked = Asked.of(request)
    every = Company.objects.all()
    found = find_companies(asked, every).for_table().order_by("town__county", "name_zh", "pk")
    return _directory(request, asked, found, every, kind="companies", counts=_counts(Product.objects.on_show(), every))


@require_safe
def exhibitors(request: HttpRequest, slug: str) -> HttpResponse:
    """The makers who confirmed a booth at a fair, with the booth; who applied or waits is nobody's business."""
    fair = get_object_or_404(Fair.objects.visible_to(visitor(request)).select_related("venue__town__county"), slug=slug)
    asked = Asked.of(request)
    every = confirmed_at(fair)
    found = find_companies(asked, every).for_table().order_by("name_zh", "pk")
    page = page_of(request, found, size=PAGE)
    booths = booths_of(fair, [company.pk for company in page])
    return render(
        request,
        "public/exhibitors.html",
        {
            "fair": fair,
            "asked": asked,
            "page": page,
            "rows": [(company, booths.get(company.pk, [])) for company in page],
            "categories": _categories(every, asked.category),
            "counties": _counties(every, asked.county),
        },
    )


def confirmed_at(fair: Fair) -> CompanyQuerySet:
    """The companies with a confirmed booth at `fair`."""
    held = Placement.objects.confirmed().filter(application__company=OuterRef("pk"), booth__fair=fair)
    return Company.objects.filter(Exists(held))


def booths_of(fair: Fair, companies: list[Any]) -> dict[Any, list[str]]:
    """The numbers of the confirmed booths of each company at `fair`, by the company's id. One query."""
    rows = (
        Placement.objects.confirmed()
        .filter(booth__fair=fair, application__company__in=companies)
        .order_by("booth__number")
        .values_list("application__company", "booth__number")
    )
    numbers: dict[Any, list[str]] = {}
    for company, number in rows:
        numbers.setdefault(company, []).append(number)
    return numbers


def _directory(
    request: HttpRequest,
    asked: Asked,
    found: QuerySet[Any],
    every: QuerySet[Any],
    *,
    kind: str,
    counts: tuple[int, int],
) -> HttpResponse:
    return render(
        request,
        "public/directory.html",
        {
            "kind": kind,
            "asked": asked,
            "page": page_of(request, found, size=PAGE),
            "product_count": counts[0],
            "company_count": counts[1],
            "categories": _categories(every, asked.category),
            "counties": _counties(every, asked.county, town="town"),
        },
    )


def _counts(products: QuerySet[Product], companies: QuerySet[Company]) -> tuple[int, int]:
    return products.count(), companies.count()


def _categories(things: QuerySet[Any], chosen: str) -> list[Choice]:
    rows = things.order_by().values(code=F("category")).annotate(count=Count("pk"))
    count = {row["code"]: row["count"] for row in rows}
    choices = [
        Choice(category.code, localized(category, "name"), count[category.code], category.code == chosen)
        for category in Category.objects.filter(code__in=count)
    ]
    return sorted(choices, key=lambda choice: -choice.count)


def _counties(things: QuerySet[Any], chosen: str, town: str = "town") -> list[Choice]:
    rows = things.order_by().values(code=F(f"{town}__county")).annotate(count=Count("pk"))
    count = {row["code"]: row["count"] for row in rows}
    choices = [
        Choice(county.code, localized(county, "name"), count[county.code], county.code == chosen)
        for county in County.objects.filter(code__in=count)
    ]
    return sorted(choices, key=lambda choice: -choice.count)
