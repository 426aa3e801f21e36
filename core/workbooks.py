"""Workbooks (XLSX) from outside as tables, read as a stream of XML events.

The libraries for workbooks build a tree of each sheet and believe what it says of its size: a file of some kilobytes
can then cost gigabytes. Here the archive is weighed first, nothing is kept but the filled cells that a table can have,
and declarations of entities are refused. Formulas are known as such, not by the value that was last computed.

Structure: ECMA-376, part 1, section 18 (SpreadsheetML) and part 2 (packages, which may have no DTD).
"""

import io
import re
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, time
from xml.etree.ElementTree import ParseError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl.utils.datetime import from_excel

from core.cells import Cell, Formula, is_blank
from core.tables import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, FileRefused, Headings, Layout, Table
from core.workbook_parts import PIECE, Book, Text, feed, local, read_book

MAX_PARTS = 2_000
MAX_TAGS = 3_000_000  # in all parts; a table of 20,000 rows and 12 columns has half as many
MAX_MERGES = 20_000
HEADINGS_WITHIN = 10  # rows from the top

# What reading may raise: a part that is not there, cut short or encrypted, a string whose number points nowhere, a
# declaration of entities. All of it is the sender's.
_BROKEN = (
    BadZipFile,
    DefusedXmlException,
    EOFError,
    LookupError,
    OSError,
    ParseError,
    RuntimeError,
    ValueError,
    zlib.error,
)
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_INTEGER = re.compile(r"[+-]?\d{1,30}")


def read_workbook_table(data: bytes, headings: Headings) -> Table:
    """The table of the first visible sheet and row (of ten) that hold the obligatory headings.

    Raises FileRefused: `unpacks_too_large`, `not_xlsx`, `missing_column`, `duplicate_column`, `too_many_rows`,
    `no_rows`.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            _weigh(archive)
            return _table(archive, headings)
    except _BROKEN as error:
        raise FileRefused("not_xlsx") from error


def _weigh(archive: ZipFile) -> None:
    """Count what the archive unpacks to: as its directory says, then as it really does, piece by piece."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_BYTES:
        raise FileRefused("unpacks_too_large")
    left, tags = MAX_BYTES, 0
    for part in parts:
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadZipFile(part.filename)  # packages know no other, and others unpack a piece without a limit
        said = part.file_size
        part.file_size = left + 2 * PIECE  # else reading stops where the directory says
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                left -= len(piece)
                tags += piece.count(b"<")
                if left < 0 or tags > MAX_TAGS:
                    raise FileRefused("unpacks_too_large")
        part.file_size = said


def _table(archive: ZipFile, headings: Headings) -> Table:
    book = read_book(archive)
    closest: Sequence[Cell] = ()
    for name, path in book.sheets:
        sheet = _Sheet(book, headings)
        feed(archive, path, sheet, until=lambda sheet=sheet: sheet.is_another)  # type: ignore[misc]  # the default binds the sheet of this round
        if sheet.header is None:
            closest = max(closest, sheet.closest, key=headings.known_in)
            continue
        layout = Layout.of(sheet.header, headings, encoding="xlsx")
        sheet.spread_merges()
        rows = [layout.row(_dense(cells), number=number, line=None) for number, cells in sheet.rows]
        rows = [row for row in rows if row.cells]
        if not rows:
            raise FileRefused("no_rows", encoding="xlsx")
        return Table(
            encoding="xlsx",
            headings=layout.headings,
            unknown=layout.unknown,
            rows=rows,
            header_row=sheet.header_row,
            sheet=name,
        )
    raise FileRefused("missing_column", columns=headings.missing_in(closest), encoding="xlsx")


class _Sheet(Text):
    """One sheet: its row of headings and the filled rows below, as {column from 0: cell}."""

    def __init__(self, book: Book, headings: Headings) -> None:
        super().__init__()
        self._book, self._headings = book, headings
        self.header: list[Cell] | None = None
        self.header_row = 0
        self.closest: list[Cell] = []
        self.rows: list[tuple[int, dict[int, Cell]]] = []
        self._merges: list[tuple[int, int, int]] = []  # column, first row, last row
        self._row, self._column, self._cells = 0, -1, dict[int, Cell]()
        self._kind, self._style, self._value, self._is_formula = "n", "0", "", False
        self._characters = 0

    @property
    def is_another(self) -> bool:
        """Whether the first rows had no headings: this is not the sheet that we look for."""
        return self.header is None and self._row > HEADINGS_WITHIN

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        match local(tag):
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column, self._cells = -1, {}
            case "c":
                place = _PLACE.fullmatch(attributes.get("r", ""))
                self._column = _column_number(place[1]) if place else self._column + 1
                self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
                self._value, self._is_formula = "", False
            case "v":
                self._open = True
            case "f":
                self._is_formula = True
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        super().end(tag)
        match local(tag):
            case "v" | "is":
                self._open = False
                self._value = self.take()
            case "c":
                self._finish_cell()
            case "row":
                self._finish_row()

    def spread_merges(self) -> None:
        """Let a merged cell's value hold for all its rows, in the column where it stands."""
        starts = [number for number, _ in self.rows]
        spread: dict[int, int] = {}  # column to the place in rows up to which it is done, so that no row is done twice
        for column, first, last in sorted(self._merges):
            at = bisect_right(starts, first) - 1
            value = self.rows[at][1].get(column) if at >= 0 and starts[at] == first else None
            begin, end = max(at + 1, spread.get(column, 0)), bisect_right(starts, last)
            spread[column] = max(end, spread.get(column, 0))
            for _, cells in self.rows[begin:end] if not is_blank(value) else ():
                cells.setdefault(column, value)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        begin, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if begin is None or end is None or len(self._merges) == MAX_MERGES:
            raise ValueError(reference[:20])
        self._merges.append((_column_number(begin[1]), int(begin[2]), int(end[2])))

    def _finish_cell(self) -> None:
        if self._column >= MAX_COLUMNS:
            return
        value = self._cell()
        if is_blank(value):
            return
        if isinstance(value, str):
            # Cells may share one long text: as a file small, as a table without end.
            self._characters += len(value)
            if self._characters > MAX_BYTES:
                raise FileRefused("unpacks_too_large")
        self._cells[self._column] = value

    def _cell(self) -> Cell:
        if self._is_formula or self._kind == "e":
            return Formula()
        match self._kind:
            case "s":
                return self._book.strings[int(self._value)] if self._value else None
            case "str" | "inlineStr":
                return self._value
            case "b":
                return self._value == "1" if self._value else None
            case "d":
                return _moment(self._value)
        return self._number()

    def _number(self) -> Cell:
        if not self._value:
            return None
        value = int(self._value) if _INTEGER.fullmatch(self._value) else float(self._value)
        if self._style not in self._book.day_styles:
            return value
        try:
            moment = from_excel(value, self._book.epoch)
        except (OverflowError, ValueError):
            return value  # beyond the calendar: it is for the importer to say that this is no day
        return moment if isinstance(moment, datetime | time) else value

    def _finish_row(self) -> None:
        if not self._cells:
            return
        if self.header is not None:
            if len(self.rows) == MAX_ROWS:
                raise FileRefused("too_many_rows", encoding="xlsx")
            self.rows.append((self._row, self._cells))
        elif self._row <= HEADINGS_WITHIN:
            cells = _dense(self._cells)
            if not self._headings.missing_in(cells):
                self.header, self.header_row = cells, self._row
            else:
                self.closest = max(self.closest, cells, key=self._headings.known_in)


def _moment(text: str) -> Cell:
    """An instant in ISO form, as the few programs write it that do; other text stays text."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text


def _column_number(letters: str) -> int:
    """A is 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _dense(cells: dict[int, Cell]) -> list[Cell]:
    return [cells.get(column) for column in range(max(cells) + 1)]
