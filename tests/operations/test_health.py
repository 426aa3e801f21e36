"""Health, as probes and operators see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Change
from operations import health
from operations.tasks import tick
from tests.factories import FairFactory
from worker.models import Handling, Heartbeat, Message

ALL_WELL = {
    "ready": True,
    "parts": {
        "database": "ok",
        "messages": "ok",
        "changes": "ok",
        "erasures": "ok",
        "worker react": "ok",
        "worker send": "ok",
        "redis": "ok",
    },
}


@pytest.fixture
def _workers_live(db: None) -> None:
    for queue in health.QUEUES:
        tick(queue)


def message(**values: object) -> Message:
    return Message.objects.create(
        kind="booth-offered", cause="change:1", recipient="maker@example.com", message_id="<1@example.org>", **values
    )


def change(**values: object) -> Change:
    fair = FairFactory()
    return Change.objects.create(kind="fair.edited", about_label="fairs.fair", about_id=fair.pk, **values)


def problems(client: Client) -> dict[str, str]:
    response = client.get("/health/ready")
    found = {part: said for part, said in response.json()["parts"].items() if said != "ok"}
    assert (response.status_code, response.json()["ready"]) == ((503, False) if found else (200, True))
    return found


def test_a_living_process_says_so_without_asking_anybody(client):
    response = client.get("/health/live")  # the test has no database: a query would fail it

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.usefixtures("_workers_live")
def test_ready_means_that_every_part_is_well(client):
    response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (200, ALL_WELL)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.usefixtures("_workers_live")
def test_readiness_costs_the_same_few_queries_however_much_there_is(client, django_assert_num_queries):
    for number in range(3):
        Message.objects.create(kind="k", cause=f"change:{number}", recipient="a@example.com", message_id=f"<{number}>")

    with django_assert_num_queries(5):
        client.get("/health/ready")


@pytest.mark.usefixtures("_workers_live")
def test_a_queue_without_a_worker_is_named(client):
    Heartbeat.objects.filter(name="worker send").delete()
    Heartbeat.objects.filter(name="worker react").update(at=timezone.now() - timedelta(minutes=3))

    assert problems(client) == {
        "worker react": "was last heard of 180 s ago; is it running, and beat?",
        "worker send": "has not been heard of; is it running, and beat?",
    }


@pytest.mark.usefixtures("_workers_live")
def test_a_message_that_waits_too_long_is_named_unless_mail_is_held(client, settings):
    message(due_at=timezone.now() - timedelta(minutes=11))

    assert problems(client) == {"messages": "the oldest due message waits for 660 s"}
    settings.MAIL_HOLD = True
    assert problems(client) == {}


@pytest.mark.usefixtures("_workers_live")
def test_a_message_whose_time_has_not_come_is_no_problem(client):
    message(due_at=timezone.now() + timedelta(days=1), created_at=timezone.now() - timedelta(days=1))

    assert problems(client) == {}


@pytest.mark.usefixtures("_workers_live")
def test_a_change_that_nobody_has_looked_at_is_named(client):
    change(at=timezone.now() - timedelta(minutes=6))

    assert problems(client) == {"changes": "the oldest unhandled change waits for 360 s"}


@pytest.mark.usefixtures("_workers_live")
def test_an_old_change_that_came_with_an_import_is_no_problem(client):
    change(at=timezone.now() - timedelta(days=500), handled=True)

    assert problems(client) == {}


@pytest.mark.usefixtures("_workers_live")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"changes": "the oldest unhandled change waits for 360 s"}),
        ({"done_at": timezone.now()}, {}),
        ({"stuck_at": timezone.now()}, {}),
    ],
)
def test_a_handling_that_is_long_due_is_named_but_not_one_done_or_stuck(client, values, expected):
    seen = change(position=1)
    Handling.objects.create(
        change=seen,
        position=1,
        about_id=seen.about_id,
        channel="mail",
        reaction="tell",
        due_at=timezone.now() - timedelta(minutes=6),
        **values,
    )

    assert problems(client) == expected


@pytest.mark.usefixtures("_workers_live")
def test_a_redis_that_is_away_is_named(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"

    assert problems(client) == {"redis": "cannot be reached"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_named(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    assert problems(client) == {"database": "cannot be reached"}


def test_a_worker_that_has_just_started_counts_for_each_of_its_queues(db):
    class Queues:
        consume_from = ("react",)

    class Sender:
        class app:  # noqa: N801 (as Celery calls it)
            class amqp:  # noqa: N801
                queues = Queues

    from operations.tasks import note_start  # noqa: PLC0415

    note_start(sender=Sender)

    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["worker react"]
