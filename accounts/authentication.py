"""Signing in to the API with a token."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.models import ApiToken, User
from core import tokens

_SAFE = ("GET", "HEAD", "OPTIONS")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` (RFC 6750, 2.1); what is stored is the token's hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's owner and the token; None where no token was sent. Raises AuthenticationFailed."""
        scheme, _space, raw = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("user")
            .filter(token_hash=tokens.hash_of(raw.decode("ascii", "replace").strip()), user__is_active=True)
            .first()
        )
        if token is None or not token.is_good(now):
            raise AuthenticationFailed(_("This token is not known, revoked or expired. Make a new one."))
        if token.scope == ApiToken.Scope.READ and request.method not in _SAFE:
            raise PermissionDenied(_("This token may only read."))
        # Once a minute is enough to show when it was used, and spares a write a request.
        ApiToken.objects.filter(
            Q(pk=token.pk), Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
        ).update(last_used_at=Now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # of drf-spectacular
    """How the schema describes our tokens; drf-spectacular finds it by itself."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}
