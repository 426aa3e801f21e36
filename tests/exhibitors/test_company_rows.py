"""Which rows of companies are right, beyond the files that users sent."""

import pytest

from core.importing import read_file
from tests.imports import codes, importer_of

HEADINGS = "統一編號,公司名稱,縣市,鄉鎮市區,郵遞區號,地址,電話,電子郵件,類別"
GOOD = "00541060,風城米粉,新竹市,北區,300,,,a@example.com,noodle"


def companies(*rows: str, headings: str = HEADINGS):
    """What comes of these companies."""
    return read_file(importer_of("import_companies"), "\n".join([headings, *rows]).encode(), name="companies.csv")


def test_without_a_telephone_none_is_kept():
    (company,) = companies(GOOD).accepted

    assert (company.values["phone"], company.values["phone_ext"]) == ("", "")


def test_columns_may_be_absent_but_for_the_obligatory_ones():
    (company,) = companies(
        "風城米粉,新竹市北區,a@example.com,麵食米粉", headings="company,town,e-mail,category"
    ).accepted

    assert company.values == {
        "ubn": "",
        "name_zh": "風城米粉",
        "town_code": "10018020",
        "email": "a@example.com",
        "category": "noodle",
    }
    assert company.notices == ["no_ubn"]


def test_every_reason_is_told_at_once():
    outcome = companies("=1,@風城,新竹市,東西區,1,=A1,1,nobody,雜貨")

    assert codes(outcome) == {
        2: [
            ("ubn", "formula_cell"),
            ("name_zh", "formula_cell"),
            ("town", "unknown_town"),
            ("postal_code", "postcode_format"),
            ("address_zh", "formula_cell"),
            ("phone", "phone_format"),
            ("email", "email_format"),
            ("category", "unknown_category"),
        ]
    }


def test_a_row_without_ubn_is_the_company_of_that_name_that_came_before():
    outcome = companies(
        GOOD, ",風城米粉,新竹市,北區,300,,,b@example.com,noodle", ",風城米粉,新竹市,香山區,300,,,b@example.com,noodle"
    )

    assert [row.row for row in outcome.accepted] == [2, 4]
    assert codes(outcome) == {3: [("name_zh", "duplicate_in_file")]}


def test_a_row_without_ubn_is_the_company_of_that_name_that_is_here():
    outcome = companies(",稻江食品行,臺北市,大同區,103,,,b@example.com,noodle")

    assert codes(outcome) == {2: [("name_zh", "already_exists")]}


@pytest.mark.parametrize("category", ["noodle", "NOODLE", "ｎｏｏｄｌｅ", "麵食米粉"])
def test_a_category_is_known_by_its_code_and_its_name(category):
    (company,) = companies(GOOD.replace("noodle", category)).accepted

    assert company.values["category"] == "noodle"
