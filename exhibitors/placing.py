"""Placing applications: which booths are held for whom, and until when the company may answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Change, User
from core import database
from core.database import constraint_of
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from exhibitors import fees, fitting
from exhibitors.models import MOVES, PLACEMENT_MOVES, Application, Placement
from fairs.models import Booth, Call, Fair

State = Application.State
ANSWER_WITHIN = timedelta(days=7)


class BoothTaken(DomainError):
    """Somebody else placed an application there first. `booths`: the numbers of those that are taken."""

    code = "booth-taken"


class DoesNotFit(Unfit):
    """The booths are not what the application needs, with every reason at once."""

    code = "does-not-fit"


class FairNotOpen(DomainError):
    """Nobody can be placed at a fair that is not announced, is cancelled or over."""

    code = "fair-not-open"


class NotPlaced(DomainError):
    """The application is in no state in which it holds booths."""

    code = "not-placed"


def usual_deadline(call: Call, now: datetime) -> datetime:
    """Until when a company may answer if nobody says otherwise: the call's day, else a week; not beyond the opening."""
    if call.offers_end_at is not None and call.offers_end_at > now:
        return call.offers_end_at
    return min(now + ANSWER_WITHIN, max(call.fair.begins_at, now + timedelta(days=1)))


@transaction.atomic
def offer(
    application: Application,
    booths: Sequence[Booth],
    *,
    by: User | None,
    answer_by: datetime | None = None,
    caused_by: Change | None = None,
) -> list[Placement]:
    """Hold booths for an accepted or waitlisted application and offer them, to be answered before `answer_by`.

    Raises InvalidTransition, FairNotOpen, DoesNotFit with every reason, BoothTaken, Unfit for a deadline that is over.
    """
    _lock(application)
    if application.state not in (State.ACCEPTED, State.WAITLISTED):
        # A confirmed one may become offered only because its fair moved, see ask_again().
        raise MOVES.refusal(str(application._meta.verbose_name), application.state, State.OFFERED)
    _require_open(application.call.fair)
    application.offer_ends_at = _deadline(application.call, answer_by)
    booths = _locked(booths)
    _require_fit(application, booths)
    placements = _hold(application, booths, by=by, caused_by=caused_by)
    application.fee = fees.fee_of(application, booths).total
    journal.move(
        application,
        State.OFFERED,
        moves=MOVES,
        by=by,
        also=["offer_ends_at", "fee"],
        facts=_terms(application, booths),
        caused_by=caused_by,
    )
    return placements


@transaction.atomic
def move(application: Application, booths: Sequence[Booth], *, by: User) -> list[Placement]:
    """Give an offered or confirmed application other booths; what it had and keeps stays held.

    The fee follows, the answer and its deadline stay. Raises NotPlaced, FairNotOpen, DoesNotFit, BoothTaken.
    """
    _lock(application)
    if application.state not in (State.OFFERED, State.CONFIRMED):
        raise NotPlaced(_("%s holds no booth that could be moved.") % application.label)
    _require_open(application.call.fair)
    booths = _locked(booths)
    _require_fit(application, booths)
    had = {placement.booth_id: placement for placement in application.placements.held()}
    keep = {booth.pk for booth in booths} & had.keys()
    _release([placement for booth, placement in had.items() if booth not in keep], by=by, reason="", caused_by=None)
    placements = _hold(application, [booth for booth in booths if booth.pk not in keep], by=by, caused_by=None)
    application.fee = fees.fee_of(application, booths).total
    application.version += 1
    application.save(update_fields=["fee", "version"])
    return [*(had[booth] for booth in keep), *placements]


@transaction.atomic
def release(placement: Placement, *, reason: str, by: User | None) -> None:
    """Let go of one booth. The application keeps its state; without any booth it waits for another one.

    Raises InvalidTransition if it was released before.
    """
    lock(placement.application)
    lock(placement)
    _release([placement], by=by, reason=reason, caused_by=None)


def free_booths(application: Application) -> list[Booth]:
    """The booths that nobody holds and that fit the application, by number.

    Where it asked for several, those that could be part of its stand. Three queries.
    """
    held = Placement.objects.held().filter(booth=OuterRef("pk"))
    free = (
        Booth.objects.filter(~Exists(held), fair=application.call.fair_id)
        .for_plan()
        .prefetch_related("zone__categories")
    )
    if application.booths_wanted == 1:
        return [booth for booth in free if not fitting.find_misfits(application, [booth])]
    return [
        booth
        for booth in free
        if fitting.takes(booth, application) and (booth.allows_flame or not application.needs_flame)
    ]


def release_held(
    application: Application, *, by: User | None, reason: str = "", caused_by: Change | None = None
) -> list[Placement]:
    """Let go of all booths of a locked application, for whatever ended it. Each is offered on by a reaction."""
    held = list(application.placements.held().select_for_update(no_key=True).order_by("pk"))
    _release(held, by=by, reason=reason, caused_by=caused_by)
    return held


@transaction.atomic
def ask_again(
    application: Application,
    *,
    answer_by: datetime,
    by: User | None,
    reason: str = "",
    caused_by: Change | None = None,
) -> None:
    """Ask a confirmed company anew, for the fair moved: the booth stays held until the new deadline.

    Raises InvalidTransition unless it is confirmed.
    """
    lock(application)
    if application.state != State.CONFIRMED:
        raise MOVES.refusal(str(application._meta.verbose_name), application.state, State.OFFERED)
    application.offer_ends_at = answer_by
    booths = [placement.booth for placement in application.placements.held().select_related("booth")]
    journal.move(
        application,
        State.OFFERED,
        moves=MOVES,
        by=by,
        reason=reason,
        also=["offer_ends_at"],
        facts={**_terms(application, booths), "asked_again": True},
        caused_by=caused_by,
    )


@transaction.atomic
def ask_all_again(
    fair: Fair, *, answer_by: datetime, by: User | None, reason: str = "", caused_by: Change | None = None
) -> list[Application]:
    """Ask every confirmed company of a locked fair anew, for the fair moved: a fixed number of queries."""
    confirmed = list(
        Application.objects.filter(call__fair=fair, state=State.CONFIRMED)
        .select_related("call")
        .prefetch_related(Prefetch("placements", Placement.objects.held().select_related("booth"), to_attr="held"))
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    for application in confirmed:
        application.call.fair = fair

    def terms(application: Application) -> dict[str, object]:
        held: list[Placement] = application.held  # type: ignore[attr-defined]  # prefetched just now
        return {**_terms(application, [placement.booth for placement in held]), "asked_again": True}

    journal.move_many(
        confirmed,
        State.OFFERED,
        moves=MOVES,
        by=by,
        reason=reason,
        values={"offer_ends_at": answer_by},
        facts=terms,
        caused_by=caused_by,
    )
    return confirmed


@transaction.atomic
def release_all(fair: Fair, *, by: User | None, reason: str, caused_by: Change | None = None) -> list[Application]:
    """Cancel every application to a locked fair that stands, and let go of all booths: the fair is cancelled."""
    standing = list(
        Application.objects.standing()
        .filter(call__fair=fair)
        .select_related("call")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    for application in standing:
        application.call.fair = fair
    held = list(
        Placement.objects.held()
        .filter(booth__fair=fair)
        .select_related("application__call__fair")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    _release(held, by=by, reason=reason, caused_by=caused_by)
    journal.move_many(
        standing,
        State.CANCELLED,
        moves=MOVES,
        by=by,
        reason=reason,
        values={"staged_decision": "", "decision_reason": ""},
        caused_by=caused_by,
    )
    return standing


def _lock(application: Application) -> None:
    """Lock it, and read in one query what placing asks of its call, fair and venue."""
    lock(application)
    application.call = Call.objects.select_related("fair__venue").get(pk=application.call_id)


def _require_open(fair: Fair) -> None:
    if fair.state != Fair.State.ANNOUNCED or fair.is_past(database.now()):
        raise FairNotOpen(_("Booths are placed at a fair that is announced and not over."))


def _deadline(call: Call, answer_by: datetime | None) -> datetime:
    now = database.now()
    if answer_by is None:
        return usual_deadline(call, now)
    if answer_by <= now:
        raise Unfit([Gap("answer_by", _("The day to answer by must lie ahead."))])
    return answer_by


def _locked(booths: Sequence[Booth]) -> list[Booth]:
    """The booths, locked and read anew with all that fitting asks of them, in the order of their numbers."""
    wanted = {booth.pk for booth in booths}
    found = list(
        Booth.objects.filter(pk__in=wanted)
        .select_for_update(no_key=True, of=("self",))
        .select_related("zone", "hall")
        .prefetch_related("zone__categories")
        .order_by("pk")
    )
    if len(found) < len(wanted):
        raise DoesNotFit([Gap("booths", _("One of these booths is no longer on the plan."))])
    return sorted(found, key=lambda booth: booth.number)


def _require_fit(application: Application, booths: Sequence[Booth]) -> None:
    if misfits := fitting.find_misfits(application, booths):
        raise DoesNotFit(misfits)


def _hold(
    application: Application, booths: Sequence[Booth], *, by: User | None, caused_by: Change | None
) -> list[Placement]:
    placements = [Placement(application=application, booth=booth) for booth in booths]
    for placement in placements:
        try:
            with transaction.atomic():
                placement.save(force_insert=True)
        except IntegrityError as error:
            if constraint_of(error) != "booth_has_one_held_placement":
                raise
            # The constraint decides, not a look beforehand: two coordinators may look at the same instant.
            number = placement.booth.number
            raise BoothTaken(
                _("Booth %s was taken a moment ago. Choose another one.") % number, booths=[number]
            ) from error
    journal.record_many(
        [
            journal.Line(
                kind="placement.held",
                about=placement,
                by=by,
                after=Placement.State.HELD,
                facts=_whereabouts(placement),
                caused_by=caused_by,
            )
            for placement in placements
        ]
    )
    return placements


def _release(placements: Sequence[Placement], *, by: User | None, reason: str, caused_by: Change | None) -> None:
    journal.move_many(
        placements,
        Placement.State.RELEASED,
        moves=PLACEMENT_MOVES,
        by=by,
        reason=reason,
        facts=_whereabouts,
        values={"released_at": database.now()},
        caused_by=caused_by,
    )


def _whereabouts(placement: Placement) -> dict[str, object]:
    return {"booth": str(placement.booth_id), "application": str(placement.application_id)}


def _terms(application: Application, booths: Sequence[Booth]) -> dict[str, object]:
    ends = application.offer_ends_at
    return {
        "booths": [str(booth.pk) for booth in booths],
        "fee": application.fee,
        "answer_by": ends.isoformat() if ends else None,
    }
