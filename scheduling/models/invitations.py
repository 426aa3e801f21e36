"""Invitations: a person asked to a fair or a session, with an answer."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.journal import Scope
from accounts.models import Language, User
from core.fields import LineField, ProseField
from core.models import UUIDModel
from core.moves import Moves
from fairs.models import Fair
from scheduling.models.programme import Session


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own ones, and those to the fairs that `user` coordinates."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(Q(user=user.pk) | Q(fair__in=Fair.objects.planned_by(user)))

    def standing(self) -> Self:
        """Those that were not cancelled."""
        return self.exclude(state=Invitation.State.CANCELLED)

    def for_table(self) -> Self:
        """With all that a list of invitations shows."""
        return self.select_related("fair__venue", "session", "user")


class Invitation(UUIDModel):
    """A person asked to a fair (`session` null) or to a session of it. The UID is that of the calendar entry."""

    class State(models.TextChoices):
        """How far the answer is."""

        PENDING = "pending", _("Pending")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", pgettext_lazy("answer to an invitation", "Accepted")
        TENTATIVE = "tentative", pgettext_lazy("answer to an invitation", "Tentative")
        DECLINED = "declined", pgettext_lazy("answer to an invitation", "Declined")
        CANCELLED = "cancelled", _("Cancelled")

    class Role(models.TextChoices):
        """Why the person is asked."""

        GUEST = "guest", _("Guest")
        EXHIBITOR = "exhibitor", _("Exhibitor")
        PRESENTER = "presenter", _("Presenter")

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="invitations")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    name = LineField(_("name"), max_length=80, blank=True)
    # Blank: the language is not known, so the mail bears both, Chinese first.
    language = models.CharField(_("language"), max_length=10, choices=Language, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.GUEST)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    # The entry's SEQUENCE of the newest mail; an answer to an older one does not count.
    sent_sequence = models.IntegerField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["fair", "email"]
        constraints = [
            # Whoever was taken off may be asked again, by a new invitation.
            models.UniqueConstraint(
                "fair",
                Lower("email"),
                condition=Q(session__isnull=True) & ~Q(state="cancelled"),
                name="person_is_asked_to_a_fair_once",
            ),
            models.UniqueConstraint(
                "session",
                Lower("email"),
                condition=Q(session__isnull=False) & ~Q(state="cancelled"),
                name="person_is_asked_to_a_session_once",
            ),
        ]
        indexes = [models.Index(fields=["fair", "state"], name="invitation_by_state")]

    def __str__(self) -> str:
        return f"{self.email} · {self.session or self.fair}"

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()


S = Invitation.State
_ANSWERS = {S.ACCEPTED, S.TENTATIVE, S.DECLINED}
INVITATION_MOVES = Moves(
    {
        S.PENDING: {S.SENT, S.CANCELLED, *_ANSWERS},
        S.SENT: {S.PENDING, S.CANCELLED, *_ANSWERS},
        S.ACCEPTED: {S.PENDING, S.TENTATIVE, S.DECLINED, S.CANCELLED},
        S.TENTATIVE: {S.PENDING, S.ACCEPTED, S.DECLINED, S.CANCELLED},
        S.DECLINED: {S.PENDING, S.ACCEPTED, S.TENTATIVE, S.CANCELLED},
    }
)


class ReplyQuerySet(models.QuerySet["Reply"]):
    """Which replies, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those about the fairs that `user` coordinates."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(invitation__fair__in=Fair.objects.planned_by(user))


class Reply(UUIDModel):
    """A mail that answered, or meant to answer, an invitation, and what came of it; each mail is read once.

    The mail itself is not kept. `sender` and `comment` are what a stranger wrote.
    """

    class Outcome(models.TextChoices):
        """What the mail did."""

        ANSWERED = "answered", _("Answered")
        UNPROVEN = "unproven", _("Not proven")
        OUTDATED = "outdated", _("Answers an older mail")
        REFUSED = "refused", _("Came too late")
        UNKNOWN = "unknown", _("No such invitation")
        UNREADABLE = "unreadable", _("Can't be read")

    # SHA-256 of the mail as it came, so that a mail that is read twice counts once.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, null=True, blank=True, related_name="replies", editable=False
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, editable=False)
    why = models.CharField(_("why"), max_length=40, blank=True, editable=False)
    sender = models.CharField(_("from"), max_length=254, blank=True, editable=False)
    answer = models.CharField(_("answer"), max_length=10, choices=Invitation.State, blank=True, editable=False)
    stamped_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    comment = ProseField(_("comment"), max_length=1000, blank=True, editable=False)

    objects: ClassVar = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.sender} ({self.get_outcome_display()})"
