"""How places, fairs and plans are shown and given."""

from __future__ import annotations

from rest_framework import serializers

from fairs.models import Category, County, Town


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
