"""Stages, sessions and the programmes that were published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.text import slugify

from operations.demo.world import Row, World, add, join, listed
from scheduling.differences import as_published
from scheduling.models import Listing, Release, Session, Stage

S = Session.State
PREPARED = timedelta(days=12)  # that a session stood in the working programme before it was published


@dataclass(frozen=True, slots=True)
class Item:
    """A session with the row that it comes from, and when each release of its fair was published."""

    row: Row
    session: Session
    published: Mapping[int, datetime]

    @property
    def first(self) -> int:
        """The release in which it first stood; 0 for a draft."""
        return int(self.row["first_release"] or 0)

    @property
    def moved(self) -> int:
        """The release that moved it; 0 if none did."""
        return int(self.row["moved_in"] or 0)

    @property
    def cancelled(self) -> int:
        """The release that cancelled it; 0 if none did."""
        return int(self.row["cancelled_in"] or 0)


def load_programme(world: World) -> None:
    """The working programmes, and what the public reads of them."""
    stages = _load_stages(world)
    releases = world.of_new_fairs("releases")
    published: dict[str, dict[int, datetime]] = {fair_id: {} for fair_id in world.fairs}
    for row in releases:
        published[row["fair_id"]][int(row["number"])] = world.days.past(row["published_day"], "12:00")
    session_rows = world.of_new_fairs("sessions")
    sessions = add([_session(world, row, stages[row["stage_id"]], published[row["fair_id"]]) for row in session_rows])
    items = [Item(row, session, published[row["fair_id"]]) for row, session in zip(session_rows, sessions, strict=True)]
    _join_people(world, items)
    Listing.objects.bulk_create([_listing(world, item, item.first) for item in items if item.first], batch_size=500)
    world.later.append(lambda: publish_last(world, items))
    for row in releases:
        _load_release(world, row, [item for item in items if item.row["fair_id"] == row["fair_id"]])
    for item in items:
        _tell(world, item)


def publish_last(world: World, items: Sequence[Item]) -> set[str]:
    """Bring what the public reads from the first release to the last; gives the fairs where that changed something."""
    changed = [item for item in items if item.moved or item.cancelled]
    Listing.objects.bulk_update(
        [_listing(world, item, max(item.published)) for item in changed],
        ["starts_at", "ends_at", "was_at", "is_cancelled", "changed_at"],
    )
    return {item.row["fair_id"] for item in changed}


def _load_stages(world: World) -> dict[str, Stage]:
    stage_rows = world.of_new_fairs("stages")
    halls = {(booth.fair_id, booth.hall.key): booth.hall_id for booth in world.booths.values()}
    stages = add([_stage(world, row, halls) for row in stage_rows])
    return {row["stage_id"]: stage for row, stage in zip(stage_rows, stages, strict=True)}


def _stage(world: World, row: Row, halls: Mapping[tuple[UUID, str], UUID]) -> Stage:
    fair = world.fairs[row["fair_id"]]
    return Stage(
        fair=fair,
        hall_id=halls.get((fair.pk, row["hall_key"])),
        slug=slugify(row["name_en"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        capacity=int(row["capacity"]),
        opens=row["opens"],
        closes=row["closes"],
    )


def _session(world: World, row: Row, stage: Stage, published: Mapping[int, datetime]) -> Session:
    return Session(
        fair=world.fairs[row["fair_id"]],
        stage=stage,
        kind=row["kind"],
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        abstract_zh=row["abstract_zh"],
        abstract_en=row["abstract_en"],
        starts_at=world.days.at(row["day"], row["start"]),
        ends_at=world.days.at(row["day"], row["end"]),
        category_id=row["category"] or None,
        language=row["language"],
        seats=int(row["seats"]) if row["seats"] else None,
        state=row["state"],
        dropped_at=published[int(row["cancelled_in"])] if row["cancelled_in"] else None,
    )


def _join_people(world: World, items: Sequence[Item]) -> None:
    presenters = [(item.session.pk, world.people[one].pk) for item in items for one in listed(item.row["presenters"])]
    companies = [(item.session.pk, world.companies[one].pk) for item in items for one in listed(item.row["companies"])]
    join(Session.presenters.through, "session", "user", presenters)
    join(Session.companies.through, "session", "company", companies)


def _listing(world: World, item: Item, number: int) -> Listing:
    """What the public read of a session after this release of its fair."""
    session, row = item.session, item.row
    starts_at, was_at = session.starts_at, None
    if item.moved:
        before = world.days.at(row["previous_day"], row["previous_start"])
        starts_at, was_at = (before, None) if number < item.moved else (starts_at, before)
    changed_in = max(n for n in (item.first, item.moved, item.cancelled) if n <= number)
    return Listing(
        session=session,
        fair_id=session.fair_id,
        stage_id=session.stage_id,
        kind=session.kind,
        title_zh=session.title_zh,
        title_en=session.title_en,
        abstract_zh=session.abstract_zh,
        abstract_en=session.abstract_en,
        starts_at=starts_at,
        ends_at=starts_at + (session.ends_at - session.starts_at),
        was_at=was_at,
        presenters=[world.people[one].pk for one in listed(row["presenters"])],
        companies=[world.companies[one].pk for one in listed(row["companies"])],
        category_id=session.category_id,
        language=session.language,
        seats=session.seats,
        is_cancelled=0 < item.cancelled <= number,
        changed_at=item.published[changed_in],
    )


def _load_release(world: World, row: Row, items: Sequence[Item]) -> None:
    number, by = int(row["number"]), world.coordinator(row["fair_id"])
    at = world.days.past(row["published_day"], "12:00")
    listings = [_listing(world, item, number) for item in items if 0 < item.first <= number]
    (release,) = add(
        [
            Release(
                fair=world.fairs[row["fair_id"]],
                number=number,
                note_zh=row["note_zh"],
                note_en=row["note_en"],
                published_at=at,
                published_by=by,
                programme=[as_published(listing) for listing in listings],
            )
        ]
    )
    facts = {
        "number": number,
        "added": sum(item.first == number for item in items),
        "moved": sum(item.moved == number for item in items),
        "changed": 0,
        "removed": sum(item.cancelled == number for item in items),
    }
    world.tell("programme.released", release, at=at, by=by, facts=facts)


def _tell(world: World, item: Item) -> None:
    """Note how a session came to be public, moved and was cancelled."""
    session, by = item.session, world.coordinator(item.row["fair_id"])
    if not item.first:
        world.tell("session.added", session, at=world.days.past("-5", "14:00"), by=by)
        return
    world.tell("session.added", session, at=item.published[item.first] - PREPARED, by=by)
    world.tell(
        "session.released",
        session,
        at=item.published[item.first],
        by=by,
        before=S.DRAFT,
        after=S.RELEASED,
        facts={"release": item.first},
    )
    if item.moved:
        before = world.days.at(item.row["previous_day"], item.row["previous_start"])
        facts = {"release": item.moved, "from": before.isoformat(), "to": session.starts_at.isoformat()}
        world.tell("session.moved", session, at=item.published[item.moved], by=by, facts=facts)
    if item.cancelled:
        world.tell(
            "session.cancelled",
            session,
            at=item.published[item.cancelled],
            by=by,
            before=S.RELEASED,
            after=S.CANCELLED,
            facts={"release": item.cancelled},
        )
