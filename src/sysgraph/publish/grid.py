"""Cases as the rows of one table: which columns they need, and what stands in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sysgraph.contribute.syntax.document import Path_, Plain
from sysgraph.contribute.tables.cells import guard, join_cell
from sysgraph.contribute.tables.columns import Column, find_column, name_of
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import SysgraphError

__all__ = ["Grid"]

Tree = Mapping[str, Plain]


class Grid:
    """The columns that some cases need together; ask for rows once all have been added."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Begin with no column but the id."""
        self._vocabulary = vocabulary
        self._columns: dict[Path_, Column | None] = {("id",): Column(("id",))}
        self._needed: set[Path_] = {("id",)}
        self._listed: set[Path_] = set()

    def add(self, tree: Tree) -> None:
        """Take note of the columns that a case needs."""
        for path, value in _leaves(tree, ()):
            if isinstance(value, list) and not self._column(path).several:
                self._listed.add(path)
        for path, _ in self._cells(tree):
            self._needed.add(path)

    def columns(self) -> list[Column]:
        """Return the columns, in the order of the context."""
        # What is a list in one case is a list in all of them.
        needed = [path for path in self._needed if path not in self._listed]
        return [self._column(path) for path in sorted(needed, key=self._position)]

    def row(self, tree: Tree, columns: Iterable[Column]) -> list[str]:
        """Return what stands in each column for a case; nothing is an empty text.

        A text that a spreadsheet would take for a formula, a number or a date has a single quote
        before it, which reading takes away again.
        """
        cells = dict(self._cells(tree))
        return [guard(cells.get(column.path, ""), is_text=column.is_text) for column in columns]

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
        if path[0] in ("id", "kind"):
            return [-2 if path[0] == "id" else -1]
        own = self._vocabulary.critiques
        context: dict[str, Any] = self._vocabulary.context
        if own is not None and path[0] not in context:
            context = own.context
        found = []
        for part in path:
            if isinstance(part, int):
                found.append(part)
                continue
            found.append(list(context).index(part))
            definition = context[part]
            context = definition.get("@context", {}) if isinstance(definition, dict) else {}
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
