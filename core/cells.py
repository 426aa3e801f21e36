"""Cells as people fill them in: what a spreadsheet's cell says, as text, day, number, yes or no.

Every reader takes a filled cell and gives the value, or raises `CellRefused` with a code for programs.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.text import clean

MAX_ADDRESS = 254  # characters of a mail address (RFC 5321, 4.5.3.1.3, without the brackets)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for the beginning of a formula

_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # marks that hide or turn text
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_QUESTION_BESIDE_HAN = re.compile(rf"{_HAN}\?|\?{_HAN}")
_PARTED_DAY = re.compile(r"(民國)?\s*(\d{1,4})([-/.])(\d{1,2})\3(\d{1,2})")
_SPELLED_DAY = re.compile(r"((?:中華)?民國)?\s*(\d{1,4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_RUN_TOGETHER_DAY = re.compile(r"(\d{3,4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"(?:NT\$|NTD|TWD|\$)?\s*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*元?", re.IGNORECASE)
_YES = frozenset({"是", "有", "y", "yes", "v", "✓", "✔", "1", "true"})
_NO = frozenset({"否", "無", "n", "no", "0", "false"})


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula, or the error that one left: it says nothing of its own."""


Cell = str | int | float | bool | datetime | date | time | Formula | None
Reader = Callable[[Cell], object]


class CellRefused(Exception):
    """A cell that cannot be taken; `code` says why, for programs."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def is_blank(cell: Cell) -> bool:
    """Whether the cell holds nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def raw_text(cell: Cell) -> str:
    """The cell as a person sees it: a whole number without its decimal point, a day in ISO form."""
    match cell:
        case None | Formula():
            return ""
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time(0):
            return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def starts_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text; blanks before it do not help, for exports trim them."""
    return text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)


def neutralised(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before one that begins like it."""
    return f"'{text}" if starts_like_a_formula(text) else text


def has_lost_character(text: str) -> bool:
    """Whether the text holds the mark of a character that a decoder could not read, or a NUL."""
    return "\ufffd" in text or "\x00" in text


def has_question_beside_han(text: str) -> bool:
    """Whether a `?` stands beside a Chinese character, as one does that was saved in an encoding without it."""
    return _QUESTION_BESIDE_HAN.search(text) is not None


def one_line(cell: Cell, *, max_length: int) -> str:
    """Text of one line as it was written, white space inside as one space, none around. `too_long`."""
    return _within(" ".join(_cleaned(raw_text(cell)).split()), max_length)


def free_text(cell: Cell, *, max_length: int) -> str:
    """Text of many lines as it was written, lines ended by line feeds, no blanks around. `too_long`."""
    return _within(_cleaned(raw_text(cell)).strip(), max_length)


def code_text(cell: Cell) -> str:
    """Text of a code, number or address of the net: full-width forms become the plain ones (NFKC)."""
    return " ".join(_cleaned(unicodedata.normalize("NFKC", raw_text(cell))).split())


def mail_address(cell: Cell) -> str:
    """An e-mail address, its domain in lower case; what stands before the @ is as it was. `email_format`."""
    address = code_text(cell)
    try:
        validate_email(address)
    except ValidationError:
        raise CellRefused("email_format")
    if len(address) > MAX_ADDRESS:
        raise CellRefused("email_format")
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def day(cell: Cell) -> date:
    """A day of the Gregorian or the ROC calendar, whose year 1 is 1912. `date_format`.

    Years below 1000 are ROC years, and so are seven digits run together (1150305); eight are Gregorian.
    """
    match cell:
        case datetime():
            return cell.date()
        case date():
            return cell
    text = code_text(cell)
    if found := _PARTED_DAY.fullmatch(text):
        era, year, _, month, of_month = found.groups()
    elif found := _SPELLED_DAY.fullmatch(text):
        era, year, month, of_month = found.groups()
    elif found := _RUN_TOGETHER_DAY.fullmatch(text):
        era, (year, month, of_month) = None, found.groups()
    else:
        raise CellRefused("date_format")
    if int(year) == 0 or (era and int(year) >= 1000):
        raise CellRefused("date_format")
    try:
        return date(int(year) + (1911 if int(year) < 1000 else 0), int(month), int(of_month))
    except ValueError:
        raise CellRefused("date_format")


def yes_or_no(cell: Cell) -> bool:
    """Yes for 是 有 Y V 1 true, no for 否 無 N 0 false. `answer_choice`."""
    word = code_text(cell).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellRefused("answer_choice")


def number(cell: Cell, *, least: Decimal | int, most: Decimal | int) -> Decimal:
    """A number, also with full-width digits, thousands' commas or NT$. `not_a_number`, `over_limit`."""
    found = _NUMBER.fullmatch(code_text(cell))
    if found is None or isinstance(cell, bool):
        raise CellRefused("not_a_number")
    value = Decimal(found[1].replace(",", ""))
    if not least <= value <= most:
        raise CellRefused("over_limit")
    return value


def whole_number(cell: Cell, *, least: int, most: int) -> int:
    """A number without a fraction. `not_a_number`, `over_limit`."""
    value = number(cell, least=least, most=most)
    if value != value.to_integral_value():
        raise CellRefused("not_a_number")
    return int(value)


def _cleaned(text: str) -> str:
    return clean(_HIDDEN.sub("", _LINE_ENDS.sub("\n", text)), multiline=True)


def _within(text: str, max_length: int) -> str:
    if len(text) > max_length:
        raise CellRefused("too_long")
    return text
