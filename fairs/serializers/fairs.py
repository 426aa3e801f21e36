"""How fairs are shown and given."""

from __future__ import annotations

from typing import Any  # what DRF hands to a field

from rest_framework import serializers

from accounts.models import Membership, Organizer, User
from fairs.models import Call, Category, Fair, Venue
from fairs.plancheck import Fault
from fairs.planning import fault_text


class OwnOrganizerField(serializers.SlugRelatedField[Organizer]):
    """An organizer that the person coordinates, by its short name; others are as unknown as those that never were."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="slug", **kwargs)

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        if not isinstance(user, User):
            return Organizer.objects.none()
        return Organizer.objects.filter(pk__in=Membership.objects.coordinators().of(user).values("organizer"))


class VisibleFairField(serializers.PrimaryKeyRelatedField[Fair]):
    """A fair that the person may see."""

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        return Fair.objects.visible_to(user if isinstance(user, User) else None)


class FairSerializer(serializers.ModelSerializer[Fair]):
    """A fair. Days and hours are local to the venue."""

    organizer = serializers.SlugRelatedField[Organizer](slug_field="slug", read_only=True)
    venue = serializers.SlugRelatedField[Venue](slug_field="code", read_only=True)
    categories = serializers.SlugRelatedField[Category](slug_field="code", many=True, read_only=True)
    call = serializers.PrimaryKeyRelatedField[Call](read_only=True, allow_null=True)
    time_zone = serializers.CharField(source="venue.time_zone", read_only=True)

    class Meta:
        model = Fair
        fields = [
            "id",
            "version",
            "organizer",
            "slug",
            "state",
            "name_zh",
            "name_en",
            "description_zh",
            "description_en",
            "venue",
            "time_zone",
            "starts_on",
            "ends_on",
            "opens",
            "closes",
            "theme",
            "series",
            "categories",
            "call",
        ]
        read_only_fields = fields


class FairInput(serializers.ModelSerializer[Fair]):
    """What a coordinator may say of a fair."""

    slug = serializers.SlugField(max_length=60, required=False)
    venue = serializers.SlugRelatedField(slug_field="code", queryset=Venue.objects.all())
    categories = serializers.SlugRelatedField(
        slug_field="code", many=True, required=False, queryset=Category.objects.all()
    )

    class Meta:
        model = Fair
        fields = [
            "slug",
            "name_zh",
            "name_en",
            "description_zh",
            "description_en",
            "venue",
            "starts_on",
            "ends_on",
            "opens",
            "closes",
            "theme",
            "series",
            "categories",
        ]


class NewFairInput(FairInput):
    """A fair to be made, and for whom."""

    organizer = OwnOrganizerField()

    class Meta(FairInput.Meta):
        fields = ["organizer", *FairInput.Meta.fields]


class FaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a plan."""

    code = serializers.CharField()
    booths = serializers.ListField(child=serializers.CharField())
    measured = serializers.DecimalField(max_digits=12, decimal_places=3)
    limit = serializers.DecimalField(source="required", max_digits=12, decimal_places=3)
    circuit = serializers.CharField(allow_blank=True)
    message = serializers.SerializerMethodField()

    def get_message(self, fault: Fault) -> str:
        """The fault as a sentence."""
        return fault_text(fault)
