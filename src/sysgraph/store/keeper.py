"""The index on disk, inside the store's directory: written whole, then added to line by line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sysgraph.errors import BadFile
from sysgraph.store.index import Entry, Index, escape, line_of, parse_line
from sysgraph.terms import unescape

__all__ = [
    "FILE",
    "Keeper",
    "freeze_index",
    "new_revision",
    "opening_of",
    "thaw_index",
    "write_index",
]

FILE = "cases.index"
_MAGIC = "sysgraph index 4"
_SIZES = 26
_TAIL = 512
_SLACK = 65_536


def write_index(folder: Path, index: Index, revision: str) -> None:
    """Write the index of a store directory, whose store holds these cases at this revision.

    Raises:
        BadFile: the directory does not exist or may not be written to.
    """
    from sysgraph.files import write_file

    write_file(folder / FILE, freeze_index(index) + b"\n" + _stamp(revision, opening_of(folder)))


def freeze_index(index: Index) -> bytes:
    """Return an index as bytes."""
    width = (index.rows >> 3) + 1
    head = [_MAGIC, str(len(index)), str(index.rows), str(len(index.bits))]
    text = ("\n".join([*head, *index.ids, *map(escape, index.titles), *index.bits]) + "\n").encode()
    tables = b"".join(
        rows.to_bytes(width, "little") for rows in (index.heads, *index.bits.values())
    )
    sizes = f"{len(text):012d} {len(text) + len(tables):012d}\n".encode()
    return b"".join((sizes, text, tables))


def _stamp(revision: str, opening: str | None) -> bytes:
    return f"={revision} {opening}\n".encode()


def new_revision() -> str:
    """Return a revision that no store has had: 16 letters, which Oxigraph keeps inline."""
    return os.urandom(8).hex()


def opening_of(folder: Path) -> str:
    """Return what changes whenever a process opens the directory for writing."""
    try:
        return (folder / "CURRENT").read_text(encoding="ascii").strip()
    except OSError:
        return "none"


def thaw_index(data: bytes) -> Index:
    """Return the index that bytes hold, with the lines that were added to it worked in.

    Raises:
        ValueError: it is damaged.
    """
    start = _SIZES + int(data[:12])
    magic, cases, rows, keys, *names = data[_SIZES:start].decode().split("\n")
    count, size = int(cases), int(rows)
    if magic != _MAGIC or len(names) != 2 * count + int(keys) + 1:
        raise ValueError("not an index")
    width = (size >> 3) + 1
    tables = []
    for _ in range(int(keys) + 1):
        tables.append(int.from_bytes(data[start : start + width], "little"))
        start += width
    bits = dict(zip(names[2 * count : -1], tables[1:], strict=True))
    # A call for each of very many titles would be felt, and few have escapes.
    titles = [unescape(title) if "\\" in title else title for title in names[count : 2 * count]]
    index = Index(names[:count], titles, tables[0], size, bits)
    for line in data[start + 1 :].decode().split("\n")[:-1]:
        mark, rest = line[:1], line[1:]
        if mark == "+":
            index.put(parse_line(rest))
        elif mark == "-":
            index.drop(rest)
        elif mark != "=":
            raise ValueError("not a line of an index")
    return index


def read_index(path: Path, revision: str) -> Index | None:
    """Return the index of a store directory, or None if it has none at this revision."""
    if not _is_at(path, revision):
        return None
    try:
        return thaw_index((path / FILE).read_bytes())
    except (OSError, ValueError):
        return None


def _is_at(folder: Path, revision: str) -> bool:
    return _ends_with(folder, _stamp(revision, opening_of(folder)))


def _ends_with(folder: Path, stamp: bytes) -> bool:
    try:
        with (folder / FILE).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _TAIL))
            return file.read().endswith(b"\n" + stamp)
    except OSError:
        return False


class Keeper:
    """Keeps the index of one open store in step with it, in memory and in its directory.

    The file ends with the revision of the store that it belongs to and with the name that the
    engine gives to each opening for writing. Where either differs from what the store says, or
    the file is missing or damaged, the index is built again from the store: it is never
    believed against it.
    """

    def __init__(self, folder: Path | None = None, opening: str | None = None) -> None:
        """Keep an index for a directory, or in memory only.

        ``opening`` is for a writer: what ``opening_of`` gave before the store was opened.
        """
        self._folder = folder
        self._opening = opening
        self._index: Index | None = None
        self._revision: str | None = None
        self._added = 0

    def take_over(self, revision: str) -> None:
        """Claim the file for this writer, if it is in step with the store that was opened."""
        if self._folder and _ends_with(self._folder, _stamp(revision, self._opening)):
            self._append(_stamp(revision, opening_of(self._folder)))

    def index(self, revision: str, entries: Callable[[], Iterable[Entry]]) -> Index:
        """Return the index at a revision of the store, built from its entries if need be."""
        if self._index is not None and self._revision == revision:
            return self._index
        index = read_index(self._folder, revision) if self._folder else None
        if index is None:
            index = Index.build(entries())
            self._keep(index, revision)
        self._index, self._revision = index, revision
        return index

    def _keep(self, index: Index, revision: str) -> None:
        if self._folder is not None:
            try:
                write_index(self._folder, index, revision)
            except BadFile:
                return  # a directory that may only be read

    def record(self, changes: Mapping[str, Entry | None], before: str, after: str) -> None:
        """Note what a transaction changed, from one revision of the store to the next."""
        if self._index is not None and self._revision == before:
            for case_id, entry in changes.items():
                if entry is None:
                    self._index.drop(case_id)
                else:
                    self._index.put(entry)
            self._revision = after
        if self._folder is None or not _is_at(self._folder, before):
            return
        lines = [f"+{line_of(e)}" if e else f"-{case_id}" for case_id, e in changes.items()]
        text = "".join(f"{line}\n" for line in lines).encode()
        self._append(text + _stamp(after, opening_of(self._folder)))

    def _append(self, data: bytes) -> None:
        assert self._folder is not None  # as whoever asks knows
        try:
            with (self._folder / FILE).open("ab") as file:
                file.write(data)
        except OSError:
            return  # then it is out of step, and will be built again
        self._added += len(data)

    def settle(self, revision: str) -> None:
        """See the file onto the disk, written anew where added lines have outgrown the rest."""
        if self._folder is None or not self._added or not _is_at(self._folder, revision):
            return
        path = self._folder / FILE
        with path.open("rb") as file:
            whole = int(file.read(_SIZES)[13:])
            os.fsync(file.fileno())
        if path.stat().st_size > whole + whole // 4 + _SLACK:
            index = read_index(self._folder, revision)
            if index is not None:
                self._keep(index, revision)
