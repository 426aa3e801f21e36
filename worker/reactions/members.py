"""What follows when people are asked to join, and when companies and their products change."""

from __future__ import annotations

from django.conf import settings
from django.db.models.functions import Now

from accounts import memberships
from accounts.models import Change, MembershipInvite
from core.text import localized
from exhibitors import joining
from exhibitors.models import Company, CompanyInvite
from scheduling import publishing
from worker import outbox, wording
from worker.outbox import Recipient
from worker.registry import nothing_follows, reacts_to

nothing_follows(
    "api_token.created",
    "api_token.revoked",
    "membership.joined",
    "membership.removed",
    "company.created",
    "product.added",
    "product.edited",
    "product.retired",
    # Experts read of what waits for them on their own page; mails to them come with a later issue.
    "review.assigned",
    "review.submitted",
    "review.recused",
    "conflict.declared",
    "user.erased",
    "change.redacted",
    "release.redacted",
)


@reacts_to("company.edited", channel="entry")
def show_company(change: Change) -> None:
    """Every entry that bears the company's name."""
    publishing.reconcile_company(Company.objects.get(pk=change.about_id))


@reacts_to("company.member_invited", channel="mail")
def tell_of_company_invite(change: Change) -> None:
    """Whoever is asked gets the link; we do not know the person, so in both languages."""
    asked = (
        CompanyInvite.objects.select_related("company", "invited_by")
        .filter(pk=change.facts["invite"], used_at=None, expires_at__gt=Now())
        .first()
    )
    if asked is None:
        return
    outbox.enqueue(
        "company-invite",
        cause=change,
        to=[Recipient(email=asked.email)],
        context={
            **wording.both("company", lambda: localized(asked.company, "name")),
            **wording.both("inviter", lambda: localized(asked.invited_by, "name")),
            **wording.moment("expires", asked.expires_at, wording.HOME),
            "url": f"{settings.SITE_URL}/company/join/{joining.link_token(asked)}/",
        },
        give_up_at=asked.expires_at,
    )


@reacts_to("membership.invited", channel="mail")
def tell_of_membership_invite(change: Change) -> None:
    """Whoever is asked to work for an organizer gets the link, in both languages."""
    asked = (
        MembershipInvite.objects.select_related("organizer", "invited_by")
        .filter(pk=change.about_id, used_at=None, expires_at__gt=Now())
        .first()
    )
    if asked is None:
        return
    outbox.enqueue(
        "membership-invite",
        cause=change,
        to=[Recipient(email=asked.email)],
        context={
            **wording.of_organizer(asked.organizer),
            **wording.both("inviter", lambda: localized(asked.invited_by, "name")),
            **wording.both("role", lambda: str(asked.get_role_display())),
            **wording.moment("expires", asked.expires_at, wording.HOME),
            "url": f"{settings.SITE_URL}/join/{memberships.link_token(asked)}/",
        },
        give_up_at=asked.expires_at,
    )
