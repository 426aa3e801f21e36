"""Waiting: whom a booth that became free is offered next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Change
from core import database
from core.locking import lock
from exhibitors import fees, fitting, placing, quotas
from exhibitors.models import Application, Placement
from fairs.models import Booth, Call, Fair


@transaction.atomic
def offer_next(booth: Booth, *, caused_by: Change | None = None) -> Application | None:
    """Offer a free booth to the first on the waitlist whom it fits, for a week; None if there is nobody.

    In line by score, then submitted first, then id. It fits who gets all the booths that were asked for, in one stand
    with this booth, and whom zone, needs, fee limit and the share of one county allow. Nothing once the fair runs.
    Safe to call twice, for what is held is not offered.
    """
    call = Call.objects.filter(fair=booth.fair_id).first()
    if call is None:
        return None
    lock(call)  # the shares of a call are counted by one at a time
    if not _is_before(call.fair):
        return None
    stands = _Stands(booth)
    if not stands.is_free:
        return None
    line = _in_line(call)
    terms = fees.terms_of(call, halls={booth.hall_id}, companies={one.company_id for one in line})
    share = quotas.county_share(call)
    for application in line:
        for stand in stands.of(application.booths_wanted):
            if fitting.find_misfits(application, stand) or not share.allows(application, stand):
                continue
            fee = terms.fee(application, stand).total
            if application.fee_limit is not None and fee > application.fee_limit:
                continue
            if _offer(application, stand, caused_by=caused_by):
                return application
    return None


def _is_before(fair: Fair) -> bool:
    return fair.state == Fair.State.ANNOUNCED and database.now() < fair.begins_at


def _in_line(call: Call) -> list[Application]:
    """Those who wait, first the best; each locked, so that none withdraws while we look at it."""
    waiting = Application.objects.filter(call=call, state=Application.State.WAITLISTED)
    # Locked by id, as everywhere; only then read in the order of the line.
    locked = list(waiting.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    line = list(
        Application.objects.filter(pk__in=locked).on_waitlist().select_related("company__town", "company__category")
    )
    for application in line:
        application.call = call
    return line


def _offer(application: Application, stand: Sequence[Booth], *, caused_by: Change | None) -> bool:
    now = database.now()
    answer_by = min(now + placing.ANSWER_WITHIN, application.call.fair.begins_at)
    try:
        placing.offer(application, stand, by=None, answer_by=answer_by, caused_by=caused_by)
    except placing.BoothTaken:
        # A coordinator placed somebody there by hand at this instant; another stand may still be free.
        return False
    return True


class _Stands:
    """The stands that contain one booth and else only booths that are free."""

    def __init__(self, booth: Booth) -> None:
        held = Placement.objects.held().filter(booth=OuterRef("pk"))
        free = (
            Booth.objects.filter(~Exists(held), hall=booth.hall_id, zone=booth.zone_id)
            .select_related("zone", "hall")
            .prefetch_related("zone__categories")
            .order_by("number")
        )
        self._free = {one.pk: one for one in free}
        self._booth = self._free.get(booth.pk)
        self._by_size: dict[int, list[list[Booth]]] = {}

    @property
    def is_free(self) -> bool:
        """Whether the booth itself is."""
        return self._booth is not None

    def of(self, size: int) -> list[list[Booth]]:
        """Those of so many booths, by their numbers."""
        if size not in self._by_size:
            stands = [sorted(stand, key=lambda booth: booth.number) for stand in self._grown(size)]
            self._by_size[size] = sorted(
                filter(fitting.are_one_stand, stands), key=lambda stand: [booth.number for booth in stand]
            )
        return self._by_size[size]

    def _grown(self, size: int) -> Iterator[list[Booth]]:
        if self._booth is None or size < 1:
            return
        grown = {frozenset({self._booth.pk})}
        for _step in range(size - 1):
            grown = {
                stand | {other.pk}
                for stand in grown
                for other in self._free.values()
                if other.pk not in stand and any(fitting.share_a_wall(self._free[pk], other) for pk in stand)
            }
        for stand in grown:
            yield [self._free[pk] for pk in stand]
