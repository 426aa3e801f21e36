"""Working for an organizer: people are invited by mail, join, and leave again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Membership, MembershipInvite, Organizer, User
from core import database, tokens
from core.database import constraint_of
from core.errors import DomainError, NotAllowed, Unfit, gaps_of
from core.locking import lock

GOOD_FOR = timedelta(days=14)
MOST_INVITES_A_DAY = 50  # an organizer; each is a mail that a person can cause
_PURPOSE = "membership-invite"


class InviteGone(DomainError):
    """The invitation was used, replaced or is over."""

    code = "invite-gone"


class InviteForOther(NotAllowed):
    """The invitation went to another address than the one that the person signed in with."""

    code = "invite-for-other"


class AlreadyMember(DomainError):
    """The person has the role already."""

    code = "already-member"


class LastCoordinator(DomainError):
    """Nobody would be left to plan the organizer's fairs."""

    code = "last-coordinator"


class TooManyInvites(DomainError):
    """The organizer invited as many people today as it may."""

    code = "too-many-invites"
    status = 429


@transaction.atomic
def invite(organizer: Organizer, email: str, *, role: str, by: User, discipline: str = "") -> MembershipInvite:
    """Ask the owner of this address to work for the organizer; the link of the mail is good for 14 days and once.

    An expert is asked for one discipline. An earlier invitation to the same role is replaced.
    Raises Unfit with every gap, AlreadyMember, TooManyInvites.
    """
    lock(organizer)
    now = database.now()
    asked = MembershipInvite(
        organizer=organizer,
        email=email.strip().lower(),
        role=role,
        discipline=discipline,
        invited_by=by,
        expires_at=now + GOOD_FOR,
    )
    _refuse_gaps(asked)
    if organizer.memberships.filter(user__email=asked.email, role=role).exists():
        raise AlreadyMember(_("%(email)s is %(role)s already.") % {"email": email, "role": asked.get_role_display()})
    if organizer.invites.filter(created_at__gt=now - timedelta(days=1)).count() >= MOST_INVITES_A_DAY:
        raise TooManyInvites(_("You invited %d people today. Go on tomorrow.") % MOST_INVITES_A_DAY)
    organizer.invites.filter(email=asked.email, role=role, used_at=None).update(expires_at=Now())
    asked.save(force_insert=True)
    journal.record("membership.invited", asked, by=by, facts={"role": role})
    return asked


def link_token(asked: MembershipInvite) -> str:
    """What the link in the mail bears: the signed id, so that a mail that is sent again carries the same link."""
    return tokens.sign(str(asked.pk), purpose=_PURPOSE)


def from_link(token: str) -> MembershipInvite:
    """The invitation of a link, good or over. Raises InviteGone if we never made it."""
    try:
        key = UUID(tokens.unsign(token, purpose=_PURPOSE))
        return MembershipInvite.objects.select_related("organizer", "invited_by").get(pk=key)
    except (tokens.BadSignature, ValueError, MembershipInvite.DoesNotExist) as error:
        raise InviteGone(_("This invitation is not known. Please ask for a new one.")) from error


@transaction.atomic
def accept(asked: MembershipInvite, user: User) -> Membership:
    """Work for the organizer from now on. Only the address that was asked, and only once.

    Raises InviteForOther, InviteGone, AlreadyMember.
    """
    if user.email != asked.email:
        raise InviteForOther(_("This invitation went to another address. Sign in with that one."))
    # One update with a condition: of two clicks at the same instant, one finds the row used.
    used = MembershipInvite.objects.filter(pk=asked.pk, used_at=None, expires_at__gt=Now()).update(used_at=Now())
    if not used:
        raise InviteGone(_("This invitation was used or is over. Please ask for a new one."))
    membership = Membership(user=user, organizer=asked.organizer, role=asked.role, discipline=asked.discipline)
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != "member_has_a_role_once":
            raise
        role = membership.get_role_display()
        raise AlreadyMember(_("%(email)s is %(role)s already.") % {"email": user.email, "role": role}) from error
    journal.record("membership.joined", membership, by=user, facts={"role": membership.role, "user": str(user.pk)})
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """End a role at once; open invitations of the same person and role end too. Raises LastCoordinator."""
    lock(membership.organizer)
    lock(membership)
    same = Membership.objects.filter(organizer=membership.organizer, role=membership.role)
    if membership.role == Membership.Role.COORDINATOR and same.count() == 1:
        raise LastCoordinator(_("Nobody else plans the fairs of %s. Invite somebody first.") % membership.organizer)
    facts = {"role": membership.role, "user": str(membership.user_id)}
    journal.record("membership.removed", membership, by=by, facts=facts)
    MembershipInvite.objects.filter(
        organizer=membership.organizer, email=membership.user.email, role=membership.role, used_at=None
    ).update(expires_at=Now())
    membership.delete()


def _refuse_gaps(asked: MembershipInvite) -> None:
    try:
        asked.full_clean()
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error
