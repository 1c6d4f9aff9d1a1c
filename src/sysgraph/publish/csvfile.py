"""Write cases as CSV, a row a case."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO

from sysgraph.characters import find_unsound
from sysgraph.contribute.syntax.document import Plain
from sysgraph.contribute.tables.columns import columns_of
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import SysgraphError
from sysgraph.publish.grid import Grid

__all__ = ["empty_csv", "write_csv"]

Tree = Mapping[str, Plain]

PARTS = 2
"""Of each part that there may be several of, so many have columns in what is made to be filled."""


def empty_csv(vocabulary: Vocabulary) -> bytes:
    """Return the first row of a CSV file to be filled: all columns of a case, and no case.

    Of readings, citations and critiques there are two each; a third has columns with 3 in them.
    """
    heads = [column.name for column in columns_of(vocabulary.context, PARTS)]
    return codecs.BOM_UTF8 + _line(heads).encode()


def write_csv(
    trees: Callable[[], Iterable[Tree]], vocabulary: Vocabulary, where: str = "CSV"
) -> Iterator[bytes]:
    """Yield a CSV file row by row; ``trees`` is gone through twice, first for the columns.

    It begins with a byte order mark, by which spreadsheets know that it is UTF-8.

    Raises:
        SysgraphError: a text holds a character that CSV is not read with.
    """
    grid = Grid(vocabulary)
    for tree in trees():
        grid.add(tree)
    columns = grid.columns()
    yield codecs.BOM_UTF8 + _line([column.name for column in columns]).encode()
    for tree in trees():
        cells = grid.row(tree, columns)
        for column, text in zip(columns, cells, strict=True):
            if not text.isascii() or "\0" in text:
                _refuse_hidden(text, f"{tree['id']}, {column.name}", where)
        yield _line(cells).encode()


def _refuse_hidden(text: str, place: str, where: str) -> None:
    hidden = find_unsound(text)
    if hidden or "\0" in text:
        code = f"U+{ord(hidden.group() if hidden else chr(0)):04X}"
        raise SysgraphError(
            f"{place}: there is an invisible character {code}, which {where} is not read with;"
            " write it as YAML"
        )


def _line(cells: list[str]) -> str:
    file = StringIO()
    csv.writer(file).writerow(cells)
    return file.getvalue()
