"""Read XLSX: one sheet of a workbook as rows of text, once nothing in it can do harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO

from sysgraph.characters import find_unsound
from sysgraph.contribute.tables.archive import pack, unpack
from sysgraph.contribute.tables.rows import Row
from sysgraph.contribute.tables.sheet import Sheet, list_sheets, look_over
from sysgraph.errors import BadFile

__all__ = ["SHEET", "read_workbook"]

SHEET = "cases"
"""The sheet that is read, where there is one of that name; else the first that people see."""

Cell = str | float | bool | date | datetime | time | timedelta


def read_workbook(data: bytes, where: str) -> Iterator[Row]:
    """Yield the rows of a workbook, the header first, every cell as text.

    Read is the sheet named "cases", or the first one; hidden sheets are passed over. Dates are
    written as in 2026-11-22, whole numbers without a point, and truth as true or false. Merged
    cells, formulas and errors are faults of their row.

    Raises:
        BadFile: it is no workbook, too large, locked, or holds macros; or no sheet is to be seen.
    """
    import python_calamine as calamine

    parts = unpack(data, where)
    sheet = _chosen(list_sheets(parts, where), where)
    look_over(sheet, parts[sheet.part], where)
    try:
        # What was looked over is what is read, whatever else the archive may say.
        workbook = calamine.CalamineWorkbook.from_filelike(BytesIO(pack(parts)))
        found = workbook.get_sheet_by_name(sheet.name)
        rows = found.to_python(skip_empty_area=False)
    except calamine.CalamineError as error:
        raise BadFile(where, f"this is no workbook: {error}") from error
    if not rows:
        raise BadFile(where, f"the sheet '{sheet.name}' is empty")
    for number, cells in enumerate(rows, 1):
        faults = (*sheet.faults.get(number, ()), *_hidden(cells))
        yield Row(number, number, tuple(map(_text, cells)), faults)


def _chosen(sheets: list[Sheet], where: str) -> Sheet:
    visible = [sheet for sheet in sheets if sheet.is_visible]
    if not visible:
        raise BadFile(where, "it has no sheet that people see")
    named = [sheet for sheet in visible if sheet.name.strip().lower() == SHEET]
    return (named or visible)[0]


def _hidden(cells: list[Cell]) -> Iterator[tuple[int, str]]:
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, str) and not cell.isascii():
            match = find_unsound(cell)
            if match:
                code = f"U+{ord(match.group()):04X}"
                yield number, f"there is an invisible character {code}; write the text anew"


def _text(cell: Cell) -> str:
    """Return what a person reads in a cell."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()
