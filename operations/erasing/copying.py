"""A copy of everything that is kept about a person, who may ask for it (Personal Data Protection Act, article 10)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core import serializers
from django.db import models

from core import database
from operations.erasing import sweeping
from operations.erasing.emptying import pointers
from operations.erasing.finding import Person

# What would let a reader in, and what only the machinery understands.
_LEFT_OUT = frozenset({"password", "token_hash", "lease", "leased_until", "xid", "body_hash"})
_ROWS = 10_000  # of one table


def copy(person: Person) -> dict[str, Any]:
    """Everything: the account, each row that points at it, and each other row in which name or address stands."""
    kept: dict[str, list[dict[str, Any]]] = {}
    shown: set[tuple[str, Any]] = set()
    if person.user is not None:
        for name, model, column in pointers():
            rows = model._base_manager.filter(**{column: person.user.pk}).order_by("pk")[:_ROWS]
            kept[name] = list(_readable(rows))
            shown |= {(model._meta.label, row.pk) for row in rows}
    elsewhere = [
        {"table": trace.model._meta.label, "id": str(trace.pk), **trace.values}
        for trace in sweeping.traces(person)
        if (trace.model._meta.label, trace.pk) not in shown
    ]
    return {
        "made_at": database.now().isoformat(),
        "account": next(_readable([person.user]), None) if person.user else None,
        "addresses": person.addresses,
        "kept": {name: rows for name, rows in kept.items() if rows},
        "mentioned": elsewhere,
    }


def write(person: Person, file: Path) -> None:
    """Write the copy as JSON, for our eyes only. Raises FileExistsError, for nothing is written over."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as to:
        json.dump(copy(person), to, ensure_ascii=False, indent=1, default=str)
        to.write("\n")


def _readable(rows: Iterable[models.Model]) -> Iterator[dict[str, Any]]:
    for row in serializers.serialize("python", rows):
        fields = {name: _text(value) for name, value in row["fields"].items() if name not in _LEFT_OUT}
        yield {"id": str(row["pk"]), **fields}


def _text(value: Any) -> Any:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else value
