"""Calendar mails: what an invitation says in words, with the iMIP part that calendars read (RFC 6047)."""

from __future__ import annotations

from collections.abc import Sequence

from core.text import localized
from scheduling import inviting, publishing
from scheduling.contentlines import Unrenderable
from scheduling.ical import Answer, Attendee, CalendarUser
from scheduling.imip import Method, invitation
from scheduling.models import Entry, Invitation, Listing
from scheduling.rendering import calendar_entry
from scheduling.reply_addresses import reply_address
from worker import wording
from worker.outbox import CalendarPart, Draft, Recipient

ANSWERS = {"accept": "accepted", "tentative": "tentative", "decline": "declined"}
_SAID = {
    Invitation.State.ACCEPTED: Answer.ACCEPTED,
    Invitation.State.TENTATIVE: Answer.TENTATIVE,
    Invitation.State.DECLINED: Answer.DECLINED,
}


def entry_of(asked: Invitation) -> Entry | None:
    """The calendar entry to which the invitation belongs; None if it was never public."""
    return publishing.entry_of(asked.session or asked.fair)


def drafts(asked: Sequence[Invitation], entry: Entry, *, method: Method, reason: str = "") -> list[Draft]:
    """The mails of people who are asked to one thing.

    A calendar part that can't be rendered ends that mail alone, when it is to be sent.
    """
    if not asked:
        return []
    common = {**_words_of(asked[0]), "reason": reason}
    return [
        Draft(
            to=Recipient(email=each.email, name=each.name, language=each.language, user_id=each.user_id),
            context={**common, **_links_of(each)},
            about_id=each.pk,
            calendar=_part(each, entry, method),
            reply_to=reply_address(each.pk),
        )
        for each in asked
    ]


def _words_of(asked: Invitation) -> wording.Words:
    """What is said of the fair or session. What is public counts, not the working programme."""
    fair = wording.fairs().get(pk=asked.fair_id)
    words = wording.of_fair(fair)
    if asked.session_id is not None:
        listing = Listing.objects.select_related("stage").get(pk=asked.session_id)
        words |= wording.both("session", lambda: localized(listing, "title"))
        words |= wording.both("stage", lambda: localized(listing.stage, "name"))
        words |= wording.span("when", listing.starts_at, listing.ends_at, fair.zone)
    return words


def _links_of(asked: Invitation) -> wording.Words:
    """The three links with which this person answers."""
    link = inviting.link_of(asked)
    words = {}
    for name, answer in ANSWERS.items():
        words[f"{name}_zh"] = f"{link}?answer={answer}"
        words[f"{name}_en"] = f"{link}?answer={answer}&lang=en"
    return words


def _part(asked: Invitation, entry: Entry, method: Method) -> CalendarPart:
    language = asked.language or wording.LANGUAGES["zh"]
    try:
        shown = calendar_entry(entry, language)
        octets = invitation(
            method,
            shown,
            organizer=CalendarUser(shown.organizer.name, reply_address(asked.pk)),
            attendee=Attendee(
                CalendarUser(asked.name, asked.email),
                answer=_SAID.get(Invitation.State(asked.state), Answer.NEEDS_ACTION),
            ),
            language=language,
        )
    except Unrenderable as error:
        return CalendarPart(method=method, sequence=entry.sequence, fault=str(error))
    return CalendarPart(method=method, sequence=entry.sequence, octets=octets)
