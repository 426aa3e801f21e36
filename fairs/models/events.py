"""Fairs and their calls."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import Membership, Organizer, User
from core.fields import LineField, ProseField
from core.models import UUIDModel, Versioned
from core.moves import Moves
from fairs.models.places import Category, Venue


class FairQuerySet(models.QuerySet["Fair"]):
    """Which fairs, and for whom."""

    def public(self) -> Self:
        """Those that everybody may see: all but drafts."""
        return self.exclude(state=Fair.State.DRAFT)

    def visible_to(self, user: User | None) -> Self:
        """The public ones, and those of the organizers for whom `user` coordinates or staffs the day."""
        if user is None or not user.is_authenticated:
            return self.public()
        return self.filter(~Q(state=Fair.State.DRAFT) | Q(Exists(_working_for(user, "organizer"))))

    def planned_by(self, user: User) -> Self:
        """Those that `user` coordinates."""
        return self.filter(Exists(_working_for(user, "organizer", [Membership.Role.COORDINATOR])))

    def staffed_by(self, user: User) -> Self:
        """Those on whose days `user` works: staff and coordinators."""
        return self.filter(
            Exists(_working_for(user, "organizer", [Membership.Role.COORDINATOR, Membership.Role.STAFF]))
        )

    def for_table(self) -> Self:
        """With all that a list of fairs shows."""
        return self.select_related("venue__town__county", "organizer", "call")


def _working_for(user: User, path: str, roles: list[str] | None = None) -> models.QuerySet[Membership]:
    roles = roles or [Membership.Role.COORDINATOR, Membership.Role.STAFF]
    return Membership.objects.filter(user=user.pk, role__in=roles, organizer=OuterRef(path))


class Fair(UUIDModel, Versioned):
    """One event: dates, venue, halls, zones, booths, call, programme. Days and hours are local to the venue."""

    class State(models.TextChoices):
        """What a coordinator did with the fair; phases (call open, running, past) follow from dates."""

        DRAFT = "draft", _("Draft")
        ANNOUNCED = "announced", _("Announced")
        CANCELLED = "cancelled", _("Cancelled")
        CLOSED = "closed", _("Closed")

    organizer = models.ForeignKey(Organizer, on_delete=models.PROTECT, related_name="fairs")
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    name_zh = LineField(_("name"), max_length=120)
    name_en = LineField(_("name in English"), max_length=160, blank=True)
    description_zh = ProseField(_("description"), blank=True, max_length=4000)
    description_en = ProseField(_("description in English"), blank=True, max_length=4000)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="fairs")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    opens = models.TimeField(_("opens at"), default=time(10))
    closes = models.TimeField(_("closes at"), default=time(18))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    theme = models.CharField(_("theme"), max_length=30, blank=True)
    series = models.SlugField(_("series"), max_length=60, blank=True)
    categories = models.ManyToManyField(Category, verbose_name=_("categories"), blank=True, related_name="+")
    cloned_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="clones")

    objects: ClassVar = FairQuerySet.as_manager()

    class Meta:
        verbose_name = _("fair")
        verbose_name_plural = _("fairs")
        ordering = ["starts_on", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="fair_ends_after_it_starts",
                violation_error_message=_("The last day can't be before the first day."),
                violation_error_code="ends_on",
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="fair_closes_after_it_opens",
                violation_error_message=_("The closing time must be after the opening time."),
                violation_error_code="closes",
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_on"], name="fair_by_day")]

    def __str__(self) -> str:
        return self.name_zh

    def journal_scope(self) -> Scope:
        """The organizer's business."""
        return Scope(organizer=self.organizer_id, fair=self.pk)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the venue, in which the fair's times are shown."""
        return ZoneInfo(self.venue.time_zone)

    @property
    def begins_at(self) -> datetime:
        """The instant at which the doors open on the first day."""
        return datetime.combine(self.starts_on, self.opens, self.zone)

    @property
    def finishes_at(self) -> datetime:
        """The instant at which the doors close on the last day."""
        return datetime.combine(self.ends_on, self.closes, self.zone)

    @property
    def days(self) -> list[date]:
        """Every day of the fair."""
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]

    def is_running(self, at: datetime) -> bool:
        """Whether `at` lies between the first opening and the last closing."""
        return self.begins_at <= at < self.finishes_at

    def is_past(self, at: datetime) -> bool:
        """Whether the doors have closed for the last time."""
        return at >= self.finishes_at


FAIR_MOVES = Moves(
    {
        Fair.State.DRAFT: {Fair.State.ANNOUNCED},
        Fair.State.ANNOUNCED: {Fair.State.CANCELLED, Fair.State.CLOSED},
    }
)


class CallQuerySet(models.QuerySet["Call"]):
    """Which calls, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))

    def for_table(self) -> Self:
        """With all that a list of calls shows: three queries, however many rows."""
        return self.select_related("fair__organizer", "fair__venue").prefetch_related("questions", "criteria")


class Call(UUIDModel, Versioned):
    """A fair's call for applications. Money in whole units of `currency`, power in watts, shares from 0 to 1."""

    fair = models.OneToOneField(Fair, on_delete=models.CASCADE, related_name="call")
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    decides_on = models.DateField(_("decisions on"), null=True, blank=True)
    offers_on = models.DateField(_("offers on"), null=True, blank=True)
    offers_end_at = models.DateTimeField(_("offers end"), null=True, blank=True)
    decisions_released_at = models.DateTimeField(_("decisions released"), null=True, blank=True, editable=False)
    is_blind = models.BooleanField(_("experts see no names"), default=False)
    max_booths = models.PositiveSmallIntegerField(_("most booths an application"), default=2)
    max_products = models.PositiveSmallIntegerField(_("most products an application"), default=8)
    reviews_per_discipline = models.PositiveSmallIntegerField(_("reviews a discipline"), default=1)
    score_min = models.PositiveSmallIntegerField(_("lowest score"), default=1)
    score_max = models.PositiveSmallIntegerField(_("highest score"), default=5)
    first_time_min_share = models.DecimalField(
        _("at least this share of first-time exhibitors"), max_digits=4, decimal_places=3, default=0
    )
    outlying_island_min = models.PositiveSmallIntegerField(_("at least from outlying islands"), default=0)
    indigenous_min = models.PositiveSmallIntegerField(_("at least from indigenous towns"), default=0)
    county_max_share = models.DecimalField(
        _("at most this share from one county"), max_digits=4, decimal_places=3, default=1
    )
    currency = models.CharField(_("currency"), max_length=3, default="TWD")
    fee_per_booth = models.PositiveIntegerField(_("fee a booth of 9 m²"), default=0)
    corner_surcharge = models.DecimalField(_("corner surcharge (share)"), max_digits=4, decimal_places=3, default=0)
    power_included = models.PositiveIntegerField(_("power included (W)"), default=0)
    fee_per_extra_kw = models.PositiveIntegerField(_("fee a kW beyond"), default=0)
    water_fee = models.PositiveIntegerField(_("fee for water"), default=0)
    first_time_discount = models.DecimalField(
        _("discount for first-time exhibitors (share)"), max_digits=4, decimal_places=3, default=0
    )
    outlying_island_discount = models.DecimalField(
        _("discount for outlying islands (share)"), max_digits=4, decimal_places=3, default=0
    )
    deposit = models.PositiveIntegerField(_("deposit"), default=0)
    # The number that the next application gets; read and raised under the call's lock.
    next_number = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("The call must close after it opens."),
                violation_error_code="closes_at",
            ),
            models.CheckConstraint(
                condition=Q(score_max__gt=F("score_min")),
                name="scores_have_a_range",
                violation_error_message=_("The highest score must be above the lowest."),
                violation_error_code="score_max",
            ),
            models.CheckConstraint(
                condition=Q(max_booths__gte=1),
                name="call_allows_a_booth",
                violation_error_message=_("An application must be allowed one booth at least."),
                violation_error_code="max_booths",
            ),
            models.CheckConstraint(
                condition=Q(first_time_discount__lte=1, outlying_island_discount__lte=1),
                name="discounts_are_shares",
                violation_error_message=_("A discount is a share between 0 and 1."),
                violation_error_code="first_time_discount",
            ),
        ]

    def __str__(self) -> str:
        return str(self.fair)

    def journal_scope(self) -> Scope:
        """The organizer's business."""
        return self.fair.journal_scope()

    def is_open(self, at: datetime) -> bool:
        """Whether companies may hand in at this instant: announced, from `opens_at` to just before `closes_at`."""
        return self.fair.state == Fair.State.ANNOUNCED and self.opens_at <= at < self.closes_at


class Question(UUIDModel):
    """One question of a call. `choices`: [{"value", "zh", "en"}]; limits hold for the kinds that have them."""

    class Kind(models.TextChoices):
        """How it is answered."""

        TEXT = "text", _("Text")
        YESNO = "yesno", _("Yes or no")
        CHOICE = "choice", _("One of several")
        MULTICHOICE = "multichoice", _("Some of several")
        NUMBER = "number", _("Number")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=40)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    is_required = models.BooleanField(_("must be answered"), default=False)
    label_zh = LineField(_("question"), max_length=200)
    label_en = LineField(_("question in English"), max_length=200, blank=True)
    max_length = models.PositiveIntegerField(_("longest answer (characters)"), null=True, blank=True)
    minimum = models.IntegerField(_("smallest number"), null=True, blank=True)
    maximum = models.IntegerField(_("largest number"), null=True, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["call", "place", "key"]
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="question_key_is_unique_in_a_call")]

    def __str__(self) -> str:
        return self.label_zh


class Criterion(UUIDModel):
    """What experts of one discipline score. Weights of a call add to 100."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(_("key"), max_length=40)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    discipline = models.CharField(_("discipline"), max_length=10, choices=Membership.Discipline)
    weight = models.PositiveSmallIntegerField(_("weight"))
    label_zh = LineField(_("criterion"), max_length=120)
    label_en = LineField(_("criterion in English"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["call", "place", "key"]
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="criterion_key_is_unique_in_a_call")]

    def __str__(self) -> str:
        return self.label_zh
