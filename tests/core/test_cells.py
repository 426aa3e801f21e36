"""What a cell says."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import (
    CellRefused,
    Formula,
    code_text,
    day,
    free_text,
    has_question_beside_han,
    is_blank,
    mail_address,
    neutralised,
    number,
    one_line,
    raw_text,
    starts_like_a_formula,
    whole_number,
    yes_or_no,
)


def reason(read, cell) -> str:
    """The code with which a cell is refused."""
    with pytest.raises(CellRefused) as refused:
        read(cell)
    return refused.value.code


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (Formula(), ""),
        ("  茶 ", "  茶 "),
        (886090, "886090"),
        (306261.0, "306261"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (date(2026, 3, 5), "2026-03-05"),
        (datetime(2026, 3, 5), "2026-03-05"),  # noqa: DTZ001  # cells have no zone
        (datetime(2026, 3, 5, 10, 30), "2026-03-05T10:30:00"),  # noqa: DTZ001  # cells have no zone
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_cell_reads_as_a_person_sees_it(cell, text):
    assert raw_text(cell) == text


def test_white_space_of_any_width_is_blank():
    assert [is_blank(cell) for cell in (None, "", " \t", "\u3000", 0, False, "茶")] == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_name_keeps_its_width_and_loses_its_stray_blanks():
    assert one_line(" 雲林縣\r\n西螺鎮　示範路１２號（後棟） ", max_length=80) == "雲林縣 西螺鎮 示範路１２號（後棟）"


def test_marks_that_nobody_typed_are_dropped():
    assert one_line("稻江\u200b食品\x07行\ufeff\u202e", max_length=80) == "稻江食品行"
    assert free_text("第一行\u2028第二行\r\n第三行\r第四行\x0b ", max_length=80) == "第一行\n第二行\n第三行\n第四行"


def test_a_text_may_be_as_long_as_the_field_and_no_longer():
    assert one_line("茶" * 80, max_length=80) == "茶" * 80
    assert reason(lambda cell: one_line(cell, max_length=80), "茶" * 81) == "too_long"
    assert reason(lambda cell: free_text(cell, max_length=3), "一\n二三") == "too_long"


def test_codes_are_read_in_any_width():
    assert code_text("　００３１ ＡＢ　") == "0031 AB"


@pytest.mark.parametrize("text", ["=1+1", "+冠軍", "-冠軍", "@冠軍", "\t=1", "\r=1", "  =1+1", "\n@x"])
def test_what_begins_like_a_formula_is_known_and_made_harmless(text):
    assert starts_like_a_formula(text)
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["冠軍=1", "1+1", "＝全形", "", "'=1"])
def test_other_text_is_left_as_it_is(text):
    assert not starts_like_a_formula(text)
    assert neutralised(text) == text


@given(st.text(max_size=30))
def test_no_text_is_a_formula_once_it_is_neutralised(text):
    assert not starts_like_a_formula(neutralised(text))


@pytest.mark.parametrize(
    ("text", "is_lost"), [("宏?行", True), ("?發", True), ("坊?", True), ("（Why Not?）", False), ("Why? 小舖", False)]
)
def test_a_question_mark_is_suspicious_only_beside_a_chinese_character(text, is_lost):
    assert has_question_beside_han(text) is is_lost


@pytest.mark.parametrize(
    ("cell", "address"),
    [("slow＠example.com", "slow@example.com"), (" SanMin@Example.COM　", "SanMin@example.com")],
)
def test_a_mail_address_is_mended_where_it_is_clear(cell, address):
    assert mail_address(cell) == address


@pytest.mark.parametrize(
    "cell", ["no-at-sign.example.com", "not an address", "a@b@c.example", 12, f"{'a' * 250}@example.com"]
)
def test_what_is_no_mail_address_is_refused(cell):
    assert reason(mail_address, cell) == "email_format"


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.03.05",
        "115/03/05",
        "115-3-5",
        "115.3.05",
        "１１５/０３/０５",
        "民國115年3月5日",
        "中華民國115年3月5日",
        "2026年3月5日",
        "民國115/3/5",
        1150305,
        1150305.0,
        "1150305",
        "20260305",
        date(2026, 3, 5),
        datetime(2026, 3, 5, 8, 0),  # noqa: DTZ001  # cells have no zone
    ],
)
def test_a_day_may_be_written_in_many_ways(cell):
    assert day(cell) == date(2026, 3, 5)


def test_a_year_below_1000_counts_from_the_founding_of_the_republic():
    assert day("87/5/1") == date(1998, 5, 1)
    assert day("1/1/1") == date(1912, 1, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "112/02/29",
        "115/13/05",
        "0/1/1",
        "2026-03/05",
        "民國2026年3月5日",
        "昨天",
        46086,
        "870501",
        "2026-3",
        time(9),
        True,
    ],
)
def test_what_is_no_day_is_refused(cell):
    assert reason(day, cell) == "date_format"


@given(st.dates(min_value=date(1912, 1, 1)))
def test_every_day_reads_alike_in_both_calendars(any_day):
    year = any_day.year - 1911

    assert day(any_day.isoformat()) == any_day
    assert year >= 1000 or day(f"民國{year}年{any_day.month}月{any_day.day}日") == any_day


def test_yes_and_no_have_many_words():
    assert [yes_or_no(word) for word in ("是", "有", "Ｙ", "y", "V", 1, "1", True, "true")] == [True] * 9
    assert [yes_or_no(word) for word in ("否", "無", "N", 0, "0", False, "FALSE")] == [False] * 7
    assert reason(yes_or_no, "也許") == "answer_choice"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("２", "2"),
        ("1,200", "1200"),
        ("NT$36,000", "36000"),
        ("$ 1,234,567.5", "1234567.5"),
        ("500元", "500"),
        ("-3", "-3"),
        (1.1, "1.1"),
        (7, "7"),
        (7.0, "7"),
    ],
)
def test_a_number_may_be_written_in_many_ways(cell, value):
    assert number(cell, least=-10, most=9_999_999) == Decimal(value)


@pytest.mark.parametrize("cell", ["一", "1,20", "1.2.3", "1e5", "nan", "∞", "", True, "12 kW", ",1", "1,,000"])
def test_what_is_no_number_is_refused(cell):
    assert reason(lambda cell: number(cell, least=-10, most=10), cell) == "not_a_number"


def test_a_number_keeps_to_its_limits():
    assert [whole_number(value, least=1, most=4) for value in ("1", "4")] == [1, 4]
    assert [reason(lambda cell: whole_number(cell, least=1, most=4), value) for value in ("0", "5", "9" * 5000)] == [
        "over_limit"
    ] * 3
    assert reason(lambda cell: whole_number(cell, least=1, most=4), "1.5") == "not_a_number"
