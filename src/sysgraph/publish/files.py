"""What a store holds, chosen by kind: as linked data, or as files that people edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import SysgraphError, suggest
from sysgraph.rdf import text_of
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    CATALOGUE_GRAPH,
    CRITIQUE,
    DATASET,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    QUESTIONS_GRAPH,
    STORE_GRAPH,
    STORE_MARKS,
    contribution_of,
    graph_of,
    iri_of,
)

if TYPE_CHECKING:
    from sysgraph.rdf import Format
    from sysgraph.store.local import Store

__all__ = [
    "Part",
    "Plainly",
    "What",
    "export",
    "export_files",
    "export_pieces",
    "named_graphs",
    "units_of",
]


class What(StrEnum):
    """Which part of a store is exported."""

    ONTOLOGY = "ontology"
    CASES = "cases"
    CRITIQUES = "critiques"
    INFERRED = "inferred"
    QUESTIONS = "questions"
    ALL = "all"
    ALIGNMENTS = "alignments"
    CATALOGUE = "catalogue"
    NANOPUBLICATIONS = "nanopublications"


_OF_NO_CASE = (What.ONTOLOGY, What.ALIGNMENTS, What.CATALOGUE, What.QUESTIONS)


@dataclass(frozen=True)
class Part:
    """Which part of a store is written.

    With ``cases``, only those of that id. With ``inferred``, also what follows from what is
    chosen, which ``all`` has anyway. Unless ``bare``, also what describes it: types, labels, its
    data set, SKOS.

    Raises:
        SysgraphError: cases are named of what is of none.
    """

    what: What = What.ALL
    cases: frozenset[str] = frozenset()
    inferred: bool = False
    bare: bool = False

    def __post_init__(self) -> None:
        if self.cases and self.what in _OF_NO_CASE:
            reason = "leave out --case, or name another part"
            raise SysgraphError(f"'{self.what}' is of no case; {reason}")

    def holds(self, graph: str) -> bool:
        """Tell whether a graph of a store belongs to it."""
        name = contribution_of(graph)
        if graph == STORE_GRAPH or (self.cases and name not in self.cases):
            return False
        if self.what is What.ALL:
            return True
        is_inferred = graph.endswith("/inferred")
        if self.what is What.INFERRED or (is_inferred and not self.inferred):
            return is_inferred and self.what is What.INFERRED
        if self.what is What.ALIGNMENTS:
            return graph == ALIGNMENTS_GRAPH
        if self.what is What.ONTOLOGY:
            return graph in (ONTOLOGY_GRAPH, INFERRED_GRAPH)
        is_own = graph in (graph_of(name), graph_of(name, "inferred"))
        is_critique = name.startswith(CRITIQUE)
        return bool(name) and is_own and is_critique == (self.what is What.CRITIQUES)


def export(store: Store, syntax: Format, what: What | Part = What.ALL) -> bytes:
    """Return part of a store as a document: the same bytes for the same graph.

    ``ontology`` is the schema and vocabulary as stated, ``cases`` the case studies as stated
    and ``critiques`` the critiques in files of their own (either of which ``load`` reads again),
    ``inferred`` what follows from all of these, ``questions`` the canned questions,
    ``nanopublications`` each reading, outcome and critique by itself, in a syntax with named
    graphs, ``alignments`` the mappings to things outside with their reasons, ``catalogue`` what
    catalogues of data sets ask of the store, and ``all`` everything but the questions, the
    nanopublications and the catalogue, with alignments and provenance, and in a syntax with
    named graphs what a store is known by, so that a server that is filled from it can
    be asked.

    Raises:
        SysgraphError: there is no case of a name that is asked for.
    """
    return b"".join(export_pieces(store, syntax, what))


def export_pieces(store: Store, syntax: Format, what: What | Part = What.ALL) -> Iterator[bytes]:
    """Yield what ``export`` returns piece by piece, holding one case at a time.

    What is no case comes first, then case by case. 10,000 cases take some seconds from memory.
    """
    from sysgraph.rdf import SYNTAXES, Format
    from sysgraph.turtle import stream

    part = what if isinstance(what, Part) else Part(what)
    if syntax is Format.JSONLD and part.what in (What.CASES, What.CRITIQUES):
        return _linked(store, part)
    if part.what is What.QUESTIONS:
        from sysgraph.publish.questions import describe_questions

        return stream([{QUESTIONS_GRAPH: describe_questions(store)}], syntax)
    if part.what is What.CATALOGUE:
        from sysgraph.publish.catalogue import catalogue

        return stream([{CATALOGUE_GRAPH: catalogue(store)}], syntax)
    if part.what is What.NANOPUBLICATIONS:
        from sysgraph.publish.nanopubs import export_nanopubs

        return export_nanopubs(store, syntax, part.cases)
    return stream(units_of(store, part, has_graphs=SYNTAXES[syntax].supports_datasets), syntax)


def _linked(store: Store, part: Part) -> Iterator[bytes]:
    """Yield contributions as JSON-LD, each a tree in the keys that people write."""
    from sysgraph.ontology import Ontology
    from sysgraph.publish.linked import linked, write_linked

    vocabulary = Ontology.load().vocabulary
    units = units_of(store, part)
    return write_linked((linked(unit, vocabulary) for unit in units), vocabulary)


Unit = dict[str, list[ox.Quad]]


def units_of(store: Store, part: Part, *, has_graphs: bool = False) -> Iterator[Unit]:
    """Yield what is written of a part of a store: what is of no case, and then case by case.

    Where the syntax has no named graphs, no statement comes twice.
    """
    if part.what is What.ALL and has_graphs and not part.cases:
        # What tells a store by; not its revision, for what is filled from this has another one.
        said = [q for q in store.quads(STORE_GRAPH) if q.predicate.value in STORE_MARKS]
        yield from [{STORE_GRAPH: said}] if said else []
    if not part.bare and part.what in (What.CASES, What.CRITIQUES):
        header = [q for q in store.quads(CATALOGUE_GRAPH) if text_of(q.subject) == DATASET]
        unit = {CATALOGUE_GRAPH: header}
        yield from [unit | _described(unit, "")] if header else []
    told: set[str] = set()
    for name, together in groupby(named_graphs(store, part), key=contribution_of):
        unit = {graph: store.quads(graph) for graph in together}
        if part.bare or part.what is What.INFERRED:
            yield unit
            continue
        unit |= _described(unit, name)
        yield unit if has_graphs else _once(unit, told)


def _once(unit: Unit, told: set[str]) -> Unit:
    """Return a unit without what cases name, such as a sector, that was told of before."""
    own = (iri_of(""), iri_of(CRITIQUE))
    named = {text_of(q.subject) for quads in unit.values() for q in quads} - told
    kept = {
        graph: [q for q in quads if text_of(q.subject) not in told]
        if graph.endswith("/described")
        else quads
        for graph, quads in unit.items()
    }
    told |= {one for one in named if not one.startswith(own)}
    return kept


def _described(unit: Unit, name: str) -> Unit:
    """Return a graph of what describes what is written together."""
    from sysgraph.case.described import describe, label_rest
    from sysgraph.ontology import Ontology
    from sysgraph.publish.described import describe_ontology
    from sysgraph.rdf import in_graph

    graph, ontology = graph_of(name) if name else ONTOLOGY_GRAPH, Ontology.load()
    stated, made = unit.get(graph, []), list[ox.Triple]()
    if name:
        own = ontology.vocabulary.of_critiques if name.startswith(CRITIQUE) else ontology.vocabulary
        made = describe(stated, name, own)
    elif stated:
        made = describe_ontology(stated, ontology)
    every = [quad for quads in unit.values() for quad in quads]
    made += label_rest([*every, *made])
    # In a union of graphs a statement of two of them would be counted twice.
    said = {quad.triple for quad in every}
    where = f"{graph}/described"
    return {where: in_graph((one for one in made if one not in said), where)}


def named_graphs(store: Store, part: Part) -> list[str]:
    """Return the names of the graphs of a part of a store, in the order that they are written.

    Raises:
        SysgraphError: there is no case of a name that is asked for.
    """
    every = [name for name in store.graphs() if not name.endswith("/described")]
    if part.cases:
        whole = replace(part, cases=frozenset())
        _refuse_unknown(part.cases, {contribution_of(name) for name in every if whole.holds(name)})
    names = [name for name in every if part.holds(name)]
    return sorted(names, key=lambda name: (contribution_of(name), name))


def _refuse_unknown(asked: frozenset[str], known: set[str]) -> None:
    missing = sorted(asked - known)
    if missing:
        from sysgraph.near import nearest

        told = [f"there is no case '{one}'{suggest(nearest(one, known))}" for one in missing]
        raise SysgraphError("; ".join(told))


class Plainly(StrEnum):
    """A syntax that people write cases in."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def export_files(store: Store, syntax: Plainly, what: What | Part = What.CASES) -> Iterator[bytes]:
    """Yield the cases of a store, or its critiques, as a file that is read again, piece by piece.

    Workbooks are put together in memory, and all else is written case by case. Cases come in the
    order of their ids.

    Raises:
        SysgraphError: something else than cases or critiques is asked for, or a case says
            something that the syntax has no way to write.
    """
    part = what if isinstance(what, Part) else Part(what)
    if part.what not in (What.CASES, What.CRITIQUES):
        reason = "only cases and critiques are written so; name either with --what"
        raise SysgraphError(f"{syntax} holds no {part.what} graph: {reason}")
    if part.inferred:
        raise SysgraphError(f"{syntax} holds what people write, and nothing inferred")
    from sysgraph.case.compile import tell
    from sysgraph.ontology import Ontology
    from sysgraph.publish import tables

    ontology = Ontology.load()

    def trees() -> Iterator[tables.Tree]:
        for graph in named_graphs(store, part):
            yield tell(store.quads(graph), contribution_of(graph), ontology.vocabulary)

    if syntax is Plainly.XLSX:
        return iter([tables.write_workbook(trees(), ontology)])
    if syntax is Plainly.CSV:
        return tables.write_csv(trees, ontology.vocabulary)
    return (tables.write_yaml if syntax is Plainly.YAML else tables.write_json)(trees())
