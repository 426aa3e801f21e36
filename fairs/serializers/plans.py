"""How halls, zones and booths are shown and given; metres and watts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any  # DRF's own signatures

from rest_framework import serializers

from fairs.models import Booth, Category, Circuit, Hall, Zone
from fairs.serializers.fairs import VisibleFairField


class CircuitSerializer(serializers.ModelSerializer[Circuit]):
    """An electric circuit; watts."""

    class Meta:
        model = Circuit
        fields = ["id", "name", "supply"]
        read_only_fields = ["id"]


class HallSerializer(serializers.ModelSerializer[Hall]):
    """The area that a fair hires; metres and watts, the origin at the top left."""

    circuits = CircuitSerializer(many=True, read_only=True)

    class Meta:
        model = Hall
        fields = [
            "id",
            "version",
            "fair",
            "room",
            "key",
            "name_zh",
            "name_en",
            "width",
            "depth",
            "min_aisle",
            "entrance_x",
            "entrance_y",
            "power_supply",
            "circuits",
        ]
        read_only_fields = fields


class HallInput(serializers.ModelSerializer[Hall]):
    """What a coordinator may say of a hall."""

    class Meta:
        model = Hall
        fields = [
            "room",
            "key",
            "name_zh",
            "name_en",
            "width",
            "depth",
            "min_aisle",
            "entrance_x",
            "entrance_y",
            "power_supply",
        ]
        validators: list[Any] = []


class NewHallInput(HallInput):
    """A hall to be added, and to which fair."""

    fair = VisibleFairField()

    class Meta(HallInput.Meta):
        fields = ["fair", *HallInput.Meta.fields]


class ZoneSerializer(serializers.ModelSerializer[Zone]):
    """A part of a fair kept for some categories; without any it takes all."""

    categories = serializers.SlugRelatedField[Category](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Zone
        fields = ["id", "fair", "letter", "name_zh", "name_en", "categories"]
        read_only_fields = fields


class ZoneInput(serializers.ModelSerializer[Zone]):
    """What a coordinator may say of a zone."""

    categories = serializers.SlugRelatedField(
        slug_field="code", many=True, required=False, queryset=Category.objects.all()
    )

    class Meta:
        model = Zone
        fields = ["letter", "name_zh", "name_en", "categories"]
        validators: list[Any] = []


class NewZoneInput(ZoneInput):
    """A zone to be added, and to which fair."""

    fair = VisibleFairField()

    class Meta(ZoneInput.Meta):
        fields = ["fair", *ZoneInput.Meta.fields]


class BoothSerializer(serializers.ModelSerializer[Booth]):
    """A numbered rectangle; `x`, `y`: its top left corner."""

    class Meta:
        model = Booth
        fields = [
            "id",
            "version",
            "fair",
            "hall",
            "zone",
            "circuit",
            "number",
            "x",
            "y",
            "width",
            "depth",
            "power",
            "has_water",
            "allows_flame",
        ]
        read_only_fields = fields


class BoothInput(serializers.ModelSerializer[Booth]):
    """What a coordinator may say of a booth."""

    class Meta:
        model = Booth
        fields = [
            "zone",
            "circuit",
            "number",
            "x",
            "y",
            "width",
            "depth",
            "power",
            "has_water",
            "allows_flame",
        ]
        validators: list[Any] = []


class GridInput(serializers.Serializer[Any]):
    """A block of booths back to back, numbered along the rows from `first_number` on."""

    block = serializers.CharField(max_length=8)
    zone = serializers.PrimaryKeyRelatedField(
        queryset=Zone.objects.all(), required=False, allow_null=True, default=None
    )
    circuit = serializers.PrimaryKeyRelatedField(
        queryset=Circuit.objects.all(), required=False, allow_null=True, default=None
    )
    rows = serializers.IntegerField(min_value=1, max_value=100)
    columns = serializers.IntegerField(min_value=1, max_value=100)
    booth_width = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(3))
    booth_depth = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(3))
    origin_x = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=Decimal(0))
    origin_y = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=Decimal(0))
    first_number = serializers.IntegerField(min_value=0, max_value=9999, default=1)
    power = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)
    has_water = serializers.BooleanField(default=False)
    allows_flame = serializers.BooleanField(default=False)
