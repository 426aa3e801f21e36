"""Links out of mails: joining a company or an organizer, and ending mails that nobody wants."""

import pytest

from accounts import memberships
from accounts.models import Membership, MembershipInvite, User
from exhibitors import joining
from exhibitors.models import CompanyInvite, CompanyMember
from tests.factories import CompanyFactory, FairFactory, UserFactory, coordinator_of, member_of
from tests.web.reading import client_of, see, send
from worker import unsubscribing
from worker.models import Suppression

pytestmark = pytest.mark.django_db


def company_link(email="new@example.com"):
    company = CompanyFactory(name_en="Tao Workshop")
    invite = joining.invite(company, email, by=member_of(company))
    return company, f"/company/join/{joining.link_token(invite)}/"


def organizer_link(email="new@example.com"):
    fair = FairFactory(organizer__name_en="Tea Office")
    invite = memberships.invite(fair.organizer, email, role=Membership.Role.COORDINATOR, by=coordinator_of(fair))
    return fair.organizer, f"/join/{memberships.link_token(invite)}/"


def test_the_page_says_who_asks_and_changes_nothing():
    company, link = company_link()

    page = see(client_of(), link)

    assert "Tao Workshop" in page.main
    assert "new@example.com" in page.main
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert company.members.count() == 1


def test_who_has_no_account_makes_one_and_belongs_to_the_company():
    company, link = company_link()
    client = client_of()

    done = send(client, link, {"name": "陳小姐", "password": "three quiet words"})

    user = User.objects.get(email="new@example.com")
    assert done.leads_to == "/company/"
    assert company.members.filter(user=user, role=CompanyMember.Role.MEMBER).exists()
    assert "Tao Workshop" in see(client, "/company/").main


def test_who_has_no_account_works_for_the_organizer_after_making_one():
    organizer, link = organizer_link()
    client = client_of()

    assert "Tea Office" in see(client, link).main
    assert send(client, link, {"name": "陳小姐", "password": "three quiet words"}).leads_to == "/start/"
    assert organizer.memberships.filter(user__email="new@example.com", role="coordinator").exists()


@pytest.mark.parametrize("make", [company_link, organizer_link])
def test_what_is_missing_stands_beside_its_field_and_nobody_is_made(make):
    _thing, link = make()

    page = send(client_of(), link, {"name": "", "password": "12345678"}, status=422)

    assert set(page.wrong) == {"name", "password"}
    assert not User.objects.filter(email="new@example.com").exists()


@pytest.mark.parametrize("make", [company_link, organizer_link])
def test_who_has_an_account_logs_in_first_and_needs_no_password_more(make):
    user = UserFactory(email="new@example.com")
    _thing, link = make()

    assert send(client_of(), link).leads_to == f"/accounts/login/?next={link}"
    assert send(client_of(UserFactory()), link).leads_to == f"/accounts/login/?next={link}"
    assert send(client_of(user), link).status == 302
    assert not CompanyInvite.objects.filter(used_at=None).exists()
    assert not MembershipInvite.objects.filter(used_at=None).exists()


@pytest.mark.parametrize("make", [company_link, organizer_link])
def test_a_link_works_once(make):
    user = UserFactory(email="new@example.com")
    _thing, link = make()
    send(client_of(user), link)

    assert "This invitation was used or is over." in see(client_of(user), link, status=410).main
    send(client_of(user), link, status=409)


@pytest.mark.parametrize("link", ["/company/join/made-up/", "/join/made-up/"])
def test_a_link_that_was_never_sent_leads_nowhere(link):
    assert "This link is over" in see(client_of(), link, status=410).main


# --- Mails that one does not want ---


def stop_link():
    return "/mail/stop/" + unsubscribing.address_for("guest@example.com", kind="fair-news").split("/mail/stop/")[1]


def test_opening_the_link_ends_nothing_and_the_button_does():
    link = stop_link()

    assert "guest@example.com" in see(client_of(), link).main
    assert not Suppression.objects.exists()
    assert "These mails have ended" in send(client_of(), link, status=200).main
    assert Suppression.objects.get().kind == "fair-news"


def test_mail_programs_may_press_the_button_by_themselves():
    client = client_of()
    client.handler.enforce_csrf_checks = True

    send(client, stop_link(), {"List-Unsubscribe": "One-Click"}, status=200)

    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("token", ["made-up", "bWFkZTp1cA:x", "%00"])
def test_a_link_that_is_not_ours_ends_nothing(token):
    see(client_of(), f"/mail/stop/{token}/", status=404)

    assert not Suppression.objects.exists()
