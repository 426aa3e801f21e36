"""Each file that users send, against the demo world in the database, by the command that an operator runs."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Change
from exhibitors.models import Application, Company
from fairs.models import Town, Venue
from operations.demo.world import rows
from tests.imports import EXPECTED, FILES

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(world) -> dict[str, str]:
    """The ids of the files' companies, by those that the database made."""
    by_slug = dict(Company.objects.values_list("slug", "pk"))
    return {str(by_slug[row["slug"]]): row["company_id"] for row in rows("companies")}


def run(expected, tmp_path, *options: str) -> tuple[dict[str, object], str]:
    """The outcome that the command writes, and the error with which it ends."""
    report = tmp_path / "outcome.json"
    error = ""
    try:
        file = str(FILES / expected["file"])
        said = ("--by", "coordinator@example.org", "--report", str(report), *options)
        call_command(expected["importer"], file, *said, stdout=StringIO(), stderr=StringIO())
    except CommandError as refused:
        error = str(refused)
    return json.loads(report.read_text(encoding="utf-8")), error


def everything() -> list[int]:
    """How many rows there are of what imports write."""
    return [model.objects.count() for model in (Town, Venue, Company, Application, Change)]


@pytest.mark.parametrize("expected", EXPECTED["files"], ids=lambda expected: expected["file"])
def test_a_file_gives_exactly_the_outcome_written_down_for_it(ids, expected, tmp_path):
    before = everything()

    outcome, error = run(expected, tmp_path)

    for row in outcome["accepted"]:
        if "company_id" in row["values"]:
            row["values"]["company_id"] = ids[row["values"]["company_id"]]
    assert outcome == expected
    is_whole = expected["error"] is None and not expected["rejected"]
    assert (error == "", before == everything()) == (is_whole, not is_whole)


@pytest.mark.parametrize(
    ("file", "model"), [("applications.csv", Application), ("companies_excel.xlsx", Company), ("venues.csv", Venue)]
)
def test_the_good_rows_of_a_file_are_kept_once(world, file, model, tmp_path):
    expected = next(one for one in EXPECTED["files"] if one["file"] == file)
    before = model.objects.count()

    first, error = run(expected, tmp_path, "--keep-good")
    second, _ = run(expected, tmp_path, "--keep-good")

    assert error == ""
    assert model.objects.count() == before + len(expected["accepted"]) == before + first["counts"]["accepted"]
    assert second["counts"]["accepted"] == 0


def test_an_application_of_a_file_is_handed_in_like_any_other(world, tmp_path):
    expected = next(one for one in EXPECTED["files"] if one["file"] == "applications.csv")

    run(expected, tmp_path, "--keep-good")

    application = Application.objects.get(call__fair__slug="otop-buyers-week", company__ubn="00656713")
    changes = Change.objects.about(application).values_list("kind", "before", "after", "by__email", "handled")
    assert list(changes) == [
        ("application.started", "", "draft", "coordinator@example.org", False),
        ("application.submitted", "draft", "submitted", "coordinator@example.org", False),
    ]
    owner = application.company.members.get(role="owner").user
    assert (application.state, application.booths_wanted, application.power) == ("submitted", 2, 2200)
    assert (application.needs_water, application.needs_flame, application.fee_limit) == (True, False, 36000)
    assert (application.contact_name, application.contact_email) == (owner.name_zh, owner.email)
    assert application.answers["languages"] == ["zh", "nan"]
    assert "activity" in application.answers


def test_a_county_may_import_only_to_its_own_fairs(world):
    out = StringIO(newline="")

    call_command(
        "import_applications",
        str(FILES / "applications.csv"),
        *("--by", "county@example.org", "--keep-good"),
        stdout=out,
        stderr=StringIO(),
    )

    codes = [line.split(",")[4] for line in out.getvalue().splitlines()[1:] if ",fair,展售會," in line]
    assert codes.count("unknown_fair") == 19
    assert "call_not_open" in codes


def test_in_nobodys_name_drafts_are_unknown_and_open_calls_are_not(world):
    out, beside = StringIO(newline=""), StringIO()

    call_command("import_applications", str(FILES / "applications.csv"), "--dry-run", stdout=out, stderr=beside)

    reasons = {line.split(",")[0]: line.split(",")[4] for line in out.getvalue().splitlines()[1:]}
    assert (reasons["9"], reasons["10"], "2" in reasons) == ("unknown_fair", "fair_cancelled", False)
