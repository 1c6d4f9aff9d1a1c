"""What a store holds, unit by unit: what is stated, what follows, and what describes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.described import describe, label_rest
from sysgraph.ontology import Ontology
from sysgraph.publish.described import describe_ontology
from sysgraph.publish.parts import Part, What, named_graphs
from sysgraph.rdf import in_graph, text_of
from sysgraph.terms import (
    CATALOGUE_GRAPH,
    CRITIQUE,
    DATASET,
    ONTOLOGY_GRAPH,
    STORE_GRAPH,
    STORE_MARKS,
    contribution_of,
    graph_of,
    iri_of,
)

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["units_of"]

Unit = dict[str, list[ox.Quad]]


def units_of(store: Store, part: Part, *, has_graphs: bool = False) -> Iterator[Unit]:
    """Yield what is written of a part of a store: what is of no case, and then case by case.

    Where the syntax has no named graphs, no statement comes twice.
    """
    if part.what is What.ALL and has_graphs and not part.cases and part.past:
        # What tells a store by; not its revision, for what is filled from this has another one.
        said = [q for q in store.quads(STORE_GRAPH) if q.predicate.value in STORE_MARKS]
        # In that graph and no other: by it one tells whether a default graph shows named ones.
        labels = () if part.bare else in_graph(label_rest(said), STORE_GRAPH)
        yield from [{STORE_GRAPH: [*said, *labels]}] if said else []
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
    graph, ontology = graph_of(name) if name else ONTOLOGY_GRAPH, Ontology.load()
    stated, made = unit.get(graph, []), list[ox.Triple]()
    if name:
        own = ontology.vocabulary.of_critiques if name.startswith(CRITIQUE) else ontology.vocabulary
        made = describe(stated, name, own)
    elif stated:
        made = describe_ontology(stated, ontology)
    every = [quad for quads in unit.values() for quad in quads]
    # A part that nothing leads to is none, and is not called anything.
    beside = (quad for one, quads in unit.items() if one != graph or not name for quad in quads)
    made += label_rest([*beside, *made])
    # In a union of graphs a statement of two of them would be counted twice.
    said = {quad.triple for quad in every}
    where = f"{graph}/described"
    return {where: in_graph((one for one in made if one not in said), where)}
