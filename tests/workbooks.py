"""Workbooks for tests: ordinary ones, and ones that nobody's spreadsheet would write."""

import io
import struct
from collections.abc import Mapping, Sequence
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook as the library writes it."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(rows: Sequence[Sequence[object]], *, title: str = "Sheet") -> bytes:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def package(sheet: str, *, strings: str = "", styles: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook whose sheet, shared strings and styles are written by hand."""
    parts: dict[str, bytes] = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "/xl/worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": sheet.encode(),
        "xl/sharedStrings.xml": (strings or f'<sst xmlns="{MAIN}"/>').encode(),
        "xl/styles.xml": (styles or f'<styleSheet xmlns="{MAIN}"/>').encode(),
    }
    return zipped({**parts, **(more or {})})


def relations(*of: tuple[str, str, str]) -> bytes:
    """A part that says which key names which part."""
    inside = "".join(f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>' for key, kind, target in of)
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'.encode()


def sheet(rows: str, *, after: str = "", before: str = "") -> str:
    """A sheet with these rows, written by hand."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def cell(place: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def zipped(parts: Mapping[str, bytes], *, method: int = ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content, compress_type=method)
    return file.getvalue()


def with_directory_lying(data: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size for one part in its directory (APPNOTE 4.3.12: at 24 of the header)."""
    changed = bytearray(data)
    at = data.index(name.encode(), data.index(b"PK\x01\x02")) - 46
    changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)
