"""The programme: stages, sessions of the working programme, what is listed in public, and releases."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import User
from core.fields import LineField, ProseField
from core.models import UUIDModel, Versioned
from core.moves import Moves
from exhibitors.models import Company
from fairs.models import Category, Fair, Hall


class StageQuerySet(models.QuerySet["Stage"]):
    """Which stages, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))


class Stage(UUIDModel):
    """A place of a fair where sessions happen. Hours are local to the venue."""

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="stages")
    hall = models.ForeignKey(Hall, on_delete=models.SET_NULL, null=True, blank=True, related_name="stages")
    slug = models.SlugField(_("short name in addresses"), max_length=40)
    name_zh = LineField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=80, blank=True)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    opens = models.TimeField(_("opens at"), null=True, blank=True)
    closes = models.TimeField(_("closes at"), null=True, blank=True)

    objects: ClassVar = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["fair", "slug"]
        constraints = [models.UniqueConstraint(fields=["fair", "slug"], name="stage_slug_is_unique_in_a_fair")]

    def __str__(self) -> str:
        return self.name_zh

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()


class Span(Func):
    """tstzrange(start, end): start included, end not, for one session may follow another at once."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Kind(models.TextChoices):
    """What happens in a session."""

    TALK = "talk", _("Talk")
    DEMONSTRATION = "demonstration", _("Demonstration")
    TASTING = "tasting", _("Tasting")
    PERFORMANCE = "performance", _("Performance")
    WORKSHOP = "workshop", _("Workshop")
    CEREMONY = "ceremony", _("Ceremony")


class SessionQuerySet(models.QuerySet["Session"]):
    """Which sessions of the working programme, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` coordinates; the public reads listings, not sessions."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(fair__in=Fair.objects.planned_by(user))

    def standing(self) -> Self:
        """Those that are to take place: not cancelled, not dropped from the working programme."""
        return self.exclude(state=Session.State.CANCELLED).filter(dropped_at__isnull=True)

    def for_table(self) -> Self:
        """With all that the programme's table shows: three queries."""
        return self.select_related("stage__hall", "category").prefetch_related("presenters", "companies")


class Session(UUIDModel, Versioned):
    """An item of a fair's working programme; what is public is its listing."""

    class State(models.TextChoices):
        """How far the public knows of it."""

        DRAFT = "draft", _("Draft")
        RELEASED = "released", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="sessions")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.TALK)
    title_zh = LineField(_("title"), max_length=160)
    title_en = LineField(_("title in English"), max_length=200, blank=True)
    abstract_zh = ProseField(_("summary"), max_length=2000, blank=True)
    abstract_en = ProseField(_("summary in English"), max_length=3000, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    presenters = models.ManyToManyField(User, verbose_name=_("presenters"), blank=True, related_name="sessions")
    companies = models.ManyToManyField(Company, verbose_name=_("companies"), blank=True, related_name="sessions")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, verbose_name=_("category"), null=True, blank=True, related_name="+"
    )
    language = models.CharField(_("language"), max_length=20, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    # Taken out of the working programme; the public still reads the listing until the next release.
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True, editable=False)

    objects: ClassVar = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["fair", "starts_at", "stage"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("A session must end after it starts."),
            ),
            ExclusionConstraint(
                name="stage_has_one_session_at_a_time",
                expressions=[
                    (F("stage"), RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state="cancelled") & Q(dropped_at__isnull=True),
                # Judged at the end of a statement, so that a whole programme can be moved by one.
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message=_("There is another session on this stage at that time."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()


SESSION_MOVES = Moves(
    {
        Session.State.DRAFT: {Session.State.RELEASED},
        Session.State.RELEASED: {Session.State.CANCELLED},
    }
)


class ListingQuerySet(models.QuerySet["Listing"]):
    """What the public reads of programmes."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))

    def for_table(self) -> Self:
        """With all that a programme page shows."""
        return self.select_related("stage__hall", "category", "fair__venue")


class Listing(models.Model):
    """The public form of one session: as last released, or as delayed or cancelled on the day.

    `presenters`: ids of users; `companies`: ids of companies. `was_at`: the start that was public before it moved.
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, primary_key=True, related_name="listing")
    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="listings")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="listings")
    kind = models.CharField(max_length=14, choices=Kind)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=200, blank=True)
    abstract_zh = models.TextField(blank=True)
    abstract_en = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    was_at = models.DateTimeField(null=True, blank=True)
    presenters = ArrayField(models.UUIDField(), default=list, blank=True)
    companies = ArrayField(models.UUIDField(), default=list, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=20, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    is_cancelled = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    objects: ClassVar = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        ordering = ["starts_at", "stage"]
        indexes = [models.Index(fields=["fair", "starts_at"], name="listing_by_time")]

    def __str__(self) -> str:
        return self.title_zh


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Which releases, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the fairs that `user` may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))


class Release(UUIDModel):
    """A numbered, unchanging publication of a fair's programme. `programme`: the listings as they stood, as JSON."""

    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField(_("number"))
    note_zh = ProseField(_("note"), max_length=500, blank=True)
    note_en = ProseField(_("note in English"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    programme = models.JSONField(_("programme"), default=list)

    objects: ClassVar = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["fair", "-number"]
        constraints = [models.UniqueConstraint(fields=["fair", "number"], name="release_number_is_unique_in_a_fair")]

    def __str__(self) -> str:
        return f"{self.fair} · {self.number}"

    def journal_scope(self) -> Scope:
        """The fair's business."""
        return self.fair.journal_scope()
