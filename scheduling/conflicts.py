"""What stands in the way of a programme: one person in two places, or a session while the doors are shut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import short_days
from core.text import localized
from fairs.models import Fair
from scheduling.models import Session, Stage


class Clash(StrEnum):
    """What kind of conflict it is."""

    STAGE = "stage"
    PRESENTER = "presenter"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a session can't be as it is planned: because of another one, or of the fair's own hours."""

    clash: Clash
    session: Session
    other: Session | None = None
    presenter: User | None = None

    @property
    def text(self) -> str:
        """A sentence for people."""
        title = localized(self.session, "title")
        if self.other is None:
            return _("“%(session)s” is outside the hours of its stage: %(hours)s.") % {
                "session": title,
                "hours": hours_in_words(self.session.stage),
            }
        words = {"one": title, "other": localized(self.other, "title"), "who": self.presenter or ""}
        if self.clash == Clash.PRESENTER:
            return _("%(who)s would be in “%(one)s” and “%(other)s” at once.") % words
        return _("“%(one)s” and “%(other)s” would be on one stage at once.") % words


def find(sessions: Iterable[Session], *, at: datetime) -> list[Conflict]:
    """Every conflict among these sessions, by time; what has begun by `at` is past mending.

    The sessions come with their stage, its fair and venue, and their presenters; no query.
    """
    coming = sorted((session for session in sessions if session.starts_at > at), key=_by_time)
    found = [Conflict(Clash.HOURS, session) for session in coming if not within_hours(session)]
    by_stage: dict[object, list[Session]] = defaultdict(list)
    by_presenter: dict[User, list[Session]] = defaultdict(list)
    for session in coming:
        by_stage[session.stage_id].append(session)
        for presenter in session.presenters.all():
            by_presenter[presenter].append(session)
    for on_stage in by_stage.values():
        found += [Conflict(Clash.STAGE, one, other) for one, other in _overlapping(on_stage)]
    for presenter, theirs in by_presenter.items():
        found += [Conflict(Clash.PRESENTER, one, other, presenter) for one, other in _overlapping(theirs)]
    return sorted(found, key=lambda conflict: _by_time(conflict.session))


def _by_time(session: Session) -> tuple[datetime, str]:
    return session.starts_at, str(session.pk)


def _overlapping(by_time: Sequence[Session]) -> Iterable[tuple[Session, Session]]:
    """The pairs that overlap, of sessions in the order of their starts."""
    for place, one in enumerate(by_time):
        for other in by_time[place + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            yield one, other


def within_hours(session: Session) -> bool:
    """Whether a session is on one of the fair's days, within the hours of its stage."""
    zone = session.stage.fair.zone
    starts, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    opens, closes = hours_of(session.stage)
    fair = session.stage.fair
    is_on_a_day = fair.starts_on <= starts.date() == ends.date() <= fair.ends_on
    return is_on_a_day and opens <= starts.time() and ends.time() <= closes


def hours_of(stage: Stage) -> tuple[time, time]:
    """When a stage opens and closes, local to the venue: its own hours, or else the fair's."""
    fair: Fair = stage.fair
    return stage.opens or fair.opens, stage.closes or fair.closes


def hours_in_words(stage: Stage) -> str:
    """The days and the hours of a stage, such as 12/11–12/13, 10:00–18:00."""
    opens, closes = hours_of(stage)
    return _("%(days)s, %(opens)s–%(closes)s") % {
        "days": short_days(stage.fair.starts_on, stage.fair.ends_on),
        "opens": f"{opens:%H:%M}",
        "closes": f"{closes:%H:%M}",
    }
