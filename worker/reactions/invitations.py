"""What follows when people are asked to a fair or session, and when what they were asked to changes.

Who is to be asked is decided in the channel `next`; each invitation's own change then brings its mail.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from accounts.models import Change, User
from core import database
from exhibitors.models import Application
from fairs.models import Fair
from scheduling import inviting
from scheduling.imip import Method
from scheduling.models import Invitation, Listing, Session
from worker import calendar_mails, outbox
from worker.mailing import Mailing, mails_to_many
from worker.registry import nothing_follows, reacts_to

State, Role = Invitation.State, Invitation.Role

nothing_follows(
    "invitation.sent",
    # Answers are counted in the desk's digest.
    "invitation.accepted",
    "invitation.tentative",
    "invitation.declined",
    "invitation.link_ended",
)


# --- Who is asked ---------------------------------------------------------------------------------------------------


@reacts_to("session.released", "session.moved", "session.changed", "session.delayed", channel="next")
def ask_to_session(change: Change) -> None:
    """Presenters and members of its companies are asked; again where the time is new."""
    inviting.invite_presenters(Session.objects.get(pk=change.about_id), caused_by=change)


@reacts_to("session.cancelled", channel="next")
def take_off_session(change: Change) -> None:
    """Nobody comes to a cancelled session."""
    session = Session.objects.get(pk=change.about_id)
    inviting.cancel_all(session, by=None, reason=change.reason, caused_by=change)


@reacts_to("fair.rescheduled", channel="next")
def ask_to_fair_again(change: Change) -> None:
    """Everybody who was asked to the fair is asked again; to its sessions by their own changes."""
    inviting.ask_again(Fair.objects.get(pk=change.about_id), caused_by=change)


@reacts_to("application.confirmed", channel="next")
def ask_exhibitors(change: Change) -> None:
    """The members of a company that takes part get the fair into their calendars."""
    application = Application.objects.select_related("call__fair").get(pk=change.about_id)
    if application.state == Application.State.CONFIRMED:
        inviting.invite_exhibitors(application, caused_by=change)


@reacts_to(
    "application.declined",
    "application.expired",
    "application.withdrawn",
    "application.cancelled",
    channel="next",
)
def take_off_exhibitors(change: Change) -> None:
    """The members of a company that does not come are taken off the fair."""
    application = Application.objects.select_related("call__fair").get(pk=change.about_id)
    inviting.dismiss_exhibitors(application, caused_by=change)


@reacts_to("company.member_joined", channel="next")
def ask_new_member(change: Change) -> None:
    """Who joins a company is asked to all to which it comes."""
    confirmed = Application.objects.filter(company=change.about_id, state=Application.State.CONFIRMED)
    for application in confirmed.select_related("call__fair"):
        inviting.invite_exhibitors(application, caused_by=change)
    coming = Listing.objects.filter(
        companies__contains=[change.about_id], is_cancelled=False, starts_at__gt=database.now()
    )
    for session in Session.objects.filter(listing__in=coming):
        inviting.invite_presenters(session, caused_by=change)


@reacts_to("company.member_removed", channel="next")
def take_off_member(change: Change) -> None:
    """Who left a company is taken off all to which only that company brought them."""
    person = User.objects.filter(pk=change.facts["user"]).first()
    if person is not None:
        inviting.dismiss_member(person, caused_by=change)


# --- What they read -------------------------------------------------------------------------------------------------


@reacts_to("invitation.pending", channel="mail")
def send_invitation(change: Change) -> None:
    """The calendar mail, or its update where the person was asked before."""
    asked = _asked().filter(pk=change.about_id, state__in=[State.PENDING, State.SENT]).first()
    if asked is None or _is_over(asked):
        return
    if not change.before:
        _send(change, _first_kind(asked), [asked])
        return
    kind = "session-invitation-update" if asked.session_id else "fair-invitation-update"
    _send(change, kind, [asked], reason=change.caused_by.reason if change.caused_by else "")


@reacts_to("invitation.cancelled", channel="mail")
def send_cancellation(change: Change) -> None:
    """The calendar mail that takes it back, if any went out; what still waits is not sent at all."""
    asked = _asked().get(pk=change.about_id)
    if outbox.stop_waiting(asked.pk):
        kind = "session-invitation-cancelled" if asked.session_id else "fair-invitation-cancelled"
        _send(change, kind, [asked], method=Method.CANCEL, reason=change.reason)


@mails_to_many("session.changed", "session.moved")
def send_changed_session(change: Change) -> Mailing[Invitation] | None:
    """Whoever was asked reads the new title or stage; their answers stand. With a new time they are asked again."""
    if "to" in change.facts or not {"title_zh", "title_en", "stage"} & set(change.facts.get("fields", ())):
        return None
    return _update(change, "session-invitation-changed", _asked().filter(session=change.about_id))


@mails_to_many("fair.edited")
def send_changed_fair(change: Change) -> Mailing[Invitation] | None:
    """Whoever was asked to a fair reads that it is held at another place; their answers stand."""
    if "venue" not in change.facts.get("fields", ()):
        return None
    return _update(change, "fair-invitation-changed", _asked().filter(fair=change.about_id, session=None))


def _asked() -> models.QuerySet[Invitation]:
    found: models.QuerySet[Invitation] = Invitation.objects.select_related("fair", "session")
    return found


def _is_over(asked: Invitation) -> bool:
    """Whether it is too late to ask: a fair still invites on its fifth day, a session not in its midst."""
    begins_at, ends_at = inviting.times_of(asked)
    return (begins_at if asked.session_id else ends_at) <= database.now()


def _first_kind(asked: Invitation) -> str:
    if asked.session_id:
        return "session-invitation"
    return "exhibitor-invitation" if asked.role == Role.EXHIBITOR else "fair-invitation"


def _update(change: Change, kind: str, asked: models.QuerySet[Invitation]) -> Mailing[Invitation]:
    """Those who have a mail already; whoever still waits for the first one reads the newest in it."""
    return Mailing(
        rows=asked.exclude(state__in=[State.PENDING, State.CANCELLED]),
        write=lambda some: _send(change, kind, [each for each in some if not _is_over(each)]),
    )


def _send(
    change: Change, kind: str, asked: Sequence[Invitation], *, method: Method = Method.REQUEST, reason: str = ""
) -> None:
    """Write calendar mails to people who are asked to one thing, and note that they are on their way."""
    entry = calendar_mails.entry_of(asked[0]) if asked else None
    if entry is None:
        return
    drafts = calendar_mails.drafts(asked, entry, method=method, reason=reason)
    outbox.enqueue_drafts(kind, cause=change, drafts=drafts)
    if method is Method.REQUEST:
        inviting.note_sent(*asked, sequence=entry.sequence)
