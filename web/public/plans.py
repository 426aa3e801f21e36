"""Floor plans for pages: what a fair's halls hold, drawn with what each reader may know of each booth."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.text import localized
from exhibitors.models import Placement
from fairs import floorplan, plancheck, plandrawing
from fairs.models import Booth, Fair, Hall
from fairs.plandrawing import Mark, PlanDrawing

AROUND = Decimal(8)  # metres shown on each side of a booth in a small plan
MARGIN = plandrawing.MARGIN


def plan_of(
    fair: Fair,
    hall: Hall,
    *,
    marks: Mapping[str, Mark] | None = None,
    faults: Sequence[plancheck.Fault] = (),
    booths: Sequence[Booth] | None = None,
) -> PlanDrawing:
    """A hall drawn with what `marks` say of its booths, by their numbers. Two queries, one where booths are given."""
    booths = booths if booths is not None else list(Booth.objects.filter(hall=hall).for_plan())
    zones = [
        plandrawing.Zone(letter=zone.letter, name=localized(zone, "name")) for zone in fair.zones.order_by("letter")
    ]
    return plandrawing.plan(
        plain_hall(hall),
        [plain_booth(booth) for booth in booths],
        zones=zones,
        marks=marks,
        entrance=plancheck.Point(x=hall.entrance_x, y=hall.entrance_y),
        faults=faults,
    )


def plain_hall(hall: Hall) -> floorplan.Hall:
    """A hall as the geometry takes it."""
    return floorplan.Hall(width=hall.width, depth=hall.depth, min_aisle=hall.min_aisle, power_supply=hall.power_supply)


def plain_booth(booth: Booth) -> floorplan.Booth:
    """A booth as the geometry takes it."""
    return floorplan.Booth(
        number=booth.number,
        x=booth.x,
        y=booth.y,
        width=booth.width,
        depth=booth.depth,
        power=booth.power,
        circuit=booth.circuit.name if booth.circuit else "",
        zone=booth.zone.letter if booth.zone else "",
    )


def confirmed_on(fair: Fair) -> dict[str, Placement]:
    """Who stands where, by the booth's number: confirmed ones alone. One query."""
    held = Placement.objects.confirmed().filter(booth__fair=fair)
    held = held.select_related("booth", "application__company__town__county", "application__company__category")
    return {placement.booth.number: placement for placement in held}


def public_marks(
    fair: Fair, booths: Sequence[Booth], confirmed: Mapping[str, Placement], *, chosen: str = ""
) -> dict[str, Mark]:
    """What everybody may know: the maker of a confirmed booth, and of the others that they are not yet confirmed."""
    address = reverse("floorplan", args=[fair.slug])
    marks = {}
    for booth in booths:
        placement = confirmed.get(booth.number)
        who = localized(placement.application.company, "name") if placement else _("not yet confirmed")
        zone = localized(booth.zone, "name") if booth.zone else ""
        marks[booth.number] = Mark(
            label=", ".join(part for part in (booth.number, zone, who) if part),
            href=f"{address}?booth={booth.number}#chosen",
            is_dashed=placement is None,
            is_selected=booth.number == chosen,
        )
    return marks


def booth_plan(fair: Fair, booths: Sequence[Booth]) -> PlanDrawing | None:
    """The plan of a hall with these booths marked, cut to what lies around the first one; None without booths."""
    if not booths:
        return None
    chosen = {booth.number for booth in booths}
    hall = booths[0].hall
    confirmed = confirmed_on(fair)
    there = list(Booth.objects.filter(hall=hall).for_plan())
    marks = {
        booth.number: Mark(
            label=booth.number,
            is_selected=booth.number in chosen,
            is_dashed=booth.number not in chosen and booth.number not in confirmed,
        )
        for booth in there
    }
    drawing = plan_of(fair, hall, marks=marks, booths=there)
    return replace(drawing, view_box=_cut(booths[0], hall))


def _cut(booth: Any, hall: Hall) -> str:
    """The part of the drawing that lies within some metres of a booth, wider than high, as a viewBox."""
    scale = plandrawing.SCALE
    left = max(booth.x - 2 * AROUND, Decimal(-1))
    right = min(booth.x + booth.width + 2 * AROUND, hall.width + 1)
    top = max(booth.y - AROUND, Decimal(-1))
    bottom = min(booth.y + booth.depth + AROUND, hall.depth + 1)
    box = (left * scale + MARGIN, top * scale + MARGIN, (right - left) * scale, (bottom - top) * scale)
    return " ".join(f"{side:.0f}" for side in box)
