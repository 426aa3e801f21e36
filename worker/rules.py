"""Who may do what with mails and the journal. Who may see has its home in the querysets."""

from __future__ import annotations

from accounts.models import User
from accounts.rules import coordinates
from worker.models import Message


def may_direct_mail(user: User, message: Message) -> bool:
    """A coordinator of the organizer whose mail it is sends it again or stops it."""
    return message.organizer is not None and coordinates(user, message.organizer)
