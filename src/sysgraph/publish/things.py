"""What an export says of one thing: a case as a whole, or all that is said of anything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyoxigraph as ox

from sysgraph.described import describe_named
from sysgraph.ontology import Ontology
from sysgraph.publish.files import contributed, export
from sysgraph.publish.parts import Part, What
from sysgraph.publish.questions import describe_questions
from sysgraph.publish.units import units_of
from sysgraph.terms import (
    CRITIQUE,
    INFERRED_GRAPH,
    NAMESPACE,
    PREFIXES,
    graph_of,
    local_name,
)
from sysgraph.turtle import serialize

if TYPE_CHECKING:
    from sysgraph.rdf import Format
    from sysgraph.store.local import Store

__all__ = ["Described", "contribution_at", "text_named", "users_of"]

_CASE = PREFIXES["case"]
_CRITIQUE = f"{NAMESPACE}{CRITIQUE}"

Said = dict[str, list[ox.Quad]]
"""What is said of each thing, by its IRI; of a blank node by its name."""


def contribution_at(iri: str) -> tuple[str, str]:
    """Return the name of the contribution that an IRI is part of, and the path of the part.

    >>> contribution_at("https://w3id.org/sysgraph/case/wigan-deal/practice")
    ('wigan-deal', 'practice')
    >>> contribution_at("https://w3id.org/sysgraph/critique/of-ours"), contribution_at("x")
    (('critique/of-ours', ''), ('', ''))
    """
    for start, kept in ((_CASE, ""), (_CRITIQUE, CRITIQUE)):
        if iri.startswith(start):
            name, _, part = iri.removeprefix(start).partition("/")
            return (f"{kept}{name}", part) if name else ("", "")
    return "", ""


def text_named(iri: str) -> tuple[str, list[str]]:
    """Return the text that a thing is named by, and the properties that say it, or nothing.

    >>> text_named("https://w3id.org/sysgraph/sector/public_health")
    ('public health', ['https://w3id.org/sysgraph/sector'])
    """
    for predicate, (_, kind) in Ontology.load().vocabulary.things.items():
        start = f"{NAMESPACE}{local_name(kind).lower()}/"
        if iri.startswith(start):
            # The name of a place stands after the countries that it is in.
            slug = iri.removeprefix(start).rpartition("/")[2]
            return unquote(slug.replace("_", " ")), [predicate]
    return "", []


def users_of(iri: str, store: Store) -> list[str]:
    """Return the names of the cases one of whose texts is that of a thing that texts name."""
    text, predicates = text_named(iri)
    if not predicates:
        return []
    said = ox.Literal(text)
    values = " ".join(f"<{one}>" for one in predicates)
    rows = store.select(
        f"SELECT DISTINCT ?thing WHERE {{ VALUES ?by {{ {values} }} ?thing ?by ?text ."
        f" FILTER (STR(?text) = {said}) }} ORDER BY ?thing"
    )
    names = (contribution_at(row["thing"])[0] for row in rows.texts())
    return list(dict.fromkeys(filter(None, names)))


class Described:
    """What the exports of one store say, thing by thing.

    What is of no case is gathered once, and takes as much memory as the ontology.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ontology: Said | None = None

    def document(self, iri: str, syntax: Format) -> bytes:
        """Return what the exports say of a thing, in a syntax; of a case its whole export.

        The namespace is the name of the ontology, and is answered with all of it. Nothing is
        said of what there is not: then the document has no statement.
        """
        return self.documents(iri, [syntax])[syntax]

    def documents(self, iri: str, syntaxes: Sequence[Format]) -> dict[Format, bytes]:
        """Return what ``document`` returns in several syntaxes, gathered once."""
        if iri == NAMESPACE:
            return {one: export(self._store, one, What.ONTOLOGY) for one in syntaxes}
        name, part = contribution_at(iri)
        if name and not part and self._store.quads(graph_of(name)):
            units = list(units_of(self._store, _part_of(name)))
            return {one: b"".join(contributed(units, one)) for one in syntaxes}
        quads = self.quads(iri)
        return {one: serialize(quads, one) for one in syntaxes}

    def quads(self, iri: str) -> list[ox.Quad]:
        """Return the statements of a thing, with those of the blank nodes that they lead to."""
        name, _ = contribution_at(iri)
        if name:
            found = self._contributed(name)
        elif iri.startswith(PREFIXES["query"]):
            found = _by_subject(describe_questions(self._store))
        elif text_named(iri)[0]:
            found = self._named(iri)
        else:
            found = self._rest()
        return list(dict.fromkeys(_reached(iri, found))) or self._stored(iri)

    def _contributed(self, name: str) -> Said:
        if not self._store.quads(graph_of(name)):
            return {}
        return _by_subject(_flat(units_of(self._store, _part_of(name))))

    def _named(self, iri: str) -> Said:
        """Return what is said of a thing that the texts of cases name, which may be thousands."""
        text, predicates = text_named(iri)
        country = f"<{NAMESPACE}inCountry>"
        told = self._store.construct(
            f"CONSTRUCT {{ ?node ?by ?text . ?node {country} ?country }} WHERE {{"
            f" VALUES ?by {{ {' '.join(f'<{one}>' for one in predicates)} }} ?node ?by ?text ."
            f" FILTER (STR(?text) = {ox.Literal(text)})"
            f" OPTIONAL {{ ?node {country} ?country }} }}"
        )
        described = describe_named(told, Ontology.load().vocabulary)
        return _by_subject(ox.Quad(*one) for one in described)

    def _rest(self) -> Said:
        if self._ontology is None:
            # What is of no case comes first; what follows is for pages, which keep it apart.
            unit = next(units_of(self._store, Part(What.ALL)), {})
            stated = {graph: said for graph, said in unit.items() if graph != INFERRED_GRAPH}
            self._ontology = _by_subject(_flat([stated]))
        return self._ontology

    def _stored(self, iri: str) -> list[ox.Quad]:
        return self._store.construct(f"CONSTRUCT {{ <{iri}> ?p ?o }} WHERE {{ <{iri}> ?p ?o }}")


def _part_of(name: str) -> Part:
    what = What.CRITIQUES if name.startswith(CRITIQUE) else What.CASES
    return Part(what, cases=frozenset([name]))


def _flat(units: Iterable[dict[str, list[ox.Quad]]]) -> Iterator[ox.Quad]:
    return (quad for unit in units for quads in unit.values() for quad in quads)


def _by_subject(quads: Iterable[ox.Quad]) -> Said:
    found: Said = defaultdict(list)
    for quad in quads:
        found[str(quad.subject)].append(ox.Quad(*quad.triple))
    return found


def _reached(iri: str, said: Said) -> Iterator[ox.Quad]:
    waiting, seen = [f"<{iri}>"], set[str]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for quad in said.get(node, ()):
            yield quad
            if isinstance(quad.object, ox.BlankNode):
                waiting.append(str(quad.object))
