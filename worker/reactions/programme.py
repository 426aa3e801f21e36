"""What follows when a programme is released, and when a session changes on the day."""

from __future__ import annotations

from accounts.models import Change
from fairs.models import Fair
from scheduling import publishing
from scheduling.models import Session
from worker.registry import nothing_follows, reacts_to

nothing_follows(
    # The working programme is private; what is published is told by the release.
    "session.added",
    "session.edited",
    "session.dropped",
    "stage.added",
    "stage.removed",
)


@reacts_to("programme.released", "stage.edited", channel="entry")
def show_programme(change: Change) -> None:
    """All published sessions of the fair, at once."""
    publishing.reconcile_programme(Fair.objects.get(pk=str(change.fair_id)))


@reacts_to("session.delayed", "session.cancelled", channel="entry")
def show_session(change: Change) -> None:
    """One session that changed on the day. A release or a cancelled fair shows all of its sessions by itself."""
    if change.caused_by is None:
        publishing.reconcile_session(Session.objects.get(pk=change.about_id))
