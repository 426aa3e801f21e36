"""Who may do what with programmes, invitations and whole fairs. Who may see has its home in the querysets."""

from __future__ import annotations

from accounts.models import User
from accounts.rules import coordinates
from fairs.models import Fair
from scheduling.models import Invitation


def may_plan_programme(user: User, fair: Fair) -> bool:
    """Coordinators of the fair's organizer plan its stages and sessions, release them, and act on the day."""
    return coordinates(user, fair.organizer)


def may_move_fair(user: User, fair: Fair) -> bool:
    """They reschedule, cancel and clone it."""
    return coordinates(user, fair.organizer)


def may_invite(user: User, fair: Fair) -> bool:
    """They invite people to it and its sessions, and take them off."""
    return coordinates(user, fair.organizer)


def may_answer(user: User, invitation: Invitation) -> bool:
    """Only who was asked answers; nobody does it in their name."""
    return user.is_active and invitation.user_id == user.pk
