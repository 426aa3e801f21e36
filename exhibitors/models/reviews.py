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
from exhibitors.models.companies import Company


class ConflictOfInterest(UUIDModel):
    """An expert who advised a company, or is close to it, and therefore may not judge it."""

    expert = models.ForeignKey(User, on_delete=models.CASCADE, related_name="conflicts")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="conflicts")

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["company", "expert"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "company"], name="a_conflict_of_interest_is_declared_once")
        ]

    def __str__(self) -> str:
        return f"{self.expert} · {self.company}"

    def journal_scope(self) -> Scope:
        """Nobody's in particular: it holds whichever organizer asks the expert. The company learns nothing of it."""
        return Scope()


class ReviewQuerySet(models.QuerySet["Review"]):
    """Which reviews, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own ones, others' on the same application only after own submission, and those of a coordinator's fairs.

        An expert's right is the assignment: who recused, or has a conflict of interest, sees nothing of it any more.
        """
        if user is None or not user.is_authenticated:
            return self.none()
        coordinates = Membership.objects.coordinators().filter(
            organizer=OuterRef("application__call__fair__organizer"), user=user.pk
        )
        handed_in = Review.objects.filter(
            application=OuterRef("application"), expert=user.pk, state=Review.State.SUBMITTED
        )
        conflict = ConflictOfInterest.objects.filter(expert=user.pk, company=OuterRef("application__company"))
        own = Q(expert=user.pk) & ~Q(state=Review.State.RECUSED)
        others = Q(Exists(handed_in)) & Q(state=Review.State.SUBMITTED)
        return self.filter(Q(Exists(coordinates)) | (~Q(Exists(conflict)) & (own | others)))

    def for_table(self) -> Self:
        """With all that a list of reviews shows: two queries, however many rows."""
        return self.select_related(
            "expert", "application__company__town__county", "application__company__category", "application__call__fair"
        ).prefetch_related("application__products")

    def assigned_to(self, user: User) -> Self:
        """The reviews that `user` was asked for."""
        return self.filter(expert=user.pk)

    def as_seen_by(self, user: User | None) -> Self:
        """Marked with `is_at_desk`: a coordinator knows the company also where the call is blind."""
        if user is None or not user.is_authenticated:
            return self.annotate(is_at_desk=models.Value(False))
        coordinates = Membership.objects.coordinators().filter(
            organizer=OuterRef("application__call__fair__organizer"), user=user.pk
        )
        return self.annotate(is_at_desk=Exists(coordinates))


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
