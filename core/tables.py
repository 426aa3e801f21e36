"""Files from outside as tables: bytes in, rows of cells under known headings out.

Two kinds of files: comma-separated text in UTF-8 or CP950, and workbooks (XLSX, known by their content). Nothing of
a file is believed: neither its name, nor its encoding, nor how large it says to be. What is wrong with the file as a
whole raises `FileRefused`; what is wrong with a row is for the importer to say.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.cells import Cell, is_blank, raw_text
from core.text import clean

MAX_BYTES = 20_000_000  # of a file, unpacked
MAX_ROWS = 20_000  # filled ones, under the headings
MAX_COLUMNS = 256

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OLD_EXCEL_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_MARK = b"PK\x03\x04"
_END = "\x00end"

# The standard limit of 131,072 characters would turn a long cell into an error without row and column.
csv.field_size_limit(MAX_BYTES)


class FileRefused(Exception):
    """A file that cannot be taken as a whole.

    `code` says why, for programs; `columns` names the columns that it is about, `line` the place, where there is one;
    `encoding` is what had been found out by then.
    """

    def __init__(
        self, code: str, *, columns: Sequence[str] = (), line: int | None = None, encoding: str | None = None
    ) -> None:
        self.code, self.columns, self.line, self.encoding = code, tuple(columns), line, encoding
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A filled row. `number` counts as a spreadsheet does, `line` is where it starts in a text file.

    `cells` holds the filled cells by the name of their column; `overflows` if there is one right of the headings.
    """

    number: int
    line: int | None
    cells: Mapping[str, Cell]
    overflows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that was understood: what its columns are and what stands under them."""

    encoding: str
    headings: Mapping[str, str]  # of the columns that are there, as the file has them
    unknown: tuple[str, ...]
    rows: Sequence[Row]
    header_row: int = 1
    sheet: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings that an importer knows, each with its column, and the columns that must be there.

    Of two columns that answer to one heading the first has it.
    """

    names: Sequence[tuple[str, str]]
    obligatory: Sequence[str] = ()
    _known: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        known: dict[str, str] = {}
        for heading, column in self.names:
            known.setdefault(plain(heading), column)
        object.__setattr__(self, "_known", known)

    def column_of(self, heading: Cell) -> str | None:
        """The column that a heading names, whatever its width, case or spacing."""
        return self._known.get(plain(raw_text(heading)))

    def missing_in(self, header: Sequence[Cell]) -> list[str]:
        """The obligatory columns that a row of headings lacks."""
        there = {self.column_of(cell) for cell in header}
        return [column for column in self.obligatory if column not in there]

    def known_in(self, header: Sequence[Cell]) -> int:
        """How many cells of a row are headings that we know."""
        return sum(self.column_of(cell) is not None for cell in header)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which place of a row belongs to which column."""

    places: Mapping[int, str]
    headings: Mapping[str, str]
    unknown: tuple[str, ...]
    width: int

    @classmethod
    def of(cls, header: Sequence[Cell], headings: Headings, *, encoding: str) -> "Layout":
        """Read a row of headings. Raises FileRefused: `missing_column`, `duplicate_column`."""
        if missing := headings.missing_in(header):
            raise FileRefused("missing_column", columns=missing, encoding=encoding)
        places: dict[int, str] = {}
        names: dict[str, str] = {}
        unknown = []
        width = 0
        for place, cell in enumerate(header[:MAX_COLUMNS]):
            if is_blank(cell):
                continue
            width = place + 1
            heading = " ".join(clean(raw_text(cell)).split())[:100]
            column = headings.column_of(cell)
            if column is None:
                unknown.append(heading)
            elif column in names:
                # Which of the two is meant, only the sender knows.
                raise FileRefused("duplicate_column", columns=[column], encoding=encoding)
            else:
                places[place], names[column] = column, heading
        return cls(places, names, tuple(unknown), width)

    def row(self, cells: Sequence[Cell], *, number: int, line: int | None) -> Row:
        """One row under these headings."""
        return Row(
            number=number,
            line=line,
            cells={
                column: cells[place]
                for place, column in self.places.items()
                if place < len(cells) and not is_blank(cells[place])
            },
            overflows=any(not is_blank(cell) for cell in cells[self.width :]),
        )


def plain(heading: str) -> str:
    """A heading without what people vary: width, case, spaces, a star or note that it must be filled."""
    folded = "".join(unicodedata.normalize("NFKC", heading).casefold().split())
    return folded.replace("(必填)", "").strip("*_-:").replace("_", "").replace("-", "")


def is_workbook(data: bytes, *, name: str) -> bool:
    """Whether the bytes are those of a workbook. Raises FileRefused `not_xlsx` where only the name says so."""
    if data.startswith(_ZIP_MARK):
        return True
    if data.startswith(_OLD_EXCEL_MARK) or name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise FileRefused("not_xlsx")
    return False


def read_text_table(data: bytes, headings: Headings) -> Table:
    """The table of a comma-separated file; its first filled row holds the headings.

    Raises FileRefused: `empty_file`, `bad_encoding`, `missing_column`, `duplicate_column`,
    `unclosed_quote`, `too_many_rows`, `no_rows`.
    """
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise FileRefused("empty_file")
    text, encoding = _decoded(data, headings)
    delimiter = _delimiter_of(text)
    records = _records(text, delimiter, encoding)
    header_row, _, header = next(record for record in records if not _is_empty(record[2]))
    layout = Layout.of(header, headings, encoding=encoding)
    rows: list[Row] = []
    for number, line, cells in records:
        if _is_empty(cells):
            continue
        if len(rows) == MAX_ROWS:
            raise FileRefused("too_many_rows", line=line, encoding=encoding)
        rows.append(layout.row(cells, number=number, line=line))
    if not rows:
        raise FileRefused("no_rows", encoding=encoding)
    return Table(
        encoding=encoding,
        headings=layout.headings,
        unknown=layout.unknown,
        rows=rows,
        header_row=header_row,
        delimiter=delimiter,
    )


def _decoded(data: bytes, headings: Headings) -> tuple[str, str]:
    """The text and its encoding: the first of those that we take in which a heading that we know comes out."""
    if data.startswith(_UTF16_MARKS):
        raise FileRefused("bad_encoding")
    marked = data.startswith(codecs.BOM_UTF8)
    for encoding, errors in [("utf-8-sig", "strict")] if marked else [("utf-8", "strict"), ("cp950", _USER_DEFINED)]:
        try:
            text = data.decode(encoding, errors)
        except UnicodeDecodeError:
            continue
        first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
        header = next(csv.reader([first], delimiter=_delimiter_of(text)), [])
        if headings.known_in(header):
            return text, encoding
    raise FileRefused("bad_encoding")


def _delimiter_of(text: str) -> str:
    """Of comma, semicolon and tab the most frequent in the first filled line."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    return max(",;\t", key=first.count)


def _records(text: str, delimiter: str, encoding: str) -> Iterator[tuple[int, int, list[str]]]:
    """Each record with its number and the physical line where it starts.

    A quotation mark that is never closed swallows the rest of the file without an error; an end mark that we add
    tells, for it is then swallowed too.
    """

    def lines() -> Iterator[str]:
        yield from io.StringIO(text, newline="")
        yield _END

    reader = csv.reader(lines(), delimiter=delimiter)
    start = 1
    for number, cells in enumerate(reader, start=1):
        if cells == [_END]:
            return
        if cells and cells[-1].endswith(_END):
            raise FileRefused("unclosed_quote", line=start, encoding=encoding)
        yield number, start, cells
        start = reader.line_num + 1


def _is_empty(cells: Sequence[Cell]) -> bool:
    return all(is_blank(cell) for cell in cells)


def _replace_user_defined(error: UnicodeError) -> tuple[str, int]:
    """CP950 bytes of the user-defined areas (characters of one's own) become U+FFFD; others stay an error.

    The areas: 8140 to A0FE, C6A1 to C8FE, FA40 to FEFE, with second bytes 40 to 7E and A1 to FE (Microsoft, code
    page 950).
    """
    if isinstance(error, UnicodeDecodeError) and error.start + 1 < len(error.object):
        lead, trail = error.object[error.start], error.object[error.start + 1]
        own = 0x81 <= lead <= 0xA0 or 0xFA <= lead <= 0xFE or (0xC6 <= lead <= 0xC8 and trail >= 0xA1)
        if own and (0x40 <= trail <= 0x7E or 0xA1 <= trail <= 0xFE):
            return "\ufffd", error.start + 2
    raise error


_USER_DEFINED = "otop.user_defined"
codecs.register_error(_USER_DEFINED, _replace_user_defined)
