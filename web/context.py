"""What every page's frame needs, without a query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from web.middleware import theme_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Language, look, and the page's own address in each language, for the switch and for search engines."""
    english = (get_language() or "").startswith("en")
    asked = request.GET.copy()
    asked.pop("lang", None)
    path = request.path + (f"?{asked.urlencode()}" if asked else "")
    return {
        "english": english,
        "html_lang": "en" if english else "zh-Hant-TW",
        "other_lang": "zh-Hant" if english else "en",
        "other_code": "zh-hant" if english else "en",
        "theme": theme_of(request),
        "here_path": path,
        "page_path": request.path,
        "site_url": settings.SITE_URL,
        "demo": settings.DEMO,
        "operator": {
            "name": settings.OPERATOR_EN if english and settings.OPERATOR_EN else settings.OPERATOR_ZH,
            "contact": settings.OPERATOR_CONTACT,
        },
        "request_id": request.META.get("HTTP_X_REQUEST_ID", ""),
    }
