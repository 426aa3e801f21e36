"""The outcome of an import as plain data for programs, and as a table of reasons for people."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TextIO

from django.utils.translation import gettext as _

from core.cells import neutralised
from core.importing import Accepted, Outcome, Rejected
from core.reasons import FILE_REASONS, Reasons
from core.tables import FileRefused


def as_data(outcome: Outcome, *, file: str) -> dict[str, object]:
    """The outcome of `file` as JSON has it."""
    data: dict[str, object] = {
        "file": file,
        "importer": outcome.importer,
        "encoding": outcome.encoding,
        "error": _error(outcome.error) if outcome.error else None,
        "notices": [{"code": "unknown_column", "column": column} for column in outcome.unknown],
        "accepted": [_accepted(row) for row in outcome.accepted],
        "rejected": [_rejected(row) for row in outcome.rejected],
        "counts": {"accepted": len(outcome.accepted), "rejected": len(outcome.rejected)},
    }
    if outcome.sheet is not None:
        data |= {"sheet": outcome.sheet, "header_row": outcome.header_row}
    if outcome.delimiter not in (None, ","):
        data["delimiter"] = outcome.delimiter
    return data


def say(outcome: Outcome) -> str:
    """Why a file was refused, in the reader's language; nothing if it was not."""
    if outcome.error is None:
        return ""
    columns = ", ".join(f"{outcome.headings.get(column, column)} ({column})" for column in outcome.error.columns)
    return str(FILE_REASONS[outcome.error.code]) % {"columns": columns, "line": outcome.error.line}


def write_report(outcome: Outcome, to: TextIO, *, reasons: Reasons) -> None:
    """Every reason as a row of CSV: where, why in the reader's language, what stood there."""
    writer = csv.writer(to)
    writer.writerow([_("Row"), _("Line"), _("Column"), _("Heading"), _("Code"), _("Reason"), _("What stands there")])
    writer.writerows(_lines(outcome, reasons))


def _lines(outcome: Outcome, reasons: Reasons) -> Iterator[list[str]]:
    if outcome.error is not None:
        yield ["", str(outcome.error.line or ""), "", "", outcome.error.code, say(outcome), ""]
    for row in outcome.rejected:
        for fault in row.errors:
            heading = outcome.headings.get(fault.column, "")
            place = [str(row.row), str(row.line or ""), neutralised(fault.column), neutralised(heading)]
            yield [*place, fault.code, str(reasons[fault.code]), neutralised(fault.cell)]


def _error(error: FileRefused) -> dict[str, object]:
    data: dict[str, object] = {"code": error.code}
    if error.columns:
        data["columns"] = list(error.columns)
    if error.line is not None:
        data["line"] = error.line
    return data


def _accepted(row: Accepted) -> dict[str, object]:
    values = {name: _plain(value) for name, value in row.values.items()}
    return {"row": row.row, "line": row.line, "values": values, "notices": list(row.notices)}


def _rejected(row: Rejected) -> dict[str, object]:
    errors = [{"column": fault.column, "code": fault.code} for fault in row.errors]
    return {"row": row.row, "line": row.line, "errors": errors}


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
    return value
