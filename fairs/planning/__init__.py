"""Planning a fair: the fair itself, its halls and booths, and what is wrong with the plan.

Each function locks in the order fair, hall, booth, checks, changes and records, in one transaction.
"""

from fairs.planning.announcing import NotOver, announce, close
from fairs.planning.booths import (
    BoothInUse,
    BoothsOverlap,
    NumberTaken,
    edit_booth,
    make_grid,
    move_booth,
    remove_booths,
)
from fairs.planning.checking import check, fault_text
from fairs.planning.editing import DatesAreFixed, Elsewhere, FairIsOver, create, edit
from fairs.planning.halls import (
    HallInUse,
    ZoneInUse,
    add_circuit,
    add_hall,
    add_zone,
    edit_hall,
    edit_zone,
    remove_hall,
    remove_zone,
)

__all__ = [
    "BoothInUse",
    "BoothsOverlap",
    "DatesAreFixed",
    "Elsewhere",
    "FairIsOver",
    "HallInUse",
    "NotOver",
    "NumberTaken",
    "ZoneInUse",
    "add_circuit",
    "add_hall",
    "add_zone",
    "announce",
    "check",
    "close",
    "create",
    "edit",
    "edit_booth",
    "edit_hall",
    "edit_zone",
    "fault_text",
    "make_grid",
    "move_booth",
    "remove_booths",
    "remove_hall",
    "remove_zone",
]
