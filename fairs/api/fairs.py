"""Fairs: seen by everybody once announced, planned by their organizer's coordinators."""

from __future__ import annotations

import django_filters
from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Shown, person, visitor
from accounts.rules import require
from fairs import planning, rules
from fairs.models import Fair
from fairs.serializers.fairs import FairInput, FairSerializer, FaultSerializer, NewFairInput


class FairFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What fairs are found by."""

    organizer = django_filters.CharFilter(field_name="organizer__slug")
    venue = django_filters.CharFilter(field_name="venue__code")
    town = django_filters.CharFilter(field_name="venue__town")
    county = django_filters.CharFilter(field_name="venue__town__county")
    ends_after = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    starts_before = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = Fair
        fields = ("state", "slug", "series", "theme")


class FairResource(Shown[Fair]):
    """Fairs, the next first."""

    serializer_class = FairSerializer
    takes = {"create": NewFairInput, "partial_update": FairInput}
    page_order = ("starts_on", "id")
    filterset_class = FairFilters

    def get_queryset(self) -> models.QuerySet[Fair]:
        """The announced ones, and all of the organizers for whom the person works."""
        fairs: models.QuerySet[Fair] = Fair.objects.visible_to(visitor(self.request))
        return fairs.select_related("organizer", "venue", "call").prefetch_related("categories")

    def create(self, request: Request) -> Response:
        """Make a draft for an organizer that the person coordinates."""
        values = self.values()
        organizer = values.pop("organizer")
        require(rules.may_plan_for, person(request), organizer)
        return self.made(planning.create(organizer, values=values, by=person(request)))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what the fair says of itself. 409 `dates-are-fixed` once it is announced: reschedule it."""
        fair = self.get_object()
        require(rules.may_plan, person(request), fair)
        return self.shown(planning.edit(fair, values=self.values(), by=person(request)))

    @action(detail=True, methods=["post"])
    def announce(self, request: Request, pk: str) -> Response:
        """Show the fair to everybody. 422 `unfit` with everything that a visitor or maker would miss."""
        fair = self.get_object()
        require(rules.may_plan, person(request), fair)
        return self.shown(planning.announce(fair, by=person(request)))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Put the fair to the files. 409 `not-over` before its end."""
        fair = self.get_object()
        require(rules.may_plan, person(request), fair)
        return self.shown(planning.close(fair, by=person(request)))

    @extend_schema(responses=FaultSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def check(self, request: Request, pk: str) -> Response:
        """All that is wrong with the plan of halls and booths."""
        fair = self.get_object()
        require(rules.may_plan, person(request), fair)
        return Response(FaultSerializer(planning.check(fair), many=True).data)
