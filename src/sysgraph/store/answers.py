"""What an endpoint answers, believed when it is whole: no row is missing without a word.

How many triples a CONSTRUCT should give cannot be asked, and a server that hands out only some of
them need not say so. How many rows there are can, so that a CONSTRUCT is put together here.

Blank nodes have names of their own while they are at an endpoint, below ``.well-known/genid/`` as
RDF 1.1 has it: Virtuoso takes none in an update, and a second try would make a second node.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pyoxigraph as ox

from sysgraph.errors import BadFile, BadSparql, EndpointFailed
from sysgraph.rdf import Format, Term, parse, refuse_tricks, text_of
from sysgraph.sparql.check import Token, tokens_of
from sysgraph.store.local import Rows
from sysgraph.store.wire import Response, Wire
from sysgraph.terms import NAMESPACE, PREFIXES, STORE_GRAPH

__all__ = ["Asker", "blank_again", "named"]

_GENID = f"{NAMESPACE}.well-known/genid/"


def blank_again(term: Any) -> Any:
    """Return a term of an answer, or the blank node that it is the name of."""
    if isinstance(term, ox.NamedNode) and term.value.startswith(_GENID):
        return ox.BlankNode(term.value.removeprefix(_GENID))
    return term


def name_of(term: Any, start: str = _GENID) -> Any:
    """Return a term, or the name of a blank node."""
    return ox.NamedNode(start + term.value) if isinstance(term, ox.BlankNode) else term


def named(graphs: Mapping[str, Sequence[ox.Quad]]) -> dict[str, list[ox.Quad]]:
    """Return graphs whose blank nodes have names: the same for the same graphs, and no others."""
    blank = ox.Dataset(quad for quads in graphs.values() for quad in quads if _is_blank(quad))
    found = {name: [q for q in quads if not _is_blank(q)] for name, quads in graphs.items()}
    if not len(blank):
        return found
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    whole = "\n".join(sorted(map(str, blank)))
    start = f"{_GENID}{sha256(whole.encode()).hexdigest()[:16]}-"
    for quad in blank:
        graph = quad.graph_name
        assert isinstance(graph, ox.NamedNode)  # as all graphs of a store are
        subject, value = name_of(quad.subject, start), name_of(quad.object, start)
        found[graph.value].append(ox.Quad(subject, quad.predicate, value, graph))
    return found


def _is_blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


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
    while tokens and (tokens[0].says("PREFIX") or tokens[0].says("BASE")):
        del tokens[: 3 if tokens[0].says("PREFIX") else 2]
    start = at = tokens[0].at if tokens else len(query)
    graphs, kept = [], []
    for number, token in enumerate(tokens):
        if token.says("FROM") and not token.depth:
            after = [each.at for each in tokens[number + 1 : number + 4] if not each.says("NAMED")]
            ends = after[1] if len(after) > 1 else len(query)
            graphs.append(query[token.at : ends])
            kept.append(query[at : token.at])
            at = ends
    words = [token for token in tokens if token.kind == "word"]
    return Parts(
        query[:start],
        " ".join(graphs),
        "".join((*kept, query[at:])),
        frozenset(token.text.upper() for token in words),
        frozenset(token.text.upper() for token in words if not token.depth),
        _columns(tokens),
    )


def _columns(tokens: Sequence[Token]) -> tuple[str, ...]:
    found = []
    for before, token in pairwise(tokens):
        if not token.depth and (token.text in ("{", "*") or token.says("FROM")):
            break
        is_named = not token.depth or (token.depth == 1 and before.says("AS"))
        if token.kind == "variable" and is_named:
            found.append(token.text[1:])
    return tuple(found)


def rows_for(query: str) -> tuple[str, str] | None:
    """Return the SELECT for the rows of a CONSTRUCT, and its template; None of a DESCRIBE."""
    parts = parts_of(query)
    tokens = [*tokens_of(parts.rest, "the query")]
    braces = [each.at for each in tokens if each.text in ("{", "}") and not each.depth]
    if not tokens or not tokens[0].says("CONSTRUCT") or len(braces) < 2:
        return None
    first, end = braces[0], braces[1] + 1
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
    return _quads(found)


def _quads(triples: Iterable[ox.Triple | ox.Quad]) -> list[ox.Quad]:
    return [ox.Quad(blank_again(t.subject), t.predicate, blank_again(t.object)) for t in triples]


MIN_PAGE, MAX_PAGES = 100, 1_000
"""A server that hands out fewer rows at a time, or would take more turns, is told to give more."""

_SORTED = 10_000
"""Virtuoso sorts no more rows than these to leave some out."""

_MORE = "let it answer in full (Virtuoso calls this ResultSetMaxRows), or ask for less"
_JSON = ("application/sparql-results+json", "application/json", "")
_PART = re.compile(r"x-sql-state|x-sparql-(?!default-graph|maxrows).*|.*(partial|truncated).*")
_COUNT = "sysgraphRows"
_BOOLEAN = ox.NamedNode(f"{PREFIXES['xsd']}boolean")
_BOOLEANS = {"0": "false", "1": "true"}
_MALFORMED = "its answer is not what SPARQL 1.1 prescribes; is it the address of a query endpoint?"


class Asker:
    """Asks one endpoint. ``graphs`` are those asked, where it must be told; else its own choice."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.graphs: Sequence[str] = ()

    def holds(self, query: str) -> bool:
        """Return the answer to an ASK."""
        answer = self._rows(query, "ASK")
        if not isinstance(answer, bool):
            raise self._failed(_MALFORMED)
        return answer

    @cached_property
    def shows_graphs(self) -> bool:
        """Whether the default graph shows what the graph says in which the store tells of itself.

        That graph alone is never copied.
        """
        return self.holds(f"ASK {{ <{STORE_GRAPH}> ?p ?o }}")

    def single(self, query: str) -> int:
        """Return the one number that a SELECT of a count gives."""
        answer = self._rows(query, "SELECT")
        rows = () if isinstance(answer, bool) else answer.rows
        number = text_of(rows[0][0]) if len(rows) == 1 and rows[0] and rows[0][0] else ""
        if not number.isdecimal():
            raise self._failed(_MALFORMED)
        return int(number)

    def select(self, query: str) -> Rows:
        """Answer a SELECT in full, or an ASK as one row of one column named ``answer``.

        How many rows there are is asked as well, and what comes after the last, for a server may
        cap what it counts. Where some are missing they are fetched page by page, and believed if
        they are as many and no two of them the same.

        Raises:
            BadSparql: the endpoint refuses the query.
            EndpointFailed: it does not answer, or only in part.
        """
        answer = self._rows(query, "SELECT")
        parts = parts_of(query)
        if isinstance(answer, bool):
            if "ASK" not in parts.outer:
                raise self._failed(_MALFORMED)
            return Rows(("answer",), ((ox.Literal(answer),),))
        if answer.rows and parts.columns and answer.columns != parts.columns:
            raise self._failed(_MALFORMED)
        count = self.single(parts.within(f"SELECT (COUNT(*) AS ?{_COUNT})"))
        if len(answer.rows) != count:
            return self._paged(parts, answer, count)
        if self._goes_on(query, parts, count):
            raise self._failed(f"it hands out {count:,} rows, and counts as many, of more; {_MORE}")
        return answer

    def _goes_on(self, query: str, parts: Parts, count: int) -> bool:
        """Tell whether a query has a row after so many, where that can be asked."""
        if not count or parts.outer & {"LIMIT", "OFFSET", "VALUES"}:
            return False
        if "ORDER" in parts.outer and count >= _SORTED:
            return False
        answer = self._rows(f"{query}\nLIMIT 1 OFFSET {count}", "SELECT")
        return isinstance(answer, bool) or bool(answer.rows)

    def _paged(self, parts: Parts, first: Rows, count: int) -> Rows:
        size = len(first.rows)
        told = f"it hands out {size:,} of {count:,} rows"
        bounded = parts.words & {"LIMIT", "OFFSET"}
        if bounded or not MIN_PAGE <= size < count or count > size * MAX_PAGES:
            raise self._failed(f"{told}; {_MORE}")
        # By text first, for Virtuoso has long texts with a language in no order.
        keys = (f"STR(?{column}) ?{column}" for column in first.columns)
        ordered = "" if "ORDER" in parts.words else f"\nORDER BY {' '.join(keys)}"
        columns = " ".join(f"?{column}" for column in first.columns)
        found: list[tuple[Term | None, ...]] = []
        while len(found) < count:
            # The order stands inside: Virtuoso sorts no more than 10,000 rows for a page.
            page = parts.within(f"SELECT {columns}", ordered)
            answer = self._rows(f"{page} LIMIT {size} OFFSET {len(found)}", "SELECT")
            if isinstance(answer, bool) or not answer.rows or answer.columns != first.columns:
                break
            found += answer.rows
        if len(found) != count or len({*found}) != count:
            raise self._failed(f"{told}, and others page by page; {_MORE}")
        return Rows(first.columns, tuple(found))

    def construct(self, query: str) -> list[ox.Quad]:
        """Answer a CONSTRUCT, or a DESCRIBE, of which only the length can be checked.

        Raises:
            BadSparql: the endpoint refuses the query.
            EndpointFailed: it does not answer, or may have answered in part.
        """
        asked = rows_for(query)
        if asked is not None:
            try:
                return put_together(asked[1], self.select(asked[0]))
            except SyntaxError as error:
                reason = f"its template is no SPARQL: {error.msg}"
                raise BadSparql(self.wire.query.shown, reason) from error
        answer = self._ask(query, "CONSTRUCT")
        if "X-SPARQL-MaxRows" in answer.headers:
            limit = answer.headers["X-SPARQL-MaxRows"]
            raise self._failed(f"it answers with a part only, for it gives no more than {limit!r}")
        try:
            quads = parse(answer.body, Format.TURTLE, self.wire.query.shown)
        except BadFile as error:
            raise self._failed(_MALFORMED) from error
        if not answer.framed:
            # Turtle that is cut after a statement is Turtle.
            raise self._failed("it does not say where its answer ends, which may be a part")
        return _quads(quads)

    def _rows(self, query: str, kind: str) -> Rows | bool:
        answer = self._ask(query, kind)
        try:
            refuse_tricks(answer.body, "", json=True)
            found = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
            if isinstance(found, ox.QueryBoolean):
                return bool(found)
            columns = tuple(variable.value for variable in found.variables)
            rows = tuple(tuple(map(_kept, solution)) for solution in found)
            if columns == ("__ASK_RETVAL",):  # Virtuoso answers an ASK with a row, or none
                return bool(rows)
        except (BadFile, SyntaxError, ValueError, MemoryError) as error:
            # Without the frames, which hold what the engine lets no other thread clear away.
            raise self._failed(_MALFORMED) from error.with_traceback(None)
        return Rows(columns, rows)

    def _ask(self, query: str, kind: str) -> Response:
        answer = self.wire.ask(query, kind, self.graphs)
        if "html" in answer.kind:
            raise self._failed("it answers with a web page, where a login may be asked for")
        if answer.kind not in _JSON and kind != "CONSTRUCT":
            raise self._failed(_MALFORMED)
        marks = sorted(name for name in answer.headers if _PART.fullmatch(name.lower()))
        if marks:
            raise self._failed(f"it answers with a part only, as {marks[0]} says; ask for less")
        return answer

    def _failed(self, reason: str) -> EndpointFailed:
        return EndpointFailed(self.wire.query.shown, reason)


def _kept(term: Any) -> Any:
    """Return a term as it was stored: Virtuoso writes the canonical ``true`` as ``1``."""
    if isinstance(term, ox.Literal) and term.datatype == _BOOLEAN:
        return ox.Literal(_BOOLEANS.get(term.value, term.value), datatype=_BOOLEAN)
    return blank_again(term)
