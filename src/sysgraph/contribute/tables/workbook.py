"""Read XLSX: one sheet of a workbook as rows of text, once nothing in it can do harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from sysgraph.contribute.tables.archive import pack, unpack
from sysgraph.contribute.tables.columns import find_column
from sysgraph.contribute.tables.rows import Fault, Row
from sysgraph.contribute.tables.sheet import Sheet, list_sheets, look_over
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import BadFile

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["EXAMPLE", "SHEET", "WORDS", "read_workbook"]

SHEET, WORDS, EXAMPLE = "cases", "words", "example"
"""The sheet of cases in the workbooks that are made here, and those that explain it."""
_MOST_EXACT = 1e15

Cell = str | float | bool | date | datetime | time | timedelta
Cells = list[Cell]


def read_workbook(data: bytes, where: str, vocabulary: Vocabulary) -> Iterator[Row]:
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
    for sheet in sheets:
        look_over(sheet, parts[sheet.part], where)
    try:
        # What was looked over is what is read, whatever else the archive may say.
        workbook = calamine.CalamineWorkbook.from_filelike(BytesIO(pack(parts)))
        sheet, rows, notes = _chosen(sheets, workbook, where, vocabulary)
    except calamine.CalamineError as error:
        raise BadFile(where, f"this is no workbook: {error}") from error
    for number, cells in enumerate(rows, 1):
        row = Row(number, number, tuple(map(_text, cells)), notes=tuple(_read_as(cells)))
        faults = (*sheet.faults.get(number, ()), *_rounded(cells))
        if notes and any(text.strip() for text in row.cells):  # it is the header
            row, notes = replace(row, notes=notes), ()
        yield replace(row, faults=faults)


def _chosen(
    sheets: Sequence[Sheet], workbook: CalamineWorkbook, where: str, vocabulary: Vocabulary
) -> tuple[Sheet, list[Cells], tuple[Fault, ...]]:
    """Return the sheet of cases, its rows, and what is to be said of the others."""
    visible = [sheet for sheet in sheets if sheet.is_visible]
    if not visible:
        raise BadFile(where, "it has no sheet that people see")
    held = {
        sheet.name: workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for sheet in sheets
    }
    listed = [sheet for sheet in sheets if _has_id(held[sheet.name], vocabulary)]
    found = [sheet for sheet in listed if sheet.is_visible and _name(sheet) != EXAMPLE]
    if len(found) > 1:
        reason = "have a column 'id' each; put all their rows into one sheet"
        raise BadFile(where, f"the sheets {_named(found)} {reason}, for only one is read")
    if not found and len(visible) > 1:
        reason = "its first row names the columns, and one is 'id'"
        raise BadFile(where, f"none of the sheets {_named(visible)} is one of cases: {reason}")
    sheet = (found or visible)[0]
    if not held[sheet.name]:
        raise BadFile(where, f"the sheet '{sheet.name}' is empty")
    others = [each for each in visible if each is not sheet and held[each.name]]
    others = [each for each in others if _name(each) != WORDS]
    others += [each for each in listed if not each.is_visible]
    if not others:
        return sheet, held[sheet.name], ()
    said = f"the sheet '{sheet.name}' was read, and not {_named(others)}"
    return sheet, held[sheet.name], ((0, said),)


def _name(sheet: Sheet) -> str:
    return sheet.name.strip().lower()


def _named(sheets: Sequence[Sheet]) -> str:
    names = [f"'{sheet.name}'{'' if sheet.is_visible else ' (hidden)'}" for sheet in sheets]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _has_id(rows: Sequence[Cells], vocabulary: Vocabulary) -> bool:
    header = next((cells for cells in rows if any(_text(cell).strip() for cell in cells)), [])
    columns = (find_column(cell, vocabulary) for cell in header if isinstance(cell, str))
    return any(column is not None and column.path == ("id",) for column in columns)


def _rounded(cells: Cells) -> Iterator[Fault]:
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, float) and abs(cell) >= _MOST_EXACT:
            yield number, "a spreadsheet keeps 15 digits of a number; write this one as text"


def _read_as(cells: Cells) -> Iterator[Fault]:
    """Yield what a person may have written otherwise: 50%, 1/2, 10:30 or TRUE."""
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, str) and not (isinstance(cell, float) and cell.is_integer()):
            said = f"this is no text in the spreadsheet, and was read as '{_text(cell)}'"
            yield number, f"{said}; if something else is meant, format the cell as text"


def _text(cell: Cell) -> str:
    """Return what a person reads in a cell."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _MOST_EXACT else repr(cell)
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()
