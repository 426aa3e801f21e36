"""What has served its time is taken away, and nothing else."""

from datetime import timedelta

import pytest

from accounts import limits
from accounts.limits import Limit
from accounts.models import Attempt
from core.database import now
from tests.factories import UserFactory
from worker import cleaning, outbox
from worker.models import Message
from worker.outbox import Recipient

pytestmark = pytest.mark.django_db


def put(cause, *, state, age):
    """A password reset that ended like this so many days ago."""
    context = {"email": "a@example.net", "url": "http://localhost:8000/secret/"}
    outbox.enqueue("password-reset", cause=cause, to=[Recipient(email="a@example.net")], context=context)
    message = Message.objects.get(cause=cause)
    if state == "cancelled":
        outbox.cancel(message, by=UserFactory())
    Message.objects.filter(pk=message.pk).update(created_at=now() - timedelta(days=age))


def test_secrets_of_mails_that_were_given_up_are_wiped_after_two_weeks(monkeypatch):
    monkeypatch.setattr(cleaning, "SLICE", 1)
    put("old", state="cancelled", age=15)
    put("older", state="cancelled", age=16)
    put("young", state="cancelled", age=13)
    put("waiting", state="queued", age=15)

    cleaning.clean()

    holding = Message.objects.filter(context__has_key="url").values_list("cause", flat=True)
    assert sorted(holding) == ["waiting", "young"]
    assert Message.objects.get(cause="old").context == {"email": "a@example.net", "name": ""}


def test_tries_to_sign_in_are_forgotten_after_a_day():
    limit = Limit("test", 5, timedelta(minutes=1))
    limits.take(limit, "me")
    Attempt.objects.update(at=now() - timedelta(hours=25))
    limits.take(limit, "me")

    cleaning.clean()

    assert Attempt.objects.count() == 1
