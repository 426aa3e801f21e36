"""How the API speaks: problem details, pages by cursor, throttles, and a parser that cannot be exhausted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any  # DRF's own signatures

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from core.errors import DomainError

MAX_DEPTH = 32  # nested objects and lists in a body
_PROBLEM = "application/problem+json"


class LimitedJSONParser(JSONParser):
    """JSON that answers 400 where it is nested so deep that Python's parser would give up (RecursionError)."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python data. Raises ParseError."""
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            text = stream.read().decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise exceptions.ParseError(_("The body is not text in UTF-8.")) from error
        if _depth(text) > MAX_DEPTH:
            raise exceptions.ParseError(_("The body is nested too deep."))
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except ValueError as error:
            raise exceptions.ParseError(_("The body is not JSON: %s") % error) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


class CursorPages(CursorPagination):
    """Pages by cursor: stable while rows come and go. Ids sort by time, so the newest come first."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"


class AnonThrottle(AnonRateThrottle):
    """Requests without sign-in, an address."""


class UserThrottle(UserRateThrottle):
    """Requests of one person."""


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Any refusal as problem details (RFC 9457); None for what is no refusal but a fault."""
    if isinstance(error, DomainError):
        return _response(error.status, error.code, error.message, extra=error.data)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(detail=getattr(error, "message_dict", None) or error.messages)
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.ValidationError):
        return _response(400, "invalid", _("Some fields are not right."), extra={"errors": error.detail})
    code = error.default_code.replace("_", "-")
    return _response(error.status_code, code, str(error.detail), headers=headers)


def _response(
    status: int,
    code: str,
    detail: str,
    *,
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **(extra or {})}
    return Response(body, status=status, headers=dict(headers or {}), content_type=_PROBLEM)
