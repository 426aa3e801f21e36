"""What visitors see while the database or Redis is away for a moment: 503 with Retry-After, not an error of ours.

The handler of last resort is the place for it, since a middleware sees no error of the middlewares around it, and the
session and the request's user are read there.
"""

import sys

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from web import errors

RETRY_AFTER = 5  # seconds; a killed PostgreSQL is back after about two
_PASSING = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where a server that we lean on is away, else the page for a fault of our own. Reads neither."""
    response: HttpResponse
    if not isinstance(sys.exc_info()[1], _PASSING):
        return errors.server_error(request)
    if request.path.startswith("/api/"):
        sentence = _("The service is away for a moment. Nothing was changed; ask again in a few seconds.")
        problem = {
            "type": "about:blank",
            "title": "unavailable",
            "status": 503,
            "code": "unavailable",
            "detail": sentence,
        }
        response = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        context = {"request_id": request.META.get("HTTP_X_REQUEST_ID", ""), "path": request.get_full_path()}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
