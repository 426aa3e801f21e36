"""Importing: each row of a table is taken with its values, or refused with every reason.

An importer declares its columns and has one function that reads a record, cell by cell, and says what is wrong. What
is the same for all importers is here: cells that are empty, hold a formula or lost a character, rows that say the same
thing twice, the outcome. No database: what an importer must know of the world it gets as look-up tables.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol, TypeVar

from core.cells import (
    Cell,
    CellRefused,
    Formula,
    has_lost_character,
    has_question_beside_han,
    raw_text,
    starts_like_a_formula,
)
from core.tables import MAX_BYTES, FileRefused, Headings, Row, Table, is_workbook, read_text_table
from core.text import clean
from core.workbooks import read_workbook_table

T = TypeVar("T")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an importer: its own name, and the headings by which files call it.

    `obligatory`: the column must be there and each of its cells be filled. `guarded`: a name, address or number that
    stands in lists of others, so that a cell which begins like a formula is refused, and so is a lost character.
    """

    name: str
    headings: Sequence[str] = ()
    obligatory: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a row was refused: the column and a code. `cell` is what stood there."""

    column: str
    code: str
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A row that was understood: its values by field, and what was mended on the way."""

    row: int
    line: int | None
    values: Mapping[str, object]
    notices: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that was refused, with every reason, in the order of the columns."""

    row: int
    line: int | None
    errors: Sequence[Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a file. With an `error` nothing of it was read; `unknown` names columns that were passed over.

    `headings`: how the file calls the columns, and the programme's form those that the file lacks.
    `stored` counts the rows that were written; reading alone writes none.
    """

    importer: str
    error: FileRefused | None = None
    encoding: str | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    unknown: Sequence[str] = ()
    accepted: Sequence[Accepted] = ()
    rejected: Sequence[Rejected] = ()
    sheet: str | None = None
    header_row: int = 1
    delimiter: str | None = None
    stored: int = 0


class Take(Enum):
    """What is stored of a file."""

    NOTHING = "nothing"  # it is only looked at
    ALL = "all"  # everything, and nothing if one row is refused
    GOOD = "good"  # the rows that are right


class Record:
    """One row while it is read. Readers take its cells; what is wrong gathers in `errors`."""

    def __init__(self, row: Row, columns: Mapping[str, Column], table: Table, claimed: set[Hashable]) -> None:
        self.row, self.values, self.errors = row, dict[str, object](), list[Fault]()
        self.notices: list[str] = []
        self.claims: list[Hashable] = []
        self._columns, self._table, self._claimed = columns, table, claimed

    def has(self, column: str) -> bool:
        """Whether the file has this column. One that it lacks says nothing, so it sets no value."""
        return column in self._table.headings

    def cell(self, column: str) -> Cell:
        """What stands in the column, None if nothing."""
        return self.row.cells.get(column)

    def take(self, column: str, read: Callable[[Cell], T]) -> T | None:
        """The cell of this column as `read` reads it; None if it is empty or was refused."""
        cell = self.cell(column)
        if cell is None:
            if self._columns[column].obligatory:
                self.fail(column, "required")
            return None
        try:
            self._check(cell, self._columns[column])
            return read(cell)
        except CellRefused as refused:
            self.fail(column, refused.code)
            return None

    def keep(self, column: str, read: Callable[[Cell], T], *, blank: T | None = None) -> T | None:
        """Take a cell and set the value of the same name; an empty one is `blank`."""
        taken = self.take(column, read)
        value = blank if taken is None else taken
        if self.has(column):
            self.values[column] = value
        return value

    def fail(self, column: str, code: str) -> None:
        """Refuse the row, because of this column."""
        self.errors.append(Fault(column, code, clean(raw_text(self.cell(column)), multiline=True)[:200]))

    def refuses(self, *columns: str) -> bool:
        """Whether one of these columns was refused already."""
        return any(fault.column in columns for fault in self.errors)

    def notice(self, code: str) -> None:
        """Note what was mended or should be known."""
        self.notices.append(code)

    def claim(self, column: str, key: Hashable, *, exists: bool = False) -> None:
        """Take the key of what the row speaks of: `already_exists`, or `duplicate_in_file` after an accepted row.

        A row that is refused in the end reserves nothing.
        """
        if exists:
            self.fail(column, "already_exists")
        elif key in self._claimed:
            self.fail(column, "duplicate_in_file")
        self.claims.append(key)

    def _check(self, cell: Cell, column: Column) -> None:
        if isinstance(cell, Formula):
            raise CellRefused("formula_cell")
        if not isinstance(cell, str):
            return
        if has_lost_character(cell):
            raise CellRefused("lost_character")
        if not column.guarded:
            return
        if starts_like_a_formula(cell):
            raise CellRefused("formula_cell")
        # UTF-8 holds every character, so there a question mark is what the sender wrote.
        if self._table.encoding == "cp950" and has_question_beside_han(cell):
            raise CellRefused("lost_character")


class Importer(Protocol):
    """What kind of rows a file holds, and how one is read."""

    name: str

    @property
    def columns(self) -> Sequence[Column]:
        """The columns that its files may have, in the order in which reasons are told."""
        ...

    def read(self, record: Record) -> None:
        """Take the cells of one row."""
        ...


def no_progress(done: int, of: int) -> None:
    """Tell nobody how far the reading is."""


def take_file(
    importer: Importer,
    data: bytes,
    *,
    name: str,
    take: Take,
    store: Callable[[Sequence[Accepted]], None],
    progress: Progress = no_progress,
) -> Outcome:
    """Read a file, and give its good rows to `store` if `take` has it so."""
    outcome = read_file(importer, data, name=name, progress=progress)
    wanted = take is Take.GOOD or (take is Take.ALL and not outcome.rejected)
    if outcome.error or not outcome.accepted or not wanted:
        return outcome
    store(outcome.accepted)
    return replace(outcome, stored=len(outcome.accepted))


def read_file(importer: Importer, data: bytes, *, name: str, progress: Progress = no_progress) -> Outcome:
    """What a file says, row by row. `name` is the file's, for a workbook is also known by what it should be.

    `progress` is called after each thousandth row with how many are done, and of how many.
    """
    columns = {column.name: column for column in importer.columns}
    labels = {column.name: column.headings[0] if column.headings else column.name for column in importer.columns}
    try:
        table = read_table(data, name=name, headings=headings_of(importer.columns))
    except FileRefused as error:
        return Outcome(importer=importer.name, error=error, encoding=error.encoding, headings=labels)
    accepted, rejected, claimed = list[Accepted](), list[Rejected](), set[Hashable]()
    order = {column: place for place, column in enumerate(columns)}
    for done, row in enumerate(table.rows, start=1):
        if done % 1_000 == 0:
            progress(done, len(table.rows))
        record = Record(row, columns, table, claimed)
        importer.read(record)
        if row.overflows and table.sheet is None:  # beside the table of a workbook people leave notes
            record.errors.append(Fault("", "beyond_headings"))
        if record.errors:
            errors = sorted(record.errors, key=lambda fault: order.get(fault.column, len(order)))
            rejected.append(Rejected(row=row.number, line=row.line, errors=errors))
        else:
            claimed.update(record.claims)
            accepted.append(Accepted(row=row.number, line=row.line, values=record.values, notices=record.notices))
    return Outcome(
        importer=importer.name,
        encoding=table.encoding,
        headings={**labels, **table.headings},
        unknown=table.unknown,
        accepted=accepted,
        rejected=rejected,
        sheet=table.sheet,
        header_row=table.header_row,
        delimiter=table.delimiter,
    )


def read_table(data: bytes, *, name: str, headings: Headings) -> Table:
    """The table of a file of either kind. Raises FileRefused: `file_too_large`, and what the kind's reader raises."""
    if len(data) > MAX_BYTES:
        raise FileRefused("file_too_large")
    return read_workbook_table(data, headings) if is_workbook(data, name=name) else read_text_table(data, headings)


def headings_of(columns: Sequence[Column]) -> Headings:
    """The headings that the columns answer to: their own names and all others."""
    return Headings(
        names=[(heading, column.name) for column in columns for heading in (column.name, *column.headings)],
        obligatory=[column.name for column in columns if column.obligatory],
    )
