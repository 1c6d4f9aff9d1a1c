"""The rows of a query as a table, CSV, JSON and Markdown."""

import csv
import io
import json
import re
from collections.abc import Iterable

from sysgraph.graph import Term, text_of
from sysgraph.render.words import clean, escape
from sysgraph.store import Rows
from sysgraph.terms import compact

__all__ = ["rows_csv", "rows_json", "rows_markdown", "rows_text"]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def rows_text(rows: Rows, form: str, width: int) -> str:
    """Return rows in the format of that name; a table is as wide as they need, or as it may be."""
    if form == "table":
        return _table(rows, width)
    return {"csv": rows_csv, "json": rows_json, "markdown": rows_markdown}[form](rows)


def _table(rows: Rows, width: int) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in rows.columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows.rows:
        # Text, never markup: a label may hold brackets.
        table.add_row(*(Text(clean(compact(term.value)) if term else "") for term in row))
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    lines = [line.rstrip() for line in drawn.splitlines()]
    count = len(rows.rows)
    return "\n".join([*lines, f"{count} {'row' if count == 1 else 'rows'}"]).lstrip("\n") + "\n"


def rows_csv(rows: Rows) -> str:
    """Return rows as CSV with a header. What a spreadsheet would run as a formula is quoted.

    Source: SPARQL 1.1 Query Results CSV, https://www.w3.org/TR/sparql11-results-csv-tsv/
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.columns)
    for row in rows.rows:
        writer.writerow([_cell(term) for term in row])
    return out.getvalue()


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
