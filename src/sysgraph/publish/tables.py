"""Cases as files that people edit: CSV, YAML, JSON, and workbooks, also empty ones to fill in."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import yaml

from sysgraph.case.compile import Bare
from sysgraph.case.document import Path_, Plain, name_of
from sysgraph.case.rows import ROOT, Column, columns_of, find_column, guard, join_cell
from sysgraph.case.sheets import EXAMPLE, SHEET, WORDS
from sysgraph.characters import UNSOUND, find_unsound, named
from sysgraph.errors import SysgraphError
from sysgraph.fill.template import ColumnAdvice, advise_column
from sysgraph.ontology import Ontology
from sysgraph.shapes import Choice
from sysgraph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = [
    "empty_csv",
    "empty_workbook",
    "peek",
    "write_csv",
    "write_json",
    "write_workbook",
    "write_yaml",
]

Tree = Mapping[str, Plain]
T = TypeVar("T")


class Grid:
    """The columns that some cases need together, in the order of the context, and their rows."""

    def __init__(self, trees: Iterable[Tree], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._columns: dict[Path_, Column | None] = {("id",): Column(("id",))}
        self._listed: set[Path_] = set()
        needed: set[Path_] = {("id",)}
        for tree in trees:
            for path, value in _leaves(tree, ()):
                if isinstance(value, list) and not self._column(path).several:
                    self._listed.add(path)
            needed.update(path for path, _ in self._cells(tree))
        # What is a list in one case is a list in all of them.
        paths = sorted(needed - self._listed, key=self._position)
        self.columns = [self._column(path) for path in paths]

    def row(self, tree: Tree) -> list[str]:
        """Return what stands in each column for a case; nothing is an empty text.

        A text that a spreadsheet would take for a formula, a number or a date has a single quote
        before it, which reading takes away again.
        """
        cells = dict(self._cells(tree))
        return [
            guard(cells.get(column.path, ""), is_text=column.is_text) for column in self.columns
        ]

    def _cells(self, tree: Tree) -> Iterator[tuple[Path_, str]]:
        for path, value in _leaves(tree, ()):
            if path not in self._listed:
                yield path, value if isinstance(value, str) else join_cell(value)
                continue
            for number, one in enumerate([value] if isinstance(value, str) else value):
                yield (*path, number), one

    def _column(self, path: Path_) -> Column:
        if path not in self._columns:
            self._columns[path] = find_column(name_of(path), self._vocabulary)
        column = self._columns[path]
        if column is None:
            reason = "a table numbers 999 parts of a kind at most; write it as YAML"
            raise SysgraphError(f"there is no column '{name_of(path)}': {reason}")
        return column

    def _position(self, path: Path_) -> list[int]:
        if path[0] in ROOT:
            return [-2 if path[0] == "id" else -1]
        keys = self._vocabulary.keys
        keys = keys if path[0] in keys else self._vocabulary.of_critiques.keys
        found = []
        for part in path:
            if isinstance(part, int):
                found.append(part)
            else:
                found.append(list(keys).index(part))
                keys = keys[part].keys
        return found


def _leaves(value: Plain | Tree, path: Path_) -> Iterator[tuple[Path_, str | list[str]]]:
    """Yield each text, and each list of texts, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        if texts:
            yield path, texts
        for number, item in enumerate(value):
            if not isinstance(item, str):
                yield from _leaves(item, (*path, number))
    else:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))


PARTS = 2
"""Of each part that there may be several of, so many have columns in what is made to be filled."""


def blank_columns(vocabulary: Vocabulary) -> list[Column]:
    """Return the columns of what is made to be filled in by whoever contributes a case.

    Those of codings are not among them: who codes a case again gets a sheet of its own. Nor is
    the advice, which is in the file that it was written to.
    """
    columns = columns_of(vocabulary, PARTS)
    return [each for each in columns if each.path[0] not in ("advice", "codings")]


def empty_csv(vocabulary: Vocabulary) -> bytes:
    """Return the first row of a CSV file to be filled: the columns of a case, and no case.

    Of readings, citations and critiques there are two each; a third has columns with 3 in them.
    """
    heads = [column.name for column in blank_columns(vocabulary)]
    return codecs.BOM_UTF8 + _line(heads).encode()


def write_csv(trees: Callable[[], Iterable[Tree]], vocabulary: Vocabulary) -> Iterator[bytes]:
    """Yield a CSV file row by row; ``trees`` is gone through twice, first for the columns.

    It begins with a byte order mark, by which spreadsheets know that it is UTF-8.

    Raises:
        SysgraphError: a text holds a character that CSV is not read with.
    """
    grid = Grid(trees(), vocabulary)
    yield codecs.BOM_UTF8 + _line([column.name for column in grid.columns]).encode()
    for tree in trees():
        cells = grid.row(tree)
        for column, text in zip(grid.columns, cells, strict=True):
            if not text.isascii() or "\0" in text:
                _refuse_hidden(text, f"{tree['id']}, {column.name}", "CSV")
        yield _line(cells).encode()


def _refuse_hidden(text: str, place: str, where: str) -> None:
    hidden = find_unsound(text)
    if hidden:
        reason = f"{named(hidden)}, which {where} is not read with; write it as YAML"
        raise SysgraphError(f"{place}: {reason}")


def _line(cells: list[str]) -> str:
    file = StringIO()
    csv.writer(file).writerow(cells)
    return file.getvalue()


# What YAML cannot hold as it is, beside what nobody sees.
_ESCAPED = re.compile(f"[\x7f-\x9f\u2028\u2029\ufffe\uffff]|{UNSOUND.pattern}")
_WIDTH = 120


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes numbers, dates and truth values without quotes, and hides no character."""


def _write_bare(dumper: Any, value: Bare) -> yaml.Node:
    tag = dumper.resolve(yaml.ScalarNode, str(value), (True, False))
    return yaml.ScalarNode(tag, str(value))


def _write_text(dumper: Any, value: str) -> yaml.Node:
    style = '"' if _ESCAPED.search(value) else None
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Bare, _write_bare)
_Dumper.add_representer(str, _write_text)


def write_yaml(trees: Iterable[Tree]) -> Iterator[bytes]:
    """Yield a YAML document: one case by itself, or a list of several, case by case."""
    first, several = peek(trees)
    for tree in first:
        thing = [dict(tree)] if several else dict(tree)
        text = yaml.dump(thing, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
        yield _escaped(text).encode()
    if several is None:
        yield b"[]\n"


def write_json(trees: Iterable[Tree]) -> Iterator[bytes]:
    """Yield a JSON document: one case by itself, or a list of several, case by case."""
    found, several = peek(trees)
    start, between, end = ("[\n", ",\n", "\n]\n") if several is not False else ("", "", "\n")
    yield start.encode()
    for number, tree in enumerate(found):
        text = json.dumps(_typed(tree), ensure_ascii=False, indent=2)
        yield ((between if number else "") + _escaped(text)).encode()
    yield end.encode()


def peek(trees: Iterable[T]) -> tuple[Iterator[T], bool | None]:
    """Return what there is, and whether it is several; None where there is nothing at all."""
    waiting = iter(trees)
    first = list(islice(waiting, 2))
    return chain(first, waiting), len(first) > 1 if first else None


def _escaped(text: str) -> str:
    # All of these stand in a text between double quotes.
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return value.in_json if isinstance(value, Bare) else value


Heads = Sequence[tuple[Column, ColumnAdvice]]
"""The columns of a sheet, each with what a person is told of it."""
Lists = dict[tuple[Choice, ...], str]
"""Each list of words that there is, with the name of the first column that has it."""

_LONGEST = 32_767
_ROWS = 1_000
_MOMENT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
_ESCAPED_CELL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_REQUIRED, _OPTIONAL = "FFD9EAD3", "FFEFEFEF"


def empty_workbook(ontology: Ontology, examples: Iterable[Tree] = ()) -> bytes:
    """Return a workbook to be filled in, a row a case.

    Each column has a note on what it means, and a list to choose from where only some words may
    stand; required columns are green. All words are explained on a sheet of their own, and
    ``examples`` stand on another; the reader looks at neither.
    """
    columns = blank_columns(ontology.vocabulary)
    return _write(columns, [], ontology, _rows(list(examples), ontology.vocabulary))


def write_workbook(trees: Iterable[Tree], ontology: Ontology) -> bytes:
    """Return cases as a workbook of the same kind, with the columns that they need.

    Raises:
        SysgraphError: a text is longer than the 32,767 characters of a cell, or holds a
            character that nobody sees.
    """
    return _write(*_rows(list(trees), ontology.vocabulary), ontology)


Rows = tuple[Sequence[Column], list[list[str]]]


def _rows(trees: list[Tree], vocabulary: Vocabulary) -> Rows:
    grid = Grid(trees, vocabulary)
    rows = [grid.row(tree) for tree in trees]
    for row in rows:
        for column, text in zip(grid.columns, row, strict=True):
            _refuse(text, f"{row[0]}, {column.name}")
    return grid.columns, rows


def _write(
    columns: Sequence[Column], rows: list[list[str]], ontology: Ontology, examples: Rows = ((), [])
) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    heads = [(column, advise_column(column, ontology)) for column in columns]
    lists: Lists = {}
    for column, said in heads:
        if said.words:
            lists.setdefault(said.words, column.name)
    sheet = book.create_sheet(SHEET)
    _arrange(sheet, heads, lists, max(len(rows), _ROWS))
    _fill(sheet, heads, rows)
    _explain(book, lists)
    if examples[1]:
        shown = book.create_sheet(EXAMPLE)
        shown.freeze_panes = "B2"
        heads = [(column, advise_column(column, ontology)) for column in examples[0]]
        _fill(shown, heads, examples[1])
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


def _arrange(sheet: Any, heads: Heads, lists: Lists, rows: int) -> None:
    """Freeze the header, give columns their widths, and offer the words that may stand there."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "B2"
    offers: dict[tuple[tuple[Choice, ...], bool], Any] = {}
    for number, (column, said) in enumerate(heads, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, min(len(column.name) + 2, 34))
        # As text, or the spreadsheet makes 2 of 002, and a day of its own of a date.
        sheet.column_dimensions[letter].number_format = "@"
        if not said.words:
            continue
        key = (said.words, said.is_several)
        if key not in offers:
            at = get_column_letter(list(lists).index(said.words) + 1)
            area = f"lists!${at}$2:${at}${len(said.words) + 1}"
            offers[key] = DataValidation("list", formula1=area, allow_blank=True)
            offers[key].error = "Choose one of the words in the list."
            # A cell of several values, with a semicolon between, is in no list.
            offers[key].showErrorMessage = not said.is_several
            sheet.data_validations.append(offers[key])
        offers[key].add(f"{letter}2:{letter}{rows + 1}")


def _fill(sheet: Any, heads: Heads, rows: list[list[str]]) -> None:
    sheet.append([_head(sheet, column, said) for column, said in heads])
    for row in rows:
        sheet.append([_cell(sheet, text) if text else None for text in row])


def _head(sheet: Any, column: Column, said: ColumnAdvice) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(sheet, column.name)
    cell.font = Font(bold=True)
    colour = _REQUIRED if said.is_required or column.path == ("id",) else _OPTIONAL
    cell.fill = PatternFill("solid", start_color=colour)
    several = "Several values: a semicolon between." if said.is_several else ""
    note = "\n".join(text for text in (said.definition, *said.messages, several) if text)
    cell.comment = Comment(note, "sysgraph", height=160, width=320)
    return cell


def _refuse(text: str, place: str) -> None:
    """Refuse what a cell cannot hold, and what is not read again."""
    if len(text) > _LONGEST:
        reason = f"{len(text):,} characters are more than a cell of a workbook holds"
        raise SysgraphError(f"{place}: {reason}; write it as CSV or YAML")
    _refuse_hidden(text, place, "XLSX")


def _cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    written = _ESCAPED_CELL.sub(lambda match: f"_x{ord(match.group()):04X}_", text)
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
            texts = (name, word.text, word.label, word.meaning)
            sheet.append([_cell(sheet, text) for text in texts])


def _list(book: Workbook, lists: Lists) -> None:
    sheet = book.create_sheet("lists")
    sheet.sheet_state = "hidden"
    sheet.append(list(lists.values()))
    for number in range(max(map(len, lists), default=0)):
        sheet.append(
            [_cell(sheet, words[number].text) if number < len(words) else None for words in lists]
        )
