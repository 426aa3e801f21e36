"""The frame of every page: its language and look, its headers, and its pages for what goes wrong."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from config import urls as house
from core.errors import DomainError, Gap, NotAllowed, Unfit
from tests.factories import CompanyFactory, FairFactory, UserFactory, member_of
from tests.web.reading import Page, client_of, see, send
from web.preferences import safe_next

pytestmark = pytest.mark.django_db


# --- Language ---


def test_a_page_speaks_the_language_that_the_browser_asks_for():
    assert [node.attrs["lang"] for node in see(client_of(language="en"), "/").all("html")] == ["en"]
    assert [node.attrs["lang"] for node in see(client_of(language="zh-TW"), "/").all("html")] == ["zh-Hant-TW"]


def test_without_a_wish_a_page_is_in_chinese():
    assert Page(Client().get("/")).all("html")[0].attrs["lang"] == "zh-Hant-TW"


def test_the_language_of_a_link_comes_before_the_cookie_and_is_kept():
    client = client_of(language="zh-TW")

    assert see(client, "/?lang=en").all("html")[0].attrs["lang"] == "en"
    assert see(client, "/about/").all("html")[0].attrs["lang"] == "en"
    assert client.cookies["django_language"]["httponly"]


def test_an_unknown_language_changes_nothing():
    response = client_of().get("/?lang=xx")

    assert "django_language" not in response.cookies
    assert Page(response).all("html")[0].attrs["lang"] == "en"


def test_feeds_and_the_api_get_no_cookie_of_language():
    for path_ in ("/api/v1/?lang=zh", "/feeds/fairs.ics?lang=en"):
        assert "django_language" not in client_of().get(path_).cookies


def test_switching_the_language_leads_back_to_the_same_place_and_is_kept_in_the_account():
    user = UserFactory(language="zh-hant")
    client = client_of(user, language="zh-TW")

    page = send(client, "/preferences/language/", {"language": "en", "next": "/calendars/?county=10008"})

    user.refresh_from_db()
    assert page.leads_to == "/calendars/?county=10008"
    assert user.language == "en"
    assert see(client, "/").all("html")[0].attrs["lang"] == "en"


def test_every_page_says_its_address_in_the_other_language():
    fair = FairFactory()

    page = see(client_of(), f"/fairs/{fair.slug}/?day=1")

    others = {node.attrs["hreflang"]: node.attrs["href"] for node in page.all("link") if "hreflang" in node.attrs}
    assert others == {
        "zh-Hant": f"{settings.SITE_URL}/fairs/{fair.slug}/?lang=zh-hant",
        "en": f"{settings.SITE_URL}/fairs/{fair.slug}/?lang=en",
    }


# --- Look ---


@pytest.mark.parametrize("look", ["day", "night"])
def test_a_look_that_was_chosen_stays(look):
    client = client_of()

    send(client, "/preferences/theme/", {"theme": look, "next": "/about/"})

    assert see(client, "/").all("html")[0].attrs["data-theme"] == look


def test_the_look_can_follow_the_system_again():
    client = client_of()
    send(client, "/preferences/theme/", {"theme": "night"})

    send(client, "/preferences/theme/", {"theme": "auto"})

    assert "data-theme" not in see(client, "/").all("html")[0].attrs


def test_a_look_that_there_is_not_is_no_attribute_of_the_page():
    client = client_of()
    client.cookies["theme"] = '"><script>'

    assert "data-theme" not in see(client, "/").all("html")[0].attrs


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "about/"]
)
def test_no_form_leads_away_to_another_site(rf, elsewhere):
    request = rf.post("/preferences/language/", {"next": elsewhere})

    assert safe_next(request) == "/"


# --- Headers ---


def test_pages_allow_no_scripts_but_our_own_files():
    headers = client_of().get("/").headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] in ("same-origin", "strict-origin-when-cross-origin")


def test_no_page_holds_style_or_script_of_its_own():
    fair = FairFactory()

    for path_ in ("/", f"/fairs/{fair.slug}/", "/calendars/", "/accounts/login/"):
        page = see(client_of(), path_)
        scripts = [node for node in page.all("script") if node.attrs.get("type") != "application/ld+json"]
        assert [node for node in scripts if "src" not in node.attrs] == []
        assert page.all("style") == []
        assert [node for node in page.root.walk() if "style" in node.attrs or "onclick" in node.attrs] == []


def test_the_style_sheets_are_small():
    sizes = [Path(finders.find(name)).stat().st_size for name in ("tokens.css", "base.css", "parts.css")]

    assert sum(sizes) < 40_000


def test_a_page_for_one_reader_is_kept_by_no_cache():
    member = member_of(CompanyFactory())

    assert client_of(member).get("/company/").headers["Cache-Control"] == "private, no-store"


# --- What goes wrong ---


class Refused(DomainError):
    code = "refused"


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("The booth was taken a moment ago.")


def forbid(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("Only an owner may do this.")


def deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("no")


def unfit(request: HttpRequest) -> HttpResponse:
    raise Unfit([Gap("days", "Write a number.")])


def miss(request: HttpRequest) -> HttpResponse:
    raise Http404("a secret reason")


def spoil(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret of the house")


class WithFaults:
    """The house with rooms in which something goes wrong."""

    urlpatterns = [
        path("faults/refuse/", refuse),
        path("faults/forbid/", forbid),
        path("faults/deny/", deny),
        path("faults/unfit/", unfit),
        path("faults/miss/", miss),
        path("faults/spoil/", spoil),
        path("", include(house)),
    ]
    handler400, handler403 = house.handler400, house.handler403
    handler404, handler500 = house.handler404, house.handler500


@pytest.fixture
def faulty():
    with override_settings(ROOT_URLCONF=WithFaults):
        yield client_of()


def test_what_the_domain_refuses_is_said_in_its_own_words(faulty):
    page = see(faulty, "/faults/refuse/", status=409)

    assert "The booth was taken a moment ago." in page.main


def test_gaps_without_a_form_of_their_own_stand_on_a_page(faulty):
    assert "Write a number." in see(faulty, "/faults/unfit/", status=422).main


def test_who_may_not_do_it_reads_as_whom_they_are_logged_in():
    user = UserFactory(email="mei@example.com")
    with override_settings(ROOT_URLCONF=WithFaults):
        page = see(client_of(user), "/faults/forbid/", status=403)

    assert "mei@example.com" in page.main
    assert "Only an owner may do this." in page.main
    assert "/accounts/logout/" in page.links


def test_a_right_that_is_missing_has_the_same_page(faulty):
    assert "Your account may not do this" in see(faulty, "/faults/deny/", status=403).main


def test_a_page_that_is_not_there_tells_no_reasons(faulty):
    page = see(faulty, "/faults/miss/", status=404)

    assert "A tile is missing here" in page.main
    assert "secret" not in page.source


def test_a_fault_of_ours_tells_nothing_of_the_house(faulty, caplog):
    faulty.raise_request_exception = False
    caplog.set_level(logging.CRITICAL)
    with override_settings(OPERATOR_CONTACT="(02) 2123-4567"):
        page = see(faulty, "/faults/spoil/", status=500)

    assert "Something broke on our side" in page.main
    assert "(02) 2123-4567" in page.main
    assert "secret" not in page.source


def test_a_form_that_is_too_old_can_be_loaded_anew():
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    page = send(client, "/preferences/theme/", {"theme": "night"}, status=403)

    assert "This form is too old" in page.main
    assert "/preferences/theme/" in page.links


def test_a_request_that_no_page_makes_is_told_so():
    response = client_of().get("/", headers={"host": "evil.example"})

    assert response.status_code == 400


# --- The house ---


@override_settings(OPERATOR_ZH="中小企業處", OPERATOR_EN="SME Agency", OPERATOR_CONTACT="(02) 2123-4567")
def test_the_foot_names_who_runs_the_service():
    assert "Host: SME Agency" in see(client_of(), "/").text
    assert "中小企業處" in see(client_of(language="zh-TW"), "/").text
    assert "(02) 2123-4567" in see(client_of(), "/about/").main
