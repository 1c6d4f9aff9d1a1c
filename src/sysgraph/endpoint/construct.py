"""A CONSTRUCT as the SELECT that finds its rows, put together here.

How many triples a CONSTRUCT should give cannot be asked, and a server that hands out only some
of them need not say so. How many rows there are can.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

from sysgraph.endpoint.blanks import blank_again, name_of
from sysgraph.store import Rows

__all__ = ["QUOTED", "apart", "put_together", "rows_for"]

_PROLOGUE = re.compile(
    r"(?:\s+|\#[^\n\r]*|PREFIX\s+[^\s<:]*:\s*<[^>]*>|BASE\s*<[^>]*>)*", re.IGNORECASE
)
QUOTED = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|\#[^\n\r]*',
    re.DOTALL,
)
"""What stands in a query as text, name or comment: words and braces in it mean nothing."""


def apart(query: str) -> tuple[str, str]:
    """Return the prologue of a query and the rest, which may stand within another query."""
    match = _PROLOGUE.match(query)
    start = match.end() if match else 0
    return query[:start], query[start:]


def rows_for(query: str) -> tuple[str, str] | None:
    """Return the SELECT for the rows of a CONSTRUCT, and its template; None of a DESCRIBE."""
    start, rest = apart(query)
    bare = QUOTED.sub(lambda match: " " * len(match.group()), rest)
    head = re.match(r"(?i)construct\b\s*", bare)
    first = bare.find("{")
    if head is None or first < 0:
        return None
    depth = 0
    for brace in re.finditer(r"[{}]", bare[first:]):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            end = first + brace.end()
            break
    else:
        return None
    # CONSTRUCT WHERE { … } has its pattern for a template.
    where = rest[end:] if first == head.end() else rest[head.end() :]
    return f"{start}SELECT * {where}", f"{start}CONSTRUCT {rest[first:end]}\nWHERE "


def put_together(template: str, rows: Rows) -> list[ox.Quad]:
    """Return what a template gives for rows.

    Raises:
        SyntaxError: it is no template.
    """
    names = " ".join(f"?{column}" for column in rows.columns)
    values = "\n".join(
        f"({' '.join('UNDEF' if term is None else str(name_of(term)) for term in row)})"
        for row in rows.rows
    )
    found = ox.Store().query(f"{template} {{ VALUES ({names}) {{\n{values}\n}} }}")
    assert isinstance(found, ox.QueryTriples)  # as every CONSTRUCT gives
    return [
        ox.Quad(blank_again(triple.subject), triple.predicate, blank_again(triple.object))
        for triple in found
    ]
