"""Answers that calendars send by mail: read once, believed only with a proof, and harmless whatever comes in.

Anybody can write any From. So an answer counts if the mail went to the secret address of just this invitation, names
its UID, its address and the SEQUENCE of our newest mail. Without the secret it is kept as unproven, for a person to
see, and changes nothing.
"""

from __future__ import annotations

import codecs
import email
import hashlib
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Change
from core.errors import DomainError
from core.text import clean
from scheduling import inviting, reply_addresses
from scheduling.ical import Answer
from scheduling.imip import LARGEST_REPLY, UnreadableReply, parse_reply
from scheduling.imip import Reply as Said
from scheduling.models import Entry, Invitation, Reply

LARGEST_MAIL = 5 * 1024 * 1024  # octets; an answer with the whole invitation quoted has some hundred thousand
_MOST_PARTS = 100  # of a mail that are looked at
_LONGEST_HEADER = 10_000  # characters of one that are looked at
_MOST_ADDRESSES = 20  # of ours that one mail may go to
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
# Those that mailers use. Python knows more, of which some take a time that grows with the square of the length.
_CHARSETS = {"ascii", "iso8859-1", "iso8859-15", "cp1252", "big5", "cp950", "gb2312", "gbk", "gb18030", "utf-16"} | {
    *("shift_jis", "euc_jp", "iso2022_jp", "euc_kr"),
}
_STATES = {
    Answer.ACCEPTED: Invitation.State.ACCEPTED,
    Answer.TENTATIVE: Invitation.State.TENTATIVE,
    Answer.DECLINED: Invitation.State.DECLINED,
}
Outcome = Reply.Outcome


class Unread(Exception):
    """A mail in which no answer can be found; `why` is a word for programs."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@transaction.atomic
def read(mail: bytes) -> Reply:
    """What came of one mail; a mail that was read before is not read again. Raises nothing for what a mail may hold."""
    digest = hashlib.sha256(mail).hexdigest()
    reply, is_new = Reply.objects.select_for_update().get_or_create(
        digest=digest, defaults={"outcome": Outcome.UNREADABLE}
    )
    if is_new:
        try:
            _judge(reply, mail)
        except Unread as unread:
            reply.outcome, reply.why = Outcome.UNREADABLE, unread.why
        reply.save()
    return reply


def _judge(reply: Reply, mail: bytes) -> None:
    """Find the answer and its proof, and let it count or not. Raises Unread."""
    message = _parsed(mail)
    said = _answer_in(message)
    reply.sender, reply.answer = said.attendee[:254], _STATES[said.answer]
    reply.stamped_at, reply.comment = said.stamped_at, clean(said.comment, multiline=True)
    proven = _proven(message)
    reply.invitation = proven or _meant(said)
    if reply.invitation is None:
        reply.outcome = Outcome.UNKNOWN
    elif proven is None:
        reply.outcome, reply.why = Outcome.UNPROVEN, "no-proof"
    elif doubt := _doubt(proven, said):
        reply.outcome, reply.why = Outcome.UNPROVEN, doubt
    elif _is_outdated(proven, said):
        reply.outcome = Outcome.OUTDATED
    else:
        _count(reply, proven)


def _count(reply: Reply, invitation: Invitation) -> None:
    try:
        with transaction.atomic():
            inviting.answer(invitation, reply.answer, by=invitation.user, via=inviting.Via.MAIL)
    except DomainError as error:
        reply.outcome, reply.why = Outcome.REFUSED, error.code
    else:
        reply.outcome = Outcome.ANSWERED


def _parsed(mail: bytes) -> Message:
    if len(mail) > LARGEST_MAIL:
        raise Unread("too-large")
    try:
        return email.message_from_bytes(mail)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise Unread("not-a-mail") from error


def _answer_in(message: Message) -> Said:
    """The first calendar part that is an answer. Raises Unread with the reason of the first that is none."""
    why = "no-calendar"
    for calendar in _calendars(message):
        try:
            return parse_reply(calendar)
        except UnreadableReply as error:
            why = str(error.reason) if why == "no-calendar" else why
    raise Unread(why)


def _calendars(message: Message) -> Iterator[bytes]:
    try:
        parts = list(_parts(message))
    except RecursionError as error:
        raise Unread("too-deep") from error
    for part in parts:
        if part.get_content_type() in ("text/calendar", "application/ics"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield _in_utf_8(payload[: LARGEST_REPLY + 1], str(part.get_param("charset") or "utf-8"))


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count >= _MOST_PARTS:
            return
        yield part


def _in_utf_8(payload: bytes, charset: str) -> bytes:
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return payload  # the parser takes what is no UTF-8 for U+FFFD
    return payload.decode(name, errors="replace").encode() if name in _CHARSETS else payload


def _proven(message: Message) -> Invitation | None:
    """The invitation to whose secret address the mail went."""
    for key in _keys_in(message):
        if invitation := Invitation.objects.select_related("fair", "session", "user").filter(pk=key).first():
            return invitation
    return None


def _keys_in(message: Message) -> Iterator[UUID]:
    """The invitations that addresses in the head of the mail prove."""
    lines = "\n".join(str(value)[:_LONGEST_HEADER] for name in _TO for value in message.get_all(name, [])[:_MOST_PARTS])
    for found in re.findall(r"[\w.-]{1,40}\+[a-z2-7]+-[a-z2-7]+@[\w.-]{1,253}", lines, re.IGNORECASE)[:_MOST_ADDRESSES]:
        if key := reply_addresses.invitation_of(found):
            yield key


def _meant(said: Said) -> Invitation | None:
    """The invitation that the answer names, for a person to look at."""
    entry = Entry.objects.filter(uid=said.uid).first()
    if entry is None:
        return None
    about = Q(session=entry.about_id) if entry.kind == Entry.Kind.SESSION else Q(fair=entry.about_id, session=None)
    return Invitation.objects.filter(about, email__iexact=said.attendee).order_by("-created_at").first()


def _doubt(invitation: Invitation, said: Said) -> str:
    """What speaks against this answer being the invited person's; empty if nothing does."""
    thing = invitation.session_id or invitation.fair_id
    kind = Entry.Kind.SESSION if invitation.session_id else Entry.Kind.FAIR
    if not Entry.objects.filter(kind=kind, about_id=thing, uid=said.uid).exists():
        return "other-uid"
    if said.attendee.lower() != invitation.email.lower():
        return "other-address"
    if invitation.sent_sequence is None or said.sequence > invitation.sent_sequence:
        return "other-sequence"
    return ""


def _is_outdated(invitation: Invitation, said: Said) -> bool:
    """Whether it answers an older mail than our newest, or is older than an answer that came already.

    Answers by mail are compared by when they were written, for they may overtake each other on their way.
    """
    assert invitation.sent_sequence is not None, "without it there is a doubt"
    if said.sequence < invitation.sent_sequence:
        return True
    later = Reply.objects.filter(invitation=invitation, outcome=Outcome.ANSWERED, stamped_at__gt=said.stamped_at)
    elsewhere = Change.objects.about(invitation).filter(facts__via__in=[inviting.Via.ACCOUNT, inviting.Via.LINK])
    return later.exists() or elsewhere.filter(at__gt=said.stamped_at).exists()
