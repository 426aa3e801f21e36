"""The API of reviews: assigned by coordinators, handed in by experts, blind where the call is."""

import pytest
from django.test import Client

from exhibitors import reviewing
from exhibitors.models import Review
from tests.factories import (
    ApplicationFactory,
    CompanyFactory,
    CriterionFactory,
    ProductFactory,
    ReviewFactory,
    coordinator_of,
    expert_of,
    member_of,
    organizer_of,
    stranger,
)

pytestmark = pytest.mark.django_db
JSON = "application/json"
HOME = "/api/v1/reviews/"


def of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def application():
    company = CompanyFactory(
        name_zh="獨一無二茶行", name_en="Onlyone Tea", slug="onlyone", ubn="10000004", story_zh="Onlyone 的故事"
    )
    application = ApplicationFactory(company=company, answers={"why": "好茶"}, contact_name="林小姐")
    CriterionFactory(call=application.call, key="packaging")
    application.products.add(ProductFactory(company=company, name_zh="獨一無二烏龍"))
    return application


def test_a_coordinator_asks_and_an_expert_hands_in(application):
    expert = expert_of(organizer_of(application))
    desk = of(coordinator_of(application))

    made = desk.post(HOME, {"application": application.pk, "expert": expert.pk, "discipline": "design"}, JSON)
    again = desk.post(HOME, {"application": application.pk, "expert": expert.pk, "discipline": "design"}, JSON)
    read = of(expert).get(made["Location"])
    wrong = of(expert).post(f"{made['Location']}submit/", {"scores": {"packaging": 9}}, JSON)
    handed_in = of(expert).post(
        f"{made['Location']}submit/",
        {"scores": {"packaging": 4}, "recommendation": "accept", "advice_zh": "很好", "state": "recused"},
        JSON,
        headers={"If-Match": read["ETag"]},
    )

    assert (made.status_code, again.status_code, again.json()["code"]) == (201, 409, "already-assigned")
    assert read.json()["judged"]["answers"] == {"why": "好茶"}
    assert (wrong.status_code, wrong.json()["gaps"][0]["field"]) == (422, "scores.packaging")
    assert (handed_in.status_code, handed_in.json()["state"], handed_in.json()["weighted_score"]) == (
        200,
        "submitted",
        "80.00",
    )


def test_an_expert_steps_back_and_sees_nothing_of_it_any_more(application):
    review = ReviewFactory(application=application, expert=expert_of(organizer_of(application)))
    client = of(review.expert)

    silent = client.post(f"{HOME}{review.pk}/recuse/", {}, JSON)
    recused = client.post(f"{HOME}{review.pk}/recuse/", {"reason": "親戚"}, JSON)

    assert (silent.status_code, recused.status_code, recused.json()["state"]) == (422, 200, "recused")
    assert client.get(f"{HOME}{review.pk}/").status_code == 404
    assert of(coordinator_of(application)).get(f"{HOME}{review.pk}/").status_code == 200


def test_a_conflict_of_interest_is_refused(application):
    expert, coordinator = expert_of(organizer_of(application)), coordinator_of(application)
    reviewing.declare_conflict(expert, application.company, by=coordinator)

    refused = of(coordinator).post(
        HOME, {"application": application.pk, "expert": expert.pk, "discipline": "design"}, JSON
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict-of-interest")


def test_only_the_own_desk_asks_and_only_experts(application):
    expert = expert_of(organizer_of(application))
    body = {"application": application.pk, "expert": expert.pk, "discipline": "design"}

    foreign = of(coordinator_of(ApplicationFactory())).post(HOME, body, JSON)
    company = of(member_of(application)).post(HOME, body, JSON)
    no_expert = of(coordinator_of(application)).post(HOME, {**body, "expert": stranger().pk}, JSON)

    assert [(one.status_code, list(one.json()["errors"])) for one in (foreign, company, no_expert)] == [
        (400, ["application"]),
        (400, ["application"]),
        (400, ["expert"]),
    ]
    assert not Review.objects.exists()


def test_nobody_but_the_expert_hands_in(application):
    review = ReviewFactory(application=application)
    body = {"scores": {"packaging": 5}}

    desk = of(coordinator_of(application)).post(f"{HOME}{review.pk}/submit/", body, JSON)
    company = of(member_of(application)).post(f"{HOME}{review.pk}/submit/", body, JSON)
    other = of(expert_of(organizer_of(application))).post(f"{HOME}{review.pk}/recuse/", {"reason": "x"}, JSON)

    assert (desk.status_code, company.status_code, other.status_code) == (403, 404, 404)
    assert Client().get(HOME).status_code == 401


def test_in_a_blind_call_an_expert_finds_nothing_that_names_the_company(application):
    application.call.is_blind = True
    application.call.save()
    review = ReviewFactory(application=application)
    expert, desk = of(review.expert), of(coordinator_of(application))
    company = application.company

    for address in (HOME, f"{HOME}{review.pk}/"):
        text = expert.get(address).content.decode()
        for name in (
            company.name_zh,
            "Onlyone",
            "獨一無二",
            "onlyone",
            company.ubn,
            company.email,
            str(company.pk),
            application.contact_name,
        ):
            assert name not in text
        assert company.name_zh in desk.get(address).content.decode()
    assert expert.get(f"/api/v1/applications/{application.pk}/").status_code == 404


def test_in_an_open_call_an_expert_reads_whose_it_is(application):
    review = ReviewFactory(application=application)

    judged = of(review.expert).get(f"{HOME}{review.pk}/").json()["judged"]

    assert (judged["company_name_zh"], judged["products"][0]["name_zh"]) == ("獨一無二茶行", "獨一無二烏龍")


def test_reviews_are_found_by_state_and_cost_as_many_queries_for_one_as_for_thirty(django_assert_max_num_queries):
    application = ApplicationFactory()
    desk = of(coordinator_of(application))
    ReviewFactory(application=application)

    with django_assert_max_num_queries(4):
        assert len(desk.get(HOME, {"state": "assigned"}).json()["results"]) == 1
    for _n in range(29):
        ReviewFactory(application=ApplicationFactory(call=application.call))
    with django_assert_max_num_queries(4):
        assert len(desk.get(HOME, {"fair": application.call.fair_id}).json()["results"]) == 30
    assert desk.get(HOME, {"state": "submitted"}).json()["results"] == []
