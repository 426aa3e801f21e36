"""The main journey: from the call to the calendar, as the README tells it, by hand in a browser."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.post import Mail, Post
from tests.operations.running_service import Service, fetch, wait_for

SLUG = "spring-makers"
NAME = "Spring Makers Fair"
FIRST_DAY = date.today() + timedelta(days=60)  # noqa: DTZ011  # the browser's own day is good enough for 60 days hence
COORDINATOR = "coordinator@example.org"
COMPANY = "company@example.com"
FEED_WITHIN = 5  # seconds, design section 9.6


class Walk:
    """A person at a browser."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site

    def sign_in(self, email: str) -> None:
        """One click on the log-in page of the demo world."""
        self.page.context.clear_cookies()
        self.go("/accounts/login/")
        self.page.locator(f"button[name=account][value='{email}']").click()
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def go(self, path: str) -> None:
        """Type an address."""
        response = self.page.goto(f"{self.site}{path}")
        assert response is not None
        assert response.status == 200, f"{path}: {response.status}"

    def fill(self, values: dict[str, str], *, inside: str = "main") -> None:
        """Fill in fields by their names; choose where it is a list."""
        for name, value in values.items():
            field = self.page.locator(f"{inside} [name='{name}']")
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, words: str) -> None:
        """Press the button that says so, and see that the answer is no refusal."""
        with self.page.expect_navigation() as navigation:
            self.page.get_by_role("button", name=words, exact=False).first.click()
        assert navigation.value.status in (200, 302), self.page.locator("main").inner_text()[:600]


@pytest.fixture
def walk(page: Page, service: Service) -> Walk:
    page.set_default_timeout(10_000)
    return Walk(page, service.site)


def test_a_fair_goes_the_whole_way_from_its_call_to_the_calendars(walk: Walk, service: Service, post: Post):
    plan_a_fair(walk)
    apply_as_a_company(walk)
    accept_and_place(walk)
    confirm_from_the_mail(walk, post)
    uid = release_a_programme(walk, service, post)
    move_the_session(walk, service, post, uid)
    take_the_session_out(walk, service, post, uid)

    assert [line for line in event(service, uid).splitlines() if line.startswith(("STATUS", "SEQUENCE"))] == [
        "SEQUENCE:2",
        "STATUS:CANCELLED",
    ]


def plan_a_fair(walk: Walk) -> None:
    walk.sign_in(COORDINATOR)
    walk.go("/desk/fairs/new/")
    last_day = FIRST_DAY + timedelta(days=2)
    walk.page.locator("select[name=venue]").select_option(index=3)
    walk.fill({"name_zh": "春季好物展", "name_en": NAME, "slug": SLUG, "description_zh": "春天的茶與器物。"})
    walk.fill({"description_en": "Tea and vessels.", "starts_on": f"{FIRST_DAY}", "ends_on": f"{last_day}"})
    walk.press("Make the draft")

    walk.go(f"/desk/{SLUG}/floorplan/")
    form = f"form[action$='/desk/{SLUG}/floorplan/halls/']"
    walk.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    walk.fill({"key": "A", "name_zh": "A 區", "width": "24", "depth": "18", "min_aisle": "3"}, inside=form)
    walk.fill({"entrance_x": "12", "entrance_y": "0"}, inside=form)
    with walk.page.expect_navigation():
        walk.page.locator(f"{form} button").last.click()
    form = f"form[action$='/desk/{SLUG}/floorplan/halls/A/grid/']"
    walk.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    walk.fill({"block": "A", "rows": "2", "columns": "4", "booth_width": "3", "booth_depth": "3"}, inside=form)
    walk.fill({"origin_x": "6", "origin_y": "6", "first_number": "1", "power": "2.2"}, inside=form)
    with walk.page.expect_navigation():
        walk.page.locator(f"{form} button").last.click()
    expect(walk.page.locator("main")).to_contain_text("A08")

    walk.go(f"/desk/{SLUG}/call/")
    yesterday, later = date.today() - timedelta(days=1), date.today() + timedelta(days=20)  # noqa: DTZ011
    walk.fill({"opens_at": f"{yesterday} 09:00", "closes_at": f"{later} 17:00", "fee_per_booth": "6000"})
    walk.press("Save dates and terms")
    walk.go(f"/desk/{SLUG}/fair/")
    walk.press("Announce the fair")
    expect(walk.page.locator("main")).to_contain_text("announced")


def apply_as_a_company(walk: Walk) -> None:
    walk.sign_in(COMPANY)
    walk.go(f"/company/applications/new/?call={SLUG}")
    walk.press("Begin the application")
    walk.page.locator("input[name=products]").first.check()
    walk.press("Save, next step")
    walk.fill({"booths_wanted": "1", "power": "1.1"})
    walk.press("Save, next step")
    walk.fill({"contact_name": "李品妍", "contact_phone": "02-0000-0033", "contact_email": COMPANY})
    walk.press("Save, next step")
    walk.press("Hand in the application")
    expect(walk.page.locator("main")).to_contain_text("A-0001")


def accept_and_place(walk: Walk) -> None:
    walk.sign_in(COORDINATOR)
    walk.go(f"/desk/{SLUG}/applications/A-0001/")
    walk.page.locator("input[name=decision][value=accept]").check()
    walk.press("Keep this decision")
    walk.go(f"/desk/{SLUG}/decisions/")
    walk.fill({"name": NAME})
    walk.press("Release and send")
    walk.go(f"/desk/{SLUG}/applications/A-0001/")
    walk.page.locator("input[name=booths]").first.check()
    walk.press("Hold and offer")
    expect(walk.page.locator("main")).to_contain_text("Booth A01")


def confirm_from_the_mail(walk: Walk, post: Post) -> None:
    mail = post.wait_for(lambda one: COMPANY in one.to and "/company/offers/" in one.text)
    walk.sign_in(COORDINATOR)
    walk.go("/dev/mail/")
    expect(walk.page.locator("main")).to_contain_text(mail.subject)
    walk.sign_in(COMPANY)
    walk.page.goto(mail.link("/company/offers/"))
    walk.page.locator("input[name=answer]").first.check()
    walk.press("Send the answer")
    expect(walk.page.locator("main")).to_contain_text("confirmed")


def release_a_programme(walk: Walk, service: Service, post: Post) -> str:
    walk.sign_in(COORDINATOR)
    walk.go(f"/desk/{SLUG}/programme/")
    form = f"form[action$='/desk/{SLUG}/programme/stages/']"
    walk.fill({"name_zh": "主舞台", "name_en": "Main Stage"}, inside=form)
    walk.press("Add the stage")
    walk.go(f"/desk/{SLUG}/programme/sessions/new/?day={FIRST_DAY}")
    walk.fill({"title_zh": "清晨茶席", "title_en": "Morning tea", "start": "10:30", "minutes": "60"})
    walk.page.locator("[name=stage]").select_option(label="Main Stage")
    choose_company(walk)
    walk.press("Save the session")
    publish(walk)

    wait_for(lambda: "SUMMARY:清晨茶席" in feed(service), within=FEED_WITHIN)
    mail = invitation(post, "REQUEST", "SEQUENCE:0")
    assert mail.line("ATTENDEE").lower() == f"mailto:{COMPANY}"
    assert f"UID:{mail.line('UID')}" in feed(service)
    return mail.line("UID")


def choose_company(walk: Walk) -> None:
    field = walk.page.locator("[name=companies]").first
    if field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(index=0)
    else:
        field.check()


def move_the_session(walk: Walk, service: Service, post: Post, uid: str) -> None:
    walk.go(f"/desk/{SLUG}/programme/?day={FIRST_DAY}")
    walk.page.locator("ol.lines details summary").first.click()
    walk.page.locator("ol.lines form [name$=start]").first.fill("14:00")
    walk.page.locator("ol.lines form button").first.click()
    publish(walk)

    wait_for(lambda: "SEQUENCE:1" in event(service, uid), within=FEED_WITHIN)
    assert f"{FIRST_DAY:%Y%m%d}T140000" in event(service, uid)
    assert invitation(post, "REQUEST", "SEQUENCE:1").line("UID") == uid


def take_the_session_out(walk: Walk, service: Service, post: Post, uid: str) -> None:
    walk.go(f"/desk/{SLUG}/programme/?day={FIRST_DAY}")
    walk.page.locator("ol.lines details summary").first.click()
    walk.page.locator("ol.lines form button[name=drop]").first.click()
    publish(walk)

    wait_for(lambda: "STATUS:CANCELLED" in event(service, uid), within=FEED_WITHIN)
    assert invitation(post, "CANCEL", "STATUS:CANCELLED").line("UID") == uid


def publish(walk: Walk) -> None:
    walk.go(f"/desk/{SLUG}/programme/release/")
    walk.press("Publish")


def feed(service: Service) -> str:
    """The fair's feed with its lines unfolded."""
    status, body = fetch(f"{service.site}/feeds/fairs/{SLUG}.ics")
    return body.replace("\r\n ", "").replace("\r\n", "\n") if status == 200 else ""


def event(service: Service, uid: str) -> str:
    """The one event of this UID in the fair's feed."""
    events = [part.split("END:VEVENT")[0] for part in feed(service).split("BEGIN:VEVENT")[1:]]
    found = [one for one in events if f"UID:{uid}" in one]
    return found[0] if found else ""


def invitation(post: Post, method: str, line: str) -> Mail:
    """The newest calendar mail to the company of this method that holds this line, about the session."""
    return post.wait_for(
        lambda mail: (
            COMPANY in mail.to
            and f"METHOD:{method}" in mail.calendar
            and line in mail.calendar
            and ("清晨茶席" in mail.calendar or "Morning tea" in mail.calendar)
        )
    )
