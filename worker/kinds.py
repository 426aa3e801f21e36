"""The kinds of mail that we send. Each has a letter in both languages, in `worker/letters/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from worker.models import Message

Priority = Message.Priority


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of mail is treated.

    `patience`: how long we try to deliver it. `secrets`: what is wiped from the row once it is sent, since whoever
    reads it could act as the receiver. `is_optional`: not transactional, so one may opt out of it (RFC 8058).
    """

    name: str
    priority: Message.Priority = Priority.NORMAL
    patience: timedelta = timedelta(days=3)
    secrets: tuple[str, ...] = ()
    is_optional: bool = False

    def is_secret(self, name: str) -> bool:
        """Whether what fills this name, in one language or both, is a secret."""
        return name.removesuffix("_zh").removesuffix("_en") in self.secrets


_DAY = timedelta(days=1)
_ANSWERS = ("accept", "tentative", "decline")

KINDS = {
    kind.name: kind
    for kind in (
        # Somebody waits for these in front of the screen.
        Kind("password-reset", Priority.URGENT, _DAY, ("url",)),
        Kind("password-changed", Priority.URGENT),
        Kind("address-verification", Priority.URGENT, _DAY, ("url",)),
        Kind("account-exists", Priority.URGENT, _DAY, ("url",)),
        Kind("no-account", Priority.URGENT, _DAY),
        Kind("company-signup", Priority.URGENT, 2 * _DAY, ("url",)),
        Kind("membership-invite", Priority.URGENT, secrets=("url",)),
        Kind("company-invite", Priority.URGENT, secrets=("url",)),
        # To the members of a company.
        Kind("application-submitted"),
        Kind("application-returned"),
        Kind("application-accepted"),
        Kind("application-waitlisted"),
        Kind("application-rejected"),
        Kind("application-offered"),
        Kind("application-offered-again"),
        Kind("application-confirmed"),
        Kind("application-expired"),
        Kind("application-withdrawn"),
        Kind("application-cancelled"),
        Kind("fair-moved"),
        Kind("fair-cancelled"),
        # To coordinators.
        Kind("desk-declined"),
        Kind("desk-expired"),
        Kind("desk-withdrawn"),
        Kind("desk-message-dead"),
        Kind("desk-digest", Priority.BULK, _DAY, is_optional=True),
        # Calendar mails; a guest of a fair may ask us not to invite him again.
        Kind("fair-invitation", Priority.BULK, secrets=_ANSWERS, is_optional=True),
        Kind("fair-invitation-update", secrets=_ANSWERS),
        Kind("fair-invitation-changed", secrets=_ANSWERS),
        Kind("fair-invitation-cancelled"),
        Kind("exhibitor-invitation", secrets=_ANSWERS),
        Kind("session-invitation", secrets=_ANSWERS),
        Kind("session-invitation-update", secrets=_ANSWERS),
        Kind("session-invitation-changed", secrets=_ANSWERS),
        Kind("session-invitation-cancelled"),
        # Reminders.
        Kind("call-closes", patience=_DAY),
        Kind("offer-ends", patience=_DAY),
        Kind("fair-tomorrow", patience=_DAY),
        Kind("test"),
    )
}
