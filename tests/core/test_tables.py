"""Comma-separated files as tables."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.importing import read_table
from core.tables import MAX_BYTES, FileRefused, Headings, read_text_table

HEADINGS = Headings(names=[("town", "town"), ("鄉鎮", "town"), ("name", "name"), ("名稱", "name")], obligatory=["town"])


def table_of(text: str, *, encoding: str = "utf-8"):
    """The table of a file with this text."""
    return read_text_table(text.encode(encoding), HEADINGS)


def cells_of(table) -> list[dict[str, object]]:
    """The filled cells of its rows."""
    return [dict(row.cells) for row in table.rows]


def refusal(data: bytes, *, name: str = "list.csv") -> tuple[str, tuple[str, ...], int | None]:
    """Code, columns and line with which a file is refused."""
    with pytest.raises(FileRefused) as refused:
        read_table(data, name=name, headings=HEADINGS)
    return refused.value.code, refused.value.columns, refused.value.line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_the_encoding_is_found_out(encoding):
    table = table_of("鄉鎮,名稱\n恆春,恒春粧銹裏\n", encoding=encoding)

    assert (table.encoding, cells_of(table)) == (encoding, [{"town": "恆春", "name": "恒春粧銹裏"}])


def test_a_character_of_ones_own_becomes_the_mark_of_a_lost_one():
    data = "鄉鎮\n".encode("cp950") + b"\xfa\x40\x81\xa1\xc8\xfe\xa0\x7e\n"

    assert cells_of(read_text_table(data, HEADINGS)) == [{"town": "\ufffd\ufffd\ufffd\ufffd"}]


@pytest.mark.parametrize("tail", [b"\xff\x41", b"\x80\x41", b"\xa3\xfe", b"\xfa", b"\xfa\x30", b"\xc6\x7f"])
def test_bytes_that_are_in_no_area_of_the_code_page_make_the_file_unreadable(tail):
    assert refusal("鄉鎮\n".encode("cp950") + tail + b"\n")[0] == "bad_encoding"


@pytest.mark.parametrize(
    "data",
    [
        "鄉鎮,名稱\n鹿谷,茶\n".encode("utf-16"),
        "鄉鎮,名稱\n鹿谷,茶\n".encode("utf-16-be"),
        codecs.BOM_UTF8 + "鄉鎮\n鹿谷\n".encode()[:-2],
        b"foo,bar\n1,2\n",
        b"\x00" * 50,
    ],
)
def test_what_shows_no_heading_that_we_know_is_unreadable(data):
    assert refusal(data)[0] == "bad_encoding"


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b"\r\n \t\n", codecs.BOM_UTF8 + b"\n\n"])
def test_a_file_without_text_is_empty(data):
    assert refusal(data)[0] == "empty_file"


def test_headings_without_rows_are_told_apart_from_an_empty_file():
    assert refusal("鄉鎮,名稱\n ,\n".encode())[0] == "no_rows"


def test_an_obligatory_column_that_is_missing_is_named():
    assert refusal(b"name\nx\n") == ("missing_column", ("town",), None)


def test_two_columns_of_one_meaning_are_refused():
    assert refusal("town,鄉鎮\na,b\n".encode()) == ("duplicate_column", ("town",), None)


def test_headings_are_known_whatever_their_width_case_and_spacing():
    table = table_of("Ｔown（必填）, 名 稱*,備註,,\n鹿谷,茶,謝謝,,\n")

    assert (cells_of(table), table.unknown) == ([{"town": "鹿谷", "name": "茶"}], ("備註",))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_most_frequent_in_the_first_line(delimiter):
    table = table_of(f'town{delimiter}name\n鹿谷{delimiter}"a{delimiter}b"\n')

    assert (table.delimiter, cells_of(table)) == (delimiter, [{"town": "鹿谷", "name": f"a{delimiter}b"}])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_count_as_a_spreadsheet_does_and_lines_as_an_editor_does(end):
    table = table_of(f'town,name{end}一,"第一{end}行"{end}{end}二,"""引號"""{end}三,x', encoding="utf-8")

    assert [(row.number, row.line, row.cells["town"]) for row in table.rows] == [
        (2, 2, "一"),
        (4, 5, "二"),
        (5, 6, "三"),
    ]
    assert table.rows[1].cells["name"] == '"引號"'


def test_lines_before_the_headings_are_counted():
    table = table_of("\n\ntown\n鹿谷\n")

    assert (table.header_row, [(row.number, row.line) for row in table.rows]) == (3, [(4, 4)])


def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line():
    assert refusal('town,name\n一,x\n二,"沒有關\n三,x\n'.encode()) == ("unclosed_quote", (), 3)
    assert refusal('town,name\n二,"沒有關'.encode()) == ("unclosed_quote", (), 2)


def test_a_cell_right_of_the_headings_marks_its_row():
    table = table_of("town,name,\n一,x,,\n二,x,,y\n")

    assert [row.overflows for row in table.rows] == [False, True]


def test_a_nul_and_a_huge_cell_are_left_to_the_importer():
    table = table_of(f"town,name\n一,a\x00b\n二,{'長' * 400_000}\n")

    assert [len(row.cells["name"]) for row in table.rows] == [3, 400_000]


def test_a_file_of_too_many_rows_or_bytes_is_refused():
    assert refusal(b"town\n" + b"a\n" * 20_001) == ("too_many_rows", (), 20_002)
    assert refusal(b"town\n" + b"a" * MAX_BYTES)[0] == "file_too_large"
    assert len(read_text_table(b"town\n" + b"a\n" * 20_000, HEADINGS).rows) == 20_000


@pytest.mark.parametrize("name", ["list.xlsx", "LIST.XLSX", "list.xls", "list.xlsm"])
def test_a_text_that_calls_itself_a_workbook_is_refused(name):
    assert refusal(b"town\na\n", name=name)[0] == "not_xlsx"


def test_a_workbook_of_the_old_kind_is_refused_whatever_its_name():
    assert refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600)[0] == "not_xlsx"


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_refuse_the_file(data):
    for beginning in (b"", b"town,name\n", "鄉鎮,名稱\r\n".encode("cp950"), codecs.BOM_UTF8 + b"town\n", b"PK\x03\x04"):
        try:
            read_table(beginning + data, name="list.csv", headings=HEADINGS)
        except FileRefused as refused:
            assert refused.code  # noqa: PT017  # anything else than this error fails the test
