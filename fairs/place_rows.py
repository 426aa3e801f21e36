"""The rows of files with towns and venues: what their columns mean, and which are right."""

import re
from collections.abc import Collection
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _

from core.cells import Cell, CellRefused, code_text, one_line, yes_or_no
from core.importing import Column, Record
from core.reasons import CELL_REASONS, Reasons
from fairs.gazetteer import Gazetteer, Place

LATITUDES = Decimal("21.8"), Decimal("26.5")  # of Taiwan with all its islands, degrees
LONGITUDES = Decimal("118.1"), Decimal("122.1")
FAR = 40.0  # km from a town's point: no town reaches so far

COUNTY = Column("county", ("縣市", "縣市別", "county_zh"))
TOWN = Column("town", ("鄉鎮市區", "鄉鎮", "鄉鎮市", "town_zh", "township"), obligatory=True)
POSTCODE = Column("postal_code", ("郵遞區號", "郵區", "postcode", "zip", "zip code"))

PLACE_REASONS: Reasons = {
    **CELL_REASONS,
    "code_format": _("A town code has eight digits."),
    "unknown_county": _("There is no county of this code."),
    "code_county_mismatch": _("The town code does not begin with the county code."),
    "unknown_town": _("There is no such town in this county. Write both as the Ministry of the Interior does."),
    "postcode_format": _("A postcode has 3, 5 or 6 digits."),
    "postcode_town_mismatch": _("This postcode belongs to another town. Correct one of them."),
    "coordinate_format": _("This is no decimal degree. Write it like 25.0336."),
    "coordinate_range": _("This point is not in Taiwan. Give latitude and longitude in decimal degrees (WGS 84)."),
    "coordinate_swapped": _("Latitude and longitude stand in each other’s place. Swap them."),
    "coordinate_far": _("This point is more than 40 km from the town. Correct the point or the town."),
}

_DEGREES = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,15})?")
_ROUNDED = Decimal("0.00001")  # degrees, about a metre


class TownImporter:
    """Towns of counties that are here. A town that is here already is updated."""

    name = "import_towns"
    reasons = PLACE_REASONS
    columns = (
        Column("town_code", ("鄉鎮市區代碼", "行政區代碼", "code"), obligatory=True),
        Column("county_code", ("縣市代碼",), obligatory=True),
        Column("town_zh", ("鄉鎮市區", "鄉鎮市區名稱", "name_zh"), obligatory=True, guarded=True),
        Column("town_en", ("英文名稱", "name_en", "english name"), guarded=True),
        POSTCODE,
        Column("lat", ("緯度", "latitude")),
        Column("lon", ("經度", "longitude")),
        Column("admin_type", ("類型",)),
        Column("indigenous_area", ("原住民地區",)),
        Column("outlying_island", ("離島",)),
    )

    def __init__(self, *, counties: Collection[str], towns: Collection[str]) -> None:
        self._counties, self._towns = counties, towns

    def read(self, record: Record) -> None:
        """One town."""
        code = record.keep("town_code", town_code)
        county = record.keep("county_code", code_text)
        if county is not None and county not in self._counties:
            record.fail("county_code", "unknown_county")
        elif code and county and not code.startswith(county):
            record.fail("town_code", "code_county_mismatch")
        record.keep("town_zh", partial(one_line, max_length=40))
        record.keep("town_en", partial(one_line, max_length=60), blank="")
        record.keep("postal_code", partial(postcode, lengths=(3,)), blank="")
        keep_point(record, None)
        record.keep("admin_type", partial(one_line, max_length=30), blank="")
        record.keep("indigenous_area", indigenous_area, blank="none")
        record.keep("outlying_island", yes_or_no, blank=False)
        if code is not None:
            record.claim("town_code", code)
            if code in self._towns:
                record.notice("updated")


class VenueImporter:
    """Venues that are not here yet, each in a town that is."""

    name = "import_venues"
    reasons = PLACE_REASONS
    columns = (
        Column("venue_id", ("場地代碼", "code", "venue code"), obligatory=True, guarded=True),
        Column("name_zh", ("場地名稱", "名稱", "venue", "name"), obligatory=True, guarded=True),
        Column("name_en", ("英文名稱", "english name"), guarded=True),
        COUNTY,
        TOWN,
        Column("address_zh", ("地址", "address"), guarded=True),
        POSTCODE,
        Column("lat", ("緯度", "latitude")),
        Column("lon", ("經度", "longitude")),
    )

    def __init__(self, *, gazetteer: Gazetteer, venues: Collection[str]) -> None:
        self._gazetteer, self._venues = gazetteer, venues

    def read(self, record: Record) -> None:
        """One venue."""
        code = record.keep("venue_id", venue_code)
        record.keep("name_zh", partial(one_line, max_length=120))
        record.keep("name_en", partial(one_line, max_length=160), blank="")
        town = keep_town(record, self._gazetteer)
        record.keep("address_zh", partial(one_line, max_length=200), blank="")
        keep_postcode(record, town)
        keep_point(record, town)
        if code is not None:
            record.claim("venue_id", code, exists=code in self._venues)


def keep_town(record: Record, gazetteer: Gazetteer) -> Place | None:
    """Set `town_code` from the columns county and town; None if they name no town. `unknown_town`."""
    county = record.take("county", partial(one_line, max_length=40)) or ""
    town = record.take("town", partial(one_line, max_length=80))
    if town is None or record.refuses("county"):
        return None
    found = gazetteer.find(county, town)
    if found is None:
        record.fail("town", "unknown_town")
        return None
    place, was_former = found
    if was_former:
        record.notice("old_town_name")
    record.values["town_code"] = place.code
    return place


def keep_postcode(record: Record, town: Place | None) -> None:
    """Set `postal_code`, which begins with the three digits of the town. `postcode_town_mismatch`."""
    code = record.keep("postal_code", postcode, blank="")
    if code and town and town.postal_code and not code.startswith(town.postal_code):
        record.fail("postal_code", "postcode_town_mismatch")


def keep_point(record: Record, town: Place | None) -> None:
    """Set `lat` and `lon`, a point of Taiwan near the town's; or neither."""
    lat, lon = record.keep("lat", degrees), record.keep("lon", degrees)
    if record.refuses("lat", "lon") or (lat is None and lon is None):
        return
    if lat is None or lon is None:
        record.fail("lat" if lat is None else "lon", "required")
    elif not (_within(lat, LATITUDES) and _within(lon, LONGITUDES)):
        if _within(lon, LATITUDES) and _within(lat, LONGITUDES):
            record.fail("lat", "coordinate_swapped")
        else:
            record.fail("lon" if _within(lat, LATITUDES) else "lat", "coordinate_range")
    elif town is not None and (town.distance(lat, lon) or 0) > FAR:
        record.fail("lat", "coordinate_far")


def town_code(cell: Cell) -> str:
    """Eight digits. `code_format`."""
    code = code_text(cell)
    if not (len(code) == 8 and code.isdecimal()):
        raise CellRefused("code_format")
    return code


def venue_code(cell: Cell) -> str:
    """A short code in capitals. `too_long`."""
    return one_line(code_text(cell).upper(), max_length=20)


def postcode(cell: Cell, *, lengths: Collection[int] = (3, 5, 6)) -> str:
    """Digits of one of these lengths: 3 name a town, 5 and 6 parts of it (Chunghwa Post). `postcode_format`."""
    code = code_text(cell)
    if len(code) not in lengths or not code.isdecimal():
        raise CellRefused("postcode_format")
    return code


def degrees(cell: Cell) -> Decimal:
    """A decimal degree, to five decimals. `coordinate_format`."""
    text = code_text(cell)
    if not _DEGREES.fullmatch(text):
        raise CellRefused("coordinate_format")
    return Decimal(text).quantize(_ROUNDED)


def indigenous_area(cell: Cell) -> str:
    """`none`, `plains` or `mountain`, as the Council of Indigenous Peoples has it. `answer_choice`."""
    word = code_text(cell).casefold()
    if word not in ("none", "plains", "mountain"):
        raise CellRefused("answer_choice")
    return word


def _within(value: Decimal, limits: tuple[Decimal, Decimal]) -> bool:
    return limits[0] <= value <= limits[1]
