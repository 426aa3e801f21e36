"""What is wrong with a fair's plan: the pure check of each hall, and its sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fairs import floorplan, plancheck
from fairs.models import Booth, Circuit, Fair, Hall
from fairs.plancheck import Fault, FaultCode


def check(fair: Fair) -> list[Fault]:
    """All faults of all halls, hall by hall, each with its most basic faults first. Three queries."""
    return [fault for _hall, faults in check_halls(fair) for fault in faults]


def check_halls(fair: Fair) -> list[tuple[Hall, list[Fault]]]:
    """Every hall of the fair with what is wrong there."""
    halls = fair.halls.prefetch_related("circuits", "booths").order_by("key")
    return [
        (hall, plancheck.check(drawn_hall(hall), drawn_booths(hall), [_circuit(one) for one in hall.circuits.all()]))
        for hall in halls
    ]


def drawn_hall(hall: Hall) -> floorplan.Hall:
    """The hall as geometry."""
    return floorplan.Hall(width=hall.width, depth=hall.depth, min_aisle=hall.min_aisle, power_supply=hall.power_supply)


def drawn_booths(hall: Hall) -> list[floorplan.Booth]:
    """The hall's booths as geometry; asks for no more than `booths` and `circuits`, which may be prefetched."""
    circuits = {circuit.pk: circuit.name for circuit in hall.circuits.all()}
    return [_booth(booth, circuits[booth.circuit_id] if booth.circuit_id else "") for booth in hall.booths.all()]


def fault_text(fault: Fault) -> str:
    """One fault as a sentence that says what to do, in the reader's language."""
    words = {
        "booths": "、".join(fault.booths),
        "booth": fault.booths[0] if fault.booths else "",
        "circuit": fault.circuit,
        "measured": f"{fault.measured.normalize():f}",
        "required": f"{fault.required.normalize():f}",
    }
    return _sentence(fault) % words


def _sentence(fault: Fault) -> str:
    if fault.code == FaultCode.AISLE_TOO_NARROW:
        return _aisle_sentence(fault)
    return {
        FaultCode.OUTSIDE_THE_HALL: _("Booth %(booth)s stands %(measured)s m outside the hall. Move it inside."),
        FaultCode.BOOTHS_OVERLAP: _("Booths %(booths)s overlap by %(measured)s m². Move one of them."),
        FaultCode.NO_OPEN_SIDE: _(
            "Booth %(booth)s has no side on an aisle of %(required)s m. Leave one side of it free."
        ),
        FaultCode.CIRCUIT_OVERLOADED: _(
            "Circuit %(circuit)s supplies %(required)s W, but its booths take %(measured)s W. Move some to another one."
        ),
        FaultCode.CIRCUIT_UNKNOWN: _("The hall has no circuit %(circuit)s. Add it, or give its booths another one."),
        FaultCode.HALL_OVERLOADED: _(
            "The hall supplies %(required)s W, but its booths take %(measured)s W. Ask for more, or take power away."
        ),
    }[fault.code]


def _aisle_sentence(fault: Fault) -> str:
    if fault.wall is not None:
        return ngettext(
            "Between booth %(booths)s and the wall are %(measured)s m; the aisle must have %(required)s m.",
            "Between booths %(booths)s and the wall are %(measured)s m; the aisle must have %(required)s m.",
            len(fault.booths),
        )
    return _("Between booths %(booths)s are %(measured)s m; the aisle must have %(required)s m.")


def _circuit(circuit: Circuit) -> floorplan.Circuit:
    return floorplan.Circuit(name=circuit.name, supply=circuit.supply)


def _booth(booth: Booth, circuit: str) -> floorplan.Booth:
    return floorplan.Booth(
        number=booth.number,
        x=booth.x,
        y=booth.y,
        width=booth.width,
        depth=booth.depth,
        power=booth.power,
        circuit=circuit,
    )
