"""How stages, sessions, programmes and releases are shown and given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # what DRF hands to a field

from rest_framework import serializers

from accounts.models import User
from exhibitors.models import Company
from fairs.models import Category, Fair, Hall
from fairs.serializers.fairs import VisibleFairField
from scheduling.conflicts import Conflict
from scheduling.differences import Diff, Difference
from scheduling.models import Listing, Release, Session, Stage
from scheduling.programming import people_at

_WORDS = ["kind", "title_zh", "title_en", "abstract_zh", "abstract_en"]


class StageSerializer(serializers.ModelSerializer[Stage]):
    """A place where sessions happen. Hours are local to the venue."""

    class Meta:
        model = Stage
        fields = ["id", "fair", "hall", "slug", "name_zh", "name_en", "capacity", "opens", "closes"]
        read_only_fields = fields


class StageInput(serializers.ModelSerializer[Stage]):
    """What a coordinator may say of a stage."""

    slug = serializers.SlugField(max_length=40, required=False)
    hall = serializers.PrimaryKeyRelatedField(queryset=Hall.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Stage
        fields = ["hall", "slug", "name_zh", "name_en", "capacity", "opens", "closes"]
        validators: list[object] = []  # else a short name must be given, so that it can be looked for


class NewStageInput(StageInput):
    """A stage to be added, and to which fair."""

    fair = VisibleFairField()

    class Meta(StageInput.Meta):
        fields = ["fair", *StageInput.Meta.fields]


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session of the working programme, in private; what is public is in the programme."""

    presenters = serializers.PrimaryKeyRelatedField[User](many=True, read_only=True)
    companies = serializers.PrimaryKeyRelatedField[Company](many=True, read_only=True)

    class Meta:
        model = Session
        fields = [
            *("id", "version", "fair", "stage", "state", *_WORDS),
            *("starts_at", "ends_at", "presenters", "companies", "category", "language", "seats", "dropped_at"),
        ]
        read_only_fields = fields


class VisibleStageField(serializers.PrimaryKeyRelatedField[Stage]):
    """A stage of a fair that the person may see."""

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        stages = Stage.objects.visible_to(user if isinstance(user, User) else None)
        return stages.select_related("fair__organizer", "fair__venue")


class SessionInput(serializers.ModelSerializer[Session]):
    """What a coordinator may say of a session. `presenters`: people who are known to the fair."""

    stage = VisibleStageField()
    presenters = serializers.ListField(child=serializers.UUIDField(), max_length=50, required=False)
    companies = serializers.PrimaryKeyRelatedField(queryset=Company.objects.all(), many=True, required=False)
    category = serializers.PrimaryKeyRelatedField(queryset=Category.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Session
        fields = [
            *("stage", *_WORDS, "starts_at", "ends_at"),
            *("presenters", "companies", "category", "language", "seats"),
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the presenters as people. Strangers to the fair are as unknown as ids that never were."""
        if "presenters" in attrs:
            session: Session | None = self.context.get("session")
            fair = session.fair if session else attrs["stage"].fair
            wanted = set(attrs["presenters"])
            found = list(people_at(fair).filter(pk__in=wanted))
            if missing := wanted - {user.pk for user in found}:
                unknown = serializers.PrimaryKeyRelatedField.default_error_messages["does_not_exist"]
                raise serializers.ValidationError({"presenters": [unknown.format(pk_value=pk) for pk in missing]})
            attrs["presenters"] = found
        return attrs


class MoveSessionInput(serializers.Serializer[Mapping[str, object]]):
    """To when and where a session moves; its length stays."""

    starts_at = serializers.DateTimeField()
    stage = VisibleStageField(pk_field=serializers.UUIDField(), required=False)


class DelayInput(serializers.Serializer[Mapping[str, object]]):
    """By how many minutes a session is late."""

    minutes = serializers.IntegerField()
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class CancelInput(serializers.Serializer[Mapping[str, object]]):
    """Why; whoever is concerned is told."""

    reason = serializers.CharField(max_length=1000)


class ReleaseInput(serializers.Serializer[Mapping[str, object]]):
    """What is new in a programme, in a sentence."""

    note_zh = serializers.CharField(max_length=500, required=False, allow_blank=True)
    note_en = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """A numbered, unchanging publication of a programme."""

    class Meta:
        model = Release
        fields = ["id", "fair", "number", "published_at", "note_zh", "note_en"]
        read_only_fields = fields


class WholeReleaseSerializer(ReleaseSerializer):
    """The same with the programme as it was published."""

    class Meta(ReleaseSerializer.Meta):
        fields = [*ReleaseSerializer.Meta.fields, "programme"]
        read_only_fields = fields


class ListingSerializer(serializers.ModelSerializer[Listing]):
    """A session as the public reads it. `was_at`: when it was to start before it moved."""

    session = serializers.UUIDField(source="pk", read_only=True)

    class Meta:
        model = Listing
        fields = [
            *("session", "stage", *_WORDS, "starts_at", "ends_at", "was_at"),
            *("companies", "category", "language", "seats", "is_cancelled"),
        ]
        read_only_fields = fields


class ProgrammeSerializer(serializers.Serializer[Fair]):
    """The public programme of a fair: as last released, or as delayed or cancelled on the day."""

    fair = serializers.UUIDField(source="pk")
    release = serializers.SerializerMethodField()
    sessions = serializers.SerializerMethodField()

    def get_release(self, fair: Fair) -> int | None:
        """The number of the last release; null before the first."""
        number: int | None = fair.releases.order_by("-number").values_list("number", flat=True).first()
        return number

    def get_sessions(self, fair: Fair) -> list[dict[str, Any]]:
        """By time."""
        listings = Listing.objects.filter(fair=fair).order_by("starts_at", "pk")
        return list(ListingSerializer(listings, many=True).data)


class ConflictSerializer(serializers.Serializer[Conflict]):
    """What stands in the way of a release."""

    kind = serializers.CharField(source="clash")
    session = serializers.UUIDField(source="session.pk")
    other = serializers.UUIDField(source="other.pk", allow_null=True, default=None)
    message = serializers.CharField(source="text")


class DifferenceSerializer(serializers.Serializer[Difference]):
    """A session that a release would add, move, change or remove, and the fields that differ."""

    session = serializers.UUIDField(source="session.pk")
    title_zh = serializers.CharField(source="session.title_zh")
    title_en = serializers.CharField(source="session.title_en")
    starts_at = serializers.DateTimeField(source="session.starts_at")
    was_at = serializers.DateTimeField(source="listing.starts_at", allow_null=True, default=None)
    differs_in = serializers.ListField(child=serializers.CharField(), source="fields")


class DiffSerializer(serializers.Serializer[Diff]):
    """What a release would change."""

    added = DifferenceSerializer(many=True)
    moved = DifferenceSerializer(many=True)
    changed = DifferenceSerializer(many=True)
    removed = DifferenceSerializer(many=True)
