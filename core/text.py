"""Text in two languages, and text that came from outside."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import get_language

# C0 but tab and line feed, DEL, C1, the Unicode line separators and lone surrogates: they are invisible in a form, and
# iCalendar, mail headers and XML each take them for something else.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clean(text: str, *, multiline: bool = False) -> str:
    """`text` without control characters, ends trimmed; line feeds and tabs become spaces unless `multiline`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text)
    if not multiline:
        text = re.sub(r"[\n\t]+", " ", text)
    return unicodedata.normalize("NFC", text).strip()


def has_controls(text: str) -> bool:
    """Whether the text holds characters that `clean` removes, or a line feed or tab."""
    return bool(_CONTROL.search(text)) or "\n" in text or "\t" in text


def localized(thing: object, name: str, language: str | None = None) -> str:
    """Field `name` of `thing` in `language` (the active one by default); an English gap falls back to Chinese."""
    language = language or get_language() or "zh-hant"
    original = str(getattr(thing, f"{name}_zh") or "")
    if language.startswith("zh"):
        return original
    return str(getattr(thing, f"{name}_en") or "") or original


def listed(names: Iterable[str], language: str | None = None) -> str:
    """Names one after another, as a sentence of this language (the active one by default) lists them."""
    language = language or get_language() or "zh-hant"
    return ("、" if language.startswith("zh") else ", ").join(names)
