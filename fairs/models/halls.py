"""Halls, zones, circuits and booths. Metres as decimals with the origin at the top left, power in watts."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import User
from core.fields import LineField
from core.models import UUIDModel, Versioned
from fairs.models.events import Fair
from fairs.models.places import Category, Room


class HallQuerySet(models.QuerySet["Hall"]):
    """Which halls, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))

    def for_table(self) -> Self:
        """With all that a list of halls shows: two queries, however many rows."""
        return self.select_related("fair__organizer", "room").prefetch_related("circuits")


class Hall(UUIDModel, Versioned):
    """The area that one fair hires in a room, with its own plan. `width` along x, `depth` along y."""

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="halls")
    room = models.ForeignKey(Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.CharField(_("key"), max_length=10)
    name_zh = LineField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=80, blank=True)
    width = models.DecimalField(_("width (m)"), max_digits=6, decimal_places=2)
    depth = models.DecimalField(_("depth (m)"), max_digits=6, decimal_places=2)
    min_aisle = models.DecimalField(_("narrowest aisle allowed (m)"), max_digits=4, decimal_places=2, default=3)
    entrance_x = models.DecimalField(_("entrance, x (m)"), max_digits=6, decimal_places=2, default=0)
    entrance_y = models.DecimalField(_("entrance, y (m)"), max_digits=6, decimal_places=2, default=0)
    power_supply = models.PositiveIntegerField(_("power supply (W)"), null=True, blank=True)

    objects: ClassVar = HallQuerySet.as_manager()

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["fair", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "key"],
                name="hall_key_is_unique_in_a_fair",
                violation_error_message=_("Another hall of this fair has this key."),
                violation_error_code="key",
            ),
            models.CheckConstraint(
                condition=Q(width__gt=0, depth__gt=0),
                name="hall_has_an_area",
                violation_error_message=_("Width and depth must be more than 0 m."),
                violation_error_code="width",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()


class ZoneQuerySet(models.QuerySet["Zone"]):
    """Which zones, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))


class Zone(UUIDModel):
    """A part of a fair kept for some categories; without categories it takes all."""

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="zones")
    letter = models.CharField(_("letter"), max_length=4)
    name_zh = LineField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=80, blank=True)
    categories = models.ManyToManyField(Category, verbose_name=_("categories"), blank=True, related_name="+")

    objects: ClassVar = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["fair", "letter"]
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "letter"],
                name="zone_letter_is_unique_in_a_fair",
                violation_error_message=_("Another zone of this fair has this letter."),
                violation_error_code="letter",
            )
        ]

    def __str__(self) -> str:
        return self.name_zh

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()


class Circuit(UUIDModel):
    """One electric circuit of a hall and what it supplies, in watts."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="circuits")
    name = LineField(_("name"), max_length=20)
    supply = models.PositiveIntegerField(_("supply (W)"))

    class Meta:
        verbose_name = _("circuit")
        verbose_name_plural = _("circuits")
        ordering = ["hall", "name"]
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="circuit_name_is_unique_in_a_hall")]

    def __str__(self) -> str:
        return self.name


class Metres(Func):
    """numrange(low, high): low included, high not, for neighbours share a wall and that is no overlap."""

    function = "numrange"
    output_field = DecimalRangeField()


class BoothQuerySet(models.QuerySet["Booth"]):
    """Which booths, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))

    def for_plan(self) -> Self:
        """With all that a plan shows, in the order of their numbers."""
        return self.select_related("zone", "hall", "circuit").order_by("number")


class Booth(UUIDModel, Versioned):
    """A numbered rectangle in a hall. `x`, `y`: its top left corner. The standard one is 3 m x 3 m."""

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="booths")
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="booths")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="booths", null=True, blank=True)
    circuit = models.ForeignKey(Circuit, on_delete=models.SET_NULL, related_name="booths", null=True, blank=True)
    number = models.CharField(_("number"), max_length=12)
    x = models.DecimalField(_("x (m)"), max_digits=6, decimal_places=2)
    y = models.DecimalField(_("y (m)"), max_digits=6, decimal_places=2)
    width = models.DecimalField(_("width (m)"), max_digits=5, decimal_places=2, default=3)
    depth = models.DecimalField(_("depth (m)"), max_digits=5, decimal_places=2, default=3)
    power = models.PositiveIntegerField(_("power (W)"), default=0)
    has_water = models.BooleanField(_("water"), default=False)
    allows_flame = models.BooleanField(_("flame allowed"), default=False)

    objects: ClassVar = BoothQuerySet.as_manager()

    class Meta:
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        ordering = ["fair", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "number"],
                name="booth_number_is_unique_in_a_fair",
                violation_error_message=_("Another booth of this fair has this number."),
                violation_error_code="number",
            ),
            models.CheckConstraint(
                condition=Q(width__gt=0, depth__gt=0, x__gte=0, y__gte=0),
                name="booth_has_an_area",
                violation_error_message=_("A booth needs a width and depth above 0 m and a place inside the hall."),
                violation_error_code="width",
            ),
            ExclusionConstraint(
                name="booths_do_not_overlap",
                expressions=[
                    (F("hall"), RangeOperators.EQUAL),
                    (Metres("x", F("x") + F("width")), RangeOperators.OVERLAPS),
                    (Metres("y", F("y") + F("depth")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This booth would overlap another one."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()

    @property
    def area(self) -> Decimal:
        """Square metres."""
        return self.width * self.depth
