"""Mailings: mails to many for one change, of whom there may be thousands.

Up to 500 are written with the reaction. More become a batch, which is filled in slices that commit, so that no
transaction grows with the number of receivers and a killed worker goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Now

from accounts.models import Change, User
from scheduling.models import Invitation
from worker import outbox
from worker.models import Batch, Channel
from worker.outbox import Recipient
from worker.registry import reacts_to

log = logging.getLogger(__name__)

SLICE = 500  # receivers a transaction
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing(Generic[Row]):
    """Who is written to, and how. It is composed anew for each slice, from what is true then.

    `rows`: people or invitations, whose ids are the cursor. `write` puts the mails to some of them into the outbox.
    """

    rows: models.QuerySet[Row]
    write: Callable[[Sequence[Row]], object]

    def write_all(self) -> None:
        """Write to everybody."""
        self.write(list(self.rows.order_by("pk")))

    def write_slice(self, after: str) -> tuple[int, str]:
        """Write to the next ones after this id: how many, and the last one's id."""
        rows = self.rows.order_by("pk")
        found = list((rows.filter(pk__gt=after) if after else rows)[:SLICE])
        if not found:
            return 0, after
        self.write(found)
        return len(found), str(found[-1].pk)


AnyMailing = Mailing[User] | Mailing[Invitation]
Compose = Callable[[Change], AnyMailing | None]
_mailings: dict[str, Compose] = {}


def to_people(kind: str, people: models.QuerySet[User], *, cause: Change, context: Mapping[str, str]) -> Mailing[User]:
    """The same mail to everyone, each in their language."""

    def write(some: Sequence[User]) -> None:
        outbox.enqueue(kind, cause=cause, to=map(Recipient.of, some), context=context)

    return Mailing(rows=people, write=write)


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
    """Write the mails of a mailing, or the batch that will. A second run writes none.

    They are written by the change, not the batch: so a replay that finds fewer people can't write to anybody twice.
    """
    mailing = _mailings[name](change)
    if mailing is None:
        return
    total = mailing.rows.count()
    if total <= SLICE:
        mailing.write_all()
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
    count, last = mailing.write_slice(batch.cursor) if mailing else (0, batch.cursor)
    Batch.objects.filter(pk=batch.pk).update(
        cursor=last, filled=batch.filled + count, done_at=Now() if count < SLICE else None
    )
    return bool(count)
