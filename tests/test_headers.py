"""What every answer says to browsers and proxies (hardening, case 10): over the whole table, signed in and out."""

from __future__ import annotations

import pytest
from django.http import HttpResponseBase
from django.test import Client

from tests.factories import PASSWORD
from tests.test_permissions import Row, address_of, ask, rows
from tests.two_worlds import Worlds

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
STYLES_OF_OTHERS = {"api-docs"}  # Swagger's styles stand in its markup


@pytest.fixture(scope="module")
def clients(worlds: Worlds) -> list[Client]:
    """Somebody from the street, and a coordinator of ours."""
    street, desk = Client(raise_request_exception=False), Client(raise_request_exception=False)
    desk.force_login(worlds.ours.people["coordinator"])
    return [street, desk]


def pages() -> list[Row]:
    return [row for row in rows() if row.method == "GET" and "*" not in row.route]


def faults(answer: HttpResponseBase, route: str) -> list[str]:
    """All that is wrong with the headers of one answer."""
    policy = answer.get("Content-Security-Policy", "")
    wrong = {
        "sniffing": answer.get("X-Content-Type-Options") != "nosniff",
        "referrer": answer.get("Referrer-Policy") not in ("same-origin", "no-referrer"),
        "framing": answer.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"),
        "policy": "default-src 'none'" not in policy,
        "script": "unsafe" in policy.split("script-src", 1)[-1].split(";")[0],
        "style": "unsafe" in policy and route not in STYLES_OF_OTHERS,
        "other origins": "Access-Control-Allow-Origin" in answer and not route.startswith("feeds:"),
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


@pytest.mark.parametrize("row", pages(), ids=str)
def test_every_page_is_guarded_by_its_headers(worlds: Worlds, clients: list[Client], row: Row):
    address = address_of(worlds, row.route, row.about)

    found = [faults(ask(worlds, client, "GET", address, None), row.route) for client in clients]

    assert found == [[], []]


def test_cookies_are_kept_from_scripts_and_other_sites_and_go_by_tls_alone(settings, worlds: Worlds):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.post("/accounts/login/", {"login": worlds.ours.people["coordinator"].email, "password": PASSWORD})

    cookies = {name: cookie for name, cookie in client.cookies.items() if name in ("sessionid", "csrftoken")}

    assert "sessionid" in cookies
    assert {(bool(one["httponly"]), one["samesite"], bool(one["secure"])) for one in cookies.values()} == {
        (True, "Lax", True)
    }


def test_what_a_person_reads_in_the_api_is_kept_by_no_cache(worlds: Worlds, clients: list[Client]):
    answer = clients[1].get("/api/v1/changes/")

    assert {"private", "no-store"} <= {part.strip() for part in answer.get("Cache-Control", "").split(",")}
