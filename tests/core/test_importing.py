"""What every importer does alike."""

from functools import partial

from core.cells import one_line, yes_or_no
from core.importing import Accepted, Column, Fault, Record, Rejected, read_file
from tests.workbooks import cell, package, sheet, workbook


class Makers:
    """An importer of names, each once."""

    name = "import_makers"
    columns = (
        Column("name", ("名稱",), obligatory=True, guarded=True),
        Column("open", ("營業",)),
        Column("note", ("備註",)),
    )

    def read(self, record: Record) -> None:
        """One maker."""
        record.keep("open", yes_or_no, blank=False)
        record.keep("note", partial(one_line, max_length=3), blank="")
        name = record.keep("name", partial(one_line, max_length=10))
        if name == "舊":
            record.notice("updated")
        if name:
            record.claim("name", name, exists=name == "在")


def outcome_of(text: str, *, encoding: str = "utf-8"):
    """What comes of a file with this text."""
    return read_file(Makers(), text.encode(encoding), name="makers.csv")


def test_a_row_is_taken_with_its_values_or_refused_with_every_reason():
    outcome = outcome_of("名稱,營業,備註\n茶,是,好\n,也許,太長了啊\n舊,,\n")

    assert outcome.accepted == [
        Accepted(row=2, line=2, values={"name": "茶", "open": True, "note": "好"}, notices=[]),
        Accepted(row=4, line=4, values={"name": "舊", "open": False, "note": ""}, notices=["updated"]),
    ]
    assert outcome.rejected == [
        Rejected(
            row=3,
            line=3,
            errors=[
                Fault("name", "required"),
                Fault("open", "answer_choice", "也許"),
                Fault("note", "too_long", "太長了啊"),
            ],
        )
    ]


def test_a_column_that_is_absent_sets_no_value():
    assert outcome_of("name\n茶\n").accepted == [Accepted(row=2, line=2, values={"name": "茶"}, notices=[])]


def test_the_first_accepted_row_of_a_key_wins():
    outcome = outcome_of("名稱,營業\n茶,也許\n茶,是\n茶,否\n在,是\n")

    assert [row.row for row in outcome.accepted] == [3]
    assert [(row.row, [fault.code for fault in row.errors]) for row in outcome.rejected] == [
        (2, ["answer_choice"]),
        (4, ["duplicate_in_file"]),
        (5, ["already_exists"]),
    ]


def test_formulas_and_lost_characters_are_refused():
    outcome = outcome_of("名稱,備註\n=1,x\n茶,=1\n茶\ufffd,x\n果\x00,x\n酒,\ufffd\n")

    assert [row.values["name"] for row in outcome.accepted] == ["茶"]
    assert [(fault.column, fault.code) for row in outcome.rejected for fault in row.errors] == [
        ("name", "formula_cell"),
        ("name", "lost_character"),
        ("name", "lost_character"),
        ("note", "lost_character"),
    ]


def test_a_formula_cell_of_a_workbook_is_refused_in_every_column():
    data = workbook([["名稱", "備註"], ["茶", "=A1"]])
    outcome = read_file(Makers(), data, name="makers.xlsx")

    assert [row.errors for row in outcome.rejected] == [[Fault("note", "formula_cell")]]


def test_a_question_mark_beside_a_chinese_character_is_a_loss_only_where_it_can_be():
    assert outcome_of("名稱\n宏?行\n", encoding="cp950").rejected[0].errors == [
        Fault("name", "lost_character", "宏?行")
    ]
    assert outcome_of("名稱\n宏?行\n").rejected == []
    assert outcome_of("名稱,備註\n行,好?\n", encoding="cp950").rejected == []


def test_a_cell_beyond_the_headings_of_a_text_file_refuses_its_row():
    assert outcome_of("名稱,備註\n茶,好,喝\n").rejected[0].errors == [Fault("", "beyond_headings")]
    assert read_file(Makers(), workbook([["名稱"], ["茶", None, "旁註"]]), name="makers.xlsx").rejected == []


def test_a_file_that_is_refused_says_why_and_how_it_was_read():
    refused = outcome_of("備註\n好\n")
    unread = outcome_of("")

    assert (refused.error.code, refused.error.columns, refused.encoding) == ("missing_column", ("name",), "utf-8")
    assert (unread.error.code, unread.encoding, unread.accepted) == ("empty_file", None, ())


def test_half_a_character_in_a_workbook_never_reaches_a_value_or_report():
    rows = f"<row>{cell('A1', 'name')}{cell('B1', '備_xD800_忘')}</row><row>{cell('A2', '=_xDC00_1')}</row>"
    outcome = read_file(Makers(), package(sheet(rows)), name="makers.xlsx")

    assert (outcome.unknown, outcome.rejected[0].errors) == (("備忘",), [Fault("name", "formula_cell", "=1")])
