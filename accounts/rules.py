"""Who may do what, as predicates with names. Who may see has its home in the querysets."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.models import Membership, Organizer, User
from core.errors import NotAllowed


def require(rule: Callable[..., bool], user: User, *things: object) -> None:
    """Raise NotAllowed unless the rule holds for the person and the things."""
    if not rule(user, *things):
        raise NotAllowed(_("You are signed in as %s, who may not do this.") % user.email)


def coordinates(user: User, organizer: Organizer) -> bool:
    """Whether the person plans this organizer's fairs."""
    return _has_role(user, organizer, [Membership.Role.COORDINATOR])


def works_for(user: User, organizer: Organizer) -> bool:
    """Whether the person plans or staffs this organizer's fairs."""
    return _has_role(user, organizer, [Membership.Role.COORDINATOR, Membership.Role.STAFF])


def may_manage_members(user: User, organizer: Organizer) -> bool:
    """Coordinators invite and remove members of their organizer; administrators of every one."""
    return user.is_superuser or coordinates(user, organizer)


def may_import(user: User) -> bool:
    """Coordinators of any organizer and administrators bring in lists of places and companies."""
    return user.is_active and (user.is_superuser or Membership.objects.coordinators().of(user).exists())


def _has_role(user: User, organizer: Organizer, roles: list[Membership.Role]) -> bool:
    return user.is_active and Membership.objects.filter(user=user.pk, organizer=organizer.pk, role__in=roles).exists()
