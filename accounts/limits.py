"""How often one may try: counted in the database, so that neither a flush of Redis nor its absence forgets a try.

Times are the database's. A try is written before it is counted, so that many at one instant do not all slip through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from accounts.models import Attempt

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within that time, for each address, account or person."""

    action: str
    tries: int
    within: timedelta


def take(limit: Limit, who: str) -> int | None:
    """Count a try; its number if there was room, else None.

    What is refused does not count: who goes on trying is let in once the older tries are past, and so is the owner.
    """
    key = _key(limit, who)
    attempt = Attempt.objects.create(key=key)
    if Attempt.objects.filter(key=key, at__gt=Now() - limit.within, pk__lte=attempt.pk).count() > limit.tries:
        attempt.delete()
        return None
    return attempt.pk


def give_back(attempt: int) -> None:
    """Take a try back that shall not count, such as a right password."""
    Attempt.objects.filter(pk=attempt).delete()


def clear(limit: Limit, who: str) -> None:
    """Forget all tries, such as after a reset of the password."""
    Attempt.objects.filter(key=_key(limit, who)).delete()


def forget_old(limit: int = 10_000) -> int:
    """Remove up to `limit` tries of more than a day; how many were removed."""
    old = Attempt.objects.filter(at__lt=Now() - KEPT).order_by("at").values_list("pk", flat=True)[:limit]
    return Attempt.objects.filter(pk__in=list(old)).delete()[0]


def _key(limit: Limit, who: str) -> str:
    # Keyed, so that the table tells nobody who tried.
    return salted_hmac(f"otop.limits.{limit.action}", who, algorithm="sha256").hexdigest()
