"""Who may do what with companies, applications, reviews and placements. Who may see has its home in the querysets."""

from __future__ import annotations

from accounts.models import User
from accounts.rules import coordinates, works_for
from exhibitors.models import Application, Company, CompanyMember, Placement, Review
from fairs.models import Call


def acts_for(user: User, company: Company) -> bool:
    """Whether the person is a member of the company."""
    return user.is_active and CompanyMember.objects.filter(user=user.pk, company=company.pk).exists()


def may_edit_company(user: User, company: Company) -> bool:
    """Every member edits the company's page and products."""
    return acts_for(user, company)


def may_manage_members(user: User, company: Company) -> bool:
    """Only an owner invites and removes members."""
    return (
        user.is_active
        and CompanyMember.objects.filter(user=user.pk, company=company.pk, role=CompanyMember.Role.OWNER).exists()
    )


def may_apply(user: User, company: Company) -> bool:
    """Every member applies for the company."""
    return acts_for(user, company)


def may_edit_application(user: User, application: Application) -> bool:
    """A member fills in, hands in, withdraws and reopens."""
    return acts_for(user, application.company)


def may_answer(user: User, application: Application) -> bool:
    """A member confirms and declines; nobody does it in the company's name."""
    return acts_for(user, application.company)


def may_decide(user: User, application: Application) -> bool:
    """A coordinator of the fair's organizer stages, returns, offers, moves and cancels."""
    return coordinates(user, application.call.fair.organizer)


def may_release_decisions(user: User, call: Call) -> bool:
    """A coordinator of the fair's organizer."""
    return coordinates(user, call.fair.organizer)


def may_check_in(user: User, application: Application) -> bool:
    """Whoever plans or staffs the fair notes who came."""
    return works_for(user, application.call.fair.organizer)


def may_assign(user: User, application: Application) -> bool:
    """A coordinator of the fair's organizer asks experts."""
    return coordinates(user, application.call.fair.organizer)


def may_review(user: User, review: Review) -> bool:
    """Only the expert who was asked scores or steps back."""
    return user.is_active and review.expert_id == user.pk


def may_release_placement(user: User, placement: Placement) -> bool:
    """A coordinator of the fair's organizer."""
    return coordinates(user, placement.application.call.fair.organizer)
