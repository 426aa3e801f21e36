"""A company signs up: one answer for everybody, a link that proves the address, then its page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from exhibitors.models import Company
from tests.factories import CategoryFactory, CompanyFactory, CountyFactory, TownFactory, UserFactory
from tests.web.reading import client_of, see, send
from worker.models import Message

pytestmark = pytest.mark.django_db
FORM = "/company/signup/"


@pytest.fixture(autouse=True)
def _a_town_and_a_craft():
    TownFactory()
    CategoryFactory()


def typed(**changes):
    return {
        "ubn": "10000004",
        "name_zh": "鹿谷茶行",
        "town": "南投縣 鹿谷鄉",
        "category": "tea",
        "name": "陳小姐",
        "email": "owner@example.com",
        "phone": "049-000-0001",
        "agreed": "on",
        **changes,
    }


def link_of_the_mail(email="owner@example.com"):
    url = Message.objects.get(kind="company-signup", recipient=email).context["url"]
    return "/company/" + url.split("/company/", 1)[1]


def test_nothing_is_kept_until_the_address_is_proven():
    page = send(client_of(), FORM, typed())

    assert page.leads_to == "/company/signup/sent/"
    assert "link" in see(client_of(), page.leads_to).main
    assert (User.objects.count(), Company.objects.count()) == (0, 0)
    assert Message.objects.get().recipient == "owner@example.com"


@override_settings(DEMO=True)
def test_in_the_demo_the_next_page_leads_to_the_mail():
    assert "/dev/mail/" in see(client_of(), "/company/signup/sent/").links


def test_the_link_makes_the_person_and_the_company():
    send(client_of(), FORM, typed())
    client = client_of()
    link = link_of_the_mail()

    shown = see(client, link)
    done = send(client, link, {"password": "three quiet words"})

    company = Company.objects.get()
    assert "鹿谷茶行" in shown.main
    assert shown.response.headers["Referrer-Policy"] == "no-referrer"
    assert done.leads_to == "/company/"
    assert (company.ubn, company.town_id, company.category_id) == ("10000004", "10008070", "tea")
    assert company.members.get().user.email == "owner@example.com"
    assert User.objects.get().check_password("three quiet words")
    assert "Welcome" in see(client, "/company/").text


def test_a_weak_password_is_refused_beside_its_field_and_nothing_is_made():
    send(client_of(), FORM, typed())

    page = send(client_of(), link_of_the_mail(), {"password": "12345678"}, status=422)

    assert "password" in page.wrong
    assert User.objects.count() == 0


def test_the_answer_is_the_same_for_a_known_address_and_a_taken_ubn():
    UserFactory(email="owner@example.com")
    CompanyFactory(ubn="10000004")

    answers = [
        send(client_of(), FORM, values).leads_to
        for values in (typed(), typed(email="new@example.com"), typed(email="other@example.com", ubn="10000009"))
    ]

    assert answers == ["/company/signup/sent/"] * 3


def test_a_link_for_a_taken_ubn_says_so_and_makes_nothing():
    send(client_of(), FORM, typed())
    CompanyFactory(ubn="10000004")

    page = send(client_of(), link_of_the_mail(), {"password": "three quiet words"}, status=200)

    assert "A company with this UBN is here already." in page.main
    assert User.objects.count() == 0


def test_a_link_for_a_known_address_asks_to_log_in_and_then_gives_the_company_to_it():
    user = UserFactory(email="owner@example.com")
    send(client_of(), FORM, typed())
    link = link_of_the_mail()

    assert send(client_of(), link).leads_to == f"/accounts/login/?next={link}"
    assert send(client_of(user), link).leads_to == "/company/"
    assert Company.objects.get().members.get().user == user


def test_a_link_ends_after_two_days_and_a_changed_one_was_never_ours():
    send(client_of(), FORM, typed())
    link = link_of_the_mail()

    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        assert client_of().get(link).status_code == 410
    assert client_of().get(link[:-3] + "xx/").status_code == 410


def test_a_link_works_once():
    send(client_of(), FORM, typed())
    link = link_of_the_mail()
    send(client_of(), link, {"password": "three quiet words"})

    page = see(client_of(), link)

    assert "A company with this UBN is here already." in page.main


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ubn": "1234567"}, "ubn"),
        ({"ubn": "12345678"}, "ubn"),
        ({"ubn": "１２３４５６７８"}, "ubn"),
        ({"name_zh": ""}, "name_zh"),
        ({"town": "無何有鄉"}, "town"),
        ({"category": "nothing"}, "category"),
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
        ({"agreed": ""}, "agreed"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(changes, field):
    page = send(client_of(), FORM, typed(**changes), status=422)

    assert list(page.wrong) == [field]
    assert len(page.above) == 1
    assert page.holds["phone"] == "049-000-0001"
    assert Message.objects.count() == 0


@pytest.mark.parametrize("ubn", ["1000 0004", "1000-0004", ""])
def test_a_ubn_may_be_typed_with_spaces_or_left_out(ubn):
    assert send(client_of(), FORM, typed(ubn=ubn)).leads_to == "/company/signup/sent/"


@pytest.mark.parametrize("town", ["鹿谷鄉", "南投縣鹿谷鄉", "Lugu Township, Nantou County", " 南投縣 鹿谷鄉 "])
def test_a_town_is_known_by_its_name_with_or_without_the_county(town):
    assert send(client_of(), FORM, typed(town=town)).leads_to == "/company/signup/sent/"


def test_of_two_towns_with_one_name_the_county_must_be_said():
    TownFactory(code="10002010", county=CountyFactory(code="10002", name_zh="宜蘭縣", name_en="Yilan"))

    page = send(client_of(), FORM, typed(town="鹿谷鄉"), status=422)

    assert "county" in page.wrong["town"]


def test_who_is_logged_in_signs_a_company_up_at_once():
    user = UserFactory()
    client = client_of(user)
    values = typed()
    del values["name"], values["email"]

    form = see(client, FORM)
    done = send(client, FORM, values)

    assert "email" not in form.holds
    assert done.leads_to == "/company/"
    assert Company.objects.get().members.get().user == user


def test_a_link_for_a_company_that_came_by_another_way_makes_nobody():
    send(client_of(), FORM, typed(ubn=""))
    CompanyFactory(name_zh="鹿谷茶行")

    page = send(client_of(), link_of_the_mail(), {"password": "three quiet words"}, status=422)

    assert page.above
    assert User.objects.count() == 0


def test_who_is_logged_in_reads_that_the_ubn_is_taken():
    CompanyFactory(ubn="10000004")

    page = send(client_of(UserFactory()), FORM, typed(), status=422)

    assert "ubn" in page.wrong


def test_nobody_floods_a_strangers_mailbox_through_the_form():
    for n in range(9):
        send(client_of(), FORM, typed(name_zh=f"茶行{n}"))

    assert Message.objects.count() == 5


def test_a_double_click_sends_one_mail():
    with time_machine.travel(timezone.now(), tick=False):
        send(client_of(), FORM, typed())
        send(client_of(), FORM, typed())

    assert Message.objects.count() == 1
