"""What follows when an application moves: the company reads of it, and the desk of what frees a booth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import Change
from exhibitors import waiting
from exhibitors.models import Application
from fairs.models import Booth
from scheduling import publishing
from worker import outbox, wording
from worker.outbox import Recipient
from worker.receivers import coordinators_of, members_of
from worker.registry import nothing_follows, reacts_to

nothing_follows(
    "application.started",
    "application.draft",
    "application.edited",
    # Decisions are private until they are released; then each application's own move is told.
    "application.staged",
    "call.decisions_released",
)


# Where the whole fair changed, its own reaction brings every entry of it in line, once.
_OF_THE_FAIR = ("fair.cancelled", "fair.rescheduled")


@reacts_to(
    "application.submitted",
    "application.returned",
    "application.offered",
    "application.confirmed",
    "application.declined",
    "application.expired",
    "application.withdrawn",
    "application.cancelled",
    "application.attended",
    "application.no_show",
    channel="entry",
)
def show_application(change: Change) -> None:
    """The company's deadlines, and where it stands once it confirmed."""
    if not _is_of_the_fair(change):
        publishing.reconcile_application(Application.objects.select_related("call").get(pk=change.about_id))


@reacts_to("placement.held", "placement.released", channel="entry")
def show_place(change: Change) -> None:
    """Where the company stands, when its booths change."""
    if not _is_of_the_fair(change):
        application = Application.objects.select_related("call").get(pk=change.facts["application"])
        publishing.reconcile_application(application)


@reacts_to("application.submitted", channel="mail")
def tell_of_submission(change: Change) -> None:
    """The company has it in writing that it handed in."""
    _tell_members(change, "application-submitted")


@reacts_to("application.returned", channel="mail")
def tell_of_return(change: Change) -> None:
    """The company reads what to correct and by when; also when it gets more time."""
    _tell_members(change, "application-returned")


@reacts_to("application.accepted", "application.waitlisted", "application.rejected", channel="mail")
def tell_of_decision(change: Change) -> None:
    """The company reads what was decided, and why."""
    application = wording.applications().get(pk=change.about_id)
    _tell_members(change, f"application-{change.after}", application, reason=application.decision_reason)


@reacts_to("application.offered", channel="mail")
def tell_of_offer(change: Change) -> None:
    """The company is asked to confirm, with what was offered then; again where the fair moved."""
    application = wording.applications().get(pk=change.about_id)
    kind = "application-offered-again" if change.facts.get("asked_again") else "application-offered"
    _tell_members(change, kind, application, more=_terms(application, change.facts))


@reacts_to("application.confirmed", channel="mail")
def tell_of_confirmation(change: Change) -> None:
    """All members of the company read that one of them confirmed."""
    _tell_members(change, "application-confirmed")


@reacts_to("application.expired", channel="mail")
def tell_of_expiry(change: Change) -> None:
    """The company and the desk read that nobody answered in time."""
    _tell_members(change, "application-expired")
    _tell_desk(change, "desk-expired")


@reacts_to("application.declined", channel="mail")
def tell_desk_of_refusal(change: Change) -> None:
    """The desk reads that a booth was turned down."""
    _tell_desk(change, "desk-declined")


@reacts_to("application.withdrawn", channel="mail")
def tell_of_withdrawal(change: Change) -> None:
    """All members of the company read that one of them withdrew, and so does the desk."""
    _tell_members(change, "application-withdrawn")
    _tell_desk(change, "desk-withdrawn")


@reacts_to("application.cancelled", channel="mail")
def tell_of_cancellation(change: Change) -> None:
    """The company reads why. Where the whole fair was cancelled, the fair's own mail says it."""
    if not _is_of_the_fair(change):
        _tell_members(change, "application-cancelled")


@reacts_to("placement.released", channel="next")
def offer_booth_on(change: Change) -> None:
    """A booth that became free goes to the first on the waitlist whom it fits."""
    booth = Booth.objects.select_related("hall", "fair").filter(pk=change.facts["booth"]).first()
    if booth is not None:
        waiting.offer_next(booth, caused_by=change)


def _is_of_the_fair(change: Change) -> bool:
    return change.caused_by is not None and change.caused_by.kind in _OF_THE_FAIR


def _tell_members(
    change: Change,
    kind: str,
    application: Application | None = None,
    *,
    reason: str | None = None,
    more: Mapping[str, str] | None = None,
) -> None:
    application = application or wording.applications().get(pk=change.about_id)
    outbox.enqueue(
        kind,
        cause=change,
        to=map(Recipient.of, members_of([application.company_id])),
        context={
            **wording.of_application(application),
            "reason": change.reason if reason is None else reason,
            **(more or {}),
        },
        about_id=application.pk,
    )


def _tell_desk(change: Change, kind: str) -> None:
    application = wording.applications().get(pk=change.about_id)
    outbox.enqueue(
        kind,
        cause=change,
        to=map(Recipient.of, coordinators_of(change.organizer_id)),
        context={**wording.of_application(application), "reason": change.reason},
        about_id=application.pk,
    )


def _terms(application: Application, facts: Mapping[str, object]) -> wording.Words:
    """What was offered then: it may have been answered, moved or lost before this mail is written."""
    booths: list[UUID] = list(facts["booths"])  # type: ignore[call-overload]  # facts are JSON
    ends = datetime.fromisoformat(str(facts["answer_by"]))
    fee = facts["fee"]
    return {
        **wording.numbers(Booth.objects.filter(pk__in=booths)),
        **wording.fee(fee if isinstance(fee, int) else None, application.call.currency),
        **wording.moment("ends", ends, application.call.fair.zone),
    }
