"""How much one may ask of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

if TYPE_CHECKING:
    # It reads the settings that name this module.
    from rest_framework.views import APIView


class AnonThrottle(AnonRateThrottle):
    """Requests without sign-in, an address."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether there is room. Without Redis everybody may pass, for nothing else of the API needs it."""
        try:
            return super().allow_request(request, view)
        except RedisError:
            return True


class UserThrottle(UserRateThrottle):
    """Requests of one person."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether there is room; see AnonThrottle."""
        try:
            return super().allow_request(request, view)
        except RedisError:
            return True
