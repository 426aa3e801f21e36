"""Joining: a company signs up, and people come to act for it and leave again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database, tokens
from core.database import constraint_of
from core.errors import DomainError, Gap, NotAllowed, Unfit, gaps_of
from core.locking import lock
from core.slugs import new_slug
from exhibitors.models import Company, CompanyInvite, CompanyMember
from fairs.models import Category, Town

GOOD_FOR = timedelta(days=14)
MOST_INVITES_A_DAY = 20  # a company; each is a mail that a person can cause
_PURPOSE = "company-invite"


class InviteGone(DomainError):
    """The invitation was used, withdrawn or is over."""

    code = "invite-gone"


class InviteForOther(NotAllowed):
    """The invitation went to another address than the one that the person signed in with."""

    code = "invite-for-other"


class AlreadyMember(DomainError):
    """The person acts for the company already."""

    code = "already-member"


class LastOwner(DomainError):
    """Nobody would be left to manage the company."""

    code = "last-owner"


class TooManyInvites(DomainError):
    """The company invited as many people today as it may."""

    code = "too-many-invites"
    status = 429


@transaction.atomic
def sign_up(
    user: User,
    *,
    ubn: str | None,
    name_zh: str,
    town: Town,
    category: Category,
    name_en: str = "",
    **more: object,
) -> Company:
    """A new company whose owner is `user`. `more`: other fields of Company, such as phone, email, story_zh.

    Without a UBN the name and town are what the company is known by. Raises Unfit with everything that is wrong.
    """
    more.setdefault("email", user.email)
    company = Company(
        ubn=ubn or None,
        name_zh=name_zh,
        name_en=name_en,
        town=town,
        category=category,
        slug=new_slug(Company, name_en, otherwise="company"),
        **more,
    )
    insert(company)
    journal.record("company.created", company, by=user)
    CompanyMember.objects.create(company=company, user=user, role=CompanyMember.Role.OWNER)
    journal.record("company.member_joined", company, by=user, facts={"user": str(user.pk), "role": "owner"})
    return company


@transaction.atomic
def invite(company: Company, email: str, *, by: User) -> CompanyInvite:
    """Ask the owner of this address to act for the company; the link of the mail is good for 14 days and once.

    An earlier invitation of the same address is replaced. Raises Unfit, AlreadyMember, TooManyInvites.
    """
    lock(company)
    email = email.strip().lower()
    try:
        CompanyInvite._meta.get_field("email").clean(email, None)
    except ValidationError as error:
        raise Unfit([Gap("email", _("Please give an e-mail address, such as name@example.com."))]) from error
    if company.members.filter(user__email=email).exists():
        raise AlreadyMember(_("%s acts for the company already.") % email)
    now = database.now()
    if company.invites.filter(created_at__gt=now - timedelta(days=1)).count() >= MOST_INVITES_A_DAY:
        raise TooManyInvites(_("Your company invited %d people today. Go on tomorrow.") % MOST_INVITES_A_DAY)
    company.invites.filter(email=email, used_at=None).update(expires_at=Now())
    asked = CompanyInvite.objects.create(company=company, email=email, invited_by=by, expires_at=now + GOOD_FOR)
    journal.record("company.member_invited", company, by=by, facts={"invite": str(asked.pk)})
    return asked


def link_token(asked: CompanyInvite) -> str:
    """What the link in the mail bears: the signed id, so that a mail that is sent again carries the same link."""
    return tokens.sign(str(asked.pk), purpose=_PURPOSE)


def from_link(token: str) -> CompanyInvite:
    """The invitation of a link, good or over. Raises InviteGone if we never made it."""
    try:
        return CompanyInvite.objects.select_related("company", "invited_by").get(
            pk=UUID(tokens.unsign(token, purpose=_PURPOSE))
        )
    except (tokens.BadSignature, ValueError, CompanyInvite.DoesNotExist) as error:
        raise InviteGone(_("This invitation is not known. Please ask for a new one.")) from error


@transaction.atomic
def accept(asked: CompanyInvite, user: User) -> CompanyMember:
    """Act for the company from now on. Only the address that was asked, and only once.

    Raises InviteForOther, InviteGone, AlreadyMember.
    """
    if user.email != asked.email:
        raise InviteForOther(_("This invitation went to another address. Sign in with that one."))
    # One update with a condition: of two clicks at the same instant, one finds the row used.
    used = CompanyInvite.objects.filter(pk=asked.pk, used_at=None, expires_at__gt=Now()).update(used_at=Now())
    if not used:
        raise InviteGone(_("This invitation was used or is over. Please ask for a new one."))
    try:
        with transaction.atomic():
            member = CompanyMember.objects.create(company=asked.company, user=user)
    except IntegrityError as error:
        if constraint_of(error) != "company_has_a_member_once":
            raise
        raise AlreadyMember(_("%s acts for the company already.") % user.email) from error
    facts = {"user": str(user.pk), "role": str(member.role), "invite": str(asked.pk)}
    journal.record("company.member_joined", asked.company, by=user, facts=facts)
    return member


@transaction.atomic
def remove(member: CompanyMember, *, by: User) -> None:
    """End a person's right to act for the company at once. Raises LastOwner."""
    company = member.company
    lock(company)  # two owners who remove each other at the same instant: one of them stays
    owners = company.members.filter(role=CompanyMember.Role.OWNER)
    if member.role == CompanyMember.Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise LastOwner(_("A company needs an owner. Make somebody else one first."))
    removed, _each = company.members.filter(pk=member.pk).delete()
    if removed:
        facts = {"user": str(member.user_id), "role": str(member.role)}
        journal.record("company.member_removed", company, by=by, facts=facts)


@transaction.atomic
def make_owner(member: CompanyMember, *, by: User) -> None:
    """Let a member manage the company's members too."""
    lock(member.company)
    lock(member)
    if member.role == CompanyMember.Role.OWNER:
        return
    member.role = CompanyMember.Role.OWNER
    member.save(update_fields=["role"])
    journal.record("company.edited", member.company, by=by, facts={"fields": ["members"], "owner": str(member.user_id)})


def insert(company: Company) -> None:
    """Store a new company. Raises Unfit with everything that is wrong, also what another took at this instant."""
    try:
        company.full_clean(exclude=["slug"])
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error
    try:
        with transaction.atomic():
            company.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) == "company_without_ubn_is_known_by_name_and_town":
            raise Unfit([Gap("name_zh", _("A company of this name is here already in this town."))]) from error
        if "ubn" in constraint_of(error):
            known = _("A company with this UBN is here already. Ask its owner to invite you.")
            raise Unfit([Gap("ubn", known)]) from error
        raise
