"""How tokens and changes are shown and given."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import ApiToken, Change


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A program's key, without its text."""

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scope", "created_at", "expires_at", "last_used_at", "revoked_at"]
        read_only_fields = fields


class NewApiTokenSerializer(ApiTokenSerializer):
    """A new key with its text, which is shown this once."""

    token = serializers.CharField(read_only=True)

    class Meta(ApiTokenSerializer.Meta):
        fields = [*ApiTokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


class ApiTokenInput(serializers.ModelSerializer[ApiToken]):
    """What a person says of a key to be made."""

    class Meta:
        model = ApiToken
        fields = ["name", "scope", "expires_at"]


class ChangeSerializer(serializers.ModelSerializer[Change]):
    """One line of the journal. Objects and people are named by id."""

    about = serializers.UUIDField(source="about_id")
    organizer = serializers.UUIDField(source="organizer_id", allow_null=True)
    fair = serializers.UUIDField(source="fair_id", allow_null=True)
    company = serializers.UUIDField(source="company_id", allow_null=True)

    class Meta:
        model = Change
        fields = [
            "id",
            "position",
            "at",
            "kind",
            "about_label",
            "about",
            "organizer",
            "fair",
            "company",
            "by",
            "before",
            "after",
            "reason",
            "facts",
            "caused_by",
        ]
        read_only_fields = fields
