"""Loading the demo world: all of it or a few fairs, with its past, as if it had happened here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db import transaction

from accounts import journal
from fairs.models import Fair
from fairs.seeding import seed_places
from operations.demo import applications, grounds, large, people, programme
from operations.demo.world import HOME, Days, World, monday_of, rows
from scheduling import publishing

Size = Literal["small", "full", "huge"]
SMALL = frozenset({"F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16"})
FAIRS: Mapping[Size, frozenset[str] | None] = {"small": SMALL, "full": None, "huge": None}  # None: all
STEPS: Sequence[tuple[str, Callable[[World], None]]] = (
    ("organizers", people.load_organizers),
    ("people", people.load_people),
    ("companies", people.load_companies),
    ("conflicts of interest", people.load_conflicts),
    ("products", people.load_products),
)
OF_FAIRS: Sequence[tuple[str, Callable[[World], None]]] = (
    ("calls", grounds.load_calls),
    ("halls and booths", grounds.load_halls),
    ("applications", applications.load_applications),
    ("reviews", applications.load_reviews),
    ("programmes", programme.load_programme),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much was new, and the Monday from which the days of the world count."""

    anchor: date
    fairs: int
    applications: int
    changes: int


@transaction.atomic
def load(size: Size, *, anchor: date | None, now: datetime, say: Callable[[str], None]) -> Loaded:
    """Load what is missing of the demo world. Nobody gets mail of it; its journal is already handled.

    Calendars are brought in line with it at once, for no reaction will.

    `anchor` None: the Monday from which the fairs that are here count, else that of this week in Taipei. `say` is told
    of each step before it is done.
    """
    say("places")
    seed_places()
    monday = monday_of(anchor) if anchor else (anchor_here() or monday_of(now.astimezone(HOME).date()))
    made = large.rows_by_rule() if size == "huge" else {}
    world = World(days=Days(anchor=monday, now=now), made=made)
    with journal.quietly():
        for name, step in STEPS:
            say(name)
            step(world)
        say("fairs")
        grounds.load_fairs(world, FAIRS[size])
        if world.fairs:
            for name, step in OF_FAIRS:
                say(name)
                step(world)
        world.write_journal()
    say("calendars")
    _fill_calendars(world)
    return Loaded(anchor=monday, fairs=len(world.fairs), applications=len(world.applications), changes=len(world.lines))


def _fill_calendars(world: World) -> None:
    """Let calendars show what was published first, and then what became of it: what is cancelled was seen once."""
    for fair in world.fairs.values():
        publishing.reconcile_fair(fair)
    changed = {fair_id for change in world.later for fair_id in change()}
    for fair_id in sorted(changed):
        publishing.reconcile_fair(world.fairs[fair_id])


def anchor_here() -> date | None:
    """The Monday from which the days of the fairs count that were loaded before; None if there are none."""
    starts = {row["slug"]: int(row["start_day"]) for row in rows("fairs")}
    here = Fair.objects.filter(slug__in=starts).order_by("slug").first()
    return here.starts_on - timedelta(days=starts[here.slug]) if here else None
