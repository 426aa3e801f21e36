"""The gazetteer: which town a name, former name or code means, and what fits it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt

from fairs.old_names import present_name

EARTH = 6_371.0  # km, mean radius


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town as far as names, postcodes and distances are concerned. Degrees (WGS 84), None where unknown."""

    code: str
    county_zh: str
    town_zh: str
    postal_code: str = ""
    lat: Decimal | None = None
    lon: Decimal | None = None

    def distance(self, lat: Decimal, lon: Decimal) -> float | None:
        """Kilometres on the great circle from the town's point; None if the town has no point."""
        if self.lat is None or self.lon is None:
            return None
        here, there = radians(self.lat), radians(lat)
        half = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(radians(lon - self.lon) / 2) ** 2
        return 2 * EARTH * asin(sqrt(half))


class Gazetteer:
    """Finds a town by its code, or by county and town as people write them."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_code = {place.code: place for place in places}
        self._by_name = {_folded(place.county_zh + place.town_zh): place for place in self._by_code.values()}

    def by_code(self, code: str) -> Place | None:
        """The town of this code."""
        return self._by_code.get(code)

    def find(self, county: str, town: str) -> tuple[Place, bool] | None:
        """The town, and whether its name was a former one. `town` may hold both names, or the code.

        臺 may be written 台. A former name is looked for only if there is no such name today.
        """
        if place := self._by_code.get(town):
            return place, False
        county, town = _folded(county), _folded(town)
        full_name = town if town.startswith(county) and len(town) > len(county) else county + town
        if place := self._by_name.get(full_name):
            return place, False
        former = present_name(full_name)
        place = self._by_name.get(former) if former else None
        return (place, True) if place else None


def _folded(name: str) -> str:
    return "".join(name.split()).replace("台", "臺")
