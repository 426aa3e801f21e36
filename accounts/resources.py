"""The frame of the API's resources: who asks, what they give, and how a thing is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar  # Any: validated data is of every kind, and DRF's own signatures

from django.db import models
from rest_framework import exceptions, mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.idempotency import Repeatable
from accounts.models import User
from core.etags import etag_of, expect

Row = TypeVar("Row", bound=models.Model)
_SAFE = ("GET", "HEAD", "OPTIONS")


def visitor(request: Request) -> User | None:
    """Who asks, None for the public: for `visible_to`."""
    return request.user if isinstance(request.user, User) else None


def person(request: Request) -> User:
    """Who asks and is signed in. Raises NotAuthenticated (401)."""
    if (user := visitor(request)) is None:
        raise exceptions.NotAuthenticated
    return user


class Resource(Repeatable, GenericViewSet[Row]):
    """One kind of thing. `serializer_class` shows it; `takes` names, by action, the serializer of what is given.

    `get_queryset` is `visible_to(visitor(self.request))`, so that what may not be seen is 404. Detail addresses bear
    ids; a resource that people know by a code names `lookup_field`. Writes honour If-Match, POSTs an Idempotency-Key.
    """

    takes: ClassVar[Mapping[str, type[Serializer[Any]]]] = {}
    page_order: ClassVar[tuple[str, ...]] = ("-pk",)
    lookup_value_converter = "uuid"

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse a method that nothing answers before anything else: signing in would not help."""
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method) or method == "options":
            raise exceptions.MethodNotAllowed(request.method or "")
        super().initial(request, *args, **kwargs)

    def get_object(self) -> Row:
        """The thing that the address names, held to If-Match if it is to be changed."""
        thing = super().get_object()
        if self.request.method not in _SAFE:
            expect(thing, self.request.headers.get("If-Match"))
        return thing

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """Let no cache keep what was shown to one person."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(getattr(request, "user", None), User):
            final["Cache-Control"] = "private, no-store"
        return final

    def values(self) -> dict[str, Any]:
        """What was given for this action; only what was named, in a PATCH. Raises ValidationError with every error."""
        given = self.takes[self.action](
            data=self.request.data, partial=self.request.method == "PATCH", context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def shown(self, thing: Row) -> Response:
        """The thing as it is now."""
        return self._answer(self.get_serializer(thing), thing, status=200)

    def made(self, thing: Row) -> Response:
        """The thing that was made, and where it is found."""
        response = self._answer(self.get_serializer(thing), thing, status=201)
        response["Location"] = self.reverse_action("detail", args=[getattr(thing, self.lookup_field)])
        return response

    def gone(self) -> Response:
        """Nothing, for it was removed."""
        return Response(status=204)

    def _answer(self, serializer: BaseSerializer[Row], thing: Row, *, status: int) -> Response:
        etag = etag_of(thing)
        return Response(serializer.data, status=status, headers={"ETag": etag} if etag else None)


class Shown(mixins.ListModelMixin, Resource[Row]):
    """A resource that is listed and read one by one; others add what may be done."""

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One of them, with its ETag."""
        return self.shown(self.get_object())
