"""Receivers: whose business a mail is. People who left or were erased get none."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership, User
from exhibitors.models import Company, CompanyMember


def members_of(companies: Sequence[UUID] | QuerySet[Company]) -> QuerySet[User]:
    """Everyone who acts for any of these companies, once each, by id."""
    acts = CompanyMember.objects.filter(user=OuterRef("pk"), company__in=companies)
    return User.objects.filter(Exists(acts), is_active=True).order_by("pk")


def coordinators_of(organizer: UUID | None) -> QuerySet[User]:
    """Everyone who plans this organizer's fairs, by id."""
    plans = Membership.objects.coordinators().filter(user=OuterRef("pk"), organizer=organizer)
    return User.objects.filter(Exists(plans), is_active=True).order_by("pk")
