"""Unfolding: each new change gets its place in the journal, and a row for everything that is to be done about it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import connection, transaction

from accounts.models import Change
from core.database import await_advisory_lock
from worker.models import Handling, Unread
from worker.registry import REGISTRY, Registry, UnknownKind

log = logging.getLogger(__name__)

LOCK = 0x07_0F_00_01  # one worker unfolds at a time; the number means nothing but that
SLICE = 1000  # changes a transaction

_GIVE_POSITIONS = """
WITH fresh AS (
  SELECT id FROM accounts_change WHERE position IS NULL ORDER BY id LIMIT %s
), placed AS (
  SELECT id, (SELECT COALESCE(MAX(position), 0) FROM accounts_change) + ROW_NUMBER() OVER (ORDER BY id) AS position
  FROM fresh
)
UPDATE accounts_change SET position = placed.position FROM placed WHERE accounts_change.id = placed.id
RETURNING accounts_change.id
"""


def unfold(registry: Registry = REGISTRY) -> int:
    """Give every committed change its position, and a handling a reaction; how many there were.

    Positions follow the order in which changes were committed, so a cursor over them never skips a slow transaction.
    Safe to run anywhere and at any time: one worker at a time, in slices that commit, and a slice is whole or not at
    all. What was recorded as handled gets its position only. A change of an unknown kind gets its position too, so that
    it holds up nothing, and is noted for a newer worker.
    """
    _read_again(registry)
    done = 0
    while (count := _unfold_slice(registry)) == SLICE:
        done += count
    return done + count


@transaction.atomic
def _unfold_slice(registry: Registry) -> int:
    # The lock comes in a statement of its own: what follows then sees the positions that its last holder gave.
    await_advisory_lock(LOCK)
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_POSITIONS, [SLICE])
        ids = [row[0] for row in cursor.fetchall()]
    changes = Change.objects.filter(pk__in=ids, handled=False).order_by("position")
    handlings: list[Handling] = []
    unread: list[Unread] = []
    for change in changes.only("pk", "position", "about_id", "kind"):
        try:
            handlings += _handlings(change, registry)
        except UnknownKind:
            log.warning("change of an unknown kind left for a newer worker", extra={"kind": change.kind})
            unread.append(Unread(change=change, kind=change.kind))
    Handling.objects.bulk_create(handlings, batch_size=SLICE)
    Unread.objects.bulk_create(unread)
    return len(ids)


def _read_again(registry: Registry) -> None:
    """Make the handlings of what an older worker could not read."""
    # Asked first without a lock, since there is hardly ever any.
    if not Unread.objects.filter(kind__in=registry.kinds()).exists():
        return
    with transaction.atomic():
        known = Unread.objects.filter(kind__in=registry.kinds()).select_for_update(skip_locked=True, of=("self",))
        found = list(known.select_related("change").order_by("change__position"))
        Handling.objects.bulk_create(_all_handlings((unread.change for unread in found), registry))
        Unread.objects.filter(pk__in=[unread.pk for unread in found]).delete()


def _all_handlings(changes: Iterable[Change], registry: Registry) -> list[Handling]:
    return [handling for change in changes for handling in _handlings(change, registry)]


def _handlings(change: Change, registry: Registry) -> list[Handling]:
    if change.position is None:
        raise RuntimeError("a change is handled in the order of its position, and this one has none")
    return [
        Handling(
            change=change,
            position=change.position,
            about_id=change.about_id,
            channel=reaction.channel,
            reaction=reaction.name,
        )
        for reaction in registry.to(change.kind)
    ]
