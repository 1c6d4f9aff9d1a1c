"""How the types are defined, and which facets make a practice be of one.

Nothing is written down here of what the types are. A situation in which every value of every
facet holds is reasoned over once; what each proof of "enacts type" comes down to is one way of
being of that type. No value ever takes a type away, so that these ways say all there is to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.advice.board import Facets
from sysgraph.advice.frame import Frame, Source
from sysgraph.errors import SysgraphError
from sysgraph.rdf import quads_of, text_of
from sysgraph.reason.explain import Explainer, Origin
from sysgraph.reason.rules import Facts
from sysgraph.reason.shipped import reasoner
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, local_name

if TYPE_CHECKING:
    from sysgraph.reason.engine import Reasoner

__all__ = [
    "ENACTS",
    "HAS_VALUE",
    "Definitions",
    "FineLine",
    "Hinge",
    "enacted_triple",
    "facets_by_value",
    "objects_of",
    "slug_in",
    "text_at",
]

ENACTS = f"<{NAMESPACE}enactsType>"
HAS_VALUE = f"<{NAMESPACE}hasFacetValue>"
_SOURCE = f"<{PREFIXES['dcterms']}source>"
_CITATION = f"<{PREFIXES['dcterms']}bibliographicCitation>"
MOST_WAYS = 1_000


def objects_of(facts: Facts, subject: str, predicate: str) -> list[str]:
    """Return the values that a property has."""
    return [value for _, _, value in facts.of((subject, predicate, "?o"))]


def text_at(facts: Facts, subject: str, predicate: str) -> str:
    """Return the texts that a property has, one after the other."""
    literals = objects_of(facts, subject, predicate)
    quads = quads_of([("<a:s>", "<a:p>", literal) for literal in literals])
    return " ".join(text_of(quad.object) for quad in quads)


def slug_in(term: str) -> str:
    """Return the last part of the name in a term as it stands in triples."""
    return local_name(term.strip("<>"))


@dataclass(frozen=True, slots=True)
class Definition:
    """What the ontology says that leading of a type is, with its note on whose words these are."""

    says: str
    note: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class FineLine:
    """What a source says of how two types are told apart. ``ground`` is that of the claim."""

    types: frozenset[str]
    says: str
    ground: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Hinge:
    """A facet on which it hangs whether a practice is of a type.

    Were the facet's value any of ``values`` and all else the same, the practice would not be of
    the type; ``becomes`` are the types that it would be of.
    """

    facet: str
    values: tuple[str, ...]
    becomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The ways of being of each type, each the smallest set of facet values that suffices.

    ``texts`` gives the definitions in words, by type; ``lines`` what is said of two types.
    """

    ways: Mapping[str, tuple[Facets, ...]]
    values: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, Definition]
    lines: tuple[FineLine, ...]

    @staticmethod
    def of(frame: Frame, by: Reasoner | None = None) -> Definitions:
        """Return the definitions of an ontology, by default of the shipped one.

        Raises:
            SysgraphError: a type has more than 1,000 ways, which would not all be looked at.
        """
        by = by or reasoner()
        iri = f"{NAMESPACE}situation/every-value"
        stated = [(f"<{iri}>", HAS_VALUE, f"<{value}>") for value in frame.values]
        explainer = Explainer(stated, iri, Origin("every value at once"), by)
        slugs = facets_by_value(frame)
        return Definitions(
            {kind: tuple(_ways(explainer, kind, slugs)) for kind in frame.types},
            {facet.id: tuple(facet.values) for facet in frame.facets.values()},
            {kind: text for kind in frame.types for text in _texts(kind, by.program.schema)},
            tuple(_lines(by.program.schema)),
        )

    @property
    def facets(self) -> list[str]:
        """Return the facets that any definition asks about, in the order of the graph."""
        asked = {facet for ways in self.ways.values() for way in ways for facet in way}
        return [facet for facet in self.values if facet in asked]

    def enacted(self, facets: Facets) -> tuple[str, ...]:
        """Return the types that these facet values are enough for."""
        return tuple(
            kind
            for kind, ways in self.ways.items()
            if any(way.items() <= facets.items() for way in ways)
        )

    def changes(self, facets: Facets, kind: str) -> list[dict[str, str]]:
        """Return every smallest change of the facet values that makes a type hold.

        Each maps facets to their new values, and none is part of another. An empty one tells
        that the type holds already; no change at all, that nothing could make it hold.
        """
        ways = self.ways[kind]
        needed = [{f: v for f, v in way.items() if facets.get(f) != v} for way in ways]
        smallest: list[dict[str, str]] = []
        for change in sorted(needed, key=len):
            if not any(part.items() <= change.items() for part in smallest):
                smallest.append(change)
        return smallest

    def hinges(self, facets: Facets, kind: str) -> list[Hinge]:
        """Return on which of the known facets it hangs that a type holds, and what else it'd be."""
        found = []
        for facet in self.facets:
            others: dict[tuple[str, ...], list[str]] = {}
            for value in self.values[facet] if facet in facets else ():
                enacted = self.enacted({**facets, facet: value})
                if kind not in enacted:
                    others.setdefault(enacted, []).append(value)
            found += [Hinge(facet, tuple(values), types) for types, values in others.items()]
        return found


def facets_by_value(frame: Frame) -> dict[str, tuple[str, str]]:
    """Return facet and value of each value, by its IRI as it stands in triples."""
    return {f"<{iri}>": (facet.id, value.id) for iri, (facet, value) in frame.values.items()}


def _ways(
    explainer: Explainer, kind: str, slugs: Mapping[str, tuple[str, str]]
) -> list[dict[str, str]]:
    proofs = explainer.explain(enacted_triple(f"<{explainer.iri}>", kind), MOST_WAYS).proofs
    if not proofs.is_complete:
        raise SysgraphError(f"the type {kind} has too many ways of being enacted to look at all")
    found: list[dict[str, str]] = []
    for proof in proofs.found:
        values = [slugs[leaf[2]] for leaf in proof.leaves() if leaf[1] == HAS_VALUE]
        way = dict(values)
        # A facet has one value at a time, so that a proof by two of them is of nothing real.
        if len(way) == len(values) and way not in found:
            found.append(way)
    return [way for way in found if not any(part.items() < way.items() for part in found)]


def enacted_triple(subject: str, kind: str) -> Triple:
    """Return that something is of a type, as a triple."""
    return (subject, ENACTS, f"<{NAMESPACE}type/{kind}>")


def _texts(kind: str, schema: Facts) -> Iterator[Definition]:
    """Yield how the classes of what enacts a type are defined in words."""
    owl, skos = PREFIXES["owl"], PREFIXES["skos"]
    having = schema.of(("?r", f"<{owl}hasValue>", f"<{NAMESPACE}type/{kind}>"))
    # What is only coded as a type is no definition of it.
    enacting = [r for r, _, _ in having if (r, f"<{owl}onProperty>", ENACTS) in schema]
    for restriction in enacting:
        below = schema.of(("?c", f"<{PREFIXES['rdfs']}subClassOf>", restriction))
        for name in sorted(c for c, _, _ in below if c.startswith(f"<{NAMESPACE}")):
            says, note = (
                text_at(schema, name, f"<{skos}{w}>") for w in ("definition", "scopeNote")
            )
            yield Definition(says, note, _sources(schema, name))


def _lines(schema: Facts) -> Iterator[FineLine]:
    claims, disclosures = (
        {claim for claim, _, _ in schema.of(("?c", f"<{PREFIXES['rdf']}type>", kind))}
        for kind in (f"<{NAMESPACE}Claim>", f"<{NAMESPACE}Disclosure>")
    )
    # A disclosure speaks of this graph and its limits, not of what the types are.
    for claim in sorted(claims - disclosures):
        about = objects_of(schema, claim, f"<{NAMESPACE}isAbout>")
        types = frozenset(slug_in(o) for o in about if o.startswith(f"<{NAMESPACE}type/"))
        if len(types) == 2:
            ground = slug_in(objects_of(schema, claim, f"<{NAMESPACE}hasGround>")[0])
            says = text_at(schema, claim, f"<{NAMESPACE}says>")
            yield FineLine(types, says, ground, _sources(schema, claim))


def _sources(schema: Facts, subject: str) -> tuple[Source, ...]:
    return tuple(
        Source(
            slug_in(source),
            text_at(schema, source, _CITATION),
            next(
                map(slug_in, objects_of(schema, source, f"<{NAMESPACE}hasChecking>")), "unchecked"
            ),
            text_at(schema, source, f"<{PREFIXES['schema']}url>") or None,
        )
        for source in sorted(objects_of(schema, subject, _SOURCE))
    )
