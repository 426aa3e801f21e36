"""Releases: what stands in their way, what they would change, and the act itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, Prefetch
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Change, User
from core import database
from core.errors import DomainError
from core.locking import lock
from exhibitors.models import Company
from fairs.models import Fair
from scheduling import conflicts as clashes
from scheduling import differences
from scheduling.conflicts import Clash, Conflict
from scheduling.differences import Diff, Difference
from scheduling.models import Listing, Release, Session
from scheduling.programming.editing import ProgrammeIsFixed
from scheduling.programming.sessions import OutsideHours, StageTaken

State = Session.State
_BATCH = 1_000  # rows that one statement writes


class PresenterBusy(DomainError):
    """Somebody would be in two places at once."""

    code = "presenter-busy"


class NothingToRelease(DomainError):
    """The working programme is what is published."""

    code = "nothing-to-release"


_REFUSALS = {Clash.PRESENTER: PresenterBusy, Clash.HOURS: OutsideHours, Clash.STAGE: StageTaken}


def conflicts(fair: Fair) -> list[Conflict]:
    """What stands in the way of a release, by time. A fixed number of queries."""
    return clashes.find(_programme(fair), at=database.now())


def diff(fair: Fair) -> Diff:
    """How the working programme differs from what is published. A fixed number of queries."""
    return differences.between(_programme(fair), Listing.objects.filter(fair=fair).in_bulk())


@transaction.atomic
def release(fair: Fair, *, by: User | None, note_zh: str = "", note_en: str = "") -> Release:
    """Publish the working programme as it is, all at once, under the next number.

    A fixed number of queries, however many sessions. Raises ProgrammeIsFixed unless the fair is announced,
    PresenterBusy, OutsideHours or StageTaken with every conflict, NothingToRelease.
    """
    lock(fair)
    if fair.state != Fair.State.ANNOUNCED:
        raise ProgrammeIsFixed(_("A programme is published while its fair is announced."))
    sessions = _programme(fair, locked=True)
    _refuse_conflicts(clashes.find(sessions, at=database.now()))
    listings = Listing.objects.filter(fair=fair).in_bulk()
    found = differences.between(sessions, listings)
    if found.is_empty:
        raise NothingToRelease(_("Nothing differs from what is published."))
    _publish(found, listings)
    made = _make(fair, listings, by=by, note_zh=note_zh, note_en=note_en)
    whole = journal.record("programme.released", made, by=by, facts={"number": made.number, **found.counts})
    journal.record_many(list(_lines(found, made.number, by=by, caused_by=whole)))
    return made


def _programme(fair: Fair, *, locked: bool = False) -> list[Session]:
    """The sessions that stand or are to be cancelled, with all that conflicts and differences ask of them."""
    people = Prefetch("presenters", User.objects.only("pk", "name_zh", "name_en", "email"))
    companies = Prefetch("companies", Company.objects.only("pk"))
    sessions = Session.objects.filter(fair=fair).exclude(state=State.CANCELLED).order_by("pk")
    if locked:
        sessions = sessions.select_for_update(no_key=True, of=("self",))
    rows = list(sessions.select_related("stage").prefetch_related(people, companies))
    for row in rows:
        row.fair = row.stage.fair = fair
    return rows


def _refuse_conflicts(found: Sequence[Conflict]) -> None:
    if not found:
        return
    kinds = {conflict.clash for conflict in found}
    first = next(clash for clash in _REFUSALS if clash in kinds)
    raise _REFUSALS[first](
        _("The programme has conflicts. Solve them, then publish: %s") % " ".join(one.text for one in found[:5]),
        conflicts=[{"session": str(one.session.pk), "kind": str(one.clash), "message": one.text} for one in found],
    )


def _publish(found: Diff, listings: dict[UUID, Listing]) -> None:
    """Write sessions and listings as the diff says, and bring `listings` up to date."""
    now = database.now()
    told = [
        differences.listing_of(each.session, each.listing, at=now)
        for each in (*found.added, *found.moved, *found.changed)
    ]
    Listing.objects.bulk_create(
        told,
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=differences.COLUMNS,
        batch_size=_BATCH,
    )
    listings.update({listing.pk: listing for listing in told})
    removed = [each.session.pk for each in found.removed]
    Listing.objects.filter(pk__in=removed).update(is_cancelled=True, changed_at=now)
    for session_id in removed:
        listings[session_id].is_cancelled = True
    added = [each.session.pk for each in found.added]
    for session_ids, state in ((added, State.RELEASED), (removed, State.CANCELLED)):
        Session.objects.filter(pk__in=session_ids).update(state=state, version=F("version") + 1)


def _make(fair: Fair, listings: dict[UUID, Listing], *, by: User | None, note_zh: str, note_en: str) -> Release:
    last = fair.releases.order_by("-number").values_list("number", flat=True).first()
    made = Release(
        fair=fair,
        number=(last or 0) + 1,
        note_zh=note_zh,
        note_en=note_en,
        published_at=database.now(),
        published_by=by,
        programme=[differences.as_published(listing) for listing in listings.values()],
    )
    made.save(force_insert=True)
    return made


def _lines(found: Diff, number: int, *, by: User | None, caused_by: Change) -> Iterable[journal.Line]:
    """One line a session, so that what follows is kept in order for each."""

    def line(kind: str, each: Difference, before: str = "", after: str = "") -> journal.Line:
        facts: dict[str, object] = {"release": number}
        if each.fields:
            facts["fields"] = [name.removesuffix("_id") for name in each.fields]
        if each.listing and each.has_new_time:  # by which those who were asked are asked again
            facts |= {"from": each.listing.starts_at.isoformat(), "to": each.session.starts_at.isoformat()}
        return journal.Line(
            kind=kind, about=each.session, by=by, before=before, after=after, facts=facts, caused_by=caused_by
        )

    for each in found.added:
        yield line("session.released", each, State.DRAFT, State.RELEASED)
    for each in found.moved:
        yield line("session.moved", each)
    for each in found.changed:
        yield line("session.changed", each)
    for each in found.removed:
        yield line("session.cancelled", each, State.RELEASED, State.CANCELLED)
