"""The rows of a query as CSV, JSON and Markdown."""

import csv
import io
import json
import re
from collections.abc import Iterable

from sysgraph.graph import Term, text_of
from sysgraph.render.words import escape
from sysgraph.store import Rows

__all__ = ["rows_csv", "rows_json", "rows_markdown"]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


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
