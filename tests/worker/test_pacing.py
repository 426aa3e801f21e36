"""Not more mails a minute to one domain than its servers like."""

from datetime import timedelta

import pytest

from core.database import now
from worker import outbox, sending
from worker.models import Message, Pace
from worker.outbox import Recipient

pytestmark = pytest.mark.django_db


def put(*receivers):
    people = [Recipient(email=receiver, language="en") for receiver in receivers]
    outbox.enqueue("test", cause="reminder:tea", to=people, context={"organizer": "Organizer"})


def claimed(limit=20):
    return sorted(message.recipient for message in outbox.claim(limit))


def as_if_a_minute_were_over():
    Pace.objects.update(minute_at=now() - timedelta(seconds=61))
    Message.objects.filter(state="queued").update(due_at=now() - timedelta(seconds=1))


def test_without_a_limit_all_go_at_once():
    put("a@one.test", "b@one.test")

    assert claimed() == ["a@one.test", "b@one.test"]
    assert not Pace.objects.exists()


def test_a_domain_gets_its_number_a_minute_and_holds_up_no_other(settings):
    settings.MAIL_PER_DOMAIN = 2
    put("a@one.test", "b@one.test", "c@one.test", "a@two.test")

    assert claimed(3) == ["a@one.test", "b@one.test"]
    assert claimed() == ["a@two.test"]
    waiting = Message.objects.get(recipient="c@one.test")
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert timedelta(seconds=50) < waiting.due_at - now() <= timedelta(minutes=1)

    as_if_a_minute_were_over()
    assert claimed() == ["c@one.test"]


def test_what_a_dead_worker_left_waits_for_the_next_minute_too(settings):
    settings.MAIL_PER_DOMAIN = 1
    put("a@one.test")
    outbox.claim()
    Message.objects.update(leased_until=now() - timedelta(seconds=1))

    assert claimed() == []
    assert Message.objects.get().leased_until > now() + timedelta(seconds=50)


def test_sending_stops_where_the_limit_is_reached(settings, mail_server):
    settings.MAIL_PER_DOMAIN = 3
    put(*(f"guest{number}@one.test" for number in range(5)))

    assert sending.send_due() is False

    assert len(mail_server.taken) == 3
