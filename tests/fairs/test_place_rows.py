"""Which rows of towns and venues are right, beyond the files that users sent."""

import pytest

from core.importing import read_file
from tests.imports import codes, importer_of

TOWN_HEADINGS = "town_code,county_code,town_zh,town_en,postal_code,lat,lon"
VENUE_HEADINGS = "場地代碼,場地名稱,縣市,鄉鎮市區,地址,郵遞區號,緯度,經度"


def towns(*rows: str, headings: str = TOWN_HEADINGS):
    """What comes of these towns."""
    return read_file(importer_of("import_towns"), "\n".join([headings, *rows]).encode(), name="towns.csv")


def venues(*rows: str):
    """What comes of these venues."""
    return read_file(importer_of("import_venues"), "\n".join([VENUE_HEADINGS, *rows]).encode(), name="venues.csv")


def test_a_town_that_is_new_is_no_update():
    (town,) = towns("10008990,10008,新設鄉,New Township,559,23.9,120.9").accepted

    assert (town.values["town_code"], town.notices) == ("10008990", [])


def test_what_else_is_known_of_a_town_may_be_in_the_file():
    headings = f"{TOWN_HEADINGS},admin_type,indigenous_area,outlying_island"
    outcome = towns(
        "10008990,10008,新設鄉,,,,,rural_township,mountain,1", "10008991,10008,乙鄉,,,,,,forest,", headings=headings
    )

    assert {
        key: outcome.accepted[0].values[key] for key in ("admin_type", "indigenous_area", "outlying_island", "lat")
    } == {
        "admin_type": "rural_township",
        "indigenous_area": "mountain",
        "outlying_island": True,
        "lat": None,
    }
    assert codes(outcome) == {3: [("indigenous_area", "answer_choice")]}


def test_a_town_has_a_postcode_of_three_digits_and_a_point_in_taiwan():
    outcome = towns(
        "10008990,10008,甲鄉,,55901,,", "10008991,10008,乙鄉,,559,48.1,11.5", "10008992,10008,丙鄉,,559,23.9,11.5"
    )

    assert codes(outcome) == {
        2: [("postal_code", "postcode_format")],
        3: [("lat", "coordinate_range")],
        4: [("lon", "coordinate_range")],
    }


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        (",某館,臺中市,西區,,,,", [("venue_id", "required")]),
        ("V1,,臺中市,西區,,,,", [("name_zh", "required")]),
        ("V1,某館,,,,,,", [("town", "required")]),
        ("V1,某館,臺中市,東西區,,,,", [("town", "unknown_town")]),
        ("V1,某館,臺中市,西區,=A1,,,", [("address_zh", "formula_cell")]),
        ("V1,某館,臺中市\ufffd,西區,,,,", [("county", "lost_character")]),
        ("V1,某館,臺中市,西區,,110,,", [("postal_code", "postcode_town_mismatch")]),
        ("V1,某館,臺中市,西區,,403,,120.66", [("lat", "required")]),
        ("V123456789012345678901,某館,臺中市,西區,,,,", [("venue_id", "too_long")]),
        ("TWTC1,某館,臺中市,西區,,4,,", [("venue_id", "already_exists"), ("postal_code", "postcode_format")]),
    ],
)
def test_a_venue_is_refused_with_every_reason(row, reasons):
    assert codes(venues(row)) == {2: reasons}


def test_a_point_is_kept_to_five_decimals():
    (venue,) = venues("V1,某館,臺中市,西區,,,24.141234567,120.6641").accepted

    assert (str(venue.values["lat"]), str(venue.values["lon"])) == ("24.14123", "120.66410")
