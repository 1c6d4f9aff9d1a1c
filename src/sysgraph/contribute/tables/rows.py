"""Rows of a table, from whichever file, as documents: each cell a key of a case in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sysgraph.contribute.syntax.document import Document, Mark, Path_, Plain
from sysgraph.contribute.tables.cells import BLANK, meant, split_cell, unguard
from sysgraph.contribute.tables.columns import Column, find_column, nearest_columns
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import BadFile, suggest
from sysgraph.findings import Finding, Severity, cell_name

__all__ = ["MAX_COLUMNS", "Part", "Row", "documents"]

MAX_COLUMNS = 2_000
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#VALUE!"}

Fault = tuple[int, str]
"""A column, from 1, and what is wrong with its cell; column 0 stands for the whole row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its number as a spreadsheet counts, and the line of the file.

    A row that ``is_again`` has the id of an earlier one, and is no case. ``notes`` warn: those of
    cells where their column holds text.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    is_again: bool = False
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table with its header; small, and can be sent to a worker.

    ``digest`` is the SHA-256 of the whole file. The first part answers for the header.
    """

    file: str
    digest: str
    header: Row
    rows: Sequence[Row]
    is_first: bool = True


def documents(part: Part, vocabulary: Vocabulary) -> Iterator[tuple[Document, list[Finding]]]:
    """Yield each row as a document, with what is wrong with its cells.

    What is wrong with the header is found with the first row.

    Raises:
        BadFile: there is no column for the id, or there are too many columns.
    """
    header = _Header(part, vocabulary)
    found = header.findings if part.is_first else []
    for row in part.rows:
        document, own = header.read(row)
        yield document, [*found, *own]
        found = []


class _Header:
    """The columns of a table, by their number from 0, and what is wrong with their names."""

    def __init__(self, part: Part, vocabulary: Vocabulary) -> None:
        """Find the columns that the names stand for."""
        self.file = part.file
        self.vocabulary = vocabulary
        self.row = part.header
        self.names = tuple(name.strip() for name in part.header.cells)
        self.columns: list[Column | None] = []
        self.findings: list[Finding] = []
        for at, text in part.header.faults:
            self._report(at, text)
        self.findings += self._noted(part.header)
        for number, name in enumerate(self.names, 1):
            self.columns.append(self._find(number, name, vocabulary) if name else None)
        if ("id",) not in {column.path for column in self.columns if column}:
            reason = "there is no column 'id'; the first row names the columns, and one is 'id'"
            raise BadFile(part.file, reason, part.header.line)
        self._refuse_mixed()

    def _find(self, number: int, name: str, vocabulary: Vocabulary) -> Column | None:
        column = find_column(name, vocabulary)
        if column is None:
            near = suggest(nearest_columns(name, vocabulary))
            self._report(number, f"there is no column '{name}'{near}", "known-column")
        elif column.path in {other.path for other in self.columns if other}:
            self._report(number, f"the column '{name}' stands here twice; keep one", "one-column")
            return None
        return column

    def _refuse_mixed(self) -> None:
        """Refuse a key that is a list in one column and none in another."""
        kinds: dict[Path_, type] = {}
        for at, column in enumerate(self.columns):
            path = column.path if column else ()
            for end in range(1, len(path) + 1):
                kind = type(path[end]) if end < len(path) else type(None)
                if kinds.setdefault(path[:end], kind) is not kind:
                    said = "number its key in all columns or in none"
                    self._report(at + 1, f"'{self.names[at]}': {said}", "one-column")
                    self.columns[at] = None
                    break

    def _report(self, number: int, message: str, demand: str = "cell") -> None:
        self.findings.append(self._finding(self.row, number, message, demand))

    def _finding(self, row: Row, number: int, message: str, demand: str) -> Finding:
        name = self.names[number - 1] if 0 < number <= len(self.names) else None
        return Finding(
            message=message,
            demand=demand,
            file=self.file,
            line=row.line,
            column=number or None,
            cell=cell_name(row.number, number or None),
            field=name if row is not self.row else None,
        )

    def _noted(self, row: Row) -> Iterator[Finding]:
        for at, message in row.notes:
            column = self.columns[at - 1] if 0 < at <= len(self.columns) else None
            if at == 0 or (column is not None and column.is_text):
                finding = self._finding(row, at, message, "sheet" if at == 0 else "cell")
                yield replace(finding, severity=Severity.WARNING)

    def read(self, row: Row) -> tuple[Document, list[Finding]]:
        """Return a row as a document, and what is wrong with its cells."""
        found = [self._finding(row, at, message, "cell") for at, message in row.faults]
        found += self._noted(row)
        if row.is_again:
            return Document({}), found
        broken = {at for at, _ in row.faults}
        filled: list[tuple[int, Column, str]] = []
        for number, cell in enumerate(row.cells, 1):
            text = cell.replace("\r\n", "\n").strip(BLANK)
            if not text or number in broken:
                continue
            column = self.columns[number - 1] if number <= len(self.columns) else None
            if text in _ERRORS:
                message = f"the spreadsheet says {text} here; write the value itself"
                found.append(self._finding(row, number, message, "cell"))
            elif column is not None:
                filled.append((number, column, unguard(text)))
            elif number > len(self.names) or not self.names[number - 1]:
                message = "the column has no name in the first row; name it or empty the cell"
                found.append(self._finding(row, number, message, "cell"))
        return self._document(row, filled), found

    def _document(self, row: Row, filled: list[tuple[int, Column, str]]) -> Document:
        numbers = _Numbers(column.path for _, column, _ in filled)
        root: dict[str, Plain] = {}
        marks: dict[Path_, Mark] = {(): (row.line, None)}
        for number, column, text in filled:
            path = numbers.closed_up(column.path)
            parts = split_cell(text) if column.several else [text]
            values: list[Plain] = [meant(part, column, self.vocabulary) for part in parts]
            _put(root, path, values if column.several else values[0])
            mark = (row.line, number)
            for end in range(1, len(path) + 1):
                marks.setdefault(path[:end], mark)
        empty = tuple(self._empty({number for number, _, _ in filled}, numbers))
        return Document(root, marks, row=row.number, heads=self.names, empty=empty)

    def _empty(self, filled: set[int], numbers: _Numbers) -> Iterator[tuple[Path_, str, int]]:
        for owner, predicate, number in self._places:
            if number not in filled and numbers.knows(owner):
                yield numbers.closed_up(owner), predicate, number

    @cached_property
    def _places(self) -> tuple[tuple[Path_, str, int], ...]:
        """Return where one looks for what is missing: owner, predicate and number of a column."""
        found: dict[tuple[Path_, str], int] = {}
        for number, column in enumerate(self.columns, 1):
            for place in column.places if column else ():
                found.setdefault(place, number)
        return tuple((*place, number) for place, number in found.items())


class _Numbers:
    """Which numbers of each list are used in a row, so that a gap in them is none in the list."""

    def __init__(self, paths: Iterable[Path_]) -> None:
        self._used: dict[Path_, list[int]] = {}
        self._closed: dict[Path_, Path_] = {(): ()}
        used: dict[Path_, set[int]] = {}
        for path in paths:
            for end, part in enumerate(path):
                if isinstance(part, int):
                    used.setdefault(path[:end], set()).add(part)
        self._used = {head: sorted(numbers) for head, numbers in used.items()}

    def knows(self, path: Path_) -> bool:
        """Tell whether all the lists on a path have the number that stands there."""
        return all(
            part in self._used.get(path[:end], ())
            for end, part in enumerate(path)
            if isinstance(part, int)
        )

    def closed_up(self, path: Path_) -> Path_:
        """Return a path with its numbers counted without gaps."""
        if path not in self._closed:
            last = path[-1]
            if isinstance(last, int):
                last = self._used[path[:-1]].index(last)
            self._closed[path] = (*self.closed_up(path[:-1]), last)
        return self._closed[path]


def _put(root: dict[str, Plain], path: Path_, value: Plain) -> None:
    here: Plain = root
    for part, after in zip(path, [*path[1:], None], strict=True):
        below: Plain = value if after is None else [] if isinstance(after, int) else {}
        if isinstance(here, dict):
            here = here.setdefault(str(part), below)
        else:
            assert isinstance(here, list)
            assert isinstance(part, int)
            while len(here) <= part:
                here.append([] if isinstance(after, int) else {})
            if after is None:
                here[part] = value
            here = here[part]
