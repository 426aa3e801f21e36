"""What a body may hold."""

import io

import pytest
from rest_framework.exceptions import ParseError

from core.parsing import MAX_DEPTH, LimitedJSONParser, TooLarge


def parse(body: bytes) -> object:
    return LimitedJSONParser().parse(io.BytesIO(body))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[" * 50_000, "nested too deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "nested too deep"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"{", "not JSON"),
        (b"[NaN]", "NaN is not a number"),
        (b"[-Infinity]", "-Infinity is not a number"),
        (b"[1e999]", "1e999 is too large"),
        (b"1" * 5000, "not JSON"),
    ],
    ids=["open", "one too deep", "bytes", "cut short", "NaN", "Infinity", "float", "integer"],
)
def test_a_body_that_is_no_plain_json_is_refused_with_the_reason(settings, body, why):
    settings.LANGUAGE_CODE = "en"

    with pytest.raises(ParseError) as refusal:
        parse(body)

    assert why in str(refusal.value.detail)


def test_the_deepest_that_is_allowed_is_read():
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) != []


def test_brackets_in_text_are_no_depth():
    text = "[{" * 100

    assert parse(f'["{text}", "\\"{text}"]'.encode()) == [text, f'"{text}']


def test_a_body_that_is_too_long_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    with pytest.raises(TooLarge):
        parse(b'"12345678901"')

    assert parse(b'"12345678"') == "12345678"


def test_control_characters_and_lone_surrogates_do_not_come_in():
    body = b'{"na\\u0000me": ["a\\u0000b\\u001b", {"x": "\\ud800\\u2028c\\nd"}, 3, true, null]}'

    assert parse(body) == {"name": ["ab", {"x": "c\nd"}, 3, True, None]}
