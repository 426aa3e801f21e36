"""The large fair, made by rule."""

import json
from collections import Counter

import pytest
from django.utils import timezone

from exhibitors.applying import find_gaps
from exhibitors.models import Application, Company
from exhibitors.ubn import is_valid
from fairs.models import Booth, Fair
from fairs.plancheck import FaultCode
from fairs.planning import check
from operations.demo import loading
from operations.demo.large import rows_by_rule
from operations.demo.world import rows

MADE = rows_by_rule()


def test_the_rule_gives_the_sizes_that_it_is_known_for():
    booths = sum(int(row["rows"]) * int(row["columns"]) for row in MADE["booths"])
    applications = MADE["applications"]

    assert (booths, len(applications), len(MADE["companies"])) == (400, 600, 480)
    assert sum(int(row["booths_wanted"]) for row in applications) == 735
    assert Counter(row["power_kw"] for row in applications) == {"0.5": 200, "1.1": 200, "2.2": 200}
    assert (
        applications[17]["booths_wanted"],
        applications[19]["booths_wanted"],
        applications[39]["booths_wanted"],
    ) == (
        "2",
        "3",
        "4",
    )
    assert (applications[5]["total_score"], applications[5]["fee_limit_twd"]) == ("58.5", "18000")


def test_companies_by_rule_are_told_apart_from_each_other_and_from_those_of_the_files():
    companies = [*rows("companies"), *MADE["companies"]]

    for column in ("company_id", "slug", "email"):
        assert len({row[column] for row in companies}) == 600
    ubns = [row["ubn"] for row in companies if row["ubn"]]
    assert len(set(ubns)) == len(ubns) == 596
    assert all(map(is_valid, ubns))


def test_the_rule_gives_the_same_rows_each_time():
    assert json.dumps(rows_by_rule()) == json.dumps(MADE)


@pytest.mark.django_db
def test_the_large_fair_is_loaded_like_any_other(monkeypatch):
    monkeypatch.setitem(loading.FAIRS, "huge", frozenset({"L01"}))

    loaded = loading.load("huge", anchor=None, now=timezone.now(), say=lambda step: None)

    fair = Fair.objects.get()
    applications = Application.objects.select_related("call").prefetch_related("call__questions")
    assert (loaded.applications, Company.objects.count(), Booth.objects.count()) == (600, 600, 400)
    assert {fault.code for fault in check(fair)} == {FaultCode.CIRCUIT_OVERLOADED}  # what its allocation must heed
    assert fair.call.max_booths == 4
    assert [find_gaps(application) for application in applications[:40]] == [[]] * 40
    wishes = {wish for application in applications for wish in application.booth_wishes}
    assert wishes <= set(Booth.objects.values_list("number", flat=True))
