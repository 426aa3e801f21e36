"""Users, organizers, memberships, and the journal's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scope
from core.fields import LineField
from core.models import UUIDModel

if TYPE_CHECKING:
    from datetime import datetime


# The reserved domain of addresses that stand where one was erased: no mail can ever reach them (RFC 2606, 2).
ERASED_DOMAIN = "@erased.invalid"
# The columns of a user row, beside the address, that say who a person is.
PERSONAL = ("name_zh", "name_en", "phone", "country", "house_zh", "house_en", "title_zh", "title_en")


class Language(models.TextChoices):
    """The languages that a person may read."""

    ZH = "zh-hant", _("Traditional Chinese")
    EN = "en", _("English")


class UserManager(BaseUserManager["User"]):
    """Makes users whose address is kept in lower case, since people type it as they like."""

    def create_user(self, email: str, password: str | None = None, **values: object) -> User:
        """A user who signs in with this address. Without a password nobody can sign in."""
        user = self.model(email=email.strip().lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: object) -> User:
        """An administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **values)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of this address, however it was typed."""
        return self.get(email=(username or "").strip().lower())


class User(UUIDModel, AbstractBaseUser, PermissionsMixin):
    """A person with an account. The address is the name to sign in with."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name_zh = LineField(_("name"), max_length=80, blank=True)
    name_en = LineField(_("name in English"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ZH)
    phone = LineField(_("telephone"), max_length=30, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166 code of two letters"))
    house_zh = LineField(_("house"), max_length=120, blank=True)
    house_en = LineField(_("house in English"), max_length=120, blank=True)
    title_zh = LineField(_("title"), max_length=80, blank=True)
    title_en = LineField(_("title in English"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    # The row is emptied and stays, so that the journal and what others made together still point at someone.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_address_is_lower_case"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    email__endswith=ERASED_DOMAIN,
                    **dict.fromkeys(PERSONAL, ""),
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
                name="an_erased_person_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        if self.erased_at is not None:
            return gettext("Erased person")
        return self.name_zh or self.name_en or self.email

    def get_full_name(self) -> str:
        """The name by which mails address the person."""
        return str(self)


class Organizer(UUIDModel):
    """A body that runs fairs: the SMEA itself, a county government. One never sees another's private data."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name_zh = LineField(_("name"), max_length=120)
    name_en = LineField(_("name in English"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"))
    county_code = models.CharField(_("county"), max_length=5, blank=True)

    class Meta:
        verbose_name = _("organizer")
        verbose_name_plural = _("organizers")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name_zh


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who works for whom."""

    def coordinators(self) -> Self:
        """Those who plan all of their organizer's fairs."""
        return self.filter(role=Membership.Role.COORDINATOR)

    def of(self, user: User) -> Self:
        """Those of one person."""
        return self.filter(user=user)


class Membership(UUIDModel):
    """A person's role with an organizer."""

    class Role(models.TextChoices):
        """What a member may do, by design section 6."""

        COORDINATOR = "coordinator", _("Coordinator")
        STAFF = "staff", _("Staff")
        EXPERT = "expert", _("Expert")

    class Discipline(models.TextChoices):
        """What an expert judges."""

        DESIGN = "design", _("Design")
        FINANCE = "finance", _("Finance")
        MARKETING = "marketing", _("Marketing")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    discipline = models.CharField(_("discipline"), max_length=10, choices=Discipline, blank=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organizer", "role", "user"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organizer", "role"], name="member_has_a_role_once"),
            models.CheckConstraint(
                condition=Q(role="expert") ^ Q(discipline=""), name="experts_and_only_they_have_a_discipline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organizer} · {self.get_role_display()}"

    def journal_scope(self) -> Scope:
        """The organizer's business."""
        return Scope(organizer=self.organizer_id)


class Invite(UUIDModel):
    """An e-mail that asks a person to join; its link is a signature of the id, so no token is stored."""

    email = models.EmailField(_("e-mail address"))
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        abstract = True


class MembershipInvite(Invite):
    """Asks a person to work for an organizer."""

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="invites")
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role)
    discipline = models.CharField(_("discipline"), max_length=10, choices=Membership.Discipline, blank=True)

    class Meta:
        verbose_name = _("membership invitation")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="expert") ^ Q(discipline=""),
                name="experts_and_only_they_are_asked_for_a_discipline",
                violation_error_message=_("An expert judges one discipline; nobody else has one."),
                violation_error_code="discipline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organizer}"

    def journal_scope(self) -> Scope:
        """The organizer's business."""
        return Scope(organizer=self.organizer_id)


class ChangeQuerySet(models.QuerySet["Change"]):
    """Questions to the journal."""

    def about(self, thing: models.Model) -> Self:
        """What happened to one object, oldest first."""
        return self.filter(about_label=thing._meta.label_lower, about_id=thing.pk).order_by("id")

    def visible_to(self, user: User) -> Self:
        """Those of the organizers whose coordinator `user` is."""
        mine = Membership.objects.coordinators().filter(user=user.pk, organizer=OuterRef("organizer_id"))
        return self.filter(Exists(mine))

    def not_unfolded(self) -> Self:
        """Those that no worker has looked at, in the order in which they were written."""
        return self.filter(position__isnull=True).order_by("id")


class Change(models.Model):
    """One line of the journal: what happened to what, who did it, when, from which state to which, and why.

    Triggers refuse DELETE, TRUNCATE and every UPDATE but setting `position` once and a recorded redaction.
    Objects are named by label and id, not by foreign keys, since the journal outlives them and stands below them.
    """

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(null=True, blank=True, unique=True)
    at = models.DateTimeField(db_default=Now())
    xid = models.BigIntegerField(db_default=models.Func(function="journal_xid", output_field=models.BigIntegerField()))
    kind = models.CharField(max_length=60)
    about_label = models.CharField(max_length=60)
    about_id = models.UUIDField()
    organizer_id = models.UUIDField(null=True, blank=True)
    fair_id = models.UUIDField(null=True, blank=True)
    company_id = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    before = models.CharField(max_length=30, blank=True)
    after = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    caused_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Of the web request that began it; it follows into tasks, logs and mail headers.
    request_id = models.CharField(max_length=64, blank=True)
    # Came with demo data or an imported fair: it gets a position, but nobody reacts to it.
    handled = models.BooleanField(default=False)

    objects: ClassVar = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["about_id", "id"], name="change_about"),
            models.Index(fields=["fair_id", "id"], name="change_fair"),
            models.Index(fields=["organizer_id", "id"], name="change_organizer"),
            models.Index(fields=["id"], name="change_not_unfolded", condition=Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_id}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Which tokens, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own ones."""
        return self.none() if user is None else self.filter(user=user.pk)

    def standing(self) -> Self:
        """Those that were not revoked."""
        return self.filter(revoked_at__isnull=True)


class ApiToken(UUIDModel):
    """A program's key to the API, with the rights of one person."""

    class Scope(models.TextChoices):
        """What the program may do."""

        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = LineField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope, default=Scope.READ)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects: ClassVar = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def is_good(self, at: datetime) -> bool:
        """Whether the token opens the door at this instant."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


class Attempt(models.Model):
    """One try at something that is limited. `key` is a keyed hash of the action and the address, account or person."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["key", "at"], name="attempt_by_key"),
            models.Index(fields=["at"], name="attempt_by_time"),
        ]

    def __str__(self) -> str:
        return self.key


class IdempotencyKey(models.Model):
    """An answer that was given to a POST, kept for 24 hours so that a repeat changes nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    method_and_path = models.CharField(max_length=400)
    body_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    # As it was sent, to the byte: JSONB would change the order of keys.
    content = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_is_used_once")]

    def __str__(self) -> str:
        return self.key
