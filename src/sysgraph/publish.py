"""What a store holds, chosen by kind, as a document that is the same for the same content."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sysgraph.graph import Format, serialize
from sysgraph.terms import ONTOLOGY_GRAPH, STORE_GRAPH, graph_of

if TYPE_CHECKING:
    import pyoxigraph as ox

    from sysgraph.store import Store

__all__ = ["What", "export"]

_CASES = graph_of("")


class What(StrEnum):
    """Which part of a store is exported."""

    ONTOLOGY = "ontology"
    CASES = "cases"
    INFERRED = "inferred"
    ALL = "all"


def export(store: Store, syntax: Format, what: What = What.ALL) -> bytes:
    """Return part of a store as a document: the same bytes for the same graph.

    ``ontology`` is the schema and vocabulary as stated, ``cases`` the case studies as stated
    (which ``load`` reads again), ``inferred`` what follows from both, and ``all`` everything,
    with alignments and provenance.
    """
    quads: list[ox.Quad] = []
    for name in store.graphs():
        if name != STORE_GRAPH and _belongs(name, what):
            quads += store.quads(name)
    return serialize(quads, syntax)


def _belongs(graph: str, what: What) -> bool:
    inferred = graph.endswith("/inferred")
    if what is What.ALL:
        return True
    if what is What.INFERRED:
        return inferred
    if what is What.ONTOLOGY:
        return graph == ONTOLOGY_GRAPH
    return graph.startswith(_CASES) and "/" not in graph.removeprefix(_CASES)
