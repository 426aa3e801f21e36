"""The lines that iCalendar is made of: written so that no reader can be misled, read so that no writer can mislead us.

Writing leans on `icalendar` for quoting and folding, but trusts it with nothing: with `python -O` its assertion against
a line feed is gone, and version 7.3.2 takes the two characters backslash and capital N in a text for a line feed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote

from icalendar.parser import Contentline, Parameters
from icalendar.prop import vCalAddress, vText, vUri

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_VALUE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_LONG_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TURN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_URI = re.compile(r"(?:https?://|tel:|sips?:|xmpp:)[!#-;=?-\[\]_a-z~]+")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")
_SAFE_IN_MAILTO = "!$'*+-._~@"  # everything else but letters and digits is percent-encoded (RFC 6068, section 2)
LONGEST_LINE = 75  # octets, without the line break (RFC 5545, 3.1)
LONGEST_ADDRESS = 254  # octets (RFC 5321, 4.5.3.1.3, less the angle brackets)


class Unrenderable(ValueError):
    """A value cannot stand in a calendar. `property` is the property's name; the value itself is never repeated."""

    def __init__(self, property_name: str, why: str) -> None:
        self.property = property_name
        super().__init__(f"{property_name}: {why}")


class _Text(vText):
    """A TEXT value that is escaped as RFC 5545, 3.3.11 says, and not a character more."""

    def to_ical(self) -> bytes:
        return self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n").encode()


def refuse_controls(name: str, value: str) -> None:
    """Raise Unrenderable if a one-line `value` holds a control character, a line separator or a lone surrogate."""
    _refuse(_CONTROL, name, value)


def has_controls(value: str) -> bool:
    """Whether a one-line value holds a character that `refuse_controls` refuses."""
    return bool(_CONTROL.search(value))


def without_controls(text: str) -> str:
    """A stranger's text less what breaks lines (but line feeds) or turns the direction in which one reads."""
    return _TURN.sub("", _CONTROL_IN_LONG_TEXT.sub("", text))


def _refuse(controls: re.Pattern[str], name: str, value: str) -> None:
    if found := controls.search(value):
        raise Unrenderable(name, f"the character U+{ord(found.group()):04X} cannot stand in a calendar")


def line(name: str, value: bytes, parameters: Mapping[str, str] | None = None) -> bytes:
    """One line with its CRLF from a value that is rendered already, folded at 75 octets and never inside a character.

    Raises Unrenderable.
    """
    for parameter in (parameters or {}).values():
        refuse_controls(name, parameter)
    text = value.decode()
    _refuse(_CONTROL_IN_VALUE, name, text)
    # RFC 5545 has no escapes in parameters, but readers take a backslash for one, even before the colon that ends it.
    shown = Parameters({key: parameter.replace("\\", "＼") for key, parameter in (parameters or {}).items()})
    content = Contentline.from_parts(name, shown, vUri(text))  # vUri adds no escaping of its own
    folded: bytes = content.to_ical()
    return folded + b"\r\n"


def basic(day_or_time: date) -> bytes:
    """A date, or a date and time without its zone, as 20270101 or 20270101T100000 (RFC 5545, 3.3.4 and 3.3.5)."""
    return day_or_time.isoformat().replace("-", "").replace(":", "").encode()


def text_line(name: str, text: str, parameters: Mapping[str, str] | None = None) -> bytes:
    """A one-line text. Nothing at all for a blank one, for readers trip over empty properties. Raises Unrenderable."""
    refuse_controls(name, text)
    return line(name, _Text(text).to_ical(), parameters) if text.strip() else b""


def long_text_line(name: str, text: str) -> bytes:
    """A text that may have line feeds and tabs. Nothing for a blank one. Raises Unrenderable."""
    _refuse(_CONTROL_IN_LONG_TEXT, name, text)
    return line(name, _Text(text).to_ical()) if text.strip() else b""


def texts_line(name: str, texts: tuple[str, ...]) -> bytes:
    """A list of one-line texts, in their order, without the blank ones. Raises Unrenderable."""
    for text in texts:
        refuse_controls(name, text)
    rendered = b",".join(_Text(text).to_ical() for text in texts if text.strip())
    return line(name, rendered) if rendered else b""


def uri_line(name: str, uri: str, parameters: Mapping[str, str] | None = None) -> bytes:
    """An absolute address in ASCII that a calendar may open. Nothing for an empty one. Raises Unrenderable."""
    if not uri:
        return b""
    refuse_controls(name, uri)
    if not _URI.fullmatch(uri):
        raise Unrenderable(name, "this is no absolute address in ASCII that a calendar may open")
    return line(name, uri.encode(), parameters)


def address_line(name: str, address: str, parameters: Mapping[str, str]) -> bytes:
    """A person with a mail address (CAL-ADDRESS). Raises Unrenderable."""
    refuse_controls(name, address)
    if not _ADDRESS.fullmatch(address) or len(address.encode()) > LONGEST_ADDRESS:
        raise Unrenderable(name, "this is no mail address")
    rendered = vCalAddress("mailto:" + quote(address, safe=_SAFE_IN_MAILTO)).to_ical()
    return line(name, rendered, parameters)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read: name and parameter names in capitals, the value still escaped."""

    name: str
    parameters: Mapping[str, tuple[str, ...]]
    value: str

    @property
    def text(self) -> str:
        """The value as TEXT, unescaped."""
        return unescape(self.value)


# Possessive quantifiers throughout: a hostile line fails in one pass, however long it is.
_LINE = re.compile(r'([A-Za-z0-9-]++)((?:;[^";:]*+(?:"[^"]*+"[^";:]*+)*+)*+):(.*+)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]++)=((?:"[^"]*+"|[^";:,]++|,)*+)')
_PARAMETER_VALUE = re.compile(r'"([^"]*+)"|([^",]++)')
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE_END = re.compile(r"\r?\n")
_ESCAPE = re.compile(r"\\([\\;,nN])")
_CARET = re.compile(r"\^([n^'])")


def unfold(text: str) -> Iterator[str]:
    """The lines of a calendar, unfolded, without blank ones. A bare LF ends a line too: some mailers send that."""
    return (found for found in _LINE_END.split(_FOLD.sub("", text)) if found)


def rewritten(octets: bytes, edit: Callable[[str], str]) -> bytes:
    """A calendar with each unfolded line edited, and folded anew. `edit` must not bring in a line feed."""
    edited = (edit(found) for found in unfold(octets.decode()))
    lines = (Contentline(each).to_ical() for each in edited)  # type: ignore[no-untyped-call]  # the library has no types
    return b"".join(folded + b"\r\n" for folded in lines)


def read_line(text: str) -> Line | None:
    """An unfolded line in its parts; None if it is no content line (RFC 5545, 3.1; carets as in RFC 6868)."""
    if not (parts := _LINE.fullmatch(text)):
        return None
    name, parameters, value = parts.groups()
    return Line(
        name.upper(),
        {found[1].upper(): tuple(_values(found[2])) for found in _PARAMETER.finditer(parameters)},
        value,
    )


def _values(parameter: str) -> Iterator[str]:
    carets = {"n": "\n", "^": "^", "'": '"'}
    for found in _PARAMETER_VALUE.finditer(parameter):
        yield _CARET.sub(lambda caret: carets[caret[1]], found[1] if found[1] is not None else found[2])


def unescape(text: str) -> str:
    """A TEXT value without its escapes."""
    return _ESCAPE.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], text)


def split_texts(value: str) -> list[str]:
    """The texts of a list value, unescaped."""
    return [unescape(part) for part in re.findall(r"(?:[^\\,]|\\.)+", value, re.DOTALL)]


def read_address(value: str) -> str | None:
    """The mail address in a CAL-ADDRESS, its domain in lower case; None if there is none."""
    scheme, _, rest = value.strip().partition(":")
    address = unquote(rest, errors="replace").strip()
    if scheme.lower() != "mailto" or has_controls(address) or not _ADDRESS.fullmatch(address):
        return None
    if len(address.encode()) > LONGEST_ADDRESS:
        return None
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
