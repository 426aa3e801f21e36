"""However the API says no, programs read problem details."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisIsAway

from core.throttles import AnonThrottle
from tests.factories import CountyFactory, TownFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "headers", "status", "code"),
    [
        ("get", "/api/v1/towns/99999999/", {}, 404, "not-found"),
        ("get", "/api/v1/nothing/", {}, 404, "not-found"),
        ("get", "/api/v1/towns/?cursor=xyz", {}, 404, "not-found"),
        ("get", "/api/v1/towns/?cursor=cD0lMDA=", {}, 404, "not-found"),
        ("get", "/api/v1/towns/?county=nowhere", {}, 400, "invalid"),
        ("get", "/api/v1/towns/", {"Accept": "text/html"}, 406, "not-acceptable"),
        ("get", "/api/v1/towns/", {"Authorization": "Bearer nonsense"}, 401, "authentication-failed"),
        ("post", "/api/v1/towns/", {}, 405, "method-not-allowed"),
        ("options", "/api/v1/towns/", {}, 405, "method-not-allowed"),
    ],
)
def test_a_refusal_is_told_as_problem_details(*, client, method, address, headers, status, code):
    TownFactory()

    response = getattr(client, method)(address, headers={"Accept-Language": "en", **headers})

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert {key: response.json()[key] for key in ("status", "code", "title")} == {
        "status": status,
        "code": code,
        "title": code,
    }


def test_who_asks_too_often_is_told_when_to_go_on(client, monkeypatch):
    monkeypatch.setattr(AnonThrottle, "rate", "2/minute", raising=False)

    answers = [client.get("/api/v1/towns/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61


def test_without_redis_the_api_still_answers(client, monkeypatch):
    def away(*args, **kwargs):
        raise RedisIsAway

    monkeypatch.setattr(type(cache._connections[cache._alias]), "get", away)

    assert client.get("/api/v1/towns/").status_code == 200


def test_pages_go_on_where_the_last_one_ended(client):
    county = CountyFactory()
    codes = [TownFactory(code=f"1000800{n}", county=county).code for n in range(5)]

    first = client.get("/api/v1/towns/?page_size=3").json()
    second = client.get(first["next"]).json()

    assert [town["code"] for town in first["results"] + second["results"]] == codes
    assert second["next"] is None


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_of_towns_costs_one_query_however_long(client, django_assert_num_queries, rows):
    county = CountyFactory()
    for n in range(rows):
        TownFactory(code=f"100080{n:02d}", county=county)

    with django_assert_num_queries(1):
        assert len(client.get("/api/v1/towns/").json()["results"]) == rows
