"""What comes into the API: JSON that cannot exhaust us, without control characters."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any  # DRF's own signature, and what JSON may hold

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

from core.text import clean

MAX_DEPTH = 32  # nested objects and lists in a body
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


class TooLarge(exceptions.APIException):
    """The body is longer than we read (RFC 9110, 15.5.14)."""

    status_code = 413
    default_code = "too-large"


class LimitedJSONParser(JSONParser):
    """JSON that answers 400 where it is nested so deep that Python's parser would give up (RecursionError).

    Text comes out without control characters: PostgreSQL refuses NUL, and mails and calendars take others for ends.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python data. Raises ParseError, TooLarge."""
        longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        body = stream.read(longest + 1)
        if len(body) > longest:
            raise TooLarge(_("The body is longer than %d bytes.") % longest)
        try:
            text = body.decode((parser_context or {}).get("encoding") or "utf-8")
        except (UnicodeDecodeError, LookupError) as error:
            raise exceptions.ParseError(_("The body is not text in UTF-8.")) from error
        if _is_too_deep(text):
            raise exceptions.ParseError(_("The body is nested too deep."))
        try:
            return _cleaned(json.loads(text, parse_constant=_refuse_constant, parse_float=_finite))
        except ValueError as error:
            raise exceptions.ParseError(_("The body is not JSON: %s") % error) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value, multiline=True)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(one) for key, one in value.items()}
    return value
