"""The API of this room: places, fairs, halls, zones, booths and calls."""

from __future__ import annotations

from rest_framework.routers import BaseRouter

from fairs.api.calls import CallResource
from fairs.api.fairs import FairResource
from fairs.api.places import CategoryResource, CountyResource, TownResource, VenueResource
from fairs.api.plans import BoothResource, HallResource, ZoneResource


def register(router: BaseRouter) -> None:
    """Put this room's resources under their names."""
    router.register("counties", CountyResource, basename="county")
    router.register("towns", TownResource, basename="town")
    router.register("categories", CategoryResource, basename="category")
    router.register("venues", VenueResource, basename="venue")
    router.register("fairs", FairResource, basename="fair")
    router.register("halls", HallResource, basename="hall")
    router.register("zones", ZoneResource, basename="zone")
    router.register("booths", BoothResource, basename="booth")
    router.register("calls", CallResource, basename="call")
