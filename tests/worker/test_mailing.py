"""One mail to many, in slices that commit."""

import pytest

from accounts.models import Change, User
from tests.factories import FairFactory, UserFactory
from worker import mailing
from worker.models import Batch, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def change():
    fair = FairFactory()
    return Change.objects.create(
        kind="fair.painted", about_label="fairs.fair", about_id=fair.pk, organizer_id=fair.organizer_id, fair_id=fair.pk
    )


@pytest.fixture
def people(monkeypatch):
    """Five people to whom `tell` writes, in slices of two."""
    monkeypatch.setattr(mailing, "SLICE", 2)
    people = UserFactory.create_batch(5)
    ids = [person.pk for person in people]

    def tell(change):
        return mailing.to_people("test", User.objects.filter(pk__in=ids), cause=change, context={"organizer": "x"})

    monkeypatch.setitem(mailing._mailings, "tell", tell)
    return people


def receivers():
    return sorted(Message.objects.values_list("recipient", flat=True))


def test_a_few_are_written_at_once(people, change, monkeypatch):
    monkeypatch.setattr(mailing, "SLICE", 5)

    mailing.begin("tell", change)
    mailing.begin("tell", change)

    assert (receivers(), Batch.objects.count()) == (sorted(person.email for person in people), 0)


def test_many_become_a_batch_that_is_filled_in_slices(people, change):
    mailing.begin("tell", change)
    mailing.begin("tell", change)
    batch = Batch.objects.get()
    assert (batch.total, batch.filled, receivers()) == (5, 0, [])

    assert mailing._fill_slice(batch.pk) is True
    batch.refresh_from_db()
    assert (batch.filled, batch.done_at, len(receivers())) == (2, None, 2)

    assert mailing.fill() is True
    batch.refresh_from_db()
    assert (batch.filled, receivers()) == (5, sorted(person.email for person in people))
    assert batch.done_at is not None
    assert mailing.fill() is False


def test_a_slice_that_was_written_but_not_marked_writes_nobody_twice(people, change):
    mailing.begin("tell", change)
    batch = Batch.objects.get()
    mailing._fill_slice(batch.pk)
    Batch.objects.update(cursor="", filled=0)

    mailing.fill()

    assert receivers() == sorted(person.email for person in people)


def test_a_batch_that_cannot_be_composed_holds_up_no_other(people, change, monkeypatch, caplog):
    monkeypatch.setitem(mailing._mailings, "broken", lambda change: change.no_such_thing)
    Batch.objects.create(change=change, reaction="broken", total=9)
    mailing.begin("tell", change)

    assert mailing.fill() is True

    assert len(receivers()) == 5
    assert "batch could not be filled" in caplog.text
    assert Batch.objects.get(reaction="broken").done_at is None


def test_a_batch_about_which_there_is_nothing_left_to_say_ends(change, monkeypatch):
    monkeypatch.setitem(mailing._mailings, "tell", lambda change: None)
    mailing.begin("tell", change)
    Batch.objects.create(change=change, reaction="tell", total=9)

    assert mailing.fill() is False
    assert (Batch.objects.get().done_at is not None, receivers()) == (True, [])


def test_a_batch_of_a_newer_worker_is_left_to_it(change):
    Batch.objects.create(change=change, reaction="sing", total=9)

    assert mailing.fill() is False
    assert Batch.objects.get().done_at is None
