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
    "fair-invitation-changed": _("Invitation to the fair, other words"),
    "fair-invitation-cancelled": _("Invitation to the fair, cancelled"),
    "exhibitor-invitation": _("The fair in the exhibitor’s calendar"),
    "session-invitation": _("Invitation to a session"),
    "session-invitation-update": _("Invitation to a session, changed"),
    "session-invitation-changed": _("Invitation to a session, other words"),
    "session-invitation-cancelled": _("Invitation to a session, cancelled"),
    "call-closes": _("Reminder: the call closes"),
    "offer-ends": _("Reminder: the offer ends"),
    "fair-tomorrow": _("Reminder: the fair is tomorrow"),
    "company-signup": _("Company’s sign-up"),
    "company-invite": _("Invitation to act for a company"),
    "membership-invite": _("Invitation to work for an organizer"),
    "address-verification": _("Is this your address?"),
    "account-exists": _("There is an account already"),
    "no-account": _("There is no account of this address"),
    "password-reset": _("New password"),
    "password-changed": _("The password was changed"),
    "test": _("Test mail"),
}


def name_of(kind: str) -> str:
    """A kind of mail in words; as it is where no word is known."""
    return str(NAMES.get(kind, kind))
