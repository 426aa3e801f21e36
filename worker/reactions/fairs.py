"""What follows when a fair or its call changes: everyone concerned reads of a move or a cancellation."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from accounts.models import Change, User
from core.dates import full_days
from exhibitors.models import STANDING, Application, Company
from fairs.models import Fair
from scheduling import publishing
from worker import mailing, wording
from worker.mailing import Mailing, mails_to_many
from worker.receivers import members_of
from worker.registry import nothing_follows, reacts_to

nothing_follows(
    "fair.created",
    "fair.closed",
    "fair.cloned",
    "call.opened",
    "call.edited",
    "hall.added",
    "hall.removed",
    "zone.added",
    "zone.edited",
    "zone.removed",
    "booth.added",
    "booth.removed",
)


@reacts_to("fair.announced", "fair.edited", "fair.rescheduled", "fair.cancelled", "hall.edited", channel="entry")
def show_fair(change: Change) -> None:
    """The fair's days, and all entries that bear its name or place."""
    publishing.reconcile_fair(Fair.objects.get(pk=str(change.fair_id)))


@reacts_to("booth.edited", channel="entry")
def show_booth(change: Change) -> None:
    """Where the company stands that has this booth."""
    for application in Application.objects.filter(placements__booth=change.about_id, placements__state="held"):
        publishing.reconcile_application(application)


@mails_to_many("fair.rescheduled")
def tell_of_move(change: Change) -> Mailing[User] | None:
    """Everyone who acts for a company with an application that stands, or a draft, reads of the new days.

    Whoever had confirmed is asked again, and that mail says it.
    """
    asked = Change.objects.filter(caused_by=change, kind="application.offered").values("about_id")
    concerned = Application.objects.filter(call__fair=change.about_id, state__in=[*STANDING, Application.State.DRAFT])
    fair = wording.fairs().get(pk=change.about_id)
    shift = timedelta(days=int(change.facts["days"]))
    old_days = wording.both("old_days", lambda: full_days(fair.starts_on - shift, fair.ends_on - shift))
    return _to_applicants(change, "fair-moved", concerned.exclude(pk__in=asked), fair, old_days)


@mails_to_many("fair.cancelled")
def tell_of_cancelled_fair(change: Change) -> Mailing[User] | None:
    """Everyone whose application the cancellation ended, or who had a draft, reads that there is no fair."""
    ended = Change.objects.filter(caused_by=change, kind="application.cancelled").values("about_id")
    mine = Application.objects.filter(call__fair=change.about_id)
    concerned = mine.filter(Q(pk__in=ended) | Q(state=Application.State.DRAFT))
    return _to_applicants(change, "fair-cancelled", concerned, wording.fairs().get(pk=change.about_id), {})


def _to_applicants(
    change: Change, kind: str, concerned: QuerySet[Application], fair: Fair, more: wording.Words
) -> Mailing[User]:
    people = members_of(Company.objects.filter(applications__in=concerned))
    words = {**wording.of_fair(fair), "reason": change.reason, **more}
    return mailing.to_people(kind, people, cause=change, context=words)
