"""Options that several commands share, and how they write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.errors import SetAside, SysgraphError, UnknownThing

if TYPE_CHECKING:
    from sysgraph.store import Rows, Store

__all__ = [
    "AsOfOption",
    "ByOption",
    "ProofFormat",
    "StoreOption",
    "StoreToWrite",
    "TextFormat",
    "UpdateUrlOption",
    "open_as_of",
    "pairs",
    "progress",
    "refuse_aside",
    "telling_aside",
    "write",
]

_WIDTH, _BETWEEN = 160, 3
_LONGEST_WORD = 40

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR|URL",
        help="A store directory or the URL of a SPARQL endpoint; by default the shipped library.",
    ),
]
UpdateUrlOption = Annotated[
    str | None,
    typer.Option(
        "--update-url",
        metavar="URL",
        help="Where an endpoint takes updates, if not at /update beside /query.",
    ),
]
StoreToWrite = Annotated[
    str, typer.Option("--store", metavar="DIR|URL", help="A store directory or an endpoint.")
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Ask the cases as they stood then: a date, for its end, or a time; both in UTC.",
    ),
]


def open_as_of(place: str | None, as_of: str | None) -> Store:
    """Open what ``--store`` names, for asking, as it stood when ``--as-of`` says, if it does.

    Raises:
        BadStore, EndpointFailed: it cannot be opened.
        SysgraphError: ``as_of`` is no date or time.
    """
    from sysgraph.stores import open_store

    store = open_store(place)
    if as_of is None:
        return store
    from sysgraph.life import store_as_of

    try:
        return store_as_of(store, as_of)
    finally:
        store.close()


@contextmanager
def telling_aside(place: str | None, as_of: str | None = None) -> Iterator[None]:
    """Say of a case that is known and does not count since when, and why, instead of no case.

    Raises:
        SetAside: it was retracted, superseded or removed, or is a draft.
    """
    try:
        yield
    except UnknownThing as error:
        refuse_aside(error.name, open_as_of(place, as_of))
        raise


def refuse_aside(name: str, store: Store) -> None:
    """Refuse a name of something that is known to a store and does not count.

    Raises:
        SetAside: it was retracted, superseded or removed, or is a draft.
    """
    from sysgraph.life import set_aside

    told = set_aside(name, store)
    if told:
        raise SetAside(name, told)


class TextFormat(StrEnum):
    """How advice and explanations are written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class ProofFormat(StrEnum):
    """How explanations are written; ``turtle`` gives their proofs as PROV-O."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    TURTLE = "turtle"


class TableFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


def write(text: str | bytes) -> None:
    """Write an answer to standard output, in UTF-8 wherever it goes."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_rows(rows: Rows, form: TableFormat) -> None:
    """Write the rows of a query."""
    from sysgraph.render.rows import rows_csv, rows_json, rows_markdown

    writers: dict[TableFormat, Callable[[Rows], str]] = {
        TableFormat.TABLE: rows_table,
        TableFormat.CSV: rows_csv,
        TableFormat.JSON: rows_json,
        TableFormat.MARKDOWN: rows_markdown,
    }
    write(writers[form](rows))


def rows_table(rows: Rows) -> str:
    """Return rows as a table as wide as the terminal, or 160 characters where there is none.

    Names of things and words are never cut; a table that has no room for them is wider.
    """
    from io import StringIO

    import pyoxigraph as ox
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from sysgraph.render.words import clean
    from sysgraph.terms import compact

    cells = [[clean(compact(term.value)) if term else "" for term in row] for row in rows.rows]
    names = [[isinstance(term, ox.NamedNode) for term in row] for row in rows.rows]
    room = Console().width if sys.stdout.isatty() else _WIDTH
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    widths = _widths([list(rows.columns), *cells], [[False] * len(rows.columns), *names], room)
    for column, width in zip(rows.columns, widths, strict=True):
        table.add_column(Text(column), overflow="fold", width=width)
    for row in cells:
        table.add_row(*map(Text, row))  # Text, never markup: a label may hold brackets.
    console = Console(file=StringIO(), width=sum(widths) + _BETWEEN * len(widths))
    console.print(table)
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    lines = [line.rstrip() for line in drawn.splitlines()]
    count = len(rows.rows)
    return "\n".join([*lines, f"{count} {'row' if count == 1 else 'rows'}"]).lstrip("\n") + "\n"


def _widths(
    cells: Sequence[Sequence[str]], is_name: Sequence[Sequence[bool]], room: int
) -> list[int]:
    """Return how wide each column is, the widest giving way first, and none below a whole word."""
    from rich.cells import cell_len

    widths, least = [], []
    for texts, named in zip(zip(*cells, strict=True), zip(*is_name, strict=True), strict=True):
        whole = {text for text, name in zip(texts, named, strict=True) if name}
        whole |= {word for text in texts for word in text.split() if len(word) <= _LONGEST_WORD}
        least.append(max(map(cell_len, whole), default=1))
        lines = {line for text in texts for line in text.splitlines()}
        widths.append(max(least[-1], min(room, max(map(cell_len, lines), default=1))))
    while sum(widths) + _BETWEEN * len(widths) > room:
        spare = [(width, at) for at, width in enumerate(widths) if width > least[at]]
        if not spare:
            break
        widths[max(spare)[1]] -= 1
    return widths


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Return ``key=value`` arguments as a dictionary.

    Raises:
        SysgraphError: one has no "=", or a key stands twice.
    """
    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise SysgraphError(f"{option} {text}: write it as name=value")
        if key in found:
            raise SysgraphError(f"{option} {key}: it is given twice; keep one")
        found[key] = value
    return found


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on a terminal while long work goes on, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total
        )
