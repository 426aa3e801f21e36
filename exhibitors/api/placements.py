"""Placements: confirmed ones are public, others are their company's and the organizer's. And a call's decisions."""

from __future__ import annotations

import django_filters
from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Resource, Shown, person, visitor
from accounts.rules import require
from exhibitors import deciding, placing, rules
from exhibitors.models import Placement
from exhibitors.serializers.applications import PlacementSerializer, ReasonInput, ReleasedSerializer
from fairs.models import Call

_SAFE = ("GET", "HEAD", "OPTIONS")


class PlacementFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What placements are found by."""

    fair = django_filters.UUIDFilter(field_name="booth__fair_id")
    booth = django_filters.UUIDFilter(field_name="booth_id")
    company = django_filters.UUIDFilter(field_name="application__company_id")

    class Meta:
        model = Placement
        fields = ("state",)


class PlacementResource(Shown[Placement]):
    """Booths and who holds them. They come to be by an application's `offer` and `move`."""

    serializer_class = PlacementSerializer
    takes = {"release": ReasonInput}
    filterset_class = PlacementFilters

    def get_queryset(self) -> models.QuerySet[Placement]:
        """What the person may see; to change, those of applications that the person may see."""
        user = visitor(self.request)
        placements = Placement.objects.as_seen_by(user).for_table()
        seen: models.QuerySet[Placement] = (
            placements.visible_to(user) if self.request.method in _SAFE else placements.close_to(user)
        )
        return seen

    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Let go of the booth; it goes to the next in line."""
        placement = self.get_object()
        require(rules.may_release_placement, person(request), placement)
        placing.release(placement, **self.values(), by=person(request))
        return self.shown(placement)


class DecisionsResource(Resource[Call]):
    """The decisions of a call, released all at once."""

    serializer_class = ReleasedSerializer

    def get_queryset(self) -> models.QuerySet[Call]:
        """The calls of the fairs that the person may see."""
        calls: models.QuerySet[Call] = Call.objects.visible_to(visitor(self.request))
        return calls

    @extend_schema(responses=ReleasedSerializer)
    @action(detail=True, methods=["post"], url_path="release-decisions")
    def release_decisions(self, request: Request, pk: str) -> Response:
        """Tell all companies. 409 `undecided` names who stands in the way; `nothing-to-release`."""
        call = self.get_object()
        require(rules.may_release_decisions, person(request), call)
        return Response(ReleasedSerializer(deciding.release(call, by=person(request))).data)
