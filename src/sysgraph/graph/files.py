"""sysgraph's own Turtle files, whose statements have lines and whose blank nodes have names."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyoxigraph as ox

from sysgraph.graph.reading import SYNTAXES, Format, parse
from sysgraph.paths import display

__all__ = ["find_lines", "lines_of", "read_turtle"]


def read_turtle(files: Iterable[Path]) -> list[ox.Quad]:
    """Return the quads of sysgraph's own Turtle files, one file after the other.

    A blank node is named after its file and its place in it, so that it has the same name
    whenever the file is read.

    Raises:
        BadFile: a file is not well-formed.
    """
    found = []
    for file in files:
        names: dict[ox.BlankNode, ox.BlankNode] = {}
        for quad in parse(file.read_bytes(), Format.TURTLE, display(file)):
            found.append(_renamed(quad, file.stem, names))
    return found


def find_lines(files: Iterable[Path]) -> dict[ox.Triple, tuple[str, int]]:
    """Return where each triple of sysgraph's own Turtle files stands: file and line from 1."""
    found: dict[ox.Triple, tuple[str, int]] = {}
    for file in files:
        names: dict[ox.BlankNode, ox.BlankNode] = {}
        with file.open("rb") as lines:
            reader = _LineByLine(lines)
            for quad in ox.parse(cast(IO[bytes], reader), format=ox.RdfFormat.TURTLE):
                triple = _renamed(quad, file.stem, names).triple
                found.setdefault(triple, (display(file), reader.line))
    return found


def lines_of(data: bytes, syntax: Format) -> Iterator[tuple[ox.Quad, int]]:
    """Yield each statement of a sound document with the line, from 1, that it was read up to.

    A statement stands on that line or just above it, according to what the syntax has to see
    before it is sure of the end.
    """
    reader = _LineByLine(BytesIO(data))
    parsed = ox.parse(cast(IO[bytes], reader), format=SYNTAXES[syntax])
    for quad in parsed:
        yield quad, reader.line


def _renamed(quad: ox.Quad, stem: str, names: dict[ox.BlankNode, ox.BlankNode]) -> ox.Quad:
    subject, predicate, value, _ = quad
    for term in (subject, value):
        if isinstance(term, ox.BlankNode):
            names.setdefault(term, ox.BlankNode(f"{stem}-{len(names) + 1}"))
    return ox.Quad(names.get(subject, subject), predicate, names.get(value, value))


class _LineByLine:
    """A file given out a line at a time, so that what was parsed last stands on ``line``.

    RDF parsers throw positions away; this one reads no further than it must.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.line = 0
        self._is_at_start = True

    def read(self, size: int = -1) -> bytes:
        """Return the rest of a line and no more, and of that no more than was asked for."""
        text = self._file.readline(size)
        self.line += self._is_at_start and bool(text)
        self._is_at_start = text.endswith(b"\n")
        return text
