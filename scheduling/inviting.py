"""Inviting people to fairs and sessions, and what they answer until the thing begins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Change, User
from core import database, tokens
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from core.text import clean, localized
from exhibitors.models import PUBLIC_STATES, Application, CompanyMember
from fairs.models import Fair
from scheduling.models import INVITATION_MOVES, Invitation, InvitationQuerySet, Listing, Session

State, Role = Invitation.State, Invitation.Role
ANSWERS = (State.ACCEPTED, State.TENTATIVE, State.DECLINED)
MOST_AT_ONCE = 5_000  # people that one act invites
_PURPOSE = "answer"
# Of these a company comes, or is asked again whether it does.
_COMING = (*PUBLIC_STATES, Application.State.OFFERED)


class NothingToInviteTo(DomainError):
    """What is not public, is cancelled or has begun invites nobody."""

    code = "nothing-to-invite-to"


class HasBegun(DomainError):
    """Answers are closed. `began_at`: since when."""

    code = "has-begun"


class NoSuchLink(DomainError):
    """The address of an answer was never given out."""

    code = "no-such-link"
    status = 404


class Via(StrEnum):
    """How an answer came."""

    ACCOUNT = "account"
    LINK = "link"
    MAIL = "mail"


class Link(StrEnum):
    """What the page of an answer link is to say."""

    OPEN = "open"
    MOVED = "moved"
    BEGUN = "begun"
    CANCELLED = "cancelled"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A person to be asked. Name and language are taken from the account of this address, if there is one."""

    email: str
    name: str = ""
    language: str = ""
    role: str = Role.GUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What an answer link leads to: the invitation, and what is the case with it.

    `was_at`: when the thing was before it moved; `before`: what was answered then; `reason`: of a cancellation.
    """

    invitation: Invitation
    link: Link
    begins_at: datetime
    ends_at: datetime
    was_at: datetime | None = None
    before: str = ""
    reason: str = ""


# --- Asking ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    about: Fair | Session, people: Iterable[Guest], *, by: User | None, caused_by: Change | None = None
) -> list[Invitation]:
    """Ask people to a fair or session; who stands invited is not asked twice. Gives the new invitations.

    A fixed number of queries. Raises NothingToInviteTo, Unfit naming every address that is none.
    """
    guests = _unique(people)
    lock(about)
    _refuse_closed(about)
    standing = _invitations_to(about).standing().annotate(address=Lower("email"))
    asked = set(standing.filter(address__in=guests).values_list("address", flat=True))
    fresh = [guest for address, guest in guests.items() if address not in asked]
    users = {user.email: user for user in User.objects.filter(email__in=[guest.email for guest in fresh])}
    fair, session = (about, None) if isinstance(about, Fair) else (about.fair, about)
    invitations = [
        Invitation(id=pk, fair=fair, session=session, **_columns(guest, users.get(guest.email)))
        for pk, guest in zip(database.fresh_ids(len(fresh)), fresh, strict=True)
    ]
    Invitation.objects.bulk_create(invitations, batch_size=1_000)
    journal.record_many(
        [
            journal.Line(kind="invitation.pending", about=each, by=by, after=State.PENDING, caused_by=caused_by)
            for each in invitations
        ]
    )
    return invitations


@transaction.atomic
def invite_presenters(session: Session, *, caused_by: Change | None = None) -> None:
    """Bring the invitations to a published session in line with it, for the clock.

    Its presenters and the members of its companies are asked; who is no longer one of them is taken off; and where the
    change that caused this says that the time is new, everybody is asked again.
    """
    lock(session)
    listing = Listing.objects.filter(pk=session.pk, is_cancelled=False).first()
    if listing is None or listing.starts_at <= database.now():
        return
    people = _people_of(listing)
    standing = _invitations_to(session).standing().exclude(role=Role.GUEST).select_related("fair")
    rows = standing.select_for_update(no_key=True, of=("self",)).order_by("pk")
    gone = [each for each in rows if each.email.lower() not in people]
    _cancel(gone, by=None, reason="", caused_by=caused_by)
    if caused_by is not None and "to" in caused_by.facts:
        ask_again(session, caused_by=caused_by)
    invite(session, people.values(), by=None, caused_by=caused_by)


@transaction.atomic
def invite_exhibitors(application: Application, *, caused_by: Change | None = None) -> None:
    """Ask the members of a company that confirmed to its fair, for the clock. Nothing once the fair has begun."""
    fair = application.call.fair
    if fair.state != Fair.State.ANNOUNCED or fair.begins_at <= database.now():
        return
    members = User.objects.filter(company_memberships__company=application.company_id, is_active=True)
    guests = [Guest(email=user.email, role=Role.EXHIBITOR) for user in members.order_by("pk")]
    invite(fair, guests, by=None, caused_by=caused_by)


@transaction.atomic
def ask_again(about: Fair | Session, *, by: User | None = None, caused_by: Change | None = None) -> None:
    """Ask everybody anew who was asked to something that has a new time."""
    asked = _invitations_to(about).standing().exclude(state=State.PENDING).select_related("fair")
    rows = list(asked.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    journal.move_many(rows, State.PENDING, moves=INVITATION_MOVES, by=by, caused_by=caused_by)


# --- Answering ------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(invitation: Invitation, state: str, *, by: User | None, via: Via = Via.ACCOUNT) -> None:
    """Accept, answer tentatively or decline, each into each other until the thing begins; the same again is nothing.

    Raises HasBegun, InvalidTransition if the invitation was cancelled, Unfit for what is no answer.
    """
    if state not in ANSWERS:
        raise Unfit([Gap("answer", _("Answer with accept, tentative or decline."))])
    lock(invitation)
    begins_at, _ends_at = times_of(invitation)
    if invitation.state != State.CANCELLED and begins_at <= database.now():
        raise HasBegun(_("It has begun; answers are closed."), began_at=begins_at.isoformat())
    if invitation.state == state:
        return
    invitation.answered_at = database.now()
    facts = {"via": str(via)}
    journal.move(invitation, state, moves=INVITATION_MOVES, by=by, also=["answered_at"], facts=facts)


@transaction.atomic
def cancel(invitation: Invitation, *, by: User | None, reason: str = "", caused_by: Change | None = None) -> None:
    """Take one person off. Raises InvalidTransition if that was done before."""
    lock(invitation)
    journal.move(invitation, State.CANCELLED, moves=INVITATION_MOVES, by=by, reason=reason, caused_by=caused_by)


@transaction.atomic
def cancel_all(about: Fair | Session, *, by: User | None, reason: str, caused_by: Change | None = None) -> None:
    """Take everybody off a session; with a fair, off the fair and all of its sessions."""
    invitations = Invitation.objects.filter(fair=about) if isinstance(about, Fair) else _invitations_to(about)
    rows = invitations.standing().select_related("fair").select_for_update(no_key=True, of=("self",))
    _cancel(list(rows.order_by("pk")), by=by, reason=reason, caused_by=caused_by)


@transaction.atomic
def dismiss_exhibitors(application: Application, *, caused_by: Change | None = None) -> None:
    """Take the members of a company that no longer comes off the fair, unless they come for another one."""
    _dismiss(Q(user__company_memberships__company=application.company_id), caused_by=caused_by)


@transaction.atomic
def dismiss_member(user: User, *, caused_by: Change | None = None) -> None:
    """Take a person who left a company off everything to which only that company brought them."""
    _dismiss(Q(user=user), caused_by=caused_by)


@transaction.atomic
def note_sent(*invitations: Invitation, sequence: int) -> None:
    """Note that the mails with this SEQUENCE are on their way: answers to older ones count no more."""
    ids = [invitation.pk for invitation in invitations]
    standing = Invitation.objects.filter(pk__in=ids).standing().select_related("fair")
    rows = list(standing.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    pending = [row for row in rows if row.state == State.PENDING]
    journal.move_many(pending, State.SENT, moves=INVITATION_MOVES, by=None)
    Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(sent_sequence=sequence)


# --- Links ----------------------------------------------------------------------------------------------------------


def link_of(invitation: Invitation) -> str:
    """The address at which this person answers without signing in; the same in a mail that is sent again."""
    token = tokens.sign(f"{invitation.pk.hex}.{invitation.link_version}", purpose=_PURPOSE)
    return f"{settings.SITE_URL}/a/{token}/"


def from_link(token: str) -> Opened:
    """The invitation to which an answer link leads, and what is the case with it. Raises NoSuchLink."""
    try:
        key, version = tokens.unsign(token, purpose=_PURPOSE).split(".")
        invitation = Invitation.objects.for_table().get(pk=UUID(key))
    except (tokens.BadSignature, ValueError, Invitation.DoesNotExist) as error:
        raise NoSuchLink(_("This link is not complete. Open it from the mail once more.")) from error
    begins_at, ends_at = times_of(invitation)
    last = Change.objects.about(invitation).filter(kind__in=["invitation.pending", "invitation.cancelled"]).last()
    link = _link(invitation, begins_at, is_newest=version == str(invitation.link_version), last=last)
    return Opened(
        invitation=invitation,
        link=link,
        begins_at=begins_at,
        ends_at=ends_at,
        was_at=_was_at(invitation) if link == Link.MOVED else None,
        before=last.before if last and link == Link.MOVED else "",
        reason=last.reason if last and link == Link.CANCELLED else "",
    )


@transaction.atomic
def end_links(invitation: Invitation, *, by: User | None) -> None:
    """Make every link that this person was sent worthless; the next mail bears a new one."""
    lock(invitation)
    invitation.link_version += 1
    invitation.save(update_fields=["link_version"])
    journal.record("invitation.link_ended", invitation, by=by)


def times_of(invitation: Invitation) -> tuple[datetime, datetime]:
    """When the thing begins and ends, as it is published."""
    if invitation.session_id is None:
        return invitation.fair.begins_at, invitation.fair.finishes_at
    listing = Listing.objects.filter(pk=invitation.session_id).first()
    thing = listing or invitation.session
    assert thing is not None, "a session outlives its invitations"
    return thing.starts_at, thing.ends_at


def _link(invitation: Invitation, begins_at: datetime, *, is_newest: bool, last: Change | None) -> Link:
    if invitation.state == State.CANCELLED:
        return Link.CANCELLED
    if not is_newest or not _is_entitled(invitation):
        return Link.OUTDATED
    if begins_at <= database.now():
        return Link.BEGUN
    was_asked_before = last is not None and bool(last.before)
    return Link.MOVED if was_asked_before and invitation.state in (State.PENDING, State.SENT) else Link.OPEN


def _was_at(invitation: Invitation) -> datetime | None:
    return Listing.objects.filter(pk=invitation.session_id).values_list("was_at", flat=True).first()


# --- Who is asked ---------------------------------------------------------------------------------------------------


def _invitations_to(about: Fair | Session) -> InvitationQuerySet:
    if isinstance(about, Fair):
        found: InvitationQuerySet = Invitation.objects.filter(fair=about, session__isnull=True)
    else:
        found = Invitation.objects.filter(session=about)
    return found


def _unique(people: Iterable[Guest]) -> dict[str, Guest]:
    """The guests by address, each once. Raises Unfit naming every address that is none, and for too many."""
    guests: dict[str, Guest] = {}
    gaps = []
    for guest in people:
        address = clean(guest.email).lower()
        try:
            validate_email(address)
        except ValidationError:
            gaps.append(Gap("people", _("“%s” is no e-mail address.") % clean(guest.email)[:80]))
            continue
        guests.setdefault(address, Guest(email=address, name=guest.name, language=guest.language, role=guest.role))
    if len(guests) > MOST_AT_ONCE:
        gaps.append(Gap("people", _("Invite at most %d people at once.") % MOST_AT_ONCE))
    if gaps:
        raise Unfit(gaps)
    return guests


def _columns(guest: Guest, user: User | None) -> dict[str, object]:
    return {
        "email": guest.email,
        "user": user,
        "name": guest.name or (user.name_zh or user.name_en if user else ""),
        "language": guest.language or (user.language if user else ""),
        "role": guest.role,
    }


def _refuse_closed(about: Fair | Session) -> None:
    """Raise NothingToInviteTo unless people can still answer whether they come."""
    fair = about if isinstance(about, Fair) else about.fair
    begins_at: datetime | None = fair.begins_at
    if isinstance(about, Session):
        public = Listing.objects.filter(pk=about.pk, is_cancelled=False)
        begins_at = public.values_list("starts_at", flat=True).first()
    if fair.state != Fair.State.ANNOUNCED or begins_at is None or begins_at <= database.now():
        title = localized(about, "name" if isinstance(about, Fair) else "title")
        raise NothingToInviteTo(_("“%s” is not public, is cancelled or has begun.") % title)


def _people_of(listing: Listing) -> dict[str, Guest]:
    """The presenters of a session and the members of its companies, by address."""
    members = Q(company_memberships__company__in=listing.companies)
    users = User.objects.filter(Q(pk__in=listing.presenters) | members, is_active=True).distinct().order_by("pk")
    return {
        user.email: Guest(email=user.email, role=Role.PRESENTER if user.pk in listing.presenters else Role.EXHIBITOR)
        for user in users
    }


def _cancel(rows: Sequence[Invitation], *, by: User | None, reason: str, caused_by: Change | None) -> None:
    journal.move_many(rows, State.CANCELLED, moves=INVITATION_MOVES, by=by, reason=reason, caused_by=caused_by)


def _dismiss(whom: Q, *, caused_by: Change | None) -> None:
    """Take off exhibitors who came for a company that brings them no more."""
    asked = Invitation.objects.standing().filter(whom, role=Role.EXHIBITOR).select_related("fair").distinct()
    ids = [each.pk for each in asked if not _is_entitled(each)]
    rows = Invitation.objects.filter(pk__in=ids).select_related("fair").order_by("pk")
    _cancel(list(rows.select_for_update(no_key=True, of=("self",))), by=None, reason="", caused_by=caused_by)


def _is_entitled(invitation: Invitation) -> bool:
    """Whether whoever was asked for a company still comes for one."""
    if invitation.role != Role.EXHIBITOR:
        return True
    companies: Collection[UUID]
    if invitation.session_id is None:
        confirmed = Application.objects.filter(call__fair=invitation.fair_id, state__in=_COMING)
        companies = set(confirmed.values_list("company", flat=True))
    else:
        companies = Listing.objects.filter(pk=invitation.session_id).values_list("companies", flat=True).first() or []
    return CompanyMember.objects.filter(user=invitation.user_id, company__in=companies).exists()
