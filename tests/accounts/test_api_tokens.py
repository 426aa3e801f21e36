"""Programs act for a person, as far and as long as that person wants."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import api_tokens
from accounts.models import ApiToken, Change, IdempotencyKey
from core.errors import Unfit
from tests.factories import FairFactory, UserFactory, coordinator_of

pytestmark = pytest.mark.django_db
JSON = "application/json"


def bearer(raw):
    return {"Authorization": f"Bearer {raw}"}


def test_a_token_is_shown_once_and_kept_as_a_hash(client):
    client.force_login(UserFactory())

    made = client.post("/api/v1/api-tokens/", {"name": "報表", "scope": "read"}, JSON).json()

    assert len(made["token"]) >= 22  # 128 bits and more in base64
    listed = client.get("/api/v1/api-tokens/").json()["results"]
    assert [(one["id"], "token" in one) for one in listed] == [(made["id"], False)]
    assert made["token"] not in str(ApiToken.objects.values().get())


def test_the_text_of_a_token_is_not_kept_for_a_repeat(client):
    client.force_login(UserFactory())

    answer = client.post(
        "/api/v1/api-tokens/", {"name": "x", "scope": "read"}, JSON, headers={"Idempotency-Key": "k-1"}
    )

    assert (answer.status_code, IdempotencyKey.objects.count(), ApiToken.objects.count()) == (400, 0, 0)


def test_a_token_opens_what_its_person_may_and_a_reading_one_changes_nothing(client):
    fair = FairFactory(state="draft")
    user = coordinator_of(fair)
    address = f"/api/v1/fairs/{fair.pk}/"
    _, reads = api_tokens.create(user, name="reads")
    _, writes = api_tokens.create(user, name="writes", scope="write")

    def answers(raw):
        seen = client.get(address, headers=bearer(raw)).status_code
        changed = client.patch(address, {"name_en": raw[:5]}, JSON, headers=bearer(raw)).status_code
        return seen, changed

    assert (answers(reads), answers(writes), answers("no-such-token")) == ((200, 403), (200, 200), (401, 401))


@pytest.mark.parametrize("end", ["revoked", "expired", "owner gone"])
def test_a_token_that_has_ended_opens_nothing_from_that_instant(client, end):
    token, raw = api_tokens.create(UserFactory(), name="x")
    assert client.get("/api/v1/api-tokens/", headers=bearer(raw)).status_code == 200

    if end == "revoked":
        api_tokens.revoke(token, by=token.user)
    elif end == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    else:
        token.user.is_active = False
        token.user.save()

    assert client.get("/api/v1/api-tokens/", headers=bearer(raw)).status_code == 401


def test_a_token_makes_no_tokens_but_may_end_them(client):
    token, raw = api_tokens.create(UserFactory(), name="x", scope="write")

    made = client.post("/api/v1/api-tokens/", {"name": "y", "scope": "write"}, JSON, headers=bearer(raw))
    ended = client.post(f"/api/v1/api-tokens/{token.pk}/revoke/", headers=bearer(raw))

    assert (made.status_code, ended.status_code, ApiToken.objects.count()) == (403, 200, 1)
    assert ended.json()["revoked_at"] is not None


def test_revoking_twice_is_recorded_once(client):
    token, _ = api_tokens.create(UserFactory(), name="x")

    api_tokens.revoke(token, by=token.user)
    ended = token.revoked_at
    api_tokens.revoke(token, by=token.user)

    assert token.revoked_at == ended
    assert list(Change.objects.about(token).values_list("kind", flat=True)) == [
        "api_token.created",
        "api_token.revoked",
    ]


def test_others_tokens_are_not_seen(client):
    token, _ = api_tokens.create(UserFactory(), name="x")
    client.force_login(UserFactory())

    assert client.get("/api/v1/api-tokens/").json()["results"] == []
    assert client.get(f"/api/v1/api-tokens/{token.pk}/").status_code == 404
    assert client.post(f"/api/v1/api-tokens/{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_all_that_is_wrong_with_a_token_is_said_at_once():
    with pytest.raises(Unfit) as refusal:
        api_tokens.create(UserFactory(), name="", scope="all", expires_at=timezone.now() - timedelta(days=1))

    assert sorted(gap.field for gap in refusal.value.gaps) == ["expires_at", "name", "scope"]


def test_a_person_has_so_many_tokens_that_they_can_be_watched(monkeypatch):
    monkeypatch.setattr(api_tokens, "MOST", 1)
    token, _ = api_tokens.create(user := UserFactory(), name="x")

    with pytest.raises(api_tokens.TooManyTokens):
        api_tokens.create(user, name="y")
    api_tokens.revoke(token, by=user)
    api_tokens.create(user, name="y")

    assert ApiToken.objects.count() == 2


def test_when_a_token_was_used_is_noted_once_a_minute(client):
    _, raw = api_tokens.create(UserFactory(), name="x")

    client.get("/api/v1/towns/", headers=bearer(raw))
    first = ApiToken.objects.get().last_used_at
    client.get("/api/v1/towns/", headers=bearer(raw))
    assert (first is not None, ApiToken.objects.get().last_used_at) == (True, first)
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    client.get("/api/v1/towns/", headers=bearer(raw))

    assert ApiToken.objects.get().last_used_at > first
