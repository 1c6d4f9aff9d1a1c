"""How many triples, things, classes and properties there are in what is exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from sysgraph.rdf import RDF_TYPE
from sysgraph.terms import NAMESPACE, contribution_of
from sysgraph.turtle import Unit

__all__ = ["Counts", "count"]


Subject = ox.NamedNode | ox.BlankNode | ox.Triple


@dataclass(slots=True)
class Counts:
    """What there is, graph names aside.

    ``subjects`` are all that something is said of, ``entities`` those of them with a name of this
    namespace; ``classes`` counts the things of each class, ``properties`` the triples of each.
    """

    triples: int = 0
    subjects: int = 0
    entities: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)


def count(units: Iterable[Unit]) -> Counts:
    """Count what units hold together, each triple and each thing once.

    No more than one case is held at a time, beside all that is of no case. That comes first, and
    no two cases speak of one thing.
    """
    found = Counts()
    shared: set[ox.Triple] = set()
    known: set[Subject] = set()
    for unit in units:
        triples = {quad.triple for quads in unit.values() for quad in quads} - shared
        subjects = {triple.subject for triple in triples} - known
        _add(found, triples, subjects)
        if not any(map(contribution_of, unit)):
            shared |= triples
            known |= subjects
    return found


def _add(found: Counts, triples: set[ox.Triple], subjects: set[Subject]) -> None:
    found.triples += len(triples)
    found.subjects += len(subjects)
    found.entities += sum(1 for one in subjects if _is_ours(one))
    found.properties.update(triple.predicate.value for triple in triples)
    found.classes.update(
        triple.object.value
        for triple in triples
        if triple.predicate == RDF_TYPE and isinstance(triple.object, ox.NamedNode)
    )


def _is_ours(subject: Subject) -> bool:
    return isinstance(subject, ox.NamedNode) and subject.value.startswith(NAMESPACE)
