"""How calls for applications are shown and given."""

from __future__ import annotations

from typing import Any  # DRF's own signatures

from rest_framework import serializers

from fairs.calling import FIELDS
from fairs.models import Call, Criterion, Question
from fairs.serializers.fairs import VisibleFairField


class ChoiceSerializer(serializers.Serializer[dict[str, str]]):
    """One answer to choose."""

    value = serializers.CharField(max_length=40)
    zh = serializers.CharField(max_length=120)
    en = serializers.CharField(max_length=120, required=False, allow_blank=True)


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """One question; limits hold for the kinds that have them."""

    choices = ChoiceSerializer(many=True, required=False)

    class Meta:
        model = Question
        fields = [
            "key",
            "kind",
            "is_required",
            "label_zh",
            "label_en",
            "max_length",
            "minimum",
            "maximum",
            "choices",
        ]
        validators: list[Any] = []


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    """What experts of one discipline score; weights add to 100."""

    class Meta:
        model = Criterion
        fields = ["key", "discipline", "weight", "label_zh", "label_en"]
        validators: list[Any] = []


class CallSerializer(serializers.ModelSerializer[Call]):
    """A fair's call for applications. Money in whole units of `currency`, watts, shares from 0 to 1."""

    questions = QuestionSerializer(many=True, read_only=True)
    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = Call
        fields = ["id", "version", "fair", *FIELDS, "decisions_released_at", "questions", "criteria"]
        read_only_fields = fields


class CallInput(serializers.ModelSerializer[Call]):
    """What a coordinator may say of a call. Lists of questions or criteria take the place of the present ones."""

    questions = QuestionSerializer(many=True, required=False)
    criteria = CriterionSerializer(many=True, required=False)

    class Meta:
        model = Call
        fields = [*FIELDS, "questions", "criteria"]


class NewCallInput(CallInput):
    """A call to be opened, and for which fair."""

    fair = VisibleFairField()

    class Meta(CallInput.Meta):
        fields = ["fair", *CallInput.Meta.fields]
