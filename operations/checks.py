"""Django checks of what surrounds the service."""

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from django.core.checks import CheckMessage, Error, Tags, Warning, register

from operations import settings_page

ALIKE = 0.86  # of 1: a letter lost, doubled or swapped in a name of ten


@register
def names_are_spelt_right(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Warn of a name in the environment that is nearly, but not quite, one that the settings read."""
    return misspelt(os.environ)


@register(Tags.database)
def nobody_came_back(
    app_configs: object, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """Refuse a database in which people stand who were erased. Only `check --database default` looks."""
    from operations.erasing.remembering import came_back  # noqa: PLC0415 (models come after checks)

    if not databases or not came_back():
        return []
    hint = "Run: manage.py erase_person --again"
    return [Error("An older back-up brought people back who were erased.", hint=hint, id="operations.E001")]


def misspelt(environment: Mapping[str, str]) -> list[CheckMessage]:
    """A warning for each name that looks like a slip."""
    known = {setting.name for setting in settings_page.read(settings_page.SETTINGS.read_text("utf-8"))}
    warnings: list[CheckMessage] = []
    for name in sorted(set(environment) - known):
        if near := get_close_matches(name, known - set(environment), n=1, cutoff=ALIKE):
            warnings.append(Warning(f"{name} is no setting. Did you mean {near[0]}?", id="operations.W001"))
    return warnings
