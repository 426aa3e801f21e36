"""The journal as people read it: who did what, when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Change
from core.text import clean, localized
from exhibitors.models import Application, Placement, Review
from fairs.models import Fair
from scheduling.models import Invitation, Release, Session
from web.desk.kinds import word_of
from web.desk.own import DeskRequest, at_desk, show
from web.paging import page_of

PAGE = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal in words. `address` leads to the thing, where it has a page."""

    at: datetime
    who: str
    what: str
    about: str
    address: str
    reason: str


@require_safe
@at_desk
def journal(request: DeskRequest) -> HttpResponse:
    """All of a fair, or of one application by its number; newest first."""
    fair = request.fair
    changes = Change.objects.visible_to(request.user).filter(fair_id=fair.pk).select_related("by").order_by("-id")
    asked = clean(request.GET.get("about", "")).upper()[:12]
    if asked:
        number = asked.removeprefix("A-")
        found = Application.objects.at_desk_of(request.user).filter(
            call__fair=fair, number=int(number) if number.isdecimal() else 0
        )
        changes = changes.filter(about_id__in=_ids_about(found))
    page = page_of(request, changes, size=PAGE)
    return show(request, "journal.html", "journal", {"page": page, "lines": lines_of(list(page)), "asked": asked})


def _ids_about(applications: Any) -> list[UUID]:
    """Ids of these applications and of what belongs to them."""
    keys = list(applications.values_list("pk", flat=True))
    reviews = Review.objects.filter(application__in=keys).values_list("pk", flat=True)
    placements = Placement.objects.filter(application__in=keys).values_list("pk", flat=True)
    return [*keys, *reviews, *placements]


def lines_of(changes: Sequence[Change]) -> list[Line]:
    """These changes in words; their names are looked up together, a query for each kind of thing."""
    named = _named(changes)
    lines = []
    for change in changes:
        about, address = named.get(change.about_id, ("", ""))
        lines.append(
            Line(
                at=change.at,
                who=localized(change.by, "name") or change.by.email if change.by else _("The clock"),
                what=word_of(change),
                about=about,
                address=address,
                reason=change.reason,
            )
        )
    return lines


def _named(changes: Sequence[Change]) -> dict[UUID, tuple[str, str]]:
    by_label: dict[str, set[UUID]] = {}
    for change in changes:
        by_label.setdefault(change.about_label, set()).add(change.about_id)
    named: dict[UUID, tuple[str, str]] = {}
    for label, keys in by_label.items():
        if name := _NAMERS.get(label):
            named |= name(keys)
    return named


def _applications(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Application.objects.filter(pk__in=keys).select_related("company", "call__fair")
    return {row.pk: (f"{row.label} {localized(row.company, 'name')}", _page_of(row)) for row in rows}


def _placements(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Placement.objects.filter(pk__in=keys).select_related(
        "booth", "application__company", "application__call__fair"
    )
    return {
        row.pk: (f"{row.booth.number} {localized(row.application.company, 'name')}", _page_of(row.application))
        for row in rows
    }


def _reviews(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Review.objects.filter(pk__in=keys).select_related("application__company", "application__call__fair")
    return {
        row.pk: (f"{row.application.label} {row.get_discipline_display()}", _page_of(row.application)) for row in rows
    }


def _sessions(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Session.objects.filter(pk__in=keys).select_related("fair")
    return {row.pk: (localized(row, "title"), reverse("desk:session", args=[row.fair.slug, row.pk])) for row in rows}


def _releases(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Release.objects.filter(pk__in=keys).select_related("fair").defer("programme")
    return {
        row.pk: (_("Release %(number)s") % {"number": row.number}, reverse("desk:programme", args=[row.fair.slug]))
        for row in rows
    }


def _fairs(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Fair.objects.filter(pk__in=keys)
    return {row.pk: (localized(row, "name"), reverse("desk:board", args=[row.slug])) for row in rows}


def _invitations(keys: set[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = Invitation.objects.filter(pk__in=keys).select_related("fair")
    return {row.pk: (row.name or row.email, reverse("desk:invitations", args=[row.fair.slug])) for row in rows}


def _page_of(application: Application) -> str:
    return reverse("desk:application", args=[application.call.fair.slug, application.label])


_NAMERS = {
    "exhibitors.application": _applications,
    "exhibitors.placement": _placements,
    "exhibitors.review": _reviews,
    "scheduling.session": _sessions,
    "scheduling.release": _releases,
    "scheduling.invitation": _invitations,
    "fairs.fair": _fairs,
}
