"""Short names in addresses, made from names."""

from collections.abc import Collection, Iterable

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
