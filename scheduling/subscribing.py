"""Private calendars: addresses with a secret, which their owner names, replaces and revokes."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database, tokens
from core.errors import DomainError, Gap, NotAllowed, Unfit
from core.locking import lock
from exhibitors.models import Company
from scheduling.models import FeedToken

MOST_TOKENS = 50  # that one person has at a time; a device each is plenty
_USED_ONCE_A = timedelta(minutes=1)  # is enough to see when a calendar last came, and spares a write a request


class TooManyTokens(DomainError):
    """The person has as many private calendars as one may have."""

    code = "too-many-tokens"


@transaction.atomic
def create_token(user: User, *, company: Company | None = None, name: str = "") -> tuple[FeedToken, str]:
    """A new private calendar, of the person or of one of their companies, and its secret, which is shown once.

    Raises NotAllowed unless the person acts for the company, TooManyTokens, Unfit for a name that is too long.
    """
    if company is not None and not Company.objects.of(user).filter(pk=company.pk).exists():
        raise NotAllowed(_("Only members of %s have its calendar.") % company)
    if FeedToken.objects.filter(user=user, revoked_at__isnull=True).count() >= MOST_TOKENS:
        raise TooManyTokens(_("You have %d private calendars. Revoke one that you no longer use.") % MOST_TOKENS)
    token, raw = _make(user, company, name)
    journal.record("feed_token.created", token, by=user)
    return token, raw


@transaction.atomic
def revoke(token: FeedToken, *, by: User) -> None:
    """End a private calendar at once; once more changes nothing. Raises NotAllowed for another's."""
    _lock_own(token, by)
    if token.revoked_at is None:
        _end(token, by)


@transaction.atomic
def replace(token: FeedToken, *, by: User) -> tuple[FeedToken, str]:
    """A new address for the same calendar; the old one ends. Raises NotAllowed for another's or an ended one."""
    _lock_own(token, by)
    if token.revoked_at is not None:
        raise NotAllowed(_("This address has ended. Make a new one."))
    _end(token, by)
    made, raw = _make(token.user, token.company, token.name)
    journal.record("feed_token.created", made, by=by, facts={"replaces": str(token.pk)})
    return made, raw


def opened_by(raw: str) -> FeedToken | None:
    """The private calendar that this secret opens, if it still does; notes the use, at most once a minute.

    Looked up by its hash, so that how long it takes says nothing about the secret.
    """
    token = FeedToken.objects.good().select_related("company").filter(token_hash=tokens.hash_of(raw)).first()
    if token is not None:
        long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - _USED_ONCE_A)
        FeedToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=Now())
    return token


def _make(user: User, company: Company | None, name: str) -> tuple[FeedToken, str]:
    raw = tokens.make()
    token = FeedToken(user=user, company=company, name=name.strip() or _usual_name(company))
    if len(token.name) > 80:
        raise Unfit([Gap("name", _("A name has 80 characters at most."))])
    token.token_hash = tokens.hash_of(raw)
    token.save(force_insert=True)
    return token, raw


def _usual_name(company: Company | None) -> str:
    return company.name_zh if company else _("My calendar")


def _lock_own(token: FeedToken, by: User) -> None:
    lock(token)
    if token.user_id != by.pk:
        raise NotAllowed(_("This calendar belongs to somebody else."))


def _end(token: FeedToken, by: User) -> None:
    token.revoked_at = database.now()
    token.save(update_fields=["revoked_at"])
    journal.record("feed_token.revoked", token, by=by)
