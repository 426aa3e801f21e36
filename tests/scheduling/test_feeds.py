"""Feeds over HTTP: what stands at each address, and how it goes out."""

import gzip
import json
from datetime import timedelta

import pytest
from django.db import transaction
from icalendar import Calendar

from accounts import journal
from scheduling import programming, publishing, subscribing
from scheduling.models import Feed
from tests.factories import (
    ApplicationFactory,
    CategoryFactory,
    CompanyFactory,
    CountyFactory,
    FairFactory,
    InvitationFactory,
    SessionFactory,
    StageFactory,
    TownFactory,
    UserFactory,
    VenueFactory,
    member_of,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def publish(fair) -> None:
    """Release, and do what a worker does about it."""
    programming.release(fair, by=None)
    publishing.reconcile_fair(fair)
    publishing.publish_due()


def uids(response) -> set[str]:
    """The UIDs in an answer, read as a stranger would."""
    assert response.status_code == 200
    return {str(event["UID"]) for event in Calendar.from_ical(response.content).walk("VEVENT")}


def titles(response) -> set[str]:
    """The first halves of the titles in an answer."""
    assert response.status_code == 200
    events = Calendar.from_ical(response.content).walk("VEVENT")
    return {str(event["SUMMARY"]).partition("｜")[0] for event in events}


@pytest.fixture
def fair():
    """A published fair in Lugu with two sessions: pottery by a maker from Yingge on the main stage, tea in the yard."""
    fair = FairFactory(slug="kiln-tea", name_zh="窯火與茶", name_en="Kiln and Tea")
    main = StageFactory(fair=fair, slug="main", name_zh="主舞台")
    yard = StageFactory(fair=fair, slug="yard", name_zh="茶席")
    yingge = TownFactory(code="65000080", county=CountyFactory(code="65000", name_zh="新北市"), name_zh="鶯歌區")
    pottery = SessionFactory(stage=main, title_zh="拉坯", category=CategoryFactory(code="ceramics"))
    pottery.companies.add(CompanyFactory(slug="tao", town=yingge))
    SessionFactory(stage=yard, title_zh="冬片", category=CategoryFactory(code="tea"))
    publish(fair)
    return fair


# --- What stands where ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/feeds/fairs.ics", {"窯火與茶"}),
        ("/feeds/fairs/kiln-tea.ics", {"窯火與茶", "拉坯", "冬片"}),
        ("/feeds/fairs/kiln-tea/category/tea.ics", {"冬片"}),
        ("/feeds/fairs/kiln-tea/stage/main.ics", {"拉坯"}),
        ("/feeds/towns/10008070.ics", {"窯火與茶"}),
        ("/feeds/towns/65000080.ics", {"拉坯"}),
        ("/feeds/counties/10008.ics", {"窯火與茶"}),
        ("/feeds/counties/65000.ics", {"拉坯"}),
        ("/feeds/companies/tao.ics", {"拉坯"}),
        ("/feeds/fairs/kiln-tea.ics?category=tea", {"冬片"}),
        ("/feeds/fairs/kiln-tea.ics?category=tea,ceramics", {"冬片", "拉坯"}),
        ("/feeds/fairs/kiln-tea.ics?category=tea&category=ceramics", {"冬片", "拉坯"}),
        ("/feeds/fairs/kiln-tea.ics?category=tea&stage=main", set()),
        ("/feeds/fairs/kiln-tea.ics?stage=main&town=65000080", {"拉坯"}),
        ("/feeds/fairs.ics?county=10008", {"窯火與茶"}),
        ("/feeds/fairs.ics?county=65000", set()),
        ("/feeds/fairs.ics?county=10008,65000&town=10008070", {"窯火與茶"}),
    ],
)
def test_each_address_shows_what_it_says(client, fair, address, shown):
    response = client.get(address)

    assert titles(response) == shown
    assert response["Content-Type"] == "text/calendar; charset=utf-8"


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/fairs/unknown.ics",
        "/feeds/fairs/secret.ics",
        "/feeds/fairs/secret/stage/main.ics",
        "/feeds/fairs/secret/category/tea.ics",
        "/feeds/fairs/secret.ics?category=tea",
        "/feeds/fairs/kiln-tea/stage/unknown.ics",
        "/feeds/fairs/kiln-tea/category/unknown.ics",
        "/feeds/fairs/kiln-tea.ics?stage=unknown",
        "/feeds/fairs/kiln-tea.ics?category=unknown",
        "/feeds/fairs/kiln-tea.ics?town=unknown",
        "/feeds/fairs.ics?county=unknown",
        "/feeds/towns/unknown.ics",
        "/feeds/counties/unknown.ics",
        "/feeds/companies/unknown.ics",
        "/feeds/private/unknown.ics",
        "/feeds/fairs/kiln-tea.ics.ics",
        "/feeds/fairs/kiln-tea.xml",
        "/feeds/fairs.ics?county=" + ",".join(["10008"] * 31),
    ],
)
def test_what_is_not_there_or_not_public_is_not_found(client, fair, address):
    StageFactory(fair=FairFactory(slug="secret", state="draft"), slug="main")

    assert client.get(address).status_code == 404


def test_a_feed_says_what_it_is_in_its_own_language(client, fair):
    chinese = Calendar.from_ical(client.get("/feeds/fairs/kiln-tea.ics", headers={"Accept-Language": "en"}).content)
    english = Calendar.from_ical(client.get("/feeds/fairs/kiln-tea.ics?lang=en").content)

    assert (chinese["X-WR-CALNAME"], english["X-WR-CALNAME"]) == ("窯火與茶", "Kiln and Tea")
    assert english["SOURCE"] == "http://localhost:8000/feeds/fairs/kiln-tea.ics?lang=en"
    assert english["URL"] == "http://localhost:8000/fairs/kiln-tea/"
    assert [str(zone["TZID"]) for zone in english.walk("VTIMEZONE")] == ["Asia/Taipei"]


def test_a_feed_of_filters_names_its_own_address(client, fair):
    calendar = Calendar.from_ical(client.get("/feeds/fairs/kiln-tea.ics?stage=main&category=tea,ceramics").content)

    assert calendar["SOURCE"] == "http://localhost:8000/feeds/fairs/kiln-tea.ics?category=ceramics,tea&stage=main"


def test_each_feed_is_also_jcal(client, fair):
    response = client.get("/feeds/fairs/kiln-tea/stage/main.json")

    kind, _properties, components = json.loads(response.content)
    assert response["Content-Type"] == "application/calendar+json; charset=utf-8"
    assert (kind, [name for name, *_rest in components]) == ("vcalendar", ["vtimezone", "vevent"])


def test_a_session_of_a_place_abroad_bears_its_own_zone(client):
    fair = FairFactory(slug="abroad", venue=VenueFactory(town=None, country="DE", time_zone="Europe/Berlin"))
    SessionFactory(stage=StageFactory(fair=fair))
    publish(fair)

    calendar = Calendar.from_ical(client.get("/feeds/fairs/abroad.ics").content)

    session = next(event for event in calendar.walk("VEVENT") if "｜" in event["SUMMARY"])
    assert session["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert session["DTSTART"].dt.hour == 10
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_a_place_on_universal_time_needs_no_zone(client):
    fair = FairFactory(slug="utc", venue=VenueFactory(town=None, time_zone="UTC"))
    SessionFactory(stage=StageFactory(fair=fair))
    publish(fair)

    calendar = Calendar.from_ical(client.get("/feeds/fairs/utc.ics").content)

    assert calendar.walk("VTIMEZONE") == []
    assert len(calendar.walk("VEVENT")) == 2


# --- How it goes out ------------------------------------------------------------------------------------------------


def test_a_feed_that_is_known_is_not_sent_again(client, fair):
    first = client.get("/feeds/fairs.ics")

    by_tag = client.get("/feeds/fairs.ics", headers={"If-None-Match": first["ETag"]})
    by_weak_tag = client.get("/feeds/fairs.ics", headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    by_time = client.get("/feeds/fairs.ics", headers={"If-Modified-Since": first["Last-Modified"]})
    by_star = client.get("/feeds/fairs.ics", headers={"If-None-Match": "*"})

    for response in (by_tag, by_weak_tag, by_time, by_star):
        assert (response.status_code, response.content) == (304, b"")
        assert (response["ETag"], response["Last-Modified"]) == (first["ETag"], first["Last-Modified"])
        assert response["Cache-Control"] == "public, no-cache"
    assert first["ETag"].startswith('"')  # strong


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": "nonsense"},
        {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ],
    ids=str,
)
def test_a_feed_that_is_not_known_is_sent(client, fair, headers):
    response = client.get("/feeds/fairs.ics", headers=headers)

    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_a_known_tag_wins_over_a_time_that_says_otherwise(client, fair):
    tag = client.get("/feeds/fairs.ics")["ETag"]
    headers = {"If-None-Match": tag, "If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}

    assert client.get("/feeds/fairs.ics", headers=headers).status_code == 304


def test_what_is_known_is_answered_without_reading_its_bytes(client, fair, django_assert_num_queries):
    tag = client.get("/feeds/fairs/kiln-tea.ics")["ETag"]

    with django_assert_num_queries(1) as captured:
        response = client.get("/feeds/fairs/kiln-tea.ics", headers={"If-None-Match": tag})

    assert response.status_code == 304
    assert "CASE WHEN" in captured[0]["sql"]


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/fairs.ics",
        "/feeds/fairs/kiln-tea.ics",
        "/feeds/fairs/kiln-tea/stage/main.ics",
        "/feeds/towns/65000080.ics",
        "/feeds/counties/65000.ics",
        "/feeds/companies/tao.ics",
    ],
)
def test_serving_what_was_asked_before_is_one_query(client, fair, django_assert_num_queries, address):
    client.get(address)

    with django_assert_num_queries(1):
        assert client.get(address).status_code == 200


def test_the_compressed_form_has_a_strong_tag_of_its_own(client, fair):
    plain = client.get("/feeds/fairs.ics")
    packed = client.get("/feeds/fairs.ics", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    again = client.get("/feeds/fairs.ics", headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
    other = client.get("/feeds/fairs.ics", headers={"Accept-Encoding": "gzip", "If-None-Match": plain["ETag"]})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    assert (again.status_code, other.status_code) == (304, 200)
    assert int(packed["Content-Length"]) == len(packed.content)


@pytest.mark.parametrize(
    ("accepted", "is_gzipped"),
    [("gzip", True), ("*", True), ("GZIP; q=1.0", True), ("gzip;q=0", False), ("identity", False), ("gzip;q=x", False)],
)
def test_gzip_goes_to_those_who_take_it(client, fair, accepted, is_gzipped):
    response = client.get("/feeds/fairs.ics", headers={"Accept-Encoding": accepted})

    assert ("Content-Encoding" in response) is is_gzipped


def test_the_head_alone_can_be_asked_for(client, fair):
    whole, head = client.get("/feeds/fairs.ics"), client.head("/feeds/fairs.ics")

    assert head.content == b""
    for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Cache-Control"):
        assert head[name] == whole[name]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_feed_is_only_read(client, fair, method):
    assert getattr(client, method)("/feeds/fairs.ics").status_code == 405


def test_other_sites_may_read_public_feeds(client, fair):
    assert client.get("/feeds/fairs.ics")["Access-Control-Allow-Origin"] == "*"


def test_the_language_of_an_answer_is_that_of_its_address(client, fair):
    chinese = client.get("/feeds/fairs.ics", headers={"Accept-Language": "en"})
    english = client.get("/feeds/fairs.ics?lang=en", headers={"Accept-Language": "zh-hant"})

    assert (chinese["Content-Language"], english["Content-Language"]) == ("zh-Hant", "en")
    assert chinese["Vary"] == "Accept-Encoding"


def test_a_combination_of_filters_is_conditional_too(client, fair):
    first = client.get("/feeds/fairs/kiln-tea.ics?category=tea")
    packed = client.get("/feeds/fairs/kiln-tea.ics?category=tea", headers={"Accept-Encoding": "gzip"})
    again = client.get("/feeds/fairs/kiln-tea.ics?category=tea", headers={"If-None-Match": first["ETag"]})

    assert gzip.decompress(packed.content) == first.content
    assert again.status_code == 304
    assert Feed.objects.filter(key__contains="category").count() == 0


def test_a_release_shows_in_the_feed_with_the_next_publication(client, fair):
    before = client.get("/feeds/fairs/kiln-tea.ics")
    session = fair.sessions.get(title_zh="冬片")
    programming.edit_session(session, values={"title_zh": "春片"}, by=None)
    publish(fair)

    after = client.get("/feeds/fairs/kiln-tea.ics", headers={"If-None-Match": before["ETag"]})

    assert titles(after) == {"窯火與茶", "拉坯", "春片"}
    assert uids(after) == uids(before)


# --- Private --------------------------------------------------------------------------------------------------------


@pytest.fixture
def company():
    """A company with an offer that ends in a week."""
    application = ApplicationFactory(state="offered")
    publishing.reconcile_application(application)
    return application.company


def test_a_company_reads_its_deadlines_at_a_private_address(client, company):
    token, raw = subscribing.create_token(member_of(company), company=company)

    response = client.get(f"/feeds/private/{raw}.ics?lang=en")

    assert titles(response) == {f"Offer ends: {company.applications.get().call.fair.name_en}"}
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in response
    assert raw.encode() not in response.content
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_private_address_is_conditional_and_also_jcal(client, company):
    _token, raw = subscribing.create_token(member_of(company), company=company)
    first = client.get(f"/feeds/private/{raw}.ics")

    again = client.get(f"/feeds/private/{raw}.ics", headers={"If-None-Match": first["ETag"]})
    as_json = client.get(f"/feeds/private/{raw}.json")

    assert (again.status_code, again["Cache-Control"]) == (304, "private, no-cache")
    assert json.loads(as_json.content)[0] == "vcalendar"


def test_a_revoked_address_is_not_found_at_once_even_by_those_who_know_the_bytes(client, company):
    member = member_of(company)
    token, raw = subscribing.create_token(member, company=company)
    first = client.get(f"/feeds/private/{raw}.ics")

    subscribing.revoke(token, by=member)

    for headers in ({}, {"If-None-Match": first["ETag"]}, {"If-None-Match": "*"}):
        response = client.get(f"/feeds/private/{raw}.ics", headers=headers)
        assert (response.status_code, response.content) == (404, b"")
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("spoil", [str.swapcase, lambda raw: raw[:-1], lambda raw: raw + ".ics", lambda raw: raw + "x"])
def test_an_address_that_is_nearly_right_is_not_found(client, company, spoil):
    _token, raw = subscribing.create_token(member_of(company), company=company)

    assert client.get(f"/feeds/private/{spoil(raw)}.ics").status_code == 404


def test_a_token_in_the_query_opens_nothing(client, company):
    _token, raw = subscribing.create_token(member_of(company), company=company)

    assert client.get(f"/feeds/private/x.ics?token={raw}").status_code == 404


@pytest.mark.parametrize("end", ["membership", "account"])
def test_who_lost_the_right_loses_the_calendar_in_the_same_second(client, company, end):
    member = member_of(company)
    _token, raw = subscribing.create_token(member, company=company)
    assert client.get(f"/feeds/private/{raw}.ics").status_code == 200

    if end == "membership":
        company.members.filter(user=member).delete()
    else:
        member.is_active = False
        member.save()

    assert client.get(f"/feeds/private/{raw}.ics").status_code == 404


def test_a_secret_that_is_not_found_is_not_logged_by_the_framework(client, caplog):
    client.get("/feeds/private/not-a-token-but-maybe-elsewhere.ics")

    assert not [record for record in caplog.records if record.name == "django.request"]


def test_a_person_reads_what_they_present_and_what_they_are_invited_to(client, fair):
    person, other = UserFactory(), UserFactory()
    presented = SessionFactory(stage=fair.stages.get(slug="yard"), title_zh="講茶", starts_at=fair.begins_at + HOUR * 2)
    presented.presenters.add(person)
    publish(fair)
    pottery = fair.sessions.get(title_zh="拉坯")
    tea = fair.sessions.get(title_zh="冬片")
    InvitationFactory(fair=fair, user=person, email=person.email, state="accepted")
    InvitationFactory(fair=fair, session=pottery, user=person, email=person.email, state="sent")
    InvitationFactory(fair=fair, session=tea, user=person, email=person.email, state="declined")
    InvitationFactory(fair=fair, session=tea, user=other, email=other.email, state="accepted")
    _token, raw = subscribing.create_token(person)

    response = client.get(f"/feeds/private/{raw}.ics")

    assert titles(response) == {"講茶", "窯火與茶", "拉坯"}


def test_a_personal_calendar_is_empty_before_anything_is_in_it(client):
    _token, raw = subscribing.create_token(UserFactory())

    assert uids(client.get(f"/feeds/private/{raw}.ics")) == set()


# --- News -----------------------------------------------------------------------------------------------------------


def test_news_tell_of_fairs_and_programmes_newest_first(client, fair):
    with transaction.atomic():
        journal.record("fair.rescheduled", fair, by=None, facts={"days": 7})
    publishing.reconcile_fair(fair)
    publishing.publish_due()

    response = client.get("/feeds/news.atom?lang=en")

    body = response.content.decode()
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    places = [body.index(title) for title in ("Moved: Kiln and Tea", "Programme of Kiln and Tea, release 1")]
    assert places == sorted(places)
    assert "Announced: Kiln and Tea" in body


def test_news_say_nothing_of_drafts_and_are_the_same_bytes_twice(client):
    FairFactory(state="draft", name_zh="密")

    first, second = client.get("/feeds/news.atom"), client.get("/feeds/news.atom")

    assert "密".encode() not in first.content
    assert (first.content, first["ETag"]) == (second.content, second["ETag"])
