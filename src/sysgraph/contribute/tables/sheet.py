"""Look over the XML of a worksheet for what a reader of values does not tell."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from sysgraph.contribute.tables.rows import MAX_COLUMNS
from sysgraph.errors import BadFile
from sysgraph.findings import cell_name

__all__ = ["Sheet", "column_number", "list_sheets", "look_over"]

_MAX_ROWS = 200_000
_MAX_CELLS = 20_000_000
_MAX_DEPTH = 64
_DRAWN = re.compile(r"(?i)xl/(chart|dialog)sheets/")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_MERGED = "these cells are merged ({}); take the merger apart and fill each by itself"
_TRUTH = ("TRUE()", "FALSE()")
"""Formulas that say no more than their value; LibreOffice writes truth so."""
_FORMULA = "this is a formula; write the value itself"
_ERROR = "the spreadsheet says that this is an error; write the value itself"

Attributes = dict[str, str]


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook: its name, the part of the archive, and whether people see it.

    ``faults`` are by row, from 1: a column, from 1, and what is wrong with the cell.
    """

    name: str
    part: str
    is_visible: bool
    faults: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, row: int, column: int, message: str) -> None:
        """Note what is wrong with a cell."""
        self.faults.setdefault(row, []).append((column, message))


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
            found.append(
                Sheet(said.get("name", ""), part, said.get("state", "visible") == "visible")
            )

    for part, begin in (("xl/_rels/workbook.xml.rels", link), ("xl/workbook.xml", sheet)):
        if part not in parts:
            raise BadFile(where, f"this is no workbook: it has no part {part}")
        _parse(parts[part], where, begin)
    return [each for each in found if each.part in parts and not _DRAWN.match(each.part)]


def look_over(sheet: Sheet, data: bytes, where: str) -> None:
    """Note merged cells, formulas and errors of a sheet, and refuse one that is too large.

    A single cell in the far corner would make a sheet of billions.

    Raises:
        BadFile: it reaches over more than 200,000 rows, 2,000 columns or 20,000,000 cells, or
            is not XML.
    """
    row = column = 0
    rows = columns = 1

    def begin(name: str, said: Attributes) -> None:
        nonlocal row, column, rows, columns
        if name == "c":
            row, column = _place(said["r"], where) if "r" in said else (row, column + 1)
            rows, columns = max(rows, row), max(columns, column)
            if rows > _MAX_ROWS or columns > MAX_COLUMNS or rows * columns > _MAX_CELLS:
                raise BadFile(where, f"sheet '{sheet.name}' {_too_far(row, column)}")
            if said.get("t") == "e":
                sheet.add(row, column, _ERROR)
        elif name == "row":
            row, column = _place(f"A{said['r']}", where)[0] if "r" in said else row + 1, 0
        elif name == "mergeCell":
            area = said.get("ref", "")
            sheet.add(*_place(area.partition(":")[0], where), _MERGED.format(area))

    def formula(text: str) -> None:
        if text.strip().upper() not in _TRUTH:
            sheet.add(row, column, _FORMULA)

    _parse(data, where, begin, formula)


def _too_far(row: int, column: int) -> str:
    return (
        f"reaches to the cell {cell_name(row, column)}; at most {_MAX_ROWS:,} rows,"
        f" {MAX_COLUMNS:,} columns and {_MAX_CELLS:,} cells are read,"
        " so clear what stands far off, or split it"
    )


def _place(text: str, where: str) -> tuple[int, int]:
    """Return row and column, from 1, of a cell."""
    match = _CELL.fullmatch(text.upper())
    if match is None:
        raise BadFile(where, f"this is no workbook: '{text[:20]}' is no cell")
    return int(match[2]), column_number(match[1])


def column_number(letters: str) -> int:
    """Return the number of a column, from 1.

    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
