"""Letters are read once, and what is filled in is never taken for form."""

import pytest

from worker import letters
from worker.kinds import KINDS
from worker.letters import Form, MissingName, Part, fill, parse

LETTER = """
Subject: A booth for you: {fair}
Preview: By {ends}

# Booth {booths}

It is kept for you,
until {ends}.

Booth | {booths}
Fee | {fee}

[See the offer]({url})
[Not now]({no})

> {reason}

~ Log in first.
"""


def filled(**values):
    known = {"fair": "Tea", "ends": "Friday", "booths": "A1", "fee": "6,000", "url": "/o/", "no": "/n/", "reason": "x"}
    return fill(parse(LETTER), known | values, plain=str)


def test_a_letter_has_its_parts_in_order():
    letter = parse(LETTER)

    assert (letter.subject, letter.preview) == ("A booth for you: {fair}", "By {ends}")
    assert letter.parts == (
        Part(Form.HEADING, "Booth {booths}"),
        Part(Form.PARAGRAPH, "It is kept for you, until {ends}."),
        Part(Form.FACTS, pairs=(("Booth", "{booths}"), ("Fee", "{fee}"))),
        Part(Form.BUTTONS, pairs=(("See the offer", "url"), ("Not now", "no"))),
        Part(Form.QUOTE, "{reason}"),
        Part(Form.SMALL, "Log in first."),
    )
    assert letter.names == {"fair", "ends", "booths", "fee", "url", "no", "reason"}


def test_names_are_filled_in_and_addresses_stand_as_they_are():
    letter = fill(
        parse(LETTER),
        {"fair": "t", "ends": "f", "booths": "a", "fee": "x", "url": "u", "no": "n", "reason": "r"},
        plain=str.upper,
    )

    assert (letter.subject, letter.preview) == ("A booth for you: t", "By F")
    assert letter.parts[2].pairs == (("Booth", "A"), ("Fee", "X"))
    assert letter.parts[3].pairs == (("See the offer", "u"), ("Not now", "n"))


def test_what_is_blank_is_left_out():
    letter = filled(fee="", reason="")

    assert letter.parts[2].pairs == (("Booth", "A1"),)
    assert Form.QUOTE not in {part.form for part in letter.parts}
    assert Form.FACTS not in {part.form for part in filled(fee=" ", booths="").parts}


def test_form_in_a_value_stays_text():
    letter = filled(reason="# Big\n\n[Press](https://evil.test)\n\n{url}")

    assert letter.parts[4] == Part(Form.QUOTE, "# Big\n\n[Press](https://evil.test)\n\n{url}")


def test_a_name_that_is_not_given_is_no_empty_text():
    with pytest.raises(MissingName, match="booths"):
        fill(parse(LETTER), {"fair": "Tea", "ends": "Friday"}, plain=str)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Only a heading", "subject and a preview"),
        ("Subject: a\nPreview: b\n\nNo heading", "begins with its heading"),
        ("Subject: a\nPreview: b\n\n# Heading\n\nA text\nwith | a fact", "blocks of their own"),
        ("Subject: a\nPreview: b\n\n# Heading\n\nA text\n[with](a link)", "blocks of their own"),
    ],
)
def test_a_letter_that_is_not_in_form_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse(text)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_letter_in_both_languages_that_needs_the_same(kind):
    chinese, english = (letters.letter(kind, language) for language in letters.LANGUAGES)

    assert chinese.names == english.names
    assert [part.form for part in chinese.parts] == [part.form for part in english.parts]


def test_there_is_no_letter_that_no_kind_uses():
    files = {path.name for path in letters.FOLDER.iterdir()}

    assert files == {f"{kind}.{language}.txt" for kind in KINDS for language in letters.LANGUAGES}


@pytest.mark.parametrize("kind", KINDS)
def test_chinese_letters_keep_to_the_copy_rules(kind):
    text = (letters.FOLDER / f"{kind}.zh.txt").read_text()
    body = text.partition("\n\n")[2]

    assert not [sign for sign in ("!", "！", "你", "用戶", "請稍候", "台灣") if sign in text]
    # Half-width punctuation belongs to our own form only.
    assert not [line for line in body.splitlines() if not line.startswith("[") and any(c in line for c in ",;?")]
