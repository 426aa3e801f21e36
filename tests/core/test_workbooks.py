"""Workbooks as tables, also those that mean harm."""

import time as clock
import tracemalloc
from datetime import date, datetime, time
from zipfile import ZIP_BZIP2

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from core.cells import Formula
from core.importing import read_table
from core.tables import MAX_BYTES, FileRefused, Headings
from core.workbooks import MAX_PARTS, read_workbook_table
from tests.workbooks import MAIN, cell, package, relations, saved, sheet, with_directory_lying, workbook, zipped

HEADINGS = Headings(names=[("town", "town"), ("name", "name"), ("note", "note")], obligatory=["town", "name"])
MIDNIGHT, NINE_THIRTY = datetime(2026, 3, 5), datetime(2026, 3, 5, 9, 30)  # noqa: DTZ001  # cells have no zone
TOP = f'<row r="1">{cell("A1", "town")}{cell("B1", "name")}</row>'
FILLED = TOP + f'<row r="2">{cell("A2", "鹿谷")}{cell("B2", "茶")}</row>'
WHOLE = [package(sheet(FILLED)), zipped({"a": b"x"}), workbook([["town", "name"], ["鹿谷", 7]])]


def cells_of(data: bytes) -> list[dict[str, object]]:
    """The filled cells of the rows of a workbook."""
    return [dict(row.cells) for row in read_workbook_table(data, HEADINGS).rows]


def refusal(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Code and columns with which a workbook is refused."""
    with pytest.raises(FileRefused) as refused:
        read_table(data, name="list.xlsx", headings=HEADINGS)
    return refused.value.code, refused.value.columns


def new_book() -> tuple[Workbook, Worksheet]:
    """A workbook with the headings in its first row."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(["town", "name", "note"])
    return book, page


def test_cells_keep_their_kind():
    book, page = new_book()
    kinds = [7, 1.5, True, "x", date(2026, 3, 5), NINE_THIRTY, time(9, 30)]
    for value in kinds:
        page.append(["鹿谷", "茶", value])

    notes = [row["note"] for row in cells_of(saved(book))]

    assert notes == [7, 1.5, True, "x", MIDNIGHT, NINE_THIRTY, time(9, 30)]
    assert [type(note) for note in notes[:3]] == [int, float, bool]


def test_a_formula_is_known_as_such_and_so_is_the_error_that_it_left():
    book, page = new_book()
    page.append(["鹿谷", "=SUM(1,2)", "x"])
    error = f'<row r="3">{cell("A3", "鹿谷")}<c r="B3" t="e"><v>#N/A</v></c></row>'

    assert cells_of(saved(book)) == [{"town": "鹿谷", "name": Formula(), "note": "x"}]
    assert cells_of(package(sheet(TOP + error))) == [{"town": "鹿谷", "name": Formula()}]


def test_the_sheet_and_row_of_the_headings_are_found():
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.append(["說明"])
    page = book.create_sheet("名單")
    for row in (["廠商名單"], [], [None, "town", "name"], [None, "鹿谷", "茶"], [], [None, "埔里", "紙", "旁註"]):
        page.append(row)

    table = read_workbook_table(saved(book), HEADINGS)

    assert (table.sheet, table.header_row, table.encoding) == ("名單", 3, "xlsx")
    assert [(row.number, row.line, dict(row.cells)) for row in table.rows] == [
        (4, None, {"town": "鹿谷", "name": "茶"}),
        (6, None, {"town": "埔里", "name": "紙"}),
    ]


def test_headings_below_the_tenth_row_are_not_looked_for():
    rows = [["x"]] * 9

    assert len(cells_of(workbook([*rows, ["town", "name"], ["鹿谷", "茶"]]))) == 1
    assert refusal(workbook([["x"], *rows, ["town", "name"], ["鹿谷", "茶"]])) == ("missing_column", ("town", "name"))


def test_the_columns_that_the_closest_row_lacks_are_named():
    assert refusal(workbook([["x"], ["name", "note"], ["茶", ""]])) == ("missing_column", ("town",))


def test_a_hidden_sheet_is_not_read():
    book, page = new_book()
    page.append(["舊", "舊"])
    page.sheet_state = "hidden"
    shown = book.create_sheet("新")
    shown.append(["town", "name"])
    shown.append(["新", "新"])

    assert cells_of(saved(book)) == [{"town": "新", "name": "新"}]


def test_headings_without_rows_are_told():
    assert refusal(workbook([["town", "name"]]))[0] == "no_rows"
    assert refusal(workbook([["town", "name"], [" ", None]]))[0] == "no_rows"


def test_a_merged_cell_holds_for_all_its_rows_but_fills_no_blank_row():
    book, page = new_book()
    for row in (["鹿谷", "一"], [None, "二"], [None, None], [None, "三"], ["埔里", "四"]):
        page.append(row)
    page.merge_cells("A2:A5")

    assert [row["town"] for row in cells_of(saved(book))] == ["鹿谷", "鹿谷", "鹿谷", "埔里"]


def test_a_cell_merged_over_columns_stays_in_its_own():
    book, page = new_book()
    page.append(["鹿谷", "一"])
    page.append([None, None, "註"])
    page.merge_cells("A2:B3")

    assert cells_of(saved(book)) == [{"town": "鹿谷"}, {"town": "鹿谷", "note": "註"}]


def test_shared_texts_are_read_without_their_phonetic_guides():
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>town</t></si><si><r><t>na</t></r><r><t>me</t></r></si>'
        "<si><t>鹿谷</t><rPh><t>ㄌㄨˋ</t></rPh></si><si><t>一_x000D_行</t></si></sst>"
    )
    rows = "".join(
        f'<row><c t="s"><v>{first}</v></c><c t="s"><v>{second}</v></c></row>' for first, second in ((0, 1), (2, 3))
    )

    assert cells_of(package(sheet(rows), strings=strings)) == [{"town": "鹿谷", "name": "一\r行"}]


def test_days_may_count_from_1904_and_beyond_the_calendar_they_are_numbers():
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    rows = FILLED + "".join(
        f'<row r="{n}">{cell(f"A{n}", "鹿谷")}<c r="B{n}" s="1"><v>{day}</v></c></row>'
        for n, day in ((3, "44624"), (4, "99999999"), (5, "1e400"), (6, ""))
    )
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<workbookPr date1904="1"/><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ).encode()

    names = [row.get("name") for row in cells_of(package(sheet(rows), styles=styles, more={"xl/workbook.xml": book}))]

    assert names == ["茶", MIDNIGHT, 99999999, float("inf"), None]


@pytest.mark.parametrize("number", [14, 27, 31, 57])
def test_days_of_the_calendar_of_the_republic_are_days(number):
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="{number}"/></cellXfs></styleSheet>'
    rows = TOP + f'<row r="2">{cell("A2", "鹿谷")}<c r="B2"><v>46086</v></c></row>'

    assert cells_of(package(sheet(rows), styles=styles)) == [{"town": "鹿谷", "name": MIDNIGHT}]


def test_texts_days_and_truths_in_other_clothes_are_read():
    rows = FILLED + (
        '<row r="3"><c r="A3" t="str"><v>鹿谷</v></c><c r="B3" t="d"><v>2026-03-05T00:00:00</v></c></row>'
        '<row r="4"><c r="A4" t="b"><v>0</v></c><c r="B4" t="b"><v/></c></row>'
        '<row r="5"><c r="A5" t="s"><v/></c><c r="B5" t="n"/></row>'
        '<row r="6"><c r="A6" t="str"><v>埔里</v></c><c r="B6" t="d"><v>昨天</v></c></row>'
    )

    assert cells_of(package(sheet(rows)))[1:] == [
        {"town": "鹿谷", "name": MIDNIGHT},
        {"town": False},
        {"town": "埔里", "name": "昨天"},
    ]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_workbook_that_unpacks_beyond_the_limit_is_refused_in_little_memory(part):
    bomb = package(sheet(FILLED), more={part: b" " * (MAX_BYTES + 1)})
    understated = with_directory_lying(bomb, part, 100)

    tracemalloc.start()
    began = clock.monotonic()
    codes = [refusal(bomb)[0], refusal(understated)[0]]
    took = clock.monotonic() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert codes == ["unpacks_too_large", "unpacks_too_large"]
    assert len(bomb) < 50_000
    assert peak < 2_000_000  # bytes
    assert took < 5  # s


def test_parts_that_are_large_together_are_refused():
    more = {f"xl/media/{n}.png": b" " * (MAX_BYTES // 4) for n in range(5)}

    assert refusal(package(sheet(FILLED), more=more))[0] == "unpacks_too_large"
    assert refusal(package(sheet(FILLED), more={f"{n}": b"" for n in range(MAX_PARTS)}))[0] == "unpacks_too_large"


def test_a_part_of_nothing_but_tags_is_refused():
    assert refusal(package(sheet(f"{TOP}<row>{'<c/>' * 3_000_000}</row>")))[0] == "unpacks_too_large"


def test_one_long_text_shared_by_many_cells_is_refused():
    strings = f'<sst xmlns="{MAIN}"><si><t>{"長" * 1_000_000}</t></si></sst>'
    rows = "".join('<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for _ in range(15))

    assert refusal(package(sheet(TOP + rows), strings=strings))[0] == "unpacks_too_large"


def test_a_directory_that_understates_a_small_part_is_refused():
    assert refusal(with_directory_lying(package(sheet(FILLED)), "xl/worksheets/sheet1.xml", 10))[0] == "not_xlsx"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "_rels/.rels"])
def test_a_part_that_declares_entities_is_refused(declaration, part):
    assert refusal(package(sheet(FILLED), more={part: f"{declaration}<x>&a;</x>".encode()}))[0] == "not_xlsx"


def test_a_cell_at_the_far_end_costs_nothing():
    far = FILLED + f'<row r="1048576">{cell("XFD1048576", "x")}</row>'
    dimension = '<dimension ref="A1:XFD1048576"/>'

    began = clock.monotonic()

    assert cells_of(package(sheet(far, before=dimension))) == [{"town": "鹿谷", "name": "茶"}]
    assert clock.monotonic() - began < 1  # s


def test_a_merge_over_the_whole_sheet_costs_nothing():
    merges = '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="A2:A1048576"/></mergeCells>'

    began = clock.monotonic()

    assert cells_of(package(sheet(FILLED, after=merges))) == [{"town": "鹿谷", "name": "茶"}]
    assert clock.monotonic() - began < 1  # s


def test_more_rows_than_we_take_are_refused_not_cut_off():
    rows = "".join('<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>' for _ in range(20_001))

    assert refusal(package(sheet(TOP + rows)))[0] == "too_many_rows"


@pytest.mark.parametrize(
    "broken",
    [
        sheet(FILLED)[:-20],
        sheet(FILLED.replace('t="inlineStr"', 't="s"', 1).replace("<is>", "<v>9</v><is>", 1)),
        sheet('<row r="x"/>'),
        sheet(FILLED, after='<mergeCells><mergeCell ref="nonsense"/></mergeCells>'),
        sheet(FILLED, after="<mergeCell ref='A1:A2'/>" * 20_001),
        sheet(FILLED + '<row r="3"><c r="A3"><v>twelve</v></c></row>'),
    ],
    ids=[
        "cut short",
        "no such string",
        "row without number",
        "merge of nothing",
        "merges",
        "number in words",
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(broken):
    assert refusal(package(broken))[0] == "not_xlsx"


def test_archives_that_are_no_workbooks_are_refused():
    ordinary = package(sheet(FILLED))

    assert refusal(zipped({"hello.txt": b"x"}))[0] == "not_xlsx"
    assert refusal(zipped({"_rels/.rels": b"<Relationships/>"}))[0] == "not_xlsx"
    assert refusal(ordinary[: len(ordinary) // 2])[0] == "not_xlsx"
    assert refusal(zipped({"../../evil": b"x"}, method=ZIP_BZIP2))[0] == "not_xlsx"
    assert refusal(b"PK\x03\x04 and nothing more")[0] == "not_xlsx"


@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8), st.sampled_from(WHOLE))
def test_no_damage_does_more_than_refuse_the_file(damage, whole):
    data = bytearray(whole)
    for place, value in damage:
        data[int(place * len(data))] = value

    try:
        read_workbook_table(bytes(data), HEADINGS)
    except FileRefused as refused:
        assert refused.code  # noqa: PT017  # anything else than this error fails the test


@given(st.text(alphabet='<>/="rcvstf A1&;0', max_size=60), st.sampled_from(["row", "c", "v", "f", "is", "mergeCell"]))
def test_no_sheet_however_odd_does_more_than_refuse_the_file(text, tag):
    for odd in (f"<{tag} {text}/>", f"<{tag} r='{text}' s='{text}' t='s'>{text}</{tag}>", text):
        try:
            read_workbook_table(package(sheet(FILLED + odd, after=odd)), HEADINGS)
        except FileRefused as refused:
            assert refused.code  # noqa: PT017  # anything else than this error fails the test


def test_links_to_other_files_are_not_followed():
    outside = relations(("rId1", "worksheet", "/xl/worksheets/sheet1.xml")).replace(
        b'Target="', b'TargetMode="External" Target="'
    )

    assert refusal(package(sheet(FILLED), more={"xl/_rels/workbook.xml.rels": outside}))[0] == "not_xlsx"
