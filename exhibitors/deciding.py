"""Deciding on applications: in private first, then for a whole call at once; and what is sent back or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import journal
from accounts.models import User
from core import database
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from core.text import listed
from exhibitors import placing
from exhibitors.applying import FIELDS
from exhibitors.models import MOVES, Application
from fairs.models import Call

State = Application.State
Decision = Application.Decision
OUTCOMES = {
    Decision.ACCEPT: State.ACCEPTED,
    Decision.WAITLIST: State.WAITLISTED,
    Decision.REJECT: State.REJECTED,
}
_NAMED = 5  # applications that a sentence names before it says how many more


class NotSubmitted(DomainError):
    """Only what is handed in, and not yet decided, is decided."""

    code = "not-submitted"


class NotReturned(DomainError):
    """The application is not out for correction."""

    code = "not-returned"


class Undecided(DomainError):
    """Applications stand in the way of a release. `applications`: their numbers and companies."""

    code = "undecided"

    def __init__(self, applications: Sequence[Application]) -> None:
        names = [f"{application.label} {application.company}" for application in applications]
        said = listed(names[:_NAMED])
        if (more := len(names) - _NAMED) > 0:
            said = _("%(listed)s and %(more)d more") % {"listed": said, "more": more}
        super().__init__(
            ngettext(
                "%(count)d application is undecided or out for correction: %(names)s.",
                "%(count)d applications are undecided or out for correction: %(names)s.",
                len(names),
            )
            % {"count": len(names), "names": said},
            applications=names,
        )


class NothingToRelease(DomainError):
    """No decision is staged."""

    code = "nothing-to-release"


@dataclass(frozen=True, slots=True)
class Released:
    """How many applications a release made what."""

    accepted: int
    waitlisted: int
    rejected: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.accepted + self.waitlisted + self.rejected


@transaction.atomic
def stage(application: Application, decision: str, *, by: User, reason: str = "") -> None:
    """Note in private what is to become of a submitted application; nobody outside learns of it.

    Raises NotSubmitted, Unfit for a decision that is none.
    """
    lock(application)
    _require_submitted(application)
    if decision not in Decision.values:
        raise Unfit([Gap("decision", _("Choose accept, waitlist or reject."))])
    _stage(application, decision, reason=reason, by=by)


@transaction.atomic
def unstage(application: Application, *, by: User) -> None:
    """Take a staged decision away again. Raises NotSubmitted."""
    lock(application)
    _require_submitted(application)
    if application.staged_decision:
        _stage(application, "", reason="", by=by)


@transaction.atomic
def return_for_correction(
    application: Application, fields: Sequence[str], *, return_by: datetime, reason: str, by: User
) -> None:
    """Send a submitted application back: the company may change these fields and answers until `return_by`.

    `fields`: of applying.FIELDS, or keys of the call's questions. A staged decision falls.
    Raises InvalidTransition, Unfit with everything that is wrong.
    """
    lock(application)
    MOVES.check(str(application._meta.verbose_name), application.state, State.RETURNED)
    gaps = _unknown_fields(application, fields) + _past(return_by)
    if not reason.strip():
        gaps.append(Gap("reason", _("Please say what is to be corrected.")))
    if gaps:
        raise Unfit(gaps)
    application.returned_fields, application.return_by = list(dict.fromkeys(fields)), return_by
    application.staged_decision, application.decision_reason = "", ""
    journal.move(
        application,
        State.RETURNED,
        moves=MOVES,
        by=by,
        reason=reason,
        also=["returned_fields", "return_by", "staged_decision", "decision_reason"],
        facts={"fields": application.returned_fields, "return_by": return_by.isoformat()},
    )


@transaction.atomic
def extend(application: Application, *, return_by: datetime, by: User) -> None:
    """Give a returned application more (or less) time. Raises NotReturned, Unfit for a day that is over."""
    lock(application)
    _require_returned(application)
    if gaps := _past(return_by):
        raise Unfit(gaps)
    application.return_by = return_by
    application.version += 1
    application.save(update_fields=["return_by", "version"])
    journal.record(
        "application.returned",
        application,
        by=by,
        before=State.RETURNED,
        after=State.RETURNED,
        facts={"fields": application.returned_fields, "return_by": return_by.isoformat()},
    )


@transaction.atomic
def take_back(application: Application, *, by: User) -> None:
    """Count a returned application as handed in as it is. Raises NotReturned."""
    lock(application)
    _require_returned(application)
    application.returned_fields, application.return_by = [], None
    journal.move(application, State.SUBMITTED, moves=MOVES, by=by, also=["returned_fields", "return_by"])


@transaction.atomic
def release(call: Call, *, by: User) -> Released:
    """Tell all staged decisions of a call at once.

    Raises Undecided naming every application that is undecided or out for correction, NothingToRelease.
    """
    lock(call)
    pending = list(
        Application.objects.filter(call=call, state__in=[State.SUBMITTED, State.RETURNED])
        .select_related("company")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    if undecided := [application for application in pending if not application.staged_decision]:
        raise Undecided(sorted(undecided, key=lambda application: application.number))
    for application in pending:
        application.call = call
    if not pending:
        raise NothingToRelease(_("There is no decision to release."))
    counts = {}
    for decision, state in OUTCOMES.items():
        decided = [application for application in pending if application.staged_decision == decision]
        journal.move_many(decided, state, moves=MOVES, by=by, values={"staged_decision": ""})
        counts[str(state)] = len(decided)
    call.decisions_released_at = database.now()
    call.version += 1
    call.save(update_fields=["decisions_released_at", "version"])
    journal.record("call.decisions_released", call, by=by, facts=counts)
    return Released(**counts)


@transaction.atomic
def cancel(application: Application, *, reason: str, by: User) -> None:
    """End a standing application for the organizer, and let go of its booths. Raises InvalidTransition, Unfit."""
    lock(application)
    MOVES.check(str(application._meta.verbose_name), application.state, State.CANCELLED)
    if not reason.strip():
        raise Unfit([Gap("reason", _("Please say why; the company reads it."))])
    application.staged_decision, application.decision_reason = "", ""
    change = journal.move(
        application, State.CANCELLED, moves=MOVES, by=by, reason=reason, also=["staged_decision", "decision_reason"]
    )
    placing.release_held(application, by=by, caused_by=change)


def _stage(application: Application, decision: str, *, reason: str, by: User) -> None:
    application.staged_decision, application.decision_reason = decision, reason
    # The version stays: a company that reads its own application must not see by the ETag that somebody decided.
    application.save(update_fields=["staged_decision", "decision_reason"])
    journal.record("application.staged", application, by=by, reason=reason, facts={"decision": decision})


def _require_submitted(application: Application) -> None:
    if application.state != State.SUBMITTED:
        raise NotSubmitted(
            _("%(label)s is “%(state)s”; only what is handed in can be decided.")
            % {"label": application.label, "state": application.get_state_display()},
            state=application.state,
        )


def _require_returned(application: Application) -> None:
    if application.state != State.RETURNED:
        raise NotReturned(
            _("%(label)s is “%(state)s” and not out for correction.")
            % {"label": application.label, "state": application.get_state_display()},
            state=application.state,
        )


def _unknown_fields(application: Application, fields: Sequence[str]) -> list[Gap]:
    if not fields:
        return [Gap("fields", _("Choose what is to be corrected."))]
    known = {*FIELDS, *application.call.questions.values_list("key", flat=True)}
    if unknown := [field for field in fields if field not in known]:
        return [Gap("fields", _("The application has no %s.") % listed(unknown))]
    return []


def _past(instant: datetime) -> list[Gap]:
    if instant <= database.now():
        return [Gap("return_by", _("The day to correct by must lie ahead."))]
    return []
