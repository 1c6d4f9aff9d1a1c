"""Rows and graphs as the libraries of analysts hold them: pandas, Polars, rdflib, NetworkX."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from sysgraph.errors import MissingExtra
from sysgraph.publish.parts import Part, What
from sysgraph.rdf import Format, Term, copy_to_dataset, text_of
from sysgraph.terms import PREFIXES, compact

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import polars as pl
    import rdflib

    from sysgraph.store.local import Rows, Store

__all__ = ["needing_analysis", "to_networkx", "to_pandas", "to_polars", "to_rdflib"]


@contextmanager
def needing_analysis() -> Iterator[None]:
    """Say which packages to install, should one that is imported here be missing.

    Raises:
        MissingExtra: one is.
    """
    try:
        yield
    except ImportError as error:
        name = (error.name or "one that is missing").partition(".")[0]
        raise MissingExtra(f"this needs the package {name}", "analysis") from error


# Rows.


class _Kind(StrEnum):
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "truth"
    DATE = "date"
    MOMENT = "moment"
    MOMENT_IN_UTC = "moment in UTC"
    TEXT = "text"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: _Kind
    values: list[Any]


_DERIVED = (
    "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger"
    " negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte gYear"
)
_KINDS = {
    **dict.fromkeys(_DERIVED.split(), _Kind.INTEGER),
    **dict.fromkeys(("decimal", "double", "float"), _Kind.NUMBER),
    **dict.fromkeys(("dateTime", "dateTimeStamp"), _Kind.MOMENT),
    "boolean": _Kind.TRUTH,
    "date": _Kind.DATE,
}
"""The kinds of the datatypes of XML Schema."""
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_TIME = r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?"
_WRITTEN = {
    _Kind.INTEGER: r"[+-]?[0-9]+",
    _Kind.NUMBER: r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    _Kind.TRUTH: r"true|false|1|0",
    _Kind.DATE: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    _Kind.MOMENT: _TIME,
    _Kind.MOMENT_IN_UTC: _TIME + _ZONE,
}
_LARGEST = 2**63


def to_pandas(rows: Rows) -> pd.DataFrame:
    """Return the rows of a question as a pandas frame, each column with the dtype it asks for.

    Whole numbers and years are ``Int64``, other numbers ``Float64``, truths ``boolean``, dates
    and times ``datetime64`` (in UTC where they tell their zone). All else is text: IRIs in full,
    blank nodes as ``_:name``; it is ``category`` where at most half of the values are different.
    What is unbound is missing. A column that mixes kinds, or holds what its datatype does not
    allow, is text as it stands.

    Raises:
        MissingExtra: pandas is not installed.
    """
    with needing_analysis():
        import pandas as pd
    found = {column.name: _pandas_array(column) for column in _columns(rows)}
    return pd.DataFrame(found, columns=list(rows.columns))


def _pandas_array(column: _Column) -> Any:
    import numpy as np
    import pandas as pd

    values = column.values
    if column.kind is _Kind.NUMBER:
        # Made by hand, for what is no number (NaN) is something else than what is missing.
        numbers = np.array([0.0 if value is None else value for value in values], dtype="float64")
        return pd.arrays.FloatingArray(numbers, np.array([value is None for value in values]))
    if column.kind is _Kind.CATEGORY:
        return pd.Categorical(values)
    dtypes: dict[_Kind, Any] = {
        _Kind.INTEGER: "Int64",
        _Kind.TRUTH: "boolean",
        _Kind.DATE: "datetime64[s]",
        _Kind.MOMENT: "datetime64[us]",
        _Kind.MOMENT_IN_UTC: "datetime64[us, UTC]",
        _Kind.TEXT: "str",
    }
    return pd.array(values, dtype=dtypes[column.kind])


def to_polars(rows: Rows) -> pl.DataFrame:
    """Return the rows of a question as a Polars frame, each column with the dtype it asks for.

    The columns are those of ``to_pandas``: ``Int64``, ``Float64``, ``Boolean``, ``Date``,
    ``Datetime``, ``Categorical`` and ``String``.

    Raises:
        MissingExtra: Polars is not installed.
    """
    with needing_analysis():
        import polars as pl
    dtypes: dict[_Kind, Any] = {
        _Kind.INTEGER: pl.Int64,
        _Kind.NUMBER: pl.Float64,
        _Kind.TRUTH: pl.Boolean,
        _Kind.DATE: pl.Date,
        _Kind.MOMENT: pl.Datetime("us"),
        _Kind.MOMENT_IN_UTC: pl.Datetime("us", "UTC"),
        _Kind.TEXT: pl.String,
        _Kind.CATEGORY: pl.Categorical,
    }
    return pl.DataFrame(
        [pl.Series(each.name, each.values, dtype=dtypes[each.kind]) for each in _columns(rows)]
    )


def _columns(rows: Rows) -> Iterator[_Column]:
    for at, name in enumerate(rows.columns):
        terms = [row[at] for row in rows.rows]
        kind = _kind_of([term for term in terms if term is not None])
        try:
            values = [None if term is None else _READ[kind](term) for term in terms]
        except (ValueError, OverflowError):
            kind, values = _Kind.TEXT, [None if term is None else _text(term) for term in terms]
        yield _settled(_Column(name, kind, values))


def _kind_of(terms: Sequence[Term]) -> _Kind:
    """Return the one kind that all terms are of, or else text."""
    kinds = {_kind_of_term(term) for term in terms}
    if kinds == {_Kind.INTEGER, _Kind.NUMBER}:
        return _Kind.NUMBER
    return kinds.pop() if len(kinds) == 1 else _Kind.TEXT


def _kind_of_term(term: Term) -> _Kind:
    datatype = term.datatype.value if isinstance(term, ox.Literal) else ""
    kind = _KINDS.get(datatype.removeprefix(PREFIXES["xsd"]), _Kind.TEXT)
    tells_zone = kind is _Kind.MOMENT and re.search(f"{_ZONE}$", text_of(term))
    return _Kind.MOMENT_IN_UTC if tells_zone else kind


def _settled(column: _Column) -> _Column:
    """Return a column, as categories where its texts are few."""
    held = [value for value in column.values if value is not None]
    if column.kind is _Kind.TEXT and 0 < len({*held}) * 2 <= len(held):
        return _Column(column.name, _Kind.CATEGORY, column.values)
    return column


def _text(term: object) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else text_of(term)


def _integer(text: str) -> int:
    number = int(text)
    if not -_LARGEST <= number < _LARGEST:
        raise ValueError(text)
    return number


def _in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _reading(kind: _Kind, read: Callable[[str], Any]) -> Callable[[Term], Any]:
    """Return what reads a term that is written as XML Schema has it, and nothing else."""

    def of_term(term: Term) -> Any:
        text = text_of(term)
        if not re.fullmatch(_WRITTEN[kind], text):
            raise ValueError(text)
        return read(text)

    return of_term


_READ: dict[_Kind, Callable[[Term], Any]] = {
    _Kind.INTEGER: _reading(_Kind.INTEGER, _integer),
    _Kind.NUMBER: _reading(_Kind.NUMBER, float),
    _Kind.TRUTH: _reading(_Kind.TRUTH, lambda text: text in ("true", "1")),
    _Kind.DATE: _reading(_Kind.DATE, date.fromisoformat),
    _Kind.MOMENT: _reading(_Kind.MOMENT, datetime.fromisoformat),
    _Kind.MOMENT_IN_UTC: _reading(_Kind.MOMENT_IN_UTC, _in_utc),
    _Kind.TEXT: _text,
}


# Graphs.


def _quads(store: Store, what: What | Part) -> Iterator[ox.Quad]:
    from sysgraph.publish.files import export_pieces

    for piece in export_pieces(store, Format.NQUADS, what):
        yield from ox.parse(piece, ox.RdfFormat.N_QUADS)


def to_rdflib(store: Store, what: What | Part = What.ALL) -> rdflib.Dataset:
    """Return part of a store as an rdflib data set, just as ``export`` writes it.

    It has the named graphs of the store, and asked as a graph it shows all of them at once. Of
    the whole library this takes some seconds.
    """
    return copy_to_dataset(_quads(store, what))


_INFERRED = "/inferred"


def to_networkx(store: Store, what: What | Part = What.ALL) -> nx.MultiDiGraph[str]:
    """Return part of a store as a directed NetworkX graph of things and what joins them.

    A node is a thing by its IRI (a blank node is ``_:name``), and an edge a statement about two
    things, with the IRI of its property as key. Edges have a ``name`` for short, such as
    ``sysg:servesAim``, and ``is_inferred``, true where it only follows. What is said of a thing in
    words and numbers are attributes of its node by short names, such as ``rdfs:label``: a number
    or truth as such, and all else as text; where there are several, all in one text with
    semicolons between. So every writer of NetworkX can write the graph.

    Raises:
        MissingExtra: NetworkX is not installed.
    """
    with needing_analysis():
        import networkx as nx
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    said: dict[tuple[str, str], dict[Term, None]] = defaultdict(dict)
    for quad in _quads(store, what):
        subject, key, value = _text(quad.subject), quad.predicate.value, quad.object
        if isinstance(value, ox.Literal):
            graph.add_node(subject)
            said[subject, compact(key)][value] = None
            continue
        follows = text_of(quad.graph_name).endswith(_INFERRED)
        edge = (subject, _text(value), key)
        # Also stated elsewhere: then it does not only follow.
        follows = follows and graph.edges.get(edge, {}).get("is_inferred", True)
        graph.add_edge(*edge, name=compact(key), is_inferred=follows)
    for (subject, name), values in said.items():
        graph.nodes[subject][name] = _attribute(values)
    return graph


def _attribute(values: Iterable[Term]) -> str | int | float | bool:
    first, *others = values
    if others:
        return "; ".join(sorted({text_of(first), *map(text_of, others)}))
    kind = _kind_of_term(first)
    if kind not in (_Kind.INTEGER, _Kind.NUMBER, _Kind.TRUTH):
        return text_of(first)
    try:
        number: int | float | bool = _READ[kind](first)
    except ValueError:
        return text_of(first)
    return number
