"""Logging in and out, forgotten passwords, the demo's roles, and where each person's work begins."""

import pytest
from django.test import override_settings

from accounts.models import Membership
from tests.factories import (
    PASSWORD,
    CompanyFactory,
    FairFactory,
    UserFactory,
    coordinator_of,
    expert_of,
    member_of,
    staff_of,
)
from tests.web.reading import client_of, see, send
from worker.models import Message

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def log_in(client, email, password=PASSWORD, *, status=302, **more):
    return send(client, LOGIN, {"login": email, "password": password, **more}, status=status)


def test_the_log_in_page_asks_for_address_and_password_alone():
    page = see(client_of(), LOGIN)

    assert set(page.holds) - {"next", "q", "language", "theme"} == {"login", "password"}
    assert "/company/signup/" in page.links
    assert "/accounts/password/reset/" in page.links


def test_who_logs_in_goes_on_to_where_they_were_going():
    member = member_of(CompanyFactory())

    assert log_in(client_of(), member.email, next="/company/products/").leads_to == "/company/products/"
    assert log_in(client_of(), member.email).leads_to == "/start/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_logging_in_leads_to_no_other_site(elsewhere):
    assert log_in(client_of(), UserFactory().email, next=elsewhere).leads_to == "/start/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer():
    known = log_in(client_of(), UserFactory(email="lin@example.com").email, "wrong", status=422)
    unknown = log_in(client_of(), "nobody@example.com", "wrong", status=422)

    assert (
        known.above
        == unknown.above
        == ["This address and this password do not go together. Check both, or let us send you a link."]
    )
    assert known.holds["login"] == "lin@example.com"
    assert known.holds["password"] == ""


def test_an_empty_form_says_what_is_missing_beside_the_fields():
    page = log_in(client_of(), "", "", status=422)

    assert set(page.wrong) == {"login", "password"}


def test_too_many_wrong_tries_are_said_to_be_too_many():
    user = UserFactory()
    client = client_of()
    for _ in range(6):
        page = log_in(client, user.email, "wrong", status=422)

    assert "too many wrong tries" in page.above[0]


def test_logging_out_asks_first():
    client = client_of(UserFactory())

    assert "Log out?" in see(client, "/accounts/logout/").main
    assert "_auth_user_id" in client.session
    send(client, "/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_answered_alike_whether_or_not_there_is_an_account():
    UserFactory(email="lin@example.com")

    known = send(client_of(), "/accounts/password/reset/", {"email": "lin@example.com"})
    unknown = send(client_of(), "/accounts/password/reset/", {"email": "nobody@example.com"})

    assert known.leads_to == unknown.leads_to == "/accounts/password/reset/done/"
    assert "mail" in see(client_of(), known.leads_to).main
    assert Message.objects.filter(kind="password-reset", recipient="lin@example.com").count() == 1


def test_the_link_of_the_mail_sets_a_new_password():
    user = UserFactory(email="lin@example.com")
    client = client_of()
    send(client, "/accounts/password/reset/", {"email": user.email})
    link = Message.objects.get(kind="password-reset").context["url"].split("/accounts/")[1]

    opened = client.get(f"/accounts/{link}", follow=True)
    address = opened.redirect_chain[-1][0]
    weak = send(client, address, {"password1": "short", "password2": "short"}, status=200)
    unequal = send(client, address, {"password1": "three quiet words", "password2": "three loud words"}, status=200)
    send(client, address, {"password1": "three quiet words", "password2": "three quiet words"})

    assert set(weak.wrong) | set(unequal.wrong) <= {"password1", "password2"}
    assert weak.wrong
    assert unequal.wrong
    assert log_in(client_of(), user.email, "three quiet words").leads_to == "/start/"


def test_a_link_that_was_used_or_cut_says_so():
    page = see(client_of(), "/accounts/password/reset/key/1-set-password/")

    assert "link" in page.main.lower()


def test_the_password_can_be_changed_while_logged_in():
    user = UserFactory()
    client = client_of(user)
    new = {"password1": "three quiet words", "password2": "three quiet words"}

    wrong = send(client, "/accounts/password/change/", {"oldpassword": "wrong", **new}, status=200)
    send(client, "/accounts/password/change/", {"oldpassword": PASSWORD, **new})

    assert "oldpassword" in wrong.wrong
    user.refresh_from_db()
    assert user.check_password("three quiet words")


def test_a_closed_account_is_told_whom_to_ask():
    page = see(client_of(), "/accounts/inactive/")

    assert "This account is closed" in page.main


# --- Where one's work begins ---


def test_each_begins_where_their_work_is():
    fair = FairFactory()
    member = member_of(CompanyFactory())
    begins = {
        coordinator_of(fair): "/desk/",
        member: "/company/",
        UserFactory(is_staff=True): "/admin/",
        staff_of(fair): "/",
        expert_of(fair.organizer): "/",
        UserFactory(): "/",
    }

    found = {user: send_to_start(user) for user in begins}

    assert found == begins


def send_to_start(user):
    return client_of(user).get("/start/").headers["Location"]


def test_nobody_begins_anywhere():
    assert client_of().get("/start/").headers["Location"] == "/accounts/login/?next=/start/"


# --- The demo's roles ---

ROLES = {"coordinator@example.org": "Coordinator", "gone@example.org": "Gone"}


@override_settings(DEMO=True, DEMO_ACCOUNTS=ROLES)
def test_in_the_demo_one_click_logs_in_as_a_role():
    user = UserFactory(email="coordinator@example.org", name_en="Chen-Tung Huang")
    client = client_of()

    page = see(client, LOGIN)
    done = send(client, "/accounts/demo/", {"account": user.email, "next": "/desk/"})

    assert "Chen-Tung Huang" in page.main
    assert "/dev/mail/" in page.links
    assert "gone@example.org" not in page.source
    assert done.leads_to == "/desk/"
    assert client.session["_auth_user_id"] == str(user.pk)


@override_settings(DEMO=True, DEMO_ACCOUNTS=ROLES)
def test_no_other_account_can_be_entered_that_way():
    UserFactory(email="lin@example.com")
    UserFactory(email="gone@example.org", is_active=False)
    client = client_of()

    for email in ("lin@example.com", "gone@example.org", ""):
        send(client, "/accounts/demo/", {"account": email}, status=404)
    assert client.get("/accounts/demo/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_outside_the_demo_there_are_no_roles_to_enter():
    user = UserFactory(email="coordinator@example.org")
    with override_settings(DEMO=False, DEMO_ACCOUNTS=ROLES):
        page = see(client_of(), LOGIN)
        send(client_of(), "/accounts/demo/", {"account": user.email}, status=404)

    assert "/accounts/demo/" not in page.forms
    assert Membership.objects.count() == 0
