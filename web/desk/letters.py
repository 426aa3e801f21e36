"""What each kind of mail is called, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, str | Promise] = {
    "application-submitted": _("Application received"),
    "application-returned": _("Please correct"),
    "application-accepted": _("You are accepted"),
    "application-waitlisted": _("You are on the waitlist"),
    "application-rejected": _("Not accepted"),
    "application-offered": _("A booth for you"),
    "application-offered-again": _("The fair moved: please answer again"),
    "application-confirmed": _("Booth confirmed"),
    "application-expired": _("The offer has ended"),
    "application-withdrawn": _("Application withdrawn"),
    "application-cancelled": _("Application cancelled"),
    "fair-moved": _("The fair moved"),
    "fair-cancelled": _("The fair is cancelled"),
    "desk-declined": _("To the desk: declined"),
    "desk-expired": _("To the desk: offer ended"),
    "desk-withdrawn": _("To the desk: withdrawn"),
    "desk-message-dead": _("To the desk: mail undelivered"),
    "desk-digest": _("To the desk: the day in short"),
    "fair-invitation": _("Invitation to the fair"),
    "fair-invitation-update": _("Invitation to the fair, changed"),
    "fair-invitation-cancelled": _("Invitation to the fair, cancelled"),
    "exhibitor-invitation": _("The fair in the exhibitor’s calendar"),
    "session-invitation": _("Invitation to a session"),
    "session-invitation-update": _("Invitation to a session, changed"),
    "session-invitation-cancelled": _("Invitation to a session, cancelled"),
    "call-closes": _("Reminder: the call closes"),
    "offer-ends": _("Reminder: the offer ends"),
    "fair-tomorrow": _("Reminder: the fair is tomorrow"),
}


def name_of(kind: str) -> str:
    """A kind of mail in words; as it is where no word is known."""
    return str(NAMES.get(kind, kind))
