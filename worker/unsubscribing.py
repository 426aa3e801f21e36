"""Opting out of what is not transactional, in one click and without signing in (RFC 8058).

The address holds the receiver and the kind of mail, signed, so no row is needed for mails that nobody opts out of.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from core import tokens
from worker.models import Suppression

PURPOSE = "unsubscribe"
OPTED_OUT = gettext_noop("The receiver does not want these mails.")


def address_for(recipient: str, *, kind: str) -> str:
    """Where a GET shows what would end, and a POST ends it."""
    value = urlsafe_b64encode(f"{kind}:{recipient}".encode()).decode().rstrip("=")
    return f"{settings.SITE_URL}/mail/stop/{tokens.sign(value, purpose=PURPOSE)}/"


def read(token: str) -> tuple[str, str]:
    """The mail address and the kind of mail of a token. Raises core.tokens.BadSignature."""
    value = tokens.unsign(token, purpose=PURPOSE)
    kind, _, recipient = urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().partition(":")
    return recipient, kind


def opt_out(token: str) -> None:
    """End mails of this kind to this address; doing it twice changes nothing. Raises core.tokens.BadSignature."""
    recipient, kind = read(token)
    suppress(recipient, kind=kind, reason=OPTED_OUT)


def suppress(recipient: str, *, reason: str, kind: str = "") -> None:
    """Send no more mail to this address, of one kind or (blank) of any."""
    with transaction.atomic():
        Suppression.objects.update_or_create(
            email=recipient.lower(), kind=kind, defaults={"reason": reason[:500], "lifted_at": None}
        )
