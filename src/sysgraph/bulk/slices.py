"""Cut files into parts of whole cases, which workers read by themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from sysgraph.case.rows import TableRows
from sysgraph.case.sheets import TABLES, rows_of
from sysgraph.errors import BadFile, refuse
from sysgraph.files import read_bytes
from sysgraph.rdf import SYNTAXES, Format, not_well_formed, refuse_tricks, text_of
from sysgraph.terms import NAMESPACE
from sysgraph.vocabulary import Vocabulary

__all__ = ["Slice", "carried", "is_bulk", "refuse_missing", "slices"]

_CASE = f"{NAMESPACE}case/"
_START = f"\n<{_CASE}".encode()
_LINES = (".nq", ".nt")
_TREES = {".trig": Format.TRIG, ".ttl": Format.TURTLE}
_MANY_FILES = 200
_LARGE_FILE = 2_000_000
_LARGE_XLSX = 200_000
_LARGE_CSV = 500_000
_TREE_BYTES = 500_000_000
_SLICE_BYTES = 1 << 20
_SLICE_QUADS = 1_500
_CASE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Slice:
    """Whole cases as N-Quads, rows of a table, or one small file, whose bytes may come along.

    ``line`` is that of the first statement. ``digest`` is the SHA-256 of the whole file, which
    the provenance of each case names.
    """

    file: str
    size: int
    digest: str = ""
    text: bytes | None = None
    line: int | None = None
    rows: TableRows | None = None
    is_first: bool = False
    data: bytes | None = None


def is_bulk(paths: Sequence[Path]) -> bool:
    """Tell whether files are loaded in bulk.

    They are if there are more than 200, or if one of N-Quads, N-Triples, TriG or Turtle has more
    than 2 MB, which is some 60 cases; or a CSV file more than 500 KB, or a workbook 200 KB, which
    is some 200.
    """
    return len(paths) > _MANY_FILES or any(map(_is_large, paths))


def _is_large(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in TABLES:
        most = _LARGE_XLSX if suffix == ".xlsx" else _LARGE_CSV
    elif suffix in (*_LINES, *_TREES):
        most = _LARGE_FILE
    else:
        return False
    return path.is_file() and path.stat().st_size > most


def _is_streamed(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in _LINES or (suffix in _TREES and _is_large(path))


def slices(paths: Sequence[Path], vocabulary: Vocabulary) -> Iterator[Slice]:
    """Yield the parts of all files, in order, without reading more than is asked for.

    Raises:
        BadFile, BadFiles: files are missing, not well-formed, or hold a case of more than 5 MB.
    """
    refuse_missing(paths)
    found = (part for path in paths for part in _parts(path, vocabulary))
    for number, part in enumerate(found):
        yield part if number else replace(part, is_first=True)


def refuse_missing(paths: Sequence[Path]) -> None:
    """Refuse files that are not there, all at once.

    Raises:
        BadFile, BadFiles: there is no such file, or it is a folder.
    """
    folder = "this is a folder; name the files in it"
    gone = [path for path in paths if not path.is_file()]
    refuse([BadFile(path, folder if path.is_dir() else "no such file") for path in gone])


def carried(part: Slice) -> Slice:
    """Return a slice with the bytes of its file, which another machine cannot read."""
    if part.text is None and part.rows is None and part.data is None:
        with suppress(BadFile):  # what is wrong with it is told as it is everywhere
            return replace(part, data=read_bytes(Path(part.file)))
    return part


def _parts(path: Path, vocabulary: Vocabulary) -> Iterator[Slice]:
    if path.suffix.lower() in TABLES:
        for rows in rows_of(path, vocabulary):
            size = sum(len(cell) + 1 for row in rows.rows for cell in row.cells)
            yield Slice(rows.file, size, rows.digest, rows=rows)
        return
    if not _is_streamed(path):
        yield Slice(str(path), path.stat().st_size)
        return
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        for text, line in (_cut if path.suffix.lower() in _LINES else _restate)(path):
            yield Slice(str(path), len(text), digest, text, line)
    except OSError as error:
        raise BadFile(path, f"it cannot be read: {error.strerror or error}") from error


def _cut(path: Path) -> Iterator[tuple[bytes, int]]:
    line, rest = 1, b""
    with path.open("rb") as file:
        while block := file.read(_SLICE_BYTES):
            rest += block
            end = _boundary(rest)
            if not end:
                if len(rest) > _CASE_BYTES:
                    reason = f"a case has more than {_CASE_BYTES:,} bytes, which is the most"
                    raise BadFile(path, reason, line)
                continue
            yield rest[:end], line
            line += rest.count(b"\n", 0, end)
            rest = rest[end:]
    if rest.strip():
        yield rest, line


def _boundary(text: bytes) -> int:
    """Return where the last case of a text begins, which may go on beyond it; 0 for the first."""
    at = text.rfind(_START, 0, text.rfind(b"\n"))
    last, begin = _name_at(text, at + 1), at + 1
    while (at := text.rfind(_START, 0, at)) >= 0:
        if _name_at(text, at + 1) != last:
            return begin
        begin = at + 1
    return begin if text.startswith(_START[1:]) and _name_at(text, 0) != last else 0


def _name_at(text: bytes, at: int) -> bytes:
    start = at + len(_START) - 1
    end = min(
        found
        for found in (text.find(b"/", start), text.find(b">", start), start + 80)
        if found >= 0
    )
    return text[start:end]


def _restate(path: Path) -> Iterator[tuple[bytes, None]]:
    if path.stat().st_size > _TREE_BYTES:
        reason = f"it has more than {_TREE_BYTES:,} bytes; write it as N-Quads, read in parts"
        raise BadFile(path, reason)
    refuse_tricks(path.read_bytes(), str(path))
    syntax = _TREES[path.suffix.lower()]
    waiting: list[ox.Quad] = []
    owner = ""
    try:
        for quad in ox.parse(path=path, format=SYNTAXES[syntax], rename_blank_nodes=True):
            subject = text_of(quad.subject)
            # What an export describes a case by comes after it, and stays with it.
            below = subject.removeprefix(_CASE)
            name = owner if below == subject else below.partition("/")[0]
            if name != owner and len(waiting) > _SLICE_QUADS:
                yield _nquads(waiting), None
                waiting = []
            owner = name
            waiting.append(ox.Quad(*quad))
            if len(waiting) > _CASE_BYTES // 50:
                raise BadFile(path, f"a case has more than {_CASE_BYTES // 50:,} statements")
    except SyntaxError as error:
        raise BadFile(path, not_well_formed(error, syntax), error.lineno) from error
    if waiting:
        yield _nquads(waiting), None


def _nquads(quads: list[ox.Quad]) -> bytes:
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert text is not None  # no output was given, so the bytes come back
    return text
