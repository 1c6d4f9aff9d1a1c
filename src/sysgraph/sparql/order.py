"""The ORDER BY that a query ends with, done once its rows are there.

An engine that keeps its terms on a disk looks them up again for each comparison: to order 236,000
rows took Oxigraph eight times as long as to find them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

import pyoxigraph as ox

from sysgraph.rdf import Term
from sysgraph.terms import PREFIXES

__all__ = ["Key", "in_order", "without_order"]

Key = tuple[str, bool]
"""A variable, and whether the last comes first."""
Row = tuple[Term | None, ...]

_ORDER = re.compile(
    r"^[^#\n]*\b(?P<clause>ORDER\s+BY\b(?P<keys>(?:\s*(?:[?$]\w+|(?:ASC|DESC)\s*\(\s*[?$]\w+\s*\)))+))"
    r"\s*\Z",
    re.IGNORECASE | re.MULTILINE,
)
_KEY = re.compile(r"(?P<way>ASC|DESC)?[\s(]*[?$](?P<name>\w+)", re.IGNORECASE)
_XSD = PREFIXES["xsd"]
_VALUES: dict[str, Callable[[str], str | int]] = {
    f"{_XSD}string": str,
    f"{PREFIXES['rdf']}langString": str,
    f"{_XSD}integer": int,
    f"{_XSD}boolean": "true".__eq__,
}
"""What the literals of a type are ordered by."""


def without_order(query: str) -> tuple[str, list[Key]]:
    """Return a query without the ORDER BY that it ends with, and the variables that this names.

    >>> without_order("SELECT ?a { ?a ?b ?c } ORDER BY DESC(?a) ?b")
    ('SELECT ?a { ?a ?b ?c } ', [('a', True), ('b', False)])
    """
    found = _ORDER.search(query)
    if found is None:
        return query, []
    keys = [
        (key["name"], (key["way"] or "").upper() == "DESC") for key in _KEY.finditer(found["keys"])
    ]
    return query[: found.start("clause")], keys


def in_order(
    columns: Sequence[str], rows: tuple[Row, ...], keys: Sequence[Key]
) -> tuple[Row, ...] | None:
    """Return rows in the order of SPARQL by some columns, or nothing where that is not told here.

    It is not where terms have no order of their own: blank nodes, dates, literals of several
    types or languages.

    Source: SPARQL 1.1 Query Language, 15.1 ORDER BY, https://www.w3.org/TR/sparql11-query/
    """
    ordered = list(rows)
    for name, is_last_first in reversed(keys):
        column = itemgetter(columns.index(name))
        if not _have_order(map(column, rows)):
            return None
        ordered.sort(key=lambda row: _place(column(row)), reverse=is_last_first)
    return tuple(ordered)


def _have_order(terms: Iterable[Term | None]) -> bool:
    kinds = {
        (term.datatype.value, term.language) if isinstance(term, ox.Literal) else type(term)
        for term in terms
    } - {type(None), ox.NamedNode}
    return len(kinds) <= 1 and all(isinstance(one, tuple) and one[0] in _VALUES for one in kinds)


def _place(term: Term | None) -> tuple[int, str | int]:
    """Return what is compared: no term comes first, then IRIs, then literals."""
    if isinstance(term, ox.Literal):
        return 2, _VALUES[term.datatype.value](term.value)
    return (0, "") if term is None else (1, term.value)
