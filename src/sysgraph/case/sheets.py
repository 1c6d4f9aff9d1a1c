"""Tables in CSV and XLSX as rows of text, once nothing in them can do harm."""

from __future__ import annotations

import csv
import hashlib
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BufferedReader, BytesIO, TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from sysgraph.case.document import MAX_TEXT
from sysgraph.case.rows import MAX_COLUMNS, ROOT, Note, TableRow, TableRows, find_column
from sysgraph.errors import BadFile, cell_name
from sysgraph.files import read_bytes
from sysgraph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["EXAMPLE", "SHEET", "TABLES", "WORDS", "rows_of"]

TABLES = (".csv", ".tsv", ".xlsx")
_ROWS = 100


def rows_of(path: Path, vocabulary: Vocabulary) -> Iterator[TableRows]:
    """Yield the rows of a table, a hundred at a time; no more of a CSV file is held.

    Raises:
        BadFile: it is not there, or not what its ending claims it to be, or has no rows below
            the first; carries the line.
    """
    if path.suffix.lower() == ".xlsx":
        data = read_bytes(path)
        rows = read_workbook(data, str(path), vocabulary)
        yield from _in_parts(rows, str(path), BytesIO(data), vocabulary)
        return
    if not path.is_file():
        read_bytes(path)  # says why not
    try:
        with path.open("rb") as file, path.open("rb") as again:
            rows = read_csv(file, str(path), vocabulary)
            yield from _in_parts(rows, str(path), again, vocabulary)
    except OSError as error:
        raise BadFile(path, f"it cannot be read: {error.strerror}") from error


def _in_parts(
    rows: Iterator[TableRow], file: str, data: BytesIO | BufferedReader, vocabulary: Vocabulary
) -> Iterator[TableRows]:
    header = next((row for row in rows if _is_filled(row.cells)), None)
    first: TableRow | None = None
    if header is not None:
        sha256 = hashlib.file_digest(data, "sha256").hexdigest()
        filled = (row for row in rows if _is_filled(row.cells) or row.faults)
        told_apart = _tell_apart(filled, header, vocabulary)
        while found := tuple(islice(told_apart, _ROWS)):
            first = first or found[0]
            yield TableRows(file, sha256, header, found, is_first=first is found[0])
    if first is None:
        reason = "the first row names the columns, and each row below is one"
        raise BadFile(file, f"it has no case: {reason}")


def _is_filled(cells: Iterable[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _tell_apart(
    rows: Iterable[TableRow], header: TableRow, vocabulary: Vocabulary
) -> Iterator[TableRow]:
    """Yield the rows, those with the kind and id of an earlier one as what they are."""
    names = [find_column(name, vocabulary) for name in header.cells]
    paths = [column.path if column else () for column in names]
    places = [paths.index((key,)) for key in ROOT if (key,) in paths]
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        mark = tuple(row.cells[at].strip() for at in places if at < len(row.cells))
        first = seen.setdefault(mark, row.number) if any(mark) else row.number
        if first == row.number:
            yield row
            continue
        said = f"the id '{mark[0]}' is in row {first} too; give each row an id of its own"
        yield replace(row, faults=((places[0] + 1, said),), is_again=True)


# --- CSV ----------------------------------------------------------------------------------------

_HEADER_LINES = 100
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_ADVICE = "save it as 'CSV UTF-8', or choose UTF-8 where the program asks for the encoding"


def read_csv(file: BinaryIO, where: str, vocabulary: Vocabulary) -> Iterator[TableRow]:
    """Yield the rows of a CSV file, the header first; no more than one is held at a time.

    Cells are separated by commas, semicolons or tabs, whichever makes most of the header known;
    text is UTF-8, with a byte order mark or without. A first line such as ``sep=;``, which
    spreadsheets write, is passed over.

    Raises:
        BadFile: it is empty, not UTF-8, holds characters that nobody sees, a text of more than
            100,000 characters, or a quote that does not end; carries the line.

    Source: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180
    """
    lines = _lines(file, where)
    first = next(lines, "")
    skipped = 1 if re.fullmatch(r"sep=.\r?\n?", first) else 0
    start = [next(lines, "")] if skipped else [first]
    # A head may hold line breaks, so that the header may go on.
    while start[-1] and len(start) < _HEADER_LINES and "".join(start).count('"') % 2:
        start.append(next(lines, ""))
    separator = _separator("".join(start), vocabulary)
    reader = csv.reader(chain(filter(None, start), lines), delimiter=separator, strict=True)
    number, line = skipped, skipped + 1
    try:
        for number, cells in enumerate(reader, skipped + 1):
            if len(cells) > MAX_COLUMNS:
                reason = f"a row has {len(cells):,} cells; at most {MAX_COLUMNS:,}"
                raise BadFile(where, reason, line)
            yield TableRow(number, line, tuple(cells))
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise BadFile(where, _reason(error, separator), skipped + reader.line_num) from error
    if number == skipped:
        raise BadFile(where, "it is empty")


def _lines(file: BinaryIO, where: str) -> Iterator[str]:
    """Yield the lines of a file as text, and refuse what is none."""
    start = file.read(4)
    file.seek(0)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadFile(where, f"this is UTF-16 text; {_ADVICE}", 1)
    if start == b"PK\x03\x04":
        raise BadFile(where, "this is a workbook and no CSV; let its name end in .xlsx")
    text = TextIOWrapper(file, "utf-8-sig", newline="")
    most, line = MAX_TEXT * 20, 0
    try:
        while written := text.readline(most):
            line += 1
            if len(written) >= most:
                raise BadFile(where, f"a line has over {len(written):,} characters", line)
            if "\0" in written:
                raise BadFile(where, "there is a NUL character; this is no text", line)
            yield written
    except UnicodeDecodeError as error:
        raise BadFile(where, f"this is not UTF-8 text; {_ADVICE}", _bad_line(file)) from error


def _bad_line(file: BinaryIO) -> int | None:
    # Text is decoded in large blocks, so that the reader does not know.
    file.seek(0)
    for number, line in enumerate(file, 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return number
    return None  # pragma: no cover - there is one, or nobody would ask


def _separator(header: str, vocabulary: Vocabulary) -> str:
    """Return what separates cells: what makes most of the header known, or most cells."""

    def known(separator: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader(header.splitlines(keepends=True), delimiter=separator), [])
        except csv.Error:  # told when it is read in earnest
            return 0, 0
        found = [find_column(cell, vocabulary) for cell in islice(cells, MAX_COLUMNS)]
        return sum(column is not None for column in found), len(cells)

    return max(_SEPARATORS, key=known)


def _reason(error: csv.Error, separator: str) -> str:
    text = str(error)
    if "field larger" in text:
        return f"a cell has more than {MAX_TEXT:,} characters; is a quote not closed?"
    if "unexpected end" in text:
        return 'a text that begins with a quote (") does not end with one'
    said = f"{_SEPARATORS[separator]} follow"
    return f'there is text after a closing quote ("); double quotes within a text; {said}'


# --- the archive of a workbook, which is not trusted in what it says of its own size -------------

MAX_UNPACKED = 200_000_000
"""Bytes of all parts of a workbook; 10,000 cases take some 140 million."""
_MAX_PARTS = 1_000
_MAX_RATIO = 1_000
_READ = re.compile(r"(?i)(\[content_types\]\.xml|_rels/.*\.rels|xl/.*\.(xml|rels))")
_DRAWN = re.compile(r"(?i)xl/(drawings|media|charts|printersettings|theme|comments|threaded)")


def unpack(data: bytes, where: str) -> dict[str, bytes]:
    """Return the parts of a workbook that hold its cells, by name.

    Each is unpacked here to no more than the archive says, which may be less than it is.

    Raises:
        BadFile: it is no workbook, locked by a password, holds macros, or would unpack to more
            than 200,000,000 bytes or a thousand times its size.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            listed = archive.infolist()
            _refuse(listed, len(data), where)
            return {
                info.filename: archive.read(info)  # never more than it claims to hold
                for info in listed
                if _READ.fullmatch(info.filename) and not _DRAWN.match(info.filename)
            }
    except (BadZipFile, ZlibError, NotImplementedError, OSError, EOFError, ValueError) as error:
        if data[:4] == b"\xd0\xcf\x11\xe0":
            reason = "it is locked by a password, or an old .xls workbook; save it as .xlsx"
            raise BadFile(where, f"{reason}, without a password") from error
        raise BadFile(where, f"this is no workbook: {error}") from error


def _refuse(listed: list[ZipInfo], size: int, where: str) -> None:
    names = [info.filename.lower() for info in listed]
    whole = sum(info.file_size for info in listed)
    if len(names) > _MAX_PARTS:
        raise BadFile(where, f"it has {len(names):,} parts; a workbook has at most {_MAX_PARTS:,}")
    if len({*names}) < len(names):
        raise BadFile(where, "this is no workbook: a part of it is there twice")
    if any(name.endswith(".bin") and "vba" in name for name in names):
        raise BadFile(where, "it holds macros, which are refused; save it as .xlsx without them")
    if any(info.flag_bits & 1 for info in listed):
        raise BadFile(where, "it is locked by a password; save it without one")
    if any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in listed):
        reason = "this is no workbook: a part of it is packed as no office program does"
        raise BadFile(where, reason)
    if whole > MAX_UNPACKED or whole > _MAX_RATIO * max(size, 1_000):
        reason = f"more than {MAX_UNPACKED:,} bytes, or to far more than its size"
        raise BadFile(where, f"it would unpack to {reason}; split it, or save it as CSV")


def _pack(parts: dict[str, bytes]) -> BytesIO:
    """Return parts as an archive again, not compressed, for a reader that trusts archives."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    file.seek(0)
    return file


# --- the XML of a worksheet: what a reader of values does not tell -------------------------------

_MAX_ROWS = 200_000
_MAX_CELLS = 20_000_000
_MAX_DEPTH = 64
_DRAWN_SHEET = re.compile(r"(?i)xl/(chart|dialog)sheets/")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_MERGED = "these cells are merged ({}); take the merger apart and fill each by itself"
_TRUTH = ("TRUE()", "FALSE()")
"""Formulas that say no more than their value; LibreOffice writes truth so."""
_FORMULA = "this is a formula; write the value itself"
_ERROR = "the spreadsheet says that this is an error; write the value itself"

Attributes = dict[str, str]
Notes = dict[int, list[Note]]
"""What is to be said of cells, by row, from 1."""


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, the part of the archive, and whether people see it."""

    name: str
    part: str
    is_visible: bool

    @property
    def word(self) -> str:
        """Return the name without what one may write otherwise."""
        return self.name.strip().lower()

    def __str__(self) -> str:
        return f"'{self.name}'{'' if self.is_visible else ' (hidden)'}"


def _parse(
    data: bytes,
    where: str,
    begin: Callable[[str, Attributes], None],
    formula: Callable[[str], None] | None = None,
) -> None:
    """Tell each element to ``begin``; entities are refused, and so is deep nesting.

    ``formula`` is told of the formulas, with their text.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0
    texts: list[str] = []

    def declare(*_: object) -> None:
        raise BadFile(where, "its XML has a document type (<!DOCTYPE), which is refused")

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise BadFile(where, f"its XML nests deeper than {_MAX_DEPTH} elements")
        begin(name.rpartition(" ")[2], attributes)
        if formula is not None and name.endswith(" f"):
            texts.clear()
            parser.CharacterDataHandler = texts.append

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if formula is not None and name.endswith(" f"):
            parser.CharacterDataHandler = None
            formula("".join(texts))

    parser.StartDoctypeDeclHandler = declare
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadFile(where, f"this is no workbook: {expat.ErrorString(error.code)}") from error


def list_sheets(parts: dict[str, bytes], where: str) -> list[Sheet]:
    """Return the worksheets of a workbook in their order.

    Raises:
        BadFile: the workbook does not say which sheets it has.
    """
    links: dict[str, str] = {}
    found: list[Sheet] = []

    def link(name: str, said: Attributes) -> None:
        if name == "Relationship" and "Id" in said:
            target = said.get("Target", "")
            links[said["Id"]] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")

    def sheet(name: str, said: Attributes) -> None:
        if name == "sheet":
            part = links.get(said.get(_LINK, ""), "")
            is_visible = said.get("state", "visible") == "visible"
            found.append(Sheet(said.get("name", ""), part, is_visible))

    for part, begin in (("xl/_rels/workbook.xml.rels", link), ("xl/workbook.xml", sheet)):
        if part not in parts:
            raise BadFile(where, f"this is no workbook: it has no part {part}")
        _parse(parts[part], where, begin)
    return [each for each in found if each.part in parts and not _DRAWN_SHEET.match(each.part)]


def look_over(name: str, data: bytes, where: str) -> Notes:
    """Return the merged cells, formulas and errors of a sheet, and refuse one that is too large.

    A single cell in the far corner would make a sheet of billions.

    Raises:
        BadFile: it reaches over more than 200,000 rows, 2,000 columns or 20,000,000 cells, or
            is not XML.
    """
    faults: Notes = defaultdict(list)
    row = column = 0
    rows = columns = 1

    def begin(element: str, said: Attributes) -> None:
        nonlocal row, column, rows, columns
        if element == "c":
            row, column = _place(said["r"], where) if "r" in said else (row, column + 1)
            rows, columns = max(rows, row), max(columns, column)
            if rows > _MAX_ROWS or columns > MAX_COLUMNS or rows * columns > _MAX_CELLS:
                raise BadFile(where, f"sheet '{name}' {_too_far(row, column)}")
            if said.get("t") == "e":
                faults[row].append((column, _ERROR))
        elif element == "row":
            row, column = _place(f"A{said['r']}", where)[0] if "r" in said else row + 1, 0
        elif element == "mergeCell":
            area = said.get("ref", "")
            first, at = _place(area.partition(":")[0], where)
            faults[first].append((at, _MERGED.format(area)))

    def formula(text: str) -> None:
        if text.strip().upper() not in _TRUTH:
            faults[row].append((column, _FORMULA))

    _parse(data, where, begin, formula)
    return faults


def _too_far(row: int, column: int) -> str:
    return (
        f"reaches to the cell {cell_name(row, column)}; at most {_MAX_ROWS:,} rows,"
        f" {MAX_COLUMNS:,} columns and {_MAX_CELLS:,} cells are read,"
        " so clear what stands far off, or split it"
    )


def _place(text: str, where: str) -> tuple[int, int]:
    match = _CELL.fullmatch(text.upper())
    if match is None:
        raise BadFile(where, f"this is no workbook: '{text[:20]}' is no cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


# --- the cells of a workbook --------------------------------------------------------------------

SHEET, WORDS, EXAMPLE = "cases", "words", "example"
"""The sheet of cases in the workbooks that are made here, and those that explain it."""
_MOST_EXACT = 1e15
_ROUNDED = "a spreadsheet keeps 15 digits of a number; write this one as text"

Cell = str | float | bool | date | datetime | time | timedelta
Cells = list[Cell]


def read_workbook(data: bytes, where: str, vocabulary: Vocabulary) -> Iterator[TableRow]:
    """Yield the rows of a workbook, the header first, every cell as text.

    Read is the one sheet that people see whose first row names a column "id"; which others there
    are is noted at the header. Dates are written as in 2026-11-22, whole numbers without a point,
    and truth as true or false. Merged cells, formulas and errors are faults of their row.

    Raises:
        BadFile: it is no workbook, too large, locked, or holds macros; or no sheet is one of
            cases, or several are.
    """
    import python_calamine as calamine

    parts = unpack(data, where)
    sheets = list_sheets(parts, where)
    faults = [look_over(sheet.name, parts[sheet.part], where) for sheet in sheets]
    try:
        # What was looked over is what is read, whatever else the archive may say.
        workbook = calamine.CalamineWorkbook.from_filelike(_pack(parts))
        sheet, rows, notes = _chosen(sheets, workbook, where, vocabulary)
    except calamine.CalamineError as error:
        raise BadFile(where, f"this is no workbook: {error}") from error
    told = faults[sheets.index(sheet)]
    for number, cells in enumerate(rows, 1):
        texts = tuple(map(_text, cells))
        lost, said = _said_of(cells)
        if notes and _is_filled(texts):  # it is the header
            said, notes = notes, []
        yield TableRow(number, number, texts, (*told.get(number, ()), *lost), notes=(*said,))


def _chosen(
    sheets: Sequence[Sheet], workbook: CalamineWorkbook, where: str, vocabulary: Vocabulary
) -> tuple[Sheet, list[Cells], list[Note]]:
    """Return the sheet of cases, its rows, and what is to be said of the others."""
    visible = [sheet for sheet in sheets if sheet.is_visible]
    if not visible:
        raise BadFile(where, "it has no sheet that people see")
    held = {
        sheet.name: workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for sheet in sheets
    }
    listed = [sheet for sheet in sheets if _has_id(held[sheet.name], vocabulary)]
    found = [sheet for sheet in listed if sheet.is_visible and sheet.word != EXAMPLE]
    if len(found) > 1:
        reason = "have a column 'id' each; put all their rows into one sheet"
        raise BadFile(where, f"the sheets {_named(found)} {reason}, for only one is read")
    if not found and len(visible) > 1:
        reason = "its first row names the columns, and one is 'id'"
        raise BadFile(where, f"none of the sheets {_named(visible)} is one of cases: {reason}")
    sheet = (found or visible)[0]
    if not held[sheet.name]:
        raise BadFile(where, f"the sheet '{sheet.name}' is empty")
    others = [one for one in visible if one is not sheet and held[one.name] and one.word != WORDS]
    others += [one for one in listed if not one.is_visible]
    said = f"the sheet '{sheet.name}' was read, and not {_named(others)}"
    return sheet, held[sheet.name], [(0, said)] if others else []


def _named(sheets: Sequence[Sheet]) -> str:
    return " and ".join(filter(None, [", ".join(map(str, sheets[:-1])), *map(str, sheets[-1:])]))


def _has_id(rows: Iterable[Cells], vocabulary: Vocabulary) -> bool:
    header = next((cells for cells in rows if _is_filled(map(_text, cells))), [])
    columns = (find_column(cell, vocabulary) for cell in header if isinstance(cell, str))
    return any(column is not None and column.path == ("id",) for column in columns)


def _said_of(cells: Cells) -> tuple[list[Note], list[Note]]:
    """Return what a spreadsheet has lost of cells, and what a person may have written otherwise.

    That is 50%, 1/2, 10:30 or TRUE.
    """
    lost, changed = [], []
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, float) and abs(cell) >= _MOST_EXACT:
            lost.append((number, _ROUNDED))
        if not isinstance(cell, str) and not (isinstance(cell, float) and cell.is_integer()):
            said = f"this is no text in the spreadsheet, and was read as '{_text(cell)}'"
            changed.append((number, f"{said}; if something else is meant, format the cell as text"))
    return lost, changed


def _text(cell: Cell) -> str:
    """Return what a person reads in a cell."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _MOST_EXACT else repr(cell)
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()
