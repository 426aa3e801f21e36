"""What the log-in library asks the house: limits that survive, no sign-up of its own, one origin in its links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any  # the library is untyped

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts import api_tokens, limits
from accounts.limits import Limit
from accounts.models import User

# Wrong passwords: an account's lock opens by itself, so that nobody can shut out its owner for good.
WRONG_OF_AN_ACCOUNT = Limit("wrong-password-of-account", 5, timedelta(minutes=5))
WRONG_FROM_AN_ADDRESS = Limit("wrong-password-from-address", 10, timedelta(minutes=1))
# Mails that anybody can cause by typing somebody's address into a form.
MAILS_TO_AN_ADDRESS = Limit("account-mail-to", 5, timedelta(hours=1))
MAILS_FROM_AN_ADDRESS = Limit("account-mail-from", 20, timedelta(hours=1))


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """The library counts tries in the cache, which may be flushed; so its own limits are off and ours are here."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Companies sign up by their UBN; everybody else is invited."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at. Raises ValidationError where there were too many."""
        self._tries = []
        for limit, who in _limits_of_sign_in(request, credentials):
            attempt = limits.take(limit, who)
            if attempt is None:
                self._give_back()
                raise self.validation_error("too_many_login_attempts")
            self._tries.append(attempt)

    def set_password(self, user: User, password: str) -> None:
        """Set it, and end what an intruder may have left: sessions end by themselves, tokens here."""
        with transaction.atomic():
            super().set_password(user, password)
            api_tokens.revoke_all(user, by=user)
            limits.clear(WRONG_OF_AN_ACCOUNT, user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let `deliver` write, unless too many were asked for; the page says the same either way."""
        if may_mail(email):
            self.deliver(template_prefix, email, context)

    def deliver(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send now; the worker's room puts its outbox here."""
        super().send_mail(template_prefix, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail bears the configured origin: a request's Host header must not choose where it leads."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.SITE_URL) + path.replace("UID-KEY", key)

    def _rollback_login_failed_rl_usage(self) -> None:
        # The library calls it after a right password.
        self._give_back()

    def _give_back(self) -> None:
        for attempt in self._tries:
            limits.give_back(attempt)
        self._tries = []

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        # The library calls it after a reset of the password.
        limits.clear(WRONG_OF_AN_ACCOUNT, _account(credentials))


def _limits_of_sign_in(request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[Limit, str]]:
    return [(WRONG_FROM_AN_ADDRESS, get_ip(request)), (WRONG_OF_AN_ACCOUNT, _account(credentials))]


def _account(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").strip().lower()


def may_mail(email: str) -> bool:
    """Whether one more mail that anybody can cause may go to this address, from where the request came; counts it."""
    request = context.request
    if request is not None and limits.take(MAILS_FROM_AN_ADDRESS, get_ip(request)) is None:
        return False
    return limits.take(MAILS_TO_AN_ADDRESS, email.strip().lower()) is not None
