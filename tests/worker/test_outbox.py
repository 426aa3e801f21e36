"""The outbox: nothing lost, nothing sent twice but what could not be known, one bad mail alone."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts.journal import Scope
from accounts.models import Change
from core.database import now
from core.errors import InvalidTransition
from tests.factories import FairFactory, UserFactory, coordinator_of
from worker import outbox, sending, smtp
from worker.models import MESSAGE_MOVES, Message, Suppression
from worker.outbox import CalendarPart, Draft, Recipient

pytestmark = pytest.mark.django_db
State = Message.State

# Written by hand from the design, section 7, so that the code is not compared with itself.
MOVES = {
    ("queued", "sending"),
    ("queued", "cancelled"),
    ("queued", "suppressed"),
    ("sending", "sending"),
    ("sending", "sent"),
    ("sending", "failed"),
    ("sending", "dead"),
    ("failed", "sending"),
    ("failed", "cancelled"),
    ("failed", "suppressed"),
    ("dead", "queued"),
}
STATES = ["queued", "sending", "sent", "failed", "dead", "cancelled", "suppressed"]


def put(receiver="guest@example.net", *, kind="test", cause="reminder:tea", **context):
    """A message in the outbox."""
    values = {"organizer_zh": "主辦機關", "organizer_en": "Organizer", **context}
    outbox.enqueue(kind, cause=cause, to=[Recipient(email=receiver, name="貴賓", language="en")], context=values)
    return Message.objects.get(kind=kind, cause=cause, recipient=receiver)


def in_state(state):
    """A message that came to this state as it really would."""
    message = put()
    if state in ("sending", "sent", "failed", "dead"):
        (message,) = outbox.claim()
    if state in ("sent", "failed", "dead"):
        outbox.settle(message, State(state), retry_in=timedelta(0) if state == "failed" else None)
    if state == "cancelled":
        outbox.cancel(message, by=None)
    if state == "suppressed":
        Suppression.objects.create(email=message.recipient, reason="550 gone")
        outbox.claim()
    message.refresh_from_db()
    assert message.state == state
    return message


def chain(message):
    """What the journal says of the message."""
    return list(Change.objects.about(message).values_list("before", "after"))


def as_if_the_lease_ran_out():
    Message.objects.filter(state="sending").update(leased_until=now() - timedelta(seconds=1))


def as_if_the_pause_were_over():
    Message.objects.filter(state="failed").update(due_at=now() - timedelta(seconds=1))


# ---- moves -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_only_the_moves_of_the_design_are_allowed(before, after):
    assert MESSAGE_MOVES.allows(before, after) == ((before, after) in MOVES)


@pytest.mark.parametrize("state", STATES)
def test_only_what_waits_can_be_cancelled(state):
    message = in_state(state)

    if (state, "cancelled") in MOVES:
        outbox.cancel(message, by=None)
        assert chain(message)[-1] == (state, "cancelled")
    else:
        with pytest.raises(InvalidTransition):
            outbox.cancel(message, by=None)
        assert Message.objects.get().state == state


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_dead_can_be_tried_again(state):
    message, by = in_state(state), UserFactory()

    if state == "dead":
        outbox.retry(message, by=by)
        assert (message.state, message.attempts, message.error) == ("queued", 0, "")
        assert Change.objects.get(kind="message.queued").by == by
        assert outbox.claim() == [message]
    else:
        with pytest.raises(InvalidTransition):
            outbox.retry(message, by=by)
        assert Message.objects.get().state == state


@pytest.mark.parametrize("state", ["queued", "cancelled", "suppressed"])
def test_an_outcome_that_no_send_can_have_is_refused(state):
    message = in_state("sending")

    with pytest.raises(InvalidTransition):
        outbox.settle(message, State(state))


def test_every_move_stands_in_the_journal_and_wakes_nobody_but_for_a_dead_one(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        message = in_state("failed")
        as_if_the_pause_were_over()
        (message,) = outbox.claim()
        outbox.settle(message, State.SENT)
    assert callbacks == []
    assert chain(message) == [
        ("queued", "sending"),
        ("sending", "failed"),
        ("failed", "sending"),
        ("sending", "sent"),
    ]

    with django_capture_on_commit_callbacks() as callbacks:
        put(cause="reminder:other")
        (other,) = outbox.claim()
        outbox.settle(other, State.DEAD)
    assert len(callbacks) == 1


# ---- into the outbox -------------------------------------------------------------------------------------------


def test_the_same_mail_for_the_same_cause_is_written_once():
    people = [Recipient(email="a@example.net"), Recipient(email="A@Example.net "), Recipient(email="b@example.net")]

    counts = [outbox.enqueue("test", cause="reminder:tea", to=people, context={}) for _ in range(2)]

    assert counts == [2, 0]
    assert sorted(Message.objects.values_list("recipient", flat=True)) == ["a@example.net", "b@example.net"]


def test_a_message_belongs_to_the_business_and_the_request_of_its_cause():
    fair = FairFactory()
    change = Change.objects.create(
        kind="fair.edited",
        about_label="fairs.fair",
        about_id=fair.pk,
        organizer_id=fair.organizer_id,
        fair_id=fair.pk,
        request_id="a-request",
    )

    outbox.enqueue("test", cause=change, to=[Recipient(email="a@example.net")], context={})
    outbox.enqueue(
        "test",
        cause="reminder:tea",
        to=[Recipient(email="a@example.net")],
        context={},
        scope=Scope(organizer=fair.organizer_id),
    )

    assert sorted(Message.objects.values_list("cause", "organizer", "fair", "request_id")) == [
        (f"change:{change.pk}", fair.organizer_id, fair.pk, "a-request"),
        ("reminder:tea", fair.organizer_id, None, ""),
    ]


def test_an_account_holder_gets_own_language_only_and_others_both():
    context = {"fair_zh": "茶展", "fair_en": "Tea fair", "url": "http://localhost:8000/"}
    reader = UserFactory(language="en")

    outbox.enqueue(
        "test", cause="reminder:tea", to=[Recipient.of(reader), Recipient(email="guest@example.net")], context=context
    )

    mine, both = Message.objects.get(user=reader), Message.objects.get(user=None)
    assert mine.context == {"fair_en": "Tea fair", "url": "http://localhost:8000/", "name": str(reader)}
    assert both.context == {**context, "name": ""}
    assert (mine.language, both.language) == ("en", "")


def test_what_the_database_cannot_keep_is_kept_in_another_form():
    long = f"{'x' * 600}@example.net"

    outbox.enqueue("test", cause="reminder:tea", to=[Recipient(email=long, name="\x00\ud800")], context={})

    message = Message.objects.get()
    assert (len(message.recipient), message.context["name"]) == (500, "\ufffd?")


def test_a_newer_calendar_mail_overtakes_those_that_wait():
    about, another = UserFactory().pk, UserFactory().pk

    def invite(cause, about_id, sequence):
        draft = Draft(
            to=Recipient(email="guest@example.net"),
            about_id=about_id,
            calendar=CalendarPart(method="REQUEST", sequence=sequence, octets=b"BEGIN:VCALENDAR"),
        )
        return outbox.enqueue_drafts("session-invitation", cause=cause, drafts=[draft])

    invite("change:1", about, 0)
    (on_its_way,) = outbox.claim()
    invite("change:2", about, 1)
    invite("change:3", another, 0)
    invite("change:4", about, 2)
    invite("change:2", about, 1)

    assert list(Message.objects.order_by("pk").values_list("cause", "state")) == [
        ("change:1", "sending"),
        ("change:2", "cancelled"),
        ("change:3", "queued"),
        ("change:4", "queued"),
    ]
    assert on_its_way.calendar_sequence == 0


# ---- leases ----------------------------------------------------------------------------------------------------


def test_what_is_leased_belongs_to_one_worker_until_the_lease_runs_out():
    put()
    (first,) = outbox.claim()

    assert outbox.claim() == []
    as_if_the_lease_ran_out()
    (second,) = outbox.claim()

    assert (outbox.hold(first), outbox.hold(second)) == (False, True)
    assert outbox.settle(first, State.FAILED, error="late") is False
    assert outbox.settle(second, State.SENT) is True
    message = Message.objects.get()
    assert (message.state, message.error, message.attempts) == ("sent", "", 1)
    assert chain(message) == [("queued", "sending"), ("sending", "sending"), ("sending", "sent")]


def test_what_a_worker_lets_go_is_free_at_once():
    put()
    batch = outbox.claim()

    outbox.let_go(batch)

    assert len(outbox.claim()) == 1


def test_a_password_reset_does_not_wait_behind_invitations():
    put(kind="fair-invitation")
    put(kind="test")
    put(kind="password-reset")

    assert [message.kind for message in outbox.claim(2)] == ["password-reset", "test"]


def test_nothing_is_sent_while_mail_is_held(settings, mail_server):
    put()
    settings.MAIL_HOLD = True

    assert (outbox.claim(), outbox.anything_due(), sending.send_due()) == ([], False, False)
    settings.MAIL_HOLD = False
    sending.send_due()
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=1), -timedelta(hours=1)])
def test_a_worker_with_a_wrong_clock_steals_no_lease_and_sends_nothing_early(time_machine, ahead):
    put()
    outbox.claim()
    put(cause="reminder:later")
    Message.objects.filter(cause="reminder:later").update(due_at=now() + timedelta(minutes=30))

    time_machine.move_to(now() + ahead)

    assert outbox.claim() == []
    as_if_the_lease_ran_out()
    assert [message.cause for message in outbox.claim()] == ["reminder:tea"]


def test_leases_outlast_what_one_send_can_take(settings):
    replies = 4  # MAIL, RCPT, DATA and the end of the text; the connection stands before the lease is renewed

    assert timedelta(seconds=replies * settings.EMAIL_TIMEOUT) < outbox.SEND_LEASE


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_share_the_work():
    with transaction.atomic():
        for number in range(60):
            put(f"guest{number}@example.net")
    start = Barrier(4)

    def work(_):
        start.wait()
        try:
            return [message.recipient for _ in range(4) for message in outbox.claim(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = Counter(receiver for batch in pool.map(work, range(4)) for receiver in batch)

    assert set(claimed.values()) == {1}
    assert Message.objects.filter(state="sending").count() == len(claimed)


# ---- sending ---------------------------------------------------------------------------------------------------


def test_a_mail_is_sent_with_the_message_id_that_it_was_born_with(mail_server):
    message = put()

    assert sending.send_due() is False

    message.refresh_from_db()
    assert mail_server.taken == [(message.message_id, "guest@example.net")]
    assert (message.state, message.attempts, message.lease, message.leased_until) == ("sent", 1, None, None)
    assert message.message_id.endswith("@example.org>")
    assert message.sent_at is not None


def test_a_receiver_that_is_refused_for_good_gets_no_more_mail(mail_server):
    mail_server.at_rcpt = {"nobody@example.net": "550 5.1.1 No such user"}
    put("nobody@example.net")
    sending.send_due()
    later = put("nobody@example.net", cause="reminder:later")
    sending.send_due()

    later.refresh_from_db()
    first = Message.objects.get(cause="reminder:tea")
    assert (first.state, first.error) == ("dead", "550 5.1.1 No such user")
    assert (later.state, later.error) == ("suppressed", "550 5.1.1 No such user")
    assert Change.objects.get(kind="message.dead").facts == {"code": 550}
    assert mail_server.tries == {"nobody@example.net": 1}


def test_trying_again_by_hand_lifts_the_suppression(mail_server):
    mail_server.at_rcpt = {"nobody@example.net": "550 5.1.1 No such user"}
    message = put("nobody@example.net")
    sending.send_due()
    mail_server.at_rcpt = {}
    message.refresh_from_db()

    outbox.retry(message, by=UserFactory())
    sending.send_due()

    message.refresh_from_db()
    assert (message.state, Suppression.objects.in_force().count()) == ("sent", 0)


def test_a_mail_that_is_refused_for_its_content_does_not_suppress_its_receiver(mail_server):
    mail_server.at_data = {"guest@example.net": "554 5.7.1 Looks like spam"}
    message = put()

    sending.send_due()

    message.refresh_from_db()
    assert (message.state, Suppression.objects.count()) == ("dead", 0)


@pytest.mark.parametrize(
    ("at_rcpt", "at_data"), [("451 4.7.1 Come again", None), ("drop", None), ("250 OK", "452 Full"), ("250 OK", "drop")]
)
def test_what_may_pass_is_tried_again_after_a_pause(mail_server, at_rcpt, at_data):
    mail_server.at_rcpt = {"guest@example.net": at_rcpt}
    mail_server.at_data = {"guest@example.net": at_data} if at_data else {}
    put("guest@example.net")
    put("other@example.net")

    sending.send_due()

    failed = Message.objects.get(recipient="guest@example.net")
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert timedelta(seconds=45) < failed.due_at - now() < timedelta(seconds=75)
    assert [receiver for _, receiver in mail_server.taken] == ["other@example.net"]

    mail_server.at_rcpt, mail_server.at_data = {}, {}
    as_if_the_pause_were_over()
    sending.send_due()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("sent", 2)
    assert mail_server.taken[-1] == (failed.message_id, "guest@example.net")


def test_a_greylisted_mail_comes_at_the_second_try(mail_server):
    mail_server.greylists = {"guest@example.net"}
    message = put()

    sending.send_due()
    as_if_the_pause_were_over()
    sending.send_due()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 2)


def test_after_three_days_it_is_given_up_with_what_the_server_said(mail_server):
    mail_server.at_rcpt = {"guest@example.net": "451 4.7.1 Come again"}
    message = put()
    assert timedelta(days=2, hours=23) < message.give_up_at - now() < timedelta(days=3, hours=1)
    Message.objects.update(give_up_at=now() + timedelta(seconds=10))

    sending.send_due()

    message.refresh_from_db()
    assert (message.state, message.error, Suppression.objects.count()) == ("dead", "451 4.7.1 Come again", 0)


def test_what_comes_too_late_is_not_sent_at_all(mail_server):
    message = put()
    Message.objects.update(give_up_at=now() - timedelta(seconds=1))

    sending.send_due()

    message.refresh_from_db()
    assert (message.state, message.error, mail_server.tries) == ("dead", outbox.NOT_IN_TIME, {})


def test_a_server_that_is_away_costs_no_message_a_try(settings, mail_server):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    message = put()

    assert sending.send_due() is False
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)

    settings.EMAIL_PORT = port
    sending.send_due()
    message.refresh_from_db()
    assert message.state == "sent"


def test_sending_gives_way_when_its_time_is_over_and_leaves_nothing_leased(mail_server):
    for number in range(5):
        put(f"guest{number}@example.net")
    mail_server.pause = 0.3

    assert sending.send_due(seconds=0.5) is True

    assert len(mail_server.taken) == 2
    assert len(outbox.claim()) == 3


def test_secrets_are_wiped_once_the_mail_is_sent(mail_server):
    for receiver in ("guest@example.net", "nobody@example.net"):
        put(receiver, kind="password-reset", email=receiver, url="http://localhost:8000/reset/secret/")
    mail_server.at_rcpt = {"nobody@example.net": "550 No such user"}

    sending.send_due()

    sent, dead = Message.objects.get(state="sent"), Message.objects.get(state="dead")
    assert ("url" in sent.context, "url" in dead.context) == (False, True)


# ---- one bad mail stops no other (hardening 14) ----------------------------------------------------------------


def test_messages_that_cannot_be_built_end_alone_each_with_a_sentence(mail_server):
    values = {"organizer_zh": "主辦機關", "organizer_en": "Organizer"}
    good = [Draft(to=Recipient(email=f"guest{number}@example.net"), context=values) for number in range(26)]
    poisoned = [
        Draft(to=Recipient(email="vt@example.net", name="林\x0b師傅"), context=values),
        Draft(to=Recipient(email="gap@example.net"), context={}),
        Draft(
            to=Recipient(email="calendar@example.net"),
            context=values,
            calendar=CalendarPart(method="REQUEST", sequence=0, octets=b"\xff\xfe"),
        ),
        Draft(to=Recipient(email=f"{'x' * 288}@example.net"), context=values),
    ]
    outbox.enqueue_drafts("test", cause="reminder:tea", drafts=[*good[:13], *poisoned, *good[13:]])

    while outbox.anything_due():
        sending.send_due()

    assert Counter(Message.objects.values_list("state", flat=True)) == {"sent": 26, "dead": 4}
    assert len(mail_server.taken) == 26
    dead = {message.recipient[:8]: message.error for message in Message.objects.filter(state="dead")}
    assert dead == {
        "vt@examp": "The receiver's name holds a control character.",
        "gap@exam": "Something that the text needs is missing. (organizer)",
        "calendar": "The calendar part could not be made.",
        "xxxxxxxx": "The address is longer than 254 characters.",
    }


def test_a_mail_whose_building_fails_in_a_way_that_nobody_foresaw_ends_alone_too(mail_server, monkeypatch):
    def build(message):
        raise RecursionError

    put()
    monkeypatch.setattr(outbox.rendering, "build", build)

    sending.send_due()

    message = Message.objects.get()
    assert (message.state, message.error) == ("dead", f"{outbox.NOT_BUILT} (RecursionError)")


def test_a_repaired_message_goes_out_when_tried_again(mail_server):
    outbox.enqueue("test", cause="reminder:tea", to=[Recipient(email="gap@example.net", language="en")], context={})
    sending.send_due()
    message = Message.objects.get()
    assert message.state == "dead"

    Message.objects.update(context={"organizer": "Organizer", "name": ""})
    outbox.retry(message, by=UserFactory())
    sending.send_due()

    assert Message.objects.get().state == "sent"


# ---- who sees it -----------------------------------------------------------------------------------------------


def test_messages_are_seen_by_the_coordinators_of_their_organizer_alone():
    fair, other = FairFactory(), FairFactory()
    message = put()
    Message.objects.update(organizer=fair.organizer)

    assert list(Message.objects.visible_to(coordinator_of(fair))) == [message]
    assert list(Message.objects.visible_to(coordinator_of(other))) == []
    assert list(Message.objects.visible_to(UserFactory())) == []
    assert list(Message.objects.visible_to(None)) == []


def test_pauses_double_from_a_minute_to_four_hours():
    pauses = [outbox.pause_after(attempts).total_seconds() for attempts in (1, 2, 5, 20)]

    for pause, middle in zip(pauses, [60, 120, 960, 4 * 3600], strict=True):
        assert 0.8 * middle <= pause <= 1.2 * middle


def test_a_lease_lost_while_a_mail_was_on_its_way_records_nothing_over_the_new_holder(mail_server):
    put()
    (first,) = outbox.claim()
    outbox.hold(first)
    as_if_the_lease_ran_out()
    (second,) = outbox.claim()

    with smtp.Server() as server:
        outbox.attempt(first, server)

    row = Message.objects.get()
    assert (row.state, row.lease) == ("sending", second.lease)
    assert Message.objects.filter(lease=F("lease")).count() == 1
    assert len(mail_server.taken) == 1
