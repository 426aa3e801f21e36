"""Problem details (RFC 9457): how the API says no, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # DRF's own signatures

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import DomainError

MEDIA_TYPE = "application/problem+json"


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Any refusal as problem details (RFC 9457); None for what is no refusal but a fault."""
    if isinstance(error, DomainError):
        return _response(error.status, error.code, error.message, extra=error.data)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, ValidationError):
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
    return Response(body, status=status, headers=dict(headers or {}), content_type=MEDIA_TYPE)
