"""The rows of a query as a table, CSV, JSON and Markdown."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from sysgraph.errors import clean
from sysgraph.pages.words import escape
from sysgraph.rdf import Term, text_of
from sysgraph.store.local import Rows
from sysgraph.terms import compact

__all__ = ["rows_csv", "rows_json", "rows_markdown", "rows_text"]

_BETWEEN, _LONGEST_WORD = 3, 40
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def rows_text(rows: Rows, form: str, width: int) -> str:
    """Return rows in the format of that name; a table is as wide as they need, or as it may be."""
    if form == "table":
        return _table(rows, width)
    return {"csv": rows_csv, "json": rows_json, "markdown": rows_markdown}[form](rows)


def _table(rows: Rows, room: int) -> str:
    """Return rows as a table. Names of things and words are never cut; it may be wider for them."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[clean(compact(term.value)) if term else "" for term in row] for row in rows.rows]
    names = [[isinstance(term, ox.NamedNode) for term in row] for row in rows.rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    widths = _widths([list(rows.columns), *cells], [[False] * len(rows.columns), *names], room)
    for column, width in zip(rows.columns, widths, strict=True):
        table.add_column(Text(column), overflow="fold", width=width)
    for row in cells:
        table.add_row(*map(Text, row))  # Text, never markup: a label may hold brackets.
    drawn = io.StringIO()
    Console(file=drawn, width=sum(widths) + _BETWEEN * len(widths)).print(table)
    lines = [line.rstrip() for line in drawn.getvalue().splitlines()]
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


def rows_csv(rows: Rows) -> str:
    """Return rows as CSV with a header. What a spreadsheet would run as a formula is quoted.

    Source: SPARQL 1.1 Query Results CSV, https://www.w3.org/TR/sparql11-results-csv-tsv/
    """
    return "".join(map(_csv_line, [rows.columns, *(map(_cell, row) for row in rows.rows)]))


def _csv_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)  # ends in both, so that a cell with either of them is quoted
    return out.getvalue().removesuffix("\r\n") + "\n"


def _cell(term: Term | None) -> str:
    text = "" if term is None else text_of(term)
    if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def rows_json(rows: Rows) -> str:
    """Return rows as a JSON list with an object each; what is unbound is left out."""
    return json.dumps(list(rows.texts()), ensure_ascii=False, indent=2) + "\n"


def rows_markdown(rows: Rows) -> str:
    """Return rows as a Markdown table."""
    lines = [_line(rows.columns), _line("---" for _ in rows.columns)]
    lines += [
        _line("" if term is None else escape(text_of(term)) for term in row) for row in rows.rows
    ]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
