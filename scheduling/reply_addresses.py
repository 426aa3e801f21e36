"""Where calendars answer to: an address with a secret for each invitation, for anybody can write any From.

`fairs+<id>-<proof>@example.org`: the proof is a keyed hash of the invitation's id. Letters are small, since some
servers make them so on the way, and the part before the @ stays under 64 octets (RFC 5321, 4.5.3.1.1).
"""

from __future__ import annotations

import base64
import hmac
from binascii import Error
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings

_PROOF = 10  # octets: 80 bits, which nobody guesses by mail


def reply_address(invitation: UUID) -> str:
    """The address to which the calendar of whoever was invited answers."""
    local, _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")
    secret = f"{_letters(invitation.bytes)}-{_letters(_proof(invitation, settings.SIGNING_KEYS[0]))}"
    return f"{local}+{secret}@{domain}"


def invitation_of(address: str) -> UUID | None:
    """The invitation to which a mail to this address answers; None where the address does not prove one."""
    identity, _, proof = address.rpartition("@")[0].rpartition("+")[2].lower().partition("-")
    try:
        invitation, given = UUID(bytes=_octets(identity)), _octets(proof)
    except (Error, ValueError):
        return None
    good = [hmac.compare_digest(given, _proof(invitation, key)) for key in settings.SIGNING_KEYS]
    return invitation if any(good) else None


def _proof(invitation: UUID, key: str) -> bytes:
    return hmac.digest(key.encode(), b"otop.reply:" + invitation.bytes, "sha256")[:_PROOF]


def _letters(octets: bytes) -> str:
    return base64.b32encode(octets).decode().rstrip("=").lower()


def _octets(letters: str) -> bytes:
    return base64.b32decode(letters.upper() + "=" * (-len(letters) % 8))
