"""Handlings of changes, batches, and the outbox."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import Change, Language, Membership, Organizer, User
from core.models import UUIDModel
from core.moves import Moves
from fairs.models import Fair


class Channel(models.TextChoices):
    """What a reaction does; order is kept per object and channel."""

    ENTRY = "entry", _("Calendar")
    MAIL = "mail", _("Mail")
    NEXT = "next", _("What follows")
    WEBHOOK = "webhook", _("Webhook")


class HandlingQuerySet(models.QuerySet["Handling"]):
    """Which handlings."""

    def stuck(self) -> Self:
        """Those that failed too often: an operator looks at them."""
        return self.filter(stuck_at__isnull=False, done_at__isnull=True)

    def next_to_run(self) -> Self:
        """Due and open, oldest first, and never before an earlier open one of the same object and channel."""
        earlier = Handling.objects.filter(
            done_at__isnull=True,
            channel=OuterRef("channel"),
            about_id=OuterRef("about_id"),
            position__lt=OuterRef("position"),
        )
        return self.filter(~Exists(earlier), done_at__isnull=True, stuck_at__isnull=True, due_at__lte=Now()).order_by(
            "position", "id"
        )


class Handling(models.Model):
    """One reaction to one change: due, tried, done or stuck. Times are the database's."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="handlings")
    position = models.BigIntegerField()
    about_id = models.UUIDField()
    channel = models.CharField(max_length=8, choices=Channel)
    reaction = models.CharField(max_length=80)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    stuck_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = HandlingQuerySet.as_manager()

    class Meta:
        verbose_name = _("handling")
        verbose_name_plural = _("handlings")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "channel", "reaction"], name="a_change_is_handled_once_a_reaction"
            )
        ]
        indexes = [
            models.Index(
                fields=["channel", "position", "id"],
                name="handling_open",
                condition=Q(done_at__isnull=True, stuck_at__isnull=True),
            ),
            models.Index(
                fields=["about_id", "channel", "position"], name="handling_order", condition=Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} ({self.change_id})"


class Unread(models.Model):
    """A change of a kind that the worker which unfolded it did not know; a newer worker makes its handlings."""

    change = models.OneToOneField(Change, on_delete=models.PROTECT, primary_key=True, related_name="+")
    kind = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("unread change")
        verbose_name_plural = _("unread changes")
        ordering = ["change"]

    def __str__(self) -> str:
        return f"{self.kind} ({self.change_id})"


class Batch(UUIDModel):
    """Mails to many for one cause, filled in slices that commit. `cursor`: the last recipient's id that was done."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="batches")
    reaction = models.CharField(max_length=80)
    cursor = models.CharField(max_length=60, blank=True)
    total = models.PositiveIntegerField(default=0)
    filled = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["change", "reaction"], name="a_reaction_has_one_batch")]

    def __str__(self) -> str:
        return f"{self.reaction} ({self.filled}/{self.total})"


class MessageQuerySet(models.QuerySet["Message"]):
    """Which messages, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Those of the organizers that `user` coordinates."""
        if user is None or not user.is_authenticated:
            return self.none()
        mine = Membership.objects.coordinators().filter(user=user.pk, organizer=OuterRef("organizer"))
        return self.filter(Exists(mine))

    def due(self) -> Self:
        """To be sent now by the database's clock, most urgent first; also those whose lease ran out."""
        return self.filter(
            Q(state__in=[Message.State.QUEUED, Message.State.FAILED], due_at__lte=Now())
            | Q(state=Message.State.SENDING, leased_until__lt=Now())
        ).order_by("priority", "due_at", "id")

    def for_table(self) -> Self:
        """With all that a list of messages shows."""
        return self.select_related("fair", "user")


class Message(UUIDModel):
    """One e-mail in the outbox.

    `cause` names what it is about: `change:<id>`, `batch:<id>` or `reminder:<what>`. `context` is a flat dict of
    strings, from which the text is made when it is sent, so that one that cannot be built stops no other.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("To be retried")
        DEAD = "dead", _("Can't be delivered")
        CANCELLED = "cancelled", _("Cancelled")
        SUPPRESSED = "suppressed", _("Suppressed")

    class Priority(models.IntegerChoices):
        """Who goes first: a password reset does not wait behind 50,000 invitations."""

        URGENT = 0, _("Urgent")
        NORMAL = 5, _("Normal")
        BULK = 9, _("Bulk")

    kind = models.CharField(_("kind"), max_length=40)
    cause = models.CharField(_("cause"), max_length=80)
    # Longer than any address that can be mailed to, so that a bad one is shown as dead instead of failing its batch.
    recipient = models.CharField(_("recipient"), max_length=500)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages")
    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    fair = models.ForeignKey(Fair, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    # Which invitation, application or other thing it speaks of, so that a newer one can overtake it.
    about_id = models.UUIDField(null=True, blank=True)
    # Blank: both languages, Chinese first.
    language = models.CharField(_("language"), max_length=10, choices=Language, blank=True)
    context = models.JSONField(default=dict, blank=True)
    calendar = models.BinaryField(default=b"", blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    calendar_sequence = models.PositiveIntegerField(null=True, blank=True)
    reply_to = models.CharField(_("answers go to"), max_length=254, blank=True)
    # Of the web request that began it, so that logs of all processes can be joined.
    request_id = models.CharField(max_length=64, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED, editable=False)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    give_up_at = models.DateTimeField(_("given up after"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause", "recipient"], name="nobody_gets_a_message_twice"),
            models.CheckConstraint(
                condition=Q(state="sending", lease__isnull=False, leased_until__isnull=False) | ~Q(state="sending"),
                name="what_is_being_sent_is_leased",
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="a_sent_mail_says_when"),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"],
                name="message_due",
                condition=Q(state__in=["queued", "failed", "sending"]),
            ),
            models.Index(fields=["fair", "-created_at"], name="message_by_fair"),
            models.Index(fields=["about_id"], name="message_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"

    def journal_scope(self) -> Scope:
        """The organizer's business."""
        return Scope(organizer=self.organizer_id, fair=self.fair_id)

    @property
    def why(self) -> str:
        """What stands in its way, in the reader's language; a server's own words as they are."""
        sentence, gap, detail = self.error.partition(" (")
        return f"{gettext(sentence)}{gap}{detail}" if sentence else ""


M = Message.State
MESSAGE_MOVES = Moves(
    {
        M.QUEUED: {M.SENDING, M.CANCELLED, M.SUPPRESSED},
        # sending -> sending: the lease ran out and another worker took it over.
        M.SENDING: {M.SENDING, M.SENT, M.FAILED, M.DEAD},
        M.FAILED: {M.SENDING, M.CANCELLED, M.SUPPRESSED},
        M.DEAD: {M.QUEUED},
    }
)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Which suppressions."""

    def in_force(self) -> Self:
        """Those that were not lifted."""
        return self.filter(lifted_at__isnull=True)


class Suppression(UUIDModel):
    """An address that gets no more mail, of one kind or (blank) of any, and why: it bounced, or its owner asked."""

    email = models.CharField(_("e-mail address"), max_length=500)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    reason = models.TextField(_("reason"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects: ClassVar = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["email", "kind"]
        constraints = [models.UniqueConstraint(fields=["email", "kind"], name="an_address_is_suppressed_once_a_kind")]

    def __str__(self) -> str:
        return self.email


class Pace(models.Model):
    """How many mails went to a domain since `minute_at`, where there is a limit a minute."""

    domain = models.CharField(max_length=255, primary_key=True)
    minute_at = models.DateTimeField(db_default=Now())
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("pace")

    def __str__(self) -> str:
        return self.domain


class Heartbeat(models.Model):
    """When each kind of process last said that it is alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("heartbeat")

    def __str__(self) -> str:
        return self.name
