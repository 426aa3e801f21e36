"""Each change gets its place and a row for everything that is to be done about it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from accounts import journal
from accounts.models import Change
from tests.factories import FairFactory
from worker import unfolding
from worker.models import Handling, Unread
from worker.registry import Registry
from worker.unfolding import unfold

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry():
    registry = Registry()
    registry.nothing_follows("fair.announced", "fair.closed")
    registry.reacts_to("fair.edited", channel="entry")(show)
    registry.reacts_to("fair.edited", channel="mail")(tell)
    return registry


def show(change): ...


def tell(change): ...


def rows():
    return list(Handling.objects.values_list("change__kind", "channel", "reaction"))


def test_each_change_gets_the_next_position_and_a_row_a_reaction(registry):
    fair = FairFactory(state="draft")
    changes = [journal.record(kind, fair, by=None) for kind in ("fair.edited", "fair.announced", "fair.edited")]

    assert unfold(registry) == 3

    positions = [change.position for change in Change.objects.order_by("id")]
    assert positions == [1, 2, 3]
    assert rows() == [
        ("fair.edited", "entry", "show"),
        ("fair.edited", "mail", "tell"),
        ("fair.edited", "entry", "show"),
        ("fair.edited", "mail", "tell"),
    ]
    assert list(Handling.objects.values_list("change_id", "position", "about_id").distinct().order_by("position")) == [
        (changes[0].pk, 1, fair.pk),
        (changes[2].pk, 3, fair.pk),
    ]


def test_unfolding_again_changes_nothing_and_goes_on_where_it_stopped(registry):
    fair = FairFactory(state="draft")
    journal.record("fair.edited", fair, by=None)
    unfold(registry)
    before = rows()

    assert unfold(registry) == 0
    assert rows() == before
    journal.record("fair.closed", fair, by=None)
    assert unfold(registry) == 1
    assert list(Change.objects.order_by("position").values_list("position", "kind")) == [
        (1, "fair.edited"),
        (2, "fair.closed"),
    ]


def test_what_was_recorded_as_handled_gets_its_position_only(registry):
    fair = FairFactory(state="draft")
    with journal.quietly():
        change = journal.record("fair.edited", fair, by=None)

    unfold(registry)

    change.refresh_from_db()
    assert (change.position, rows()) == (1, [])


def test_more_than_a_slice_is_unfolded_in_order(registry, monkeypatch):
    monkeypatch.setattr(unfolding, "SLICE", 2)
    fair = FairFactory(state="draft")
    ids = [journal.record("fair.announced", fair, by=None).pk for _ in range(5)]

    assert unfold(registry) == 5
    assert list(Change.objects.order_by("position").values_list("id", flat=True)) == ids


def test_a_change_of_an_unknown_kind_holds_up_nothing_and_waits_for_a_newer_worker(registry, caplog):
    fair = FairFactory(state="draft")
    strange = journal.record("fair.painted", fair, by=None)
    journal.record("fair.edited", fair, by=None)

    unfold(registry)

    assert [row[0] for row in rows()] == ["fair.edited", "fair.edited"]
    assert list(Unread.objects.values_list("change", "kind")) == [(strange.pk, "fair.painted")]
    assert "unknown kind" in caplog.text

    registry.reacts_to("fair.painted", channel="entry")(show)
    unfold(registry)

    assert list(Handling.objects.filter(change=strange).values_list("position", "reaction")) == [(1, "show")]
    assert not Unread.objects.exists()


def test_a_worker_that_still_does_not_know_a_kind_leaves_it_where_it_is(registry):
    fair = FairFactory(state="draft")
    journal.record("fair.painted", fair, by=None)

    unfold(registry)
    unfold(registry)

    assert (Unread.objects.count(), Handling.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_gets_a_later_position_so_that_no_cursor_skips_it(registry):
    fair = FairFactory(state="draft")
    unfold(registry)
    recorded, may_commit = Event(), Event()

    def record_slowly():
        try:
            with transaction.atomic():
                change = journal.record("fair.edited", fair, by=None)
                recorded.set()
                may_commit.wait(10)
            return change.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(record_slowly)
        recorded.wait(10)
        with transaction.atomic():
            quick = journal.record("fair.closed", fair, by=None).pk
        unfold(registry)
        may_commit.set()
        slow_id = slow.result(10)
    unfold(registry)

    order = list(Change.objects.order_by("position").values_list("id", flat=True))
    assert (order, slow_id < quick) == ([quick, slow_id], True)


@pytest.mark.django_db(transaction=True)
def test_workers_that_unfold_at_once_give_each_position_and_row_once(registry):
    fair = FairFactory(state="draft")
    with transaction.atomic():
        for _ in range(60):
            journal.record("fair.edited", fair, by=None)

    def run(_):
        try:
            return unfold(registry)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(run, range(4)))

    positions = list(Change.objects.order_by("position").values_list("position", flat=True))
    assert (sum(counts), positions, Handling.objects.count()) == (60, list(range(1, 61)), 120)
