"""Write cases as an XLSX workbook, and the workbook to be filled in, with its lists of words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sysgraph.characters import find_unsound
from sysgraph.contribute.syntax.document import Plain
from sysgraph.contribute.tables.columns import Column, columns_of
from sysgraph.contribute.tables.guide import Advice, Guide, Word
from sysgraph.contribute.tables.workbook import EXAMPLE, SHEET, WORDS
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import SysgraphError
from sysgraph.publish.csvfile import PARTS
from sysgraph.publish.grid import Grid

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["empty_workbook", "write_workbook"]

Tree = Mapping[str, Plain]
Lists = dict[tuple[Word, ...], str]

_LONGEST = 32_767
_ROWS = 1_000
_MOMENT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_REQUIRED, _OPTIONAL = "FFD9EAD3", "FFEFEFEF"


def empty_workbook(vocabulary: Vocabulary, guide: Guide, examples: Iterable[Tree] = ()) -> bytes:
    """Return a workbook to be filled in, a row a case.

    Each column has a note on what it means, and a list to choose from where only some words may
    stand; required columns are green. All words are explained on a sheet of their own, and
    ``examples`` stand on another; the reader looks at neither.
    """
    columns = columns_of(vocabulary.context, PARTS)
    return _write(columns, [], guide, _rows(list(examples), vocabulary))


def write_workbook(trees: Iterable[Tree], vocabulary: Vocabulary, guide: Guide) -> bytes:
    """Return cases as a workbook of the same kind, with the columns that they need.

    Raises:
        SysgraphError: a text is longer than the 32,767 characters of a cell, or holds a
            character that nobody sees.
    """
    columns, rows = _rows(list(trees), vocabulary)
    return _write(columns, rows, guide, None)


Rows = tuple[Sequence[Column], list[list[str]]]


def _rows(trees: list[Tree], vocabulary: Vocabulary) -> Rows:
    grid = Grid(vocabulary)
    for tree in trees:
        grid.add(tree)
    columns = grid.columns()
    rows = [grid.row(tree, columns) for tree in trees]
    for row in rows:
        for column, text in zip(columns, row, strict=True):
            _refuse(text, f"{row[0]}, {column.name}")
    return columns, rows


def _write(
    columns: Sequence[Column], rows: list[list[str]], guide: Guide, examples: Rows | None
) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    advice = [guide.advise(column) for column in columns]
    lists = _name_lists(columns, advice)
    sheet = book.create_sheet(SHEET)
    _arrange(sheet, columns, advice, lists, max(len(rows), _ROWS))
    _fill(sheet, columns, advice, rows)
    _explain(book, lists)
    if examples is not None and examples[1]:
        shown = book.create_sheet(EXAMPLE)
        shown.freeze_panes = "B2"
        _fill(shown, examples[0], [guide.advise(column) for column in examples[0]], examples[1])
    _list(book, lists)
    file = BytesIO()
    book.save(file)
    return _settled(file.getvalue())


def _settled(data: bytes) -> bytes:
    """Return a workbook without the moment it was made at: the same for the same cases."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as made, ZipFile(file, "w", ZIP_DEFLATED) as settled:
        for info in made.infolist():
            part = made.read(info)
            if info.filename == "docProps/core.xml":
                part = _MOMENT.sub(b"1980-01-01T00:00:00Z", part)
            settled.writestr(ZipInfo(info.filename), part, ZIP_DEFLATED)
    return file.getvalue()


def _name_lists(columns: Sequence[Column], advice: Sequence[Advice]) -> Lists:
    """Return the lists of words that there are, each with the name of its first column."""
    found: Lists = {}
    for column, said in zip(columns, advice, strict=True):
        if said.words:
            found.setdefault(said.words, column.name)
    return found


def _arrange(
    sheet: Any, columns: Sequence[Column], advice: Sequence[Advice], lists: Lists, rows: int
) -> None:
    """Freeze the header, give columns their widths, and offer the words that may stand there."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "B2"
    offers: dict[tuple[Word, ...], Any] = {}
    for number, (column, said) in enumerate(zip(columns, advice, strict=True), 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, min(len(column.name) + 2, 34))
        # As text, or the spreadsheet makes 2 of 002, and a day of its own of a date.
        sheet.column_dimensions[letter].number_format = "@"
        if not said.words:
            continue
        several = column.several and not said.is_single
        key = (*said.words, Word(str(several)))
        if key not in offers:
            at = get_column_letter(list(lists).index(said.words) + 1)
            area = f"lists!${at}$2:${at}${len(said.words) + 1}"
            offers[key] = DataValidation("list", formula1=area, allow_blank=True)
            offers[key].error = "Choose one of the words in the list."
            # A cell of several values, with a semicolon between, is in no list.
            offers[key].showErrorMessage = not several
            sheet.data_validations.append(offers[key])
        offers[key].add(f"{letter}2:{letter}{rows + 1}")


def _fill(
    sheet: Any, columns: Sequence[Column], advice: Sequence[Advice], rows: list[list[str]]
) -> None:
    sheet.append([_head(sheet, *each) for each in zip(columns, advice, strict=True)])
    for row in rows:
        sheet.append([_cell(sheet, text) if text else None for text in row])


def _head(sheet: Any, column: Column, said: Advice) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(sheet, column.name)
    cell.font = Font(bold=True)
    colour = _REQUIRED if said.is_required or column.path == ("id",) else _OPTIONAL
    cell.fill = PatternFill("solid", start_color=colour)
    several = "Several values: a semicolon between."
    several = several if column.several and not said.is_single else ""
    note = "\n".join(text for text in (said.definition, *said.messages, several) if text)
    cell.comment = Comment(note, "sysgraph", height=160, width=320)
    return cell


def _refuse(text: str, place: str) -> None:
    """Refuse what a cell cannot hold, and what is not read again."""
    if len(text) > _LONGEST:
        reason = f"{len(text):,} characters are more than a cell of a workbook holds"
        raise SysgraphError(f"{place}: {reason}; write it as CSV or YAML")
    hidden = find_unsound(text)
    if hidden:
        reason = f"there is an invisible character U+{ord(hidden.group()):04X}"
        raise SysgraphError(f"{place}: {reason}, which XLSX is not read with; write it as YAML")


def _cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    written = _ESCAPED.sub(lambda match: f"_x{ord(match.group()):04X}_", text)
    cell = WriteOnlyCell(sheet, written)
    cell.data_type = "s"  # never a formula
    return cell


def _explain(book: Workbook, lists: Lists) -> None:
    sheet = book.create_sheet(WORDS)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCD", (34, 26, 34, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(["column", "word", "called", "definition"])
    for words, name in lists.items():
        for word in words:
            texts = (name, word.word, word.label, word.definition)
            sheet.append([_cell(sheet, text) for text in texts])


def _list(book: Workbook, lists: Lists) -> None:
    sheet = book.create_sheet("lists")
    sheet.sheet_state = "hidden"
    sheet.append(list(lists.values()))
    for number in range(max(map(len, lists), default=0)):
        sheet.append(
            [_cell(sheet, words[number].word) if number < len(words) else None for words in lists]
        )
