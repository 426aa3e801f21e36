"""A company's own pages: what waits, its profile, products, members and private calendars."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exhibitors.models import Application, CompanyInvite, CompanyMember
from scheduling.models import FeedToken
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    CompanyMemberFactory,
    HallFactory,
    PlacementFactory,
    ProductFactory,
    member_of,
    stranger,
)
from tests.web.reading import client_of, queries, see, send

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def company():
    return CompanyFactory(name_en="Tao Workshop")


@pytest.fixture
def member(company):
    return member_of(company)


# --- What waits ---


def test_what_waits_comes_first_the_soonest_due_on_top(member, company):
    now = timezone.now()
    offered = ApplicationFactory(company=company, state=State.OFFERED, offer_ends_at=now + timedelta(days=2))
    PlacementFactory(application=offered, booth=BoothFactory(hall=HallFactory(fair=offered.call.fair), number="A12"))
    returned = ApplicationFactory(
        company=company,
        state=State.RETURNED,
        return_by=now + timedelta(days=1),
        returned_fields=["power"],
        call__fair__name_en="Wood fair",
    )
    draft = ApplicationFactory(company=company, state=State.DRAFT, call__fair__name_en="Paper fair")

    page = see(client_of(member), "/company/")

    (todos,) = [node for node in page.all("ul") if node.has("next")]
    first, second, third = [node for node in todos.inside if getattr(node, "tag", "") == "li"]
    assert first.text.startswith("Please correct 1 answer: Wood fair")
    assert second.text.startswith("Booth A12 is held for you; please answer")
    assert third.text.startswith("Your application is a draft: Paper fair")
    for address in (f"offers/{offered.pk}/", f"applications/{returned.pk}/correct/", f"applications/{draft.pk}/"):
        assert f"/company/{address}" in page.links


def test_a_confirmed_fair_is_a_day_to_remember_and_nothing_to_do(member, company):
    ApplicationFactory(company=company, state=State.CONFIRMED, call__fair__name_en="Tea fair")

    page = see(client_of(member), "/company/")

    assert "Nothing waits for you." in page.main
    assert "The fair opens Tea fair" in page.main


def test_a_draft_of_a_call_that_closed_waits_no_more(member, company):
    ApplicationFactory(
        company=company, state=State.DRAFT, call=CallFactory(closes_at=timezone.now() - timedelta(hours=1))
    )

    page = see(client_of(member), "/company/")

    assert "Nothing waits for you." in page.main
    assert "No deadline ahead." in page.main


def test_these_pages_are_there_for_members_alone(member):
    for path in ("applications/", "profile/", "products/", "products/new/", "members/"):
        see(client_of(stranger()), f"/company/{path}", status=404)
        assert client_of().get(f"/company/{path}").status_code == 302
        see(client_of(member), f"/company/{path}")


def test_who_left_a_company_is_out_at_once(member, company):
    client = client_of(member)
    see(client, "/company/products/")

    CompanyMember.objects.filter(user=member).delete()

    see(client, "/company/products/", status=404)


def test_who_acts_for_two_companies_chooses(member, company):
    other = CompanyFactory(name_en="Glass House")
    CompanyMemberFactory(company=other, user=member)
    client = client_of(member)

    send(client, "/company/act-for/", {"company": other.pk})
    assert see(client, "/company/").all("h1")[0].text == "Glass House"
    send(client, "/company/act-for/", {"company": company.pk})
    assert see(client, "/company/").all("h1")[0].text == "Tao Workshop"
    send(client, "/company/act-for/", {"company": CompanyFactory().pk}, status=404)


def test_home_asks_the_database_as_often_for_many_applications_as_for_one(member, company):
    def more(count):
        for _ in range(count):
            application = ApplicationFactory(company=company, state=State.CONFIRMED)
            PlacementFactory(application=application, booth=BoothFactory(hall=HallFactory(fair=application.call.fair)))
            CallFactory()

    client = client_of(member)
    paths = ["/company/", "/company/applications/", "/company/applications/new/"]
    more(1)
    few = [queries(client, path) for path in paths]
    more(10)

    assert [queries(client, path) for path in paths] == few


# --- Profile ---


def profile(**changes):
    return {
        "name_zh": "陶作坊",
        "name_en": "Tao Workshop",
        "town": "南投縣 鹿谷鄉",
        "category": "tea",
        "story_zh": "三代人，一座窯。",
        "email": "tao@example.com",
        **changes,
    }


def test_a_member_writes_the_companys_page(member, company):
    client = client_of(member)
    assert see(client, "/company/profile/").holds["town"] == "南投縣 鹿谷鄉"

    send(client, "/company/profile/", profile(website="tao.example.com"))

    company.refresh_from_db()
    assert (company.name_zh, company.story_zh, company.website) == (
        "陶作坊",
        "三代人，一座窯。",
        "https://tao.example.com",
    )
    assert "三代人，一座窯。" in see(client_of(language="zh-TW"), f"/companies/{company.slug}/").main


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"town": "somewhere"}, "town"),
        ({"email": "x"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"category": ""}, "category"),
        ({"postal_code": "not digits"}, "postal_code"),
    ],
)
def test_a_profile_that_cannot_be_kept_says_so_beside_the_field(member, company, changes, field):
    page = send(client_of(member), "/company/profile/", profile(**changes), status=422)

    assert list(page.wrong) == [field]
    assert page.holds["story_zh"] == "三代人，一座窯。"


def test_a_name_that_another_company_of_the_town_bears_is_said_beside_the_field(member):
    CompanyFactory(name_zh="陶作坊")

    page = send(client_of(member), "/company/profile/", profile(), status=422)

    assert list(page.wrong) == ["name_zh"]


# --- Products ---


def product(**changes):
    return {"name_zh": "凍頂烏龍", "category": "tea", "town": "鹿谷鄉", "price": "1200", **changes}


def test_a_product_is_shown_changed_and_shown_no_more(member, company):
    client = client_of(member)

    send(client, "/company/products/new/", product())
    shown = company.products.get()
    send(client, f"/company/products/{shown.slug}/", product(price="1500"))
    shown.refresh_from_db()
    assert (shown.price, shown.town_id) == (1500, "10008070")
    assert "凍頂烏龍" in see(client_of(language="zh-TW"), f"/products/{shown.slug}/").main

    send(client, f"/company/products/{shown.slug}/retire/")
    assert "凍頂烏龍" not in see(client, "/company/products/").main
    see(client_of(), f"/products/{shown.slug}/", status=404)


@pytest.mark.parametrize("changes", [{"price": "many"}, {"price": "-1"}, {"name_zh": ""}, {"town": "nowhere"}])
def test_a_product_that_cannot_be_kept_says_so_beside_the_field(member, company, changes):
    shown = ProductFactory(company=company)
    client = client_of(member)

    new = send(client, "/company/products/new/", product(**changes), status=422)
    old = send(client, f"/company/products/{shown.slug}/", product(**changes), status=422)

    assert list(new.wrong) == list(old.wrong) == list(changes)


def test_the_products_of_others_are_not_there_to_change(member):
    theirs = ProductFactory()

    see(client_of(member), f"/company/products/{theirs.slug}/", status=404)
    send(client_of(member), f"/company/products/{theirs.slug}/", product(), status=404)
    send(client_of(member), f"/company/products/{theirs.slug}/retire/", status=404)


# --- Members ---


def test_an_owner_invites_promotes_and_removes(member, company):
    other = member_of(company, role=CompanyMember.Role.MEMBER)
    row = company.members.get(user=other)
    client = client_of(member)

    send(client, "/company/members/", {"email": "new@example.com"})
    assert CompanyInvite.objects.get().email == "new@example.com"
    assert "new@example.com" in see(client, "/company/members/").main

    send(client, f"/company/members/{row.pk}/promote/")
    row.refresh_from_db()
    assert row.role == CompanyMember.Role.OWNER

    send(client, f"/company/members/{row.pk}/remove/")
    assert not company.members.filter(user=other).exists()


def test_a_member_who_is_no_owner_sees_the_others_and_changes_nothing(company):
    owner_row = company.members.get(user=member_of(company))
    client = client_of(member_of(company, role=CompanyMember.Role.MEMBER))

    page = see(client, "/company/members/")

    assert "Only an owner invites and removes members." in page.main
    assert not [form for form in page.forms if "members" in form]
    for path in ("", f"{owner_row.pk}/remove/", f"{owner_row.pk}/promote/"):
        send(client, f"/company/members/{path}", {"email": "new@example.com"}, status=403)
    assert company.members.count() == 2
    assert not CompanyInvite.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "own"])
def test_who_cannot_be_invited_is_said_beside_the_field(member, company, email):
    page = send(
        client_of(member), "/company/members/", {"email": member.email if email == "own" else email}, status=422
    )

    assert list(page.wrong) == ["email"]


def test_the_last_owner_stays(member, company):
    row = company.members.get()

    send(client_of(member), f"/company/members/{row.pk}/remove/", status=409)

    assert company.members.count() == 1


def test_members_of_other_companies_are_out_of_reach(member):
    row = CompanyMemberFactory()

    send(client_of(member), f"/company/members/{row.pk}/remove/", status=404)
    send(client_of(member), f"/company/members/{row.pk}/promote/", status=404)


# --- Private calendars ---


def test_a_private_address_is_shown_once(member, company):
    client = client_of(member)

    send(client, "/company/calendars/new/", {"name": "Phone"})
    first, later = see(client, "/company/"), see(client, "/company/")

    (address,) = {link for link in first.links if link.startswith("/feeds/private/")}
    assert not [link for link in later.links if link.startswith("/feeds/private/")]
    assert "Phone" in later.main
    assert client_of().get(address).status_code == 200


def test_a_replaced_address_ends_and_an_ended_one_too(member, company):
    client = client_of(member)

    def made(path, values):
        send(client, path, values)
        return next(link for link in see(client, "/company/").links if link.startswith("/feeds/private/"))

    old = made("/company/calendars/new/", {"name": ""})
    new = made(f"/company/calendars/{FeedToken.objects.get().pk}/", {"replace": "1"})
    assert (client_of().get(old).status_code, client_of().get(new).status_code) == (404, 200)

    standing = FeedToken.objects.get(revoked_at=None)
    send(client, f"/company/calendars/{standing.pk}/", {"end": "1"})
    assert client_of().get(new).status_code == 404
    send(client, f"/company/calendars/{standing.pk}/", {"end": "1"}, status=404)


def test_the_calendars_of_others_are_out_of_reach(member):
    other = member_of(CompanyFactory())
    theirs = client_of(other)
    send(theirs, "/company/calendars/new/")

    send(client_of(member), f"/company/calendars/{FeedToken.objects.get().pk}/", {"end": "1"}, status=404)

    assert FeedToken.objects.filter(revoked_at=None).count() == 1
