"""How feeds go out over HTTP: conditional, compressed, cacheable, and private ones to nobody else."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import BinaryField, Case, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from accounts.models import Language
from scheduling.binding import Bound
from scheduling.calendars import TAGS
from scheduling.models import Feed
from scheduling.publishing import etag_of

_TYPES = {
    Feed.Form.ICS: "text/calendar; charset=utf-8",
    Feed.Form.JSON: "application/calendar+json; charset=utf-8",
    Feed.Form.ATOM: "application/atom+xml; charset=utf-8",
}
_GZIP = "-gzip"  # ends the entity tag of the compressed form, which is other bytes and so another tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One representation of a feed, about to be answered. Without `body` only its head is known."""

    etag: str
    changed_at: datetime
    length: int
    body: bytes | None


def wants_gzip(request: HttpRequest) -> bool:
    """Whether Accept-Encoding takes gzip (RFC 9110, 12.5.3)."""
    qualities: dict[str, str] = {}
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _semicolon, parameters = part.partition(";")
        qualities[coding.strip()] = parameters.replace(" ", "").partition("q=")[2] or "1"
    try:
        return float(qualities.get("gzip", qualities.get("*", "0"))) > 0
    except ValueError:
        return False


def language_of(request: HttpRequest) -> str:
    """The language that the address names with `?lang=`, and nothing else: Chinese without it."""
    return Language.EN if request.GET.get("lang", "").lower().startswith("en") else Language.ZH


def stored(request: HttpRequest, feeds: QuerySet[Feed]) -> Representation | None:
    """The first of these feeds that is published, as the request asks for it: one query.

    The bytes stay in the database if the request knows them already, or asks only for the head.
    """
    is_gzipped = wants_gzip(request)
    column, ending = ("gzipped", _GZIP) if is_gzipped else ("body", "")
    known = [tag.strip('"').removesuffix(ending) for tag in _known(request) if tag.strip('"').endswith(ending)]
    is_needless = Q(etag__in=known)
    if since := _since(request):
        is_needless |= Q(changed_at__lt=since + timedelta(seconds=1))
    if request.method == "HEAD":
        is_needless = Q(pk__isnull=False)
    row = (
        feeds.exclude(etag="")
        .annotate(
            length=Length(column),
            bytes=Case(When(is_needless, then=Value(b"")), default=column, output_field=BinaryField()),
        )
        .values_list("etag", "changed_at", "length", "bytes")
        .first()
    )
    if row is None:
        return None
    etag, changed_at, length, body = row
    assert changed_at is not None, "a constraint says so"
    return Representation(etag=f"{etag}{ending}", changed_at=changed_at, length=length, body=bytes(body) or None)


def joined(request: HttpRequest, bound: Bound) -> Representation:
    """A feed that was joined for this request."""
    is_gzipped = wants_gzip(request)
    body = gzip.compress(bound.body, compresslevel=6, mtime=0) if is_gzipped else bound.body
    etag = etag_of(bound.body) + (_GZIP if is_gzipped else "")
    return Representation(etag=etag, changed_at=bound.changed_at, length=len(body), body=body)


def public(request: HttpRequest, shown: Representation, *, form: str) -> HttpResponse:
    """The answer that everybody may have and keep; asked again each time, which costs a 304."""
    response = _answer(request, shown, form=form)
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def private(request: HttpRequest, shown: Representation, *, form: str) -> HttpResponse:
    """The answer for the owner of a private address alone."""
    response = _answer(request, shown, form=form)
    _keep_private(response)
    return response


def unknown_private() -> HttpResponse:
    """What a private address answers that never was or is no more. It is not logged: it may be a secret elsewhere."""
    response = HttpResponseNotFound(content_type="text/plain; charset=utf-8")
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the path of a 404
    _keep_private(response)
    return response


def _keep_private(response: HttpResponse) -> None:
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"


def _answer(request: HttpRequest, shown: Representation, *, form: str) -> HttpResponse:
    etag = f'"{shown.etag}"'
    response = HttpResponse(shown.body or b"", content_type=_TYPES[Feed.Form(form)])
    response["Content-Length"] = str(shown.length)
    if shown.etag.endswith(_GZIP):
        response["Content-Encoding"] = "gzip"
    modified = int(shown.changed_at.timestamp())
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(modified),
        "Content-Language": TAGS[Language(language_of(request))],
    }
    conditional = get_conditional_response(request, etag=etag, last_modified=modified, response=response)
    answer = conditional if isinstance(conditional, HttpResponse) else response
    for name, value in headers.items():
        answer[name] = value
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


def _since(request: HttpRequest) -> datetime | None:
    """What If-Modified-Since says, where it counts: If-None-Match goes before it (RFC 9110, 13.2.2)."""
    given = request.headers.get("If-Modified-Since")
    seconds = parse_http_date_safe(given) if given and "If-None-Match" not in request.headers else None
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _known(request: HttpRequest) -> Sequence[str]:
    """The entity tags that If-None-Match names, weak ones too: it compares weakly (RFC 9110, 13.1.2)."""
    return [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
