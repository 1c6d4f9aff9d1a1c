"""A store behind the URL of a SPARQL 1.1 endpoint, reached through SPARQLWrapper."""

from __future__ import annotations

import http.client
import os
import re
import urllib.error
import urllib.request
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import pyoxigraph as ox

from sysgraph.errors import BadSparql, EndpointFailed
from sysgraph.graph import text_of
from sysgraph.index import Entry, Index, Keeper, entry_of
from sysgraph.index.entry import PREDICATES
from sysgraph.index.keep import new_revision
from sysgraph.store import Rows
from sysgraph.terms import PREFIXES, REVISION, STORE_GRAPH, case_id_of

__all__ = ["EndpointStore", "is_url"]

TIMEOUT = 120
"""Seconds that the endpoint may stay silent."""

MAX_BYTES = 1_000_000_000
_MARK = f"<{STORE_GRAPH}> <{PREFIXES['rdf']}type> <{PREFIXES['void']}Dataset>"
_FAULTS = (OSError, http.client.HTTPException, ValueError)


def is_url(place: str) -> bool:
    """Tell whether a store is named by URL."""
    return place.lower().startswith(("http://", "https://"))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Refuse to be sent elsewhere, which would carry the credentials along."""

    def redirect_request(self, *_: Any) -> None:
        """Return nothing, so that the redirect itself becomes the error."""


class EndpointStore:
    """A SPARQL endpoint. Its default graph may or may not show what its named graphs hold.

    Where it does not, everything is written to both, so that the same queries answer alike.
    The word in SYSGRAPH_TOKEN, if any, is sent as a bearer token.
    """

    def __init__(self, url: str, update_url: str | None = None) -> None:
        """Name the endpoint; nothing is sent yet.

        A bare server address stands for its ``/query``; updates go to ``update_url``, or to
        ``/update`` beside ``/query``, or else to the same address.
        """
        parts = urlsplit(url)
        path = "/query" if parts.path in ("", "/") else parts.path
        self.place = urlunsplit(parts._replace(path=path))
        beside = re.sub(r"/query$", "/update", path)
        self.update_url = update_url or urlunsplit(parts._replace(path=beside))
        self._union: bool | None = None
        self._keeper = Keeper()

    def select(self, query: str) -> Rows:
        """Answer a SELECT, or an ASK as one row of one column named ``answer``."""
        answer = self._results(query, "SELECT")
        if isinstance(answer, ox.QueryBoolean):
            return Rows(("answer",), ((ox.Literal(bool(answer)),),))
        columns = tuple(variable.value for variable in answer.variables)
        try:
            return Rows(columns, tuple(tuple(solution) for solution in answer))
        except SyntaxError as error:
            raise self._malformed(error) from error

    def _results(self, query: str, kind: str) -> ox.QuerySolutions | ox.QueryBoolean:
        body = self._send(query, kind, "json")
        try:
            answer = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise self._malformed(error) from error
        return answer

    def _malformed(self, error: Exception) -> EndpointFailed:
        return EndpointFailed(
            self.place,
            "its answer is not what SPARQL 1.1 prescribes; is it the address of a query endpoint?",
        )

    def construct(self, query: str) -> list[ox.Quad]:
        """Answer a CONSTRUCT or DESCRIBE."""
        body = self._send(query, "CONSTRUCT", "turtle")
        try:
            return list(ox.parse(body, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
        except SyntaxError as error:
            raise self._malformed(error) from error

    def graphs(self) -> list[str]:
        """Return the names of all graphs, sorted."""
        rows = self.select("SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }")
        return sorted(graph.value for (graph,) in rows.rows if graph is not None)

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return all that one named graph holds."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        name = ox.NamedNode(graph)
        return [ox.Quad(q.subject, q.predicate, q.object, name) for q in self.construct(query)]

    def replace(self, graphs: Mapping[str, Sequence[ox.Quad]]) -> None:
        """Give the named graphs this content in one request. An empty one is dropped."""
        copied = not self._shows_named_graphs()
        steps = []
        for name, quads in graphs.items():
            if copied and name != STORE_GRAPH:
                steps.append(f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
            steps.append(f"DROP SILENT GRAPH <{name}>")
            if not quads:
                continue
            triples = " .\n".join(str(quad.triple) for quad in quads)
            # One block for both, for a blank node may not stand in two.
            copy = f"{triples} .\n" if copied and name != STORE_GRAPH else ""
            steps.append(f"INSERT DATA {{ {copy}GRAPH <{name}> {{\n{triples} .\n}} }}")
        mark = f"<{STORE_GRAPH}> <{REVISION}>"
        steps.append(f"DELETE WHERE {{ GRAPH <{STORE_GRAPH}> {{ {mark} ?old }} }}")
        steps.append(f'INSERT DATA {{ GRAPH <{STORE_GRAPH}> {{ {mark} "{new_revision()}" }} }}')
        self._send(" ;\n".join(steps), "INSERT", "json")

    def index(self) -> Index:
        """Return the index of the cases as they are stored now.

        It is built in memory, by one question for each predicate, whenever the store is at
        another revision than before, whoever changed it.
        """
        pattern = f"GRAPH <{STORE_GRAPH}> {{ <{STORE_GRAPH}> <{REVISION}> ?revision }}"
        rows = self.select(f"SELECT ?revision WHERE {{ {pattern} }}").rows
        revision = max((text_of(said) for (said,) in rows), default="")
        return self._keeper.index(revision, self._entries)

    def _entries(self) -> Iterator[Entry]:
        cases: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for predicate in sorted(PREDICATES):
            query = f"SELECT ?graph ?s ?o WHERE {{ GRAPH ?graph {{ ?s {predicate} ?o }} }}"
            for graph, subject, value in self.select(query).rows:
                case_id = case_id_of(text_of(graph))
                if case_id is not None:
                    cases[case_id].append((str(subject), predicate, str(value)))
        for case_id, triples in cases.items():
            yield entry_of(case_id, triples)

    def _shows_named_graphs(self) -> bool:
        if self._union is None:
            if not self._asks(f"ASK {{ GRAPH <{STORE_GRAPH}> {{ {_MARK} }} }}"):
                self._send(
                    f"INSERT DATA {{ GRAPH <{STORE_GRAPH}> {{ {_MARK} }} }}", "INSERT", "json"
                )
            self._union = self._asks(f"ASK {{ {_MARK} }}")
        return self._union

    def _asks(self, query: str) -> bool:
        return bool(self._results(query, "ASK"))

    def _send(self, text: str, kind: str, syntax: str) -> bytes:
        from SPARQLWrapper import POST
        from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

        wrapper = _client(self.place, self.update_url)
        # Setting the text through setQuery would have its kind guessed by a slow pattern.
        wrapper.queryString, wrapper.queryType = text, kind
        wrapper.setMethod(POST)
        wrapper.setReturnFormat(syntax)
        wrapper.setTimeout(TIMEOUT)
        token = os.environ.get("SYSGRAPH_TOKEN")
        if token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {token}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about formats that an update does not have
                response = wrapper.query().response
            return _read_all(response, self.place)
        except QueryBadFormed as error:
            raise BadSparql(
                self.place, f"the endpoint refuses the query: {_said(error)}"
            ) from error
        except (SPARQLWrapperException, *_FAULTS) as error:
            raise EndpointFailed(self.place, _explain(error)) from error

    def close(self) -> None:
        """Do nothing: every request has its own connection."""


def _client(url: str, update_url: str) -> Any:
    from SPARQLWrapper import SPARQLWrapper

    class Client(SPARQLWrapper):
        """SPARQLWrapper with an opener of its own, which follows no redirects."""

        def _query(self) -> tuple[Any, str]:
            # As in the base class, but for the opener, which that takes from a global.
            opener = urllib.request.build_opener(_NoRedirects)
            request = self._createRequest()
            try:
                return opener.open(request, timeout=self.timeout), self.returnFormat
            except urllib.error.HTTPError as error:
                if error.code == 400:
                    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

                    raise QueryBadFormed(error.read(2000)) from error
                raise

    return Client(url, updateEndpoint=update_url, agent="sysgraph")


def _read_all(response: IO[bytes], place: str) -> bytes:
    body = response.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise EndpointFailed(place, f"its answer is larger than {MAX_BYTES:,} bytes; ask for less")
    return body


def _said(error: Exception) -> str:
    text = str(error.args[0] if error.args else error)
    said = re.search(r"Response:\s*b?['\"]?(.*)", text, re.DOTALL)
    line = (said.group(1) if said else text).strip().splitlines()
    return re.sub(r"\s+", " ", line[0])[:200] if line else "no reason given"


def _explain(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        if error.code in (301, 302, 303, 307, 308):
            return f"it redirects to {error.headers.get('Location')}; name that address itself"
        return f"it answers HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"it cannot be reached: {error.reason}"
    if isinstance(error, TimeoutError):
        return f"it stayed silent for {TIMEOUT} seconds"
    return f"the connection broke: {error}"
