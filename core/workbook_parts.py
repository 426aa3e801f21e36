"""The parts of a workbook's archive that its sheets lean on: relations, shared texts, styles of cells."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from zipfile import BadZipFile, ZipFile

from defusedxml.ElementTree import DefusedXMLParser
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

PIECE = 65_536  # bytes read at a time
# Formats that spreadsheets in Taiwan know by number alone, mostly of the ROC calendar (ECMA-376, part 1, 18.8.30).
_DAY_FORMATS_OF_TAIWAN = dict.fromkeys(map(str, (27, 28, 29, 30, 31, 36, 50, 51, 54, 57, 58)), "e/m/d")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how a workbook writes characters that XML forbids


class Target(Protocol):
    """What takes the events of an XML part."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


def feed(archive: ZipFile, path: str, target: Target, *, until: Callable[[], bool] = lambda: False) -> None:
    """Read a part of the archive into `target`, to its end or until `until` says so."""
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    with archive.open(path) as stream:
        while piece := stream.read(PIECE):
            parser.feed(piece)
            if until():
                return
    parser.close()  # says whether the part was cut short


@dataclass(slots=True)
class Book:
    """What the sheets of a workbook have in common."""

    sheets: list[tuple[str, str]] = field(default_factory=list)  # name and path, the visible ones
    strings: list[str] = field(default_factory=list)
    day_styles: set[str] = field(default_factory=set)  # the numbers of the cell styles that show a day
    epoch: datetime = CALENDAR_WINDOWS_1900


def read_book(archive: ZipFile) -> Book:
    """What a workbook says of itself: its visible sheets, texts, styles of days and epoch. Raises BadZipFile."""
    relations = _Relations()
    feed(archive, "_rels/.rels", relations)
    path = relations.path_of_kind("officeDocument", base="")
    if path is None:
        raise BadZipFile("no workbook")
    contents, relations = _Contents(), _Relations()
    feed(archive, path, contents)
    feed(archive, f"{posixpath.dirname(path)}/_rels/{posixpath.basename(path)}.rels", relations)
    base = posixpath.dirname(path)
    book = Book(epoch=CALENDAR_MAC_1904 if contents.is_1904 else CALENDAR_WINDOWS_1900)
    book.sheets = [(name, relations.path(key, base=base)) for name, key in contents.sheets]
    if strings := relations.path_of_kind("sharedStrings", base=base):
        feed(archive, strings, _Strings(book.strings))
    if styles := relations.path_of_kind("styles", base=base):
        feed(archive, styles, _Styles(book.day_styles))
    return book


@lru_cache(maxsize=500)
def local(tag: str) -> str:
    """A tag without its name space, of which there are two: the transitional and the strict one."""
    return tag.rpartition("}")[2]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class _Part:
    """A target that heeds no text."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text inside an element."""


class _Relations(_Part):
    """Which part a key of relation names."""

    def __init__(self) -> None:
        self._by_key: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            self._by_key[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], attributes["Target"])

    def path(self, key: str, *, base: str) -> str:
        """The path inside the archive of the part that the relation `key` names."""
        target = self._by_key[key][1]
        return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(base, target))

    def path_of_kind(self, kind: str, *, base: str) -> str | None:
        """The path of the first part of this kind."""
        return next((self.path(key, base=base) for key, (is_, _) in self._by_key.items() if is_ == kind), None)


class _Contents(_Part):
    """The visible sheets of a workbook, in their order, and how it counts days."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local(tag):
            case "workbookPr":
                self.is_1904 = attributes.get("date1904") in ("1", "true")
            case "sheet" if attributes.get("state", "visible") == "visible":
                key = next((value for name, value in attributes.items() if local(name) == "id"), "")
                self.sheets.append((attributes.get("name", ""), key))


class _Styles(_Part):
    """Which cell styles show a day, by the format of their numbers."""

    def __init__(self, day_styles: set[str]) -> None:
        self._day_styles = day_styles
        self._formats = {**{str(key): text for key, text in BUILTIN_FORMATS.items()}, **_DAY_FORMATS_OF_TAIWAN}
        self._inside, self._count = False, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local(tag):
            case "numFmt":
                self._formats[attributes["numFmtId"]] = attributes["formatCode"]
            case "cellXfs":
                self._inside = True
            case "xf" if self._inside:
                if is_date_format(self._formats.get(attributes.get("numFmtId", "0"))):
                    self._day_styles.add(str(self._count))
                self._count += 1

    def end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self._inside = False


class Text(_Part):
    """Gathers the text of `t` elements, but not of phonetic guides (`rPh`)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._open, self._phonetic = False, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local(tag):
            case "rPh":
                self._phonetic = True
            case "t":
                self._open = not self._phonetic

    def end(self, tag: str) -> None:
        match local(tag):
            case "rPh":
                self._phonetic = False
            case "t":
                self._open = False

    def data(self, text: str) -> None:
        if self._open:
            self._pieces.append(text)

    def take(self) -> str:
        """The text gathered, which is then forgotten."""
        text = _unescaped("".join(self._pieces))
        self._pieces.clear()
        return text


class _Strings(Text):
    """The texts that cells share."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self._strings = strings

    def end(self, tag: str) -> None:
        super().end(tag)
        if local(tag) == "si":
            self._strings.append(self.take())
