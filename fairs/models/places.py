"""Counties, towns, categories, venues and their rooms: data, not code, so that a sister programme loads its own."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import LineField, WebField, leads_to_the_web
from core.models import UUIDModel


class County(models.Model):
    """One of Taiwan's 22 counties and special municipalities, by its code of the Ministry of the Interior."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name_zh = LineField(_("name"), max_length=40)
    name_en = LineField(_("name in English"), max_length=60)
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    region = models.CharField(_("region"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("county")
        verbose_name_plural = _("counties")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh


class Town(models.Model):
    """One of the 368 townships, cities and districts, by its code of the Ministry of the Interior."""

    class Indigenous(models.TextChoices):
        """Whether the Council of Indigenous Peoples counts the town among the indigenous areas."""

        NONE = "none", _("no")
        PLAINS = "plains", _("plains indigenous town")
        MOUNTAIN = "mountain", _("mountain indigenous town")

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="towns")
    name_zh = LineField(_("name"), max_length=40)
    name_en = LineField(_("name in English"), max_length=60)
    postal_code = models.CharField(_("postcode"), max_length=3, blank=True)
    admin_type = models.CharField(_("kind"), max_length=30, blank=True)
    indigenous_area = models.CharField(_("indigenous area"), max_length=10, choices=Indigenous, default="none")
    is_outlying = models.BooleanField(_("on an outlying island"), default=False)
    lat = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)

    class Meta:
        verbose_name = _("town")
        verbose_name_plural = _("towns")
        ordering = ["code"]
        indexes = [GinIndex(OpClass("name_zh", name="gin_trgm_ops"), name="town_name_trigrams")]

    def __str__(self) -> str:
        return self.name_zh


class Category(models.Model):
    """What is made: tea, ceramics, glass."""

    code = models.CharField(_("code"), max_length=30, primary_key=True)
    name_zh = LineField(_("name"), max_length=40)
    name_en = LineField(_("name in English"), max_length=60)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh


class Venue(UUIDModel):
    """A place where fairs are held. Times of its fairs are shown in its zone."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name_zh = LineField(_("name"), max_length=120)
    name_en = LineField(_("name in English"), max_length=160, blank=True)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="venues", null=True, blank=True)
    address_zh = LineField(_("address"), max_length=200, blank=True)
    address_en = LineField(_("address in English"), max_length=200, blank=True)
    postal_code = models.CharField(_("postcode"), max_length=6, blank=True)
    country = models.CharField(_("country"), max_length=2, default="TW", help_text=_("ISO 3166 code of two letters"))
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Taipei", help_text=_("IANA name"))
    lat = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    coord_quality = models.CharField(_("point is of the"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    exhibition_area = models.PositiveIntegerField(_("exhibition area (m²)"), null=True, blank=True)
    standard_booths = models.PositiveIntegerField(_("standard booths"), null=True, blank=True)
    website = WebField(_("website"), blank=True)

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
                name="venue_point_is_whole",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
            models.CheckConstraint(condition=leads_to_the_web("website"), name="venue_website_is_on_the_web"),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Room(UUIDModel):
    """A venue's own hall or room. Sizes in metres, areas in square metres; blank where not published."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rooms")
    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = LineField(_("name"), max_length=120)
    name_en = LineField(_("name in English"), max_length=160, blank=True)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    area = models.DecimalField(_("area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True)
    length = models.DecimalField(_("length (m)"), max_digits=7, decimal_places=2, null=True, blank=True)
    width = models.DecimalField(_("width (m)"), max_digits=7, decimal_places=2, null=True, blank=True)
    height = models.DecimalField(_("height (m)"), max_digits=7, decimal_places=2, null=True, blank=True)
    standard_booths = models.PositiveIntegerField(_("standard booths"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("seats in theatre style"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["venue", "code"]

    def __str__(self) -> str:
        return self.name_zh
