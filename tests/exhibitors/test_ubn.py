"""The unified business number and its check."""

import pytest
from django.core.exceptions import ValidationError

from core.cells import CellRefused
from exhibitors.ubn import is_valid, padded, read_ubn, validate_ubn


@pytest.mark.parametrize(
    "ubn",
    [
        "04595257",  # a sum divisible by 10: valid before and after April 2023
        "10000004",  # a sum divisible by 5 only: valid since then
        "00483971",  # a seventh digit 7, whose product counts as 1 or 0
    ],
)
def test_a_number_that_passes_the_check_is_valid(ubn):
    assert is_valid(ubn)
    validate_ubn(ubn)


@pytest.mark.parametrize(
    "ubn", ["04595258", "00365402", "00334579", "00000000", "0459525", "045952570", "0459525A", "０４５９５２５７", ""]
)
def test_a_number_that_fails_the_check_is_not(ubn):
    assert not is_valid(ubn)
    with pytest.raises(ValidationError):
        validate_ubn(ubn)


def test_changing_any_one_digit_by_one_is_found_out():
    ubn = "00878525"
    changed = [f"{ubn[:place]}{(int(ubn[place]) + 1) % 10}{ubn[place + 1 :]}" for place in range(8) if place != 6]

    assert [is_valid(number) for number in changed] == [False] * 7


def test_noughts_are_put_back_only_if_that_gives_a_valid_number():
    assert padded("840633") == "00840633"
    assert padded("552483") is None
    assert padded("4") is None


@pytest.mark.parametrize(
    ("cell", "ubn"),
    [
        ("00878525", ("00878525", False)),
        ("0080 6364", ("00806364", False)),
        ("00-937990", ("00937990", False)),
        ("００５４１０６０", ("00541060", False)),
        (886090, ("00886090", True)),
        (306261.0, ("00306261", True)),
    ],
)
def test_a_cell_may_hold_it_in_many_ways(cell, ubn):
    assert read_ubn(cell) == ubn


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("00365402", "ubn_checksum"),
        ("552483", "ubn_format"),
        ("0012345A", "ubn_format"),
        ("001234567", "ubn_format"),
        ("00000000", "ubn_format"),
        (719511, "ubn_format"),
    ],
)
def test_a_cell_that_holds_none_is_refused(cell, code):
    with pytest.raises(CellRefused, match=code):
        read_ubn(cell)
