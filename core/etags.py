"""ETag and If-Match: nobody overwrites a change that they have not seen (RFC 9110, 8.8.3 and 13.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from core.errors import Stale
from core.models import Versioned

_STRONG = re.compile(r'"([0-9]{1,9})"')
_LIST = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e]*"\s*(?:,\s*(?:W/)?"[\x21\x23-\x7e]*"\s*)*')


def etag_of(thing: object) -> str | None:
    """The strong ETag of a row that people edit, by its version; None for others."""
    return f'"{thing.version}"' if isinstance(thing, Versioned) else None


def expect(thing: models.Model, if_match: str | None) -> None:
    """Hold `thing` to what If-Match says: now, and again under the lock of whichever activity changes it.

    Raises Stale if it says something else. A row without version matches `*` alone.
    """
    if if_match is None or if_match.strip() == "*":
        return
    versions = frozenset(_versions(if_match))
    if not isinstance(thing, Versioned):
        raise Stale(_("This has no version to compare. Leave out If-Match."))
    thing.expect(versions)


def _versions(if_match: str) -> Iterable[int]:
    # Weak ones never match here (RFC 9110, 13.1.1), and what is no list of tags matches nothing.
    if not _LIST.fullmatch(if_match):
        return []
    tags = [tag.strip() for tag in if_match.split(",")]
    return [int(strong.group(1)) for tag in tags if (strong := _STRONG.fullmatch(tag))]
