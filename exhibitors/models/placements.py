"""Placements: booths held for applications."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import User
from core.models import UUIDModel
from core.moves import Moves
from exhibitors.models.applications import Application
from fairs.models import Booth, Fair


class PlacementQuerySet(models.QuerySet["Placement"]):
    """Which placements, and for whom."""

    def held(self) -> Self:
        """Those that hold their booth."""
        return self.filter(state=Placement.State.HELD)

    def confirmed(self) -> Self:
        """Those that everybody may see: held, by a company that confirmed or came."""
        return self.held().filter(application__state__in=PUBLIC_STATES)

    def visible_to(self, user: User | None) -> Self:
        """The confirmed ones of public fairs, and those of the applications that `user` may see."""
        public = Q(state=Placement.State.HELD, application__state__in=PUBLIC_STATES) & ~Q(
            booth__fair__state=Fair.State.DRAFT
        )
        return self.filter(public | _of_visible_applications(user))

    def close_to(self, user: User | None) -> Self:
        """Those of the applications that `user` may see."""
        return self.filter(_of_visible_applications(user))

    def as_seen_by(self, user: User | None) -> Self:
        """Marked with `is_close`: whether the application may be named to the person."""
        return self.annotate(is_close=_of_visible_applications(user))

    def for_table(self) -> Self:
        """With all that a list of placements shows."""
        return self.select_related("booth", "application__company", "application__call__fair")


def _of_visible_applications(user: User | None) -> Q:
    return Q(Exists(Application.objects.visible_to(user).filter(pk=OuterRef("application"))))


class Placement(UUIDModel):
    """A booth held for an application. Whether it is offered or confirmed is the application's state, told once."""

    class State(models.TextChoices):
        """Whether the booth is held."""

        HELD = "held", _("Held")
        RELEASED = "released", _("Released")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="placements")
    booth = models.ForeignKey(Booth, on_delete=models.PROTECT, related_name="placements")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.HELD, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, blank=True, editable=False)

    objects: ClassVar = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["application", "booth"]
        constraints = [
            models.UniqueConstraint(
                fields=["booth"],
                condition=Q(state="held"),
                name="booth_has_one_held_placement",
                violation_error_message=_("This booth was taken a moment ago. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(state="held", released_at__isnull=True) | Q(state="released", released_at__isnull=False),
                name="a_released_placement_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booth} · {self.application}"

    def journal_scope(self) -> Scope:
        """The same business as the application."""
        return self.application.journal_scope()


PUBLIC_STATES = (Application.State.CONFIRMED, Application.State.ATTENDED)
PLACEMENT_MOVES = Moves({Placement.State.HELD: {Placement.State.RELEASED}})
