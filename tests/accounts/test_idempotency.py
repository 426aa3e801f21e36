"""A POST that is repeated under its key has one effect and one answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import idempotency
from accounts.models import Change, IdempotencyKey
from fairs import planning
from fairs.models import Fair, Hall
from tests.factories import FairFactory, VenueFactory, coordinator_of

pytestmark = pytest.mark.django_db
JSON = "application/json"
HALL = {"key": "A", "name_zh": "A 區", "width": "27", "depth": "24"}


@pytest.fixture
def desk(client):
    """A client signed in as a coordinator of a fair, and the fair."""
    client.fair = FairFactory(state="draft")
    client.user = coordinator_of(client.fair)
    client.force_login(client.user)
    return client


def add_hall(client, *, under="k-1", **others):
    return client.post(
        "/api/v1/halls/", {"fair": str(client.fair.pk), **HALL, **others}, JSON, headers={"Idempotency-Key": under}
    )


def test_a_repeat_gets_the_first_answer_to_the_byte_and_changes_nothing(desk):
    first, again = add_hall(desk), add_hall(desk)

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["ETag"], again["Location"]) == (first.content, first["ETag"], first["Location"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert (Hall.objects.count(), Change.objects.filter(kind="hall.added").count()) == (1, 1)


def test_the_key_of_another_request_is_refused(desk):
    add_hall(desk)

    answers = [
        add_hall(desk, under="k-1", name_zh="B 區"),
        desk.post(f"/api/v1/fairs/{desk.fair.pk}/announce/", headers={"Idempotency-Key": "k-1"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, "idempotency-key-reused"),
        (422, "idempotency-key-reused"),
    ]
    assert Hall.objects.count() == 1


def test_a_key_is_its_owners_own(desk):
    add_hall(desk)
    other = coordinator_of(desk.fair)
    desk.force_login(other)

    answer = add_hall(desk, under="k-1", key="B")

    assert answer.status_code == 201
    assert IdempotencyKey.objects.filter(key="k-1").count() == 2


def test_what_was_refused_may_be_tried_again_under_its_key(desk):
    refused = add_hall(desk, width="0")
    done = add_hall(desk)

    assert (refused.status_code, done.status_code, Hall.objects.count()) == (422, 201, 1)


def test_what_broke_leaves_neither_effect_nor_key(desk, monkeypatch):
    desk.raise_request_exception = False
    add = planning.add_hall

    def break_after(*args, **kwargs):
        add(*args, **kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(planning, "add_hall", break_after)
    broken = add_hall(desk)
    assert (broken.status_code, Hall.objects.count(), IdempotencyKey.objects.count()) == (500, 0, 0)
    monkeypatch.undo()

    assert (add_hall(desk).status_code, Hall.objects.count()) == (201, 1)


@pytest.mark.parametrize("key", ["", "x" * 201, "two words", "鍵"])
def test_a_key_has_1_to_200_visible_characters(desk, key):
    answer = add_hall(desk, under=key.encode().decode("latin-1"))

    assert (answer.status_code, Hall.objects.count()) == (400, 0)


def test_the_longest_key_is_kept(desk):
    assert [add_hall(desk, under="x" * 200).status_code for _ in range(2)] == [201, 201]
    assert Hall.objects.count() == 1


def test_a_long_address_is_told_from_another(desk):
    Hall.objects.create(fair=desk.fair, key="A", name_zh="A", width=9, depth=9)
    Fair.objects.filter(pk=desk.fair.pk).update(description_zh="喝茶。")
    address = f"/api/v1/fairs/{desk.fair.pk}/announce/?q="

    done = desk.post(address + "a" * 500, headers={"Idempotency-Key": "k-1"})
    again = desk.post(address + "a" * 500, headers={"Idempotency-Key": "k-1"})
    other = desk.post(address + "a" * 499 + "b", headers={"Idempotency-Key": "k-1"})

    assert [done.status_code, again.status_code, other.status_code] == [200, 200, 422]


def test_after_24_hours_a_key_is_new_and_old_ones_are_removed(desk):
    add_hall(desk)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert add_hall(desk).json()["code"] == "unfit"  # tried anew: the hall is there
    add_hall(desk, under="k-2", key="B")

    assert (idempotency.forget_old(), list(IdempotencyKey.objects.values_list("key", flat=True))) == (1, ["k-2"])


def test_without_sign_in_a_key_is_no_key(client):
    answer = client.post("/api/v1/halls/", HALL, JSON, headers={"Idempotency-Key": "k-1"})

    assert (answer.status_code, IdempotencyKey.objects.count()) == (401, 0)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_no_json_is_refused_under_a_key_too(desk, content_type):
    answer = desk.generic("POST", "/api/v1/halls/", "a=1", content_type, headers={"Idempotency-Key": "k-1"})

    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")


@pytest.mark.django_db(transaction=True)
def test_the_same_request_20_times_at_one_instant_has_one_effect(desk):
    together = Barrier(20)
    venue = VenueFactory().code
    body = {
        "organizer": desk.fair.organizer.slug,
        "name_zh": "市集",
        "venue": venue,
        "starts_on": "2031-05-01",
        "ends_on": "2031-05-03",
    }

    def make(_):
        client = Client()
        client.force_login(desk.user)
        together.wait()
        try:
            answer = client.post("/api/v1/fairs/", body, JSON, headers={"Idempotency-Key": "k-1"})
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(make, range(20)))

    assert (len(answers), next(iter(answers))[0]) == (1, 201)
    assert Fair.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_repeat_that_waits_too_long_is_told_to_come_again(desk, monkeypatch):
    monkeypatch.setattr(idempotency, "PATIENCE", 0.05)

    def hold(begun, ended):
        with transaction.atomic():
            IdempotencyKey.objects.create(user=desk.user, key="k-1", method_and_path="POST /x", body_hash="")
            begun.wait()
            ended.wait()
        connection.close()

    begun, ended = Barrier(2), Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold, begun, ended)
        begun.wait()
        answer = add_hall(desk)
        ended.wait()
        holding.result()

    assert (answer.status_code, answer.json()["code"], Hall.objects.count()) == (409, "still-running", 0)
