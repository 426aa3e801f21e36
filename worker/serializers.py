"""How the API shows a mail: never what it says, for it may hold links with which its receiver acts."""

from __future__ import annotations

from rest_framework import serializers

from worker.models import Message


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A mail in the outbox. `why`: what stands in its way, in the reader's language; `about`: what it speaks of."""

    about = serializers.UUIDField(source="about_id", allow_null=True, read_only=True)
    why = serializers.CharField(read_only=True)

    class Meta:
        model = Message
        fields = (
            "id",
            "kind",
            "state",
            "recipient",
            "language",
            "fair",
            "about",
            "attempts",
            "why",
            "created_at",
            "due_at",
            "sent_at",
            "message_id",
        )
        read_only_fields = fields
