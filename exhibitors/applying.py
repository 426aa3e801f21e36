"""Applying for booths: what a company does with its application until it is decided, and how it withdraws."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import journal
from accounts.models import User
from core import database
from core.database import constraint_of
from core.dates import full_moment
from core.errors import DomainError, Gap, Unfit
from core.locking import lock
from core.text import listed
from exhibitors import answers as answering_questions
from exhibitors import placing
from exhibitors.models import MOVES, Application, Company, Product
from fairs.models import Booth, Call, Fair

State = Application.State
# What a company fills in, beside the answers to the call's questions.
FIELDS = (
    "booths_wanted",
    "wants_corner",
    "wants_home_county",
    "booth_wishes",
    "power",
    "needs_water",
    "needs_flame",
    "fee_limit",
    "product_class",
    "products",
    "contact_name",
    "contact_phone",
    "contact_email",
)


class CallClosed(DomainError):
    """The call is over: `closed_at`."""

    code = "call-closed"


class CallNotOpen(DomainError):
    """The call has not begun, or the fair is not announced or cancelled."""

    code = "call-not-open"


class AlreadyApplied(DomainError):
    """The company has an application to this call. `application`: its id."""

    code = "already-applied"


class NotEditable(DomainError):
    """The application was handed in, and nothing of it was returned for correction."""

    code = "not-editable"


class CorrectionOver(DomainError):
    """The day to correct by has passed; only the coordinator can give more time."""

    code = "correction-over"


class Incomplete(Unfit):
    """What is missing or wrong, all at once."""

    code = "incomplete"


@transaction.atomic
def start(call: Call, company: Company, *, by: User | None) -> Application:
    """A draft of this company to this call, with the next number and the company's contact filled in.

    `by` None: a list is imported in nobody's name, and says itself whom we may ask.

    Raises CallNotOpen, CallClosed, AlreadyApplied.
    """
    lock(call)  # numbers are counted under it
    _require_open(call)
    application = Application(
        call=call,
        company=company,
        number=call.next_number,
        product_class=company.product_class,
        contact_name=(by.name_zh or by.name_en) if by else "",
        contact_phone=(by.phone if by else "") or company.phone,
        contact_email=company.email,
    )
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != "company_applies_once_to_a_call":
            raise
        there = Application.objects.get(call=call, company=company)
        raise AlreadyApplied(
            _("Your company has an application to this fair already: %s.") % there.label, application=str(there.pk)
        ) from error
    call.next_number += 1
    call.save(update_fields=["next_number"])
    journal.record("application.started", application, by=by, after=State.DRAFT)
    return application


@transaction.atomic
def save(
    application: Application,
    *,
    values: Mapping[str, object] | None = None,
    answers: Mapping[str, object] | None = None,
    by: User | None,
) -> None:
    """Keep what was typed, complete or not. `values`: some of FIELDS; `answers`: by key, blank ones are taken away.

    A draft takes anything that could be right; one that was returned, only what is to be corrected. What is typed into
    a draft is the company's own affair and not recorded.
    Raises NotEditable, CorrectionOver, Unfit with everything that is wrong.
    """
    lock(application)
    _require_editable(application)
    changed, gaps = _read_values(application, values or {})
    kept, wrong = answering_questions.read_all(application.call.questions.all(), answers or {})
    gaps += wrong
    fields = {name for name, value in changed.items() if value != _current(application, name)}
    keys = {key for key, answer in kept.items() if answer != application.answers.get(key)}
    if application.state == State.RETURNED:
        gaps += _beyond_correction(application, fields | {f"answers.{key}" for key in keys})
    if gaps:
        raise Unfit(gaps)
    if not fields and not keys:
        return
    _write(application, {name: changed[name] for name in fields}, {key: kept[key] for key in keys})
    if application.state == State.RETURNED:
        journal.record("application.edited", application, by=by, facts={"fields": sorted(fields | keys)})


@transaction.atomic
def submit(application: Application, *, by: User | None) -> None:
    """Hand in a draft while the call is open, or a corrected application before its deadline.

    Raises CallNotOpen, CallClosed, CorrectionOver, Incomplete with every gap, InvalidTransition.
    """
    lock(application)
    MOVES.check(str(application._meta.verbose_name), application.state, State.SUBMITTED)
    if application.state == State.RETURNED:
        _require_time(application)
    else:
        _require_open(application.call)
    if gaps := find_gaps(application):
        raise Incomplete(gaps, ngettext("%d thing is missing.", "%d things are missing.", len(gaps)) % len(gaps))
    also = ["returned_fields", "return_by"]
    if application.state == State.DRAFT:
        application.submitted_at = database.now()
        also.append("submitted_at")
    application.returned_fields, application.return_by = [], None
    journal.move(application, State.SUBMITTED, moves=MOVES, by=by, also=also)


@transaction.atomic
def withdraw(application: Application, *, by: User, reason: str = "") -> None:
    """Take the application back, and let go of its booths. Raises InvalidTransition from what has ended."""
    lock(application)
    application.staged_decision, application.decision_reason = "", ""
    change = journal.move(
        application, State.WITHDRAWN, moves=MOVES, by=by, reason=reason, also=["staged_decision", "decision_reason"]
    )
    placing.release_held(application, by=by, caused_by=change)


@transaction.atomic
def reopen(application: Application, *, by: User) -> None:
    """Make a draft of a withdrawn application again. Raises CallClosed, CallNotOpen, InvalidTransition."""
    lock(application)
    MOVES.check(str(application._meta.verbose_name), application.state, State.DRAFT)
    _require_open(application.call)
    journal.move(application, State.DRAFT, moves=MOVES, by=by)


def find_gaps(application: Application) -> list[Gap]:
    """Everything that must be mended before it can be handed in; empty if it is complete.

    `field` is a field's name, or `answers.` and the key of a question.
    """
    gaps = []
    most = application.call.max_booths
    if not 1 <= application.booths_wanted <= most:
        gaps.append(
            Gap(
                "booths_wanted",
                ngettext("You can apply for %d booth.", "You can apply for 1 to %d booths.", most) % most,
            )
        )
    if not application.contact_name:
        gaps.append(Gap("contact_name", _("Please say whom we may ask.")))
    if not application.contact_email and not application.contact_phone:
        gaps.append(Gap("contact_email", _("Please give an e-mail address or a telephone number.")))
    return gaps + answering_questions.find_gaps(application.call.questions.all(), application.answers)


def _require_open(call: Call) -> None:
    now = database.now()
    if call.is_open(now):
        return
    zone = call.fair.zone
    if call.fair.state == Fair.State.CANCELLED:
        raise CallNotOpen(_("This fair is cancelled."))
    if now >= call.closes_at:
        closed_at = full_moment(call.closes_at, zone)
        raise CallClosed(_("The call was open until %s.") % closed_at, closed_at=call.closes_at.isoformat())
    if now < call.opens_at:
        raise CallNotOpen(_("The call opens on %s.") % full_moment(call.opens_at, zone))
    raise CallNotOpen(_("This fair takes no applications."))


def _require_editable(application: Application) -> None:
    if application.state == State.RETURNED:
        _require_time(application)
    elif application.state != State.DRAFT:
        raise NotEditable(_("%s was handed in and can't be changed now.") % application.label)


def _require_time(application: Application) -> None:
    ends: datetime | None = application.return_by
    if ends is not None and database.now() >= ends:
        raise CorrectionOver(
            _("Corrections were due by %s. Please ask the organizer for more time.")
            % full_moment(ends, application.call.fair.zone)
        )


def _current(application: Application, name: str) -> object:
    return set(application.products.all()) if name == "products" else getattr(application, name)


def _read_values(application: Application, values: Mapping[str, object]) -> tuple[dict[str, object], list[Gap]]:
    """The values as they are kept, and everything that is wrong with them."""
    read: dict[str, object] = {}
    gaps = []
    for name, value in values.items():
        if name not in FIELDS:
            gaps.append(Gap(name, _("This can't be changed here.")))
        elif name == "products":
            read[name], wrong = _read_products(application, value)
            gaps += wrong
        else:
            try:
                field = application._meta.get_field(name)
                assert isinstance(field, models.Field)
                read[name] = field.clean(value, application)
            except ValidationError as error:
                gaps += [Gap(name, message) for message in error.messages]
    gaps += _unknown_wishes(application, read.get("booth_wishes"))
    return read, gaps


def _read_products(application: Application, value: object) -> tuple[set[Product], list[Gap]]:
    products = set(value) if isinstance(value, Collection) else set()
    if any(product.company_id != application.company_id or product.is_retired for product in products):
        return products, [Gap("products", _("Choose among your own products that are still made."))]
    most = application.call.max_products
    if len(products) > most:
        return products, [
            Gap("products", ngettext("At most %d product, please.", "At most %d products, please.", most) % most)
        ]
    return products, []


def _unknown_wishes(application: Application, wishes: object) -> list[Gap]:
    if not isinstance(wishes, list) or not wishes:
        return []
    there = set(Booth.objects.filter(fair=application.call.fair_id, number__in=wishes).values_list("number", flat=True))
    unknown = [wish for wish in wishes if wish not in there]
    return [Gap("booth_wishes", _("This fair has no booth %s.") % listed(unknown))] if unknown else []


def _beyond_correction(application: Application, changed: Collection[str]) -> list[Gap]:
    open_again = {*application.returned_fields, *(f"answers.{key}" for key in application.returned_fields)}
    return [Gap(name, _("Only what was returned can be changed.")) for name in sorted(set(changed) - open_again)]


def _write(application: Application, fields: Mapping[str, object], answers: Mapping[str, object]) -> None:
    for name, value in fields.items():
        if name != "products":
            setattr(application, name, value)
    merged = {**application.answers, **answers}
    application.answers = {key: answer for key, answer in merged.items() if answer is not None}
    application.version += 1
    application.save(update_fields=[*(name for name in fields if name != "products"), "answers", "version"])
    if "products" in fields:
        products = fields["products"]
        assert isinstance(products, set)
        application.products.set(products)
