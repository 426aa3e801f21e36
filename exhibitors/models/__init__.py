"""Companies, products, applications, reviews and placements."""

from exhibitors.models.applications import EXPECTED, MOVES, STANDING, Application
from exhibitors.models.companies import Company, CompanyInvite, CompanyMember, Product
from exhibitors.models.placements import PLACEMENT_MOVES, PUBLIC_STATES, Placement
from exhibitors.models.reviews import REVIEW_MOVES, ConflictOfInterest, Review

__all__ = [
    "EXPECTED",
    "MOVES",
    "PLACEMENT_MOVES",
    "PUBLIC_STATES",
    "REVIEW_MOVES",
    "STANDING",
    "Application",
    "Company",
    "CompanyInvite",
    "CompanyMember",
    "ConflictOfInterest",
    "Placement",
    "Product",
    "Review",
]
