"""Towns and venues from files."""

import pytest

from accounts.importing import ImportRunning
from core.importing import Take
from fairs.importing import import_towns, import_venues
from fairs.models import Town, Venue
from fairs.seeding import seed_places
from tests.factories import CountyFactory, TownFactory
from tests.imports import FILES
from tests.sessions import another_session_holds

pytestmark = pytest.mark.django_db


def towns(text: str, *, take: Take = Take.ALL):
    """Import towns from this text."""
    return import_towns(text.encode(), name="towns.csv", take=take)


def test_a_town_is_added_and_the_next_time_brought_up_to_date():
    CountyFactory(code="10008")
    text = "town_code,county_code,town_zh,postal_code,lat,lon\n10008070,10008,鹿谷鄉,558,23.7,120.7\n"

    first, second = towns(text), towns(text.replace("23.7,", "23.8,"))

    town = Town.objects.get()
    assert (first.stored, second.stored) == (1, 1)
    assert [first.accepted[0].notices, second.accepted[0].notices] == [[], ["updated"]]
    assert (town.code, town.county_id, town.name_zh, str(town.lat)) == ("10008070", "10008", "鹿谷鄉", "23.80000")


def test_what_a_file_has_no_column_for_is_left_as_it_is():
    TownFactory(code="10008070", name_en="Lugu", postal_code="558", is_outlying=True)

    towns("town_code,county_code,town_zh,outlying_island\n10008070,10008,鹿谷鄉,0\n")

    town = Town.objects.get()
    assert (town.name_en, town.postal_code, town.is_outlying) == ("Lugu", "558", False)


def test_one_refused_row_keeps_everything_out_unless_the_good_rows_are_asked_for():
    CountyFactory(code="10008")
    text = "town_code,county_code,town_zh\n10008070,10008,鹿谷鄉\n1,10008,短鄉\n"

    assert (towns(text).stored, Town.objects.count()) == (0, 0)
    assert (towns(text, take=Take.NOTHING).stored, Town.objects.count()) == (0, 0)
    assert (towns(text, take=Take.GOOD).stored, Town.objects.count()) == (1, 1)


def test_venues_are_added_and_a_second_run_adds_none():
    seed_places()
    data = (FILES / "venues.csv").read_bytes()

    first, second = (import_venues(data, name="venues.csv", take=Take.GOOD) for _ in range(2))

    venue = Venue.objects.get(code="DEMO09")
    assert (first.stored, second.stored) == (3, 0)
    assert (venue.name_zh, venue.town_id, str(venue.lat), venue.time_zone) == (
        "全形座標館",
        "10014010",
        "22.75170",
        "Asia/Taipei",
    )
    assert Venue.objects.get(code="DEMO07").lat is None


@pytest.mark.parametrize("rows", [1, 30])
def test_a_file_of_any_length_takes_as_many_queries(rows, django_assert_num_queries):
    TownFactory(code="10008070")
    venues = "\n".join(f"V{n},館{n},南投縣,鹿谷鄉" for n in range(rows))

    with django_assert_num_queries(6):  # savepoint, lock, towns, venues, insert, release
        import_venues(f"場地代碼,場地名稱,縣市,鄉鎮市區\n{venues}\n".encode(), name="v.csv", take=Take.ALL)


def test_two_files_are_not_imported_at_once():
    with another_session_holds("SELECT pg_advisory_lock(5202601)"), pytest.raises(ImportRunning):
        towns("town_code,county_code,town_zh\n")
