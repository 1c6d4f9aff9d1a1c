"""What a store holds, chosen by kind: as linked data, or as files that people edit."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from sysgraph.errors import SysgraphError
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    CATALOGUE_GRAPH,
    CRITIQUE,
    ONTOLOGY_GRAPH,
    STORE_GRAPH,
    STORE_MARKS,
    contribution_of,
    graph_of,
)

if TYPE_CHECKING:
    import pyoxigraph as ox

    from sysgraph.rdf import Format
    from sysgraph.store.local import Store

__all__ = ["Plainly", "What", "export", "export_files", "export_pieces", "units_of"]


class What(StrEnum):
    """Which part of a store is exported."""

    ONTOLOGY = "ontology"
    CASES = "cases"
    CRITIQUES = "critiques"
    INFERRED = "inferred"
    ALL = "all"
    ALIGNMENTS = "alignments"
    CATALOGUE = "catalogue"


def export(store: Store, syntax: Format, what: What = What.ALL) -> bytes:
    """Return part of a store as a document: the same bytes for the same graph.

    ``ontology`` is the schema and vocabulary as stated, ``cases`` the case studies as stated
    and ``critiques`` the critiques in files of their own (either of which ``load`` reads again),
    ``inferred`` what follows from all of these, and ``all`` everything, with alignments and
    provenance, and in a syntax with named graphs what a store is known by, so that a server
    that is filled from it can be asked. ``alignments`` are the mappings to things outside with
    their reasons, and ``catalogue`` is what catalogues of data sets ask of the store, counted anew.
    """
    return b"".join(export_pieces(store, syntax, what))


def export_pieces(store: Store, syntax: Format, what: What = What.ALL) -> Iterator[bytes]:
    """Yield what ``export`` returns piece by piece, holding one case at a time.

    What is no case comes first, then case by case. 10,000 cases take some seconds from memory.
    """
    from sysgraph.rdf import SYNTAXES
    from sysgraph.turtle import stream

    marked = what is What.ALL and SYNTAXES[syntax].supports_datasets
    return stream(units_of(store, what, marked=marked), syntax)


def units_of(
    store: Store, what: What, *, marked: bool = False
) -> Iterator[dict[str, list[ox.Quad]]]:
    """Yield the graphs of a part of a store: all that is of no case, and then case by case."""
    if what is What.CATALOGUE:
        from sysgraph.publish.catalogue import catalogue
        from sysgraph.rdf import in_graph

        yield {CATALOGUE_GRAPH: in_graph(catalogue(store), CATALOGUE_GRAPH)}
        return
    if marked:
        # What tells a store by; not its revision, for what is filled from this has another one.
        said = [q for q in store.quads(STORE_GRAPH) if q.predicate.value in STORE_MARKS]
        yield from [{STORE_GRAPH: said}] if said else []
    for _, together in groupby(named_graphs(store, what), key=contribution_of):
        yield {name: store.quads(name) for name in together}


def named_graphs(store: Store, what: What) -> list[str]:
    """Return the names of the graphs of a part of a store, in the order that they are written."""
    names = [name for name in store.graphs() if name != STORE_GRAPH and _belongs(name, what)]
    return sorted(names, key=lambda name: (contribution_of(name), name))


_ALONE = {What.ONTOLOGY: ONTOLOGY_GRAPH, What.ALIGNMENTS: ALIGNMENTS_GRAPH}
"""The parts that are one graph."""


def _belongs(graph: str, what: What) -> bool:
    if what is What.ALL:
        return True
    if what is What.INFERRED:
        return graph.endswith("/inferred")
    if what in _ALONE:
        return graph == _ALONE[what]
    name = contribution_of(graph)
    is_stated = bool(name) and graph == graph_of(name)
    return is_stated and name.startswith(CRITIQUE) == (what is What.CRITIQUES)


class Plainly(StrEnum):
    """A syntax that people write cases in."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def export_files(store: Store, syntax: Plainly, what: What = What.CASES) -> Iterator[bytes]:
    """Yield the cases of a store, or its critiques, as a file that is read again, piece by piece.

    Workbooks are put together in memory, and all else is written case by case. Cases come in the
    order of their ids.

    Raises:
        SysgraphError: something else than cases or critiques is asked for, or a case says
            something that the syntax has no way to write.
    """
    if what not in (What.CASES, What.CRITIQUES):
        reason = "only cases and critiques are written so; name either with --what"
        raise SysgraphError(f"{syntax} holds no {what} graph: {reason}")
    from sysgraph.case.compile import tell
    from sysgraph.ontology import Ontology
    from sysgraph.publish import tables

    ontology = Ontology.load()

    def trees() -> Iterator[tables.Tree]:
        for graph in named_graphs(store, what):
            yield tell(store.quads(graph), contribution_of(graph), ontology.vocabulary)

    if syntax is Plainly.XLSX:
        return iter([tables.write_workbook(trees(), ontology)])
    if syntax is Plainly.CSV:
        return tables.write_csv(trees, ontology.vocabulary)
    return (tables.write_yaml if syntax is Plainly.YAML else tables.write_json)(trees())
