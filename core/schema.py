"""The OpenAPI schema's view of our conventions: what every operation takes and may answer, beside its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any  # schemas are plain JSON, and drf-spectacular is untyped

from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.problems import MEDIA_TYPE

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_WITH_BODY = ("POST", "PUT", "PATCH")

PROBLEMS = {
    "400": "The request is not as this schema says.",
    "401": "Nobody is signed in, or the token is not good.",
    "403": "It may be seen, but not done by this person or with this token.",
    "404": "There is no such thing, or it may not be seen.",
    "406": "Answers are JSON.",
    "409": "The state of things does not allow it; `code` says which rule.",
    "412": "It was changed since the version that If-Match names.",
    "413": "The body is too long.",
    "415": "Bodies are JSON.",
    "422": "What was given does not hold together; `gaps` names all that is wrong.",
    "429": "Too many requests; `Retry-After` says when to go on (seconds).",
}


class GapSerializer(serializers.Serializer[dict[str, str]]):
    """One thing that is missing or wrong."""

    field = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[dict[str, object]]):
    """Why a request was refused (RFC 9457). `code` is for programs, `detail` for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    gaps = GapSerializer(many=True, required=False)
    errors = serializers.JSONField(required=False)  # type: ignore[assignment]  # a field, not our own errors


class AutoSchema(SpectacularSchema):
    """Reads our views: `takes` is what an action takes, `serializer_class` what it shows, and any may be refused."""

    def get_request_serializer(self) -> Any:
        """What the action takes: nothing unless the view says so."""
        takes = getattr(self.view, "takes", None)
        if takes is None:
            return super().get_request_serializer()
        return takes.get(getattr(self.view, "action", ""))

    def _get_paginator(self) -> Any:
        """Only reading gives pages: what a POST made comes whole."""
        return super()._get_paginator() if self.method == "GET" else None  # type: ignore[no-untyped-call]  # theirs

    def get_override_parameters(self) -> list[Any]:
        """The headers of a write."""
        parameters: list[Any] = super().get_override_parameters()
        if not hasattr(self.view, "takes"):
            return parameters
        if self.method == "POST" and getattr(self.view, "keeps_answers", True):
            parameters = [*parameters, _IDEMPOTENCY_KEY]
        if self.method in _WRITES and self._is_detail():
            parameters = [*parameters, _IF_MATCH]
        return parameters

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if field.read_only and _may_be_blank(field):
            field.allow_blank = True  # of a field that is only shown, the framework doesn't know it
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]  # the package's
        if not isinstance(schema, dict):
            return schema
        if getattr(field, "allow_blank", False):
            schema.pop("format", None)  # a blank text is neither an address nor a mailbox
        if schema.get("format") == "time":
            # The format means a time with an offset (RFC 3339, 5.6), but ours are local to the venue.
            schema = {**schema, "pattern": _LOCAL_TIME}
            del schema["format"]
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]  # the package's
        if field.read_only:
            schema.pop("pattern", None)  # what is shown may be blank

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._refusals():
            if status not in bodies:
                answer = OpenApiResponse(ProblemSerializer, description=PROBLEMS[status])
                bodies[status] = self._answer(answer, status)
        return dict(sorted(bodies.items()))

    def _answer(self, answer: OpenApiResponse, status: str) -> Any:
        of_code: Callable[..., Any] = self._get_response_for_code
        return of_code(answer, status, [MEDIA_TYPE])

    def _is_list_view(self, serializer: Any = None) -> bool:
        if isinstance(serializer, ProblemSerializer):
            return False
        return bool(super()._is_list_view(serializer))

    def _is_detail(self) -> bool:
        return "{" in self.path

    def _refusals(self) -> list[str]:
        refusals = {"401", "406", "429"}
        if self._is_detail() or self._is_list_view():
            refusals.add("404")  # a cursor that we never made is not found either
        if self._is_detail():
            refusals.add("403")
        if self._is_list_view():
            refusals.add("400")
        if self.method in _WRITES:
            refusals |= {"400", "403", "404", "409", "422"}
            if self._is_detail():
                refusals.add("412")
        if self.method in _WITH_BODY:
            refusals |= {"413", "415"}
        return sorted(refusals)


def _may_be_blank(field: Any) -> bool:
    """Whether the model's field behind a serializer's may be empty text."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or field.source not in {one.name for one in model._meta.concrete_fields}:
        return False
    column = model._meta.get_field(field.source)
    return bool(column.blank and column.empty_strings_allowed and not column.null)


_LOCAL_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
    OpenApiParameter.HEADER,
    description="Repeat the request with the same key after a lost answer: it has one effect. Kept for 24 hours.",
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description='The ETag that was read, such as `"3"`: the change is refused with 412 if there was another meanwhile.',
)
