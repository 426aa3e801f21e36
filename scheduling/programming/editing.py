"""What all editing of a programme has in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.text import localized
from fairs.models import Fair


class ProgrammeIsFixed(DomainError):
    """The fair is cancelled or closed, or not announced yet where something is to be published."""

    code = "programme-is-fixed"


def refuse_if_over(fair: Fair) -> None:
    """Raise ProgrammeIsFixed unless the fair is a draft or announced."""
    if fair.state in (Fair.State.CANCELLED, Fair.State.CLOSED):
        raise ProgrammeIsFixed(
            _("%(fair)s is over or cancelled; its programme stays as it was.") % {"fair": localized(fair, "name")}
        )


def change(row: models.Model, names: Iterable[str], values: Mapping[str, object]) -> list[str]:
    """Take over what differs of the named fields; gives their names, sorted."""
    changed = sorted(name for name in names if name in values and values[name] != getattr(row, name))
    for name in changed:
        setattr(row, name, values[name])
    return changed
