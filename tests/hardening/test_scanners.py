"""Programs open links before people do: scanners, previews, crawlers. Reading and waiting change nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import memberships
from accounts.models import User
from core import database
from exhibitors import joining
from operations import erasing
from scheduling import inviting
from tests.factories import CompanyFactory, FairFactory, InvitationFactory, UserFactory, coordinator_of, member_of
from tests.hardening.looking import Chromium, Visitor
from tests.hardening.mails import Mailbox, write_changes, write_living
from tests.scanning import difference, dump
from tests.two_worlds import Worlds
from tests.web.reading import Page
from web.company.signup import Claim
from worker.kinds import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.long]


@pytest.fixture(scope="module")
def living(worlds: Worlds) -> Mailbox:
    """The mails whose links lead to something that still can be done."""
    box = Mailbox()
    write_living(worlds, box)
    return box


def read(address: str, *clients: Client) -> set[int]:
    """The answers to GET and HEAD, twice, of each client."""
    cache.clear()
    return {
        getattr(client, method)(address).status_code for client in clients for method in ("get", "head", "get", "head")
    }


def test_reading_a_link_twice_changes_nothing(worlds, living):
    """By whoever has the link, and by those who got the mails: one of them sees what it leads to."""
    receivers = [signed_in(worlds.ours.people[role]) for role in ("member", "coordinator")]
    before = dump()

    anybody = {address: read(address, Client()) for address in living.every()}
    receiver = {address: read(address, *receivers) for address in living.every()}

    assert difference(before) == {}
    assert {address: found for address, found in anybody.items() if not found <= {200, 302}} == {}
    assert {
        address: found for address, found in receiver.items() if not 200 <= min(found) < 400 or max(found) > 404
    } == {}


def test_waiting_without_a_click_changes_nothing(living, chromium: Chromium):
    """A link of each shape, in a browser that runs what scripts the page has."""
    shapes = {re.sub(r"[A-Za-z0-9_.:~%-]{20,}|[0-9a-f-]{36}", "…", address): address for address in living.every()}
    visitor = Visitor(chromium, keeps=True)
    before = dump()

    for address in shapes.values():
        visitor.linger(address, seconds=10)

    visitor.close()
    assert difference(before) == {}
    assert visitor.faults == []


def test_one_click_ends_one_kind_of_mail_to_one_address(living):
    address = next(each for each in living.unsubscribe)
    before = dump()

    answers = [Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {200}
    changed = difference(before)
    assert (changed.keys(), len(changed["worker.Suppression"])) == ({"worker.Suppression"}, 1)


def test_every_kind_of_mail_was_among_them_and_its_links_are_read(worlds, living, monkeypatch):
    clock = database.now

    def at(instant: datetime | None) -> None:
        monkeypatch.setattr(database, "now", (lambda: instant) if instant else clock)

    box = deepcopy(living)
    write_changes(worlds, box, at)
    before = dump()

    answers = {address: read(address, Client()) for address in box.every()}

    assert box.kinds() == KINDS.keys()
    assert difference(before) == {}
    assert {address: found for address, found in answers.items() if not found <= {200, 302, 410}} == {}


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


# ---- links that lead nowhere any more ------------------------------------------------------------------------------


def invitation_link(**values: object) -> str:
    return path_of(inviting.link_of(InvitationFactory(state="sent", **values)))


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def of_an_erased_person() -> str:
    user = UserFactory(email="lin@example.com", name_zh="林美華")
    link = invitation_link(email=user.email, user=user, name=user.name_zh)
    erasing.erase(erasing.of(user), by=None)
    return link


def of_a_cancelled_invitation() -> str:
    invitation = InvitationFactory(state="sent")
    link = path_of(inviting.link_of(invitation))
    inviting.cancel(invitation, by=coordinator_of(invitation), reason="額滿")
    return link


def of_a_fair_that_has_begun() -> str:
    return invitation_link(fair=FairFactory(starts_on=timezone.now().date() - timedelta(days=5)))


def that_was_replaced() -> str:
    invitation = InvitationFactory(state="sent")
    link = path_of(inviting.link_of(invitation))
    inviting.end_links(invitation, by=coordinator_of(invitation))
    return link


def company_invite(email: str = "new@example.com"):
    company = CompanyFactory()
    return joining.invite(company, email, by=member_of(company))


def to_a_company_used_twice() -> str:
    asked = company_invite()
    joining.accept(asked, UserFactory(email=asked.email))
    return f"/company/join/{joining.link_token(asked)}/"


def to_a_company_that_is_over() -> str:
    asked = company_invite()
    type(asked).objects.filter(pk=asked.pk).update(expires_at=timezone.now() - timedelta(days=1))
    return f"/company/join/{joining.link_token(asked)}/"


def to_a_company_for_an_erased_person() -> str:
    asked = company_invite("lin@example.com")
    link = f"/company/join/{joining.link_token(asked)}/"
    erasing.erase(erasing.find(asked.email), by=None)
    return link


def organizer_invite(email: str = "new@example.com"):
    fair = FairFactory()
    return memberships.invite(fair.organizer, email, role="staff", by=coordinator_of(fair))


def to_an_organizer_used_twice() -> str:
    asked = organizer_invite()
    memberships.accept(asked, UserFactory(email=asked.email))
    return f"/join/{memberships.link_token(asked)}/"


def to_an_organizer_for_an_erased_person() -> str:
    asked = organizer_invite("lin@example.com")
    link = f"/join/{memberships.link_token(asked)}/"
    erasing.erase(erasing.find(asked.email), by=None)
    return link


def to_a_sign_up_that_is_over() -> str:
    return f"/company/signup/{claim(until=time.time() - 1)}/"


def to_a_sign_up_used_twice() -> str:
    UserFactory(email="new@example.com")
    return f"/company/signup/{claim(until=time.time() + 60)}/"


def claim(*, until: float) -> str:
    words = {"phone": "", "ubn": "", "name_zh": "新茶行", "town": "10008070", "category": "tea"}
    return Claim(email="new@example.com", name="吳", until=until, **words).sign()


def to_a_reset_of_nobody() -> str:
    return "/accounts/password/reset/key/0-abcdef-0123456789abcdef0123456789abcdef/"


def to_an_answer_cut_short() -> str:
    return invitation_link()[:-9] + "/"


def to_no_mail_of_ours() -> str:
    return "/mail/stop/Zm9vOmJhcg.xyz/"


DEAD: list[Callable[[], str]] = [
    of_an_erased_person,
    of_a_cancelled_invitation,
    of_a_fair_that_has_begun,
    that_was_replaced,
    to_a_company_used_twice,
    to_a_company_that_is_over,
    to_a_company_for_an_erased_person,
    to_an_organizer_used_twice,
    to_an_organizer_for_an_erased_person,
    to_a_sign_up_that_is_over,
    to_a_sign_up_used_twice,
    to_a_reset_of_nobody,
    to_an_answer_cut_short,
    to_no_mail_of_ours,
]


@pytest.mark.parametrize("make", DEAD, ids=lambda make: make.__name__)
def test_a_dead_link_leads_to_a_page_that_says_so_and_offers_nothing(make, settings, tmp_path):
    settings.DATA_DIR, settings.MAILDIR = tmp_path, None
    link = make()
    before = dump()

    answer = Client(headers={"accept-language": "en"}).get(link, follow=True)

    page = Page(answer)
    assert answer.status_code in (200, 404, 410)
    assert len(page.main) > 40
    assert [word for word in ("林美華", "lin@example.com") if word in answer.content.decode()] == []
    assert difference(before) == {}
