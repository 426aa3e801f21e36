"""What every request passes."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

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
