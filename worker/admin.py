"""The administration of what workers do: looked at, never changed. Addresses may be freed again."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.administration import ReadOnly
from worker import handling
from worker.models import Batch, Handling, Message, Suppression, Unread


@admin.register(Message)
class MessageAdmin(ReadOnly[Message]):
    """Mails: how far each is, not what it says, since that may hold links with which its receiver acts."""

    list_display = ("kind", "recipient", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "kind")
    search_fields = ("recipient", "message_id")
    exclude = ("context", "calendar", "reply_to", "lease")


@admin.register(Handling)
class HandlingAdmin(ReadOnly[Handling]):
    """Reactions to changes; those that are stuck can be tried again."""

    list_display = ("reaction", "channel", "position", "attempts", "due_at", "done_at", "stuck_at")
    list_filter = ("channel", ("stuck_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("change",)
    raw_id_fields = ("change",)
    actions = ("try_again",)

    @admin.action(description=_("Try stuck reactions again"))
    def try_again(self, request: HttpRequest, chosen: models.QuerySet[Handling]) -> None:
        """Try the chosen ones at once."""
        handling.retry(list(chosen))


@admin.register(Unread)
class UnreadAdmin(ReadOnly[Unread]):
    """Changes that wait for a newer worker."""

    list_display = ("change_id", "kind", "at")


@admin.register(Batch)
class BatchAdmin(ReadOnly[Batch]):
    """Mails to many, and how far they are written."""

    list_display = ("reaction", "filled", "total", "created_at", "done_at")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly[Suppression]):
    """Addresses that get no more mail; they can be freed."""

    list_display = ("email", "kind", "reason", "created_at", "lifted_at")
    search_fields = ("email",)
    actions = ("free",)

    @admin.action(description=_("Write to these addresses again"))
    def free(self, request: HttpRequest, chosen: models.QuerySet[Suppression]) -> None:
        """Lift the chosen ones."""
        chosen.filter(lifted_at=None).update(lifted_at=Now())
