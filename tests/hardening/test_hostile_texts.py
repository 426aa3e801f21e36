"""What somebody writes is text wherever it is shown: no page, mail or feed takes it for script, markup or a link."""

from __future__ import annotations

import json
import mailbox
import re
import time
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exhibitors import joining
from fairs.models import Fair
from scheduling import publishing
from tests.factories import PASSWORD
from tests.hardening import hostile
from tests.hardening.looking import Visitor
from tests.test_permissions import Row, address_of, routes, rows
from tests.two_worlds import Worlds
from web.company.signup import Claim
from worker import rendering

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.long]
COLUMNS = (
    *("public", "buyer", "member", "member of another", "expert", "expert of another", "staff", "staff of another"),
    *("coordinator", "coordinator of another", "administrator"),
)
# Who sees most comes first.
CURIOUS = ("coordinator", "member", "expert", "staff", "administrator", "buyer", "public")
QUERY = "?q={0}&category={0}&town={0}&sort={0}&page={0}&next=javascript:window.pwned=30&day={0}&state={0}"


@pytest.fixture(scope="module")
def hostile_worlds(worlds: Worlds) -> Worlds:
    """Both worlds, with hostile text in every column of every row."""
    hostile.put_everywhere()
    for fair in Fair.objects.public():
        publishing.reconcile_fair(fair)
    return worlds


def test_the_look_finds_what_it_looks_for(visitor):
    for piece in hostile.PIECES[:6]:
        visitor.show(f"<p title='{piece}'>{piece}</p><p title=\"{piece}\">x</p>")
        assert visitor.faults, piece
        visitor.faults.clear()

    visitor.show("<p>text</p>")

    assert visitor.faults == []


def pages() -> list[Row]:
    """Each row of the permission table that shows something, without patterns."""
    shown = [row for row in rows() if row.method == "GET" and "+" in row.signs and "*" not in row.route]
    return [row for row in shown if not row.route.startswith(("operations:", "feeds:", "api"))]


def who(row: Row) -> list[str]:
    """Those who look at a page: whoever sees most of it, and the public if it may."""
    may = [name for name, sign in zip(COLUMNS, row.signs, strict=True) if sign == "+"]
    first = next(name for name in CURIOUS if name in may)
    return [first] if first == "public" or "public" not in may else [first, "public"]


def test_no_page_takes_a_text_for_more(hostile_worlds, visitor):
    people, seen = hostile_worlds.people(), set()
    said = hostile.text(0, None)
    for row in pages():
        address = address_of(hostile_worlds, row.route, row.about)
        for role in who(row):
            sign_in(visitor, people[role])
            name = f"{row.route} {row.about} as {role}"
            visitor.visit(address + (QUERY.format(said) if role == "public" else ""), name=name)
            visitor.submit_forms(name=name, text=said, seen=seen)

    assert visitor.faults == []


def sign_in(visitor: Visitor, person: User | None) -> None:
    """Look with this person's eyes."""
    visitor.client = Client(raise_request_exception=False)
    if person is not None:
        visitor.client.force_login(person)


def test_no_list_nor_row_of_the_administration_does(hostile_worlds, visitor):
    sign_in(visitor, hostile_worlds.administrator)
    visitor.visit(reverse("admin:accounts_user_changelist") + "?q=" + quote(hostile.PIECES[0]), name="a search")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        visitor.visit(reverse(f"{name}_changelist"), name=name)
        if row := model._default_manager.first():
            visitor.visit(reverse(f"{name}_change", args=[row.pk]), name=f"{name}, a row")

    assert visitor.faults == []
    assert "pwned" in visitor.shown["admin:exhibitors_company, a row"]


def test_no_link_of_a_mail_leads_to_a_page_that_does(hostile_worlds, visitor):
    said = hostile.text(0, None)
    typed = {"email": "guest@example.net", "name": said, "phone": said, "ubn": "", "name_zh": said, "town": said}
    claim = Claim(**typed, category=said, until=time.time() + 60).sign()
    asked = hostile_worlds.ours.things["company_invite"]

    for person in (None, hostile_worlds.ours.people["member"]):
        sign_in(visitor, person)
        visitor.visit(reverse("company-signup-confirm", args=[claim]))
        visitor.visit(reverse("company-join", args=[joining.link_token(asked)]))
        for token in (quote(hostile.PIECES[0], safe=""), "x" * 5_000):
            visitor.visit(f"/company/signup/{token}/")
            visitor.visit(f"/company/join/{token}/")

    assert visitor.faults == []


def test_pages_of_accounts_lead_nowhere_else(hostile_worlds, visitor):
    names = sorted(route.name for route in routes() if route.name.startswith("account_") and not route.arguments)
    onward = ("javascript:window.pwned=30", "//attack.test/", "https:attack.test", "\\\\attack.test")
    for person in (None, hostile_worlds.buyer):
        sign_in(visitor, person)
        for name in names:
            visitor.visit(f"{reverse(name)}?next={quote(onward[0])}", name=name)
        for address in onward:
            visitor.visit(f"{reverse('account_login')}?next={quote(address)}", name=f"log in on to {address}")
    typed = {"login": hostile_worlds.buyer.email, "password": PASSWORD}
    led = {Client().post(reverse("account_login"), typed | {"next": address}).get("Location") for address in onward}

    assert visitor.faults == []
    assert [place for place in led if not re.match("/[a-z]*", place) or place.startswith("//")] == []


def test_no_mail_takes_a_text_for_more(hostile_worlds, visitor, settings, tmp_path):
    settings.MAILDIR = tmp_path / "mail"
    box = mailbox.Maildir(settings.MAILDIR, create=True)
    mails = hostile.a_mail_of_each_kind()
    keys = [box.add(rendering.build(message).as_bytes()) for message in mails]

    for message in mails:
        # As mail programs show it, without the frame of the catcher, which takes every right away.
        visitor.show(rendering.render(message).html, name=message.kind)
        assert visitor.shown[message.kind].count("pwned") > 5, message.kind
    visitor.visit("/dev/mail/")
    for key in keys[::8]:
        visitor.visit(f"/dev/mail/{key}/")

    assert visitor.faults == []


def test_machines_are_given_data_that_no_browser_takes_for_a_page(hostile_worlds):
    people = hostile_worlds.people()
    for row in rows():
        if row.method == "GET" and "+" in row.signs and row.route.startswith(("api:", "api-schema", "feeds:")):
            browser = Client(raise_request_exception=False)
            role = who(row)[0]
            if people[role] is not None:
                browser.force_login(people[role])
            answer = browser.get(address_of(hostile_worlds, row.route, row.about))
            kind = answer["Content-Type"].partition(";")[0]
            assert kind in {
                "application/json",
                "application/vnd.oai.openapi",
                "application/atom+xml",
                "text/calendar",
            }, row
            assert answer["X-Content-Type-Options"] == "nosniff", row
            if kind == "application/json":
                json.loads(answer.content)


def test_feeds_for_readers_are_well_formed_and_hold_no_markup(hostile_worlds, visitor):
    for language in ("", "?lang=en"):
        body = Client().get(f"/feeds/news.atom{language}").content

        assert body.count(b"pwned") > 3
        assert {element.tag.partition("}")[0] for element in ElementTree.fromstring(body).iter()} == {
            "{http://www.w3.org/2005/Atom"
        }
        visitor.visit(f"/feeds/news.atom{language}")
    visitor.visit("/sitemap.xml")

    # The browser's own way of showing XML is what it forbids itself to style.
    assert [fault for fault in visitor.faults if "inline style" not in fault] == []
