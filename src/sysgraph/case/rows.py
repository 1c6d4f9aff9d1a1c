"""Rows of a table as documents: each column a path of keys, each cell a value in its place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from sysgraph.case.contribution import located
from sysgraph.case.document import Document, Mark, Path_, Place, Plain, name_of
from sysgraph.context import ContextKey
from sysgraph.errors import BadFile, Finding, Severity, suggest
from sysgraph.near import nearest
from sysgraph.terms import PREFIXES
from sysgraph.vocabulary import Vocabulary, choices

__all__ = [
    "MAX_COLUMNS",
    "ROOT",
    "Column",
    "Note",
    "TableRow",
    "TableRows",
    "columns_of",
    "documents",
    "find_column",
    "guard",
    "join_cell",
    "meant",
    "put",
    "unguard",
]

_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
ROOT = ("id", "kind")
"""The keys of a case that say nothing of it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its path in a case, and what its cells say of which part.

    Lists are counted from 0 in ``path`` and from 1 in the name. ``places`` are the path and the
    property (an IRI) of each part that leads to the value, and of the value itself, last; the id
    and the kind of a case have none, and no ``key``.
    """

    path: Path_
    places: tuple[tuple[Path_, str], ...] = ()
    key: ContextKey | None = None

    @property
    def name(self) -> str:
        """Return what stands at the head of the column."""
        return name_of(self.path)

    @property
    def several(self) -> bool:
        """Tell whether a cell may hold more than one value."""
        # Words of a closed list hold no separator, so that a cell may hold several of them.
        is_set = self.key is not None and (self.key.is_set or self.key.kind == "@vocab")
        return is_set and not isinstance(self.path[-1], int)

    @property
    def is_text(self) -> bool:
        """Tell whether any words may stand there."""
        return self.key is None or self.key.is_text


def find_column(name: str, vocabulary: Vocabulary) -> Column | None:
    """Return the column of that name, large and small letters and blanks being all the same.

    A column of a critique that stands by itself is found as well.
    """
    written = re.sub(r"\s*\.\s*", ".", name.strip().lower())
    steps = re.sub(r"[\s_]+", "-", written).split(".")
    if len(steps) == 1 and steps[0] in ROOT:
        return Column((steps[0],))
    return _walk(steps, vocabulary.keys) or _walk(steps, vocabulary.of_critiques.keys)


def _walk(steps: list[str], keys: dict[str, ContextKey]) -> Column | None:
    path: Path_ = ()
    owner: Path_ = ()
    places: list[tuple[Path_, str]] = []
    waiting = list(steps)
    key: ContextKey | None = None
    while waiting:
        key = keys.get(waiting.pop(0))
        if key is None:
            return None
        path = (*path, key.name)
        if waiting and _NUMBER.fullmatch(waiting[0]) and not key.is_group:
            path = (*path, int(waiting.pop(0)) - 1)
        if bool(waiting) is not bool(key.keys):
            return None
        if not key.is_group:
            places.append((owner, key.predicate))
            owner = path
        keys = key.keys
    return Column(path, tuple(places), key)


def columns_of(vocabulary: Vocabulary, parts: int = 1) -> list[Column]:
    """Return the columns of a case in the order of the context, with so many of each part."""
    keys = vocabulary.keys
    found = (_walk(steps, keys) for steps in _steps(keys, parts))
    return [Column(("id",)), *filter(None, found)]


def _steps(keys: dict[str, ContextKey], parts: int) -> Iterator[list[str]]:
    for key in keys.values():
        numbers = [[str(n)] for n in range(1, parts + 1)] if key.keys and key.is_set else [[]]
        for number in numbers:
            for below in _steps(key.keys, parts) if key.keys else [[]]:
                yield [key.name, *number, *below]


def nearest_columns(name: str, vocabulary: Vocabulary) -> list[str]:
    """Return the names of columns that one may have been meant to be, the nearest first."""
    number = re.search(r"\.([1-9][0-9]*)\.", name)
    written = re.sub(r"\.[1-9][0-9]*\.", ".1.", name.strip().lower())
    near = nearest(written, _all_names(vocabulary), like=0.7)
    return [each.replace(".1.", f".{number[1]}.") if number else each for each in near]


@lru_cache(maxsize=4)
def _all_names(vocabulary: Vocabulary) -> tuple[str, ...]:
    found = [*columns_of(vocabulary), *columns_of(vocabulary.of_critiques)]
    return tuple(dict.fromkeys(column.name for column in found))


# --- cells: what keeps a spreadsheet from changing them, and what it has changed -----------------

BLANK = " \t\xa0"
_FORMULA = re.compile(r"[=+\-@#\t\r]")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# Possessive, here and below, so that nothing is tried again.
_TAKEN = re.compile(
    rf"(?ai)(?:true|false)\Z|(?=\D*\d)(?:[\d\W_]|(?:{_MONTHS}|mon|tue|wed|thu|fri|sat|sun)[a-z]*+"
    r"|[ap]m?|e|t|z)++\Z"
)
"""A text that a spreadsheet would take for a number, a date, a time, an amount or a truth."""
_ITEM = re.compile(r'[ \t]*+(?:"((?:[^"]++|"")*+)"[ \t]*+(?=[;\n]|\Z)|([^;\n]*+))[;\n]?')
_XSD = PREFIXES["xsd"]
_CHANGED = {
    f"{_XSD}boolean": re.compile(r"(?i)=?(true|false)(?:\(\))?|([01])"),
    f"{_XSD}gYear": re.compile(r"([0-9]{1,4})\.0+"),
    f"{_XSD}date": re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00:00(?:\.0+)?"),
}


def meant(text: str, column: Column, vocabulary: Vocabulary) -> str:
    """Return a value as it was before a spreadsheet made its own of it; any other as it stands.

    Truth comes back as TRUE or 1, a year as 2007.0, a day with the hour of midnight, and a code
    such as 002, which is a word of some lists, as 2.
    """
    kind = column.key.kind if column.key else ""
    if kind in _CHANGED:
        found = _CHANGED[kind].fullmatch(text)
        if found is None:
            return text
        return found[1].lower() if found[1] else ("false", "true")[int(found[2])]
    if kind == "@vocab" and text.isdecimal():
        assert column.key is not None  # or it would have no kind
        words = choices(vocabulary, column.key.base)
        codes = [word for word in words if word.isdecimal() and int(word) == int(text)]
        return codes[0] if len(codes) == 1 and len(text) <= len(codes[0]) else text
    return text


def _is_changed(text: str, is_text: bool) -> bool:
    bare = text.lstrip("'")
    return bool(_FORMULA.match(bare) or (is_text and _TAKEN.match(bare)))


def unguard(text: str) -> str:
    """Return a cell without the quote that keeps a spreadsheet from making its own of it.

    >>> unguard("'=1+1"), unguard("'007"), unguard("'tis")
    ('=1+1', '007', "'tis")
    """
    return text[1:] if text[:1] == "'" and _is_changed(text, is_text=True) else text


def guard(text: str, *, is_text: bool = True) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula, a number or a date.

    What is a number, a date or a word of a list (not ``is_text``) is left to be one.

    >>> guard("=1+1"), guard("'=1+1"), guard("007"), guard("March 2020"), guard("'tis")
    ("'=1+1", "''=1+1", "'007", "'March 2020", "'tis")
    """
    return f"'{text}" if _is_changed(text, is_text) else text


def split_cell(text: str) -> Iterator[str]:
    """Yield the values of a cell that holds several, one after each semicolon or line.

    >>> list(split_cell('health; "housing; homes"; '))
    ['health', 'housing; homes']
    """
    at = 0
    while at < len(text):
        match = _ITEM.match(text, at)
        assert match is not None  # its second way takes whatever comes
        at = max(match.end(), at + 1)
        quoted, bare = match.groups()
        value = quoted.replace('""', '"') if quoted is not None else bare.strip(BLANK)
        if value:
            yield value


def join_cell(values: Iterable[str]) -> str:
    """Return a cell that ``split_cell`` takes apart again.

    >>> join_cell(["health", "housing; homes"])
    'health; "housing; homes"'
    """
    return "; ".join(_quoted(value) for value in values)


def _quoted(value: str) -> str:
    if value.strip(BLANK) != value or value[:1] == '"' or re.search(r"[;\n]", value):
        return '"' + value.replace('"', '""') + '"'
    return value


# --- rows ---------------------------------------------------------------------------------------

MAX_COLUMNS = 2_000
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#VALUE!"}

Note = tuple[int, str]
"""A column, from 1, and what is to be said of its cell; column 0 stands for the whole row."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its number as a spreadsheet counts, and the line of the file.

    ``faults`` are what is wrong with it, and ``notes`` only warn: those of cells where their
    column holds text. A row that ``is_again`` has the id of an earlier one, and is no case.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    faults: tuple[Note, ...] = ()
    is_again: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRows:
    """Some rows of a table with its header; small, and can be sent to a worker.

    ``digest`` is the SHA-256 of the whole file. The first ones answer for the header.
    """

    file: str
    digest: str
    header: TableRow
    rows: Sequence[TableRow]
    is_first: bool = True


def documents(part: TableRows, vocabulary: Vocabulary) -> Iterator[tuple[Document, list[Finding]]]:
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

    def __init__(self, part: TableRows, vocabulary: Vocabulary) -> None:
        self.file = part.file
        self.vocabulary = vocabulary
        self.row = part.header
        self.names = tuple(name.strip() for name in part.header.cells)
        self.columns: list[Column | None] = []
        self.findings = [self._finding(self.row, at, text) for at, text in part.header.faults]
        self.findings += self._noted(part.header)
        for number, name in enumerate(self.names, 1):
            self.columns.append(self._find(number, name) if name else None)
        if ("id",) not in {column.path for column in self.columns if column}:
            reason = "there is no column 'id'; the first row names the columns, and one is 'id'"
            raise BadFile(part.file, reason, part.header.line)
        self._refuse_mixed()

    def _find(self, number: int, name: str) -> Column | None:
        column = find_column(name, self.vocabulary)
        if column is None:
            near = suggest(nearest_columns(name, self.vocabulary))
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

    def _report(self, number: int, message: str, demand: str) -> None:
        self.findings.append(self._finding(self.row, number, message, demand))

    def _finding(self, row: TableRow, number: int, message: str, demand: str = "cell") -> Finding:
        name = self.names[number - 1] if 0 < number <= len(self.names) else None
        place = Place(row.line, number or None, name if row is not self.row else None)
        return located(Finding(message=message, demand=demand, file=self.file), place, row.number)

    def _column(self, number: int) -> Column | None:
        return self.columns[number - 1] if 0 < number <= len(self.columns) else None

    def _noted(self, row: TableRow) -> Iterator[Finding]:
        for at, message in row.notes:
            column = self._column(at)
            if at == 0 or (column is not None and column.is_text):
                finding = self._finding(row, at, message, "sheet" if at == 0 else "cell")
                yield replace(finding, severity=Severity.WARNING)

    def read(self, row: TableRow) -> tuple[Document, list[Finding]]:
        """Return a row as a document, and what is wrong with its cells."""
        found = [self._finding(row, at, message) for at, message in row.faults]
        found += self._noted(row)
        if row.is_again:
            return Document({}), found
        broken = {at for at, _ in row.faults}
        filled: list[tuple[int, Column, str]] = []
        for number, cell in enumerate(row.cells, 1):
            text = cell.replace("\r\n", "\n").strip(BLANK)
            if not text or number in broken:
                continue
            column = self._column(number)
            if text in _ERRORS:
                message = f"the spreadsheet says {text} here; write the value itself"
                found.append(self._finding(row, number, message))
            elif column is not None:
                filled.append((number, column, unguard(text)))
            elif number > len(self.names) or not self.names[number - 1]:
                message = "the column has no name in the first row; name it or empty the cell"
                found.append(self._finding(row, number, message))
        return self._document(row, filled), found

    def _document(self, row: TableRow, filled: list[tuple[int, Column, str]]) -> Document:
        used = _used(column.path for _, column, _ in filled)
        root: dict[str, Plain] = {}
        marks: dict[Path_, Mark] = {(): (row.line, None)}
        for number, column, text in filled:
            path = _closed_up(column.path, used) or ()
            parts = split_cell(text) if column.several else [text]
            values: list[Plain] = [meant(part, column, self.vocabulary) for part in parts]
            put(root, path, values if column.several else values[0])
            for end in range(1, len(path) + 1):
                marks.setdefault(path[:end], (row.line, number))
        taken = {number for number, _, _ in filled}
        empty = tuple(
            (around, predicate, number)
            for (owner, predicate), number in self._places.items()
            if number not in taken and (around := _closed_up(owner, used)) is not None
        )
        return Document(root, marks, row=row.number, heads=self.names, empty=empty)

    @cached_property
    def _places(self) -> dict[tuple[Path_, str], int]:
        """Return where one looks for what is missing: the column of an owner's predicate."""
        found: dict[tuple[Path_, str], int] = {}
        for number, column in enumerate(self.columns, 1):
            for place in column.places if column else ():
                found.setdefault(place, number)
        return found


def _used(paths: Iterable[Path_]) -> dict[Path_, list[int]]:
    """Return which numbers of each list are used in a row."""
    used: dict[Path_, set[int]] = defaultdict(set)
    for path in paths:
        for end, part in enumerate(path):
            if isinstance(part, int):
                used[path[:end]].add(part)
    return {head: sorted(numbers) for head, numbers in used.items()}


def _closed_up(path: Path_, used: dict[Path_, list[int]]) -> Path_ | None:
    """Return a path with its numbers counted without gaps, or None if one of them is not used."""
    found: list[str | int] = []
    for end, part in enumerate(path):
        numbers = used.get(path[:end], [])
        if isinstance(part, int) and part not in numbers:
            return None
        found.append(numbers.index(part) if isinstance(part, int) else part)
    return tuple(found)


def put(root: dict[str, Any], path: Path_, value: object) -> None:
    """Put a value where a path leads, making what is missing on the way."""
    here: Any = root
    for part, after in pairwise((*path, None)):
        below = value if after is None else [] if isinstance(after, int) else {}
        if isinstance(part, int):
            here += [None] * (part + 1 - len(here))  # what is left out comes in its turn
            is_new = here[part] is None
        else:
            is_new = part not in here
        if is_new or after is None:
            here[part] = below
        here = here[part]
