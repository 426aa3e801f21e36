"""Invitations: made and taken back by coordinators, answered by whoever was asked."""

from __future__ import annotations

import django_filters
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resources import Shown, person, visitor
from accounts.rules import require
from scheduling import inviting, rules
from scheduling.inviting import Guest
from scheduling.models import Invitation
from scheduling.serializers.invitations import InvitationSerializer, NewInvitationsInput, TakeOffInput

State = Invitation.State


class InvitationFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """What invitations are found by."""

    fair = django_filters.UUIDFilter(field_name="fair_id")
    session = django_filters.UUIDFilter(field_name="session_id")

    class Meta:
        model = Invitation
        fields = ("state", "role", "email")


class InvitationResource(Shown[Invitation]):
    """Own invitations, and those to the fairs that the person coordinates."""

    permission_classes = (IsAuthenticated,)
    serializer_class = InvitationSerializer
    takes = {"create": NewInvitationsInput, "cancel": TakeOffInput}
    filterset_class = InvitationFilters

    def get_queryset(self) -> models.QuerySet[Invitation]:
        """What the person may see."""
        invitations: models.QuerySet[Invitation] = Invitation.objects.visible_to(visitor(self.request))
        return invitations.select_related("fair__organizer", "fair__venue", "session")

    @extend_schema(responses={201: InvitationSerializer(many=True)}, filters=False)
    def create(self, request: Request) -> Response:
        """Ask people to a fair or session; gives those who were not asked before. 409 `nothing-to-invite-to`."""
        values = self.values()
        fair, session = values["fair"], values.get("session")
        require(rules.may_invite, person(request), fair)
        if session is not None and session.fair_id != fair.pk:
            raise exceptions.ValidationError({"session": [_("The session must be one of this fair.")]})
        guests = [Guest(**guest) for guest in values["people"]]
        made = inviting.invite(session or fair, guests, by=person(request))
        rows = self.get_queryset().filter(pk__in=[each.pk for each in made]).order_by("pk")
        return Response(self.get_serializer(rows, many=True).data, status=201)

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Come. 409 `has-begun`."""
        return self._answer_with(request, State.ACCEPTED)

    @action(detail=True, methods=["post"])
    def tentative(self, request: Request, pk: str) -> Response:
        """Perhaps come. 409 `has-begun`."""
        return self._answer_with(request, State.TENTATIVE)

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Not come. 409 `has-begun`."""
        return self._answer_with(request, State.DECLINED)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Take a person off."""
        invitation = self.get_object()
        require(rules.may_invite, person(request), invitation.fair)
        inviting.cancel(invitation, **self.values(), by=person(request))
        return self.shown(invitation)

    def _answer_with(self, request: Request, state: str) -> Response:
        invitation = self.get_object()
        require(rules.may_answer, person(request), invitation)
        inviting.answer(invitation, state, by=person(request))
        return self.shown(invitation)
