"""What a page knows of its reader before it begins: language, look, and the house's own time."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from core.errors import DomainError

YEAR = 365 * 24 * 60 * 60  # seconds
LANGUAGES = {"zh": "zh-hant", "zh-hant": "zh-hant", "zh-tw": "zh-hant", "en": "en"}
THEMES = ("day", "night")
THEME_COOKIE = "theme"
Answer = Callable[[HttpRequest], HttpResponse]
# Pages need none of these, so a script that got in could use none of them.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Reader:
    """Takes `?lang=` before the cookie, keeps it, and reads instants in the house's own zone.

    Stands after LocaleMiddleware, which settles cookie and Accept-Language. A feed's language is in its address alone,
    and the API speaks by Accept-Language: neither gets a cookie.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language asked for; restore nothing, for LocaleMiddleware sets it anew for each request."""
        with timezone.override(ZoneInfo(settings.HOME_TIME_ZONE)):
            asked = LANGUAGES.get(request.GET.get("lang", "").lower()) if _is_page(request) else None
            if asked:
                translation.activate(asked)
                request.LANGUAGE_CODE = asked
            response = self.get_response(request)
            if asked:
                keep_language(response, asked)
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
            return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A rule of the domain said no: the 409 page (or 403, 422) with its sentence. The API has its own door."""
        if not isinstance(error, DomainError):
            return None
        template = "403.html" if error.status == 403 else "409.html"
        return render(request, template, {"error": error, "back": request.path}, status=error.status)


def keep_language(response: HttpResponse, language: str) -> None:
    """Remember the reader's language for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )


def theme_of(request: HttpRequest) -> str:
    """The look that the reader chose, day or night; empty to follow the system."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def _is_page(request: HttpRequest) -> bool:
    return not request.path.startswith(("/feeds/", "/api/", "/static/", "/health/", "/metrics"))
