"""What a store holds, chosen by kind, as a document that is the same for the same content."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from sysgraph.graph import Format, stream
from sysgraph.terms import ONTOLOGY_GRAPH, STORE_GRAPH, graph_of

if TYPE_CHECKING:
    import pyoxigraph as ox

    from sysgraph.store import Store

__all__ = ["What", "export", "export_pieces"]

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
    return b"".join(export_pieces(store, syntax, what))


def export_pieces(store: Store, syntax: Format, what: What = What.ALL) -> Iterator[bytes]:
    """Yield what ``export`` returns piece by piece, holding one case at a time.

    What is no case comes first, then case by case. 10,000 cases take some seconds from memory.
    """
    return stream(_units(store, what), syntax)


def _units(store: Store, what: What) -> Iterator[dict[str, list[ox.Quad]]]:
    names = [name for name in store.graphs() if name != STORE_GRAPH and _belongs(name, what)]
    for _, together in groupby(sorted(names, key=_order), key=_case_of):
        yield {name: store.quads(name) for name in together}


def _case_of(graph: str) -> str:
    """Return the case that a graph is part of; nothing for what is no case's."""
    return graph.removeprefix(_CASES).partition("/")[0] if graph.startswith(_CASES) else ""


def _order(graph: str) -> tuple[str, str]:
    return _case_of(graph), graph


def _belongs(graph: str, what: What) -> bool:
    inferred = graph.endswith("/inferred")
    if what is What.ALL:
        return True
    if what is What.INFERRED:
        return inferred
    if what is What.ONTOLOGY:
        return graph == ONTOLOGY_GRAPH
    return graph.startswith(_CASES) and "/" not in graph.removeprefix(_CASES)
