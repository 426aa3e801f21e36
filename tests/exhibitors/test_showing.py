"""What a company says of itself and of its products."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Change
from core.errors import Stale, Unfit
from exhibitors import showing
from exhibitors.models import Company, Product
from tests.factories import CategoryFactory, CompanyFactory, ProductFactory, TownFactory, member_of

pytestmark = pytest.mark.django_db


def fields_of(refusal):
    return sorted(gap.field for gap in refusal.value.gaps)


def test_a_company_changes_what_it_says_and_the_journal_names_the_fields_alone():
    company = CompanyFactory(story_zh="舊")
    person = member_of(company)

    showing.edit_company(company, {"story_zh": "我們\r\n做茶\x00。", "phone": "0490000001"}, by=person)

    company.refresh_from_db()
    assert (company.story_zh, company.phone, company.version) == ("我們\n做茶。", "0490000001", 2)
    change = Change.objects.about(company).get()
    assert (change.kind, change.by, change.facts) == ("company.edited", person, {"fields": ["phone", "story_zh"]})


def test_saying_the_same_again_changes_nothing():
    company = CompanyFactory(phone="0490000001")

    showing.edit_company(company, {"phone": "0490000001"}, by=member_of(company))

    company.refresh_from_db()
    assert company.version == 1
    assert not Change.objects.about(company).exists()


@pytest.mark.parametrize("name", ["ubn", "slug", "version", "id", "members", "created_at"])
def test_what_a_company_is_known_by_is_not_its_to_change(name):
    company = CompanyFactory()

    with pytest.raises(Unfit) as refusal:
        showing.edit_company(company, {name: "x"}, by=member_of(company))

    assert fields_of(refusal) == [name]


def test_all_faults_at_once_and_an_old_fault_elsewhere_stops_nobody():
    company = CompanyFactory()
    Company.objects.filter(pk=company.pk).update(website="https://an old rule took this")
    person = member_of(company)

    with pytest.raises(Unfit) as refusal:
        showing.edit_company(company, {"email": "nobody", "name_zh": ""}, by=person)
    company.refresh_from_db()
    showing.edit_company(company, {"phone": "1"}, by=person)

    assert fields_of(refusal) == ["email", "name_zh"]


def test_a_name_that_another_company_without_ubn_has_in_the_town_is_refused():
    first, second = CompanyFactory(name_zh="甲"), CompanyFactory(name_zh="乙")

    with pytest.raises(Unfit) as refusal:
        showing.edit_company(second, {"name_zh": "甲"}, by=member_of(second))

    assert fields_of(refusal) == ["name_zh"]
    assert first.town == second.town


def test_nobody_overwrites_what_a_colleague_changed_meanwhile():
    company = CompanyFactory()
    person = member_of(company)
    mine = Company.objects.get(pk=company.pk)
    mine.expect(frozenset({1}))
    showing.edit_company(company, {"phone": "1"}, by=person)

    with pytest.raises(Stale):
        showing.edit_company(mine, {"phone": "2"}, by=person)

    company.refresh_from_db()
    assert company.phone == "1"


def test_a_new_product_is_of_the_companys_town_unless_it_says_another():
    company = CompanyFactory()
    person = member_of(company)
    elsewhere = TownFactory(code="10008010", name_zh="南投市", name_en="Nantou City")
    tea = CategoryFactory(code="tea")

    here = showing.add_product(company, {"name_zh": "凍頂烏龍", "name_en": "Dong Ding", "category": tea}, by=person)
    there = showing.add_product(company, {"name_zh": "意麵", "category": tea, "town": elsewhere}, by=person)

    here.refresh_from_db()
    assert (here.company, here.town, here.slug, here.version) == (company, company.town, "dong-ding", 1)
    assert there.town == elsewhere
    assert there.slug.startswith("product-")
    assert Change.objects.about(here).get().kind == "product.added"


def test_a_product_needs_a_name_and_a_category():
    company = CompanyFactory()

    with pytest.raises(Unfit) as refusal:
        showing.add_product(company, {"price": -1, "company": company}, by=member_of(company))

    assert fields_of(refusal) == ["category", "company", "name_zh", "price"]
    assert not Product.objects.exists()


def test_a_product_is_changed_and_then_retired_once():
    product = ProductFactory(price=500)
    person = member_of(product)

    showing.edit_product(product, {"price": 600}, by=person)
    showing.edit_product(product, {"price": 600}, by=person)
    showing.retire_product(product, by=person)
    showing.retire_product(product, by=person)

    product.refresh_from_db()
    assert (product.price, product.is_retired, product.version) == (600, True, 3)
    assert list(Change.objects.about(product).values_list("kind", flat=True)) == ["product.edited", "product.retired"]
    assert not Product.objects.on_show().exists()


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "ftp://example.com/", "//example.com"])
def test_a_website_is_an_address_that_pages_may_link_to(website):
    company = CompanyFactory()

    with pytest.raises(Unfit) as refusal:
        showing.edit_company(company, {"website": website}, by=member_of(company))
    with pytest.raises(IntegrityError, match="company_website_is_on_the_web"), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(website=website)

    assert fields_of(refusal) == ["website"]


def test_how_the_scheme_of_a_website_is_written_is_nobodys_business():
    company = CompanyFactory()

    showing.edit_company(company, {"website": "HTTPS://example.com/"}, by=member_of(company))

    company.refresh_from_db()
    assert company.website == "HTTPS://example.com/"
