"""While the database or Redis is away for a moment, visitors are told to come again; it is no fault of ours."""

from collections.abc import Iterator

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client


@pytest.fixture
def visitor() -> Client:
    """A browser with a session, which each page wants to read from the database."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"
    return client


@pytest.fixture
def _database_away(transactional_db: None) -> Iterator[None]:
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    yield
    connection.settings_dict["HOST"] = host


@pytest.mark.usefixtures("_database_away")
def test_a_page_is_back_in_a_moment(visitor):
    response = visitor.get("/admin/?q=%E7%AA%AF", headers={"Accept-Language": "en"})

    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "5", "no-store")
    assert "Back in a moment" in response.content.decode()
    assert 'href="/admin/?q=%E7%AA%AF"' in response.content.decode()


@pytest.mark.usefixtures("_database_away")
def test_the_api_says_so_as_problem_details(visitor):
    response = visitor.get("/api/v1/fairs/", headers={"Accept-Language": "en"})

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "unavailable",
        "status": 503,
        "code": "unavailable",
        "detail": "The service is away for a moment. Nothing was changed; ask again in a few seconds.",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [(redis.ConnectionError("gone"), 503), (redis.TimeoutError("slow"), 503), (ImproperlyConfigured("ours"), 500)],
)
def test_only_what_passes_by_itself_is_called_an_outage(visitor, monkeypatch, error, status):
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr("operations.health.examine", fail)

    response = visitor.get("/health/ready")

    assert (response.status_code, "Retry-After" in response) == (status, status == 503)
