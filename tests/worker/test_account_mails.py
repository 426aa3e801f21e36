"""Mails of the log-in library go through the outbox, with our own origin."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from tests.factories import UserFactory
from worker import rendering
from worker.account_mails import LETTERS, MOST_A_DAY, OutboxAdapter
from worker.models import Message

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


@pytest.fixture
def adapter():
    return OutboxAdapter(RequestFactory().get("/", HTTP_HOST="attack.test"))


def test_a_reset_goes_first_with_our_own_origin_in_the_persons_language(adapter, django_capture_on_commit_callbacks):
    user = UserFactory(language="en")

    with django_capture_on_commit_callbacks() as callbacks:
        adapter.send_mail(
            "account/email/password_reset_key",
            user.email,
            {"user": user, "password_reset_url": "https://attack.test/accounts/password/reset/key/1-abc/?next=//x"},
        )

    message = Message.objects.get()
    assert (message.kind, message.user, message.language, message.priority) == ("password-reset", user, "en", 0)
    assert message.context["url"] == f"{SITE}/accounts/password/reset/key/1-abc/"
    assert len(callbacks) == 1


@pytest.mark.parametrize("name", LETTERS)
def test_every_mail_of_the_library_has_a_letter(adapter, name):
    links = {"password_reset_url": f"{SITE}/r/", "activate_url": f"{SITE}/v/"}

    adapter.send_mail(f"account/email/{name}", "somebody@example.net", links)

    assert "somebody@example.net" in rendering.render(Message.objects.get()).text


def test_somebody_without_an_account_is_written_to_in_the_language_of_the_page(adapter):
    with translation.override("en"):
        adapter.send_mail("account/email/unknown_account", "a@example.net", {})
    with translation.override("zh-hant"):
        adapter.send_mail("account/email/unknown_account", "b@example.net", {})

    assert list(Message.objects.order_by("recipient").values_list("language", flat=True)) == ["en", "zh-hant"]


def test_nobody_can_flood_a_strangers_box(adapter):
    for _ in range(MOST_A_DAY + 3):
        adapter.send_mail("account/email/unknown_account", "stranger@example.net", {})

    assert Message.objects.count() == MOST_A_DAY
