"""Places, fairs with their calls, and halls with their booths."""

from fairs.models.events import FAIR_MOVES, Call, Criterion, Fair, Question
from fairs.models.halls import Booth, Circuit, Hall, Zone
from fairs.models.places import Category, County, Room, Town, Venue

__all__ = [
    "FAIR_MOVES",
    "Booth",
    "Call",
    "Category",
    "Circuit",
    "County",
    "Criterion",
    "Fair",
    "Hall",
    "Question",
    "Room",
    "Town",
    "Venue",
    "Zone",
]
