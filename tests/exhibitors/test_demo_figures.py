"""Scores and fees by our rules are those that the demo world's files say: hundreds of cases that others worked out."""

import json
from collections import defaultdict
from decimal import Decimal
from uuid import uuid4

from exhibitors import fees, reviewing
from exhibitors.models import Application, Company
from fairs import floorplan
from fairs.models import Booth, Call, Criterion, Town
from tests.imports import DEMO, PLACES, rows_of


def test_weighted_and_total_scores_are_those_of_the_files():
    calls = {row["fair_id"]: row for row in rows_of(DEMO / "calls.csv")}
    applications = {row["application_id"]: row for row in rows_of(DEMO / "applications.csv")}
    totals, compared = defaultdict(Decimal), 0
    for row in rows_of(DEMO / "reviews.csv"):
        if row["state"] != "submitted":
            continue
        call = calls[applications[row["application_id"]]["fair_id"]]
        criteria = [
            Criterion(key=one["key"], weight=one["weight"])
            for one in json.loads(call["criteria"])
            if one["discipline"] == row["discipline"]
        ]
        score = reviewing.weighted(criteria, json.loads(row["scores"]), int(call["score_max"]))
        assert score == Decimal(row["weighted_score"]), row["review_id"]
        totals[row["application_id"]] += score
    for application in applications.values():
        if application["total_score"]:
            assert totals[application["application_id"]] == Decimal(application["total_score"])
            compared += 1
    assert compared > 250


def booths_of_all_fairs():
    """Every booth by fair and number, and the ids of the corners."""
    halls = {(row["fair_id"], row["hall_key"]): row for row in rows_of(DEMO / "fair_halls.csv")}
    plans, booths, corners = defaultdict(list), {}, set()
    for row in rows_of(DEMO / "booths.csv"):
        plans[row["fair_id"], row["hall_key"]] += floorplan.grid(
            prefix=row["block"],
            rows=int(row["rows"]),
            columns=int(row["columns"]),
            width=Decimal(row["booth_width_m"]),
            depth=Decimal(row["booth_depth_m"]),
            x=Decimal(row["origin_x_m"]),
            y=Decimal(row["origin_y_m"]),
            first_number=int(row["first_number"]),
            rows_between_aisles=0,
        )
    for (fair, key), plan in plans.items():
        hall = floorplan.Hall(width=Decimal(halls[fair, key]["width_m"]), depth=Decimal(halls[fair, key]["depth_m"]))
        open_sides = floorplan.open_sides_by_booth(plan, hall, fees.AISLE)
        for one in plan:
            booth = Booth(pk=uuid4(), number=one.number, width=one.width, depth=one.depth)
            booths[fair, one.number] = booth
            if len(open_sides[one.number]) >= 2:
                corners.add(booth.pk)
    return booths, corners


def call_of(row):
    """The call's fee rules."""
    rules = json.loads(row["fees"])
    return Call(
        fee_per_booth=rules["per_booth"],
        corner_surcharge=Decimal(str(rules["corner_surcharge"])),
        power_included=int(Decimal(str(rules["power_included_kw"])) * 1000),
        fee_per_extra_kw=rules["power_per_extra_kw"],
        water_fee=rules["water"],
        first_time_discount=Decimal(str(rules["first_time_discount"])),
        outlying_island_discount=Decimal(str(rules["outlying_island_discount"])),
        deposit=rules["deposit"],
    )


def test_fees_are_those_of_the_files():
    booths, corners = booths_of_all_fairs()
    calls = {row["fair_id"]: call_of(row) for row in rows_of(DEMO / "calls.csv")}
    islands = {row["town_code"] for row in rows_of(PLACES / "townships.csv") if row["outlying_island"] == "1"}
    companies = {row["company_id"]: row for row in rows_of(DEMO / "companies.csv")}
    compared = 0
    for row in rows_of(DEMO / "applications.csv"):
        if not row["fee_twd"]:
            continue
        maker = companies[row["company_id"]]
        town = Town(code=maker["town_code"], is_outlying=maker["town_code"] in islands)
        company = Company(pk=uuid4(), town=town)
        application = Application(
            company=company, power=int(Decimal(row["power_kw"]) * 1000), needs_water=row["water"] == "1"
        )
        newcomers = {company.pk} if maker["first_time"] == "1" else set()
        terms = fees.Terms(calls[row["fair_id"]], corners, newcomers)
        stand = [booths[row["fair_id"], number] for number in row["booth_numbers"].split(";")]

        assert terms.fee(application, stand).total == int(row["fee_twd"]), row["application_id"]
        compared += 1
    assert compared > 200
