"""The API of this room: programmes, releases, invitations, and moves of whole fairs."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from scheduling.api.fairs import FairMoves
from scheduling.api.invitations import InvitationResource
from scheduling.api.programme import ProgrammeResource, ReleaseResource, SessionResource, StageResource


def register(router: BaseRouter) -> None:
    """Put this room's resources under their names; a fair's own resource is in the room of fairs."""
    router.register("fairs", FairMoves, basename="fair-move")
    router.register("stages", StageResource, basename="stage")
    router.register("sessions", SessionResource, basename="session")
    router.register("programmes", ProgrammeResource, basename="programme")
    router.register("releases", ReleaseResource, basename="release")
    router.register("invitations", InvitationResource, basename="invitation")
