"""The API of companies, members and products."""

import pytest
from django.test import Client

from exhibitors import joining
from exhibitors.models import Company, CompanyInvite, Product
from tests.factories import (
    ApplicationFactory,
    CategoryFactory,
    CompanyFactory,
    ProductFactory,
    TownFactory,
    UserFactory,
    coordinator_of,
    member_of,
)

pytestmark = pytest.mark.django_db
JSON = "application/json"
COMPANIES = "/api/v1/companies/"
PRODUCTS = "/api/v1/products/"
PRIVATE = {"ubn", "employees", "address_zh", "postal_code", "phone", "phone_ext", "email"}


def of(user):
    client = Client()
    client.force_login(user)
    return client


def sign_up_body(**values):
    return {
        "ubn": "10000004",
        "name_zh": "鹿谷茶行",
        "name_en": "Lugu Tea",
        "town": TownFactory().pk,
        "category": CategoryFactory().pk,
        "phone": "0490000001",
        **values,
    }


def test_a_person_signs_a_company_up_and_edits_it():
    user = UserFactory(email="owner@example.com")
    client = of(user)

    made = client.post(COMPANIES, sign_up_body(), JSON)
    edited = client.patch(made["Location"], {"story_zh": "我們做茶。"}, JSON, headers={"If-Match": made["ETag"]})

    company = Company.objects.get()
    assert (made.status_code, made.json()["email"], made.json()["ubn"]) == (201, "owner@example.com", "10000004")
    assert (edited.status_code, edited["ETag"], edited.json()["story_zh"]) == (200, '"2"', "我們做茶。")
    assert [member.user for member in company.members.all()] == [user]


def test_a_wrong_ubn_is_refused_beside_its_field():
    refused = of(UserFactory()).post(COMPANIES, sign_up_body(ubn="12345678"), JSON)

    assert (refused.status_code, refused.json()["gaps"][0]["field"]) == (422, "ubn")


def test_nobody_signs_a_company_up_without_an_account():
    assert Client().post(COMPANIES, sign_up_body(), JSON).status_code == 401


def test_everybody_reads_what_a_company_shows_and_nobody_its_contact():
    company = CompanyFactory(ubn="10000004", phone="0490000001", employees=3, address_zh="某路1號", postal_code="558")
    rival = of(member_of(CompanyFactory()))

    for client in (Client(), rival):
        shown = client.get(f"{COMPANIES}{company.pk}/").json()
        assert (shown["name_zh"], shown["town"]) == (company.name_zh, company.town_id)
        assert {name for name, value in shown.items() if value is None} >= PRIVATE
        assert company.email not in client.get(COMPANIES).content.decode()


def test_members_and_the_coordinators_it_applied_to_read_all():
    application = ApplicationFactory()
    address = f"{COMPANIES}{application.company_id}/"
    stranger = of(coordinator_of(ApplicationFactory()))

    for user in (member_of(application), coordinator_of(application)):
        assert of(user).get(address).json()["email"] == application.company.email
    assert stranger.get(address).json()["email"] is None


def test_a_draft_makes_a_company_known_to_nobody():
    application = ApplicationFactory(state="draft")

    shown = of(coordinator_of(application)).get(f"{COMPANIES}{application.company_id}/").json()

    assert shown["email"] is None


@pytest.mark.parametrize("method", ["patch", "delete", "put"])
def test_a_foreign_company_is_not_changed(method):
    company = CompanyFactory()
    client = of(member_of(CompanyFactory()))

    refused = getattr(client, method)(f"{COMPANIES}{company.pk}/", {"name_zh": "我的"}, JSON)

    assert refused.status_code == (404 if method == "patch" else 405)
    company.refresh_from_db()
    assert company.name_zh != "我的"


def test_what_a_company_is_known_by_is_ignored_in_an_edit():
    company = CompanyFactory(ubn="10000004")
    row = Company.objects.filter(pk=company.pk).values()
    before = row.get()
    body = {
        "ubn": "10000010",
        "slug": "mine",
        "version": 9,
        "id": "x",
        "is_known": True,
        "role": "owner",
        "members": [],
    }

    answer = of(member_of(company)).patch(f"{COMPANIES}{company.pk}/", body, JSON)

    assert answer.status_code == 200
    assert row.get() == before


# --- members


def test_an_owner_invites_and_removes_and_a_member_only_looks():
    company = CompanyFactory()
    owner, user = member_of(company), member_of(company, role="member")
    address = f"{COMPANIES}{company.pk}/members/"

    invited = of(owner).post(address, {"email": "new@example.com", "expires_at": "2099-01-01T00:00:00Z"}, JSON)
    listed = of(user).get(address)
    refused = of(user).post(address, {"email": "more@example.com"}, JSON)
    member = company.members.get(user=user)
    not_removed = of(user).delete(f"{address}{company.members.get(user=owner).pk}/")
    not_made = of(user).post(f"{address}{member.pk}/make-owner/")
    made = of(owner).post(f"{address}{member.pk}/make-owner/")
    removed = of(owner).delete(f"{address}{member.pk}/")

    assert (invited.status_code, invited.json()["email"]) == (201, "new@example.com")
    assert invited.json()["expires_at"] < "2099"
    assert "token" not in invited.content.decode()
    assert [one["email"] for one in listed.json()] == [owner.email, user.email]
    assert (refused.status_code, not_removed.status_code, not_made.status_code) == (403, 403, 403)
    assert (made.status_code, made.json()["role"], removed.status_code) == (200, "owner", 204)
    assert company.members.count() == 1


def test_the_last_owner_is_not_removed():
    company = CompanyFactory()
    owner = member_of(company)

    refused = of(owner).delete(f"{COMPANIES}{company.pk}/members/{company.members.get().pk}/")

    assert (refused.status_code, refused.json()["code"]) == (409, "last-owner")


def test_members_are_nobody_elses_business():
    company = CompanyFactory()
    theirs = company.members.create(user=UserFactory())
    address = f"{COMPANIES}{company.pk}/members/"
    rival_company = CompanyFactory()
    rival = of(member_of(rival_company))

    assert Client().get(address).status_code == 401
    assert rival.get(address).status_code == 404
    assert rival.post(address, {"email": "x@example.com"}, JSON).status_code == 404
    # Another company's member under one's own company is as unknown as one that never was.
    assert rival.delete(f"{COMPANIES}{rival_company.pk}/members/{theirs.pk}/").status_code == 404
    assert company.members.count() == 1
    assert not CompanyInvite.objects.exists()


def test_who_was_asked_joins_with_the_link():
    company = CompanyFactory()
    asked = joining.invite(company, "new@example.com", by=member_of(company))
    body = {"token": joining.link_token(asked)}

    other = of(UserFactory(email="other@example.com")).post(f"{COMPANIES}join/", body, JSON)
    client = of(UserFactory(email="new@example.com"))
    joined, again = client.post(f"{COMPANIES}join/", body, JSON), client.post(f"{COMPANIES}join/", body, JSON)
    forged = client.post(f"{COMPANIES}join/", {"token": "nothing"}, JSON)

    assert (other.status_code, other.json()["code"]) == (403, "invite-for-other")
    assert (joined.status_code, joined.json()["id"], joined.json()["email"]) == (200, str(company.pk), company.email)
    assert [(one.status_code, one.json()["code"]) for one in (again, forged)] == [(409, "invite-gone")] * 2


# --- products


def test_a_member_shows_edits_and_retires_a_product():
    company = CompanyFactory()
    client = of(member_of(company))

    made = client.post(
        PRODUCTS, {"company": company.pk, "name_zh": "凍頂烏龍", "category": CategoryFactory().pk, "price": 500}, JSON
    )
    edited = client.patch(made["Location"], {"price": 600}, JSON, headers={"If-Match": made["ETag"]})
    stale = client.patch(made["Location"], {"price": 700}, JSON, headers={"If-Match": made["ETag"]})
    retired = client.post(f"{made['Location']}retire/")

    assert (made.status_code, made.json()["town"], made.json()["is_retired"]) == (201, company.town_id, False)
    assert (edited.json()["price"], stale.status_code) == (600, 412)
    assert (retired.status_code, retired.json()["is_retired"]) == (200, True)
    assert client.get(made["Location"]).status_code == 200
    assert Client().get(made["Location"]).status_code == 404


def test_a_product_of_a_foreign_company_is_neither_made_nor_changed():
    theirs = ProductFactory(name_zh="他們的")
    company = CompanyFactory()
    rival = of(member_of(company))
    body = {"company": theirs.company_id, "name_zh": "假", "category": theirs.category_id}

    made = rival.post(PRODUCTS, body, JSON)
    answers = [rival.patch(f"{PRODUCTS}{theirs.pk}/", body, JSON), rival.post(f"{PRODUCTS}{theirs.pk}/retire/")]
    mine = ProductFactory(company=company)
    moved = rival.patch(f"{PRODUCTS}{mine.pk}/", {"company": theirs.company_id}, JSON)

    assert (made.status_code, made.json()["errors"].keys()) == (400, {"company"})
    assert [one.status_code for one in answers] == [404, 404]
    assert moved.json()["company"] == str(company.pk)
    assert Product.objects.get(pk=theirs.pk).name_zh == "他們的"


def test_products_and_companies_are_found_by_place_category_and_maker():
    tea = ProductFactory()
    glass = ProductFactory(category=CategoryFactory(code="glass", name_zh="玻璃", name_en="Glass"))

    def found(home, **filters):
        return [one["id"] for one in Client().get(home, filters).json()["results"]]

    assert found(PRODUCTS, category="glass") == [str(glass.pk)]
    assert found(PRODUCTS, company=tea.company_id) == [str(tea.pk)]
    assert len(found(PRODUCTS, county="10008")) == 2
    assert found(COMPANIES, slug=tea.company.slug) == [str(tea.company_id)]
    assert found(COMPANIES, county="00000") == []


@pytest.mark.parametrize(("home", "factory"), [(COMPANIES, CompanyFactory), (PRODUCTS, ProductFactory)])
def test_lists_cost_as_many_queries_for_one_as_for_thirty(home, factory, django_assert_max_num_queries):
    factory()
    with django_assert_max_num_queries(1):
        assert len(Client().get(home).json()["results"]) == 1
    factory.create_batch(29)
    with django_assert_max_num_queries(1):
        assert len(Client().get(home).json()["results"]) == 30
