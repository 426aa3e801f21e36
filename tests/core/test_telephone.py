"""Telephone numbers of Taiwan as people write them."""

import pytest

from core.cells import CellRefused
from core.telephone import telephone


@pytest.mark.parametrize(
    ("cell", "number", "extension"),
    [
        ("02-0000-2001", "0200002001", ""),
        ("(02) 0000 2002 分機 12", "0200002002", "12"),
        ("03-000-2003#8", "030002003", "8"),
        ("04-0000-2006 轉 301", "0400002006", "301"),
        ("04-0000-2006 ext. 301", "0400002006", "301"),
        ("04-0000-2006 Ext:301", "0400002006", "301"),
        ("+886-5-000-2007", "050002007", ""),
        ("+886 3 000 2706", "030002706", ""),
        ("+886 (0)3 000 2706", "030002706", ""),
        ("＋886-5-000-2007", "050002007", ""),
        ("0900-000-208", "0900000208", ""),
        ("０３－０００－２３０２", "030002302", ""),
        ("049—000—2009", "0490002009", ""),
        (30002301, "030002301", ""),
        (30002301.0, "030002301", ""),
    ],
)
def test_a_number_is_stored_as_digits_with_its_leading_nought(cell, number, extension):
    assert telephone(cell) == (number, extension)


@pytest.mark.parametrize(
    "cell",
    [
        "12345",
        "30002301",
        "02-0000-20011",
        "0123456789",
        "02-0000-2001、0900-000-208",
        "02-0000-2001 #",
        "02-0000-2001 分機12號",
        "#12",
        0,
        "洽櫃台",
    ],
)
def test_what_is_no_taiwanese_number_is_refused(cell):
    with pytest.raises(CellRefused, match="phone_format"):
        telephone(cell)
