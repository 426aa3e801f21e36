"""Companies, their members and products."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import Invite, Membership, User
from core.fields import LineField, ProseField, WebField, leads_to_the_web
from core.models import UUIDModel, Versioned
from exhibitors.ubn import validate_ubn
from fairs.models import Category, Town


class CompanyQuerySet(models.QuerySet["Company"]):
    """Which companies, and for whom. Every company that presents itself is public."""

    def of(self, user: User | None) -> Self:
        """Those that `user` is a member of."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(Exists(CompanyMember.objects.filter(company=OuterRef("pk"), user=user.pk)))

    def as_seen_by(self, user: User | None) -> Self:
        """Marked with `is_known`: its members, and coordinators it applied to, may read contact and UBN."""
        if user is None or not user.is_authenticated:
            return self.annotate(is_known=models.Value(False))
        member = CompanyMember.objects.filter(company=OuterRef("pk"), user=user.pk)
        asked = Membership.objects.coordinators().filter(
            user=user.pk,
            organizer__fairs__call__applications__company=OuterRef("pk"),
            organizer__fairs__call__applications__submitted_at__isnull=False,
        )
        return self.annotate(is_known=Exists(member) | Exists(asked))

    def for_table(self) -> Self:
        """With all that a list of companies shows."""
        return self.select_related("town__county", "category")


class Company(UUIDModel, Versioned):
    """An exhibiting company, known by its unified business number (UBN, 統一編號) where it has one."""

    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    ubn = models.CharField(
        _("UBN"),
        max_length=8,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_ubn],
        error_messages={"unique": _("A company with this UBN is here already. Ask its owner to invite you.")},
    )
    name_zh = LineField(_("name"), max_length=80)
    name_en = LineField(_("name in English"), max_length=120, blank=True)
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="companies")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="companies")
    product_class = models.CharField(_("product class"), max_length=40, blank=True)
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    capabilities = ArrayField(models.CharField(max_length=30), verbose_name=_("capabilities"), default=list, blank=True)
    address_zh = LineField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postcode"), max_length=6, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    phone_ext = models.CharField(_("extension"), max_length=10, blank=True)
    email = models.EmailField(_("e-mail address"))
    website = WebField(_("website"), blank=True)
    story_zh = ProseField(_("story"), max_length=1000, blank=True)
    story_en = ProseField(_("story in English"), max_length=2000, blank=True)

    objects: ClassVar = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ubn__isnull=True) | Q(ubn__regex=r"^[0-9]{8}$"), name="ubn_has_eight_digits"
            ),
            models.CheckConstraint(condition=leads_to_the_web("website"), name="company_website_is_on_the_web"),
            models.UniqueConstraint(
                fields=["name_zh", "town"],
                condition=Q(ubn__isnull=True),
                name="company_without_ubn_is_known_by_name_and_town",
                violation_error_message=_("A company of this name is here already in this town."),
            ),
        ]
        indexes = [
            GinIndex(OpClass("name_zh", name="gin_trgm_ops"), name="company_name_trigrams"),
            models.Index(fields=["category", "slug"], name="company_by_category"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def journal_scope(self) -> Scope:
        """The company's own business."""
        return Scope(company=self.pk)


class CompanyMember(UUIDModel):
    """A person who acts for a company. Only an owner manages the members."""

    class Role(models.TextChoices):
        """What a member may do beside the company's everyday work."""

        OWNER = "owner", _("Owner")
        MEMBER = "member", _("Member")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="company_memberships")
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.MEMBER)

    class Meta:
        verbose_name = _("company member")
        verbose_name_plural = _("company members")
        ordering = ["company", "created_at"]
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="company_has_a_member_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.company}"


class CompanyInvite(Invite):
    """Asks a person to act for a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invites")

    class Meta:
        verbose_name = _("company invitation")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.email} · {self.company}"


class ProductQuerySet(models.QuerySet["Product"]):
    """Which products, and for whom."""

    def on_show(self) -> Self:
        """Those that are not retired."""
        return self.filter(is_retired=False)

    def of(self, user: User | None) -> Self:
        """Those of the companies that `user` is a member of."""
        return self.filter(company__in=Company.objects.of(user))

    def visible_to(self, user: User | None) -> Self:
        """Those on show, and all of the companies that `user` is a member of."""
        return self.filter(Q(is_retired=False) | Q(company__in=Company.objects.of(user)))

    def for_table(self) -> Self:
        """With all that a list of products shows."""
        return self.select_related("company", "category", "town__county")


class Product(UUIDModel, Versioned):
    """What a company makes, of a category and a town. Price in whole NT$ with tax."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="products")
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    name_zh = LineField(_("name"), max_length=120)
    name_en = LineField(_("name in English"), max_length=160, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="products")
    price = models.PositiveIntegerField(_("price (NT$)"), null=True, blank=True)
    description_zh = ProseField(_("description"), max_length=1000, blank=True)
    description_en = ProseField(_("description in English"), max_length=2000, blank=True)
    is_retired = models.BooleanField(_("no longer made"), default=False)

    objects: ClassVar = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["company", "slug"]
        indexes = [
            GinIndex(OpClass("name_zh", name="gin_trgm_ops"), name="product_name_trigrams"),
            models.Index(fields=["category", "slug"], name="product_by_category"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def journal_scope(self) -> Scope:
        """The company's own business."""
        return Scope(company=self.company_id)
