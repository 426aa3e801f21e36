"""The outbox: each mail is a row, written by a reaction and sent by whichever worker claims it.

The table is the queue. A worker leases a few due rows, renews the lease for each send, and records the outcome under
the lease that earned it. One that is killed at any line leaves a lease that runs out, and another worker takes over:
the only mail that can go out twice is one whose acceptance was not yet recorded, and it bears the same Message-ID.
Times are the database's, so that no worker's clock can steal a lease or send too early.
"""

from __future__ import annotations

import logging
import random
import smtplib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from accounts import journal
from accounts.journal import Line, Scope
from accounts.models import ERASED_DOMAIN, Change, User
from core import database
from core.locking import lock
from worker import pacing, rendering, smtp, unsubscribing
from worker.kinds import KINDS
from worker.models import MESSAGE_MOVES, Batch, Message, Suppression

log = logging.getLogger(__name__)

SEND = "worker.send"
SLICE = 20  # messages that a worker leases at once
CLAIM_LEASE = timedelta(seconds=20)  # for those that wait for their turn; a loss of it costs nothing
SEND_LEASE = timedelta(minutes=1)  # more than one send can take: four replies that time out after EMAIL_TIMEOUT
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
LONGEST_PATIENCE = timedelta(days=3)
NOT_IN_TIME = gettext_noop("It could not be sent in time.")
NOT_BUILT = gettext_noop("This mail could not be built.")

State = Message.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a mail. A blank language is not known: then the mail bears both."""

    email: str
    name: str = ""
    language: str = ""
    user_id: UUID | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        """A person with an account, in that person's language."""
        return cls(email=user.email, name=str(user), language=user.language, user_id=user.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """An iMIP part. `octets` empty: it could not be rendered, and `fault` says why; the message then ends as dead."""

    method: str
    sequence: int
    octets: bytes = b""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One mail to one receiver. `about_id`: the invitation or other thing that it speaks of."""

    to: Recipient
    context: Mapping[str, str] = field(default_factory=dict)
    about_id: UUID | None = None
    calendar: CalendarPart | None = None
    reply_to: str = ""


def enqueue(
    kind: str,
    *,
    cause: Change | Batch | str,
    to: Iterable[Recipient],
    context: Mapping[str, str],
    about_id: UUID | None = None,
    scope: Scope | None = None,
    give_up_at: datetime | None = None,
) -> int:
    """Put the same mail to several receivers into the outbox; how many rows are new.

    Unique by kind, cause and receiver, so a second run writes none. `scope` says whose business it is where the cause
    is no change. Whoever calls wakes the senders, with `wake`, since a reaction often writes many.
    """
    drafts = [Draft(to=recipient, context=context, about_id=about_id) for recipient in to]
    return enqueue_drafts(kind, cause=cause, drafts=drafts, scope=scope, give_up_at=give_up_at)


def enqueue_drafts(
    kind: str,
    *,
    cause: Change | Batch | str,
    drafts: Sequence[Draft],
    scope: Scope | None = None,
    give_up_at: datetime | None = None,
) -> int:
    """Put mails that differ by receiver into the outbox; how many rows are new. Whoever was erased gets none.

    A calendar mail overtakes those about the same thing that are not sent yet: nobody wants two updates.
    """
    change = cause.change if isinstance(cause, Batch) else cause if isinstance(cause, Change) else None
    if scope is None:
        scope = Scope(organizer=change.organizer_id, fair=change.fair_id) if change else Scope()
    request_id = change.request_id if change else ""
    name = _name_of(cause)
    rows = [
        _row(kind, draft, cause=name, scope=scope, give_up_at=give_up_at, request_id=request_id)
        for draft in drafts
        if not draft.to.email.endswith(ERASED_DOMAIN)
    ]
    with transaction.atomic():
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        # Rows that were there already kept their own Message-ID.
        fresh = list(Message.objects.filter(message_id__in=[row.message_id for row in rows]).only("pk", "about_id"))
        if any(row.calendar_method for row in rows):
            _overtake(fresh)
    return len(fresh)


def wake() -> None:
    """Wake the senders after the commit; without Redis the sweep finds what is due."""
    transaction.on_commit(lambda: journal.wake(SEND), robust=True)


def anything_due() -> bool:
    """Whether a message waits to be sent now."""
    return not settings.MAIL_HOLD and Message.objects.due().exists()


@transaction.atomic
def claim(limit: int = SLICE) -> list[Message]:
    """Lease up to `limit` due messages to this worker alone. With MAIL_HOLD there are none.

    Each says in `is_late` whether its time is over, by the database's clock.
    """
    if settings.MAIL_HOLD:
        return []
    is_late = ExpressionWrapper(Q(give_up_at__lte=Now()), output_field=BooleanField())
    due = Message.objects.due().annotate(is_late=is_late).select_for_update(skip_locked=True, of=("self",))
    batch = pacing.admit(_without_suppressed(list(due[:limit])))
    lease = uuid4()
    _record(batch, State.SENDING)
    Message.objects.filter(pk__in=[message.pk for message in batch]).update(
        state=State.SENDING, lease=lease, leased_until=Now() + CLAIM_LEASE
    )
    for message in batch:
        message.state, message.lease = State.SENDING, lease
    return batch


def hold(message: Message) -> bool:
    """Renew our lease for one send. False if it ran out meanwhile and another worker took the message."""
    held = _ours(message).update(leased_until=Now() + SEND_LEASE, attempts=F("attempts") + 1)
    message.attempts += held
    return bool(held)


def let_go(messages: Sequence[Message]) -> None:
    """End our lease of what we did not come to, so that others need not wait until it runs out."""
    for message in messages:
        _ours(message).update(leased_until=Now())


def attempt(message: Message, server: smtp.Server) -> None:
    """Send a held message and record what came of it. What cannot be built, or comes too late, ends here, alone."""
    if getattr(message, "is_late", False):
        settle(message, State.DEAD, error=message.error or NOT_IN_TIME)
        return
    try:
        content = rendering.build(message).as_bytes()
    except rendering.Unbuildable as error:
        settle(message, State.DEAD, error=str(error))
        return
    except Exception as error:  # the edge: building raises what it likes (KeyError, HeaderParseError, ValueError, ...)
        log.exception("mail could not be built", extra={"message_id": message.message_id})
        settle(message, State.DEAD, error=f"{NOT_BUILT} ({type(error).__name__})")
        return
    try:
        server.send(sender=rendering.envelope_sender(), receiver=message.recipient, content=content)
    except (smtplib.SMTPException, OSError) as error:
        _refused(message, smtp.answer_of(error))
    else:
        settle(message, State.SENT)


@transaction.atomic
def settle(
    message: Message, state: State, *, error: str = "", code: int = 0, retry_in: timedelta | None = None
) -> bool:
    """Record the outcome of a send, unless another worker has taken the message since. Whether it was recorded."""
    MESSAGE_MOVES.check(str(message._meta.verbose_name), State.SENDING, state)
    values: dict[str, object] = {"state": state, "lease": None, "leased_until": None, "error": error[:2000]}
    if state == State.SENT:
        values |= {"sent_at": Now(), "context": _without_secrets(message)}
    if retry_in is not None:
        values["due_at"] = Now() + retry_in
    if not _ours(message).update(**values):
        log.warning("lease lost", extra={"message_id": message.message_id})
        return False
    _record([message], state, code=code, wake=state == State.DEAD)
    return True


@transaction.atomic
def retry(message: Message, *, by: User) -> None:
    """Try a dead message again, after whatever was wrong has been mended. Lifts a suppression of its address.

    Raises InvalidTransition unless it is dead.
    """
    lock(message)
    message.due_at, message.give_up_at, message.error, message.attempts = Now(), Now() + _patience(message.kind), "", 0
    fields = ["due_at", "give_up_at", "error", "attempts"]
    journal.move(message, State.QUEUED, moves=MESSAGE_MOVES, by=by, also=fields)
    message.refresh_from_db()
    Suppression.objects.in_force().filter(email=message.recipient.lower(), kind="").update(lifted_at=Now())
    wake()


@transaction.atomic
def cancel(message: Message, *, by: User | None) -> None:
    """Don't send a message that waits. Raises InvalidTransition if it is on its way, sent or dead."""
    lock(message)
    journal.move(message, State.CANCELLED, moves=MESSAGE_MOVES, by=by)


@transaction.atomic
def stop_waiting(about_id: UUID) -> bool:
    """Cancel all calendar mails about an invitation that wait; whether any other one may have reached its receiver."""
    mails = Message.objects.filter(about_id=about_id).exclude(calendar_method="")
    waiting = list(mails.filter(state=State.QUEUED).select_for_update(no_key=True).order_by("pk"))
    _record(waiting, State.CANCELLED)
    Message.objects.filter(pk__in=[message.pk for message in waiting]).update(state=State.CANCELLED)
    # One that failed may have been taken by a server that then hung up.
    return mails.filter(state__in=[State.SENDING, State.SENT, State.FAILED]).exists()


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed sends: doubling, up to a fifth more or less, so that they spread.

    The first minute suits greylisting, which mostly wants one to five.
    """
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 10)
    return min(doubled, LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311 (not a secret)


def _refused(message: Message, answer: smtp.Answer) -> None:
    pause = pause_after(message.attempts)
    is_over = message.give_up_at is not None and database.now() + pause > message.give_up_at
    if not (answer.is_final or is_over):
        settle(message, State.FAILED, error=answer.text, code=answer.code, retry_in=pause)
        return
    with transaction.atomic():
        if settle(message, State.DEAD, error=answer.text, code=answer.code) and answer.is_about_receiver:
            unsubscribing.suppress(message.recipient, reason=answer.text)


def _ours(message: Message) -> models.QuerySet[Message]:
    return Message.objects.filter(pk=message.pk, lease=message.lease, state=State.SENDING)


def _record(
    messages: Sequence[Message], state: State, *, code: int = 0, wake: bool = False, by: User | None = None
) -> None:
    """One line a message, of the state that the row in hand still has."""
    facts = {"code": code} if code else {}
    journal.record_many(
        [
            Line(kind=f"message.{state}", about=message, by=by, before=message.state, after=state, facts=facts)
            for message in messages
        ],
        wake=wake,
    )


def _without_suppressed(due: list[Message]) -> list[Message]:
    """Those whose address may still be written to; the others are moved to suppressed, or end as dead."""
    addresses = {message.recipient.lower() for message in due}
    found = Suppression.objects.in_force().filter(email__in=addresses).values_list("email", "kind", "reason")
    reasons = {(email, kind): reason for email, kind, reason in found}
    free: list[Message] = []
    for message in due:
        address = message.recipient.lower()
        reason = reasons.get((address, "")) or reasons.get((address, message.kind))
        if reason is None:
            free.append(message)
            continue
        # One that was on its way when its worker died can't be said never to have been sent.
        state = State.DEAD if message.state == State.SENDING else State.SUPPRESSED
        _record([message], state)
        Message.objects.filter(pk=message.pk).update(state=state, error=reason, lease=None, leased_until=None)
    return free


def _overtake(fresh: Sequence[Message]) -> None:
    """Cancel older calendar mails about the same invitations that wait. Ids made by the database sort by time."""
    newest = {message.about_id: message.pk for message in fresh if message.about_id}
    waiting = (
        Message.objects.filter(about_id__in=newest, state__in=[State.QUEUED, State.FAILED])
        .exclude(calendar_method="")
        .exclude(pk__in=newest.values())
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    older = [message for message in waiting if message.about_id and message.pk < newest[message.about_id]]
    _record(older, State.CANCELLED)
    Message.objects.filter(pk__in=[message.pk for message in older]).update(state=State.CANCELLED)


def _row(kind: str, draft: Draft, *, cause: str, scope: Scope, give_up_at: datetime | None, request_id: str) -> Message:
    calendar = draft.calendar
    context = {name: storable(value) for name, value in draft.context.items()} | {"name": storable(draft.to.name)}
    if draft.to.language:
        other = "_en" if draft.to.language.startswith("zh") else "_zh"
        context = {name: value for name, value in context.items() if not name.endswith(other)}
    if calendar and calendar.fault:
        context["fault"] = storable(calendar.fault)
    return Message(
        kind=kind,
        cause=cause,
        recipient=storable(draft.to.email.strip().lower())[:500],
        user_id=draft.to.user_id,
        organizer_id=scope.organizer,
        fair_id=scope.fair,
        about_id=draft.about_id,
        language=draft.to.language,
        context=context,
        calendar=calendar.octets if calendar else b"",
        calendar_method=calendar.method if calendar else "",
        calendar_sequence=calendar.sequence if calendar else None,
        reply_to=draft.reply_to,
        message_id=f"<{uuid4().hex}@{rendering.envelope_sender().rpartition('@')[2]}>",
        priority=KINDS[kind].priority,
        give_up_at=give_up_at or Now() + _patience(kind),
        request_id=request_id,
    )


def storable(text: str) -> str:
    """The text as PostgreSQL can keep it. What else is wrong with it shows when the mail is built."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _name_of(cause: Change | Batch | str) -> str:
    if isinstance(cause, str):
        return cause
    return f"{cause._meta.model_name}:{cause.pk}"


def _patience(kind: str) -> timedelta:
    return KINDS[kind].patience if kind in KINDS else LONGEST_PATIENCE


def _without_secrets(message: Message) -> dict[str, str]:
    kind = KINDS[message.kind]
    return {name: value for name, value in message.context.items() if not kind.is_secret(name)}
