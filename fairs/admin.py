"""The administration of places. Fairs are planned at the desk; here only their states are looked at."""

from __future__ import annotations

from typing import Any  # of any model

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db import models
from django.http import HttpRequest

from core.administration import ReadOnly
from fairs.models import Category, County, Fair, Room, Town, Venue


@admin.register(County)
class CountyAdmin(admin.ModelAdmin[County]):
    """Counties and special municipalities."""

    list_display = ("code", "name_zh", "name_en", "region")
    search_fields = ("code", "name_zh", "name_en")


@admin.register(Town)
class TownAdmin(admin.ModelAdmin[Town]):
    """Townships, cities and districts."""

    list_display = ("code", "name_zh", "name_en", "county", "is_outlying", "indigenous_area")
    list_filter = ("county", "is_outlying", "indigenous_area")
    list_select_related = ("county",)
    search_fields = ("code", "name_zh", "name_en")


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """What is made."""

    list_display = ("code", "name_zh", "name_en")
    search_fields = ("code", "name_zh", "name_en")


class RoomInline(admin.TabularInline[Room, Venue]):
    """The rooms of a venue, beside it."""

    model = Room
    extra = 0
    fields = ("code", "name_zh", "name_en", "floor", "area", "length", "width", "height", "standard_booths", "capacity")


@admin.register(Venue)
class VenueAdmin(admin.ModelAdmin[Venue]):
    """Places where fairs are held."""

    list_display = ("code", "name_zh", "town", "kind", "standard_booths")
    list_filter = ("country", "kind")
    list_select_related = ("town",)
    search_fields = ("code", "name_zh", "name_en", "address_zh")
    autocomplete_fields = ("town",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_inlines(self, request: HttpRequest, obj: Venue | None) -> list[type[InlineModelAdmin[Any, Venue]]]:
        """The rooms of a venue that is there: Django can't show them beside a row whose id the database will make."""
        return [RoomInline] if obj else []


@admin.register(Fair)
class FairAdmin(ReadOnly[Fair]):
    """Whose fairs there are, when, and in which state: what they say is their organizer's."""

    list_display = ("slug", "organizer", "state", "starts_on", "ends_on")
    list_filter = ("state", "organizer")
    list_select_related = ("organizer",)
    search_fields = ("slug",)
    fields = ("slug", "organizer", "venue", "state", "starts_on", "ends_on")
