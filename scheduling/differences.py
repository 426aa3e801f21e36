"""How the working programme differs from what is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.models import Listing, Session

_PLACE = ("stage_id", "starts_at", "ends_at")
_PLAIN = (
    *("kind", "title_zh", "title_en", "abstract_zh", "abstract_en"),
    *("category_id", "language", "seats"),
)


# What a release writes of a listing that there is already.
COLUMNS = [
    *(name.removesuffix("_id") for name in (*_PLACE, *_PLAIN)),
    *("was_at", "presenters", "companies", "is_cancelled", "changed_at"),
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One session that differs: what is published of it (None: nothing yet), and the fields that differ."""

    session: Session
    listing: Listing | None
    fields: tuple[str, ...] = ()

    @property
    def has_new_time(self) -> bool:
        """Whether it starts or ends at another time than was published."""
        return "starts_at" in self.fields or "ends_at" in self.fields


@dataclass(frozen=True, slots=True)
class Diff:
    """What a release would change. What moved may have other words too; `changed` has only those."""

    added: tuple[Difference, ...]
    moved: tuple[Difference, ...]
    changed: tuple[Difference, ...]
    removed: tuple[Difference, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to release."""
        return not (self.added or self.moved or self.changed or self.removed)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each, for facts and buttons."""
        return {
            "added": len(self.added),
            "moved": len(self.moved),
            "changed": len(self.changed),
            "removed": len(self.removed),
        }


def between(sessions: Iterable[Session], listings: Mapping[UUID, Listing]) -> Diff:
    """The differences, by time. The sessions come with their presenters and companies; no query."""
    added: list[Difference] = []
    moved: list[Difference] = []
    changed: list[Difference] = []
    removed: list[Difference] = []
    for session in sorted(sessions, key=lambda one: (one.starts_at, str(one.pk))):
        listing = listings.get(session.pk)
        if session.state == Session.State.CANCELLED or (listing is None and session.dropped_at):
            continue
        if listing is None:
            added.append(Difference(session, None))
        elif session.dropped_at:
            removed.append(Difference(session, listing))
        elif fields := _differing(session, listing):
            is_moved = any(name in _PLACE for name in fields)
            (moved if is_moved else changed).append(Difference(session, listing, fields))
    return Diff(tuple(added), tuple(moved), tuple(changed), tuple(removed))


def _differing(session: Session, listing: Listing) -> tuple[str, ...]:
    names = [name for name in (*_PLACE, *_PLAIN) if getattr(session, name) != getattr(listing, name)]
    names += [
        name for name in ("presenters", "companies") if people_of(session, name) != sorted(getattr(listing, name))
    ]
    return tuple(names)


def people_of(session: Session, name: str) -> list[UUID]:
    """The ids of a session's presenters or companies, sorted, as its listing keeps them."""
    return sorted(row.pk for row in getattr(session, name).all())


def listing_of(session: Session, before: Listing | None, *, at: datetime) -> Listing:
    """The listing that a session gets when it is released; a moved one says where it was."""
    was_at = before.was_at if before else None
    if before is not None and before.starts_at != session.starts_at:
        was_at = before.starts_at
    return Listing(
        session=session,
        fair_id=session.fair_id,
        was_at=was_at,
        presenters=people_of(session, "presenters"),
        companies=people_of(session, "companies"),
        changed_at=at,
        **{name: getattr(session, name) for name in (*_PLACE, *_PLAIN)},
    )


def as_published(listing: Listing) -> dict[str, object]:
    """A listing as plain data, for the release that keeps it."""
    return {
        "session": str(listing.pk),
        "stage": str(listing.stage_id),
        "kind": listing.kind,
        "title_zh": listing.title_zh,
        "title_en": listing.title_en,
        "abstract_zh": listing.abstract_zh,
        "abstract_en": listing.abstract_en,
        "starts_at": listing.starts_at.isoformat(),
        "ends_at": listing.ends_at.isoformat(),
        "presenters": [str(pk) for pk in listing.presenters],
        "companies": [str(pk) for pk in listing.companies],
        "category": listing.category_id,
        "language": listing.language,
        "seats": listing.seats,
        "is_cancelled": listing.is_cancelled,
    }
