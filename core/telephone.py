"""Taiwanese telephone numbers as people write them."""

import re

from core.cells import Cell, CellRefused, code_text

_EXTENSION = re.compile(r"\s*(?:分機|轉|ext\.?|extension|#)\s*:?\s*(\d{1,6})", re.IGNORECASE)
_ABROAD = re.compile(r"\+\s*886[\s.-]*(?:\(0\)|0)?")
_BETWEEN = re.compile(r"[\s()./\u2010-\u2015-]+")  # the dashes of all lengths, after NFKC
_NATIONAL = re.compile(r"0[2-9]\d{7,8}")  # area codes are 02 to 08 and 089, mobile numbers begin with 09


def telephone(cell: Cell) -> tuple[str, str]:
    """The number as 9 or 10 digits with its leading nought, and the extension ("" without one). `phone_format`.

    +886 becomes the nought, and a number cell gets back the nought that the spreadsheet took.
    """
    text = code_text(cell)
    if isinstance(cell, int | float):
        text = f"0{text}"
    extension = ""
    if found := _EXTENSION.search(text):
        if found.end() != len(text):
            raise CellRefused("phone_format")
        text, extension = text[: found.start()], found[1]
    if found := _ABROAD.match(text):
        text = f"0{text[found.end() :]}"
    digits = _BETWEEN.sub("", text)
    if not _NATIONAL.fullmatch(digits):
        raise CellRefused("phone_format")
    return digits, extension
