"""Outcomes of imports for programs and for people."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from core.importing import Accepted, Fault, Outcome, Rejected
from core.outcomes import as_data, say, write_report
from core.reasons import CELL_REASONS, FILE_REASONS, ROW_NOTICES
from core.tables import FileRefused
from exhibitors.application_rows import APPLICATION_REASONS
from tests.imports import EXPECTED


def report_of(outcome: Outcome) -> list[list[str]]:
    """The rows of the report, read as a spreadsheet does."""
    file = io.StringIO(newline="")
    write_report(outcome, file, reasons=CELL_REASONS)
    return list(csv.reader(io.StringIO(file.getvalue(), newline="")))


def test_an_outcome_is_plain_data_for_programs():
    outcome = Outcome(
        importer="import_makers",
        encoding="utf-8",
        unknown=["備註"],
        accepted=[Accepted(row=2, line=2, values={"on": date(2026, 3, 5), "kw": Decimal("1.1")}, notices=["updated"])],
        rejected=[Rejected(row=3, line=4, errors=[Fault("name", "required")])],
        delimiter=";",
    )

    assert as_data(outcome, file="a.csv") == {
        "file": "a.csv",
        "importer": "import_makers",
        "encoding": "utf-8",
        "error": None,
        "notices": [{"code": "unknown_column", "column": "備註"}],
        "accepted": [{"row": 2, "line": 2, "values": {"on": "2026-03-05", "kw": 1.1}, "notices": ["updated"]}],
        "rejected": [{"row": 3, "line": 4, "errors": [{"column": "name", "code": "required"}]}],
        "counts": {"accepted": 1, "rejected": 1},
        "delimiter": ";",
    }


def test_a_report_names_row_line_column_and_reason_in_the_readers_language():
    outcome = Outcome(
        importer="import_makers",
        headings={"name": "名稱", "note": "=備註"},
        rejected=[
            Rejected(row=3, line=4, errors=[Fault("name", "required"), Fault("note", "too_long", "好長")]),
            Rejected(row=5, line=None, errors=[Fault("name", "formula_cell", "=cmd|' /C calc'!A0")]),
        ],
    )

    with translation.override("en"):
        assert report_of(outcome) == [
            ["Row", "Line", "Column", "Heading", "Code", "Reason", "What stands there"],
            ["3", "4", "name", "名稱", "required", "This must be filled in.", ""],
            ["3", "4", "note", "'=備註", "too_long", "This is too long. Shorten it.", "好長"],
            ["5", "", "name", "名稱", "formula_cell", str(CELL_REASONS["formula_cell"]), "'=cmd|' /C calc'!A0"],
        ]


def test_a_refused_file_is_a_report_of_one_row():
    error = FileRefused("unclosed_quote", line=7)

    with translation.override("en"):
        row = report_of(Outcome(importer="import_makers", error=error))[1]

    assert row == [
        "",
        "7",
        "",
        "",
        "unclosed_quote",
        "A quotation mark is opened in line 7 and never closed. Close or remove it.",
        "",
    ]
    assert as_data(Outcome(importer="x", error=error), file="a.csv")["error"] == {"code": "unclosed_quote", "line": 7}


def test_a_sentence_names_the_columns_that_are_missing():
    with translation.override("en"):
        error = FileRefused("missing_column", columns=["name", "town"])
        sentence = say(Outcome(importer="import_makers", error=error, headings={"name": "名稱"}))

    assert sentence == "Columns that we need are missing: 名稱 (name), town (town). Add them, in any order."
    assert say(Outcome(importer="import_makers")) == ""


@pytest.mark.parametrize("code", EXPECTED["codes"])
def test_every_reason_has_its_words(code):
    assert str({**FILE_REASONS, **APPLICATION_REASONS}[code])


def test_every_notice_has_its_words():
    assert set(ROW_NOTICES) == set(EXPECTED["row_notices"])
