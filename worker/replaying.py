"""Replaying: a reaction that is deployed later never looks back by itself; here it is made to, on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts import journal
from accounts.models import Change
from worker.models import Handling
from worker.registry import REGISTRY, Reaction, Registry

SLICE = 500  # changes a transaction


@dataclass(frozen=True, slots=True)
class Replay:
    """A reaction, and the changes for which it would run: for the first time, or again."""

    reaction: str
    new: int
    again: int


def plan(kind: str, *, since: datetime, reaction: str = "", registry: Registry = REGISTRY) -> list[Replay]:
    """What `replay` would do. Raises UnknownKind."""
    changes = _changes(kind, since)
    count = changes.count()
    replays = []
    for one in _reactions(kind, reaction, registry):
        again = Handling.objects.filter(change__in=changes, reaction=one.name).exclude(done_at=None).count()
        there = Handling.objects.filter(change__in=changes, reaction=one.name).count()
        replays.append(Replay(one.name, new=count - there, again=again))
    return replays


def replay(kind: str, *, since: datetime, reaction: str = "", registry: Registry = REGISTRY) -> int:
    """Make the reactions to this kind of change due again, for all changes since then; how many.

    What is idempotent stays so: a mail that was written is not written twice, an entry is only brought in line. Changes
    that came with a demo or an import are left out. Raises UnknownKind.
    """
    reactions, done, last = _reactions(kind, reaction, registry), 0, 0
    while True:
        with transaction.atomic():
            changes = list(_changes(kind, since).filter(position__gt=last).order_by("position")[:SLICE])
            if not changes:
                break
            done += sum(_make_due(changes, one) for one in reactions)
            last = changes[-1].position or last
            transaction.on_commit(journal.wake_workers, robust=True)
    return done


def _changes(kind: str, since: datetime) -> QuerySet[Change]:
    return Change.objects.filter(kind=kind, at__gte=since, handled=False, position__isnull=False)


def _reactions(kind: str, name: str, registry: Registry) -> list[Reaction]:
    return [one for one in registry.to(kind) if not name or one.name == name]


def _make_due(changes: Sequence[Change], reaction: Reaction) -> int:
    handlings = [
        Handling(
            change=change,
            position=change.position,
            about_id=change.about_id,
            channel=reaction.channel,
            reaction=reaction.name,
        )
        for change in changes
        if change.position is not None
    ]
    Handling.objects.bulk_create(handlings, ignore_conflicts=True)
    again = Handling.objects.filter(change__in=changes, reaction=reaction.name)
    return again.update(done_at=None, stuck_at=None, attempts=0, error="", due_at=Now())
