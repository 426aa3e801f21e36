"""Pacing: not more mails a minute to one domain than its servers like, counted over all workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from core import database
from worker.models import Message, Pace

MINUTE = timedelta(minutes=1)


def admit(batch: Sequence[Message]) -> list[Message]:
    """Those of locked, due messages that may go now; the others are put off to their domain's next minute.

    Call it inside a transaction. Without MAIL_PER_DOMAIN all may go.
    """
    limit = settings.MAIL_PER_DOMAIN
    if not limit:
        return list(batch)
    by_domain: dict[str, list[Message]] = defaultdict(list)
    for message in batch:
        by_domain[message.recipient.rpartition("@")[2][:255]].append(message)
    admitted: set[object] = set()
    for domain in sorted(by_domain):  # in the same order everywhere, or two workers would wait for each other
        admitted |= _admit(domain, by_domain[domain], limit)
    return [message for message in batch if message.pk in admitted]


def _admit(domain: str, messages: Sequence[Message], limit: int) -> set[object]:
    Pace.objects.bulk_create([Pace(domain=domain)], ignore_conflicts=True)
    pace = Pace.objects.select_for_update().get(pk=domain)
    now = database.now()
    if now >= pace.minute_at + MINUTE:
        pace.minute_at, pace.sent = now, 0
    room = max(limit - pace.sent, 0)
    pace.sent += len(messages[:room])
    pace.save()
    later = [message.pk for message in messages[room:]]
    # What another worker's lease ran out on is due by that lease.
    Message.objects.filter(pk__in=later).update(due_at=pace.minute_at + MINUTE)
    Message.objects.filter(pk__in=later, state=Message.State.SENDING).update(leased_until=pace.minute_at + MINUTE)
    return {message.pk for message in messages[:room]}
