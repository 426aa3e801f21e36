"""The real places that come with the service."""

import pytest
from django.core.management import call_command

from fairs.models import Category, County, Room, Town, Venue
from fairs.seeding import Seeded, seed_places
from tests.factories import CountyFactory, TownFactory

pytestmark = pytest.mark.django_db


def test_all_places_are_added_once():
    assert seed_places() == Seeded(counties=22, towns=368, categories=30, venues=52, rooms=86)
    assert seed_places() == Seeded(counties=0, towns=0, categories=0, venues=0, rooms=0)
    assert [model.objects.count() for model in (County, Town, Category, Venue, Room)] == [22, 368, 30, 52, 86]


def test_places_are_what_the_files_say():
    seed_places()

    town = Town.objects.select_related("county").get(code="10015120")
    venue = Venue.objects.select_related("town").get(code="TWTC1")

    assert (town.county.name_zh, town.name_zh, town.name_en) == ("花蓮縣", "萬榮鄉", "Wanrong Township")
    assert (town.indigenous_area, town.is_outlying, town.postal_code) == ("mountain", False, "979")
    assert Town.objects.filter(is_outlying=True).count() == 19
    assert (venue.town.name_zh, str(venue.lat), venue.exhibition_area) == ("信義區", "25.03360", 23450)
    assert Room.objects.filter(venue__code="TAINEX1").exists()


def test_what_people_edited_is_left_as_it_is():
    TownFactory(code="10008070", name_en="Our Lugu", county=CountyFactory(name_en="Our Nantou"))

    seed_places()

    assert Town.objects.get(code="10008070").name_en == "Our Lugu"
    assert County.objects.get(code="10008").name_en == "Our Nantou"


def test_the_command_says_what_was_new(capsys):
    call_command("seed_places")

    assert capsys.readouterr().out == "new: 22 counties, 368 towns, 30 categories, 52 venues, 86 rooms\n"
