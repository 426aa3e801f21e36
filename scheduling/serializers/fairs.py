"""How moves of whole fairs are given."""

from __future__ import annotations

from collections.abc import Mapping

from rest_framework import serializers


class RescheduleInput(serializers.Serializer[Mapping[str, object]]):
    """By how many days, later or (negative) earlier, and why."""

    days = serializers.IntegerField()
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class CloneInput(serializers.Serializer[Mapping[str, object]]):
    """What the new fair is called and on which day it begins: the weekday stays."""

    name_zh = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    slug = serializers.SlugField(max_length=60, required=False)
    starts_on = serializers.DateField()
