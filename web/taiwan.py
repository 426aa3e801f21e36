"""The outlines of the 22 counties, for the map of the home page. NOTICE.txt beside the data says whose they are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "counties.json"
MANY = 3  # fairs, from which on a county is drawn warmer


@dataclass(frozen=True, slots=True)
class Outline:
    """A county on the map: its path and where its label stands, in units of the map's box."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Map:
    """All counties, and the frames around the islands that were moved in."""

    box: str
    outlines: tuple[Outline, ...]
    frames: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A county as drawn: its outline, its name, how many fairs it has, and how warm it looks."""

    outline: Outline
    name: str
    fairs: int

    @property
    def look(self) -> str:
        """The class of its colour."""
        return "many" if self.fairs >= MANY else "has" if self.fairs else "none"


@cache
def taiwan() -> Map:
    """The map, read once."""
    data = json.loads(SOURCE.read_text(encoding="utf-8"))
    outlines = tuple(
        Outline(code=code, path=county["path"], x=county["label_xy"][0], y=county["label_xy"][1])
        for code, county in data["counties"].items()
    )
    frames = tuple(tuple(view["frame"]) for view in data["views"].values() if view["frame"])
    return Map(box=data["viewBox"], outlines=outlines, frames=frames)


def spots(names: Mapping[str, str], fairs: Mapping[str, int]) -> list[Spot]:
    """Each county that `names` knows, by code, with its number of fairs; the small ones last, to lie on top."""
    found = [
        Spot(outline=outline, name=names[outline.code], fairs=fairs.get(outline.code, 0))
        for outline in taiwan().outlines
        if outline.code in names
    ]
    return sorted(found, key=lambda spot: -len(spot.outline.path))
