"""Text in two languages, and text that came from outside."""

from django.utils import translation

from core.text import listed


def test_names_are_listed_as_the_reader_lists_them():
    with translation.override("zh-hant"):
        assert listed(["甲", "乙"]) == "甲、乙"
    assert listed(["A", "B"], "en") == "A, B"
    assert listed([], "en") == ""
