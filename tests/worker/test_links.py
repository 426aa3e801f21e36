"""Every address to which a mail leads exists, and changes nothing when it is only read."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve

from accounts import memberships
from exhibitors import joining
from scheduling import inviting
from scheduling.inviting import Guest
from scheduling.models import Invitation
from tests.factories import PlacementFactory, coordinator_of, member_of
from tests.worker.running import handle_all
from worker import unsubscribing, wording
from worker.calendar_mails import ANSWERS
from worker.kinds import KINDS
from worker.models import Message, Suppression

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


def path_of(address):
    assert address.startswith(f"{SITE}/")
    return urlsplit(address).path


@pytest.fixture
def application():
    return PlacementFactory().application


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("application_url", "company:application"),
        ("offer_url", "company:offer"),
        ("desk_url", "desk:application"),
        ("fair_url", "fair"),
    ],
)
def test_the_pages_of_an_application_are_where_its_mails_lead(application, name, view):
    words = wording.of_application(application)

    assert resolve(path_of(words[name])).view_name == view


@pytest.mark.parametrize(
    ("path", "view"),
    [("/desk/", "desk:home"), ("/desk/a-fair/", "desk:board"), ("/desk/a-fair/messages/", "desk:messages")],
)
def test_the_pages_of_the_desk_are_where_its_mails_lead(path, view):
    assert resolve(path).view_name == view


def links_of_mails(application):
    """One link of each kind that acts for its receiver, as they stand in real mails."""
    fair, by = application.call.fair, coordinator_of(application)
    inviting.invite(fair, [Guest(email="guest@example.net")], by=by)
    memberships.invite(fair.organizer, "new@example.net", role="staff", by=by)
    joining.invite(application.company, "new@example.net", by=member_of(application))
    handle_all()
    links = {
        f"{message.kind} {name}": value
        for message in Message.objects.all()
        for name, value in message.context.items()
        if KINDS[message.kind].is_secret(name)
    }
    links["unsubscribe"] = unsubscribing.address_for("guest@example.net", kind="fair-invitation")
    return links


def tables():
    """All rows of all our tables."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name != "django_session"]
        for name in names:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{name}\" t")  # noqa: S608
            yield name, cursor.fetchone()


def test_scanners_that_read_every_link_change_nothing(application):
    links = links_of_mails(application)
    assert len(links) >= 9
    before = dict(tables())

    statuses = {}
    for name, address in links.items():
        parts = urlsplit(address)
        for method in ("get", "head", "get", "head"):
            response = getattr(Client(), method)(f"{parts.path}?{parts.query}")
            statuses[name] = response.status_code

    assert set(statuses.values()) == {200}
    assert dict(tables()) == before


def test_the_answer_that_a_link_names_is_one_that_can_be_given(application):
    links = links_of_mails(application)

    named = {parse_qs(urlsplit(address).query)["answer"][0] for name, address in links.items() if "invitation" in name}

    assert named == set(ANSWERS.values())
    assert named <= set(Invitation.State.values)


def test_one_click_ends_one_kind_of_mail_to_one_address():
    path = path_of(unsubscribing.address_for("guest@example.net", kind="fair-invitation"))

    response = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code in (200, 302, 303)
    assert list(Suppression.objects.values_list("email", "kind")) == [("guest@example.net", "fair-invitation")]
