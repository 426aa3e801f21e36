"""Halls, zones and booths: seen by whoever sees the fair, planned by its coordinators."""

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
from fairs.models import Booth, Hall, Zone
from fairs.serializers.plans import (
    BoothInput,
    BoothSerializer,
    CircuitSerializer,
    GridInput,
    HallInput,
    HallSerializer,
    NewHallInput,
    NewZoneInput,
    ZoneInput,
    ZoneSerializer,
)


class OfAFair(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Those of one fair."""

    fair = django_filters.UUIDFilter(field_name="fair_id")


class HallResource(Shown[Hall]):
    """The areas that fairs hire."""

    serializer_class = HallSerializer
    takes = {
        "create": NewHallInput,
        "partial_update": HallInput,
        "make_grid": GridInput,
        "add_circuit": CircuitSerializer,
    }
    filterset_class = OfAFair

    def get_queryset(self) -> models.QuerySet[Hall]:
        """Those of the fairs that the person may see."""
        halls: models.QuerySet[Hall] = Hall.objects.visible_to(visitor(self.request)).for_table()
        return halls

    def create(self, request: Request) -> Response:
        """Add a hall to a fair."""
        values = self.values()
        fair = values.pop("fair")
        require(rules.may_plan, person(request), fair)
        return self.made(planning.add_hall(fair, values=values, by=person(request)))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a hall."""
        hall = self.get_object()
        require(rules.may_plan, person(request), hall.fair)
        return self.shown(planning.edit_hall(hall, values=self.values(), by=person(request)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a hall and its booths out of the plan. 409 `hall-in-use` where a booth was given to a maker."""
        hall = self.get_object()
        require(rules.may_plan, person(request), hall.fair)
        planning.remove_hall(hall, by=person(request))
        return self.gone()

    @extend_schema(responses={201: BoothSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["post"], url_path="make-grid", pagination_class=None)
    def make_grid(self, request: Request, pk: str) -> Response:
        """Add a block of booths. 409 `booths-overlap` or `number-taken`: then none is added."""
        hall = self.get_object()
        require(rules.may_plan, person(request), hall.fair)
        booths = planning.make_grid(hall, **self.values(), by=person(request))
        return Response(BoothSerializer(booths, many=True).data, status=201)

    @extend_schema(responses={201: CircuitSerializer})
    @action(detail=True, methods=["post"], url_path="add-circuit")
    def add_circuit(self, request: Request, pk: str) -> Response:
        """Add an electric circuit."""
        hall = self.get_object()
        require(rules.may_plan, person(request), hall.fair)
        circuit = planning.add_circuit(hall, **self.values(), by=person(request))
        return Response(CircuitSerializer(circuit).data, status=201)


class ZoneResource(Shown[Zone]):
    """Parts of fairs kept for some categories."""

    serializer_class = ZoneSerializer
    takes = {"create": NewZoneInput, "partial_update": ZoneInput}
    filterset_class = OfAFair

    def get_queryset(self) -> models.QuerySet[Zone]:
        """Those of the fairs that the person may see."""
        zones: models.QuerySet[Zone] = Zone.objects.visible_to(visitor(self.request))
        return zones.select_related("fair__organizer").prefetch_related("categories")

    def create(self, request: Request) -> Response:
        """Add a zone to a fair."""
        values = self.values()
        fair = values.pop("fair")
        require(rules.may_plan, person(request), fair)
        return self.made(planning.add_zone(fair, values=values, by=person(request)))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a zone."""
        zone = self.get_object()
        require(rules.may_plan, person(request), zone.fair)
        return self.shown(planning.edit_zone(zone, values=self.values(), by=person(request)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take an empty zone out of the plan. 409 `zone-in-use` where booths stand in it."""
        zone = self.get_object()
        require(rules.may_plan, person(request), zone.fair)
        planning.remove_zone(zone, by=person(request))
        return self.gone()


class BoothFilters(OfAFair):
    """What booths are found by."""

    hall = django_filters.UUIDFilter(field_name="hall_id")
    zone = django_filters.UUIDFilter(field_name="zone_id")

    class Meta:
        model = Booth
        fields = ("number", "has_water", "allows_flame")


class BoothResource(Shown[Booth]):
    """Numbered rectangles in halls; many at once are added by a hall's make-grid."""

    serializer_class = BoothSerializer
    takes = {"partial_update": BoothInput}
    filterset_class = BoothFilters

    def get_queryset(self) -> models.QuerySet[Booth]:
        """Those of the fairs that the person may see."""
        booths: models.QuerySet[Booth] = Booth.objects.visible_to(visitor(self.request))
        return booths.select_related("fair__organizer", "hall__fair", "zone", "circuit")

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change or move a booth. 409 `booths-overlap` or `number-taken`."""
        booth = self.get_object()
        require(rules.may_plan, person(request), booth.fair)
        return self.shown(planning.edit_booth(booth, values=self.values(), by=person(request)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a booth out of the plan. 409 `booth-in-use` where it was given to a maker."""
        booth = self.get_object()
        require(rules.may_plan, person(request), booth.fair)
        planning.remove_booths([booth], by=person(request))
        return self.gone()
