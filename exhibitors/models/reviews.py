"""Reviews: one expert's scores and advice on one application, in one discipline."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import Membership, User
from core.fields import ProseField
from core.models import UUIDModel, Versioned
from core.moves import Moves
from exhibitors.models.applications import Application


class ReviewQuerySet(models.QuerySet["Review"]):
    """Which reviews, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own reviews; those of others on the same application only after own submission; a coordinator's fairs'."""
        if user is None or not user.is_authenticated:
            return self.none()
        coordinates = Membership.objects.coordinators().filter(
            organizer=OuterRef("application__call__fair__organizer"), user=user.pk
        )
        handed_in = Review.objects.filter(
            application=OuterRef("application"), expert=user.pk, state=Review.State.SUBMITTED
        )
        return self.filter(
            Q(expert=user.pk) | Q(Exists(coordinates)) | (Q(Exists(handed_in)) & Q(state=Review.State.SUBMITTED))
        )

    def assigned_to(self, user: User) -> Self:
        """The reviews that `user` was asked for."""
        return self.filter(expert=user.pk)


class Review(UUIDModel, Versioned):
    """Scores run from the call's `score_min` to its `score_max`, one a criterion of the discipline."""

    class State(models.TextChoices):
        """How far the expert is."""

        ASSIGNED = "assigned", _("To score")
        SUBMITTED = "submitted", _("Scored")
        RECUSED = "recused", _("Recused")

    class Recommendation(models.TextChoices):
        """What the expert would do."""

        ACCEPT = "accept", _("Accept")
        WAITLIST = "waitlist", _("Waitlist")
        REJECT = "reject", _("Reject")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    expert = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    discipline = models.CharField(_("discipline"), max_length=10, choices=Membership.Discipline)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASSIGNED, editable=False)
    scores = models.JSONField(_("scores"), default=dict, blank=True)
    weighted_score = models.DecimalField(
        _("weighted score"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation, blank=True)
    advice_zh = ProseField(_("advice"), max_length=2000, blank=True)
    advice_en = ProseField(_("advice in English"), max_length=2000, blank=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True, editable=False)

    objects: ClassVar = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["application", "discipline", "expert"]
        constraints = [
            models.UniqueConstraint(fields=["application", "expert"], name="expert_reviews_an_application_once"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="a_review_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_discipline_display()}"

    def journal_scope(self) -> Scope:
        """The organizer's business; the company learns nothing of it."""
        fair = self.application.call.fair
        return Scope(organizer=fair.organizer_id, fair=fair.pk)


REVIEW_MOVES = Moves(
    {
        Review.State.ASSIGNED: {Review.State.SUBMITTED, Review.State.RECUSED},
    }
)
