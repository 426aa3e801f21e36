"""Each reaction runs in a transaction of its own that also marks it as done."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts import journal
from accounts.models import Change
from core.database import now
from fairs.models import FAIR_MOVES, Fair
from tests.factories import FairFactory
from worker import handling
from worker.handling import run_due
from worker.models import Channel, Handling
from worker.registry import Registry
from worker.unfolding import unfold

pytestmark = pytest.mark.django_db


class Recorder:
    """A registry whose reactions keep what they ran for, and fail where a test says so."""

    def __init__(self):
        self.registry = Registry()
        self.ran = []
        self.fails = set()
        for channel in ("entry", "mail"):
            self.registry.reacts_to("fair.edited", "fair.closed", channel=channel)(self.reaction(channel))

    def reaction(self, channel):
        def react(change):
            if (channel, change.pk) in self.fails:
                Fair.objects.filter(pk=change.about_id).update(theme="half done")
                raise ValueError("no such template")
            self.ran.append((channel, change.pk))

        react.__name__ = f"do_{channel}"
        return react

    def run(self):
        unfold(self.registry)
        return run_due(self.registry)

    def make_due(self):
        """As if the pause after a failure were over."""
        Handling.objects.update(due_at=now() - timedelta(seconds=1))


@pytest.fixture
def recorder():
    return Recorder()


@transaction.atomic
def edited(fair, kind="fair.edited"):
    return journal.record(kind, fair, by=None).pk


def test_reactions_run_once_calendars_first(recorder):
    fair, other = FairFactory(state="draft"), FairFactory(state="draft")
    first, second = edited(fair), edited(other)

    assert recorder.run() == {Channel.ENTRY, Channel.MAIL}
    assert recorder.run() == set()

    assert recorder.ran == [("entry", first), ("entry", second), ("mail", first), ("mail", second)]
    assert not Handling.objects.filter(done_at=None).exists()


def test_a_failure_leaves_nothing_behind_and_is_due_again_after_a_pause(recorder):
    fair = FairFactory(state="draft")
    change = edited(fair)
    recorder.fails = {("mail", change)}

    recorder.run()

    fair.refresh_from_db()
    failed = Handling.objects.get(channel="mail")
    assert (fair.theme, failed.done_at, failed.stuck_at, failed.attempts) == ("", None, None, 1)
    assert failed.error == "ValueError: no such template"
    assert timedelta(seconds=3) < failed.due_at - now() < timedelta(seconds=7)

    recorder.fails = set()
    recorder.make_due()
    recorder.run()
    failed.refresh_from_db()
    assert (recorder.ran[-1], failed.attempts, failed.error) == (("mail", change), 2, "")
    assert failed.done_at is not None


def test_a_failure_holds_up_later_ones_of_the_same_object_and_channel_but_no_others(recorder):
    fair, other = FairFactory(state="draft"), FairFactory(state="draft")
    broken, later, elsewhere = edited(fair), edited(fair), edited(other)
    recorder.fails = {("mail", broken)}

    recorder.run()

    assert Counter(recorder.ran) == Counter(
        [("entry", broken), ("entry", later), ("entry", elsewhere), ("mail", elsewhere)]
    )

    recorder.fails, recorder.ran = set(), []
    recorder.make_due()
    recorder.run()
    assert recorder.ran == [("mail", broken), ("mail", later)]


def test_one_that_keeps_failing_is_stuck_until_an_operator_tries_it_again(recorder):
    fair = FairFactory(state="draft")
    change, later = edited(fair), edited(fair)
    recorder.fails = {("mail", change)}
    for _ in range(handling.MOST_TRIES):
        recorder.run()
        recorder.make_due()

    stuck = Handling.objects.stuck().get()
    assert (stuck.change_id, stuck.attempts) == (change, handling.MOST_TRIES)
    recorder.fails = set()
    recorder.run()
    assert not Handling.objects.filter(channel="mail").exclude(done_at=None).exists()

    handling.retry([stuck])
    recorder.run()
    assert [one for one in recorder.ran if one[0] == "mail"] == [("mail", change), ("mail", later)]


def test_a_refusal_at_the_end_of_a_transaction_is_the_failure_of_that_reaction_alone(recorder):
    fair, other = FairFactory(state="draft"), FairFactory(state="draft")

    def announce_without_a_word(change):
        Fair.objects.filter(pk=change.about_id).update(state="announced")

    recorder.registry.reacts_to("fair.painted", channel="next")(announce_without_a_word)
    journal.record("fair.painted", fair, by=None)
    fine = edited(other)

    recorder.run()

    fair.refresh_from_db()
    assert (fair.state, [change for _, change in recorder.ran]) == ("draft", [fine, fine])
    assert "without a change in the journal" in Handling.objects.get(channel="next").error


def test_what_a_reaction_does_was_caused_by_its_change_and_belongs_to_the_same_request(recorder):
    fair = FairFactory(state="draft")

    def announce(change):
        journal.move(Fair.objects.get(pk=change.about_id), "announced", moves=FAIR_MOVES, by=None)

    recorder.registry.reacts_to("fair.painted", channel="next")(announce)
    recorder.registry.nothing_follows("fair.announced")
    cause = Change.objects.create(
        kind="fair.painted", about_label="fairs.fair", about_id=fair.pk, request_id="a-request"
    )

    recorder.run()

    followed = Change.objects.get(kind="fair.announced")
    assert (followed.caused_by, followed.request_id) == (cause, "a-request")


def test_what_a_reaction_changes_wakes_nobody_for_its_own_worker_goes_on(recorder, django_capture_on_commit_callbacks):
    fair = FairFactory(state="draft")
    recorder.registry.reacts_to("fair.painted", channel="next")(lambda change: edited(fair))

    with django_capture_on_commit_callbacks() as from_outside:
        edited(fair, "fair.painted")
    with django_capture_on_commit_callbacks() as from_inside:
        recorder.run()

    assert (len(from_outside), from_inside) == (1, [])
    recorder.run()
    assert [channel for channel, _ in recorder.ran] == ["entry", "mail"]


def test_a_reaction_of_a_newer_worker_is_left_to_it(recorder):
    fair = FairFactory(state="draft")
    edited(fair)
    unfold(recorder.registry)
    Handling.objects.filter(channel="mail").update(reaction="sing")

    assert run_due(recorder.registry) == {Channel.ENTRY}
    assert Handling.objects.get(done_at=None).attempts == 0
    assert not handling.anything_due(recorder.registry)


def test_what_is_due_later_by_the_databases_clock_waits(recorder):
    edited(FairFactory(state="draft"))
    unfold(recorder.registry)
    Handling.objects.update(due_at=now() + timedelta(minutes=1))

    assert run_due(recorder.registry) == set()


@pytest.mark.parametrize("ahead", [timedelta(days=1), -timedelta(hours=1)])
def test_a_worker_with_a_wrong_clock_does_not_run_early_or_late(recorder, time_machine, ahead):
    soon, now_due = edited(FairFactory(state="draft")), edited(FairFactory(state="draft"))
    unfold(recorder.registry)
    Handling.objects.filter(change=soon).update(due_at=now() + timedelta(minutes=30))

    time_machine.move_to(now() + ahead)
    run_due(recorder.registry)

    assert recorder.ran == [("entry", now_due), ("mail", now_due)]


def test_the_pauses_double_up_to_an_hour_and_spread():
    pauses = [handling.pause_after(attempts).total_seconds() for attempts in (1, 2, 3, 10, 12)]

    for pause, middle in zip(pauses, [5, 10, 20, 2560, 3600], strict=True):
        assert 0.8 * middle <= pause <= 1.2 * middle


@pytest.mark.django_db(transaction=True)
def test_many_workers_run_each_reaction_once_and_keep_each_objects_order(recorder):
    fairs = FairFactory.create_batch(5, state="draft")
    changes = [edited(fair) for _ in range(8) for fair in fairs]
    unfold(recorder.registry)
    start = Barrier(3)

    def work(_):
        start.wait()
        try:
            while handling.anything_due(recorder.registry):
                run_due(recorder.registry)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))

    assert Counter(recorder.ran) == Counter((channel, change) for channel in ("entry", "mail") for change in changes)
    about = dict(Change.objects.values_list("pk", "about_id"))
    for fair in fairs:
        for channel in ("entry", "mail"):
            order = [change for done_in, change in recorder.ran if done_in == channel and about[change] == fair.pk]
            assert order == sorted(order)


@pytest.mark.django_db(transaction=True)
def test_a_slow_reaction_holds_up_its_own_object_only(recorder):
    slow_fair, other = FairFactory(state="draft"), FairFactory(state="draft")
    began, may_end = Event(), Event()

    def dawdle(change):
        began.set()
        may_end.wait(10)

    recorder.registry.reacts_to("fair.painted", channel="mail")(dawdle)
    edited(slow_fair, "fair.painted")
    behind, elsewhere = edited(slow_fair), edited(other)
    unfold(recorder.registry)
    Handling.objects.filter(channel="entry").update(done_at=F("due_at"))

    def work():
        try:
            run_due(recorder.registry)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(work)
        began.wait(10)
        run_due(recorder.registry)
        meanwhile = list(recorder.ran)
        may_end.set()
        slow.result(10)

    assert (meanwhile, recorder.ran) == ([("mail", elsewhere)], [("mail", elsewhere), ("mail", behind)])
