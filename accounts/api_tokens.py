"""API tokens: a person lets a program act for them, and ends that."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import ApiToken, User
from core import database, tokens
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock

MOST = 20  # standing tokens of a person


class TooManyTokens(DomainError):
    """The person has as many as one can keep an eye on."""

    code = "too-many-tokens"


@transaction.atomic
def create(
    user: User, *, name: str, scope: str = ApiToken.Scope.READ, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token of a person, and its text, which is shown this once: only its hash is kept.

    Raises Unfit with every gap, TooManyTokens.
    """
    lock(user)
    if ApiToken.objects.visible_to(user).standing().count() >= MOST:
        raise TooManyTokens(_("You have %d tokens. Revoke one that you no longer need.") % MOST)
    raw = tokens.make()
    token = ApiToken(user=user, name=name, scope=scope, expires_at=expires_at, token_hash=tokens.hash_of(raw))
    gaps = _gaps(token)
    if expires_at is not None and expires_at <= database.now():
        gaps.append(Gap("expires_at", _("This time is past. Choose one to come.")))
    if gaps:
        raise Unfit(gaps)
    token.save(force_insert=True)
    journal.record("api_token.created", token, by=user, facts={"scope": scope})
    return token, raw


@transaction.atomic
def revoke(token: ApiToken, *, by: User) -> ApiToken:
    """End a token at once; one that has ended stays so."""
    lock(token)
    if token.revoked_at is None:
        token.revoked_at = database.now()
        token.save(update_fields=["revoked_at"])
        journal.record("api_token.revoked", token, by=by)
    return token


@transaction.atomic
def revoke_all(user: User, *, by: User) -> int:
    """End all tokens of a person, as after a change of the password; how many ended."""
    standing = list(ApiToken.objects.visible_to(user).standing().select_for_update())
    ApiToken.objects.filter(pk__in=[token.pk for token in standing]).update(revoked_at=Now())
    journal.record_many([journal.Line(kind="api_token.revoked", about=token, by=by) for token in standing])
    return len(standing)


def _gaps(token: ApiToken) -> list[Gap]:
    try:
        token.full_clean()
    except ValidationError as error:
        return gaps_of(error)
    return []
