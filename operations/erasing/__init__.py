"""Erasing a person, by the Personal Data Protection Act: name and address leave every table, the journal stays whole.

The account's row is emptied and stays, so that who decided what can still be counted, but not read. Whoever is found
by address alone, such as a guest, is erased the same way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.apps import apps
from django.core.cache import cache
from django.db import connection, models, transaction

from accounts import journal
from accounts.models import User
from core import database
from core.locking import lock
from fairs.models import Fair
from operations.erasing import emptying, mailbox, remembering, sweeping
from operations.erasing.copying import write as write_copy
from operations.erasing.finding import NoAddress, Person, find, of
from operations.erasing.obstacles import Obstacle, StillNeeded, find_obstacles
from operations.erasing.remembering import came_back
from scheduling import publishing
from scheduling.models import Session

__all__ = [
    "Erased",
    "NoAddress",
    "Obstacle",
    "Person",
    "StillNeeded",
    "came_back",
    "erase",
    "find",
    "find_obstacles",
    "of",
    "write_copy",
]

log = logging.getLogger(__name__)

NOBODY = UUID(int=0)  # what the journal points at where texts alone named the person
# Work that had read the person before we committed may still write the name; nothing of ours takes as long.
PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done. `left`: columns in which a name still stands, for it names a thing. `change`: the journal's line.

    `is_ambiguous`: a name was left where it may mean somebody else. `is_settled`: nobody who had read the name before
    can write it any more.
    """

    rows: int
    left: tuple[str, ...]
    change: int | None
    is_ambiguous: bool
    is_settled: bool


def erase(person: Person, *, by: User | None, leaving: Collection[UUID] = ()) -> Erased:
    """Erase the person, and say so in the journal; a second run finds nothing and changes nothing.

    `leaving`: companies and organizers that may be left without an owner or coordinator. Raises StillNeeded.
    Not to be called in a transaction: what is left outside the database's own rows goes after the commit, and a second
    sweep finds what others wrote meanwhile who had read the person before.
    """
    swept, change = _erase_rows(person, by=by, leaving=leaving)
    is_settled = _wait_for(database.running_transactions()) if not connection.in_atomic_block else True
    again = _sweep_again(person, by=by)
    publishing.publish_due()
    cache.clear()  # it may be flushed at any time, and what it holds may name anybody
    mailbox.clear(person)
    remembering.catch_up()
    if change is not None:
        log.info("person erased", extra={"change": change, "rows": swept.rows + again.rows})
    left = tuple(sorted(swept.left | again.left))
    return Erased(swept.rows + again.rows, left, change, person.is_ambiguous, is_settled)


@transaction.atomic
def _erase_rows(person: Person, *, by: User | None, leaving: Collection[UUID]) -> tuple[sweeping.Swept, int | None]:
    if person.user is not None:
        lock(person.user)
    in_the_way = [each for each in find_obstacles(person) if not (each.can_be_left and each.about in leaving)]
    if in_the_way:
        raise StillNeeded(in_the_way)
    _lock_fairs(person)
    about = person.user if person.user is not None and person.user.erased_at is None else _known_by(person)
    if about is None:
        return sweeping.Swept(), None
    change = journal.record("user.erased", about, by=by, facts={"left": [str(each) for each in leaving]})
    with journal.because_of(change):
        fairs = emptying.empty(person, by=by)
        swept = sweeping.sweep(person, by=by)
        if person.user is not None:
            emptying.empty_account(person.user)
    _publish(fairs | swept.fairs)
    return swept, change.pk


@transaction.atomic
def _sweep_again(person: Person, *, by: User | None) -> sweeping.Swept:
    """What was written between our reading and our commit. Words are those from before: the account is empty now."""
    emptying.empty_addressed(person, by=by)
    swept = sweeping.sweep(person, by=by)
    _publish(swept.fairs)
    return swept


def _lock_fairs(person: Person) -> None:
    """The order of locks is fair, call, application, booth: so the fairs first that are surely touched."""
    if person.user is not None:
        sessions = Session.objects.filter(presenters=person.user)
        lock(*Fair.objects.filter(sessions__in=sessions).distinct())


def _known_by(person: Person) -> models.Model | None:
    """A row with the address of somebody without an account, for the journal to point at; None if there is none."""
    for label, column in remembering.ADDRESSED.items():
        rows = apps.get_model(label)._base_manager.filter(**{f"{column}__in": person.addresses})
        for row in rows.order_by("pk")[:1]:
            return cast("models.Model", row)
    return User(pk=NOBODY) if any(True for _ in sweeping.traces(person)) else None


def _publish(fairs: Collection[UUID]) -> None:
    for fair in Fair.objects.filter(pk__in=fairs).order_by("pk"):
        publishing.reconcile_fair(fair)


def _wait_for(older: Collection[str]) -> bool:
    """Wait until these transactions are over; whether they are."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while older := set(older) & database.running_transactions():
        if time.monotonic() > deadline:
            log.warning("older transactions are still open", extra={"count": len(older)})
            return False
        time.sleep(0.02)
    return True
