"""Handling: each reaction runs in a transaction of its own, which also marks it as done."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import journal
from core.errors import DomainError
from worker.models import Channel, Handling
from worker.registry import REGISTRY, Registry

log = logging.getLogger(__name__)

MOST_TRIES = 12  # with the pauses below, about two and a half hours
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
ROUND = 50  # handlings looked up at once


def run_due(registry: Registry = REGISTRY, *, seconds: float = 2) -> set[Channel]:
    """Run what is due, for so many seconds at most; the channels in which something was done.

    Safe in any number of workers: a handling is locked while it runs, and one that a killed worker held is free again
    with its transaction undone. Calendars go first, then by position; within an object and channel strictly so.
    """
    until = monotonic() + seconds
    done: set[Channel] = set()
    while monotonic() < until:
        ran = False
        for handling_id, channel in _next_round(registry):
            if monotonic() >= until:
                break
            if _run(handling_id, registry):
                ran = True
                done.add(channel)
        if not ran:
            break
    return done


def anything_due(registry: Registry = REGISTRY) -> bool:
    """Whether a reaction waits to be run now."""
    return Handling.objects.next_to_run().filter(reaction__in=registry.names()).exists()


def retry(handlings: Sequence[Handling]) -> None:
    """Try stuck reactions again at once, after whatever was wrong has been mended. For operators."""
    Handling.objects.stuck().filter(pk__in=[one.pk for one in handlings]).update(
        stuck_at=None, attempts=0, due_at=Now(), error=""
    )
    transaction.on_commit(journal.wake_workers, robust=True)


def _next_round(registry: Registry) -> list[tuple[int, Channel]]:
    # A reaction of an unknown name was put there by a newer worker, which will run it.
    due = Handling.objects.next_to_run().filter(reaction__in=registry.names()).values_list("pk", "channel")
    found = list(due.filter(channel=Channel.ENTRY)[:ROUND])
    if len(found) < ROUND:
        found += due.exclude(channel=Channel.ENTRY)[: ROUND - len(found)]
    return [(handling_id, Channel(channel)) for handling_id, channel in found]


@transaction.atomic
def _run(handling_id: int, registry: Registry) -> bool:
    """Run one handling unless another worker has it or did it meanwhile; whether it is done now."""
    handling = (
        Handling.objects.next_to_run()
        .filter(pk=handling_id)
        .select_related("change")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if handling is None:
        return False
    try:
        with transaction.atomic(), journal.because_of(handling.change):
            registry.named(handling.reaction).run(handling.change)
            # What the database checks at the end of a transaction is checked here, where a refusal undoes only this.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    except Exception as error:  # the edge: whatever goes wrong in one reaction must not stop the others
        _postpone(handling, error)
        return False
    Handling.objects.filter(pk=handling.pk).update(done_at=Now(), attempts=F("attempts") + 1, error="")
    return True


def _postpone(handling: Handling, error: Exception) -> None:
    attempts = handling.attempts + 1
    is_stuck = attempts >= MOST_TRIES
    about = {"reaction": handling.reaction, "kind": handling.change.kind, "change_id": handling.change_id}
    log.error("reaction is stuck" if is_stuck else "reaction failed", exc_info=error, extra=about)
    Handling.objects.filter(pk=handling.pk).update(
        attempts=attempts,
        error=describe(error),
        due_at=Now() + pause_after(attempts),
        stuck_at=Now() if is_stuck else None,
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: doubling, with up to a fifth more or less, so that they spread."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return min(doubled, LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311 (not a secret)


def describe(error: Exception) -> str:
    """What went wrong, for operators: the kind of error and its first line; rows' values stand in later ones."""
    said = error.message if isinstance(error, DomainError) else str(error)
    return f"{type(error).__name__}: {said}".splitlines()[0][:500]
