"""Short names in addresses, made from names."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable

from django.db import models
from django.utils.text import slugify

LONGEST = 70  # characters, which leaves room for a number behind


def fresh_slugs(names: Iterable[str], *, taken: Collection[str], otherwise: str) -> list[str]:
    """A short name for each of these names, none of them taken and none twice; `otherwise` where a name gives none."""
    used = set(taken)
    slugs = []
    for name in names:
        slug = base = slugify(name)[:LONGEST].strip("-") or otherwise
        number = 1
        while slug in used:
            number += 1
            slug = f"{base}-{number}"
        used.add(slug)
        slugs.append(slug)
    return slugs


def new_slug(model: type[models.Model], name: str, *, otherwise: str) -> str:
    """A short name for one new row of `model`: its own if that is free, else with letters that nobody else draws."""
    slug = slugify(name)[:LONGEST].strip("-")
    if slug and not model._default_manager.filter(slug=slug).exists():
        return slug
    # Counting on would give two who ask at the same instant the same number.
    return f"{slug or otherwise}-{secrets.token_hex(4)}"
