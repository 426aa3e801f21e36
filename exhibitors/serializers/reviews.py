"""How reviews are shown and given. In a blind call an expert learns nothing that names the company."""

from __future__ import annotations

from typing import Any  # DRF's own signatures

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, User
from exhibitors.models import Application, Product, Review


@extend_schema_field(OpenApiTypes.UUID)
class OwnDeskField(serializers.PrimaryKeyRelatedField[Application]):
    """An application at the person's own desk; others are as unknown as those that never were."""

    def get_queryset(self) -> Any:
        """Those handed in to the fairs that the person coordinates."""
        user = self.context["request"].user
        return Application.objects.at_desk_of(user if isinstance(user, User) else None)


@extend_schema_field(OpenApiTypes.UUID)
class ExpertField(serializers.PrimaryKeyRelatedField[User]):
    """An expert of whichever organizer."""

    def get_queryset(self) -> Any:
        """Everybody who judges for somebody."""
        return User.objects.filter(memberships__role=Membership.Role.EXPERT).distinct()


class JudgedProductSerializer(serializers.ModelSerializer[Product]):
    """A product that an application names."""

    class Meta:
        model = Product
        fields = ["name_zh", "name_en", "category", "price", "description_zh", "description_en"]
        read_only_fields = fields


class JudgedSerializer(serializers.ModelSerializer[Application]):
    """What an expert reads of an application. Company and products are null and none where the call is blind."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field, not a field's own label
    fair = serializers.UUIDField(source="call.fair_id", read_only=True)
    category = serializers.CharField(source="company.category_id", read_only=True)
    county = serializers.CharField(source="company.town.county_id", read_only=True)
    company_name_zh = serializers.CharField(source="company.name_zh", read_only=True, allow_null=True)
    company_name_en = serializers.CharField(source="company.name_en", read_only=True, allow_null=True)
    company_story_zh = serializers.CharField(source="company.story_zh", read_only=True, allow_null=True)
    products = JudgedProductSerializer(many=True, read_only=True)

    class Meta:
        model = Application
        fields = [
            "label",
            "call",
            "fair",
            "category",
            "county",
            "company_name_zh",
            "company_name_en",
            "company_story_zh",
            "products",
            "booths_wanted",
            "power",
            "needs_water",
            "needs_flame",
            "product_class",
            "answers",
        ]
        read_only_fields = fields


_NAMES_THE_COMPANY: dict[str, object] = {
    "company_name_zh": None,
    "company_name_en": None,
    "company_story_zh": None,
    "products": [],
}


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """A review, and what it judges."""

    expert_name = serializers.CharField(source="expert.__str__", read_only=True)
    recommendation = serializers.ChoiceField(choices=Review.Recommendation.choices, allow_blank=True, read_only=True)
    judged = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields = [
            "id",
            "version",
            "application",
            "expert",
            "expert_name",
            "discipline",
            "state",
            "scores",
            "weighted_score",
            "recommendation",
            "advice_zh",
            "advice_en",
            "submitted_at",
            "judged",
        ]
        read_only_fields = fields

    @extend_schema_field(JudgedSerializer)
    def get_judged(self, review: Review) -> Any:
        """The application as this reader may know it."""
        shown = JudgedSerializer(review.application).data
        is_blind = review.application.call.is_blind and not getattr(review, "is_at_desk", False)
        return {**shown, **_NAMES_THE_COMPANY} if is_blind else shown


class NewReviewInput(serializers.Serializer[Any]):
    """Whom to ask for what."""

    application = OwnDeskField()
    expert = ExpertField()
    discipline = serializers.ChoiceField(choices=Membership.Discipline.choices)


class ScoresInput(serializers.Serializer[Any]):
    """One score a criterion of the discipline, by its key, and advice for the company."""

    scores = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=1000))
    recommendation = serializers.ChoiceField(
        choices=Review.Recommendation.choices, required=False, allow_blank=True, default=""
    )
    advice_zh = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    advice_en = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
