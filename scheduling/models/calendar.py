"""Entries and feeds: what calendars show, rendered once and served as stored."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from core.fields import LineField
from core.models import UUIDModel
from exhibitors.models import Company


class EntryQuerySet(models.QuerySet["Entry"]):
    """Which entries."""

    def in_feed(self, keys: list[str]) -> Self:
        """Those that belong to a feed of all these keys, or once did and must be shown there as cancelled."""
        return self.filter(Q(keys__contains=keys) | Q(left_keys__overlap=keys))


class Entry(models.Model):
    """The published form of one thing: a fair's days, a session, a deadline.

    Either instants (`starts_at`, `ends_at`) in `tzid`, or whole days (`starts_on`, `ends_on` inclusive). `keys` say
    which feeds it belongs to (`fair:…`, `stage:…`, `category:…`, `county:…`, `town:…`, `company:…`, `user:…`);
    `left_keys` which it left and must be CANCELLED in. `event_*` are the VEVENT bytes, `gone_*` the cancelled form.
    """

    class Status(models.TextChoices):
        """STATUS of RFC 5545, 3.8.1.11."""

        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
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
    place_zh = models.CharField(max_length=400, blank=True)
    place_en = models.CharField(max_length=400, blank=True)
    lat = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    url = models.URLField(max_length=400, blank=True)
    categories = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    keys = ArrayField(models.CharField(max_length=80), default=list)
    left_keys = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    changed_at = models.DateTimeField()
    # The last instant at which feeds still show what was cancelled: 90 days after its end or the cancellation.
    shown_until = models.DateTimeField(null=True, blank=True)
    event_zh = models.BinaryField(default=b"")
    event_en = models.BinaryField(default=b"")
    gone_zh = models.BinaryField(default=b"", blank=True)
    gone_en = models.BinaryField(default=b"", blank=True)
    # Why the entry could not be rendered; it is put aside and stops no other.
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
        ]
        indexes = [
            GinIndex(fields=["keys"], name="entry_keys"),
            GinIndex(fields=["left_keys"], name="entry_left_keys"),
            models.Index(fields=["shown_until"], name="entry_shown_until", condition=Q(shown_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.uid


class FeedQuerySet(models.QuerySet["Feed"]):
    """Which feeds."""

    def due(self) -> Self:
        """Those whose entries changed after they were last published."""
        return self.filter(dirty_at__isnull=False).order_by("dirty_at")


class Feed(models.Model):
    """The stored bytes of one base feed in one language, also gzipped, with their ETag.

    `key` is one of the keys of entries, or `fairs` for all fairs. A row exists once somebody asked or something
    changed; `dirty_at` says since when its entries are newer than its bytes.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80)
    language = models.CharField(max_length=10, choices=Language)
    body = models.BinaryField(default=b"")
    gzipped = models.BinaryField(default=b"")
    etag = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    entries = models.PositiveIntegerField(default=0)
    dirty_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ["key", "language"]
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="a_feed_is_stored_once_a_language")]
        indexes = [models.Index(fields=["dirty_at"], name="feed_dirty", condition=Q(dirty_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    """Which tokens, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own ones."""
        return self.none() if user is None or not user.is_authenticated else self.filter(user=user.pk)

    def good(self) -> Self:
        """Those that were not revoked and whose owner is still there."""
        return self.filter(revoked_at__isnull=True, user__is_active=True)


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

    def is_good(self, at: datetime) -> bool:
        """Whether it opens the feed at this instant."""
        return self.revoked_at is None or self.revoked_at > at
