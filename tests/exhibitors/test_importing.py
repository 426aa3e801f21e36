"""Companies and applications from files."""

from datetime import date

import pytest

from accounts.models import Change
from core.importing import Take
from exhibitors.importing import import_applications, import_companies
from exhibitors.models import Application, Company
from fairs.models import Fair
from fairs.seeding import seed_places
from tests.factories import (
    CallFactory,
    CategoryFactory,
    CompanyFactory,
    FairFactory,
    QuestionFactory,
    TownFactory,
    UserFactory,
    coordinator_of,
    member_of,
)
from tests.imports import FILES, codes

pytestmark = pytest.mark.django_db


def test_a_company_is_kept_as_its_row_says_and_recorded():
    seed_places()
    coordinator = UserFactory()

    outcome = import_companies(
        (FILES / "companies_utf8_bom.csv").read_bytes(), name="companies.csv", by=coordinator, take=Take.GOOD
    )

    company = Company.objects.get(ubn="00195119")
    assert (outcome.stored, Company.objects.count()) == (9, 9)
    assert (company.name_zh, company.slug, company.town_id) == ("慢活茶行", "slow-tea", "65000200")
    assert (company.phone, company.phone_ext, company.email) == ("0200002002", "12", "slow@example.com")
    assert (company.category_id, company.founded_on, company.postal_code) == ("tea", date(1998, 5, 1), "23245")
    changes = Change.objects.about(company).values_list("kind", "by", "company_id", "handled")
    assert list(changes) == [("company.created", coordinator.pk, company.pk, False)]


def test_makers_without_ubn_are_told_apart_by_name_and_town():
    TownFactory(code="10018020", county__code="10018", county__name_zh="新竹市", name_zh="北區", postal_code="300")
    CategoryFactory(code="noodle", name_zh="麵食米粉")
    CompanyFactory(ubn="00878525", slug="company")
    rows = "".join(f"{name},新竹市北區,a@example.com,noodle\n" for name in ("貢丸攤", "米粉攤"))
    data = f"公司名稱,鄉鎮市區,電子郵件,類別\n{rows}"

    first, second = (import_companies(data.encode(), name="c.csv", by=None, take=Take.GOOD) for _ in range(2))

    assert (first.stored, second.stored) == (2, 0)
    assert [fault.code for row in second.rejected for fault in row.errors] == ["already_exists", "already_exists"]
    assert list(Company.objects.filter(ubn=None).order_by("slug").values_list("slug", "name_zh")) == [
        ("company-2", "貢丸攤"),
        ("company-3", "米粉攤"),
    ]


@pytest.mark.parametrize("rows", [1, 30])
def test_a_file_of_any_length_takes_as_many_queries(rows, django_assert_num_queries):
    TownFactory(code="10008070", name_zh="鹿谷鄉")
    CategoryFactory(code="tea")
    lines = "\n".join(f"茶行{n},南投縣鹿谷鄉,a@example.com,tea" for n in range(rows))

    # savepoint, lock, companies, towns, categories, slugs, ids, companies, changes, release
    with django_assert_num_queries(10):
        import_companies(f"company,town,email,category\n{lines}\n".encode(), name="c.csv", by=None, take=Take.ALL)


def applications(text: str, *, by, take: Take = Take.ALL):
    """Import applications from this text."""
    return import_applications(text.encode(), name="a.csv", by=by, take=take)


def test_an_application_is_handed_in_with_the_owner_as_contact():
    call = CallFactory(fair__slug="tea-fair", max_booths=3)
    QuestionFactory(call=call, key="why")
    company = CompanyFactory(ubn="00878525", product_class="tea")
    owner = member_of(company)
    coordinator = coordinator_of(call.fair)

    outcome = applications("fair,ubn,booths,power,why\ntea-fair,878525,2,1.1,好\n", by=coordinator)

    application = Application.objects.get()
    assert (outcome.stored, application.company, application.state) == (1, company, "submitted")
    assert (application.booths_wanted, application.power, application.answers) == (2, 1100, {"why": "好"})
    assert (application.contact_name, application.contact_email) == (str(owner), owner.email)
    assert application.fee_limit is None
    changes = Change.objects.about(application).values_list("kind", "by", "after")
    assert list(changes) == [
        ("application.started", coordinator.pk, "draft"),
        ("application.submitted", coordinator.pk, "submitted"),
    ]


def test_a_company_without_members_is_its_own_contact():
    CallFactory(fair__slug="tea-fair")
    company = CompanyFactory(ubn="00878525", phone="0490002009")

    applications("fair,ubn,booths\ntea-fair,00878525,1\n", by=None)

    application = Application.objects.get()
    assert (application.contact_name, application.contact_phone) == (company.name_zh, "0490002009")
    assert application.contact_email == company.email


def test_a_fair_is_unknown_to_those_who_do_not_run_it():
    CallFactory(fair__slug="tea-fair")
    draft = CallFactory(fair__slug="secret-fair", fair__state=Fair.State.DRAFT)
    CompanyFactory(ubn="00878525")
    text = "fair,ubn,booths\ntea-fair,00878525,1\nsecret-fair,00878525,1\n"

    def reasons(by) -> list[object]:
        outcome = applications(text, by=by, take=Take.NOTHING)
        return [dict(codes(outcome)[row]).get("fair") if row in codes(outcome) else None for row in (2, 3)]

    assert reasons(None) == [None, "unknown_fair"]
    assert reasons(UserFactory()) == ["unknown_fair", "unknown_fair"]
    assert reasons(coordinator_of(draft.fair)) == ["unknown_fair", "call_not_open"]


def test_a_fair_without_a_call_takes_no_applications():
    fair = FairFactory(slug="tea-fair")
    CompanyFactory(ubn="00878525")

    outcome = applications("fair,ubn,booths\ntea-fair,00878525,1\n", by=coordinator_of(fair))

    assert codes(outcome) == {2: [("fair", "call_not_open")]}


def test_a_company_applies_once_whatever_became_of_it():
    call = CallFactory(fair__slug="tea-fair")
    CompanyFactory(ubn="00878525")
    text = "fair,ubn,booths\ntea-fair,00878525,1\n"

    first, second = (applications(text, by=coordinator_of(call.fair)) for _ in range(2))

    assert (first.stored, second.stored) == (1, 0)
    assert codes(second) == {2: [("ubn", "already_applied")]}
