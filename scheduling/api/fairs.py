"""Moves of whole fairs, which read all rooms below."""

from __future__ import annotations

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Resource, person, visitor
from accounts.rules import require
from fairs.models import Fair
from fairs.serializers.fairs import FairSerializer
from scheduling import cancelling, cloning, rescheduling, rules
from scheduling.serializers.fairs import CloneInput, RescheduleInput
from scheduling.serializers.programme import CancelInput


class FairMoves(Resource[Fair]):
    """What happens to a fair with everything that hangs on it."""

    serializer_class = FairSerializer
    takes = {"cancel": CancelInput, "reschedule": RescheduleInput, "clone": CloneInput}

    def get_queryset(self) -> models.QuerySet[Fair]:
        """Those that the person may see."""
        fairs: models.QuerySet[Fair] = Fair.objects.visible_to(visitor(self.request))
        return fairs.select_related("organizer", "venue", "call").prefetch_related("categories")

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel the fair: applications, booths, sessions and invitations end, and everyone is told."""
        fair = self._allowed(request)
        return self.shown(cancelling.cancel(fair, **self.values(), by=person(request)))

    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, pk: str) -> Response:
        """Move the fair by whole days with all that hangs on them. 409 `not-movable` once it has begun."""
        fair = self._allowed(request)
        return self.shown(rescheduling.reschedule(fair, **self.values(), by=person(request)))

    @extend_schema(responses={201: FairSerializer})
    @action(detail=True, methods=["post"])
    def clone(self, request: Request, pk: str) -> Response:
        """Begin a fair from this one, on days of the same weekdays; it is a draft."""
        made = cloning.clone(self._allowed(request), **self.values(), by=person(request))
        response = Response(self.get_serializer(made).data, status=201)
        response["Location"] = request.build_absolute_uri(f"/api/v1/fairs/{made.pk}/")
        return response

    def _allowed(self, request: Request) -> Fair:
        fair = self.get_object()
        require(rules.may_move_fair, person(request), fair)
        return fair
