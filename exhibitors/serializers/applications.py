"""How applications and placements are shown and given."""

from __future__ import annotations

from typing import Any  # DRF's own signatures

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from exhibitors.applying import FIELDS
from exhibitors.models import Application, Placement
from exhibitors.serializers.companies import OwnCompanyField, OwnProductsField
from fairs.models import Booth, Call

State = Application.State
_BEFORE_RELEASE = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED})
# Whom the staff look for on the day, where, and whom they ring.
FOR_STAFF = frozenset(
    {
        "id",
        "version",
        "number",
        "label",
        "call",
        "fair",
        "company",
        "company_name_zh",
        "company_name_en",
        "state",
        "placements",
        "contact_name",
        "contact_phone",
    }
)


class VisibleCallField(serializers.PrimaryKeyRelatedField[Call]):
    """A call of a fair that the person may see."""

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        return Call.objects.visible_to(user if isinstance(user, User) else None).select_related("fair__venue")


@extend_schema_field(OpenApiTypes.UUID)
class VisibleBoothField(serializers.PrimaryKeyRelatedField[Booth]):
    """A booth of the application's own fair; others are as unknown as those that never were."""

    def get_queryset(self) -> Any:
        """Those of the fair of the application that is placed."""
        return Booth.objects.filter(fair=self.context["fair"]) if "fair" in self.context else Booth.objects.none()


class HeldBoothSerializer(serializers.ModelSerializer[Placement]):
    """A booth that is held for the application."""

    number = serializers.CharField(source="booth.number", read_only=True)

    class Meta:
        model = Placement
        fields = ["id", "booth", "number"]
        read_only_fields = fields


class DeskNotesSerializer(serializers.ModelSerializer[Application]):
    """What only the organizer's coordinators know of an application: the score, and what is decided in private."""

    staged_decision = serializers.ChoiceField(choices=Application.Decision.choices, allow_blank=True, read_only=True)
    staged_reason = serializers.CharField(source="decision_reason", read_only=True)

    class Meta:
        model = Application
        fields = ["total_score", "staged_decision", "staged_reason"]
        read_only_fields = fields


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """An application. `desk` is null but for coordinators; to staff much more is. Watts, and the call's currency."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field, not a field's own label
    fair = serializers.UUIDField(source="call.fair_id", read_only=True)
    company_name_zh = serializers.CharField(source="company.name_zh", read_only=True)
    company_name_en = serializers.CharField(source="company.name_en", read_only=True)
    placements = HeldBoothSerializer(source="held_booths", many=True, read_only=True)
    decision_reason = serializers.SerializerMethodField()
    desk = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "id",
            "version",
            "number",
            "label",
            "call",
            "fair",
            "company",
            "company_name_zh",
            "company_name_en",
            "state",
            *FIELDS,
            "answers",
            "returned_fields",
            "return_by",
            "submitted_at",
            "decision_reason",
            "offer_ends_at",
            "fee",
            "placements",
            "desk",
        ]
        read_only_fields = fields
        extra_kwargs = {
            name: {"allow_null": True}
            for name in [*FIELDS, "answers", "returned_fields", "return_by", "submitted_at", "offer_ends_at", "fee"]
        }

    def get_decision_reason(self, application: Application) -> str | None:
        """Why it was decided so, once the decision is released."""
        return "" if application.state in _BEFORE_RELEASE else application.decision_reason

    @extend_schema_field(DeskNotesSerializer(allow_null=True))
    def get_desk(self, application: Application) -> Any:
        """What only coordinators know."""
        if not getattr(application, "is_at_desk", False):
            return None
        return DeskNotesSerializer(application).data

    def to_representation(self, instance: Application) -> dict[str, Any]:
        """All for the company and the desk; to staff only what they need on the day."""
        shown = super().to_representation(instance)
        if getattr(instance, "is_own", False) or getattr(instance, "is_at_desk", False):
            return shown
        return {name: value if name in FOR_STAFF else _blank(value) for name, value in shown.items()}


def _blank(value: object) -> object:
    """What stands in the place of something that is not for the reader."""
    return type(value)() if isinstance(value, list | dict) else None


class ApplicationInput(serializers.ModelSerializer[Application]):
    """What a company fills in. Of `answers` only the named ones change; null takes one away."""

    products = OwnProductsField(many=True, required=False)
    answers = serializers.DictField(child=serializers.JSONField(allow_null=True), required=False)

    class Meta:
        model = Application
        fields = [*FIELDS, "answers"]
        validators: list[Any] = []


class NewApplicationInput(ApplicationInput):
    """A draft to be started: for which call, and by which company; it may be filled in at once."""

    call = VisibleCallField()
    company = OwnCompanyField()

    class Meta(ApplicationInput.Meta):
        fields = ["call", "company", *ApplicationInput.Meta.fields]


class ReasonInput(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class ReturnInput(ReasonInput):
    """What is to be corrected (names of fields, keys of questions), and until when."""

    return_by = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        """With `fields`, a name that a serializer keeps for itself and cannot bear as an attribute."""
        names = serializers.ListField(child=serializers.CharField(max_length=40), max_length=60)
        return {"fields": names, **super().get_fields()}


class ExtendInput(serializers.Serializer[Any]):
    """The new day to correct by."""

    return_by = serializers.DateTimeField()


class StageInput(ReasonInput):
    """The decision, in private until the call's decisions are released."""

    decision = serializers.ChoiceField(choices=Application.Decision.choices)


class MoveBoothsInput(serializers.Serializer[Any]):
    """The booths to be held, of the application's own fair."""

    booths = VisibleBoothField(many=True, allow_empty=False)


class OfferInput(MoveBoothsInput):
    """The booths that are offered, and until when the company may answer; the call's usual day if not given."""

    answer_by = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ReleasedSerializer(serializers.Serializer[Any]):
    """How many applications a release made what."""

    accepted = serializers.IntegerField()
    waitlisted = serializers.IntegerField()
    rejected = serializers.IntegerField()


class PlacementSerializer(serializers.ModelSerializer[Placement]):
    """A booth held for a company. `application` is null but for those who may see it."""

    fair = serializers.UUIDField(source="booth.fair_id", read_only=True)
    booth_number = serializers.CharField(source="booth.number", read_only=True)
    company = serializers.UUIDField(source="application.company_id", read_only=True)
    company_name_zh = serializers.CharField(source="application.company.name_zh", read_only=True)
    company_name_en = serializers.CharField(source="application.company.name_en", read_only=True)
    application = serializers.SerializerMethodField()

    class Meta:
        model = Placement
        fields = [
            "id",
            "fair",
            "booth",
            "booth_number",
            "company",
            "company_name_zh",
            "company_name_en",
            "state",
            "application",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_application(self, placement: Placement) -> Any:
        """The application's id, for its company, coordinators and staff."""
        return placement.application_id if getattr(placement, "is_close", False) else None
