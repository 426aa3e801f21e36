"""Mailings: one mail to many people, of whom there may be thousands.

Up to 500 are written with the reaction. More become a batch, which is filled in slices that commit, so that no
transaction grows with the number of receivers and a killed worker goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Change, User
from worker import outbox
from worker.models import Batch, Channel
from worker.outbox import Recipient
from worker.registry import reacts_to

log = logging.getLogger(__name__)

SLICE = 500  # receivers a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What is said to whom. It is composed anew for each slice, from what is true then."""

    kind: str
    people: QuerySet[User]
    context: Mapping[str, str]


Compose = Callable[[Change], Mailing | None]
_mailings: dict[str, Compose] = {}


def mails_to_many(*kinds: str) -> Callable[[Compose], Compose]:
    """Declare how a mailing about these kinds of change is composed; None if there is nothing to say."""

    def declare(compose: Compose) -> Compose:
        def react(change: Change) -> None:
            begin(compose.__name__, change)

        react.__name__ = compose.__name__
        _mailings[compose.__name__] = compose
        reacts_to(*kinds, channel=Channel.MAIL)(react)
        return compose

    return declare


def begin(name: str, change: Change) -> None:
    """Write the mails of a mailing, or the batch that will. A second run writes none."""
    mailing = _mailings[name](change)
    if mailing is None:
        return
    total = mailing.people.count()
    if total <= SLICE:
        outbox.enqueue(mailing.kind, cause=change, to=map(Recipient.of, mailing.people), context=mailing.context)
    else:
        Batch.objects.get_or_create(change=change, reaction=name, defaults={"total": total})


def fill(*, seconds: float = 1) -> bool:
    """Fill open batches for so many seconds at most, the oldest first; whether anything was written.

    Safe in any number of workers: a batch is one worker's at a time. One that cannot be composed holds up no other.
    """
    until, has_written = monotonic() + seconds, False
    for batch_id in list(Batch.objects.filter(done_at=None, reaction__in=_mailings).values_list("pk", flat=True)):
        try:
            while monotonic() < until and _fill_slice(batch_id):
                has_written = True
        except Exception:  # the edge: whatever goes wrong with one batch must not stop the others
            log.exception("batch could not be filled", extra={"batch_id": str(batch_id)})
    return has_written


@transaction.atomic
def _fill_slice(batch_id: UUID) -> bool:
    """Write the next slice; whether there was one."""
    batch = (
        Batch.objects.filter(pk=batch_id, done_at=None)
        .select_related("change")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if batch is None:
        return False
    mailing = _mailings[batch.reaction](batch.change)
    people = mailing.people if mailing else User.objects.none()
    if batch.cursor:
        people = people.filter(pk__gt=batch.cursor)
    slice_ = list(people[:SLICE])
    if mailing and slice_:
        # By the change, not the batch: so a replay that finds fewer people can't write to anybody twice.
        outbox.enqueue(mailing.kind, cause=batch.change, to=map(Recipient.of, slice_), context=mailing.context)
        batch.cursor = str(slice_[-1].pk)
        batch.filled += len(slice_)
    is_done = len(slice_) < SLICE
    Batch.objects.filter(pk=batch.pk).update(
        cursor=batch.cursor, filled=batch.filled, done_at=Now() if is_done else None
    )
    return bool(slice_)
