"""A store behind the URL of a SPARQL 1.1 endpoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from sysgraph.errors import BadStore
from sysgraph.rdf import text_of
from sysgraph.store.answers import Asker
from sysgraph.store.index import PREDICATES, Entry, Index, entry_of
from sysgraph.store.keeper import Keeper
from sysgraph.store.local import Rows
from sysgraph.store.wire import Wire, addresses
from sysgraph.store.writing import Writer, gets_wrong
from sysgraph.terms import NAMESPACE, ONTOLOGY_GRAPH, PREFIXES, REVISION, STORE_GRAPH, case_id_of

__all__ = ["EndpointStore"]

_KNOWN = f"<{NAMESPACE}> a <{PREFIXES['owl']}Ontology>"


class EndpointStore:
    """A SPARQL endpoint, of which only the graphs that are ours are listed and written.

    Its default graph may show what its named graphs hold. Where it does not, everything is
    written to both, so that the same queries answer alike; and a server that was filled by
    other means is told with each question which graphs are meant.
    """

    def __init__(self, url: str, update_url: str | None = None) -> None:
        """Name the endpoint; nothing is sent yet.

        Raises:
            EndpointFailed: it is no address, or the login in the environment cannot be sent.
        """
        query, update = addresses(url, update_url)
        self.place = query.shown
        self._asker = Asker(Wire(query, update))
        self._writer = Writer(self._asker)
        self._keeper = Keeper()

    def open_for_asking(self) -> None:
        """Make sure that what is asked is whole.

        Raises:
            BadStore: it is being written to, or that broke off.
            EndpointFailed: it does not answer.
        """
        if self._writer.is_being_written():
            reason = (
                "it is being written to, or a write to it broke off; try again in a moment, and"
                " if it stays so repeat that write, which puts everything right"
            )
            raise BadStore(self.place, reason)
        if not self._shows_library():
            self._asker.graphs = self.graphs()
            if not self._shows_library():
                reason = (
                    "its default graph does not show its named graphs, and cannot be told to; start"
                    " it so that it does, or load into it with 'sysgraph load'"
                )
                raise BadStore(self.place, reason)

    def open_for_writing(self) -> None:
        """Put back what a write that broke off has left, and see that questions reach all graphs.

        Raises:
            EndpointFailed: it does not answer, or does not do what it is told.
        """
        if not self._writer.state():
            self._writer.replace({STORE_GRAPH: []})
        self._writer.recover()
        if not self._shows_library():
            self._writer.copy_all()

    def select(self, query: str) -> Rows:
        """Answer a SELECT in full, or an ASK as one row of one column named ``answer``."""
        return self._asker.select(query)

    def construct(self, query: str) -> list[ox.Quad]:
        """Answer a CONSTRUCT or DESCRIBE."""
        return self._asker.construct(query)

    def graphs(self) -> list[str]:
        """Return the names of all graphs of ours, sorted."""
        return list(self.sizes())

    def sizes(self) -> dict[str, int]:
        """Return how many statements each graph of ours holds, by name, sorted."""
        return self._writer.sizes()

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return all that one named graph holds."""
        name = ox.NamedNode(graph)
        rows = self.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}").rows
        return [ox.Quad(s, p, o, name) for s, p, o in rows]  # type: ignore[arg-type]

    def replace(self, graphs: Mapping[str, Sequence[ox.Quad]]) -> None:
        """Give the named graphs this content, and read it back. An empty one is dropped."""
        self._writer.replace(graphs)

    def index(self) -> Index:
        """Return the index of the cases as they are stored now.

        It is built in memory, by one question for each predicate, whenever the store is at
        another revision than before, whoever changed it.
        """
        return self._keeper.index("".join(self._writer.state().get(REVISION, [])), self._entries)

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

    def _shows_library(self) -> bool:
        """Tell whether the default graph shows the ontology, as far as there is one."""
        if self._asker.shows_graphs:
            return True
        there = self._asker.holds(f"ASK {{ GRAPH <{ONTOLOGY_GRAPH}> {{ {_KNOWN} }} }}")
        return not there or self._asker.holds(f"ASK {{ {_KNOWN} }}")

    def gets_wrong(self) -> list[str]:
        """Return what the engine does not answer as SPARQL 1.1 prescribes."""
        return gets_wrong(self._asker)

    def close(self) -> None:
        """Do nothing: every request has its own connection."""
