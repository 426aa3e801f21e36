"""Who may do what with fairs."""

from __future__ import annotations

from accounts.models import Organizer, User
from accounts.rules import coordinates
from fairs.models import Fair


def may_plan_for(user: User, organizer: Organizer) -> bool:
    """Coordinators of the organizer make its fairs."""
    return coordinates(user, organizer)


def may_plan(user: User, fair: Fair) -> bool:
    """Coordinators of the fair's organizer edit it, its halls and its call."""
    return coordinates(user, fair.organizer)
