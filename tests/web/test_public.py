"""What everybody may see: fairs, makers, products, towns, search, calendars, and the files for machines."""

import json
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from fairs.models import Fair
from scheduling import programming
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CompanyFactory,
    CountyFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    ProductFactory,
    SessionFactory,
    StageFactory,
    TownFactory,
    VenueFactory,
    ZoneFactory,
    coordinator_of,
    staff_of,
    taipei,
)
from tests.web.reading import client_of, queries, see

pytestmark = pytest.mark.django_db


def show(fair, company, number="A01", *, confirmed=True, **booth):
    """Give a company a booth at a fair."""
    hall = fair.halls.first() or HallFactory(fair=fair)
    call = getattr(fair, "call", None) or CallFactory(fair=fair)
    application = ApplicationFactory(call=call, company=company, state="confirmed" if confirmed else "offered")
    return PlacementFactory(application=application, booth=BoothFactory(hall=hall, number=number, **booth))


def release(fair, *sessions):
    """Publish the programme as it stands."""
    return programming.release(fair, by=coordinator_of(fair))


# --- Home ---


def test_home_lists_the_next_fairs_soonest_first_and_no_drafts():
    today = timezone.localdate()
    FairFactory(name_en="Later", starts_on=today + timedelta(days=40))
    FairFactory(name_en="Sooner", starts_on=today + timedelta(days=4))
    FairFactory(name_en="Secret", state=Fair.State.DRAFT)
    FairFactory(name_en="Over", starts_on=today - timedelta(days=9))

    said = see(client_of(), "/").main

    assert said.index("Sooner") < said.index("Later")
    assert "Secret" not in said
    assert "Over" not in said


def test_a_cancelled_fair_stays_on_the_list_and_is_struck_through():
    FairFactory(name_en="Fishing Market", state=Fair.State.CANCELLED)

    page = see(client_of(), "/")

    assert "Fishing Market" in [node.text for node in page.all("s")]
    assert "Cancelled" in page.main


def test_home_can_be_narrowed_to_a_county_an_open_call_or_the_weekend():
    with time_machine.travel(taipei(date(2030, 5, 15), 12), tick=False):  # a Wednesday
        yilan = TownFactory(code="10002010", county=CountyFactory(code="10002", name_en="Yilan"), name_en="Yilan City")
        FairFactory(name_en="At the coast", venue=VenueFactory(town=yilan))
        CallFactory(fair=FairFactory(name_en="Taking applications"))
        FairFactory(name_en="This Saturday", starts_on=date(2030, 5, 18), ends_on=date(2030, 5, 18))

        county, call, weekend = (
            see(client_of(), path).main for path in ("/?county=10002", "/?call=open", "/?when=weekend")
        )

    names = ("At the coast", "Taking applications", "This Saturday")
    assert [[name in said for name in names] for said in (county, call, weekend)] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_the_map_counts_the_fairs_of_the_next_90_days_and_links_to_their_county():
    FairFactory()
    FairFactory(starts_on=timezone.localdate() + timedelta(days=200))

    page = see(client_of(), "/")

    links = [node for node in page.all("a") if "county=10008" in node.attrs.get("href", "")]
    assert any("Nantou County" in node.attrs.get("aria-label", "") + node.text for node in links)
    assert any("1 fair" in node.attrs.get("aria-label", "") + node.text for node in links)


def test_home_says_so_when_nothing_is_to_come():
    page = see(client_of(), "/?county=10008")

    assert page.status == 200


@pytest.mark.parametrize("asked", ["/?page=0", "/?page=99", "/?page=x", "/?county=%00", "/?county=zz&when=never"])
def test_whatever_is_asked_for_home_answers(asked):
    FairFactory()

    assert see(client_of(), asked).status == 200


# --- One fair ---


def test_a_fair_says_when_and_where_in_both_languages():
    fair = FairFactory(name_zh="窯火與茶", name_en="Kiln and Tea", starts_on=date(2030, 12, 13))

    english, chinese = (see(client_of(language=lang), f"/fairs/{fair.slug}/") for lang in ("en", "zh-TW"))

    assert "Kiln and Tea" in english.title
    assert "Friday 13 to Sunday 15 December 2030" in english.main
    assert "窯火與茶" in chinese.title
    assert "2030 年 12 月 13 日（五）至 15 日（日）" in chinese.main


def test_a_draft_is_there_for_those_who_plan_it_alone():
    fair = FairFactory(state=Fair.State.DRAFT)

    for path in ("", "programme/", "floorplan/", "exhibitors/"):
        address = f"/fairs/{fair.slug}/{path}"
        people = (client_of(), *map(client_of, (coordinator_of(FairFactory()), coordinator_of(fair), staff_of(fair))))
        assert [person.get(address).status_code for person in people] == [404, 404, 200, 200]


def test_a_fair_shows_who_confirmed_and_not_who_was_offered_a_booth():
    fair = FairFactory()
    show(fair, CompanyFactory(name_en="Tao Workshop"), "A12")
    show(fair, CompanyFactory(name_en="Still Thinking"), "A13", confirmed=False)

    for path in ("", "exhibitors/", "floorplan/"):
        page = see(client_of(), f"/fairs/{fair.slug}/{path}")
        assert "Tao Workshop" in page.main
        assert "Still Thinking" not in page.source


def test_what_search_engines_read_holds_the_fair_and_can_not_break_out_of_its_block():
    fair = FairFactory(
        name_zh="</script><script>alert(1)</script>", name_en="", description_zh="<!--", starts_on=date(2030, 12, 13)
    )

    page = see(client_of(), f"/fairs/{fair.slug}/")

    (block,) = [node for node in page.all("script") if node.attrs.get("type") == "application/ld+json"]
    data = json.loads("".join(block.inside))
    assert data["@type"] == "ExhibitionEvent"
    assert data["name"] == "</script><script>alert(1)</script>"
    assert data["startDate"] == "2030-12-13T10:00+08:00"
    assert "<script>alert" not in page.source


def test_a_fair_can_be_subscribed_to_by_every_way():
    fair = FairFactory()

    page = see(client_of(language="zh-TW"), f"/fairs/{fair.slug}/")

    address = f"{settings.SITE_URL}/feeds/fairs/{fair.slug}.ics"
    webcal = "webcal://" + address.split("://")[1]
    assert webcal in page.links
    assert f"/feeds/fairs/{fair.slug}.ics" in page.links
    assert any(link.startswith("https://calendar.google.com/") and "webcal%3A" in link for link in page.links)
    assert any(link.startswith("https://outlook.live.com/") for link in page.links)
    assert webcal in [node.attrs.get("value") for node in page.all("input")]


# --- Programme ---


def test_the_programme_shows_what_was_released_and_nothing_of_the_draft():
    fair = FairFactory()
    stage = StageFactory(fair=fair)
    SessionFactory(stage=stage, title_en="Opening")
    release(fair)
    SessionFactory(stage=stage, title_en="Only planned", starts_at=fair.begins_at + timedelta(hours=3))

    page = see(client_of(), f"/fairs/{fair.slug}/programme/")

    assert "Opening" in page.main
    assert "Only planned" not in page.source


def test_a_session_that_was_cancelled_or_delayed_on_the_day_is_marked():
    fair = FairFactory()
    stage = StageFactory(fair=fair)
    late = SessionFactory(stage=stage, title_en="Late talk", starts_at=fair.begins_at + timedelta(hours=2))
    off = SessionFactory(stage=stage, title_en="Lost talk", starts_at=fair.begins_at + timedelta(hours=5))
    release(fair)
    who = coordinator_of(fair)
    programming.delay(late, minutes=30, by=who)
    programming.cancel_session(off, by=who, reason="Rain")

    page = see(client_of(), f"/fairs/{fair.slug}/programme/")

    rows = {node.attrs["id"]: node for node in page.all("li") if node.attrs.get("id", "").startswith("session-")}
    assert rows[f"session-{off.pk}"].has("gone")
    assert rows[f"session-{off.pk}"].text.endswith("Cancelled")
    assert rows[f"session-{late.pk}"].text.startswith("12:30–13:30 Late talk")
    assert "12:00" in rows[f"session-{late.pk}"].text


def test_a_session_that_runs_is_marked_and_a_fair_that_runs_too():
    fair = FairFactory(starts_on=timezone.localdate() + timedelta(days=3), name_en="Now at last")
    SessionFactory(stage=StageFactory(fair=fair))
    release(fair)

    with time_machine.travel(fair.begins_at + timedelta(minutes=30)):
        programme, home = see(client_of(), f"/fairs/{fair.slug}/programme/"), see(client_of(), "/")

    (row,) = [node for node in programme.all("li") if node.attrs.get("id", "").startswith("session-")]
    assert row.has("now")
    assert "Now at last" in home.main
    assert "On now" in home.main


def test_a_fair_of_one_day_over_a_month_or_cancelled_says_so():
    FairFactory(name_en="One day", starts_on=date(2040, 5, 5), ends_on=date(2040, 5, 5))
    FairFactory(name_en="Two months", starts_on=date(2040, 5, 31), ends_on=date(2040, 6, 2))

    said = see(client_of(), "/").main

    assert "Sat" in said
    assert "May to Jun" in said


@pytest.mark.parametrize(("today", "shown"), [(-3, 0), (0, 0), (1, 7), (7, 7), (8, 0)])
def test_a_fairs_first_page_shows_the_next_day_with_a_programme_and_the_first_once_all_are_over(today, shown):
    fair = FairFactory(starts_on=date(2027, 3, 6), ends_on=date(2027, 3, 14))
    stage = StageFactory(fair=fair)
    for days in (0, 7):
        on = fair.starts_on + timedelta(days=days)
        SessionFactory(stage=stage, title_en=f"Day {days}", starts_at=taipei(on, 10), ends_at=taipei(on, 11))
    release(fair)

    with time_machine.travel(taipei(fair.starts_on + timedelta(days=today), 12)):
        main = see(client_of(), f"/fairs/{fair.slug}/").main

    assert (f"Day {shown}" in main, f"Day {7 - shown}" in main) == (True, False)


def test_the_day_of_the_programme_on_a_fairs_first_page_can_be_chosen():
    fair = FairFactory()
    stage = StageFactory(fair=fair)
    SessionFactory(stage=stage, title_en="On the first day")
    SessionFactory(stage=stage, title_en="On the second day", starts_at=fair.begins_at + timedelta(days=1))
    release(fair)
    second = fair.starts_on + timedelta(days=1)

    first, chosen, odd = (
        see(client_of(), f"/fairs/{fair.slug}/{asked}").main
        for asked in ("", f"?day={second.isoformat()}", "?day=2030-02-31")
    )

    assert "On the first day" in first
    assert "On the second day" in chosen
    assert "On the first day" in odd


# --- Floor plan ---


def test_the_plan_says_of_each_booth_who_stands_there():
    fair = FairFactory()
    zone = ZoneFactory(fair=fair, letter="T", name_en="Tea")
    show(fair, CompanyFactory(name_en="Tao Workshop"), "A12", zone=zone)
    BoothFactory(hall=fair.halls.get(), number="A13", zone=zone)

    page = see(client_of(), f"/fairs/{fair.slug}/floorplan/")

    booths = {node.attrs["aria-label"]: node.attrs["href"] for node in page.all("a") if "aria-label" in node.attrs}
    assert booths["A12, Tea, Tao Workshop"] == f"/fairs/{fair.slug}/floorplan/?booth=A12#chosen"
    assert "A13, Tea, not yet confirmed" in booths
    (table,) = page.all("table")
    assert "A12 Tao Workshop Tea" in table.text


def test_a_booth_of_the_plan_can_be_chosen():
    fair = FairFactory()
    company = CompanyFactory(name_en="Tao Workshop", story_en="Three generations at one kiln.")
    show(fair, company, "A12")
    BoothFactory(hall=fair.halls.get(), number="A13")

    taken, free, unknown = (
        see(client_of(), f"/fairs/{fair.slug}/floorplan/?booth={number}") for number in ("A12", "A13", "Z99")
    )

    assert f"/companies/{company.slug}/" in taken.links
    assert "Three generations at one kiln." in taken.main
    assert "Nobody has confirmed this booth yet." in free.main
    assert "Nobody has confirmed this booth yet." not in unknown.main


@pytest.mark.parametrize(
    ("words", "found"), [("tao", True), ("A12", True), ("tea", True), ("Lugu", True), ("glass", False)]
)
def test_makers_on_the_plan_are_found_by_name_craft_town_or_booth(words, found):
    fair = FairFactory()
    show(fair, CompanyFactory(name_en="Tao Workshop"), "A12")

    page = see(client_of(), f"/fairs/{fair.slug}/floorplan/?q={words}")

    finder = " ".join(node.text for node in page.root.walk() if node.has("finder"))
    assert ("Tao Workshop" in finder) == found


def test_of_several_halls_one_is_drawn_and_the_chosen_booth_opens_its_own():
    fair = FairFactory()
    HallFactory(fair=fair, key="A", name_en="Hall A")
    other = HallFactory(fair=fair, key="B", name_en="Hall B")
    BoothFactory(hall=other, number="B01")

    def heading(asked):
        return see(client_of(), f"/fairs/{fair.slug}/floorplan/{asked}").all("h1")[0].text

    assert ["Hall A" in heading(""), "Hall B" in heading("?hall=B"), "Hall B" in heading("?booth=B01")] == [True] * 3


def test_without_a_hall_the_plan_says_that_it_is_not_out_yet():
    assert "The plan is not out yet" in see(client_of(), f"/fairs/{FairFactory().slug}/floorplan/").main


# --- Makers, products, towns ---


def test_makers_of_a_fair_are_found_by_category_county_and_words():
    fair = FairFactory()
    CategoryFactory(code="ceramics", name_en="Ceramics")
    show(fair, CompanyFactory(name_en="Tea House"), "A01")
    show(fair, CompanyFactory(name_en="Clay House", category=CategoryFactory(code="ceramics")), "A02")
    yilan = TownFactory(code="10002010", county=CountyFactory(code="10002", name_en="Yilan"), name_en="Yilan City")
    show(fair, CompanyFactory(name_en="Coast House", town=yilan), "A03")

    def found(asked):
        said = see(client_of(), f"/fairs/{fair.slug}/exhibitors/?{asked}").main
        return [name for name in ("Tea House", "Clay House", "Coast House") if name in said]

    assert found("") == ["Tea House", "Clay House", "Coast House"]
    assert found("category=ceramics") == ["Clay House"]
    assert found("county=10002") == ["Coast House"]
    assert found("q=clay+lugu") == ["Clay House"]
    assert found("category=none-such") == []


@pytest.mark.parametrize("path", ["/companies/", "/products/"])
def test_the_lists_of_makers_and_products_can_be_searched(path):
    tea = CompanyFactory(name_en="Dong Ding House")
    ProductFactory(company=tea, name_en="Dong Ding tea")
    glass = CompanyFactory(name_en="Glass House", category=CategoryFactory(code="glass", name_en="Glass"))
    ProductFactory(company=glass, name_en="Glass cup", category=CategoryFactory(code="glass"))

    found, other, craft = (see(client_of(), f"{path}?{asked}").main for asked in ("q=dong", "q=xyz", "category=glass"))

    assert "Dong Ding" in found
    assert "Glass cup" not in found
    assert "Dong Ding" not in other
    assert "Glass" in craft
    assert "Dong Ding" not in craft


def test_products_that_are_no_longer_made_are_nowhere():
    product = ProductFactory(name_en="Old tea", is_retired=True)

    see(client_of(), f"/products/{product.slug}/", status=404)
    assert "Old tea" not in see(client_of(), "/products/").source
    assert "Old tea" not in see(client_of(), f"/companies/{product.company.slug}/").source


def test_a_maker_tells_its_story_its_products_and_where_to_meet():
    company = CompanyFactory(name_en="Tao Workshop", story_en="Three generations.")
    ProductFactory(company=company, name_en="Tea pot")
    fair = FairFactory(name_en="Kiln and Tea")
    show(fair, company, "A12")
    show(FairFactory(name_en="Undecided"), company, confirmed=False)

    page = see(client_of(), f"/companies/{company.slug}/")

    for said in ("Three generations.", "Tea pot", "Kiln and Tea", "A12"):
        assert said in page.main
    assert "Undecided" not in page.source


def test_a_product_leads_to_its_maker():
    product = ProductFactory(name_en="Tea pot", price=1200)

    page = see(client_of(), f"/products/{product.slug}/")

    assert f"/companies/{product.company.slug}/" in page.links
    assert "1,200" in page.main


def test_a_town_shows_its_makers_and_fairs():
    company = CompanyFactory(name_en="Tao Workshop")
    FairFactory(name_en="Fair of the town")
    visited = FairFactory(name_en="Fair elsewhere", venue=VenueFactory(town=None))
    show(visited, company)

    page = see(client_of(), "/towns/10008070/")

    for said in ("Tao Workshop", "Fair of the town", "Fair elsewhere", "Lugu"):
        assert said in page.main
    see(client_of(), "/towns/99999999/", status=404)


def test_towns_are_found_by_their_names_in_either_way_of_writing():
    TownFactory()
    taitung = CountyFactory(code="10014", name_zh="臺東縣", name_en="Taitung")
    TownFactory(code="10014010", county=taitung, name_zh="臺東市")

    assert "臺東市" in see(client_of(language="zh-TW"), "/towns/?q=台東").main
    assert "鹿谷鄉" not in see(client_of(language="zh-TW"), "/towns/?q=台東").main
    assert "鹿谷鄉" in see(client_of(language="zh-TW"), "/towns/").main


# --- Search ---


def test_search_finds_fairs_makers_products_and_towns_by_all_words():
    FairFactory(name_en="Lugu Tea Fair")
    company = CompanyFactory(name_en="Lugu Tea House")
    ProductFactory(company=company, name_en="Lugu Tea leaves")

    page = see(client_of(), "/search/?q=lugu+tea")

    for name in ("Lugu Tea Fair", "Lugu Tea House", "Lugu Tea leaves"):
        assert name in page.main
    assert "Lugu Tea House" not in see(client_of(), "/search/?q=lugu+glass").main


@pytest.mark.parametrize("asked", ["", "q=", "q=%25", "q=" + "x" * 5000, "q=%00%0a", "q=<script>"])
def test_search_answers_whatever_is_typed(asked):
    page = see(client_of(), f"/search/?{asked}")

    assert "<script>alert" not in page.source
    assert page.status == 200


def test_search_never_finds_a_draft():
    FairFactory(name_en="Secret fair", state=Fair.State.DRAFT)

    assert "Secret fair" not in see(client_of(), "/search/?q=secret").source.replace('value="secret"', "")


# --- Calendars ---


def test_a_calendar_of_ones_own_has_one_address_whatever_the_order_of_choices():
    CountyFactory()
    CountyFactory(code="10002", name_zh="宜蘭縣", name_en="Yilan")
    CategoryFactory()
    FairFactory(name_en="In Nantou")

    one = see(client_of(), "/calendars/?county=10008&county=10002&category=tea")
    other = see(client_of(), "/calendars/?category=tea&county=10002&county=10008")

    address = "/feeds/fairs.ics?county=10002,10008&category=tea&lang=en"
    assert address in one.links
    assert address in other.links


def test_unknown_choices_are_left_out_of_the_address():
    page = see(client_of(language="zh-TW"), "/calendars/?county=nowhere&category=%22%3E")

    assert "/feeds/fairs.ics" in page.links


def test_calendars_show_what_matches_now():
    tea = FairFactory(name_en="Tea fair")
    tea.categories.add(CategoryFactory())
    FairFactory(name_en="Other fair")

    page = see(client_of(), "/calendars/?category=tea")

    assert "Tea fair" in page.main
    assert "Other fair" not in page.main


def test_the_address_that_is_offered_is_a_calendar():
    FairFactory(name_en="Tea fair")
    page = see(client_of(), "/calendars/?county=10008")
    (path,) = [link for link in page.links if link.startswith("/feeds/fairs.ics")]

    response = client_of().get(path)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/calendar")


# --- Files for machines ---


def test_robots_stay_out_of_what_is_not_public():
    said = client_of().get("/robots.txt").content.decode()

    assert "Disallow: /desk/" in said
    assert "Disallow: /a/" in said
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in said


def test_the_sitemap_names_public_pages_alone():
    fair, draft = FairFactory(), FairFactory(state=Fair.State.DRAFT)
    company, product = CompanyFactory(), ProductFactory()

    response = client_of().get("/sitemap.xml")

    said = response.content.decode()
    assert response.headers["Content-Type"].startswith("application/xml")
    pages = (f"/fairs/{fair.slug}/", f"/companies/{company.slug}/", f"/products/{product.slug}/", "/towns/10008070/")
    for path in pages:
        assert f"<loc>{settings.SITE_URL}{path}</loc>" in said
    assert draft.slug + "/" not in said


def test_who_finds_a_hole_is_told_whom_to_write_to():
    said = client_of().get("/.well-known/security.txt").content.decode()

    expires = datetime.fromisoformat(said.split("Expires: ")[1].split("\n")[0])
    assert f"Contact: mailto:{settings.SECURITY_CONTACT}" in said
    assert timezone.now() < expires < timezone.now() + timedelta(days=365)


# --- How often the database is asked ---


def crowd(fair, count):
    """So many makers, products, booths, sessions and fairs more."""
    zone = ZoneFactory(fair=fair)
    stage = StageFactory(fair=fair)
    hall = HallFactory(fair=fair, width=300, depth=30)
    for n in range(count):
        company = CompanyFactory()
        ProductFactory(company=company)
        application = ApplicationFactory(call=fair.call, company=company, state="confirmed")
        booth = BoothFactory(hall=hall, number=f"X{count}{n}", x=4 * n, y=1, zone=zone)
        PlacementFactory(application=application, booth=booth)
        starts_at = fair.begins_at + timedelta(minutes=10 * n)
        SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=10))
        other = FairFactory()
        other.categories.add(CategoryFactory())
        CallFactory(fair=other)
    release(fair)


def test_long_pages_ask_the_database_as_often_as_short_ones():
    fair = FairFactory()
    CallFactory(fair=fair)
    company = CompanyFactory()
    ProductFactory(company=company)
    paths = [
        "/",
        f"/fairs/{fair.slug}/",
        f"/fairs/{fair.slug}/programme/",
        f"/fairs/{fair.slug}/floorplan/",
        f"/fairs/{fair.slug}/exhibitors/",
        "/companies/",
        "/products/",
        f"/companies/{company.slug}/",
        "/towns/",
        "/towns/10008070/",
        "/search/?q=a",
        "/calendars/",
        "/sitemap.xml",
    ]
    crowd(fair, 1)
    client = client_of()
    few = {path: queries(client, path) for path in paths}

    crowd(fair, 30)

    assert {path: queries(client, path) for path in paths} == few
    assert max(few.values()) <= 25
