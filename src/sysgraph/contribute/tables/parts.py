"""Files that hold a table, cut into parts of some rows each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader, BytesIO
from itertools import islice
from pathlib import Path

from sysgraph.contribute.limits import read_bytes
from sysgraph.contribute.tables.columns import ROOT, find_column
from sysgraph.contribute.tables.csvfile import read_csv
from sysgraph.contribute.tables.rows import Part, Row
from sysgraph.contribute.tables.workbook import read_workbook
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import BadFile

__all__ = ["TABLES", "parts_of"]

TABLES = (".csv", ".tsv", ".xlsx")
_ROWS = 100


def parts_of(path: Path, vocabulary: Vocabulary) -> Iterator[Part]:
    """Yield the rows of a table, a hundred at a time; no more of a CSV file is held.

    Raises:
        BadFile: it is not there, or not what its ending claims it to be, or has no rows below
            the first; carries the line.
    """
    if path.suffix.lower() == ".xlsx":
        data = read_bytes(path)
        yield from _parts(
            read_workbook(data, str(path), vocabulary), str(path), BytesIO(data), vocabulary
        )
        return
    if not path.is_file():
        read_bytes(path)  # says why not
    try:
        with path.open("rb") as file, path.open("rb") as again:
            yield from _parts(read_csv(file, str(path), vocabulary), str(path), again, vocabulary)
    except OSError as error:
        raise BadFile(path, f"it cannot be read: {error.strerror}") from error


def _parts(
    rows: Iterator[Row], file: str, data: BytesIO | BufferedReader, vocabulary: Vocabulary
) -> Iterator[Part]:
    header = next(rows)
    while not any(cell.strip() for cell in header.cells):
        header = next(rows, None) or _no_rows(file)
    sha256 = hashlib.file_digest(data, "sha256").hexdigest()
    is_first = True
    filled = (row for row in rows if any(cell.strip() for cell in row.cells) or row.faults)
    told_apart = _tell_apart(filled, header, vocabulary)
    while found := tuple(islice(told_apart, _ROWS)):
        yield Part(file, sha256, header, found, is_first)
        is_first = False
    if is_first:
        _no_rows(file)


def _tell_apart(rows: Iterator[Row], header: Row, vocabulary: Vocabulary) -> Iterator[Row]:
    """Yield the rows, those with the kind and id of an earlier one as what they are."""
    names = [find_column(name, vocabulary) for name in header.cells]
    paths = [column.path if column else () for column in names]
    places = [paths.index((key,)) for key in ROOT if (key,) in paths]
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        mark = tuple(row.cells[at].strip() for at in places if at < len(row.cells))
        first = seen.setdefault(mark, row.number) if any(mark) else row.number
        if first == row.number:
            yield row
            continue
        said = f"the id '{mark[0]}' is in row {first} too; give each row an id of its own"
        yield replace(row, faults=((places[0] + 1, said),), is_again=True)


def _no_rows(file: str) -> Row:
    raise BadFile(
        file, "it has no case: the first row names the columns, and each row below is one"
    )
