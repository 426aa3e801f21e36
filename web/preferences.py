"""The reader's own choices: language and look, kept in cookies, and in the account where there is one."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from web.middleware import LANGUAGES, THEME_COOKIE, THEMES, YEAR, keep_language


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in another language, at the same place."""
    response = redirect(safe_next(request))
    if chosen := LANGUAGES.get(request.POST.get("language", "").lower()):
        keep_language(response, chosen)
        if request.user.is_authenticated and request.user.language != chosen:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Day, night, or as the system has it."""
    response = redirect(safe_next(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax", httponly=True
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Where to go on: the `next` of the form if it is a page of ours, for a link from outside must not lead away."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ) and target.startswith("/"):
        return target
    return fallback
