"""What it takes to be of a leadership type: the ontology's definitions, laid out as facet values.

Nothing is written down here of what the types are. A situation in which every value of every
facet holds is reasoned over once; what each proof of "enacts type" comes down to is one way of
being of that type. No value ever takes a type away, so that these ways say all there is to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph import library
from sysgraph.advice.board import Facets
from sysgraph.advice.frame import Frame, Source, values_of
from sysgraph.errors import SysgraphError
from sysgraph.explain import Explainer, Origin
from sysgraph.graph import quads_of, text_of
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, local_name

if TYPE_CHECKING:
    from sysgraph.reason import Reasoner

__all__ = ["ENACTS", "HAS_VALUE", "Definition", "Definitions", "FineLine", "Hinge", "literal_text"]

ENACTS = f"<{NAMESPACE}enactsType>"
HAS_VALUE = f"<{NAMESPACE}hasFacetValue>"
_MOST_WAYS = 1_000
_OWL = PREFIXES["owl"]
_SKOS = PREFIXES["skos"]


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
        by = by or library.reasoner()
        iri = f"{NAMESPACE}situation/every-value"
        facets = values_of(frame)
        stated = [(f"<{iri}>", HAS_VALUE, f"<{value}>") for value in facets]
        explainer = Explainer(stated, iri, Origin("every value at once"), by)
        slugs = {v.iri: (f.id, v.id) for f in frame.facets.values() for v in f.values.values()}
        return Definitions(
            {kind: tuple(_ways(explainer, kind, slugs)) for kind in frame.types},
            {facet.id: tuple(facet.values) for facet in frame.facets.values()},
            {kind: text for kind in frame.types for text in _texts(kind, by)},
            tuple(_lines(by)),
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

    def line_between(self, one: str, others: Iterable[str]) -> Iterator[FineLine]:
        """Yield what is said of how a type is told apart from any of some others."""
        wanted = [frozenset({one, other}) for other in others]
        yield from (line for line in self.lines if line.types in wanted)


def _ways(
    explainer: Explainer, kind: str, slugs: Mapping[str, tuple[str, str]]
) -> list[dict[str, str]]:
    proofs = explainer.explain(
        (f"<{explainer.iri}>", ENACTS, f"<{NAMESPACE}type/{kind}>"), _MOST_WAYS
    ).proofs
    if not proofs.is_complete:
        raise SysgraphError(f"the type {kind} has too many ways of being enacted to look at all")
    found: list[dict[str, str]] = []
    for proof in proofs.found:
        leaves = [leaf[2] for leaf in proof.leaves() if leaf[1] == HAS_VALUE]
        values = [slugs[leaf.strip("<>")] for leaf in leaves]
        way = dict(values)
        # A facet has one value at a time, so that a proof by two of them is of nothing real.
        if len(way) == len(values) and way not in found:
            found.append(way)
    return [way for way in found if not any(part.items() < way.items() for part in found)]


def _texts(kind: str, by: Reasoner) -> Iterator[Definition]:
    """Yield how the classes of what enacts a type are defined in words."""
    schema = by.program.schema
    for restriction, _, _ in schema.of(("?r", f"<{_OWL}hasValue>", f"<{NAMESPACE}type/{kind}>")):
        if (restriction, f"<{_OWL}onProperty>", ENACTS) not in schema:
            continue
        below = schema.of(("?c", f"<{PREFIXES['rdfs']}subClassOf>", restriction))
        for name in sorted(c for c, _, _ in below if c.startswith(f"<{NAMESPACE}")):
            says, note = (
                _text(by, name, f"<{_SKOS}{what}>") for what in ("definition", "scopeNote")
            )
            yield Definition(says, note, _sources(by, name))


def _lines(by: Reasoner) -> Iterator[FineLine]:
    schema = by.program.schema
    start, kind = f"<{NAMESPACE}type/", f"<{PREFIXES['rdf']}type>"
    claims = {claim for claim, _, _ in schema.of(("?c", kind, f"<{NAMESPACE}Claim>"))}
    # A disclosure speaks of this graph and its limits, not of what the types are.
    claims -= {claim for claim, _, _ in schema.of(("?c", kind, f"<{NAMESPACE}Disclosure>"))}
    for claim in sorted(claims):
        about = [o for _, _, o in schema.of((claim, f"<{NAMESPACE}isAbout>", "?o"))]
        types = frozenset(local_name(o.strip("<>")) for o in about if o.startswith(start))
        if len(types) == 2:
            ground = schema.of((claim, f"<{NAMESPACE}hasGround>", "?o"))[0][2].strip("<>")
            says = _text(by, claim, f"<{NAMESPACE}says>")
            yield FineLine(types, says, local_name(ground), _sources(by, claim))


def _sources(by: Reasoner, subject: str) -> tuple[Source, ...]:
    dcterms, schema = PREFIXES["dcterms"], by.program.schema
    found = []
    for _, _, source in sorted(schema.of((subject, f"<{dcterms}source>", "?o"))):
        checking = schema.of((source, f"<{NAMESPACE}hasChecking>", "?o"))
        found.append(
            Source(
                local_name(source.strip("<>")),
                _text(by, source, f"<{dcterms}bibliographicCitation>"),
                local_name(checking[0][2].strip("<>")) if checking else "unchecked",
                _text(by, source, f"<{PREFIXES['schema']}url>") or None,
            )
        )
    return tuple(found)


def _text(by: Reasoner, subject: str, predicate: str) -> str:
    return " ".join(literal_text(o) for _, _, o in by.program.schema.of((subject, predicate, "?o")))


def literal_text(term: str) -> str:
    """Return the text of a literal, or the IRI of a node."""
    triple: Triple = ("<a:s>", "<a:p>", term)
    (quad,) = quads_of([triple])
    return text_of(quad.object)
