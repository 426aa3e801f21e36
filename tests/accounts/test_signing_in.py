"""Who guesses is stopped, and who owns the account is not shut out for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisIsAway

from accounts import api_tokens, limits
from accounts.adapter import Adapter
from accounts.limits import Limit
from accounts.models import Attempt
from tests.factories import PASSWORD, UserFactory
from worker.models import Message

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def log_in(client, email, password=PASSWORD, **headers):
    client.post(LOGIN, {"login": email, "password": password}, headers=headers)
    return "_auth_user_id" in client.session


def let_time_pass(by):
    Attempt.objects.update(at=timezone.now() - by)


def test_the_right_password_opens_the_account_however_the_address_is_typed(client):
    user = UserFactory(email="maker@example.com")

    assert log_in(client, "Maker@Example.com")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_right_passwords_are_not_counted(client):
    user = UserFactory()

    assert [log_in(Client(), user.email) for _ in range(12)] == [True] * 12
    assert not Attempt.objects.exists()


def test_eight_wrong_passwords_lock_the_account_whatever_the_forwarded_address(client):
    user = UserFactory()

    for n in range(8):
        log_in(client, user.email, "wrong", **{"X-Forwarded-For": f"203.0.113.{n}"})

    assert not log_in(client, user.email)


def test_a_flush_of_redis_forgets_no_try(client):
    user = UserFactory()
    for _ in range(8):
        log_in(client, user.email, "wrong")

    cache.clear()

    assert not log_in(client, user.email)


def test_without_redis_one_can_still_sign_in_and_is_still_limited(client, monkeypatch):
    def away(*args, **kwargs):
        raise RedisIsAway

    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(type(cache._connections[cache._alias]), name, away)
    one, other = UserFactory(), UserFactory()

    assert log_in(Client(), one.email)
    for _ in range(5):
        assert not log_in(client, other.email, "wrong")
    assert not log_in(client, other.email)


def test_a_lock_opens_by_itself_though_somebody_keeps_trying(client):
    user = UserFactory()
    for _ in range(5):
        log_in(client, user.email, "wrong")
    let_time_pass(timedelta(minutes=4))
    for _ in range(5):
        assert not log_in(client, user.email, "still trying")  # refused ones do not count

    let_time_pass(timedelta(minutes=6))

    assert log_in(client, user.email)


def test_one_address_cannot_try_many_accounts(client):
    for n in range(10):
        log_in(client, f"nobody{n}@example.com", "wrong")
    user = UserFactory()

    assert not log_in(client, user.email)
    let_time_pass(timedelta(minutes=2))
    assert log_in(client, user.email)


@pytest.mark.django_db(transaction=True)
def test_tries_at_one_instant_do_not_slip_through_together():
    limit, together = Limit("test", 5, timedelta(minutes=1)), Barrier(12)

    def attempt(_):
        try:
            together.wait()
            return limits.take(limit, "me") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(attempt, range(12))) <= 5


def test_tries_of_yesterday_are_removed():
    limit = Limit("test", 5, timedelta(minutes=1))
    limits.take(limit, "me")
    let_time_pass(timedelta(hours=25))
    limits.take(limit, "me")

    assert (limits.forget_old(), Attempt.objects.count()) == (1, 1)


def test_the_table_of_tries_names_nobody(client):
    log_in(client, "maker@example.com", "wrong")

    assert "maker" not in str(list(Attempt.objects.values()))


def test_the_administration_has_no_door_of_its_own(client):
    answer = client.post("/admin/login/?next=/admin/", {"username": UserFactory().email, "password": PASSWORD})

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOGIN)


def test_a_new_password_ends_tokens_and_other_sessions_and_lifts_the_lock(client):
    user = UserFactory()
    assert log_in(client, user.email)
    _, raw = api_tokens.create(user, name="x")
    for _ in range(5):
        log_in(Client(), user.email, "wrong")

    Adapter().set_password(user, "another good password")

    assert client.get("/api/v1/api-tokens/").status_code == 401
    assert Client().get("/api/v1/api-tokens/", headers={"Authorization": f"Bearer {raw}"}).status_code == 401
    assert log_in(Client(), user.email, "another good password")


def test_known_and_unknown_addresses_get_the_same_answers():
    user = UserFactory()

    def answers(email):
        client = Client(headers={"Accept-Language": "en"})
        wrong = client.post(LOGIN, {"login": email, "password": "wrong"})
        reset = client.post("/accounts/password/reset/", {"email": email})
        return wrong.status_code, "do not go together" in wrong.content.decode(), reset.status_code, reset["Location"]

    assert answers(user.email) == answers("nobody@example.com") == (422, True, 302, "/accounts/password/reset/done/")


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_the_link_in_a_mail_bears_the_configured_origin_whatever_the_request_says(client, settings, header):
    settings.SITE_URL = "https://fairs.example.org"
    user = UserFactory()

    answer = client.post(
        "/accounts/password/reset/",
        {"email": user.email},
        headers={header: "host=attack.test" if header == "Forwarded" else "attack.test"},
    )

    links = [message.context["url"] for message in Message.objects.all()]
    assert answer.status_code == (400 if header == "Host" else 302)
    assert [link.startswith("https://fairs.example.org/accounts/") for link in links] == (
        [] if header == "Host" else [True]
    )


def test_nobody_fills_a_strangers_mailbox_through_our_form(client):
    user = UserFactory()

    answers = [client.post("/accounts/password/reset/", {"email": user.email}).status_code for _ in range(8)]

    assert (answers, Message.objects.count()) == ([302] * 8, 5)


def test_nobody_signs_up_without_a_company(client):
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})

    assert "_auth_user_id" not in client.session
