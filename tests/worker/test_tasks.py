"""When things run: each task asks its own table, so a second call changes nothing."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from config.celery import app
from core.database import now
from exhibitors.models import Application
from scheduling import keys, programming, publishing
from scheduling.models import StaleKey
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    FairFactory,
    PlacementFactory,
    SessionFactory,
    coordinator_of,
    member_of,
)
from worker import outbox, reminding, tasks
from worker.models import Handling, Message
from worker.outbox import Recipient
from worker.schedule import BEAT

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parent.parent.parent


def test_everything_that_beat_asks_for_exists():
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled - set(app.tasks) == set()
    assert {entry["task"] for entry in BEAT.values()} < scheduled
    assert {"worker.react", "worker.send", "worker.publish"} < set(app.tasks)


def test_mails_have_a_queue_of_their_own():
    assert app.conf.task_routes["worker.send"] == {"queue": "send"}
    assert app.conf.task_default_queue == "react"


def test_what_happened_is_handled_published_and_sent(mail_server):
    fair = FairFactory(name_en="Tea Fair")
    CallFactory(fair=fair)
    session = SessionFactory(stage__fair=fair, title_en="Green tea")
    presenter = coordinator_of(fair)
    session.presenters.add(presenter)
    programming.release(fair, by=presenter)
    key = keys.fair(fair.pk)
    assert publishing.feed_for(key, "en") is not None

    for _ in range(4):
        tasks.react()
    tasks.publish()
    tasks.send()

    feed = publishing.feed_for(key, "en")
    feed.refresh_from_db()
    assert b"Green tea" in bytes(feed.body)
    assert not StaleKey.objects.exists()
    assert [receiver for _, receiver in mail_server.taken] == [presenter.email]
    assert not Handling.objects.filter(done_at=None).exists()
    for task in (tasks.react, tasks.publish, tasks.send):
        task()
    assert len(mail_server.taken) == 1


def test_offers_expire_by_the_clock_of_the_database_until_none_is_left():
    applications = [PlacementFactory().application for _ in range(3)]
    late = [application.pk for application in applications[:2]]
    Application.objects.filter(pk__in=late).update(offer_ends_at=now() - timedelta(seconds=1))

    tasks.expire()
    tasks.expire()

    states = {application.pk: Application.objects.get(pk=application.pk).state for application in applications}
    assert sorted(states.values()) == ["expired", "expired", "offered"]


def test_reminders_are_written_once_however_often_they_are_asked_for(monkeypatch):
    monkeypatch.setattr(reminding, "MORNING", 0)
    draft = ApplicationFactory(state="draft", call__closes_at=now() + timedelta(hours=30))
    member = member_of(draft)

    tasks.remind()
    tasks.remind()

    assert list(Message.objects.values_list("kind", "recipient")) == [("call-closes", member.email)]


def test_what_has_served_its_time_is_taken_away():
    outbox.enqueue(
        "password-reset",
        cause="account:1",
        to=[Recipient(email="a@example.net")],
        context={"url": "http://localhost:8000/secret/"},
    )
    outbox.cancel(Message.objects.get(), by=None)
    Message.objects.update(created_at=now() - timedelta(days=30))

    tasks.clean()

    assert Message.objects.get().context == {"name": ""}


def test_a_broker_that_is_away_costs_the_caller_little_and_is_no_error(tmp_path):
    program = (
        "import django, time; django.setup()\n"
        "from accounts import journal\n"
        "began = time.monotonic()\n"
        "journal.wake(journal.WAKE); journal.wake('worker.send')\n"
        "print(time.monotonic() - began)"
    )
    nowhere = f"redis+socket://{tmp_path}/redis.sock?virtual_host=0"
    environment = {**os.environ, "CELERY_BROKER_URL": nowhere, "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert float(done.stdout) < 3
