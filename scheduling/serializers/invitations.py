"""How invitations are shown and given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # what DRF hands to a field

from rest_framework import serializers

from accounts.models import Language, User
from fairs.serializers.fairs import VisibleFairField
from scheduling.inviting import MOST_AT_ONCE
from scheduling.models import Invitation, Session


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """A person asked to a fair, or to a session of it, and the answer."""

    class Meta:
        model = Invitation
        fields = ["id", "fair", "session", "email", "name", "language", "role", "state", "answered_at"]
        read_only_fields = fields


class OwnSessionField(serializers.PrimaryKeyRelatedField[Session]):
    """A session of a fair that the person coordinates."""

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        return Session.objects.visible_to(user if isinstance(user, User) else None).select_related("fair__organizer")


class GuestInput(serializers.Serializer[Mapping[str, object]]):
    """A person to be asked."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False, allow_blank=True)


class NewInvitationsInput(serializers.Serializer[Mapping[str, object]]):
    """People to be asked to a fair or, if it is named, to a session of it."""

    fair = VisibleFairField(pk_field=serializers.UUIDField())
    session = OwnSessionField(pk_field=serializers.UUIDField(), required=False)
    people = GuestInput(many=True, allow_empty=False, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]  # of the list


class TakeOffInput(serializers.Serializer[Mapping[str, object]]):
    """Why a person is taken off."""

    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
