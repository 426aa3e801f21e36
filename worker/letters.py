"""Letters: what a kind of mail says in one language, as a page of plain text that both forms of the mail come from.

    Subject: A booth for you: {fair}
    Preview: Please answer by {ends}.

    # Booth {booths} is yours if you want it        a heading
    “{fair}” keeps this booth for you.              a paragraph; its lines belong together
    Answer by | {ends}                              a fact; left out where its value is blank
    [See the offer]({url})                          a button; the first one is the main one
    > {reason}                                      somebody's own words; left out where they are blank
    ~ You need to log in.                           small print

Names in braces are filled in from a flat dict of texts: no attributes, no filters, no logic. The form is read before
anything is filled in, so what people wrote is never taken for form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "letters"
LANGUAGES = ("zh", "en")

_NAME = re.compile(r"\{([a-z_]+)\}")
_BUTTON = re.compile(r"^\[(?P<label>[^\]]+)\]\(\{(?P<name>[a-z_]+)\}\)$")
_FACT = re.compile(r"^(?P<label>[^|]+?) +\| +(?P<value>.+)$")


class Form(StrEnum):
    """What a part of a letter is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    FACTS = "facts"
    BUTTONS = "buttons"
    QUOTE = "quote"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter: a text, or pairs of label and value (facts) or label and address (buttons)."""

    form: Form
    text: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in one language, with names in braces or filled in."""

    subject: str
    preview: str
    parts: tuple[Part, ...]
    names: frozenset[str] = field(default=frozenset())


class MissingName(LookupError):
    """The letter needs something that it was not given."""


@cache
def letter(kind: str, language: str) -> Letter:
    """The letter of this kind in `zh` or `en`, not filled in. Raises FileNotFoundError."""
    text = (FOLDER / f"{kind}.{language}.txt").read_text(encoding="utf-8")
    return parse(text, joint="" if language == "zh" else " ")


def parse(text: str, *, joint: str = " ") -> Letter:
    """Read a letter; `joint` stands between the lines of a paragraph. Raises ValueError, naming what is wrong."""
    head, _, body = text.strip().partition("\n\n")
    heads = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if set(heads) != {"Subject", "Preview"}:
        raise ValueError("a letter begins with a subject and a preview")
    parts: list[Part] = []
    for block in re.split(r"\n\s*\n", body.strip()):
        parts += _parts(block.splitlines(), joint)
    if not parts or parts[0].form is not Form.HEADING:
        raise ValueError("a letter begins with its heading")
    return Letter(heads["Subject"], heads["Preview"], tuple(parts), frozenset(_NAME.findall(text)))


def fill(blank: Letter, values: Mapping[str, str], *, plain: Callable[[str], str]) -> Letter:
    """The letter with its names filled in. What was filled into a text passes `plain`; addresses of buttons do not.

    Raises MissingName.
    """

    def put(text: str) -> str:
        return _NAME.sub(lambda match: plain(_value(values, match[1])), text)

    def fill_part(part: Part) -> Part | None:
        if part.form is Form.BUTTONS:
            return replace(part, pairs=tuple((put(label), _value(values, name)) for label, name in part.pairs))
        if part.form is Form.FACTS:
            filled = tuple((label, put(value).strip()) for label, value in part.pairs)
            pairs = tuple((label, value) for label, value in filled if value)
            return replace(part, pairs=pairs) if pairs else None
        text = put(part.text).strip()
        return replace(part, text=text) if text else None

    parts = tuple(filled for part in blank.parts if (filled := fill_part(part)) is not None)
    subject = _NAME.sub(lambda match: _value(values, match[1]), blank.subject)
    return Letter(subject, put(blank.preview), parts)


def _value(values: Mapping[str, str], name: str) -> str:
    try:
        return values[name]
    except KeyError as error:
        raise MissingName(name) from error


def _parts(lines: list[str], joint: str) -> list[Part]:
    if all(_BUTTON.match(line) for line in lines):
        return [Part(Form.BUTTONS, pairs=tuple((m["label"], m["name"]) for m in map(_BUTTON.match, lines) if m))]
    if all(_FACT.match(line) for line in lines):
        return [Part(Form.FACTS, pairs=tuple((m["label"], m["value"]) for m in map(_FACT.match, lines) if m))]
    for sign, form in (("# ", Form.HEADING), ("> ", Form.QUOTE), ("~ ", Form.SMALL)):
        if lines[0].startswith(sign):
            return [Part(form, joint.join([lines[0].removeprefix(sign), *lines[1:]]))]
    if any(line.startswith(("[", "#", ">", "~")) or " | " in line for line in lines):
        raise ValueError(f"facts and buttons stand in blocks of their own: {lines[0]}")
    return [Part(Form.PARAGRAPH, joint.join(lines))]
