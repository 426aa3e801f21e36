"""Making a fair and editing what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import Organizer, User
from core.database import constraint_of
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock
from core.slugs import fresh_slugs
from fairs.models import Category, Fair

EDITABLE = (
    "slug",
    "name_zh",
    "name_en",
    "description_zh",
    "description_en",
    "venue",
    "starts_on",
    "ends_on",
    "opens",
    "closes",
    "theme",
    "series",
)
# What people were told and planned by: once announced it moves with all that hangs on it, by rescheduling.
DATES = ("starts_on", "ends_on")
WORDS = ("name_zh", "name_en", "description_zh", "description_en", "theme", "series")


class DatesAreFixed(DomainError):
    """An announced fair is moved by rescheduling, which tells everyone."""

    code = "dates-are-fixed"


class FairIsOver(DomainError):
    """A cancelled or closed fair stays as it was, but for its texts."""

    code = "fair-is-over"


@transaction.atomic
def create(organizer: Organizer, *, values: Mapping[str, object], by: User | None) -> Fair:
    """A draft of a fair. Without a `slug` one is made of the name; `categories` may be given.

    Raises Unfit with every gap.
    """
    fair = Fair(organizer=organizer, **{name: values[name] for name in EDITABLE if name in values})
    if not fair.slug:
        fair.slug = _free_slug(fair)
    _refuse_gaps(fair)
    _save(fair)
    if "categories" in values:
        _set_categories(fair, values["categories"])
    journal.record("fair.created", fair, by=by)
    return fair


@transaction.atomic
def edit(fair: Fair, *, values: Mapping[str, object], by: User | None) -> Fair:
    """Change what the fair says of itself; nothing is recorded where nothing differs.

    Raises FairIsOver for more than words of a cancelled or closed fair, DatesAreFixed for the days of an announced one,
    Unfit with every gap.
    """
    lock(fair)
    changed = [name for name in EDITABLE if name in values and values[name] != getattr(fair, name)]
    if "categories" in values and _codes(values["categories"]) != _codes(fair.categories.all()):
        changed.append("categories")
    _refuse_fixed(fair, changed, values)
    for name in changed:
        if name != "categories":
            setattr(fair, name, values[name])
    _refuse_gaps(fair)
    if changed:
        if "categories" in changed:
            _set_categories(fair, values["categories"])
        fair.version += 1
        _save(fair, fields=["version", *(name for name in changed if name != "categories")])
        journal.record("fair.edited", fair, by=by, facts={"fields": sorted(changed)})
    return fair


class Elsewhere(Unfit):
    """Something of another fair or hall was named."""

    code = "elsewhere"
    status = 400


def refuse_if_over(fair: Fair) -> None:
    """Raise FairIsOver unless the fair is a draft or announced."""
    if fair.state in (Fair.State.CANCELLED, Fair.State.CLOSED):
        raise FairIsOver(
            _("%(fair)s is %(state)s; its plan stays as it was.")
            % {"fair": fair, "state": fair.get_state_display().lower()}
        )


def _refuse_fixed(fair: Fair, changed: Iterable[str], values: Mapping[str, object]) -> None:
    if set(changed) - set(WORDS):
        refuse_if_over(fair)
    if fair.state == Fair.State.DRAFT:
        return
    if set(DATES) & set(changed):
        raise DatesAreFixed(
            _("The fair is announced, so its days are fixed. Reschedule it: that moves everything and tells everyone."),
            fields=sorted(set(DATES) & set(changed)),
        )
    if "slug" in changed:
        raise Unfit([Gap("slug", _("The fair is announced, so its address stays: people have it in their calendars."))])
    if "venue" in changed and getattr(values["venue"], "time_zone", "") != fair.venue.time_zone:
        raise Unfit([Gap("venue", _("An announced fair can only move to a venue in the same time zone."))])


def _refuse_gaps(fair: Fair) -> None:
    try:
        fair.full_clean()
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error


def _save(fair: Fair, *, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            fair.save(update_fields=fields, force_insert=fields is None)
    except IntegrityError as error:
        if "slug" not in constraint_of(error):
            raise
        raise Unfit([Gap("slug", _("Another fair took this short name a moment ago. Choose another one."))]) from error


def _free_slug(fair: Fair) -> str:
    year = getattr(fair.starts_on, "year", "")  # what was given may lack the day
    otherwise = f"{fair.organizer.slug[:50]}-{year}".strip("-")
    taken = Fair.objects.values_list("slug", flat=True)
    return fresh_slugs([(fair.name_en or "")[:50]], taken=set(taken), otherwise=otherwise)[0]


def _set_categories(fair: Fair, categories: object) -> None:
    fair.categories.set(Category.objects.filter(code__in=_codes(categories)))


def _codes(categories: object) -> set[str]:
    assert isinstance(categories, Iterable)
    return {category.code if isinstance(category, Category) else str(category) for category in categories}
