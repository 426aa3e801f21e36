"""The unified business number (UBN, 統一編號) and its check.

Rule of the Fiscal Information Agency, Ministry of Finance: multiply the digits by 1, 2, 1, 2, 1, 2, 4, 1 and add the
digits of all products. Since April 2023 the sum must be divisible by 5 (before: by 10, so every old number stays
valid). With 7 as seventh digit its product 28 has the digit sum 10, which may count as 1 or 0, hence sum + 1 is good
too.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.cells import Cell, CellRefused, code_text

_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def is_valid(ubn: str) -> bool:
    """Whether eight ASCII digits, not all noughts, pass the check.

    >>> is_valid("10000004"), is_valid("00878525"), is_valid("12345678")
    (True, True, False)
    """
    if len(ubn) != 8 or not ubn.isascii() or not ubn.isdigit() or ubn == "00000000":
        return False
    products = (int(digit) * weight for digit, weight in zip(ubn, _WEIGHTS, strict=True))
    total = sum(product // 10 + product % 10 for product in products)
    return total % 5 == 0 or (ubn[6] == "7" and (total + 1) % 5 == 0)


def validate_ubn(ubn: str) -> None:
    """Raise ValidationError unless the number is valid."""
    if not is_valid(ubn):
        raise ValidationError(_("The UBN has 8 digits, such as 12345675. Please check it."), code="ubn")


def padded(digits: str) -> str | None:
    """Five to seven digits with the leading noughts that a spreadsheet took, if that gives a valid number."""
    if not 5 <= len(digits) <= 7:
        return None
    ubn = digits.zfill(8)
    return ubn if is_valid(ubn) else None


def read_ubn(cell: Cell) -> tuple[str, bool]:
    """The UBN of a cell without spaces and hyphens, and whether noughts were put back. `ubn_format`, `ubn_checksum`."""
    digits = code_text(cell).replace(" ", "").replace("-", "")
    if ubn := padded(digits):
        return ubn, True
    if len(digits) != 8 or not digits.isascii() or not digits.isdigit() or digits == "00000000":
        raise CellRefused("ubn_format")
    if not is_valid(digits):
        raise CellRefused("ubn_checksum")
    return digits, False
