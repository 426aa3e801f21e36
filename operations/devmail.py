"""`/dev/mail/`: what the mail catcher kept. In embedded mode and on the loopback alone; elsewhere it does not exist.

Mails may hold anything, so their HTML is shown in a frame without scripts, without our origin and without the network.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

PAGE = 50  # mails a page
# Mails style themselves inline. Their links open in tabs of their own, which are then pages like any other.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
P = ParamSpec("P")


@dataclass(frozen=True)
class Summary:
    """A mail in the list."""

    key: str
    subject: str
    sender: str
    recipient: str
    at: datetime


@dataclass(frozen=True)
class Part:
    """A part of a mail that is not made of other parts. `text` is set where it can be read."""

    number: int
    content_type: str
    filename: str
    size: int  # bytes, decoded
    text: str


View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def only_here(view: View[P]) -> View[P]:
    """404 where there is no catcher, and for whoever is not on this machine."""

    @wraps(view)
    @never_cache
    @require_safe
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if settings.MAILDIR is None or not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@only_here
def mails(request: HttpRequest) -> HttpResponse:
    """The mails, the newest first."""
    page = Paginator(_files(), PAGE).get_page(request.GET.get("page"))
    listed = [_summary(path) for path in page.object_list]
    return render(request, "operations/mails.html", {"page": page, "mails": listed, "private": True})


@only_here
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: its headers, each part that can be read, and every part to download."""
    path = _file(key)
    message = _read(path)
    parts = _parts(message)
    shown = {
        "mail": _summary(path),
        "headers": [(name, str(value)) for name, value in message.items()],
        "parts": parts,
        "texts": [part for part in parts if part.text and part.content_type != "text/html"],
        "private": True,
        "has_html": any(part.content_type == "text/html" for part in parts),
    }
    return render(request, "operations/mail.html", shown)


@xframe_options_sameorigin
@only_here
def html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part, for the frame."""
    for part in _parts(_read(_file(key))):
        if part.content_type == "text/html":
            # Links open beside the frame, which could not leave its page.
            opening = re.sub(r"(?i)<head[^>]*>", r'\g<0><base target="_blank">', part.text, count=1)
            return HttpResponse(opening, headers={"Content-Security-Policy": FRAME_POLICY})
    raise Http404


@only_here
def part(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A part as a download, never shown by the browser itself."""
    leaves = _leaves(_read(_file(key)))
    if number >= len(leaves):
        raise Http404
    name = leaves[number].get_filename() or f"part-{number}{_suffix(leaves[number].get_content_type())}"
    return _download(_content(leaves[number]), name)


@only_here
def raw(request: HttpRequest, key: str) -> HttpResponse:
    """The whole mail as it came, for `manage.py read_replies` or a mail program."""
    return _download(_file(key).read_bytes(), f"{key}.eml")


def _files() -> list[Path]:
    box = settings.MAILDIR
    folders = [] if box is None else [box / name for name in ("new", "cur")]
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _file(key: str) -> Path:
    """The mail of this name. Looked for among the names that there are, so that no name leads elsewhere."""
    for path in _files():
        if path.name == key:
            return path
    raise Http404


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)


def _summary(path: Path) -> Summary:
    with path.open("rb") as file:
        head = BytesParser(EmailMessage, policy=policy.default).parse(file, headersonly=True)
    return Summary(
        key=path.name,
        subject=str(head["Subject"] or ""),
        sender=str(head["From"] or ""),
        recipient=str(head["X-Envelope-To"] or head["To"] or ""),
        at=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
    )


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    return [each for each in message.walk() if not each.is_multipart()]


def _parts(message: EmailMessage) -> list[Part]:
    parts = []
    for number, leaf in enumerate(_leaves(message)):
        content = _content(leaf)
        readable = leaf.get_content_maintype() == "text"
        parts.append(
            Part(
                number=number,
                content_type=leaf.get_content_type(),
                filename=leaf.get_filename() or "",
                size=len(content),
                text=_decode(content, leaf.get_content_charset("utf-8")) if readable else "",
            )
        )
    return parts


def _content(leaf: EmailMessage) -> bytes:
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decode(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, errors="replace")
    except LookupError:  # a charset that Python does not know
        return content.decode("utf-8", errors="replace")


def _suffix(content_type: str) -> str:
    return {"text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics"}.get(content_type, ".bin")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    safe = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII).lstrip("._")
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
