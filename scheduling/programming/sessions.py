"""The working programme: sessions as they are planned, in private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import journal
from accounts.models import User
from core import database
from core.database import constraint_of
from core.dates import clocks, short_day
from core.errors import DomainError, Gap, Unfit, gaps_of
from core.locking import lock
from core.text import localized
from exhibitors.models import Application
from fairs.models import Fair
from fairs.planning import Elsewhere
from scheduling.conflicts import hours_in_words, within_hours
from scheduling.models import Session, Stage
from scheduling.programming.editing import ProgrammeIsFixed, change, refuse_if_over

State = Session.State

FIELDS = (
    *("stage", "kind", "title_zh", "title_en", "abstract_zh", "abstract_en", "starts_at", "ends_at"),
    *("category", "language", "seats"),
)
PEOPLE = ("presenters", "companies")


class StageTaken(DomainError):
    """Another session is on the stage at that time. `session`: its id."""

    code = "stage-taken"


class OutsideHours(DomainError):
    """A session would be while its stage is shut."""

    code = "outside-hours"


@transaction.atomic
def add_session(fair: Fair, *, values: Mapping[str, object], by: User | None) -> Session:
    """Plan a session; the public sees it with the next release. `presenters` and `companies`: rows.

    Raises ProgrammeIsFixed, Unfit with every gap, OutsideHours, StageTaken naming the other session.
    """
    refuse_if_over(fair)
    session = Session(fair=fair, **{name: values[name] for name in FIELDS if name in values})
    _refuse_gaps(session)
    write(session)
    _set_people(session, values)
    journal.record("session.added", session, by=by)
    return session


@transaction.atomic
def edit_session(session: Session, *, values: Mapping[str, object], by: User | None) -> Session:
    """Change a session of the working programme. Raises as `add_session`; ProgrammeIsFixed also if it is cancelled."""
    lock(session)
    refuse_if_over(session.fair)
    if session.state == State.CANCELLED:
        raise ProgrammeIsFixed(_("“%s” is cancelled. Plan a new session instead.") % localized(session, "title"))
    changed = change(session, FIELDS, values)
    _refuse_gaps(session)
    changed += _set_people(session, values)
    if changed:
        session.version += 1
        write(session, fields=[*(name for name in changed if name not in PEOPLE), "version"])
        journal.record("session.edited", session, by=by, facts={"fields": sorted(changed)})
    return session


@transaction.atomic
def move_session(session: Session, *, starts_at: datetime, stage: Stage | None = None, by: User | None) -> Session:
    """Put a session of the working programme at another time or stage; its length stays. Raises as `edit_session`."""
    lock(session)
    ends_at = starts_at + (session.ends_at - session.starts_at)
    values: dict[str, object] = {"starts_at": starts_at, "ends_at": ends_at}
    return edit_session(session, values=values if stage is None else {**values, "stage": stage}, by=by)


@transaction.atomic
def drop_session(session: Session, *, by: User | None, reason: str = "") -> None:
    """Take a session out of the working programme; once more changes nothing.

    A draft that was never published is deleted. A published one stays public until the next release cancels it.
    Raises ProgrammeIsFixed.
    """
    lock(session)
    refuse_if_over(session.fair)
    if session.state == State.CANCELLED or session.dropped_at:
        return
    journal.record("session.dropped", session, by=by, reason=reason, facts={"state": session.state})
    if session.state == State.DRAFT:
        session.delete()
        return
    session.dropped_at = database.now()
    session.version += 1
    session.save(update_fields=["dropped_at", "version"])


@transaction.atomic
def keep_session(session: Session, *, by: User | None) -> None:
    """Take a dropped session back, before a release cancels it. Raises ProgrammeIsFixed, StageTaken."""
    lock(session)
    refuse_if_over(session.fair)
    if session.dropped_at is None or session.state == State.CANCELLED:
        return
    session.dropped_at = None
    session.version += 1
    write(session, fields=["dropped_at", "version"])
    journal.record("session.edited", session, by=by, facts={"fields": ["dropped_at"]})


def people_at(fair: Fair) -> models.QuerySet[User]:
    """Who may be named as a presenter: whoever works for the organizer, or acts for a company that applied."""
    applied = Application.objects.filter(call__fair=fair).exclude(state=Application.State.DRAFT)
    return User.objects.filter(
        Q(memberships__organizer=fair.organizer_id) | Q(company_memberships__company__in=applied.values("company")),
        is_active=True,
    ).distinct()


def write(session: Session, *, fields: list[str] | None = None) -> None:
    """Save a session, whole or these fields of it. Raises StageTaken naming the other session, as the database says."""
    # One at a time on a stage: two that wait for each other's exclusion would be a deadlock, not a refusal.
    Stage.objects.select_for_update(no_key=True).values_list("pk").get(pk=session.stage_id)
    try:
        with transaction.atomic():
            session.save(update_fields=fields, force_insert=fields is None)
    except IntegrityError as error:
        if constraint_of(error) != "stage_has_one_session_at_a_time":
            raise
        # The constraint decides, not a look beforehand: two coordinators may look at the same instant.
        raise _stage_taken(session) from error


def _stage_taken(session: Session) -> StageTaken:
    others = Session.objects.standing().filter(
        stage=session.stage, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    other = others.exclude(pk=session.pk).order_by("starts_at").first()
    zone = session.stage.fair.zone
    words = {
        "stage": localized(session.stage, "name"),
        "other": localized(other, "title") if other else "",
        "day": short_day(other.starts_at if other else session.starts_at, zone),
        "time": clocks(other.starts_at, other.ends_at, zone) if other else "",
    }
    return StageTaken(
        _("“%(other)s” is on the stage “%(stage)s” at that time: %(day)s, %(time)s. Choose another time or stage.")
        % words,
        session=str(other.pk) if other else None,
    )


def _refuse_gaps(session: Session) -> None:
    try:
        session.full_clean(validate_unique=False, validate_constraints=False)  # the database decides when it is saved
    except ValidationError as error:
        raise Unfit(gaps_of(error)) from error
    if session.stage.fair_id != session.fair_id:
        raise Elsewhere([Gap("stage", _("The stage must be one of this fair."))])
    if session.ends_at <= session.starts_at:
        raise Unfit([Gap("ends_at", _("A session must end after it starts."))])
    if not within_hours(session):
        raise OutsideHours(
            _("“%(session)s” would be outside the hours of its stage: %(hours)s.")
            % {"session": localized(session, "title"), "hours": hours_in_words(session.stage)}
        )


def _set_people(session: Session, values: Mapping[str, object]) -> list[str]:
    """Take over presenters and companies; gives which of the two differ."""
    changed = []
    for name in PEOPLE:
        if name not in values:
            continue
        given = values[name]
        assert isinstance(given, Iterable)
        relation: models.Manager[models.Model] = getattr(session, name)
        wanted, before = set(given), set(relation.all())
        if wanted != before:
            relation.set(wanted)  # type: ignore[attr-defined]  # a many-to-many manager
            changed.append(name)
    return changed
