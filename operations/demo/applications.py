"""Applications with the booths held for them and their reviews, and the way that each went."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from accounts.models import User
from exhibitors.models import Application, Placement, Review
from fairs.models import Booth, Call
from operations.demo.grounds import DECIDED
from operations.demo.world import Row, World, add, join, listed, watts

S = Application.State
_CODED_REASONS = {
    "no_booth_left": "合適的攤位已分配完畢。",
    "over_fee_limit": "合適的攤位都超過您填寫的費用上限。",
    "rank_below_cut": "評分在錄取名次之後。",
}
_STAGED = {"accepted": "accept", "waitlisted": "waitlist", "rejected": "reject"}
_OFFERED, _CONFIRMED, _CHANGED = time(10, 30), time(11), time(15)  # local times of day of the moves
_BY_THE_COMPANY = frozenset({S.CONFIRMED, S.DECLINED, S.WITHDRAWN})
_ANSWERED_AFTER = 3  # days, where only what came later has a day of its own
_HELD = frozenset({"confirmed", "offered"})  # what the files call a placement that holds its booths


@dataclass(frozen=True, slots=True)
class Step:
    """One move of an application."""

    to: str
    at: datetime
    by: User | None
    reason: str = ""


def load_applications(world: World) -> None:
    """Applications, each with the moves that led to its state, and the booths held for them."""
    application_rows = world.of_new_fairs("applications")
    fairs = [fair.pk for fair in world.fairs.values()]
    calls = {call.fair_id: call for call in Call.objects.filter(fair__in=fairs).select_related("fair")}
    numbers = Counter[str]()
    for row in application_rows:
        numbers[row["fair_id"]] += 1
        call = calls[world.fairs[row["fair_id"]].pk]
        world.applications[row["application_id"]] = _application(world, row, call, number=numbers[row["fair_id"]])
    add(list(world.applications.values()))
    join(
        Application.products.through,
        "application",
        "product",
        [
            (world.applications[row["application_id"]].pk, world.products[product])
            for row in application_rows
            for product in listed(row["products"])
        ],
    )
    held = []
    for row in application_rows:
        application = world.applications[row["application_id"]]
        booths = [world.booths[row["fair_id"], number] for number in listed(row["booth_numbers"])]
        steps = list(_steps(world, row, application))
        _tell(world, row, application, booths, steps)
        if booths:
            held.append((row, application, booths, steps))
    _load_placements(world, held)


def load_reviews(world: World) -> None:
    """What the experts were asked, and what they said."""
    state = Review.State
    review_rows = [row for row in world.rows("reviews") if row["application_id"] in world.applications]
    fair_of = {row["application_id"]: row["fair_id"] for row in world.rows("applications")}
    reviews = add([_review(world, row) for row in review_rows])
    for row, review in zip(review_rows, reviews, strict=True):
        fair_id = fair_of[row["application_id"]]
        asked = world.days.past(str(int(world.calls[fair_id]["closes_day"]) + 1), "09:00")
        world.tell(
            "review.assigned",
            review,
            at=asked,
            by=world.coordinator(fair_id),
            after=state.ASSIGNED,
            facts={"expert": str(review.expert_id)},
        )
        if review.submitted_at is not None:
            at, by = review.submitted_at, world.people[row["expert_id"]]
            world.tell("review.submitted", review, at=at, by=by, before=state.ASSIGNED, after=state.SUBMITTED)


def _application(world: World, row: Row, call: Call, *, number: int) -> Application:
    company, owner = world.companies[row["company_id"]], world.owners[row["company_id"]]
    decided = row["reason"] in _CODED_REASONS
    return Application(
        number=number,
        call=call,
        company=company,
        state=row["state"],
        booths_wanted=int(row["booths_wanted"]),
        wants_corner=row["corner_wish"] == "1",
        wants_home_county=row["near_home_county"] == "1",
        booth_wishes=listed(row["booth_wishes"]),
        power=watts(row["power_kw"]),
        needs_water=row["water"] == "1",
        needs_flame=row["flame"] == "1",
        fee_limit=int(row["fee_limit_twd"]),
        product_class=row["product_class"],
        answers=json.loads(row["answers"]),
        contact_name=owner.name_zh,
        contact_phone=owner.phone,
        contact_email=owner.email,
        total_score=Decimal(row["total_score"]) if row["total_score"] else None,
        staged_decision=_STAGED.get(row["staged_decision"], ""),
        decision_reason=_CODED_REASONS[row["reason"]] if decided else "",
        returned_fields=listed(row["returned_fields"]),
        return_by=world.days.at(row["return_deadline_day"], "17:00") if row["return_deadline_day"] else None,
        submitted_at=_submitted_at(world, row),
        offer_ends_at=call_end(world, row) if row["offer_expires_day"] else None,
        fee=int(row["fee_twd"]) if row["fee_twd"] else None,
        created_at=_started_at(world, row),
    )


def call_end(world: World, row: Row) -> datetime:
    """The instant at which the offer of this row ends: at the hour at which its call closed."""
    return world.days.at(row["offer_expires_day"], world.calls[row["fair_id"]]["closes_time"])


def _submitted_at(world: World, row: Row) -> datetime | None:
    """Some time in the office hours of the day, not the same for all."""
    if not row["submitted_day"]:
        return None
    minutes = int(row["application_id"][1:]) * 37 % 450
    return world.days.past(row["submitted_day"], time(9 + (10 + minutes) // 60, (10 + minutes) % 60))


def _started_at(world: World, row: Row) -> datetime:
    """A day before it was handed in, but not before the call."""
    call = world.calls[row["fair_id"]]
    opens = world.days.past(call["opens_day"], call["opens_time"])
    submitted_at = _submitted_at(world, row)
    return opens if submitted_at is None else max(opens, submitted_at - timedelta(days=1))


def _steps(world: World, row: Row, application: Application) -> Iterator[Step]:
    """The moves that led to the state of a row, as far as its days tell."""
    state, owner, coordinator = row["state"], world.owners[row["company_id"]], world.coordinator(row["fair_id"])
    if application.submitted_at is None:
        return
    yield Step(S.SUBMITTED, application.submitted_at, owner)
    if state == S.SUBMITTED:
        return
    decision_day, changed = world.calls[row["fair_id"]]["decision_day"], int(row["changed_day"])
    if state not in _STAGED:
        if row["offer_day"]:
            yield Step(S.ACCEPTED, world.days.past(decision_day, DECIDED), coordinator)
            yield Step(S.OFFERED, world.days.past(row["offer_day"], _OFFERED), coordinator)
            was_confirmed = changed > int(row["offer_expires_day"]) and state != S.EXPIRED
            if was_confirmed or state in (S.ATTENDED, S.NO_SHOW):
                answered = str(int(row["offer_day"]) + _ANSWERED_AFTER)
                yield Step(S.CONFIRMED, world.days.past(answered, _CONFIRMED), owner)
            if state == S.OFFERED:
                return
        elif changed > int(decision_day):
            yield Step(S.WAITLISTED, world.days.past(decision_day, DECIDED), coordinator)
    clock = DECIDED if state in _STAGED else _CHANGED
    by = None if state == S.EXPIRED else owner if state in _BY_THE_COMPANY else coordinator
    reason = _CODED_REASONS.get(row["reason"], row["reason"])
    yield Step(state, max(application.submitted_at, world.days.past(row["changed_day"], clock)), by, reason)


def _tell(world: World, row: Row, application: Application, booths: Sequence[Booth], steps: Sequence[Step]) -> None:
    """Note how the application went."""
    started = application.created_at
    world.tell("application.started", application, at=started, by=world.owners[row["company_id"]], after=S.DRAFT)
    before: str = S.DRAFT
    for step in steps:
        world.tell(
            f"application.{step.to}",
            application,
            at=step.at,
            by=step.by,
            before=before,
            after=step.to,
            reason=step.reason,
            facts=_facts(application, booths, step),
        )
        before = step.to
    if application.staged_decision:
        world.tell(
            "application.staged",
            application,
            at=world.days.past(row["changed_day"], _CHANGED),
            by=world.coordinator(row["fair_id"]),
            facts={"decision": application.staged_decision},
        )


def _facts(application: Application, booths: Sequence[Booth], step: Step) -> dict[str, object]:
    if step.to == S.OFFERED and application.offer_ends_at is not None:
        return {
            "booths": [str(booth.pk) for booth in booths],
            "fee": application.fee,
            "answer_by": application.offer_ends_at.isoformat(),
        }
    if step.to == S.RETURNED and application.return_by is not None:
        return {"fields": application.returned_fields, "return_by": application.return_by.isoformat()}
    return {}


def _load_placements(world: World, held: Sequence[tuple[Row, Application, Sequence[Booth], Sequence[Step]]]) -> None:
    """The booths that were offered; they are held unless the file has them released."""
    state = Placement.State
    placed = [
        (row, steps, Placement(application=application, booth=booth, **_release(row, steps)))
        for row, application, booths, steps in held
        for booth in booths
    ]
    add([placement for _, _, placement in placed])
    for row, steps, placement in placed:
        by = world.coordinator(row["fair_id"])
        facts = {"booth": str(placement.booth_id), "application": str(placement.application_id)}
        offered = next(step for step in steps if step.to == S.OFFERED)
        world.tell("placement.held", placement, at=offered.at, by=by, after=state.HELD, facts=facts)
        if placement.state == state.RELEASED:
            world.tell(
                "placement.released",
                placement,
                at=steps[-1].at,
                by=steps[-1].by,
                before=state.HELD,
                after=state.RELEASED,
                facts=facts,
            )


def _release(row: Row, steps: Sequence[Step]) -> dict[str, object]:
    if row["placement_state"] in _HELD:
        return {}
    return {"state": Placement.State.RELEASED, "released_at": steps[-1].at}


def _review(world: World, row: Row) -> Review:
    return Review(
        application=world.applications[row["application_id"]],
        expert=world.people[row["expert_id"]],
        discipline=row["discipline"],
        state=row["state"],
        scores=json.loads(row["scores"]) if row["scores"] else {},
        weighted_score=Decimal(row["weighted_score"]) if row["weighted_score"] else None,
        recommendation=row["recommendation"],
        advice_zh=row["advice_zh"],
        advice_en=row["advice_en"],
        submitted_at=world.days.past(row["submitted_day"], "16:00") if row["submitted_day"] else None,
    )
