"""Pages for what went wrong: what happened, whether anything changed, what one can do, and a number to quote."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that no page of ours makes."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: as whom one is logged in, and who may do it."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that is too old, or was not ours."""
    said = _(
        "This form was open too long, or was opened elsewhere. Go back, load the page again and send it once more."
    )
    return render(request, "403.html", {"reason": said, "stale": True, "back": request.path}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same words whether a thing does not exist or may not be seen."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database, the session or the request's user, since any of them may be what is broken."""
    context = {"request_id": request.META.get("HTTP_X_REQUEST_ID", ""), "contact": settings.OPERATOR_CONTACT}
    return HttpResponse(render_to_string("500.html", context), status=500)
