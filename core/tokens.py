"""Secrets that people carry: random tokens stored hashed, and signed links."""

import hashlib
import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer


def make() -> str:
    """A new random token of 192 bits, safe in an address."""
    return secrets.token_urlsafe(24)


def hash_of(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. The token has 192 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign(value: str, *, purpose: str) -> str:
    """`value` with a signature of the newest signing key, good for this purpose only."""
    return Signer(key=settings.SIGNING_KEYS[0], salt=f"otop.{purpose}", sep=".").sign(value)


def unsign(signed: str, *, purpose: str) -> str:
    """The value that was signed for this purpose with any of the keys. Raises BadSignature."""
    newest, *older = settings.SIGNING_KEYS
    return Signer(key=newest, fallback_keys=[*older], salt=f"otop.{purpose}", sep=".").unsign(signed)


__all__ = ["BadSignature", "hash_of", "make", "sign", "unsign"]
