"""What a stand costs: whole units of the call's currency, by the call's rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import database
from exhibitors.models import Application, Placement
from fairs import floorplan
from fairs.models import Booth, Call, Hall

STANDARD_AREA = Decimal(9)  # m², the booth to which `fee_per_booth` refers
AISLE = Decimal(2)  # m that must be free along a whole side to make it an open one
LABELS: dict[str, Promise] = {
    "space": _("Space"),
    "corner": _("Corner"),
    "power": _("Power beyond what is included"),
    "water": _("Water"),
    "first_time": _("Discount for first-time exhibitors"),
    "outlying": _("Discount for outlying islands"),
}


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of a fee. `kind` is a key of LABELS; a discount's amount is below nought."""

    kind: str
    amount: Decimal

    @property
    def label(self) -> str:
        """What it is for, in the reader's language."""
        return str(LABELS[self.kind])


@dataclass(frozen=True, slots=True)
class Fee:
    """What a company pays: `total` is the lines' sum, rounded half up; the deposit is apart and comes back."""

    lines: tuple[FeeLine, ...]
    total: int
    deposit: int


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a fee follows from beside application and booths, read once for many fees.

    `corners`: ids of the booths with two open sides or more; `newcomers`: ids of the first-time exhibitors.
    """

    call: Call
    corners: Collection[UUID]
    newcomers: Collection[UUID]

    def fee(self, application: Application, booths: Sequence[Booth]) -> Fee:
        """The fee of these booths for this application."""
        lines = [line for line in self._charges(application, booths) if line.amount]
        gross = sum((line.amount for line in lines), Decimal(0))
        kind, share = self._discount(application)
        if share and gross:
            lines.append(FeeLine(kind, -gross * share))
        total = sum((line.amount for line in lines), Decimal(0))
        return Fee(tuple(lines), int(total.quantize(Decimal(1), ROUND_HALF_UP)), self.call.deposit)

    def _charges(self, application: Application, booths: Sequence[Booth]) -> Iterable[FeeLine]:
        call = self.call
        area = sum((booth.area for booth in booths), Decimal(0))
        yield FeeLine("space", call.fee_per_booth * area / STANDARD_AREA)
        if any(booth.pk in self.corners for booth in booths):
            yield FeeLine("corner", call.fee_per_booth * call.corner_surcharge)
        beyond = max(0, application.power - call.power_included)  # W
        yield FeeLine("power", Decimal(beyond) / 1000 * call.fee_per_extra_kw)
        if application.needs_water:
            yield FeeLine("water", Decimal(call.water_fee))

    def _discount(self, application: Application) -> tuple[str, Decimal]:
        """The largest share that the company is entitled to: discounts do not add up."""
        shares = [("", Decimal(0))]
        if application.company_id in self.newcomers:
            shares.append(("first_time", self.call.first_time_discount))
        if self.call.outlying_island_discount and application.company.town.is_outlying:
            shares.append(("outlying", self.call.outlying_island_discount))
        return max(shares, key=lambda kind_and_share: kind_and_share[1])


def fee_of(application: Application, booths: Sequence[Booth]) -> Fee:
    """The fee of these booths for this application, with its lines."""
    terms = terms_of(application.call, halls={booth.hall_id for booth in booths}, companies={application.company_id})
    return terms.fee(application, booths)


def terms_of(call: Call, *, halls: Collection[UUID], companies: Collection[UUID]) -> Terms:
    """The terms for booths in these halls and these companies; what the call's rules do not ask for is not read."""
    return Terms(
        call,
        corners_of(halls) if call.corner_surcharge else set(),
        newcomers(companies) if call.first_time_discount else set(),
    )


def newcomers(companies: Collection[UUID]) -> set[UUID]:
    """Of the companies with these ids, those that never held a booth at a fair that has ended."""
    experienced = (
        Placement.objects.held()
        .filter(application__company__in=companies, booth__fair__ends_on__lt=database.now().date())
        .values_list("application__company", flat=True)
    )
    return set(companies) - set(experienced)


def corners_of(halls: Collection[UUID]) -> set[UUID]:
    """The ids of the booths in these halls that have two open sides or more."""
    corners = set()
    for hall in Hall.objects.filter(pk__in=halls).prefetch_related(Prefetch("booths", Booth.objects.order_by("pk"))):
        booths = list(hall.booths.all())
        plan = [
            floorplan.Booth(number=booth.number, x=booth.x, y=booth.y, width=booth.width, depth=booth.depth)
            for booth in booths
        ]
        ground = floorplan.Hall(width=hall.width, depth=hall.depth)
        open_sides = floorplan.open_sides_by_booth(plan, ground, AISLE)
        corners |= {booth.pk for booth in booths if len(open_sides[booth.number]) >= 2}
    return corners
