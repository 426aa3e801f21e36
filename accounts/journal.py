"""The journal: the one spine. Every activity writes it, nothing else does.

A change is recorded in the transaction that makes it, so that state and journal stand or fall together. After the
commit a worker is woken; who listens is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog
from celery import current_app
from django.db import models, transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from accounts.models import Change, User
from accounts.scope import Scope
from core.models import Versioned
from core.moves import Moves

__all__ = [
    "Line",
    "Scope",
    "because_of",
    "is_reacting",
    "move",
    "move_many",
    "quietly",
    "record",
    "record_many",
    "redact",
    "wake",
    "wake_workers",
]

Row = TypeVar("Row", bound=models.Model)

WAKE = "worker.react"
_quiet: ContextVar[bool] = ContextVar("journal_quiet", default=False)
_cause: ContextVar[Change | None] = ContextVar("journal_cause", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A change about to be recorded. `facts`: ids, times and numbers that may differ later; never names.

    `at` is for worlds that are loaded with their past; what happens now leaves it to the database's clock.
    """

    kind: str
    about: models.Model
    by: User | None
    before: str = ""
    after: str = ""
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    caused_by: Change | None = None
    at: datetime | None = None


def record(
    kind: str,
    about: models.Model,
    *,
    by: User | None,
    before: str = "",
    after: str = "",
    reason: str = "",
    facts: Mapping[str, object] | None = None,
    caused_by: Change | None = None,
) -> Change:
    """Write one line of the journal. `by` None is the clock. Raises RuntimeError outside a transaction."""
    line = Line(
        kind=kind,
        about=about,
        by=by,
        before=before,
        after=after,
        reason=reason,
        facts=facts or {},
        caused_by=caused_by,
    )
    return record_many([line])[0]


def record_many(lines: Sequence[Line], *, wake: bool = True) -> list[Change]:
    """Write several lines at once, in their order. Without `wake` the sweep finds them within half a minute."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a change is recorded in the transaction that makes it, and there is none")
    changes = Change.objects.bulk_create([_change(line) for line in lines], batch_size=500)
    if wake and changes and not _quiet.get() and not is_reacting():
        _wake_after_commit()
    return changes


def move(
    about: models.Model,
    state: str,
    *,
    moves: Moves,
    by: User | None,
    kind: str | None = None,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
    also: Sequence[str] = (),
    caused_by: Change | None = None,
) -> Change:
    """Move a locked row to `state`, save it with the fields of `also`, and record `<model>.<state>`.

    What has a version gets the next one, since it reads differently now.
    Raises InvalidTransition, naming the moves that are allowed.
    """
    before = str(about.state)  # type: ignore[attr-defined]  # every model with moves has a state; a test proves it
    state = str(state)
    moves.check(str(about._meta.verbose_name), before, state)
    about.state = state  # type: ignore[attr-defined]  # as above
    fields = ["state", *also]
    if isinstance(about, Versioned):
        about.version += 1  # the state is part of what an ETag stands for
        fields.append("version")
    about.save(update_fields=fields)
    return record(
        kind or f"{about._meta.model_name}.{state}",
        about,
        by=by,
        before=before,
        after=state,
        reason=reason,
        facts=facts,
        caused_by=caused_by,
    )


def move_many(
    rows: Sequence[Row],
    state: str,
    *,
    moves: Moves,
    by: User | None,
    reason: str = "",
    facts: Callable[[Row], Mapping[str, object]] | None = None,
    values: Mapping[str, object] | None = None,
    caused_by: Change | None = None,
) -> list[Change]:
    """Move locked rows of one model to `state` with one statement, and record `<model>.<state>` of each.

    `values`: other fields that all of them get; `facts`: what is recorded of each. The rows show the new state.
    Raises InvalidTransition if any of them may not move, and then none does.
    """
    if not rows:
        return []
    model = type(rows[0])
    state = str(state)
    set_to: dict[str, object] = {"state": state, **(values or {})}
    lines = []
    for row in rows:
        before = str(row.state)  # type: ignore[attr-defined]  # every model with moves has a state
        moves.check(str(model._meta.verbose_name), before, state)
        for name, value in set_to.items():
            setattr(row, name, value)
        if isinstance(row, Versioned):
            row.version += 1
        lines.append(
            Line(
                kind=f"{model._meta.model_name}.{state}",
                about=row,
                by=by,
                before=before,
                after=state,
                reason=reason,
                facts=facts(row) if facts else {},
                caused_by=caused_by,
            )
        )
    if issubclass(model, Versioned):
        set_to["version"] = F("version") + 1
    model._default_manager.filter(pk__in=[row.pk for row in rows]).update(**set_to)
    return record_many(lines)


def redact(change: Change, *, by: User | None, facts: Collection[str] = ()) -> None:
    """Blank the reason of a change and these facts, for a person's right to be forgotten; that it was done is recorded.

    Facts hold no names, so there should be none to blank; the sweep that calls this looks all the same.
    """
    with transaction.atomic():
        Change.objects.create(
            kind="change.redacted",
            about_label=change.about_label,
            about_id=change.about_id,
            organizer_id=change.organizer_id,
            fair_id=change.fair_id,
            company_id=change.company_id,
            by=by,
            facts={"change": str(change.pk)},
        )
        kept = {name: "" if name in facts else value for name, value in change.facts.items()}
        Change.objects.filter(pk=change.pk).update(reason="", facts=kept)


@contextmanager
def quietly() -> Iterator[None]:
    """Record changes as already handled: for demo data and imported fairs, of which nobody gets mail."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


@contextmanager
def because_of(change: Change) -> Iterator[None]:
    """What is recorded meanwhile was caused by this change, and belongs to the same request."""
    token = _cause.set(change)
    try:
        with structlog.contextvars.bound_contextvars(request_id=change.request_id):
            yield
    finally:
        _cause.reset(token)


def is_reacting() -> bool:
    """Whether a worker is at it, which looks for what follows by itself: waking another would be one too many."""
    return _cause.get() is not None


def _wake_after_commit() -> None:
    # Once a transaction, also where it moves hundreds: each wake-up is a trip to Redis that the person waits for.
    # One that was asked for in a savepoint which may still be undone does not count.
    connection = transaction.get_connection()
    held = set(connection.savepoint_ids)
    if not any(call is wake_workers and held >= set(savepoints) for savepoints, call, _ in connection.run_on_commit):
        transaction.on_commit(wake_workers, robust=True)


def wake_workers() -> None:
    """Wake a worker. If Redis is away, the sweep finds the change later."""
    wake(WAKE)


def wake(task: str) -> None:
    """Send a task without arguments; a broker that is away costs nothing, for the tables know the work."""
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except OperationalError:
        # The change is committed and the sweep will find it; the caller has nothing to mend.
        return


def _change(line: Line) -> Change:
    scope_of: Callable[[], Scope] = getattr(line.about, "journal_scope", Scope)
    scope = scope_of()
    when = {} if line.at is None else {"at": line.at}
    return Change(
        kind=line.kind,
        about_label=line.about._meta.label_lower,
        about_id=line.about.pk,
        organizer_id=scope.organizer,
        fair_id=scope.fair,
        company_id=scope.company,
        by=line.by,
        before=line.before,
        after=line.after,
        reason=line.reason,
        facts=dict(line.facts),
        caused_by=line.caused_by or _cause.get(),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64],
        handled=_quiet.get(),
        **when,
    )
