"""The API of this room: the mails of own fairs."""

from __future__ import annotations

import django_filters
from django.db import models
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.resources import Shown, person, visitor
from accounts.rules import require
from worker import outbox, rules
from worker.models import Message
from worker.serializers import MessageSerializer


class MessageFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What mails are found by."""

    fair = django_filters.UUIDFilter(field_name="fair")
    about = django_filters.UUIDFilter(field_name="about_id")

    class Meta:
        model = Message
        fields = ("state", "kind", "recipient")


class MessageResource(Shown[Message]):
    """Mails of the organizers that the person coordinates, the newest first."""

    serializer_class = MessageSerializer
    permission_classes = (IsAuthenticated,)
    filterset_class = MessageFilters

    def get_queryset(self) -> models.QuerySet[Message]:
        """Those of own organizers."""
        messages: models.QuerySet[Message] = Message.objects.visible_to(visitor(self.request))
        return messages.select_related("organizer")

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Try a dead mail again. 409 `invalid-transition` unless it is dead."""
        message = self.get_object()
        require(rules.may_direct_mail, person(request), message)
        outbox.retry(message, by=person(request))
        return self.shown(message)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Don't send a mail that waits. 409 `invalid-transition` if it is on its way, sent or dead."""
        message = self.get_object()
        require(rules.may_direct_mail, person(request), message)
        outbox.cancel(message, by=person(request))
        return self.shown(message)


def register(router: BaseRouter) -> None:
    """Put this room's resources under their names."""
    router.register("messages", MessageResource, basename="message")
