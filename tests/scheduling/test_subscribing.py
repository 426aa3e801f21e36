"""Private calendars are named, replaced and revoked by their owner, and kept as hashes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Change
from core.errors import NotAllowed, Unfit
from scheduling import subscribing
from scheduling.models import FeedToken
from tests.factories import CompanyFactory, UserFactory, member_of, stranger

pytestmark = pytest.mark.django_db


def test_the_secret_is_shown_once_and_only_its_hash_is_kept():
    user = UserFactory()

    token, raw = subscribing.create_token(user, name="  手機 ")

    assert len(raw) == 32  # 192 bits, six a character
    assert raw not in str(FeedToken.objects.values().get())
    assert (token.name, subscribing.opened_by(raw)) == ("手機", token)
    assert Change.objects.values_list("kind", "about_id", "by").get() == ("feed_token.created", token.pk, user.pk)


def test_a_calendar_without_a_name_gets_one():
    company = CompanyFactory(name_zh="陶作坊")

    assert subscribing.create_token(member_of(company), company=company)[0].name == "陶作坊"
    assert subscribing.create_token(UserFactory())[0].name


def test_only_members_have_the_calendar_of_a_company():
    company = CompanyFactory()

    with pytest.raises(NotAllowed):
        subscribing.create_token(stranger(), company=company)

    assert not FeedToken.objects.exists()


def test_a_name_has_an_end():
    with pytest.raises(Unfit):
        subscribing.create_token(UserFactory(), name="長" * 81)


def test_a_person_has_a_limited_number_of_calendars(monkeypatch):
    monkeypatch.setattr(subscribing, "MOST_TOKENS", 2)
    user = UserFactory()
    first, _raw = subscribing.create_token(user)
    subscribing.create_token(user)

    with pytest.raises(subscribing.TooManyTokens):
        subscribing.create_token(user)
    subscribing.revoke(first, by=user)
    subscribing.create_token(user)

    assert FeedToken.objects.count() == 3


def test_a_revoked_calendar_opens_nothing_and_revoking_again_changes_nothing():
    user = UserFactory()
    token, raw = subscribing.create_token(user)

    subscribing.revoke(token, by=user)
    subscribing.revoke(token, by=user)

    assert subscribing.opened_by(raw) is None
    assert list(Change.objects.values_list("kind", flat=True)) == ["feed_token.created", "feed_token.revoked"]


def test_replacing_gives_a_new_address_and_ends_the_old_one():
    company = CompanyFactory()
    user = member_of(company)
    token, old = subscribing.create_token(user, company=company, name="電腦")

    made, new = subscribing.replace(token, by=user)

    assert (made.name, made.company) == ("電腦", company)
    assert (subscribing.opened_by(old), subscribing.opened_by(new)) == (None, made)
    with pytest.raises(NotAllowed):
        subscribing.replace(token, by=user)


def test_nobody_touches_the_calendar_of_somebody_else():
    token, raw = subscribing.create_token(UserFactory())

    for act in (subscribing.revoke, subscribing.replace):
        with pytest.raises(NotAllowed):
            act(token, by=stranger())

    assert subscribing.opened_by(raw) == token


def test_the_last_use_is_noted_once_a_minute():
    token, raw = subscribing.create_token(UserFactory())
    subscribing.opened_by(raw)
    token.refresh_from_db()
    first = token.last_used_at
    subscribing.opened_by(raw)
    token.refresh_from_db()
    same = token.last_used_at
    FeedToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    subscribing.opened_by(raw)
    token.refresh_from_db()

    assert first == same
    assert token.last_used_at > first


def test_one_sees_only_own_calendars():
    mine, _raw = subscribing.create_token(UserFactory())
    subscribing.create_token(UserFactory())

    assert list(FeedToken.objects.visible_to(mine.user)) == [mine]
    assert list(FeedToken.objects.visible_to(None)) == []
