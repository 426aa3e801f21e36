"""The API of mails and the journal, as those see it who plan."""

from datetime import datetime

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from accounts import journal
from tests.factories import FairFactory, UserFactory, coordinator_of
from worker import outbox
from worker.models import Message
from worker.outbox import Recipient
from worker.registry import Registry
from worker.unfolding import unfold

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair():
    return FairFactory()


@pytest.fixture
def api(fair):
    client = APIClient()
    client.force_authenticate(coordinator_of(fair))
    return client


def put(fair, number=0):
    cause = f"reminder:{number}"
    scope = fair.journal_scope()
    context = {"organizer": "Organizer", "url": "http://localhost:8000/secret/"}
    outbox.enqueue("test", cause=cause, to=[Recipient(email="guest@example.net")], context=context, scope=scope)
    return Message.objects.get(cause=cause)


def test_a_mail_is_shown_without_what_it_says(api, fair):
    message = put(fair)

    shown = api.get(f"/api/v1/messages/{message.pk}/").json()

    times = {name: datetime.fromisoformat(shown.pop(name)) for name in ("created_at", "due_at")}
    assert times == {"created_at": message.created_at, "due_at": message.due_at}
    assert shown == {
        "id": str(message.pk),
        "kind": "test",
        "state": "queued",
        "recipient": "guest@example.net",
        "language": "",
        "fair": str(fair.pk),
        "about": None,
        "attempts": 0,
        "why": "",
        "sent_at": None,
        "message_id": message.message_id,
    }


def test_mails_are_stopped_and_sent_again(api, fair):
    waiting, dead = put(fair, 1), put(fair, 2)
    Message.objects.filter(pk=waiting.pk).update(due_at="2999-01-01T00:00Z")
    (claimed,) = outbox.claim()
    outbox.settle(claimed, Message.State.DEAD, error="This is no address that mail can be sent to.")

    assert api.get(f"/api/v1/messages/{dead.pk}/").json()["why"] == "這個地址無法收信。"
    assert api.post(f"/api/v1/messages/{waiting.pk}/cancel/").json()["state"] == "cancelled"
    assert api.post(f"/api/v1/messages/{dead.pk}/retry/").json()["state"] == "queued"
    refused = api.post(f"/api/v1/messages/{waiting.pk}/retry/")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition")


def test_mails_are_found_by_state_kind_receiver_fair_and_what_they_are_about(api, fair):
    message = put(fair)
    other = FairFactory(organizer=fair.organizer)
    put(other, 1)

    def found(query):
        return [row["id"] for row in api.get(f"/api/v1/messages/?{query}").json()["results"]]

    assert found(f"fair={fair.pk}") == [str(message.pk)]
    assert len(found("state=queued&kind=test&recipient=guest@example.net")) == 2
    assert found("state=sent") == []
    assert found(f"about={fair.pk}") == []


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_of_mails_takes_a_fixed_number_of_queries(api, fair, rows, django_assert_num_queries):
    for number in range(rows):
        put(fair, number)

    with django_assert_num_queries(1):
        assert len(api.get("/api/v1/messages/").json()["results"]) == rows


def test_nobody_else_sees_them_by_the_api(fair):
    message, client = put(fair), APIClient()
    assert client.get("/api/v1/messages/").status_code == 401
    client.force_authenticate(UserFactory())

    assert client.get("/api/v1/messages/").json()["results"] == []
    for move in ("", "retry/", "cancel/"):
        method = client.post if move else client.get
        assert method(f"/api/v1/messages/{message.pk}/{move}").status_code == 404


def test_who_follows_the_journal_reads_every_change_once_in_the_order_of_positions(api, fair):
    registry = Registry()
    registry.nothing_follows("fair.edited", "fair.announced")
    unfold(registry)
    with transaction.atomic():
        changes = [journal.record("fair.edited", fair, by=None) for _ in range(5)]
    unfold(registry)
    journal.record("fair.edited", fair, by=None)  # not unfolded yet, so not followed yet

    page = api.get("/api/v1/changes/?after=0&page_size=4").json()
    seen = [row["position"] for row in page["results"]]
    rest = api.get(page["next"]).json()["results"]
    seen += [row["position"] for row in rest]
    later = api.get(f"/api/v1/changes/?after={seen[-1]}").json()["results"]

    for change in changes:
        change.refresh_from_db()
    assert seen[-5:] == [change.position for change in changes]
    assert seen == sorted(seen)
    assert later == []
