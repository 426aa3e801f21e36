"""Applications: one company's application to one call."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.journal import Scope
from accounts.models import Membership, User
from core.fields import LineField, ProseField
from core.models import UUIDModel, Versioned
from core.moves import Moves
from exhibitors.models.companies import Company, CompanyMember, Product
from fairs.models import Call


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Which applications, and for whom."""

    def visible_to(self, user: User | None) -> Self:
        """Own company's, those handed in to own organizer's fairs, and for staff those who stand at the fair."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(_is_member(user) | _at_desk(user) | _on_the_day(user))

    def of_company(self, user: User | None) -> Self:
        """Those of the companies that `user` is a member of."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(_is_member(user))

    def at_desk_of(self, user: User | None) -> Self:
        """Those handed in to the fairs that `user` coordinates."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(_at_desk(user))

    def on_the_day_of(self, user: User | None) -> Self:
        """Those who are expected at the fairs on whose days `user` works."""
        if user is None or not user.is_authenticated:
            return self.none()
        return self.filter(_on_the_day(user))

    def as_seen_by(self, user: User | None) -> Self:
        """Marked with `is_at_desk` and `is_own`: what the person may read of each depends on it."""
        if user is None or not user.is_authenticated:
            return self.annotate(is_at_desk=models.Value(False), is_own=models.Value(False))
        return self.annotate(is_at_desk=_at_desk(user), is_own=_is_member(user))

    def for_table(self) -> Self:
        """With all that the table of applications shows: two queries, however many rows."""
        return self.select_related("company__town__county", "company__category", "call__fair__venue").prefetch_related(
            "placements__booth__zone"
        )

    def for_reading(self) -> Self:
        """With all that one application or a list of them says through the API: three queries, however many rows."""
        held = self.model._meta.get_field("placements").related_model._default_manager.filter(state="held")
        return self.select_related("call__fair__venue", "company").prefetch_related(
            "products",
            models.Prefetch(
                "placements", held.select_related("booth").order_by("booth__number"), to_attr="held_booths"
            ),
        )

    def on_waitlist(self) -> Self:
        """Those who wait, in the order in which they are asked: by score, then submitted first, then id."""
        return self.filter(state=Application.State.WAITLISTED).order_by(
            F("total_score").desc(nulls_last=True), "submitted_at", "pk"
        )

    def standing(self) -> Self:
        """Those that are under way: handed in and neither refused nor at an end."""
        return self.filter(state__in=STANDING)


# Exists, not joins: a join would list an application once for every member of its company.
def _is_member(user: User) -> Q:
    return Q(Exists(CompanyMember.objects.filter(company=OuterRef("company"), user=user.pk)))


def _at_desk(user: User) -> Q:
    coordinates = Membership.objects.coordinators().filter(organizer=OuterRef("call__fair__organizer"), user=user.pk)
    return Q(Exists(coordinates)) & ~Q(state=Application.State.DRAFT)


def _on_the_day(user: User) -> Q:
    works = Membership.objects.filter(
        organizer=OuterRef("call__fair__organizer"),
        user=user.pk,
        role__in=[Membership.Role.COORDINATOR, Membership.Role.STAFF],
    )
    return Q(Exists(works)) & Q(state__in=EXPECTED)


class Application(UUIDModel, Versioned):
    """One company's application to one call. Power in watts, fees in whole units of the call's currency."""

    class State(models.TextChoices):
        """What stands between a company and its booth; the moves stand in MOVES."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Please correct")
        ACCEPTED = "accepted", _("Accepted")
        WAITLISTED = "waitlisted", _("Waitlisted")
        REJECTED = "rejected", _("Not accepted")
        OFFERED = "offered", _("Offered")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CANCELLED = "cancelled", _("Cancelled")
        ATTENDED = "attended", _("Attended")
        NO_SHOW = "no_show", _("Did not come")

    class Decision(models.TextChoices):
        """What a coordinator stages in private, to be released for a whole call at once."""

        ACCEPT = "accept", _("To accept")
        WAITLIST = "waitlist", _("To waitlist")
        REJECT = "reject", _("To reject")

    number = models.PositiveIntegerField(_("number"), editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    booths_wanted = models.PositiveSmallIntegerField(_("booths wanted"), default=1)
    wants_corner = models.BooleanField(_("a corner, if there is one"), default=False)
    wants_home_county = models.BooleanField(_("near makers of our county"), default=False)
    booth_wishes = ArrayField(
        models.CharField(max_length=12), verbose_name=_("booths wished for, best first"), default=list, blank=True
    )
    power = models.PositiveIntegerField(_("power (W)"), default=0)
    needs_water = models.BooleanField(_("water"), default=False)
    needs_flame = models.BooleanField(_("open flame"), default=False)
    fee_limit = models.PositiveIntegerField(_("highest fee"), null=True, blank=True)
    product_class = models.CharField(_("product class"), max_length=40, blank=True)
    products = models.ManyToManyField(Product, verbose_name=_("products"), blank=True, related_name="applications")
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    contact_name = LineField(_("contact"), max_length=80, blank=True)
    contact_phone = LineField(_("telephone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    total_score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False)
    staged_decision = models.CharField(_("staged decision"), max_length=8, choices=Decision, blank=True, editable=False)
    decision_reason = ProseField(_("reason"), max_length=1000, blank=True, editable=False)
    returned_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True, editable=False)
    return_by = models.DateTimeField(_("correct by"), null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True, editable=False)
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True, blank=True, editable=False)
    fee = models.PositiveIntegerField(_("fee"), null=True, blank=True, editable=False)

    objects: ClassVar = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "company"],
                name="company_applies_once_to_a_call",
                violation_error_message=_("Your company has an application to this fair already."),
            ),
            models.UniqueConstraint(fields=["call", "number"], name="application_number_is_unique_in_a_call"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn", "cancelled"]) | Q(submitted_at__isnull=False),
                name="what_was_handed_in_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_ends_at__isnull=False), name="an_offer_has_an_end"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(return_by__isnull=False), name="a_correction_has_a_deadline"
            ),
            models.CheckConstraint(
                condition=Q(staged_decision="") | Q(state="submitted"), name="only_what_is_handed_in_is_decided"
            ),
        ]
        indexes = [
            models.Index(fields=["call", "state"], name="application_by_state"),
            models.Index(fields=["offer_ends_at"], name="application_offer_ends", condition=Q(state="offered")),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people quote: A-0412, counted per call."""
        return f"A-{self.number:04d}"

    def journal_scope(self) -> Scope:
        """The organizer's and the company's business; a draft is the company's alone."""
        if self.state == self.State.DRAFT:
            return Scope(company=self.company_id)
        fair = self.call.fair
        return Scope(organizer=fair.organizer_id, fair=fair.pk, company=self.company_id)


S = Application.State
# Handed in, and neither refused nor at an end: a company may withdraw these, a coordinator cancel them.
STANDING = (S.SUBMITTED, S.RETURNED, S.ACCEPTED, S.WAITLISTED, S.OFFERED, S.CONFIRMED)
# Whom the staff look up on the day.
EXPECTED = (S.CONFIRMED, S.ATTENDED, S.NO_SHOW)
MOVES = Moves(
    {
        S.DRAFT: {S.SUBMITTED},
        S.SUBMITTED: {S.RETURNED, S.ACCEPTED, S.WAITLISTED, S.REJECTED, S.WITHDRAWN, S.CANCELLED},
        S.RETURNED: {S.SUBMITTED, S.WITHDRAWN, S.CANCELLED},
        S.ACCEPTED: {S.OFFERED, S.WITHDRAWN, S.CANCELLED},
        S.WAITLISTED: {S.OFFERED, S.WITHDRAWN, S.CANCELLED},
        S.OFFERED: {S.CONFIRMED, S.DECLINED, S.EXPIRED, S.WITHDRAWN, S.CANCELLED},
        S.CONFIRMED: {S.OFFERED, S.ATTENDED, S.NO_SHOW, S.WITHDRAWN, S.CANCELLED},
        S.WITHDRAWN: {S.DRAFT},
    }
)
