"""A CONSTRUCT as the SELECT that finds its rows, put together here.

How many triples a CONSTRUCT should give cannot be asked, and a server that hands out only some
of them need not say so. How many rows there are can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyoxigraph as ox

from sysgraph.endpoint.blanks import blank_again, name_of
from sysgraph.sparql import Token, tokens_of
from sysgraph.store import Rows

__all__ = ["Parts", "parts_of", "put_together", "rows_for"]


@dataclass(frozen=True, slots=True)
class Parts:
    """A query taken apart: its prologue, its FROM clauses, and the rest.

    The rest may stand within another query that has the other two. ``words`` are its key words
    in capitals, and ``outer`` those outside of braces; ``columns`` are what a SELECT lists, none
    where it says ``*``.
    """

    start: str
    graphs: str
    rest: str
    words: frozenset[str]
    outer: frozenset[str]
    columns: tuple[str, ...]

    def within(self, select: str, ordered: str = "") -> str:
        """Return a query that selects something of the rows of this one."""
        return f"{self.start}{select} {self.graphs} WHERE {{ {{ {self.rest}{ordered}\n}} }}"


def parts_of(query: str) -> Parts:
    """Take a query apart."""
    tokens = [*tokens_of(query, "the query")]
    first = 0
    while first < len(tokens) and tokens[first].text.upper() in ("PREFIX", "BASE"):
        first += 3 if tokens[first].text.upper() == "PREFIX" else 2
    start = tokens[first].at if first < len(tokens) else len(query)
    graphs, kept, outer, at, depth = [], [], set(), start, 0
    for number, token in enumerate(tokens[first:], first):
        depth += (token.text == "{") - (token.text == "}") if token.kind == "sign" else 0
        if not depth and token.kind == "word":
            outer.add(token.text.upper())
        if not depth and _is(token, "FROM"):
            named = number + 1 < len(tokens) and _is(tokens[number + 1], "NAMED")
            after = number + 2 + named
            ends = tokens[after].at if after < len(tokens) else len(query)
            graphs.append(query[token.at : ends])
            kept.append(query[at : token.at])
            at = ends
    words = frozenset(token.text.upper() for token in tokens[first:] if token.kind == "word")
    rest, columns = "".join((*kept, query[at:])), _columns(tokens[first:])
    return Parts(query[:start], " ".join(graphs), rest, words, frozenset(outer), columns)


def _columns(tokens: Sequence[Token]) -> tuple[str, ...]:
    found, depth = [], 0
    for before, token in pairwise(tokens):
        depth += (token.text == "(") - (token.text == ")") if token.kind == "sign" else 0
        if not depth and (token.text in ("{", "*") or _is(token, "FROM")):
            break
        if token.kind == "variable" and (not depth or (depth == 1 and _is(before, "AS"))):
            found.append(token.text[1:])
    return tuple(found)


def _is(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def rows_for(query: str) -> tuple[str, str] | None:
    """Return the SELECT for the rows of a CONSTRUCT, and its template; None of a DESCRIBE."""
    parts = parts_of(query)
    tokens = [*tokens_of(parts.rest, "the query")]
    braces = [token for token in tokens if token.kind == "sign" and token.text in "{}"]
    if not tokens or not _is(tokens[0], "CONSTRUCT") or not braces:
        return None
    depth = 0
    for brace in braces:
        depth += 1 if brace.text == "{" else -1
        if not depth:
            break
    else:
        return None
    first, end = braces[0].at, brace.at + 1
    # CONSTRUCT WHERE { … } has its pattern for a template.
    where = parts.rest[end:] if tokens[1].at == first else f"WHERE {parts.rest[first:]}"
    template = f"{parts.start}CONSTRUCT {parts.rest[first:end]}\nWHERE "
    return f"{parts.start}SELECT * {parts.graphs} {where}", template


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
