"""How places are shown."""

from __future__ import annotations

from rest_framework import serializers

from fairs.models import Category, County, Room, Town, Venue


class CountySerializer(serializers.ModelSerializer[County]):
    """One of the counties."""

    class Meta:
        model = County
        fields = ["code", "name_zh", "name_en", "kind", "region"]


class TownSerializer(serializers.ModelSerializer[Town]):
    """One of the towns."""

    class Meta:
        model = Town
        fields = [
            "code",
            "county",
            "name_zh",
            "name_en",
            "postal_code",
            "admin_type",
            "indigenous_area",
            "is_outlying",
            "lat",
            "lon",
        ]


class CategorySerializer(serializers.ModelSerializer[Category]):
    """What is made."""

    class Meta:
        model = Category
        fields = ["code", "name_zh", "name_en"]


class RoomSerializer(serializers.ModelSerializer[Room]):
    """A venue's own hall or room, in metres and square metres."""

    class Meta:
        model = Room
        fields = [
            "id",
            "code",
            "name_zh",
            "name_en",
            "floor",
            "kind",
            "area",
            "length",
            "width",
            "height",
            "standard_booths",
            "capacity",
        ]


class VenueSerializer(serializers.ModelSerializer[Venue]):
    """A place where fairs are held, with its rooms."""

    rooms = RoomSerializer(many=True, read_only=True)

    class Meta:
        model = Venue
        fields = [
            "code",
            "name_zh",
            "name_en",
            "town",
            "address_zh",
            "address_en",
            "postal_code",
            "country",
            "time_zone",
            "lat",
            "lon",
            "exhibition_area",
            "standard_booths",
            "website",
            "rooms",
        ]
