"""Entries and feeds: what calendars show, rendered once and served as stored."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import Language, User
from core.fields import LineField
from core.models import UUIDModel
from exhibitors.models import Company, CompanyMember
from fairs.models import Fair


class EntryQuerySet(models.QuerySet["Entry"]):
    """Which entries."""

    def shown(self) -> Self:
        """Those that can be shown: rendered, and not cancelled so long ago that nobody has them any more."""
        return self.exclude(event_zh=b"").filter(Q(shown_until__isnull=True) | Q(shown_until__gte=Now()))


class Entry(models.Model):
    """The published form of one thing: a fair's days, a session, a company's place at a fair, a deadline.

    Either instants (`starts_at`, `ends_at`) in `tzid`, or whole days (`starts_on`, `ends_on` inclusive). `keys` say
    which feeds it belongs to (`scheduling.keys`); `left_keys` which it left and must be CANCELLED in. `event_*` are the
    VEVENT bytes, `gone_*` the cancelled form.
    """

    class Kind(models.TextChoices):
        """What it shows; `about_id` is the id of that thing."""

        FAIR = "fair", _("Fair")
        SESSION = "session", _("Session")
        ATTENDANCE = "attendance", _("Booth at a fair")
        OFFER = "offer", _("End of an offer")
        CORRECTION = "correction", _("End of a correction")

    class Status(models.TextChoices):
        """STATUS of RFC 5545, 3.8.1.11."""

        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    about_id = models.UUIDField()
    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, related_name="entries")
    sequence = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.CONFIRMED)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    tzid = models.CharField(max_length=50, default="Asia/Taipei")
    title_zh = models.CharField(max_length=400)
    title_en = models.CharField(max_length=400)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    place_zh = models.CharField(max_length=600, blank=True)
    place_en = models.CharField(max_length=600, blank=True)
    lat = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    url = models.CharField(max_length=400, blank=True)
    categories_zh = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    categories_en = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    organizer_zh = models.CharField(max_length=120, blank=True)
    organizer_en = models.CharField(max_length=120, blank=True)
    organizer_email = models.CharField(max_length=254)
    keys = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    left_keys = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # The last instants at which feeds still show what was cancelled, and what left them: 90 days after its end or
    # after it went, whichever is later.
    shown_until = models.DateTimeField(null=True, blank=True)
    left_until = models.DateTimeField(null=True, blank=True)
    event_zh = models.BinaryField(default=b"", blank=True)
    event_en = models.BinaryField(default=b"", blank=True)
    gone_zh = models.BinaryField(default=b"", blank=True)
    gone_en = models.BinaryField(default=b"", blank=True)
    # Why the entry could not be rendered; it is put aside as it last was, and stops no other.
    fault = models.TextField(blank=True)

    objects: ClassVar = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "about_id"], name="a_thing_has_one_entry_of_a_kind"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=False, ends_at__isnull=False, starts_on__isnull=True)
                | Q(starts_on__isnull=False, ends_on__isnull=False, starts_at__isnull=True),
                name="an_entry_has_instants_or_days",
            ),
            models.CheckConstraint(
                condition=Q(status="confirmed", shown_until__isnull=True)
                | Q(status="cancelled", shown_until__isnull=False),
                name="what_is_cancelled_is_shown_for_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_keys=[], left_until__isnull=True) | Q(left_until__isnull=False),
                name="what_left_a_feed_is_shown_for_a_time",
            ),
        ]
        indexes = [
            GinIndex(fields=["keys"], name="entry_keys"),
            GinIndex(fields=["left_keys"], name="entry_left_keys"),
            models.Index(fields=["shown_until"], name="entry_shown_until", condition=Q(shown_until__isnull=False)),
            models.Index(fields=["left_until"], name="entry_left_until", condition=Q(left_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.uid

    @property
    def is_cancelled(self) -> bool:
        """Whether calendars show it as cancelled."""
        return self.status == self.Status.CANCELLED


class Feed(models.Model):
    """The stored bytes of one base feed in one language and form, also gzipped, with their ETag.

    `key` is one of the keys of entries, or `news`. A row exists once somebody asked; without `etag` it is not
    published yet. `changed_at`: when its bytes last changed; `published_at`: when they were last looked at.
    """

    class Form(models.TextChoices):
        """How the feed is written."""

        ICS = "ics", "iCalendar"
        JSON = "json", "jCal"
        ATOM = "atom", "Atom"

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80)
    language = models.CharField(max_length=10, choices=Language)
    form = models.CharField(max_length=4, choices=Form, default=Form.ICS)
    body = models.BinaryField(default=b"")
    gzipped = models.BinaryField(default=b"")
    etag = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    entries = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ["key", "language", "form"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "language", "form"], name="a_feed_is_stored_once_a_language_and_form"
            ),
            models.CheckConstraint(
                condition=Q(etag="") | Q(changed_at__isnull=False, published_at__isnull=False),
                name="a_published_feed_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language}, {self.form})"


class StaleKey(models.Model):
    """A key of which entries changed since its feeds were published: the queue of publishing.

    Rows are only added, never updated: a row to be updated would make every reaction of one fair wait for the other,
    and a feed that is being built could lose the mark of a change that it did not see.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("feed to publish")
        verbose_name_plural = _("feeds to publish")
        ordering = ["id"]
        indexes = [models.Index(fields=["key"], name="stale_key")]

    def __str__(self) -> str:
        return self.key


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    """Which tokens, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own ones."""
        return self.none() if user is None or not user.is_authenticated else self.filter(user=user.pk)

    def good(self) -> Self:
        """Those that were not revoked, whose owner is still there and still acts for the company."""
        member = CompanyMember.objects.filter(company=OuterRef("company"), user=OuterRef("user"))
        return self.filter(Q(company__isnull=True) | Q(Exists(member)), revoked_at__isnull=True, user__is_active=True)


class FeedToken(UUIDModel):
    """A named address of a private calendar: one person's, or what that person may see of one company."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feed_tokens")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, blank=True, related_name="feed_tokens")
    name = LineField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects: ClassVar = FeedTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("private calendar")
        verbose_name_plural = _("private calendars")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def journal_scope(self) -> Scope:
        """The business of whoever owns it, and of the company whose calendar it opens."""
        return Scope(company=self.company_id)
