"""Places: data that everybody may read."""

from __future__ import annotations

from django.db import models

from accounts.resources import Shown
from fairs.models import Category, County, Town, Venue
from fairs.serializers.places import CategorySerializer, CountySerializer, TownSerializer, VenueSerializer


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


class VenueResource(Shown[Venue]):
    """Places where fairs are held, with their rooms."""

    serializer_class = VenueSerializer
    lookup_field = "code"
    lookup_value_converter = "slug"
    page_order = ("code",)
    filterset_fields = ("town", "town__county", "country")

    def get_queryset(self) -> models.QuerySet[Venue]:
        """All: they are public. Two queries, however many rows."""
        return Venue.objects.prefetch_related("rooms")
