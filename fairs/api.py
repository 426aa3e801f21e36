"""The API of this room: places, fairs, halls, booths and calls."""

from __future__ import annotations

from django.db import models
from rest_framework.routers import BaseRouter

from accounts.resources import Shown
from fairs.models import Category, County, Town
from fairs.serializers import CategorySerializer, CountySerializer, TownSerializer


class CountyResource(Shown[County]):
    """Counties and special municipalities."""

    serializer_class = CountySerializer
    lookup_field = "code"
    lookup_value_converter = "slug"
    page_order = ("code",)
    filterset_fields = ("region",)

    def get_queryset(self) -> models.QuerySet[County]:
        """All: they are public."""
        return County.objects.all()


class TownResource(Shown[Town]):
    """Townships, cities and districts."""

    serializer_class = TownSerializer
    lookup_field = "code"
    lookup_value_converter = "slug"
    page_order = ("code",)
    filterset_fields = ("county", "is_outlying", "indigenous_area")

    def get_queryset(self) -> models.QuerySet[Town]:
        """All: they are public."""
        return Town.objects.all()


class CategoryResource(Shown[Category]):
    """What is made: tea, ceramics, glass."""

    serializer_class = CategorySerializer
    lookup_field = "code"
    lookup_value_converter = "slug"
    page_order = ("code",)

    def get_queryset(self) -> models.QuerySet[Category]:
        """All: they are public."""
        return Category.objects.all()


def register(router: BaseRouter) -> None:
    """Put this room's resources under their names."""
    router.register("counties", CountyResource, basename="county")
    router.register("towns", TownResource, basename="town")
    router.register("categories", CategoryResource, basename="category")
