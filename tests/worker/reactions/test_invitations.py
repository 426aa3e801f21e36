"""Calendar mails: who gets them, what calendars read in them, and what is taken back."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from icalendar import Calendar

from core.database import now
from exhibitors import answering, applying, joining
from fairs import planning
from scheduling import cancelling, inviting, programming, rescheduling
from scheduling.contentlines import Unrenderable
from scheduling.inviting import Guest
from scheduling.models import Entry, Invitation
from scheduling.reply_addresses import invitation_of
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    PlacementFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    VenueFactory,
    coordinator_of,
    member_of,
)
from tests.worker.running import handle_all
from worker import calendar_mails, mailing, outbox, rendering, sending, unsubscribing
from worker.models import Batch, Message

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


def told():
    return sorted(Message.objects.exclude(calendar_method="").values_list("kind", "recipient", "state"))


def all_are_sent():
    """As if every mail that waits had been taken by its server."""
    while batch := outbox.claim():
        for message in batch:
            outbox.settle(message, Message.State.SENT)


def newest(receiver):
    return Message.objects.filter(recipient=receiver).exclude(calendar_method="").latest("pk")


def event_of(message):
    """What a calendar reads in the mail, and the method."""
    mail = message_from_bytes(rendering.build(message).as_bytes(), policy=default)
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert part["Content-Type"].params["method"] == calendar["METHOD"]
    return calendar["METHOD"], event


@pytest.fixture
def released():
    """A released session with a presenter and a company's member; and who released it."""
    fair = FairFactory()
    CallFactory(fair=fair)
    session = SessionFactory(stage__fair=fair, title_en="Tea")
    company = CompanyFactory()
    presenter, member = UserFactory(language="en"), member_of(company)
    session.presenters.add(presenter)
    session.companies.add(company)
    coordinator = coordinator_of(fair)
    programming.release(fair, by=coordinator)
    handle_all()
    return session, presenter, member, coordinator


# ---- fairs -----------------------------------------------------------------------------------------------------


def test_a_guest_gets_a_calendar_mail_with_the_uid_of_the_feed_and_three_links():
    fair = FairFactory(name_en="Tea Fair")
    (asked,) = inviting.invite(fair, [Guest(email="guest@example.net", name="林小姐")], by=coordinator_of(fair))

    handle_all()

    message = newest("guest@example.net")
    method, event = event_of(message)
    entry = Entry.objects.get(kind="fair")
    assert (message.kind, message.language, method) == ("fair-invitation", "", "REQUEST")
    assert (event["UID"], event["SEQUENCE"]) == (entry.uid, entry.sequence)
    assert event["ATTENDEE"] == "mailto:guest@example.net"
    assert dict(event["ATTENDEE"].params)["PARTSTAT"] == "NEEDS-ACTION"
    assert event["ORGANIZER"] == f"mailto:{message.reply_to}"
    assert invitation_of(message.reply_to) == asked.pk
    text = rendering.render(message).text
    for answer in ("accepted", "tentative", "declined"):
        assert f"{inviting.link_of(asked)}?answer={answer}\n" in text
        assert f"{inviting.link_of(asked)}?answer={answer}&lang=en\n" in text
    asked.refresh_from_db()
    assert (asked.state, asked.sent_sequence) == ("sent", entry.sequence)


def test_a_company_that_confirmed_gets_the_fair_into_its_members_calendars_until_it_withdraws():
    application = PlacementFactory().application
    member = member_of(application)

    answering.confirm(application, by=member)
    handle_all()
    assert told() == [("exhibitor-invitation", member.email, "queued")]

    all_are_sent()
    colleague = UserFactory(email="colleague@example.com")
    joining.accept(joining.invite(application.company, colleague.email, by=member), colleague)
    handle_all()
    assert newest(colleague.email).kind == "exhibitor-invitation"

    applying.withdraw(application, by=member)
    handle_all()
    assert newest(member.email).kind == "fair-invitation-cancelled"
    method, event = event_of(newest(member.email))
    assert (method, "STATUS" in event) == ("CANCEL", False)


def test_a_moved_fair_asks_everybody_again_with_a_higher_sequence():
    fair = FairFactory()
    CallFactory(fair=fair)
    (asked,) = inviting.invite(fair, [Guest(email="guest@example.net", language="en")], by=coordinator_of(fair))
    handle_all()
    inviting.answer(asked, "accepted", by=None)
    before = event_of(newest("guest@example.net"))[1]

    rescheduling.reschedule(fair, days=7, by=coordinator_of(fair), reason="颱風")
    handle_all()

    message = newest("guest@example.net")
    method, event = event_of(message)
    assert (message.kind, method, event["UID"]) == ("fair-invitation-update", "REQUEST", before["UID"])
    assert event["SEQUENCE"] > before["SEQUENCE"]
    assert event["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=7)
    assert "> 颱風" in rendering.render(message).text
    asked.refresh_from_db()
    assert asked.state == "sent"


def test_another_place_is_told_and_the_answers_stand():
    fair = FairFactory()
    (asked,) = inviting.invite(fair, [Guest(email="guest@example.net")], by=coordinator_of(fair))
    handle_all()
    inviting.answer(asked, "accepted", by=None)

    planning.edit(fair, values={"description_zh": "不一樣的茶"}, by=coordinator_of(fair))
    handle_all()
    assert newest("guest@example.net").kind == "fair-invitation"
    planning.edit(fair, values={"venue": VenueFactory(name_en="New Hall")}, by=coordinator_of(fair))
    handle_all()

    message = newest("guest@example.net")
    method, event = event_of(message)
    assert (message.kind, method) == ("fair-invitation-changed", "REQUEST")
    assert event["LOCATION"].startswith("展館")
    assert dict(event["ATTENDEE"].params)["PARTSTAT"] == "ACCEPTED"
    asked.refresh_from_db()
    assert (asked.state, asked.sent_sequence) == ("accepted", int(event["SEQUENCE"]))


def test_many_guests_are_told_of_another_place_in_a_batch(monkeypatch):
    monkeypatch.setattr(mailing, "SLICE", 2)
    fair = FairFactory()
    guests = [Guest(email=f"guest{number}@example.net") for number in range(5)]
    inviting.invite(fair, guests, by=coordinator_of(fair))
    handle_all()

    planning.edit(fair, values={"venue": VenueFactory()}, by=coordinator_of(fair))
    handle_all()

    assert Message.objects.filter(kind="fair-invitation-changed").count() == 5
    assert Batch.objects.get().filled == 5


def test_a_cancelled_fair_takes_all_calendar_mails_back_and_tells_each_company_once():
    application = ApplicationFactory()
    fair = application.call.fair
    member = member_of(application)
    inviting.invite(fair, [Guest(email="guest@example.net")], by=coordinator_of(fair))
    handle_all()
    all_are_sent()

    cancelling.cancel(fair, by=coordinator_of(fair), reason="颱風")
    handle_all()

    message = newest("guest@example.net")
    method, event = event_of(message)
    assert (message.kind, method, event["STATUS"]) == ("fair-invitation-cancelled", "CANCEL", "CANCELLED")
    fresh = Message.objects.filter(state="queued").values_list("kind", "recipient")
    assert sorted(fresh) == [("fair-cancelled", member.email), ("fair-invitation-cancelled", "guest@example.net")]


def test_who_opted_out_of_invitations_gets_none_but_all_other_mail():
    fair = FairFactory()
    token = unsubscribing.address_for("guest@example.net", kind="fair-invitation").rstrip("/").rpartition("/")[2]
    unsubscribing.opt_out(token)
    unsubscribing.opt_out(token)
    inviting.invite(fair, [Guest(email="guest@example.net")], by=coordinator_of(fair))
    handle_all()
    outbox.enqueue("test", cause="reminder:tea", to=[outbox.Recipient(email="guest@example.net")], context={})

    assert [message.kind for message in outbox.claim()] == ["test"]
    assert told() == [("fair-invitation", "guest@example.net", "suppressed")]


# ---- sessions --------------------------------------------------------------------------------------------------


def test_a_release_asks_presenters_and_members_of_its_companies(released):
    session, presenter, member, _ = released

    assert told() == sorted(("session-invitation", person.email, "queued") for person in (presenter, member))
    method, event = event_of(newest(presenter.email))
    entry = Entry.objects.get(kind="session")
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", entry.uid, 0)
    assert event["DTSTART"].dt == session.starts_at


def test_a_session_that_moves_is_told_with_the_same_uid_and_a_higher_sequence(released):
    session, presenter, _, coordinator = released
    all_are_sent()
    values = {"starts_at": session.starts_at + timedelta(hours=2), "ends_at": session.ends_at + timedelta(hours=2)}

    programming.edit_session(session, values=values, by=coordinator)
    handle_all()
    assert Message.objects.filter(state="queued").count() == 0
    programming.release(session.fair, by=coordinator)
    handle_all()

    message = newest(presenter.email)
    method, event = event_of(message)
    assert (message.kind, method, event["SEQUENCE"]) == ("session-invitation-update", "REQUEST", 1)
    assert (event["UID"], event["DTSTART"].dt) == (Entry.objects.get(kind="session").uid, values["starts_at"])


def test_a_session_that_is_taken_out_is_cancelled_in_calendars_and_feeds(released):
    session, presenter, _, coordinator = released
    all_are_sent()

    programming.drop_session(session, by=coordinator)
    programming.release(session.fair, by=coordinator)
    handle_all()

    message = newest(presenter.email)
    method, event = event_of(message)
    entry = Entry.objects.get(kind="session")
    assert (message.kind, method, event["STATUS"]) == ("session-invitation-cancelled", "CANCEL", "CANCELLED")
    assert (event["UID"], entry.status, event["SEQUENCE"]) == (entry.uid, "cancelled", entry.sequence)
    assert not Invitation.objects.standing().exists()


def test_a_delay_on_the_day_is_told_at_once(released):
    session, presenter, _, coordinator = released

    programming.delay(session, minutes=15, by=coordinator, reason="停電")
    handle_all()

    message = newest(presenter.email)
    assert message.kind == "session-invitation-update"
    assert "> 停電" in rendering.render(message).text
    # The first mail still waited, and nobody wants two.
    assert sorted(Message.objects.filter(recipient=presenter.email).values_list("kind", "state")) == [
        ("session-invitation", "cancelled"),
        ("session-invitation-update", "queued"),
    ]


def test_a_new_title_is_told_and_the_answers_stand(released):
    session, presenter, _, coordinator = released
    asked = Invitation.objects.get(user=presenter)
    inviting.answer(asked, "declined", by=presenter)

    programming.edit_session(session, values={"title_en": "Green tea"}, by=coordinator)
    programming.release(session.fair, by=coordinator)
    handle_all()

    message = newest(presenter.email)
    _, event = event_of(message)
    assert (message.kind, dict(event["ATTENDEE"].params)["PARTSTAT"]) == ("session-invitation-changed", "DECLINED")
    assert "Green tea" in message.context["session_en"]
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_another_stage_is_told_and_the_answers_stand(released):
    session, presenter, _member, coordinator = released
    before = event_of(newest(presenter.email))[1]
    all_are_sent()
    asked = Invitation.objects.get(email=presenter.email)
    inviting.answer(asked, "accepted", by=presenter)

    programming.edit_session(session, values={"stage": StageFactory(fair=session.fair, name_en="Yard")}, by=coordinator)
    programming.release(session.fair, by=coordinator)
    handle_all()

    message = newest(presenter.email)
    _method, event = event_of(message)
    asked.refresh_from_db()
    assert (message.kind, asked.state) == ("session-invitation-changed", "accepted")
    assert (event["UID"], event["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert event["LOCATION"].startswith("Yard")


def test_more_to_say_of_a_session_is_no_reason_for_a_mail(released):
    session, presenter, _, coordinator = released

    programming.edit_session(session, values={"abstract_en": "Come and taste."}, by=coordinator)
    programming.release(session.fair, by=coordinator)
    handle_all()

    assert newest(presenter.email).kind == "session-invitation"


def test_who_is_no_longer_a_presenter_is_taken_off_and_who_is_new_is_asked(released):
    session, presenter, member, coordinator = released
    all_are_sent()
    another = UserFactory()

    programming.edit_session(session, values={"presenters": [another]}, by=coordinator)
    programming.release(session.fair, by=coordinator)
    handle_all()

    assert newest(presenter.email).kind == "session-invitation-cancelled"
    assert newest(another.email).kind == "session-invitation"
    assert newest(member.email).kind == "session-invitation"


def test_who_joins_or_leaves_a_company_is_asked_to_its_sessions_or_taken_off(released):
    session, _, member, _ = released
    company = session.companies.get()
    colleague = UserFactory(email="colleague@example.com")
    joining.accept(joining.invite(company, colleague.email, by=member), colleague)
    handle_all()
    assert newest(colleague.email).kind == "session-invitation"

    all_are_sent()
    joining.remove(company.members.get(user=colleague), by=member)
    handle_all()
    assert newest(colleague.email).kind == "session-invitation-cancelled"


# ---- what is not sent ------------------------------------------------------------------------------------------


def test_what_is_cancelled_before_its_mail_went_out_is_never_told():
    fair = FairFactory()
    (asked,) = inviting.invite(fair, [Guest(email="guest@example.net")], by=coordinator_of(fair))
    handle_all()

    asked.refresh_from_db()
    inviting.cancel(asked, by=coordinator_of(fair))
    handle_all()

    assert told() == [("fair-invitation", "guest@example.net", "cancelled")]


def test_what_was_cancelled_or_had_begun_before_its_mail_was_written_is_not_written():
    fair = FairFactory()
    asked, late = inviting.invite(
        fair, [Guest(email="a@example.net"), Guest(email="b@example.net")], by=coordinator_of(fair)
    )
    asked.refresh_from_db()
    inviting.cancel(asked, by=coordinator_of(fair))
    past = now().date() - timedelta(days=9)
    type(fair).objects.filter(pk=late.fair_id).update(starts_on=past, ends_on=past)

    handle_all()

    assert told() == []


def test_a_calendar_part_that_cannot_be_rendered_ends_its_own_mail_alone(monkeypatch, mail_server):
    fair = FairFactory()
    original = calendar_mails.invitation

    def render(method, entry, *, organizer, attendee, language):
        if attendee.user.address == "poison@example.net":
            raise Unrenderable("ATTENDEE", "it is poisoned")
        return original(method, entry, organizer=organizer, attendee=attendee, language=language)

    monkeypatch.setattr(calendar_mails, "invitation", render)
    guests = [Guest(email=f"{name}@example.net", language="en") for name in ("a", "poison", "b")]
    inviting.invite(fair, guests, by=coordinator_of(fair))
    handle_all()

    sending.send_due()

    states = dict(Message.objects.values_list("recipient", "state"))
    assert states == {"a@example.net": "sent", "b@example.net": "sent", "poison@example.net": "dead"}
    assert Message.objects.get(state="dead").error == "The calendar part could not be made. (ATTENDEE: it is poisoned)"


def test_links_with_which_one_answers_are_wiped_once_the_mail_is_sent(mail_server):
    fair = FairFactory()
    inviting.invite(fair, [Guest(email="guest@example.net")], by=coordinator_of(fair))
    handle_all()

    sending.send_due()

    message = Message.objects.get()
    assert "/a/" not in str(message.context)
    assert "邀請您參觀" in rendering.preview(message)
