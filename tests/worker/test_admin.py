"""The administration looks at what workers do, and changes nothing but what is stuck or suppressed."""

import pytest
from django.urls import reverse

from accounts import journal
from core.database import now
from tests.factories import ApplicationFactory, UserFactory
from worker import outbox, unfolding, unsubscribing
from worker.models import Batch, Handling, Message, Suppression, Unread
from worker.outbox import Recipient

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def address(model, name="changelist", *args):
    return reverse(f"admin:worker_{model._meta.model_name}_{name}", args=args)


def test_mails_are_looked_at_without_what_they_say(admin):
    secret = {"url": "http://localhost:8000/a/secret/"}
    outbox.enqueue("test", cause="reminder:tea", to=[Recipient(email="guest@example.net")], context=secret)
    message = Message.objects.get()

    listed, shown = admin.get(address(Message)), admin.get(address(Message, "change", message.pk))

    assert "guest@example.net" in listed.content.decode()
    assert "guest@example.net" in shown.content.decode()
    assert "secret" not in shown.content.decode()
    assert admin.post(address(Message, "change", message.pk), {"state": "sent"}).status_code == 403
    assert admin.get(address(Message, "add")).status_code == 403


@pytest.mark.parametrize("model", [Batch, Unread, Suppression, Handling])
def test_the_lists_open_and_nothing_is_added_by_hand(admin, model):
    assert admin.get(address(model)).status_code == 200
    assert admin.get(address(model, "add")).status_code == 403


def test_stuck_reactions_are_tried_again(admin):
    journal.record("application.submitted", ApplicationFactory(), by=None)
    unfolding.unfold()
    Handling.objects.update(stuck_at=now(), attempts=12)
    stuck = Handling.objects.get(channel="mail")

    admin.post(address(Handling), {"action": "try_again", "_selected_action": [stuck.pk]})

    assert list(Handling.objects.stuck().values_list("channel", flat=True)) == ["entry"]


def test_an_address_is_freed(admin):
    unsubscribing.suppress("guest@example.net", reason="550 No such user")
    suppression = Suppression.objects.get()

    admin.post(address(Suppression), {"action": "free", "_selected_action": [suppression.pk]})

    assert not Suppression.objects.in_force().exists()
