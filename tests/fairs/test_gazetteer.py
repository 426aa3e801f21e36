"""Which town a name means."""

from decimal import Decimal

import pytest

from fairs.gazetteer import Gazetteer, Place
from fairs.old_names import present_name
from tests.imports import PLACES, gazetteer, rows_of


@pytest.mark.parametrize(
    ("county", "town", "code", "was_former"),
    [
        ("臺北市", "士林區", "63000110", False),
        ("台北市", "士林區", "63000110", False),
        ("雲林縣", "台西鄉", "10009160", False),
        ("", "南投縣鹿谷鄉", "10008070", False),
        ("南投縣", "南投縣鹿谷鄉", "10008070", False),
        ("南投縣", "鹿谷 鄉", "10008070", False),
        ("", "10008070", "10008070", False),
        ("臺北縣", "坪林鄉", "65000200", True),
        ("桃園縣", "大溪鎮", "68000030", True),
        ("桃園縣", "桃園市", "68000010", True),
        ("高雄縣", "三民鄉", "64000380", True),
        ("高雄市", "三民區", "64000050", False),
        ("彰化縣", "員林鎮", "10007100", True),
        ("彰化縣", "員林市", "10007100", False),
        ("苗栗縣", "頭份鎮", "10005050", True),
        ("", "台中縣豐原市", "66000090", True),
        ("臺南縣", "永康市", "67000310", True),
    ],
)
def test_a_town_is_found_by_its_names_of_today_and_of_old(county, town, code, was_former):
    place, former = gazetteer().find(county, town)

    assert (place.code, former) == (code, was_former)


@pytest.mark.parametrize(
    ("county", "town"),
    [
        ("南投縣", "美濃鎮"),
        ("", "鹿谷鄉"),
        ("南投縣", ""),
        ("高雄縣", "三民區"),
        ("新北市", "坪林鄉"),
        ("臺北縣", "市"),
        ("臺北市", "士林鎮"),
    ],
)
def test_what_names_no_town_finds_none(county, town):
    assert gazetteer().find(county, town) is None


def test_every_town_of_today_is_found_by_its_own_name():
    places = gazetteer()
    rows = rows_of(PLACES / "townships.csv")

    assert [places.find(row["county_zh"], row["town_zh"])[0].code for row in rows] == [row["town_code"] for row in rows]
    assert places.by_code("10008070").town_zh == "鹿谷鄉"
    assert places.by_code("99999999") is None


def test_no_name_of_today_is_a_former_one():
    names = {row["full_zh"] for row in rows_of(PLACES / "townships.csv")}

    assert {name: present_name(name) for name in names if present_name(name)} == {}


def test_distances_are_those_on_the_globe():
    taipei = Place(code="1", county_zh="臺北市", town_zh="信義區", lat=Decimal("25.033"), lon=Decimal("121.565"))

    assert taipei.distance(Decimal("22.6065"), Decimal("120.2989")) == pytest.approx(299, abs=2)  # to Kaohsiung
    assert taipei.distance(Decimal("25.033"), Decimal("121.565")) == 0
    assert Place(code="1", county_zh="甲縣", town_zh="乙鄉").distance(Decimal(0), Decimal(0)) is None


def test_an_unknown_county_and_an_empty_gazetteer_find_nothing():
    assert Gazetteer([]).find("臺北縣", "坪林鄉") is None
