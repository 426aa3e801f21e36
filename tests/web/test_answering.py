"""The page behind an invitation's link: both languages, no log-in, nothing happens until a button is pressed."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from scheduling import inviting, programming, publishing
from tests.factories import FairFactory, InvitationFactory, SessionFactory, StageFactory, UserFactory, coordinator_of
from tests.web.reading import client_of, see, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair():
    return FairFactory(name_zh="窯火與茶", name_en="Kiln and Tea")


def link(invitation, more=""):
    return urlsplit(inviting.link_of(invitation)).path + more


def test_the_page_says_in_both_languages_what_when_and_where(fair):
    invitation = InvitationFactory(fair=fair, name="林師傅")

    english, chinese = see(client_of(), link(invitation)), see(client_of(language="zh-TW"), link(invitation))

    for page in (english, chinese):
        for said in ("Kiln and Tea", "窯火與茶", "Will you come?", "林師傅", "(UTC+8)"):
            assert said in page.main
    assert english.main.index("Kiln and Tea") < english.main.index("窯火與茶")
    assert chinese.main.index("窯火與茶") < chinese.main.index("Kiln and Tea")


def test_the_address_is_a_key_that_no_cache_keeps_and_no_referer_gives_away(fair):
    headers = see(client_of(), link(InvitationFactory(fair=fair))).response.headers

    assert {"private", "no-store"} <= {part.strip() for part in headers["Cache-Control"].split(",")}
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(("asked", "first"), [("accepted", "accepted"), ("declined", "declined"), ("x", "accepted")])
def test_the_answer_of_the_mails_link_stands_first_and_is_not_given(fair, asked, first):
    invitation = InvitationFactory(fair=fair)

    page = see(client_of(), link(invitation, f"?answer={asked}"))

    buttons = [node for node in page.all("button") if node.attrs.get("name") == "answer"]
    assert [node.attrs["value"] for node in buttons if node.has("go")] == [first]
    invitation.refresh_from_db()
    assert invitation.state == "pending"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("accepted", "Thank you: you are coming"),
        ("tentative", "Noted: you are not sure yet"),
        ("declined", "Noted: you are not coming"),
    ],
)
def test_an_answer_is_noted_and_can_be_changed(fair, answer, said):
    invitation = InvitationFactory(fair=fair)
    client = client_of()

    done = send(client, link(invitation), {"answer": answer})
    page = see(client, done.leads_to)

    invitation.refresh_from_db()
    assert invitation.state == answer
    assert said in page.main
    others = [node.attrs["value"] for node in page.all("button") if node.attrs.get("name") == "answer"]
    assert answer not in others
    send(client, link(invitation), {"answer": others[0]})
    invitation.refresh_from_db()
    assert invitation.state == others[0]


def test_the_same_answer_twice_is_one_answer(fair):
    invitation = InvitationFactory(fair=fair)

    for _ in range(2):
        send(client_of(), link(invitation), {"answer": "accepted"})

    invitation.refresh_from_db()
    assert invitation.state == "accepted"


def test_what_is_no_answer_changes_nothing(fair):
    invitation = InvitationFactory(fair=fair)

    for answer in ("", "cancelled", "maybe"):
        send(client_of(), link(invitation), {"answer": answer}, status=422)

    invitation.refresh_from_db()
    assert invitation.state == "pending"


def test_after_the_time_moved_people_are_asked_again_and_read_what_they_had_said(fair):
    invitation = InvitationFactory(fair=fair)
    inviting.answer(invitation, "accepted", by=None)
    inviting.ask_again(fair)

    page = see(client_of(), link(invitation))

    assert "The time has changed; please answer again." in page.main
    assert "You had answered that you come." in page.main
    assert "Does the new time suit you?" in page.main


def test_a_session_says_its_stage_and_what_the_time_was_before(fair):
    session = SessionFactory(stage=StageFactory(fair=fair, name_en="Main Stage"), title_en="Opening tea")
    coordinator = coordinator_of(fair)
    programming.release(fair, by=coordinator)
    session.refresh_from_db()
    invitation = InvitationFactory(fair=fair, session=session)
    inviting.answer(invitation, "tentative", by=None)
    programming.delay(session, minutes=30, by=coordinator)
    inviting.ask_again(session)

    page = see(client_of(), link(invitation))

    for said in ("Opening tea", "Main Stage", "10:30–11:30", "You had answered that you are not sure."):
        assert said in page.main
    assert any("10:00" in node.text for node in page.all("del"))


def test_once_it_has_begun_answers_are_closed(fair):
    invitation = InvitationFactory(fair=fair)
    inviting.answer(invitation, "accepted", by=None)
    type(fair).objects.filter(pk=fair.pk).update(
        starts_on=timezone.localdate() - timedelta(days=1), ends_on=timezone.localdate() + timedelta(days=1)
    )

    page = see(client_of(), link(invitation))

    assert "It has begun; answers are closed." in page.main
    assert "Your last answer" in page.main
    assert not [node for node in page.all("button") if node.attrs.get("name") == "answer"]
    send(client_of(), link(invitation), {"answer": "declined"}, status=409)


def test_what_was_cancelled_says_why(fair):
    invitation = InvitationFactory(fair=fair)
    inviting.cancel(invitation, by=None, reason="The hall has no roof.")

    page = see(client_of(), link(invitation))

    assert "It is cancelled; please do not come." in page.main
    assert "The hall has no roof." in page.main
    send(client_of(), link(invitation), {"answer": "accepted"}, status=409)


def test_a_link_that_was_replaced_counts_no_more(fair):
    invitation = InvitationFactory(fair=fair)
    old = link(invitation)
    inviting.end_links(invitation, by=None)
    invitation.refresh_from_db()

    page = see(client_of(), old, status=410)

    assert "This link no longer counts." in page.main
    see(client_of(), link(invitation))


@pytest.mark.parametrize("token", ["made-up", "0.1.x", "%00", "01a20ef550d978b1a30fc234d7809397.1.forged"])
def test_a_link_that_was_never_sent_is_not_there(token):
    see(client_of(), f"/a/{token}/", status=404)
    send(client_of(), f"/a/{token}/", {"answer": "accepted"}, status=404)
    see(client_of(), f"/a/{token}/event.ics", status=404)


def test_the_event_can_be_put_into_a_calendar_by_hand(fair):
    invitation = InvitationFactory(fair=fair)
    see(client_of(), link(invitation, "event.ics"), status=404)
    publishing.reconcile_fair(fair)

    page = see(client_of(), link(invitation))
    response = client_of().get(link(invitation, "event.ics"))

    assert link(invitation, "event.ics") in page.links
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/calendar")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert b"SUMMARY:Kiln and Tea" in response.content


def test_a_replaced_link_gives_no_event(fair):
    invitation = InvitationFactory(fair=fair)
    publishing.reconcile_fair(fair)
    old = link(invitation, "event.ics")
    inviting.end_links(invitation, by=None)

    see(client_of(), old, status=404)


def test_abroad_the_time_says_its_distance_from_world_time():
    canada = FairFactory(venue__country="CA", venue__time_zone="America/St_Johns", starts_on=date(2030, 1, 11))

    assert "(UTC-3:30)" in see(client_of(), link(InvitationFactory(fair=canada))).main


def test_who_is_logged_in_answers_by_the_same_link(fair):
    user = UserFactory()
    invitation = InvitationFactory(fair=fair, user=user, email=user.email)

    with time_machine.travel(timezone.now(), tick=False):
        send(client_of(user), link(invitation), {"answer": "declined"})

    invitation.refresh_from_db()
    assert invitation.state == "declined"
