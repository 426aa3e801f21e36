"""Whose business a thing is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose business a change is: ids of the organizer, fair and company, as far as there are any."""

    organizer: UUID | None = None
    fair: UUID | None = None
    company: UUID | None = None
