"""A table of cases that others coded, read by what was registered before anybody looked.

A file of the reader's own says which of its columns holds which concept, and on which scale. What
cannot be read is told all at once, with row, column and value; then nothing is worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sysgraph.case.document import Document, read_document
from sysgraph.case.rows import TableRow
from sysgraph.case.sheets import TABLES, rows_of
from sysgraph.errors import BadFile, SysgraphError, cell_name, refuse, suggest
from sysgraph.files import read_bytes
from sysgraph.near import nearest
from sysgraph.ontology import Ontology
from sysgraph.record.registered import Concept, Database, Registration

__all__ = ["ColumnsFile", "HeldColumn", "Table", "ToldCase", "read_columns", "read_table"]


@dataclass(frozen=True, slots=True)
class HeldColumn:
    """Which column holds a concept: on a scale from ``lowest`` to ``highest``, or in words.

    The lowest is what stands for least, and so may be the greater number.
    """

    concept: Concept
    column: str
    lowest: float = 0.0
    highest: float = 0.0
    words: Mapping[str, str] | None = None

    def read(self, text: str) -> str:
        """Return what a cell says: high, middle or low on a scale, or one of the words.

        Raises:
            ValueError: it says neither; tells what may stand there.
        """
        if self.concept.kind == "name":
            return text
        if self.concept.kind == "words":
            return self._word(text)
        return self._place(text)

    def _word(self, text: str) -> str:
        words = self.words or {word: word for word in self.concept.words}
        if text not in words:
            raise ValueError(f"is none of {', '.join(words)}")
        return words[text]

    def _place(self, text: str) -> str:
        number = _number(text)
        ends = sorted((self.lowest, self.highest))
        if number is None or not ends[0] <= number <= ends[1]:
            raise ValueError(f"is no number from {self.lowest:g} to {self.highest:g}")
        middle = (self.lowest + self.highest) / 2
        if number == middle:
            return "middle"
        return "high" if (number > middle) == (self.highest > self.lowest) else "low"


def _number(text: str) -> float | None:
    """Return a number that is finite, as people or spreadsheets write it."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


@dataclass(frozen=True, slots=True)
class ColumnsFile:
    """Which columns of which database a table has; ``missing`` are words for what is not known."""

    database: Database
    sources: tuple[HeldColumn, ...]
    missing: frozenset[str]
    digest: str


@dataclass(frozen=True, slots=True)
class ToldCase:
    """One row: its number as a spreadsheet counts, its name, and what it tells by concept."""

    row: int
    name: str
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, and the SHA-256 of its file."""

    file: str
    digest: str
    cases: tuple[ToldCase, ...]


# --- which column holds what --------------------------------------------------------------------


def read_columns(path: Path, registered: Registration) -> ColumnsFile:
    """Return what a file says of the columns of a table.

    Raises:
        BadFile: it cannot be read, or one thing is wrong with it.
        BadFiles: several are; tells each, with its line.
    """
    held, where = read_bytes(path), str(path)
    document = read_document(held, where)
    told: Any = document.data
    if not isinstance(told, dict):
        raise BadFile(where, "this is no list of columns; begin with 'database: …'")
    database = _database(told, document, where, registered)
    reader = _ColumnsReader(document, where, database)
    reader.refuse_others(told, ("database", "missing", "columns"), ())
    columns = told.get("columns")
    if not isinstance(columns, dict):
        reader.complain("it names no columns; write 'columns:' and a line for each", ())
        columns = {}
    sources = tuple(filter(None, (reader.source(*pair) for pair in columns.items())))
    reader.refuse_gaps(columns)
    reader.refuse_twins(sources)
    missing = reader.texts(told.get("missing", []), ("missing",))
    refuse(reader.problems)
    return ColumnsFile(database, sources, frozenset(missing), sha256(held).hexdigest())


def _database(
    told: Mapping[str, Any], document: Document, where: str, registered: Registration
) -> Database:
    name = told.get("database")
    if not isinstance(name, str) or name not in registered.databases:
        known = ", ".join(registered.databases)
        said = f"'{name}' is not registered" if isinstance(name, str) else "it names no database"
        reason = f"{said}; write 'database:' and one of {known}"
        raise BadFile(where, reason, document.mark(("database",))[0])
    return registered.databases[name]


class _ColumnsReader:
    """Reads a file of columns, and gathers what is wrong with it."""

    def __init__(self, document: Document, where: str, database: Database) -> None:
        self.document = document
        self.where = where
        self.database = database
        self.problems: list[SysgraphError] = []

    def complain(self, reason: str, at: tuple[str | int, ...]) -> None:
        self.problems.append(BadFile(self.where, reason, self.document.mark(at)[0]))

    def refuse_others(
        self, told: Mapping[str, Any], known: Iterable[str], at: tuple[str, ...]
    ) -> None:
        """Complain of what has no meaning here, such as a word that is mistyped."""
        for name in told:
            if name not in known:
                hint = suggest(nearest(name, known)) or f"; known are {', '.join(known)}"
                self.complain(f"'{name}' has no meaning here{hint}", (*at, name))

    def refuse_gaps(self, columns: Mapping[str, Any]) -> None:
        """Complain of what is needed and not there."""
        for concept in self.database.concepts.values():
            if concept.is_needed and concept.name not in columns:
                reason = f"no column holds '{concept.name}': {concept.asks}; name the column"
                self.complain(reason, ("columns",))

    def refuse_twins(self, sources: Iterable[HeldColumn]) -> None:
        """Complain of a column that is to hold two things."""
        held: dict[str, str] = {}
        for source in sources:
            first = held.setdefault(source.column, source.concept.name)
            if first != source.concept.name:
                reason = f"the column '{source.column}' is named for '{first}' too; name another"
                self.complain(reason, ("columns", source.concept.name))

    def source(self, name: str, told: object) -> HeldColumn | None:
        """Return which column holds a concept, and how."""
        at = ("columns", name)
        concept = self.database.concepts.get(name)
        if concept is None:
            self.refuse_others({name: told}, self.database.concepts, ("columns",))
            return None
        if isinstance(told, str) and concept.kind != "scale":
            return HeldColumn(concept, told)
        if not isinstance(told, dict) or not isinstance(told.get("column"), str):
            self.complain(f"'{name}' names no column; write {_example(concept)}", at)
            return None
        return self._scale(concept, told) if concept.kind == "scale" else self._words(concept, told)

    def _scale(self, concept: Concept, told: Mapping[str, Any]) -> HeldColumn | None:
        at = ("columns", concept.name)
        self.refuse_others(told, ("column", "lowest", "highest"), at)
        ends = [_number(str(told.get(end, ""))) for end in ("lowest", "highest")]
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            reason = f"'{concept.name}' is on a scale; write {_example(concept)}"
            self.complain(reason, at)
            return None
        return HeldColumn(concept, told["column"], ends[0], ends[1])

    def _words(self, concept: Concept, told: Mapping[str, Any]) -> HeldColumn | None:
        at = ("columns", concept.name)
        self.refuse_others(told, ("column", "words"), at)
        words = told.get("words")
        if words is None or concept.kind == "name":
            return HeldColumn(concept, told["column"])
        if not isinstance(words, dict):
            self.complain(f"'{concept.name}' has words; write {_example(concept)}", at)
            return None
        for code, word in words.items():
            if word not in concept.words:
                known = ", ".join(concept.words)
                self.complain(f"'{word}' is none of {known}", (*at, "words", code))
        return HeldColumn(concept, told["column"], words=words)

    def texts(self, told: object, at: tuple[str, ...]) -> list[str]:
        """Return a list of texts."""
        listed = told if isinstance(told, list) else [told]
        texts = [each.strip() for each in listed if isinstance(each, str)]
        if len(texts) < len(listed):
            self.complain("write a list of what stands for 'not known', such as [-99, NA]", at)
        return texts


def _example(concept: Concept) -> str:
    """Return how to write it, with made-up columns and codes."""
    if concept.kind == "scale":
        return "{column: NAME, lowest: 0, highest: 4}, with the ends of the scale"
    if concept.kind == "words":
        return f"{{column: NAME, words: {{1: {concept.words[0]}}}}}, with each code and its word"
    return "the name of the column"


# --- the rows -----------------------------------------------------------------------------------


def read_table(path: Path, columns: ColumnsFile) -> Table:
    """Return the rows of a table in CSV, TSV or XLSX, each cell read as its column demands.

    Raises:
        BadFile: it is no such table, or one thing in it cannot be read.
        BadFiles: several cannot; tells each, with row, column and value.
    """
    if path.suffix.lower() not in TABLES:
        raise BadFile(path, f"this is no table; save it as one of {', '.join(TABLES)}")
    cases: list[ToldCase] = []
    problems: list[SysgraphError] = []
    digest, places = "", {}
    for part in rows_of(path, Ontology.load().vocabulary):
        if part.is_first:
            digest = part.digest
            places = _places(part.header.cells, columns, str(path))
        for row in part.rows:
            told, wrong = _told(row, places, columns, str(path))
            problems += wrong
            cases.append(ToldCase(row.number, told.pop("case", f"row {row.number}"), told))
    refuse(problems)
    return Table(path.name, digest, tuple(cases))


def _places(cells: Iterable[str], columns: ColumnsFile, where: str) -> dict[str, int]:
    """Return in which place, from 0, each concept stands."""
    heads = [cell.strip() for cell in cells]
    problems: list[SysgraphError] = []
    for source in columns.sources:
        if heads.count(source.column) != 1:
            said = "stands twice" if source.column in heads else "is not in the first row"
            hint = suggest(nearest(source.column, heads)) or "; name a column that is there once"
            named = f"the column '{source.column}' ({source.concept.name})"
            problems.append(BadFile(where, f"{named} {said}{hint}"))
    refuse(problems)
    return {source.concept.name: heads.index(source.column) for source in columns.sources}


def _told(
    row: TableRow, places: Mapping[str, int], columns: ColumnsFile, where: str
) -> tuple[dict[str, str], list[SysgraphError]]:
    """Return what a row tells, and what of it cannot be read."""
    told: dict[str, str] = {}
    problems: list[SysgraphError] = []
    faults = dict(row.faults)
    for source in columns.sources:
        at = places[source.concept.name]
        text = row.cells[at].strip() if at < len(row.cells) else ""
        try:
            if fault := faults.get(at + 1):
                raise ValueError(f"cannot be read: {fault}")
            if text and text not in columns.missing:
                told[source.concept.name] = source.read(text)
        except ValueError as error:
            place = f"{where}:{cell_name(row.number, at + 1)}"
            named = f"{source.column} ({source.concept.name})"
            problems.append(BadFile(place, f"{named}: '{text}' {error}{_ADVICE}"))
    return told, problems


_ADVICE = "; mend it, or list it under 'missing' in the file of columns"
