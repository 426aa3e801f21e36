"""What waits for a company, most pressing first, and its deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from core.text import localized
from exhibitors.models import Application
from web.booths import numbers_of

State = Application.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do: what, by when, and the button that leads to it."""

    tone: str
    icon: str
    title: str
    said: str
    action: str
    address: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day to remember."""

    at: datetime
    title: str
    said: str


def todos_of(applications: Sequence[Application], now: datetime) -> list[Todo]:
    """What a company has to do about its applications, soonest due first."""
    found = [todo for application in applications if (todo := _todo(application, now))]
    return sorted(found, key=lambda todo: todo.due or now)


def deadlines_of(applications: Sequence[Application], now: datetime) -> list[Deadline]:
    """The days that matter, in their order."""
    found = []
    for application in applications:
        fair = application.call.fair
        name = localized(fair, "name")
        if application.state == State.OFFERED and application.offer_ends_at:
            found.append(Deadline(application.offer_ends_at, _("Answer about the booth"), name))
        elif application.state == State.RETURNED and application.return_by:
            found.append(Deadline(application.return_by, _("Send the corrections"), name))
        elif application.state == State.DRAFT and application.call.is_open(now):
            found.append(Deadline(application.call.closes_at, _("The call closes"), name))
        elif application.state == State.CONFIRMED and fair.begins_at > now:
            found.append(Deadline(fair.begins_at, _("The fair opens"), name))
    return sorted((deadline for deadline in found if deadline.at >= now), key=lambda deadline: deadline.at)


def _todo(application: Application, now: datetime) -> Todo | None:
    fair, call = application.call.fair, application.call
    name = localized(fair, "name")
    if application.state == State.OFFERED and application.offer_ends_at:
        booths = numbers_of(application)
        return Todo(
            tone="wait",
            icon="offer",
            title=_("Booth %(booths)s is held for you; please answer") % {"booths": booths},
            said=_by(name, application.offer_ends_at, fair.zone),
            action=_("Answer"),
            address=reverse("company:offer", args=[application.pk]),
            due=application.offer_ends_at,
        )
    if application.state == State.RETURNED and application.return_by:
        count = len(application.returned_fields)
        return Todo(
            tone="wait",
            icon="undo",
            title=ngettext(
                "Please correct %(count)d answer: %(fair)s", "Please correct %(count)d answers: %(fair)s", count
            )
            % {"count": count, "fair": name},
            said=_by(name, application.return_by, fair.zone),
            action=_("Correct"),
            address=reverse("company:correct", args=[application.pk]),
            due=application.return_by,
        )
    if application.state == State.DRAFT and call.is_open(now):
        return Todo(
            tone="act",
            icon="pen",
            title=_("Your application is a draft: %(fair)s") % {"fair": name},
            said=_by(_("The call closes"), call.closes_at, fair.zone),
            action=_("Go on"),
            address=reverse("company:application", args=[application.pk]),
            due=call.closes_at,
        )
    return None


def _by(what: str, until: datetime, zone: object) -> str:
    left = dates.time_left(until, timezone.now())
    words = {"what": what, "until": dates.short_moment(until, zone)}  # type: ignore[arg-type]  # a ZoneInfo
    said = _("%(what)s; by %(until)s") % words
    return f"{said}{_(', ')}{left}" if left else said
