"""What a store holds, chosen by kind: as linked data, or as files that people edit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from sysgraph.errors import SysgraphError, UnknownThing
from sysgraph.near import nearest
from sysgraph.terms import (
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

__all__ = ["Plainly", "What", "export", "export_files", "export_pieces", "named_graphs"]


class What(StrEnum):
    """Which part of a store is exported."""

    ONTOLOGY = "ontology"
    CASES = "cases"
    CRITIQUES = "critiques"
    INFERRED = "inferred"
    ALL = "all"
    NANOPUBLICATIONS = "nanopublications"


def export(store: Store, syntax: Format, what: What = What.ALL) -> bytes:
    """Return part of a store as a document: the same bytes for the same graph.

    ``ontology`` is the schema and vocabulary as stated, ``cases`` the case studies as stated
    and ``critiques`` the critiques in files of their own (either of which ``load`` reads again),
    ``inferred`` what follows from all of these, and ``all`` everything, with alignments and
    provenance, and in a syntax with named graphs what a store is known by, so that a server
    that is filled from it can be asked.
    """
    return b"".join(export_pieces(store, syntax, what))


def export_pieces(store: Store, syntax: Format, what: What = What.ALL) -> Iterator[bytes]:
    """Yield what ``export`` returns piece by piece, holding one case at a time.

    What is no case comes first, then case by case. 10,000 cases take some seconds from memory.
    """
    from sysgraph.rdf import SYNTAXES
    from sysgraph.turtle import stream

    marked = what is What.ALL and SYNTAXES[syntax].supports_datasets
    return stream(_units(store, what, marked=marked), syntax)


def _units(store: Store, what: What, *, marked: bool) -> Iterator[dict[str, list[ox.Quad]]]:
    if marked:
        # What tells a store by; not its revision, for what is filled from this has another one.
        said = [q for q in store.quads(STORE_GRAPH) if q.predicate.value in STORE_MARKS]
        yield from [{STORE_GRAPH: said}] if said else []
    for _, together in groupby(named_graphs(store, what), key=contribution_of):
        yield {name: store.quads(name) for name in together}


def named_graphs(store: Store, what: What, cases: Collection[str] = ()) -> list[str]:
    """Return the names of the graphs of a part of a store, in the order that they are written.

    Where ``cases`` are named, those of other cases are left out.

    Raises:
        UnknownThing: one of the ``cases`` is not there; carries the nearest ids.
    """
    names = [name for name in store.graphs() if name != STORE_GRAPH and _belongs(name, what)]
    known = {contribution_of(name) for name in names}
    for unknown in sorted(set(cases) - known):
        raise UnknownThing(
            unknown, f"case in {store.place}", nearest(unknown, sorted(known), most=3)
        )
    if cases:
        names = [name for name in names if contribution_of(name) in cases]
    return sorted(names, key=lambda name: (contribution_of(name), name))


def _belongs(graph: str, what: What) -> bool:
    if what is What.ALL:
        return True
    if what is What.INFERRED:
        return graph.endswith("/inferred")
    if what is What.ONTOLOGY:
        return graph == ONTOLOGY_GRAPH
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
