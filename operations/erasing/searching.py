"""Where a person's name or address stands: every text of every table, found by looking at the models.

So a table that is added later is searched as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from accounts.models import User
from core.models import Versioned
from operations.erasing.wording import Words

# What other rooms derive from rows, and write anew when these change.
DERIVED = frozenset({"scheduling.entry", "scheduling.feed"})
# In this order rows are locked (core.locking); all others afterwards, by name.
_ORDER = ("fairs.fair", "fairs.call", "exhibitors.application", "fairs.booth")
_NAMES = ("name_zh", "name_en")

TextField = models.Field[Any, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """A row that holds a name or an address, and the values that do."""

    model: type[models.Model]
    pk: Any
    values: Mapping[str, Any]

    @property
    def places(self) -> list[str]:
        """Model and column of each value, for a report to people."""
        return [f"{self.model._meta.label}.{name}" for name in self.values]


def searched() -> list[type[models.Model]]:
    """Every model with a text, in the order in which rows are locked."""
    models_ = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and texts(model)]
    return sorted(models_, key=_rank)


def texts(model: type[models.Model]) -> list[TextField]:
    """The columns of a model that hold text in any form: plain, JSON, or lists of texts."""
    return [field for field in model._meta.local_concrete_fields if _holds_text(field)]


def find(model: type[models.Model], words: Words, among: Q | None = None) -> Iterator[Trace]:
    """The rows of a model in which the words stand, `among` those that a filter lets through."""
    names = [field.name for field in texts(model)]
    if not words or not names:
        return
    as_text = {f"{name}_as_text": Cast(name, models.TextField()) for name in names}
    hit = Q()
    for name in as_text:
        hit |= Q((f"{name}__iregex", words.candidates))
    rows = model._base_manager.annotate(**as_text).filter(hit)
    if among is not None:
        rows = rows.filter(pk__in=model._base_manager.filter(among).values("pk"))  # its joins may repeat rows
    for row in rows.order_by("pk").values("pk", *names).iterator():
        if values := {name: row[name] for name in names if words.stand_in(row[name])}:
            yield Trace(model, row["pk"], values)


def take_out(trace: Trace, words: Words) -> list[str]:
    """Write the row without the words; gives the columns where they must stay, since others rely on them."""
    fields = {field.name: field for field in texts(trace.model)}
    kept = [name for name in trace.values if _is_kept(fields[name])]
    new = {name: _without(fields[name], value, words) for name, value in trace.values.items() if name not in kept}
    if new:
        if issubclass(trace.model, Versioned):
            new["version"] = F("version") + 1
        trace.model._base_manager.filter(pk=trace.pk).update(**new)
    return [f"{trace.model._meta.label}.{name}" for name in kept]


def lock(traces: list[Trace]) -> None:
    """Lock the rows of one model, by id, until the transaction ends."""
    if traces:
        rows = traces[0].model._base_manager.filter(pk__in=[trace.pk for trace in traces])
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def longer_names(names: list[str]) -> Iterator[str]:
    """The names of companies, fairs, towns and all other things that hold one of these names."""
    for model in apps.get_models():
        columns = [name for name in _NAMES if model is not User and _has_field(model, name)]
        for column in columns:
            for name in names:
                yield from model._base_manager.filter(**{f"{column}__icontains": name}).values_list(column, flat=True)


def _rank(model: type[models.Model]) -> tuple[int, str]:
    label = model._meta.label_lower
    return (_ORDER.index(label) if label in _ORDER else len(_ORDER), label)


def _holds_text(field: TextField) -> bool:
    if isinstance(field, ArrayField):
        return _holds_text(field.base_field)
    return isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)


def _is_kept(field: TextField) -> bool:
    """Keys, choices, and what things are called: a company keeps its name, whoever founded it."""
    is_key = field.primary_key or field.unique or bool(field.choices) or isinstance(field, models.SlugField)
    return is_key or (field.name in _NAMES and field.model is not User)


def _without(field: TextField, value: Any, words: Words) -> Any:
    if isinstance(value, str) and words.is_all_of(value) and (field.blank or isinstance(field, models.EmailField)):
        return ""
    left = words.taken_out(value)
    return left[: field.max_length] if isinstance(left, str) and field.max_length else left


def _has_field(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.local_concrete_fields)
