"""A case file as lines, with the key that each line is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Line", "Page", "Seed"]

_KEYED = re.compile(r"^( *)((?:- )?)([a-z][a-z-]*):(?: (.*))?$")
_ITEM = re.compile(r"^( *)- (.*)$")


@dataclass(frozen=True, slots=True)
class Seed:
    """A file with one fault: its ``lines`` (from 1) or ``cell``, and the demand it breaks.

    Any of the lines is right: where two lines say the same twice, either is to blame.
    ``is_evident`` is set by the one who seeds, not by the code under test: what was meant can be
    told from the file and the ontology alone. ``original`` is the file before the fault, and
    ``meant`` what it says with the fault mended, where that is something else; ``changes`` and
    ``meant_changes`` are the rows of both.
    ``is_harmless`` marks what looks like a fault and is none.
    """

    kind: str
    case: str
    name: str
    data: bytes
    lines: frozenset[int]
    original: bytes
    demand: str = ""
    is_evident: bool = False
    is_harmless: bool = False
    cell: str | None = None
    meant: bytes | None = None
    changes: dict[int, str | None] | None = None
    meant_changes: dict[int, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a key or an item of a list; ``at`` counts from 0, ``last`` is where it ends.

    ``path`` are the keys that lead to it; ``block`` is the last line of all that is below it.
    """

    at: int
    indent: int
    dash: str
    key: str
    value: str
    path: tuple[str, ...]
    last: int
    block: int

    @property
    def is_scalar(self) -> bool:
        """Tell whether it is a text on one line."""
        return bool(self.value) and self.last == self.at

    @property
    def is_bare(self) -> bool:
        """Tell whether it is a text on one line without quotes."""
        return self.is_scalar and self.value[0] not in "'\"[{|>"


class Page:
    """The lines of one case."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.rows = self.text.splitlines()
        self.lines = self._read()

    def _read(self) -> list[Line]:
        found: list[Line] = []
        stack: list[tuple[int, str]] = []
        for at, row in enumerate(self.rows):
            keyed, item = _KEYED.match(row), _ITEM.match(row)
            if not (keyed or item):
                continue
            match = keyed or item
            assert match is not None
            indent = len(match.group(1)) + (2 if keyed and keyed.group(2) else 0)
            # An item stands at the indent of its key or deeper.
            while stack and (stack[-1][0] > indent or (keyed and stack[-1][0] == indent)):
                stack.pop()
            path = tuple(name for _, name in stack)
            last, block = self._ends(at, indent, keyed is None)
            if keyed:
                key, value = keyed.group(3), (keyed.group(4) or "").strip()
                found.append(
                    Line(at, indent, keyed.group(2), key, value, (*path, key), last, block)
                )
                stack.append((indent, key))
            else:
                assert item is not None
                found.append(Line(at, indent, "- ", "", item.group(2), path, last, block))
        return found

    def _ends(self, at: int, indent: int, is_item: bool) -> tuple[int, int]:
        """Return the last line of the text, and of all that is below the key."""
        last = block = at
        goes_on = True
        for number in range(at + 1, len(self.rows)):
            row = self.rows[number]
            depth = len(row) - len(row.lstrip())
            is_list = row.lstrip().startswith("- ") and depth == indent and not is_item
            if depth <= indent and not is_list:
                break
            block = number
            goes_on = goes_on and not _KEYED.match(row) and not _ITEM.match(row)
            if goes_on:
                last = number
        return last, block

    def where(self, wanted: Callable[[Line], bool]) -> list[Line]:
        """Return the lines that are wanted."""
        return [line for line in self.lines if wanted(line)]

    def with_rows(self, changes: dict[int, str | None]) -> str:
        """Return the text with some rows written anew, or left out."""
        rows = [changes.get(at, row) for at, row in enumerate(self.rows)]
        return "".join(f"{row}\n" for row in rows if row is not None)

    def head(self, line: Line) -> str:
        """Return what stands before the value of a line."""
        row = self.rows[line.at]
        return row[: len(row) - len(line.value)] if line.value else row
