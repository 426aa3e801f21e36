"""Cleaning: what has served its time is taken away, in slices that commit."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from accounts import idempotency, limits
from scheduling import publishing
from worker.kinds import KINDS
from worker.models import Message

SLICE = 500
# How long the secrets of a mail that was never sent are kept, so that it can be tried again by hand.
KEPT = timedelta(days=14)


def clean() -> None:
    """Take away old idempotency keys, tries to sign in, entries cancelled long enough, and secrets of unsent mails.

    Safe to run twice, in parallel, or to be killed at any line.
    """
    while idempotency.forget_old():
        pass
    while limits.forget_old():
        pass
    publishing.clear_gone()
    while _wipe_secrets():
        pass


def _wipe_secrets() -> int:
    """Of the next messages that were given up; how many."""
    states = [Message.State.DEAD, Message.State.CANCELLED, Message.State.SUPPRESSED]
    given_up = Message.objects.filter(state__in=states, created_at__lt=Now() - KEPT)
    holding = Q(pk__in=[])
    for kind in KINDS.values():
        if kind.secrets:
            names = [f"{secret}{ending}" for secret in kind.secrets for ending in ("", "_zh", "_en")]
            holding |= Q(kind=kind.name, context__has_any_keys=names)
    messages = list(given_up.filter(holding).order_by("pk")[:SLICE])
    for message in messages:
        kind = KINDS[message.kind]
        message.context = {name: value for name, value in message.context.items() if not kind.is_secret(name)}
    Message.objects.bulk_update(messages, ["context"])
    return len(messages)
