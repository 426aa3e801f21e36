"""Fairs with their calls, halls, zones and booths."""

import json
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import NotRequired, TypedDict
from uuid import UUID

from fairs.models import Booth, Call, Circuit, Criterion, Fair, Hall, Question, Venue, Zone
from operations.demo.world import Row, World, add, join, listed, watts

DECIDED = time(10)  # of the day on which decisions are released, local


class QuestionCell(TypedDict):
    """A question as the cells of calls hold it."""

    key: str
    kind: str
    required: bool
    label_zh: str
    label_en: str
    max_length: NotRequired[int]
    min: NotRequired[int]
    max: NotRequired[int]
    choices: NotRequired[list[dict[str, str]]]


class CriterionCell(TypedDict):
    """A criterion as the cells of calls hold it."""

    key: str
    discipline: str
    weight: int
    label_zh: str
    label_en: str


def load_fairs(world: World, wanted: frozenset[str] | None) -> None:
    """The fairs of these ids, or all; those that are here already are left alone with all that belongs to them."""
    world.fair_rows = {row["fair_id"]: row for row in world.rows("fairs")}
    here = set(
        Fair.objects.filter(slug__in=[row["slug"] for row in world.fair_rows.values()]).values_list("slug", flat=True)
    )
    new = [
        row
        for fair_id, row in world.fair_rows.items()
        if row["slug"] not in here and (wanted is None or fair_id in wanted)
    ]
    venues = dict(Venue.objects.values_list("code", "pk"))
    fairs = add([_fair(world, row, venues) for row in new])
    world.fairs = {row["fair_id"]: fair for row, fair in zip(new, fairs, strict=True)}
    join(
        Fair.categories.through,
        "fair",
        "category",
        [(fair.pk, code) for row, fair in zip(new, fairs, strict=True) for code in _categories(row)],
    )
    for row in new:
        _tell_of_fair(world, row)
    world.later.append(lambda: cancel_fairs(world))


def cancel_fairs(world: World) -> set[str]:
    """Take the fairs that were cancelled from announced to cancelled, once calendars know them; gives which."""
    cancelled = {fair_id for fair_id in world.fairs if world.fair_rows[fair_id]["state"] == Fair.State.CANCELLED}
    for fair_id in cancelled:
        world.fairs[fair_id].state = Fair.State.CANCELLED
        world.fairs[fair_id].save(update_fields=["state"])
    return cancelled


def load_calls(world: World) -> None:
    """The calls with their questions and criteria."""
    world.calls = {row["fair_id"]: row for row in world.of_new_fairs("calls")}
    decided = {
        row["fair_id"]
        for row in world.of_new_fairs("applications")
        if row["state"] not in ("draft", "submitted", "returned", "withdrawn", "cancelled")
    }
    counts = dict.fromkeys(world.fairs, 0)
    for row in world.of_new_fairs("applications"):
        counts[row["fair_id"]] += 1
    calls = add(
        [
            _call(world, row, was_decided=row["fair_id"] in decided, applications=counts[row["fair_id"]])
            for row in world.calls.values()
        ]
    )
    of = {call.fair_id: call for call in calls}
    questions, criteria = [], []
    for fair_id, call_row in world.calls.items():
        call = of[world.fairs[fair_id].pk]
        questions += [_question(call, place, asked) for place, asked in enumerate(json.loads(call_row["questions"]))]
        criteria += [_criterion(call, place, one) for place, one in enumerate(json.loads(call_row["criteria"]))]
        _tell_of_call(world, fair_id, call)
    add(questions)
    add(criteria)


def load_halls(world: World) -> None:
    """Halls, zones, circuits and booths."""
    hall_rows, zone_rows, blocks = (world.of_new_fairs(name) for name in ("fair_halls", "zones", "booths"))
    halls = {
        (row["fair_id"], row["hall_key"]): hall
        for row, hall in zip(hall_rows, add([_hall(world, row) for row in hall_rows]), strict=True)
    }
    zones = {
        (row["fair_id"], row["zone"]): zone
        for row, zone in zip(zone_rows, add([_zone(world, row) for row in zone_rows]), strict=True)
    }
    join(
        Zone.categories.through,
        "zone",
        "category",
        [(zones[row["fair_id"], row["zone"]].pk, code) for row in zone_rows for code in _categories(row)],
    )
    circuits = add([_circuit(halls[row["fair_id"], row["hall_key"]], row) for row in blocks])
    booths = [
        booth
        for row, circuit in zip(blocks, circuits, strict=True)
        for booth in _booths(
            world, row, halls[row["fair_id"], row["hall_key"]], zones[row["fair_id"], row["zone"]], circuit
        )
    ]
    add(booths)
    ids = {fair.pk: fair_id for fair_id, fair in world.fairs.items()}
    world.booths = {(ids[booth.fair_id], booth.number): booth for booth in booths}


def _categories(row: Row) -> list[str]:
    return [] if row["categories"] == "*" else listed(row["categories"])


def _fair(world: World, row: Row, venues: Mapping[str, UUID]) -> Fair:
    return Fair(
        organizer=world.organizers[row["organizer_id"]],
        slug=row["slug"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        description_zh=row["description_zh"],
        description_en=row["description_en"],
        venue_id=venues[row["venue_id"]],
        starts_on=world.days.on(row["start_day"]),
        ends_on=world.days.on(row["end_day"]),
        opens=time.fromisoformat(row["opens"]),
        closes=time.fromisoformat(row["closes"]),
        state=Fair.State.ANNOUNCED if row["state"] == Fair.State.CANCELLED else row["state"],
        theme=row["theme"],
        series=row["series"],
    )


def _tell_of_fair(world: World, row: Row) -> None:
    fair, by, days = world.fairs[row["fair_id"]], world.coordinator(row["fair_id"]), world.days
    S = Fair.State  # noqa: N806  # as the states are written elsewhere
    if not row["announced_day"]:
        world.tell("fair.created", fair, at=days.past("-10", "09:30"), by=by)
        return
    world.tell("fair.created", fair, at=days.past(str(int(row["announced_day"]) - 20), "09:30"), by=by)
    world.tell(
        "fair.announced", fair, at=days.past(row["announced_day"], "10:00"), by=by, before=S.DRAFT, after=S.ANNOUNCED
    )
    if row["state"] == S.CANCELLED:
        at = days.past(row["cancelled_day"], "11:00")
        world.tell("fair.cancelled", fair, at=at, by=by, before=S.ANNOUNCED, after=S.CANCELLED)
    elif row["state"] == S.CLOSED:
        at = days.past(str(int(row["end_day"]) + 14), "15:00")
        world.tell("fair.closed", fair, at=at, by=by, before=S.ANNOUNCED, after=S.CLOSED)


def _call(world: World, row: Row, *, was_decided: bool, applications: int) -> Call:
    days, quotas, fees = world.days, json.loads(row["quotas"]), json.loads(row["fees"])
    return Call(
        fair=world.fairs[row["fair_id"]],
        opens_at=days.at(row["opens_day"], row["opens_time"]),
        closes_at=days.at(row["closes_day"], row["closes_time"]),
        decides_on=days.on(row["decision_day"]),
        offers_on=days.on(row["offer_day"]),
        offers_end_at=days.at(row["offer_expires_day"], row["closes_time"]),
        decisions_released_at=days.past(row["decision_day"], DECIDED) if was_decided else None,
        is_blind=row["blind"] == "1",
        max_booths=int(row["max_booths"]),
        max_products=int(row["max_products"]),
        reviews_per_discipline=int(row["reviews_per_discipline"]),
        score_min=int(row["score_min"]),
        score_max=int(row["score_max"]),
        first_time_min_share=_share(quotas["first_time_min_share"]),
        outlying_island_min=quotas["outlying_island_min"],
        indigenous_min=quotas["indigenous_min"],
        county_max_share=_share(quotas["county_max_share"]),
        currency=fees["currency"],
        fee_per_booth=fees["per_booth"],
        corner_surcharge=_share(fees["corner_surcharge"]),
        power_included=watts(fees["power_included_kw"]),
        fee_per_extra_kw=fees["power_per_extra_kw"],
        water_fee=fees["water"],
        first_time_discount=_share(fees["first_time_discount"]),
        outlying_island_discount=_share(fees["outlying_island_discount"]),
        deposit=fees["deposit"],
        next_number=applications + 1,
    )


def _tell_of_call(world: World, fair_id: str, call: Call) -> None:
    row, by = world.fair_rows[fair_id], world.coordinator(fair_id)
    announced = row["announced_day"] or "-9"
    world.tell("call.opened", call, at=world.days.past(announced, "09:45"), by=by)
    if call.decisions_released_at is not None:
        world.tell("call.decisions_released", call, at=call.decisions_released_at, by=by)


def _question(call: Call, place: int, asked: QuestionCell) -> Question:
    return Question(
        call=call,
        key=asked["key"],
        place=place,
        kind=asked["kind"],
        is_required=asked["required"],
        label_zh=asked["label_zh"],
        label_en=asked["label_en"],
        max_length=asked.get("max_length"),
        minimum=asked.get("min"),
        maximum=asked.get("max"),
        choices=asked.get("choices", []),
    )


def _criterion(call: Call, place: int, one: CriterionCell) -> Criterion:
    return Criterion(
        call=call,
        key=one["key"],
        place=place,
        discipline=one["discipline"],
        weight=one["weight"],
        label_zh=one["label_zh"],
        label_en=one["label_en"],
    )


def _hall(world: World, row: Row) -> Hall:
    return Hall(
        fair=world.fairs[row["fair_id"]],
        key=row["hall_key"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        width=Decimal(row["width_m"]),
        depth=Decimal(row["depth_m"]),
        min_aisle=Decimal(row["min_aisle_m"]),
        entrance_x=Decimal(row["entrance_x_m"]),
        entrance_y=Decimal(row["entrance_y_m"]),
        power_supply=watts(row["power_supply_kw"]),
    )


def _zone(world: World, row: Row) -> Zone:
    return Zone(fair=world.fairs[row["fair_id"]], letter=row["zone"], name_zh=row["name_zh"], name_en=row["name_en"])


def _circuit(hall: Hall, row: Row) -> Circuit:
    return Circuit(hall=hall, name=row["circuit"], supply=watts(row["circuit_kw"]))


def _booths(world: World, row: Row, hall: Hall, zone: Zone, circuit: Circuit) -> list[Booth]:
    """The booths of a block, row by row, without gaps."""
    width, depth = Decimal(row["booth_width_m"]), Decimal(row["booth_depth_m"])
    columns, first = int(row["columns"]), int(row["first_number"])
    return [
        Booth(
            fair=world.fairs[row["fair_id"]],
            hall=hall,
            zone=zone,
            circuit=circuit,
            number=f"{row['block']}{first + n:02d}",
            x=Decimal(row["origin_x_m"]) + n % columns * width,
            y=Decimal(row["origin_y_m"]) + n // columns * depth,
            width=width,
            depth=depth,
            power=watts(row["power_kw"]),
            has_water=row["water"] == "1",
            allows_flame=row["flame_allowed"] == "1",
        )
        for n in range(int(row["rows"]) * columns)
    ]


def _share(value: float) -> Decimal:
    return Decimal(str(value))
