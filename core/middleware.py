"""What every request passes."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_GOOD_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class RequestId:
    """Gives each request an id that logs, tasks, mails and error pages bear, and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the proxy's id if it has a harmless form, else make one."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GOOD_ID.match(given) else str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class Languages(LocaleMiddleware):
    """Gives each request the reader's language, but feeds: theirs is in their address alone, so that caches are right.

    Django's would let every answer vary by Accept-Language, of which each browser sends another.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Find out the language."""
        if _has_own_language(request):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which language it was."""
        return response if _has_own_language(request) else super().process_response(request, response)


def _has_own_language(request: HttpRequest) -> bool:
    return request.path_info.startswith("/feeds/")
