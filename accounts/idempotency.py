"""Idempotency-Key: a POST that is repeated after a lost answer has one effect and gets the same answer.

The key's row and what the request does are one transaction. So a process that dies leaves neither; a repeat at the same
instant waits at the unique constraint until the first has committed, then reads its answer; and what was refused left
nothing to remember, so it may be tried again under the same key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import ClassVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import IdempotencyKey, User
from core.database import constraint_of
from core.errors import DomainError

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
PATIENCE = 10  # seconds that a repeat waits for the first
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = ("ETag", "Location")


class KeyReused(DomainError):
    """The key came with another request before."""

    code = "idempotency-key-reused"
    status = 422


class StillRunning(DomainError):
    """The first request with the key has not ended."""

    code = "still-running"


class Repeatable(APIView):
    """A view whose POSTs may bear an Idempotency-Key. Keys are a person's own, so nobody reads another's answer."""

    # False where the answer is a secret, of which we keep no copy.
    keeps_answers: ClassVar[bool] = True

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """After sign-in, rights and throttles: put the key's guard before what answers a POST."""
        super().initial(request, *args, **kwargs)
        key = request.headers.get(HEADER)
        if request.method != "POST" or key is None:
            return
        if not _KEY.fullmatch(key):
            raise exceptions.ParseError(_("An Idempotency-Key has 1 to 200 visible ASCII characters."))
        if not self.keeps_answers:
            raise exceptions.ParseError(_("This answer is shown once, so it can’t be asked for again. Send no key."))
        if isinstance(request.user, User) and (answer := getattr(self, "post", None)):
            self.post = partial(_once, answer, request.user, key)


def forget_old(limit: int = 1000) -> int:
    """Remove up to `limit` keys of more than 24 hours by the database's clock; how many were removed."""
    old = IdempotencyKey.objects.filter(created_at__lt=Now() - KEPT).order_by("created_at").values("pk")[:limit]
    return IdempotencyKey.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def _once(
    answer: Callable[..., Response], user: User, key: str, request: Request, *args: object, **kwargs: object
) -> HttpResponseBase:
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        row, is_new = _take(user, key, request, fingerprint)
        if not is_new:
            return _replay(row, request, fingerprint)
        response = answer(request, *args, **kwargs)
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        row.status = response.status_code
        row.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        row.content = "" if response.data is None else JSONRenderer().render(response.data).decode()
        row.save(update_fields=["status", "headers", "content"])
    return response


def _take(user: User, key: str, request: Request, fingerprint: str) -> tuple[IdempotencyKey, bool]:
    IdempotencyKey.objects.filter(user=user, key=key, created_at__lt=Now() - KEPT).delete()
    row = IdempotencyKey(user=user, key=key, method_and_path=_place(request), body_hash=fingerprint)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}s"])
            row.save(force_insert=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except IntegrityError as error:
        if constraint_of(error) != "idempotency_key_is_used_once":
            raise
        return IdempotencyKey.objects.get(user=user, key=key), False
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise StillRunning(_("The first request with this Idempotency-Key is still under way. Try again.")) from error
    return row, True


def _replay(row: IdempotencyKey, request: Request, fingerprint: str) -> HttpResponse:
    if (row.method_and_path, row.body_hash) != (_place(request), fingerprint):
        raise KeyReused(_("This Idempotency-Key came with another request. Make a new key for a new request."))
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(row.content.encode(), status=row.status, content_type="application/json", headers=headers)


def _place(request: Request) -> str:
    path = request.get_full_path()
    # Longer than the column: the hash still tells one address from another.
    return f"POST {path}" if len(path) <= 390 else f"POST {hashlib.sha256(path.encode()).hexdigest()}"


def _fingerprint(request: Request) -> str:
    plain: HttpRequest = request._request
    try:
        body = plain.body
    except RawPostDataException:
        body = b""  # a form, already read by the CSRF check; the parsers refuse it with 415
    return hashlib.sha256(body).hexdigest()
