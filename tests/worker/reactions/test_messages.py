"""The desk reads that mails can't be delivered, and nothing goes round in circles."""

import pytest

from accounts.journal import Scope
from tests.factories import FairFactory, OrganizerFactory, coordinator_of
from tests.worker.running import handle_all
from worker import outbox, rendering
from worker.models import Message
from worker.outbox import Recipient

pytestmark = pytest.mark.django_db


def dies(scope, *receivers):
    """Mails to these receivers that can't be delivered."""
    people = [Recipient(email=receiver) for receiver in receivers]
    outbox.enqueue("test", cause=f"reminder:{receivers}", to=people, context={}, scope=scope)
    for message in outbox.claim():
        outbox.settle(message, Message.State.DEAD, error="The address is longer than 254 characters.")
    handle_all()


def notices():
    return list(Message.objects.filter(kind="desk-message-dead").order_by("pk"))


def test_the_desk_reads_of_dead_mails_once_an_hour_and_where_to_look():
    fair = FairFactory()
    coordinator = coordinator_of(fair)
    type(coordinator).objects.filter(pk=coordinator.pk).update(language="en")
    coordinator_of(FairFactory())

    dies(fair.journal_scope(), "a@example.net", "b@example.net")
    dies(fair.journal_scope(), "c@example.net")

    (notice,) = notices()
    assert (notice.recipient, notice.fair) == (coordinator.email, fair)
    text = rendering.render(notice).text
    assert f"http://localhost:8000/desk/{fair.slug}/messages/" in text
    assert "The address is longer than 254 characters." in text


def test_a_mail_of_an_organizer_without_a_fair_is_told_too():
    organizer = OrganizerFactory(name_zh="經發局")
    coordinator = coordinator_of(organizer)

    dies(Scope(organizer=organizer.pk), "a@example.net")

    (notice,) = notices()
    assert (notice.recipient, notice.context["desk_url"]) == (coordinator.email, "http://localhost:8000/desk/")
    assert "「經發局」有信寄不出去" in rendering.render(notice).text


def test_nobody_is_told_of_private_mails():
    dies(Scope(), "a@example.net")

    assert notices() == []


def test_a_notice_that_is_dead_itself_is_told_to_nobody():
    fair = FairFactory()
    coordinator_of(fair)
    dies(fair.journal_scope(), "a@example.net")

    for message in outbox.claim():
        outbox.settle(message, Message.State.DEAD)
    Message.objects.update(cause="some other hour")
    handle_all()

    assert len(notices()) == 1
