"""Files that programs look for at fixed addresses."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from exhibitors.models import Company, Product
from fairs.models import Fair, Town

MOST = 50_000  # addresses in one file, by sitemaps.org
HOUR = 3600  # seconds
CLOSED = ("/desk/", "/company/", "/accounts/", "/admin/", "/a/", "/start/", "/search/", "/api/", "/preferences/")
SECURITY_TERM = timedelta(days=180)  # RFC 9116 asks for less than a year


@require_safe
@cache_control(public=True, max_age=HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """Which addresses hold nothing for a search engine (RFC 9309)."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=HOUR)
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116)."""
    until = (timezone.now() + SECURITY_TERM).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.SECURITY_CONTACT}",
        f"Expires: {until.isoformat()}",
        "Preferred-Languages: zh-Hant, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, with its English form. Four queries; names alone are read."""
    paths = [reverse(name) for name in ("home", "companies", "products", "towns", "calendars", "about")]
    paths += _pages("fair", Fair.objects.public().order_by("-starts_on").values_list("slug", flat=True))
    paths += _pages("company-page", Company.objects.order_by("slug").values_list("slug", flat=True))
    paths += _pages("product", Product.objects.on_show().order_by("slug").values_list("slug", flat=True))
    paths += _pages("town", Town.objects.order_by("code").values_list("code", flat=True))
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "".join(map(_entry, paths[:MOST]))
        + "</urlset>\n",
        content_type="application/xml; charset=utf-8",
    )


def _pages(view: str, keys: object) -> list[str]:
    return [reverse(view, args=[key]) for key in keys]  # type: ignore[attr-defined]  # a queryset of names


def _entry(path: str) -> str:
    address = escape(settings.SITE_URL + path)
    return (
        f'<url><loc>{address}</loc><xhtml:link rel="alternate" hreflang="en" href="{address}?lang=en"/>'
        f'<xhtml:link rel="alternate" hreflang="zh-Hant" href="{address}?lang=zh-hant"/></url>\n'
    )
