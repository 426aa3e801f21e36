"""Taking a name out of a text, and nothing else with it."""

import pytest

from operations.erasing.wording import MASK, Words, is_telling

LIN = Words(addresses=["Lin@Example.com"], names=["林美華", "Lin Mei-hua"], kept=["林美華茶行", "Lin Mei-hua Tea"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("講者：林美華。", f"講者：{MASK}。"),
        ("Lin Mei-hua and LIN  MEI-HUA\nlin\nmei-hua", f"{MASK} and {MASK}\n{MASK}"),
        ("請寄lin@example.com聯絡", f"請寄{MASK}聯絡"),
        ("mailto:lin@example.com.", f"mailto:{MASK}."),
        ("x.lin@example.com lin@example.com.tw lin@example.community", None),
        ("Berlin Mei-huang", None),
        ("林美華茶行的林美華", f"林美華茶行的{MASK}"),
        ("Lin Mei-hua Tea by Lin Mei-hua", f"Lin Mei-hua Tea by {MASK}"),
        ("", None),
    ],
)
def test_names_and_addresses_go_and_what_only_looks_like_them_stays(text, left):
    assert LIN.taken_out(text) == (text if left is None else left)
    assert LIN.stand_in(text) == (left is not None)


def test_json_is_searched_through_and_through():
    kept = {"n": 3, "who": ["林美華", {"lin@example.com": None}], "flag": True}

    assert LIN.taken_out(kept) == {"n": 3, "who": [MASK, {MASK: None}], "flag": True}


def test_a_value_that_is_nothing_but_the_name_is_known_as_such():
    assert LIN.is_all_of(" LIN mei-hua ")
    assert LIN.is_all_of("lin@example.com")
    assert not LIN.is_all_of("林美華茶行")


def test_without_words_nothing_is_touched():
    nobody = Words(names=["林"])  # a family name alone would be found everywhere

    assert not nobody
    assert nobody.taken_out("林美華") == "林美華"


@pytest.mark.parametrize(
    ("name", "telling"),
    [("林美華", True), ("林美", False), ("Lin Mei-hua", True), ("Mei", False), ("山田花子", True), ("歐陽 娜娜", True)],
)
def test_only_names_that_cannot_mean_something_else_are_looked_for_everywhere(name, telling):
    assert is_telling(name) == telling
