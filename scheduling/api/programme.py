"""Programmes: stages and sessions as they are planned, what is published of them, and its releases."""

from __future__ import annotations

from typing import Any  # DRF's own signatures

import django_filters
from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.resources import Resource, Shown, person, visitor
from accounts.rules import require
from fairs.models import Fair
from scheduling import programming, rules
from scheduling.models import Release, Session, Stage
from scheduling.serializers.programme import (
    CancelInput,
    ConflictSerializer,
    DelayInput,
    DiffSerializer,
    MoveSessionInput,
    NewStageInput,
    ProgrammeSerializer,
    ReleaseInput,
    ReleaseSerializer,
    SessionInput,
    SessionSerializer,
    StageInput,
    StageSerializer,
    WholeReleaseSerializer,
)


class OfAFair(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Those of one fair."""

    fair = django_filters.UUIDFilter(field_name="fair_id")


class StageResource(Shown[Stage]):
    """Places where sessions happen: seen by whoever sees the fair."""

    serializer_class = StageSerializer
    takes = {"create": NewStageInput, "partial_update": StageInput}
    filterset_class = OfAFair

    def get_queryset(self) -> models.QuerySet[Stage]:
        """Those of the fairs that the person may see."""
        stages: models.QuerySet[Stage] = Stage.objects.visible_to(visitor(self.request))
        return stages.select_related("fair__organizer", "fair__venue")

    def create(self, request: Request) -> Response:
        """Add a stage to a fair."""
        values = self.values()
        fair = values.pop("fair")
        require(rules.may_plan_programme, person(request), fair)
        return self.made(programming.add_stage(fair, values=values, by=person(request)))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a stage."""
        stage = self.get_object()
        require(rules.may_plan_programme, person(request), stage.fair)
        return self.shown(programming.edit_stage(stage, values=self.values(), by=person(request)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a stage away. 409 `stage-in-use` where anything was ever planned on it."""
        stage = self.get_object()
        require(rules.may_plan_programme, person(request), stage.fair)
        programming.remove_stage(stage, by=person(request))
        return self.gone()


class SessionFilters(OfAFair):
    """What sessions are found by."""

    stage = django_filters.UUIDFilter(field_name="stage_id")

    class Meta:
        model = Session
        fields = ("state", "kind", "category")


class SessionResource(Shown[Session]):
    """Sessions of the working programmes of own fairs, in private. What is public is in `programmes`."""

    permission_classes = (IsAuthenticated,)
    serializer_class = SessionSerializer
    takes = {
        "create": SessionInput,
        "partial_update": SessionInput,
        "move": MoveSessionInput,
        "delay": DelayInput,
        "cancel": CancelInput,
    }
    page_order = ("starts_at", "id")
    filterset_class = SessionFilters

    def get_queryset(self) -> models.QuerySet[Session]:
        """Those of the fairs that the person coordinates."""
        sessions: models.QuerySet[Session] = Session.objects.visible_to(visitor(self.request)).for_table()
        return sessions.select_related("stage__hall", "category", "fair__organizer", "fair__venue")

    def create(self, request: Request) -> Response:
        """Plan a session. 409 `stage-taken`, `outside-hours`; the public sees it with the next release."""
        values = self.values()
        fair = values["stage"].fair
        require(rules.may_plan_programme, person(request), fair)
        return self.made(programming.add_session(fair, values=values, by=person(request)))

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a session. 409 `stage-taken`, `outside-hours`."""
        session = self._allowed(request)
        return self.shown(programming.edit_session(session, values=self.values(), by=person(request)))

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a session out of the working programme; a published one is cancelled by the next release."""
        programming.drop_session(self._allowed(request), by=person(request))
        return self.gone()

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Move a session to another time or stage; its length stays. 409 `stage-taken`, `outside-hours`."""
        session = self._allowed(request)
        return self.shown(programming.move_session(session, **self.values(), by=person(request)))

    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: str) -> Response:
        """Take a dropped session back. 409 `stage-taken`."""
        session = self._allowed(request)
        programming.keep_session(session, by=person(request))
        return self.shown(session)

    @action(detail=True, methods=["post"])
    def delay(self, request: Request, pk: str) -> Response:
        """Let a published session begin later, at once and for everybody. 409 `not-published`, `stage-taken`."""
        session = self._allowed(request)
        programming.delay(session, **self.values(), by=person(request))
        return self.shown(session)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a published session, at once and for everybody. 409 `not-published`."""
        session = self._allowed(request)
        programming.cancel_session(session, **self.values(), by=person(request))
        return self.shown(session)

    def get_serializer_context(self) -> dict[str, Any]:
        """With the session that is edited, for its presenters are looked for at its fair."""
        return {**super().get_serializer_context(), "session": getattr(self, "_session", None)}

    def _allowed(self, request: Request) -> Session:
        session = self._session = self.get_object()
        require(rules.may_plan_programme, person(request), session.fair)
        return session


class ProgrammeResource(Resource[Fair]):
    """The programme of a fair, by the fair's id."""

    serializer_class = ProgrammeSerializer
    takes = {"release": ReleaseInput}

    def get_queryset(self) -> models.QuerySet[Fair]:
        """Of the fairs that the person may see."""
        fairs: models.QuerySet[Fair] = Fair.objects.visible_to(visitor(self.request))
        return fairs.select_related("organizer", "venue")

    def retrieve(self, request: Request, pk: str) -> Response:
        """What is published: as last released, or as delayed or cancelled on the day."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses={201: ReleaseSerializer})
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Publish the working programme. 409 `presenter-busy`, `outside-hours`, `nothing-to-release`."""
        made = programming.release(self._allowed(request), **self.values(), by=person(request))
        return Response(ReleaseSerializer(made).data, status=201)

    @extend_schema(responses=DiffSerializer)
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, pk: str) -> Response:
        """What a release would change."""
        return Response(DiffSerializer(programming.diff(self._allowed(request))).data)

    @extend_schema(responses=ConflictSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def conflicts(self, request: Request, pk: str) -> Response:
        """What stands in the way of a release."""
        found = programming.conflicts(self._allowed(request))
        return Response([ConflictSerializer(conflict).data for conflict in found])

    def _allowed(self, request: Request) -> Fair:
        fair = self.get_object()
        require(rules.may_plan_programme, person(request), fair)
        return fair


class ReleaseResource(Shown[Release]):
    """Releases of programmes, seen by whoever sees the fair; one alone comes with the programme as it was."""

    serializer_class = ReleaseSerializer
    filterset_class = OfAFair

    def get_queryset(self) -> models.QuerySet[Release]:
        """Those of the fairs that the person may see."""
        releases: models.QuerySet[Release] = Release.objects.visible_to(visitor(self.request))
        return releases.defer("programme") if self.action == "list" else releases

    def get_serializer_class(self) -> type[BaseSerializer[Release]]:
        """The whole of one, the heads of many."""
        return WholeReleaseSerializer if self.action == "retrieve" else ReleaseSerializer
