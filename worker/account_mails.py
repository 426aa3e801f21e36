"""Mails of the log-in library: they go through the outbox like all others, ahead of everything else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any  # the library's own signature
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import get_language

from accounts.models import Language, User
from worker import outbox
from worker.models import Message
from worker.outbox import Recipient

MOST_A_DAY = 5  # of a kind to one address, so that nobody can flood a stranger's box through our forms
# What the library calls its mails, and what they are here, with the name of the link that each holds.
LETTERS = {
    "password_reset_key": ("password-reset", "password_reset_url"),
    "password_reset": ("password-changed", ""),
    "password_changed": ("password-changed", ""),
    "password_set": ("password-changed", ""),
    "email_confirmation": ("address-verification", "activate_url"),
    "email_confirmation_signup": ("address-verification", "activate_url"),
    "account_already_exists": ("account-exists", "password_reset_url"),
    "unknown_account": ("no-account", ""),
}


class OutboxAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is not typed
    """Writes the library's mails into the outbox. Links bear the configured origin, whatever Host a request named."""

    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put one mail into the outbox; silently not more than some a day, for the page must answer alike."""
        kind, link = LETTERS[template_prefix.rpartition("/")[2]]
        recent = Message.objects.filter(kind=kind, recipient=email.lower(), created_at__gt=Now() - timedelta(days=1))
        if recent.count() >= MOST_A_DAY:
            return
        user = User.objects.filter(email=email.lower()).first()
        words = {"email": email}
        if link:
            words["url"] = f"{settings.SITE_URL}{urlsplit(context[link]).path}"
        to = Recipient.of(user) if user else Recipient(email=email, language=_language_of_the_page())
        outbox.enqueue(kind, cause=f"account:{uuid4()}", to=[to], context=words)
        outbox.wake()


def _language_of_the_page() -> str:
    return Language.EN if (get_language() or "").startswith("en") else Language.ZH
