"""Sweeping: names and addresses are taken out of every text that they stand in, each table by its own rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Func, Q

from accounts import journal
from accounts.models import Change, User
from fairs.models import Fair
from operations.erasing import searching
from operations.erasing.finding import Person
from operations.erasing.searching import Trace
from operations.erasing.wording import Words
from scheduling import contentlines
from scheduling.models import Release
from worker.models import Message

Write = Callable[[Trace, Words, User | None], list[str]]


@dataclass(slots=True)
class Swept:
    """What a sweep did: how many rows it wrote, in which columns a word must stay, and what fairs to publish anew."""

    rows: int = 0
    left: set[str] = field(default_factory=set)
    fairs: set[UUID] = field(default_factory=set)


def sweep(person: Person, *, by: User | None) -> Swept:
    """Take the person's words out of every table. The account's own row is not looked at.

    Rows are locked in the order of the house, then written.
    """
    swept = Swept()
    for model in searching.searched():
        label = model._meta.label_lower
        if label in searching.DERIVED:
            continue
        _sweep(model, person.everywhere, None, swept, person=person, by=by)
        if person.is_ambiguous and label in person.belongings:
            _sweep(model, person.nearby, person.belongings[label], swept, person=person, by=by)
    for message, words in _calendars(person):
        message.calendar = contentlines.rewritten(bytes(message.calendar), words.taken_out)
        message.save(update_fields=["calendar"])
        swept.rows += 1
    return swept


def traces(person: Person) -> Iterator[Trace]:
    """Where the person's words stand now, beside the account's own row."""
    for model in searching.searched():
        label = model._meta.label_lower
        if label not in searching.DERIVED:
            yield from _found(model, person.everywhere, None, person)
            if person.is_ambiguous and label in person.belongings:
                yield from _found(model, person.nearby, person.belongings[label], person)


def _found(model: type[models.Model], words: Words, among: Q | None, person: Person) -> Iterator[Trace]:
    own = person.user.pk if person.user and model is User else None
    return (trace for trace in searching.find(model, words, among) if trace.pk != own)


def _sweep(
    model: type[models.Model], words: Words, among: Q | None, swept: Swept, *, person: Person, by: User | None
) -> None:
    found = list(_found(model, words, among, person))
    searching.lock(found)
    write = _OWN_WAYS.get(model._meta.label_lower, _take_out)
    for trace in found:
        left = write(trace, words, by)
        swept.left.update(left)
        swept.rows += len(left) < len(trace.values)
    swept.fairs.update(_fairs_of(model, [trace.pk for trace in found]))


def _take_out(trace: Trace, words: Words, by: User | None) -> list[str]:
    return searching.take_out(trace, words)


def _redact_change(trace: Trace, words: Words, by: User | None) -> list[str]:
    change = Change.objects.get(pk=trace.pk)
    facts = [name for name, value in change.facts.items() if words.stand_in({name: value})]
    journal.redact(change, by=by, facts=facts)
    return [f"accounts.Change.{name}" for name in trace.values if name not in ("reason", "facts")]


def _redact_release(trace: Trace, words: Words, by: User | None) -> list[str]:
    release = Release.objects.select_related("fair").get(pk=trace.pk)
    journal.record("release.redacted", release, by=by, facts={"number": release.number})
    kept = {name: words.taken_out(value) for name, value in trace.values.items()}
    Release.objects.filter(pk=release.pk).update(**kept)
    return []


# Tables that are written once, and may only be changed beside a line in the journal that says so.
_OWN_WAYS: Mapping[str, Write] = {
    "accounts.change": _redact_change,
    "scheduling.release": _redact_release,
}


def _fairs_of(model: type[models.Model], ids: list[UUID]) -> set[UUID]:
    """The fairs whose calendars may show these rows."""
    if model is Fair:
        return set(Fair.objects.filter(pk__in=ids).values_list("pk", flat=True))
    try:
        model._meta.get_field("fair")
    except FieldDoesNotExist:
        return set()
    return set(model._base_manager.filter(pk__in=ids, fair__isnull=False).values_list("fair", flat=True))


def _calendars(person: Person) -> Iterator[tuple[Message, Words]]:
    """Mails to others whose calendar part names the person: bytes, so SQL finds them in their escaped form."""
    words = person.everywhere
    unfolded = Func(
        F("calendar"),
        function="encode",
        template="replace(%(function)s(%(expressions)s, 'escape'), E'\\r\\n ', '')",
        output_field=models.TextField(),
    )
    hit = Q()
    for word in [*words.addresses, *words.names]:
        hit |= Q(unfolded__icontains=_escaped(word))
    if words:
        found = Message.objects.exclude(calendar=b"").annotate(unfolded=unfolded).filter(hit)
        yield from ((message, words) for message in found.select_for_update(no_key=True).order_by("pk"))


def _escaped(word: str) -> str:
    """As PostgreSQL's encode(..., 'escape') writes it: octets above 127 in octal, backslashes doubled."""
    return "".join(
        f"\\{octet:03o}" if octet > 127 else "\\\\" if octet == 92 else chr(octet) for octet in word.encode()
    )
