"""How the interface says a state: tone, icon and word, for every state of every thing (`docs/` shows them on one page).

A person never reads colour alone. The company reads "waits for you" where the desk reads "waits for an answer".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

ACT, GOOD, WAIT, STOP, OFF = "act", "good", "wait", "stop", "off"


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks: `tone` picks the pair of colours, `icon` a symbol of the sprite, `word` what is read."""

    tone: str
    icon: str
    word: str | Promise


def _table(looks: dict[str, Look]) -> Mapping[str, Look]:
    return MappingProxyType(looks)


APPLICATION = _table(
    {
        "draft": Look(OFF, "dash", pgettext_lazy("application", "Draft")),
        "submitted": Look(ACT, "send", pgettext_lazy("application", "Submitted")),
        "returned": Look(WAIT, "undo", pgettext_lazy("application", "Please correct")),
        "accepted": Look(ACT, "check", pgettext_lazy("application", "Accepted")),
        "waitlisted": Look(WAIT, "glass", pgettext_lazy("application", "Waitlisted")),
        "rejected": Look(STOP, "x", pgettext_lazy("application", "Not accepted")),
        "offered": Look(WAIT, "offer", pgettext_lazy("application", "Offered")),
        "confirmed": Look(GOOD, "seal", pgettext_lazy("application", "Confirmed")),
        "declined": Look(OFF, "minus", pgettext_lazy("application", "Declined")),
        "expired": Look(OFF, "clock", pgettext_lazy("application", "Expired")),
        "withdrawn": Look(OFF, "undo", pgettext_lazy("application", "Withdrawn")),
        "attended": Look(GOOD, "check", pgettext_lazy("application", "Attended")),
        "no_show": Look(STOP, "no", pgettext_lazy("application", "Did not come")),
        "cancelled": Look(STOP, "no", pgettext_lazy("application", "Cancelled")),
    }
)
# What the desk reads for the same state of an application.
DESK_APPLICATION = _table(
    {
        **APPLICATION,
        "offered": Look(WAIT, "offer", pgettext_lazy("application at the desk", "Not answered")),
        "returned": Look(WAIT, "undo", pgettext_lazy("application at the desk", "Being corrected")),
    }
)
DECISION = _table(
    {
        "accept": Look(OFF, "check", pgettext_lazy("staged decision", "To accept")),
        "waitlist": Look(OFF, "glass", pgettext_lazy("staged decision", "To waitlist")),
        "reject": Look(OFF, "x", pgettext_lazy("staged decision", "To reject")),
    }
)
PLACEMENT = _table(
    {
        "proposed": Look(OFF, "dash", pgettext_lazy("placement", "Proposed")),
        "held": Look(ACT, "pin", pgettext_lazy("placement", "Held")),
        "released": Look(OFF, "undo", pgettext_lazy("placement", "Released")),
    }
)
SESSION = _table(
    {
        "draft": Look(OFF, "dash", pgettext_lazy("session", "Draft")),
        "released": Look(GOOD, "seal", pgettext_lazy("session", "Published")),
        "moved": Look(WAIT, "clock", pgettext_lazy("session", "Moved")),
        "delayed": Look(WAIT, "clock", pgettext_lazy("session", "Delayed")),
        "now": Look(WAIT, "clock", pgettext_lazy("session", "Now")),
        "cancelled": Look(STOP, "no", pgettext_lazy("session", "Cancelled")),
    }
)
FAIR = _table(
    {
        "draft": Look(OFF, "dash", pgettext_lazy("fair", "Draft")),
        "announced": Look(ACT, "bell", pgettext_lazy("fair", "Announced")),
        "call-open": Look(WAIT, "clock", pgettext_lazy("fair", "Call open")),
        "running": Look(GOOD, "seal", pgettext_lazy("fair", "On now")),
        "past": Look(OFF, "check", pgettext_lazy("fair", "Over")),
        "closed": Look(OFF, "lock", pgettext_lazy("fair", "Closed")),
        "cancelled": Look(STOP, "no", pgettext_lazy("fair", "Cancelled")),
    }
)
INVITATION = _table(
    {
        "pending": Look(WAIT, "offer", pgettext_lazy("invitation", "Not answered")),
        "sent": Look(WAIT, "offer", pgettext_lazy("invitation", "Not answered")),
        "accepted": Look(GOOD, "check", pgettext_lazy("invitation", "Coming")),
        "tentative": Look(WAIT, "glass", pgettext_lazy("invitation", "Tentative")),
        "declined": Look(OFF, "minus", pgettext_lazy("invitation", "Not coming")),
        "cancelled": Look(STOP, "no", pgettext_lazy("invitation", "Cancelled")),
    }
)
MESSAGE = _table(
    {
        "queued": Look(OFF, "clock", pgettext_lazy("message", "Queued")),
        "sending": Look(ACT, "send", pgettext_lazy("message", "Sending")),
        "failed": Look(WAIT, "clock", pgettext_lazy("message", "Will retry")),
        "sent": Look(GOOD, "check", pgettext_lazy("message", "Sent")),
        "dead": Look(STOP, "alert", pgettext_lazy("message", "Failed for good")),
        "cancelled": Look(OFF, "minus", pgettext_lazy("message", "Not sent")),
        "suppressed": Look(OFF, "no", pgettext_lazy("message", "Suppressed")),
    }
)
REVIEW = _table(
    {
        "assigned": Look(WAIT, "offer", pgettext_lazy("review", "To score")),
        "draft": Look(OFF, "dash", pgettext_lazy("review", "Draft")),
        "submitted": Look(GOOD, "seal", pgettext_lazy("review", "Submitted")),
        "recused": Look(OFF, "no", pgettext_lazy("review", "Recused")),
    }
)
KINDS: Mapping[str, Mapping[str, Look]] = MappingProxyType(
    {
        "application": APPLICATION,
        "desk-application": DESK_APPLICATION,
        "decision": DECISION,
        "placement": PLACEMENT,
        "session": SESSION,
        "fair": FAIR,
        "invitation": INVITATION,
        "message": MESSAGE,
        "review": REVIEW,
    }
)


def look(kind: str, state: str) -> Look:
    """The look of a state; KeyError for a state that no table knows, so that a new one is not shown as nothing."""
    return KINDS[kind][state]
