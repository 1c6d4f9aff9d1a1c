"""The statements of an ontology as its axioms: lists read, and what is not covered refused."""

from __future__ import annotations

from collections.abc import Iterable

from sysgraph.errors import UnsupportedAxiom
from sysgraph.reason.facts import Facts
from sysgraph.reason.rule import TYPE
from sysgraph.terms import PREFIXES, Triple, compact

__all__ = ["Axioms", "iri", "is_datatype", "name_of"]

_DEPTH = 64
_OWL = f"<{PREFIXES['owl']}"
_NIL = f"<{PREFIXES['rdf']}nil>"
_SILENT = {
    f"owl:{name}"
    for name in (
        "AllDifferent",
        "AllDisjointClasses",
        "AnnotationProperty",
        "AsymmetricProperty",
        "Class",
        "DatatypeProperty",
        "FunctionalProperty",
        "InverseFunctionalProperty",
        "IrreflexiveProperty",
        "NamedIndividual",
        "ObjectProperty",
        "Ontology",
        "Restriction",
        "SymmetricProperty",
        "TransitiveProperty",
    )
}
_ANONYMOUS = (
    "owl:allValuesFrom",
    "owl:hasValue",
    "owl:intersectionOf",
    "owl:maxCardinality",
    "owl:oneOf",
    "owl:onProperty",
    "owl:someValuesFrom",
    "owl:unionOf",
)
"""What makes a class by description; only a class without a name is made so here."""

_READ = {
    *_ANONYMOUS,
    "owl:complementOf",
    "owl:differentFrom",
    "owl:disjointWith",
    "owl:distinctMembers",
    "owl:equivalentClass",
    "owl:equivalentProperty",
    "owl:inverseOf",
    "owl:members",
    "owl:propertyChainAxiom",
    "owl:propertyDisjointWith",
    "owl:versionIRI",
    "owl:versionInfo",
}


def iri(name: str) -> str:
    """Return a name such as ``owl:Class`` as an N-Triples IRI."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def name_of(node: str) -> str:
    """Return a node of the ontology as people write it."""
    return compact(node.strip("<>")) if node.startswith("<") else "an anonymous class"


def is_datatype(kind: str) -> bool:
    """Tell whether a class is one of literals."""
    return kind.startswith(f"<{PREFIXES['xsd']}") or kind in (
        iri("rdf:langString"),
        iri("rdfs:Literal"),
    )


class Axioms:
    """The statements of an ontology, with its lists read."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.facts = Facts(triples)

    def pairs(self, predicate: str) -> list[Triple]:
        """Return the statements of a predicate, such as ``rdfs:domain``."""
        return list(self.facts.of(("?s", iri(predicate), "?o")))

    def about(self, node: str, predicate: str) -> list[Triple]:
        """Return what is stated of a node with a predicate."""
        return list(self.facts.of((node, iri(predicate), "?o")))

    def members(self, head: str) -> tuple[list[str], tuple[Triple, ...]]:
        """Return the members of an RDF list, and the statements that make it one."""
        found: list[str] = []
        links: list[Triple] = []
        while head != _NIL:
            first, rest = self.about(head, "rdf:first"), self.about(head, "rdf:rest")
            if len(first) != 1 or len(rest) != 1 or rest[0] in links:
                raise UnsupportedAxiom("a list that is not well formed", "the ontology")
            found.append(first[0][2])
            links += [first[0], rest[0]]
            head = rest[0][2]
        return found, tuple(links)

    def refuse_unknown(self) -> None:
        """Raise for an OWL term outside the fragment."""
        for subject, _, kind in self.facts.of(("?s", TYPE, "?o")):
            if kind.startswith(_OWL) and name_of(kind) not in _SILENT:
                raise UnsupportedAxiom(name_of(kind), name_of(subject))
        for subject, predicate, _ in self.facts.all:
            if predicate.startswith(_OWL) and name_of(predicate) not in _READ:
                raise UnsupportedAxiom(name_of(predicate), name_of(subject))
        for name in _ANONYMOUS:
            for subject, _, _ in self.pairs(name):
                if subject.startswith("<"):
                    raise UnsupportedAxiom(f"{name} on a named class", name_of(subject))
        nameless = [t[2] for t in self.pairs("owl:onProperty")]
        nameless += [t[0] for t in self.pairs("owl:inverseOf")]
        if any(not node.startswith("<") for node in nameless):
            raise UnsupportedAxiom("a property without a name", "the ontology")

    def refuse_deep(self, predicate: str) -> None:
        """Raise for a hierarchy so deep that closing it would take minutes."""
        above: dict[str, list[str]] = {}
        for narrow, _, wide in self.facts.of(("?s", predicate, "?o")):
            above.setdefault(narrow, []).append(wide)
        level, depth = set(above), 0
        while level:
            depth += 1
            if depth > _DEPTH:
                what = f"a hierarchy deeper than {_DEPTH} (or a circle) in {name_of(predicate)}"
                raise UnsupportedAxiom(what, name_of(min(level)))
            level = {wide for narrow in level for wide in above.get(narrow, ()) if wide in above}
