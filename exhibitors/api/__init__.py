"""The API of this room: companies, products, applications, reviews, placements, and the release of decisions."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from exhibitors.api.applications import ApplicationResource
from exhibitors.api.companies import CompanyResource, ProductResource
from exhibitors.api.placements import DecisionsResource, PlacementResource
from exhibitors.api.reviews import ReviewResource


def register(router: BaseRouter) -> None:
    """Put this room's resources under their names, and its move beside the calls of the room below."""
    router.register("companies", CompanyResource, basename="company")
    router.register("products", ProductResource, basename="product")
    router.register("applications", ApplicationResource, basename="application")
    router.register("reviews", ReviewResource, basename="review")
    router.register("placements", PlacementResource, basename="placement")
    router.register("calls", DecisionsResource, basename="call-decisions")
