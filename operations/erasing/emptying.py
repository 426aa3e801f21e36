"""Emptying what belongs to a person: ways in, roles, invitations, mails, contacts, and at last the account itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from enum import Enum
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as WebSession
from django.db.models import CharField, F, Func, ManyToManyField, Model, Q, UUIDField, Value
from django.db.models.fields.related import ForeignObjectRel
from django.db.models.functions import Cast, Concat, Now

from accounts import journal
from accounts.journal import Line
from accounts.models import ERASED_DOMAIN, PERSONAL, Membership, MembershipInvite, User
from exhibitors import reviewing
from exhibitors.models import Application, Company, CompanyInvite, CompanyMember, Review
from operations.erasing.finding import Person
from scheduling.models import INVITATION_MOVES, Feed, Invitation, Listing, Reply, Session
from worker.models import MESSAGE_MOVES, Message, Suppression

log = logging.getLogger(__name__)


class Fate(Enum):
    """What becomes of rows that point at an erased person."""

    GONE = "removed"
    EMPTY = "emptied, and points at nobody"
    STAYS = "stays, and points at the emptied account"


# Every column that points at a person. A test fails on one that is not named here.
FATES: Mapping[str, Fate] = {
    "account.EmailAddress.user": Fate.GONE,
    "accounts.ApiToken.user": Fate.GONE,
    "accounts.Change.by": Fate.STAYS,
    "accounts.IdempotencyKey.user": Fate.GONE,
    "accounts.Membership.user": Fate.GONE,
    "accounts.MembershipInvite.invited_by": Fate.STAYS,
    "accounts.User_groups.user": Fate.GONE,
    "accounts.User_user_permissions.user": Fate.GONE,
    "admin.LogEntry.user": Fate.STAYS,
    "exhibitors.CompanyInvite.invited_by": Fate.STAYS,
    "exhibitors.CompanyMember.user": Fate.GONE,
    "exhibitors.ConflictOfInterest.expert": Fate.GONE,
    "exhibitors.Review.expert": Fate.STAYS,
    "scheduling.FeedToken.user": Fate.GONE,
    "scheduling.Invitation.user": Fate.EMPTY,
    "scheduling.Release.published_by": Fate.STAYS,
    "scheduling.Session_presenters.user": Fate.GONE,
    "worker.Message.user": Fate.EMPTY,
}
# An invitation or mail is emptied with an address of its own, for two of one fair may not bear the same.
_NOBODY = Concat(Cast("pk", CharField()), Value(ERASED_DOMAIN))
_RECUSED = "erased"


def empty(person: Person, *, by: User | None) -> set[UUID]:
    """Empty all that is the person's but the account's row; gives the fairs whose programme named the person."""
    fairs: set[UUID] = set()
    if person.user:
        _record_leaving(person.user, by=by)
        fairs = _leave_programmes(person.user, by=by)
        _recuse(person.user, by=by)
        _remove_rows(person.user)
        _forget_in_admin(person.user)
        Feed.objects.filter(key=f"user:{person.user.pk}").delete()
    empty_addressed(person, by=by)
    return fairs


def empty_addressed(person: Person, *, by: User | None) -> None:
    """Empty what is addressed to the person: invitations, mails, contacts, and the way in."""
    _empty_invitations(person, by=by)
    _empty_messages(person, by=by)
    _empty_contacts(person)
    for model in (MembershipInvite, CompanyInvite, Suppression):
        model._base_manager.filter(email__in=person.addresses).delete()
    _end_web_sessions(person)


def empty_account(user: User) -> None:
    """Empty the row itself, last: its address is unique, so whoever points at the row waits from here on."""
    User.objects.filter(pk=user.pk).update(
        email=f"{user.pk}{ERASED_DOMAIN}",
        password="!",  # noqa: S106 (no password fits it)
        last_login=None,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        erased_at=Now(),
        **dict.fromkeys(PERSONAL, ""),
    )


def _end_web_sessions(person: Person) -> None:
    """End every web session of the person, and any that holds the address, such as a sign-in half done."""
    for session in WebSession.objects.iterator():
        held = session.get_decoded()
        is_own = person.user is not None and held.get("_auth_user_id") == str(person.user.pk)
        if is_own or person.everywhere.stand_in(held):
            session.delete()


def pointers() -> list[tuple[str, type[Model], str]]:
    """Every column that points at a person: as in FATES, its model and its name."""
    found: list[tuple[str, type[Model], str]] = []
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.field.concrete and not relation.many_to_many:
            model, name = relation.field.model, relation.field.name
            found.append((f"{model._meta.app_label}.{model._meta.object_name}.{name}", model, name))
        elif isinstance(relation, ManyToManyField):
            through = relation.remote_field.through
            assert through is not None, "the models are loaded"
            found.append((f"{through._meta.app_label}.{through._meta.object_name}.user", through, "user"))
    return sorted(set(found), key=lambda one: one[0])


def _remove_rows(user: User) -> None:
    for name, model, column in pointers():
        if FATES.get(name) is Fate.GONE:
            model._base_manager.filter(**{column: user.pk}).delete()


def _record_leaving(user: User, *, by: User | None) -> None:
    """The journal says of each role that it ended. The rows go in `_remove_rows`."""
    lines: list[Line] = []
    for member in CompanyMember.objects.filter(user=user).select_related("company"):
        facts = {"user": str(user.pk), "role": str(member.role)}
        lines.append(Line(kind="company.member_removed", about=member.company, by=by, facts=facts))
    for membership in Membership.objects.filter(user=user):
        facts = {"user": str(user.pk), "role": str(membership.role)}
        lines.append(Line(kind="membership.removed", about=membership, by=by, facts=facts))
    journal.record_many(lines)


def _leave_programmes(user: User, *, by: User | None) -> set[UUID]:
    """Take the person out of working and published programmes alike, so that no release is due for it."""
    sessions = list(user.sessions.select_related("fair"))
    Session.objects.filter(pk__in=[each.pk for each in sessions]).update(version=F("version") + 1)
    facts = {"fields": ["presenters"], "user": str(user.pk)}
    journal.record_many([Line(kind="session.edited", about=each, by=by, facts=facts) for each in sessions])
    listed = Listing.objects.filter(presenters__contains=[user.pk])
    fairs = {*listed.values_list("fair_id", flat=True), *(each.fair_id for each in sessions)}
    listed.update(
        presenters=Func(F("presenters"), Value(user.pk, UUIDField()), function="array_remove"), changed_at=Now()
    )
    return fairs


def _recuse(user: User, *, by: User | None) -> None:
    """Reviews that were not written fall free; those that were stand, and say no name."""
    for review in user.reviews.filter(state=Review.State.ASSIGNED).select_related("application"):
        reviewing.recuse(review, reason=_RECUSED, by=by)


def _forget_in_admin(user: User) -> None:
    about_user = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about_user.update(object_repr="")


def _empty_invitations(person: Person, *, by: User | None) -> None:
    """Cancel what still asks, and empty all: the links are dead, and no calendar mail follows, for none was sent."""
    own = Q(email__in=person.addresses)
    if person.user:
        own |= Q(user=person.user.pk)
    invitations = list(Invitation.objects.filter(own).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    standing = [each for each in invitations if each.state != Invitation.State.CANCELLED]
    for invitation in standing:
        invitation.sent_sequence = None
        journal.move(invitation, Invitation.State.CANCELLED, moves=INVITATION_MOVES, by=by, also=["sent_sequence"])
    emptied = [each.pk for each in invitations]
    Reply.objects.filter(invitation__in=emptied).update(sender="", comment="")
    Invitation.objects.filter(pk__in=emptied).update(
        user=None, email=_NOBODY, name="", sent_sequence=None, link_version=F("link_version") + 1
    )


def _empty_messages(person: Person, *, by: User | None) -> None:
    """Stop what is not sent, and empty all.

    One that a worker is sending may still go out; but the worker has lost its lease, so it records nothing over this.
    """
    own = Q(recipient__in=person.addresses)
    if person.user:
        own |= Q(user=person.user.pk)
    messages = list(Message.objects.filter(own).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    state = Message.State
    let_go = {"lease": None, "leased_until": None}
    journal.move_many(_in(messages, state.SENDING), state.FAILED, moves=MESSAGE_MOVES, by=by, values=let_go)
    # What is dead asks coordinators to try again; what is cancelled does not.
    journal.move_many(_in(messages, state.DEAD), state.QUEUED, moves=MESSAGE_MOVES, by=by)
    journal.move_many(_in(messages, state.QUEUED, state.FAILED), state.CANCELLED, moves=MESSAGE_MOVES, by=by)
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        user=None, recipient=_NOBODY, context={}, calendar=b"", reply_to="", error=""
    )


def _in(messages: Sequence[Message], *states: str) -> list[Message]:
    return [message for message in messages if message.state in states]


def _empty_contacts(person: Person) -> None:
    """Where the person is whom to ask about an application, nobody is now."""
    own = Q(contact_email__in=person.addresses)
    for name in person.everywhere.names:
        own |= Q(contact_name__iexact=name)
    if person.user:
        companies = person.user.company_memberships.values("company")
        for name in person.nearby.names:
            own |= Q(contact_name__iexact=name, company__in=companies)
    Application.objects.filter(own).update(
        contact_name="", contact_phone="", contact_email="", version=F("version") + 1
    )
    Company.objects.filter(email__in=person.addresses).update(email="", version=F("version") + 1)
