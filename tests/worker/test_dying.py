"""Workers that are killed with -9 lose nothing and double nothing but what they could not know."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction

from accounts import journal
from accounts.models import Change
from core.database import now
from tests.factories import ApplicationFactory, CallFactory, member_of
from tests.worker import processes
from tests.worker.processes import wait_until
from worker import outbox
from worker.models import Handling, Message
from worker.outbox import Recipient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.no_cover]
PROCESSES = 2


@pytest.fixture
def workers(tmp_path, mail_server):
    with processes.workers(tmp_path, mail_server) as workers:
        yield workers


def as_if_the_leases_ran_out():
    """What a minute of waiting would do; by the database's clock, so that no sleep is needed."""
    Message.objects.filter(state="sending").update(leased_until=now() - timedelta(seconds=1))


def test_killed_in_the_midst_of_500_mails_and_with_redis_flushed_every_mail_goes_out(workers, mail_server):
    with transaction.atomic():
        people = [Recipient(email=f"guest{number}@example.net", language="en") for number in range(500)]
        outbox.enqueue("test", cause="reminder:tea", to=people, context={"organizer": "Organizer"})
    mail_server.pause = 0.01
    workers.start()
    workers.wake("worker.send")
    mail_server.wait_for(150, seconds=60)

    workers.kill()
    taken_before = len(mail_server.taken)
    workers.flush_redis()
    as_if_the_leases_ran_out()
    workers.start()
    workers.wake("worker.sweep")
    wait_until(lambda: not Message.objects.exclude(state="sent").exists())

    copies = Counter(mail_server.taken)
    assert 150 <= taken_before < 500
    assert copies.keys() == set(Message.objects.values_list("message_id", "recipient"))
    assert len(copies) == 500
    # A worker holds one mail at a time; only that one's acceptance can be unrecorded when it dies.
    assert copies.total() - 500 <= PROCESSES
    ends = Change.objects.filter(kind="message.sent").values_list("about_id", flat=True)
    assert Counter(ends) == Counter(Message.objects.values_list("pk", flat=True))


def test_killed_in_the_midst_of_reactions_none_is_lost_and_none_done_twice(workers):
    call = CallFactory()
    applications = ApplicationFactory.create_batch(30, call=call)
    members = [member_of(application).email for application in applications]
    rounds = 6
    with transaction.atomic():
        for _ in range(rounds):
            for application in applications:
                journal.record("application.submitted", application, by=None)
    done = Handling.objects.exclude(done_at=None)
    workers.start()
    workers.wake("worker.react")
    wait_until(lambda: done.count() > 40)

    workers.kill()
    done_before = done.count()
    workers.flush_redis()
    workers.start()
    workers.wake("worker.sweep")
    expected = 2 * rounds * len(applications)  # calendar and mail
    wait_until(lambda: done.filter(change__kind="application.submitted").count() == expected)

    assert 40 < done_before < expected
    assert set(Handling.objects.values_list("attempts", "stuck_at")) == {(1, None)}
    told = Message.objects.filter(kind="application-submitted").values_list("recipient", flat=True)
    assert Counter(told) == Counter(dict.fromkeys(members, rounds))
    positions = list(Change.objects.exclude(position=None).order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
