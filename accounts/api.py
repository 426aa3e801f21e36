"""The API of this room: a person's tokens, and the journal for those who plan."""

from __future__ import annotations

import django_filters
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts import api_tokens
from accounts.models import ApiToken, Change
from accounts.resources import Shown, person, visitor
from accounts.serializers import ApiTokenInput, ApiTokenSerializer, ChangeSerializer, NewApiTokenSerializer
from core.errors import NotAllowed


class ApiTokenResource(Shown[ApiToken]):
    """A person's own keys for programs."""

    serializer_class = ApiTokenSerializer
    permission_classes = (IsAuthenticated,)
    takes = {"create": ApiTokenInput}
    keeps_answers = False

    def get_queryset(self) -> models.QuerySet[ApiToken]:
        """Own ones."""
        tokens: models.QuerySet[ApiToken] = ApiToken.objects.visible_to(visitor(self.request))
        return tokens

    @extend_schema(responses={201: NewApiTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make a token; its text is shown this once. A program can't make others of its kind: sign in yourself."""
        if isinstance(request.auth, ApiToken):
            raise NotAllowed(_("A token can’t make tokens. Sign in yourself."))
        token, raw = api_tokens.create(person(request), **self.values())
        return Response({**self.get_serializer(token).data, "token": raw}, status=201)

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """End a token at once."""
        return self.shown(api_tokens.revoke(self.get_object(), by=person(request)))


class ChangeFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What changes are found by."""

    after = django_filters.NumberFilter(
        field_name="position", lookup_expr="gt", help_text="Those after this position, the oldest first."
    )
    about = django_filters.UUIDFilter(field_name="about_id")
    fair = django_filters.UUIDFilter(field_name="fair_id")
    company = django_filters.UUIDFilter(field_name="company_id")

    class Meta:
        model = Change
        fields = ("kind",)


class ChangeResource(Shown[Change]):
    """The journal of the organizers that the person coordinates, the newest first.

    Who follows it asks with `after`, the last position seen (0 at first): then the oldest come first, and a change that
    was committed late is not skipped, since positions follow the order of commits.
    """

    serializer_class = ChangeSerializer
    permission_classes = (IsAuthenticated,)
    lookup_value_converter = "int"
    filterset_class = ChangeFilters

    @property
    def page_order(self) -> tuple[str, ...]:  # type: ignore[override]  # elsewhere it is fixed
        """The newest first, but in the order of the journal for who follows it."""
        return ("position",) if "after" in self.request.query_params else ("-pk",)

    def get_queryset(self) -> models.QuerySet[Change]:
        """Those of own organizers."""
        user = visitor(self.request)
        changes: models.QuerySet[Change] = Change.objects.visible_to(user) if user else Change.objects.none()
        return changes


def register(router: BaseRouter) -> None:
    """Put this room's resources under their names."""
    router.register("api-tokens", ApiTokenResource, basename="api-token")
    router.register("changes", ChangeResource, basename="change")
