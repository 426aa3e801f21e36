"""The stages of a fair."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock
from core.text import localized
from fairs.models import Fair
from fairs.planning import Elsewhere
from scheduling.models import Stage
from scheduling.programming.editing import change, refuse_if_over

FIELDS = ("hall", "slug", "name_zh", "name_en", "capacity", "opens", "closes")


class StageInUse(DomainError):
    """Sessions are planned on the stage."""

    code = "stage-in-use"


@transaction.atomic
def add_stage(fair: Fair, *, values: Mapping[str, object], by: User | None) -> Stage:
    """A place where sessions happen. Raises ProgrammeIsFixed, Unfit with every gap."""
    lock(fair)
    refuse_if_over(fair)
    stage = Stage(fair=fair, **{name: values[name] for name in FIELDS if name in values})
    if not stage.slug:
        stage.slug = slugify(stage.name_en)[:40] or f"stage-{fair.stages.count() + 1}"
    _refuse_gaps(stage)
    stage.save(force_insert=True)
    journal.record("stage.added", stage, by=by)
    return stage


@transaction.atomic
def edit_stage(stage: Stage, *, values: Mapping[str, object], by: User | None) -> Stage:
    """Change a stage; sessions outside its new hours are found by `conflicts`. Raises ProgrammeIsFixed, Unfit."""
    lock(stage.fair)
    lock(stage)
    refuse_if_over(stage.fair)
    if changed := change(stage, FIELDS, values):
        _refuse_gaps(stage)
        stage.save(update_fields=changed)
        journal.record("stage.edited", stage, by=by, facts={"fields": changed})
    return stage


@transaction.atomic
def remove_stage(stage: Stage, *, by: User | None) -> None:
    """Take away a stage on which nothing was ever planned. Raises ProgrammeIsFixed, StageInUse."""
    lock(stage.fair)
    lock(stage)
    refuse_if_over(stage.fair)
    journal.record("stage.removed", stage, by=by)
    try:
        with transaction.atomic():
            stage.delete()
    except ProtectedError as error:
        raise StageInUse(_("Sessions are planned on “%s”. Move those first.") % localized(stage, "name")) from error


def _refuse_gaps(stage: Stage) -> None:
    try:
        stage.full_clean()
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error
    if stage.hall and stage.hall.fair_id != stage.fair_id:
        raise Elsewhere([Gap("hall", _("The hall must be one of this fair."))])
    if stage.opens and stage.closes and stage.closes <= stage.opens:
        raise Unfit([Gap("closes", _("The closing time must be after the opening time."))])
