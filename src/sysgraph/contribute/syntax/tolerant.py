"""Read YAML and JSON past their faults, so that all that is wrong with a file is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import islice

from sysgraph.contribute.syntax.document import MAX_BYTES, Document, read_text
from sysgraph.contribute.syntax.encoding import decode, unhide
from sysgraph.contribute.syntax.fault import Fault, first_difference
from sysgraph.contribute.syntax.json_syntax import json_ways_out
from sysgraph.contribute.syntax.yaml_syntax import Trouble, leave_out, unclosed, ways_out
from sysgraph.errors import BadFile, BadSyntax

__all__ = ["Score", "read_tolerantly"]

Score = Callable[[Document], int]
"""How much a document does not fit the vocabulary; where several readings do, the least wins."""

_MAX_MENDED = 200_000
_MAX_ROUNDS = 40
_MAX_READ = 10_000_000
_MAX_WAYS = 24
_MAX_LEFT_OUT = 10


def read_tolerantly(
    data: bytes, where: str, keys: Collection[str] = (), score: Score | None = None
) -> Document:
    """Return a YAML or JSON document as it must have been meant, with the faults read past.

    Wrong encodings, characters that nobody sees, keys that stand twice, and what makes a text
    no YAML or no JSON are faults of the document, whose ``text`` is what was read instead: line
    by line the same, but for what is at fault. ``keys`` are those that one may write. Faults are
    got past in texts of up to 200,000 characters, as long as no more than 10,000,000 are read in
    trying, which takes some seconds.

    Raises:
        BadFile: it is too large, or beyond reading.
    """
    if len(data) > MAX_BYTES:
        raise BadFile(where, f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    text, faults, encoding = decode(data, where)
    newline = next((mark for mark in ("\r\n", "\n", "\r") if mark in text), "\n")
    original = text.replace(newline, "\n")
    text, hidden = unhide(original)
    faults += hidden
    reader = _Reader(where, keys, score)
    document = reader.read(text)
    assert document.faults is not None  # or doubled keys would have been refused
    document.faults[:0] = [*faults, *reader.faults]
    document.faults.sort(key=lambda fault: (fault.line, fault.column))
    document.original, document.encoding, document.newline = original, encoding, newline
    _move_marks(document)
    return document


def _move_marks(document: Document) -> None:
    """Let columns count in the lines as they stand, and not as they were read instead."""
    before, after = document.original.split("\n"), document.text.split("\n")
    moved = {n + 1 for n, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1}
    for path, (line, column) in document.marks.items() if moved else ():
        if line in moved and column is not None:
            there = _column_before(before[line - 1], after[line - 1], column)
            document.marks[path] = (line, there)


def _column_before(old: str, new: str, column: int) -> int:
    r"""Return where the sign in a column of a new line was in the old one.

    >>> _column_before("\tscale: local", "  scale: local", 3)
    2
    """
    same = first_difference(old, new) - 1
    rest = first_difference(old[same:][::-1], new[same:][::-1]) - 1
    if column <= same:
        return column
    if column > len(new) - rest:
        return column + len(old) - len(new)
    return same + 1


class _Reader:
    """One file being read, and the faults read past so far."""

    def __init__(self, where: str, keys: Collection[str], score: Score | None) -> None:
        self.where = where
        self.keys = keys
        self.score = score
        self.is_json = where.lower().endswith((".json", ".jsonld"))
        self.faults: list[Fault] = []
        self._left_out = 0
        self._read = 0

    def read(self, text: str) -> Document:
        """Return a text as a document, getting past one fault a round."""
        first = self._try(text)
        found = first
        for _ in range(_MAX_ROUNDS):
            if isinstance(found, Document):
                return found
            past = None
            if len(text) <= _MAX_MENDED and self._read <= _MAX_READ:
                past = self._past(text.split("\n"), found)
            if past is None:
                break
            self.faults += past[1]
            text = "\n".join(past[0])
            found = self._try(text)
        assert isinstance(first, BadSyntax)  # or it would have been returned
        raise first  # what was guessed on the way led nowhere

    def _try(self, text: str) -> Document | BadSyntax:
        self._read += len(text)
        try:
            document = read_text(text, self.where, faults=[])
        except BadSyntax as error:
            return error
        document.text = text
        return document

    def _past(self, lines: list[str], error: BadSyntax) -> tuple[list[str], list[Fault]] | None:
        """Return the lines as they must have been meant, or without the one at fault."""
        best: tuple[list[str], list[Fault]] | None = None
        reached: tuple[float, ...] = (0, *_place(error), 0)
        for changed, faults in islice(self._ways(lines, error), _MAX_WAYS):
            if self._read > _MAX_READ:
                break
            found = self._try("\n".join(changed))
            if isinstance(found, Document):
                misfits = self.score(found) if self.score else 0
                now: tuple[float, ...] = (1, -misfits, 0, 0)
            else:
                now = (0, *_place(found), 0)
            if now > reached:
                best, reached = (changed, faults), now
        if best is None and not self.is_json:
            best = next(unclosed(self._trouble(lines, error)), None)
        return best or self._leave_out(lines, error)

    def _ways(self, lines: list[str], error: BadSyntax) -> Iterator[tuple[list[str], list[Fault]]]:
        if self.is_json:
            line, column = _place(error)
            return json_ways_out(lines, min(line, len(lines)) - 1, column - 1)
        return ways_out(self._trouble(lines, error))

    def _trouble(self, lines: list[str], error: BadSyntax) -> Trouble:
        line = min(_place(error)[0], len(lines)) - 1
        around = (error.around or line + 1) - 1
        while line > 0 and not lines[line].strip():  # at the end of the file
            line -= 1
        return Trouble(lines, line, around, self.keys)

    def _leave_out(
        self, lines: list[str], error: BadSyntax
    ) -> tuple[list[str], list[Fault]] | None:
        at = min(_place(error)[0], len(lines)) - 1
        if self._left_out >= _MAX_LEFT_OUT or self.is_json or not lines[at].strip():
            return None
        if re.match(r"\s*#", lines[at]):
            return None
        self._left_out += 1
        lines, (fault,) = leave_out(lines, at, f"{error.reason}; this line was not read")
        return lines, [replace(fault, column=error.column or fault.column)]


def _place(error: BadSyntax) -> tuple[int, int]:
    return error.line or 1, error.column or 1
