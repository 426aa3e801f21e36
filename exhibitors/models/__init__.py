"""Companies, products, applications, reviews and placements."""

from exhibitors.models.applications import MOVES, Application
from exhibitors.models.companies import Company, CompanyInvite, CompanyMember, Product
from exhibitors.models.placements import PLACEMENT_MOVES, PUBLIC_STATES, Placement
from exhibitors.models.reviews import REVIEW_MOVES, Review

__all__ = [
    "MOVES",
    "PLACEMENT_MOVES",
    "PUBLIC_STATES",
    "REVIEW_MOVES",
    "Application",
    "Company",
    "CompanyInvite",
    "CompanyMember",
    "Placement",
    "Product",
    "Review",
]
