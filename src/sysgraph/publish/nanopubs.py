"""Nanopublications: each reading, outcome and critique by itself, citable by a digest of it.

Source: Nanopublication Guidelines, https://nanopub.net/guidelines/working_draft/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import SysgraphError
from sysgraph.ontology import Nodes, Ontology
from sysgraph.publish.parts import Part, What, named_graphs
from sysgraph.publish.trusty import NPX, THIS, Key, Statement, code_of, named, signed
from sysgraph.rdf import RDF_TYPE, Format, text_of
from sysgraph.terms import (
    CRITIQUE,
    DATASET,
    NAMESPACE,
    PREFIXES,
    contribution_of,
    graph_of,
    iri_of,
    local_name,
)

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["export_nanopubs", "nanopubs"]

_NP, _PROV, _TERMS = PREFIXES["np"], PREFIXES["prov"], PREFIXES["dcterms"]
_RDFS, _FOAF, _CITES = PREFIXES["rdfs"], PREFIXES["foaf"], f"{PREFIXES['cito']}citesAsEvidence"
_HEAD, _ASSERTION, _PROVENANCE, _INFO = (
    f"{THIS}#{name}" for name in ("Head", "assertion", "provenance", "pubinfo")
)
_PUBLISHED = tuple(
    f"{NAMESPACE}has{name}" for name in ("Reading", "LedOutcome", "WorkingOutcome", "Critique")
)
_CREDIT = tuple(f"{_TERMS}{name}" for name in ("contributor", "created", "license"))
_TYPE, _GROUND = RDF_TYPE.value, f"{NAMESPACE}hasGround"


def export_nanopubs(
    store: Store, syntax: Format, cases: Collection[str] = (), key: Key | None = None
) -> Iterator[bytes]:
    """Yield the nanopublications of a store, or of some cases, case by case.

    Raises:
        SysgraphError: the syntax has no named graphs, or one of the ``cases`` is not there.
    """
    from sysgraph.turtle import stream

    if syntax not in (Format.TRIG, Format.NQUADS):
        reason = "nanopublications are written as trig or nquads; name either with --format"
        raise SysgraphError(f"{syntax}: {reason}")
    critiques = frozenset(name for name in cases if name.startswith(CRITIQUE))
    kinds = ((What.CASES, frozenset(cases) - critiques), (What.CRITIQUES, critiques))
    parts = [Part(what, names) for what, names in kinds if names or not cases]
    graphs = [graph for part in parts for graph in named_graphs(store, part)]
    return stream(_units(store, graphs, key), syntax)


def _units(store: Store, graphs: list[str], key: Key | None) -> Iterator[dict[str, list[ox.Quad]]]:
    for graph in graphs:
        unit: dict[str, list[ox.Quad]] = {}
        for quads in nanopubs(store, contribution_of(graph), key):
            for quad in quads:
                unit.setdefault(text_of(quad.graph_name), []).append(quad)
        if unit:
            yield unit


def nanopubs(store: Store, name: str, key: Key | None = None) -> Iterator[list[ox.Quad]]:
    """Yield each nanopublication of a case, or of a critique that stands by itself."""
    stated = store.quads(graph_of(name))
    case = _Case(iri_of(name), stated, Nodes(stated), store.quads(graph_of(name, "inferred")))
    if name.startswith(CRITIQUE):
        whole = [case.published(case.iri, f"{NAMESPACE}Critique", [])]
    else:
        whole = [
            case.published(text_of(quad.object), _kind(quad.predicate.value), [quad])
            for quad in sorted(stated, key=str)
            if quad.predicate.value in _PUBLISHED
        ]
    for statements in whole:
        made = signed(statements, _INFO, key) if key else statements
        yield named(made, code_of(made))


def _kind(predicate: str) -> str:
    """Return the class of what a property points to."""
    return Ontology.load().nodes.said(predicate, f"{_RDFS}range")


@dataclass(frozen=True, slots=True)
class _Case:
    """A case, or a critique that stands by itself: what it states, and what follows."""

    iri: str
    stated: list[ox.Quad]
    facts: Nodes
    inferred: list[ox.Quad]

    def published(self, part: str, kind: str, links: list[ox.Quad]) -> list[Statement]:
        """Return all that is said of a part, with its provenance, as a nanopublication.

        ``links`` say what the part belongs to.
        """
        assertion = list(self._assertion(part, kind, links))
        return [
            (_HEAD, THIS, _TYPE, f"{_NP}Nanopublication"),
            (_HEAD, THIS, f"{_NP}hasAssertion", _ASSERTION),
            (_HEAD, THIS, f"{_NP}hasProvenance", _PROVENANCE),
            (_HEAD, THIS, f"{_NP}hasPublicationInfo", _INFO),
            *assertion,
            *self._provenance(part, kind, {subject for _, subject, _, _ in assertion}),
            *self._info(part, kind),
        ]

    def _assertion(self, part: str, kind: str, links: list[ox.Quad]) -> Iterator[Statement]:
        yield (_ASSERTION, part, _TYPE, kind)
        for quad in [*links, *self._of(part)]:
            yield _statement(_ASSERTION, quad)
            own, kind = quad.object, _kind(quad.predicate.value)
            if isinstance(own, ox.NamedNode) and own.value.startswith(f"{part}/") and kind:
                yield (_ASSERTION, own.value, _TYPE, kind)

    def _of(self, part: str) -> Iterator[ox.Quad]:
        """Yield what is said of a part and its own parts, but for who contributed it and when."""
        for quad in self.stated:
            subject = text_of(quad.subject)
            credit = subject == part and quad.predicate.value in _CREDIT
            below = subject.startswith(f"{part}/") and not subject.endswith("/contributor")
            if (subject == part or below) and not credit:
                yield quad

    def _provenance(self, part: str, kind: str, subjects: set[str]) -> Iterator[Statement]:
        yield (_PROVENANCE, _ASSERTION, f"{_PROV}wasAttributedTo", self._agent(part))
        for day in self._credit(part, "created"):
            yield (_PROVENANCE, _ASSERTION, f"{_TERMS}created", day)
        for quad in self.inferred:
            if (
                quad.predicate.value == f"{NAMESPACE}hasGround"
                and text_of(quad.subject) in subjects
            ):
                yield _statement(_PROVENANCE, quad)
        # What a case cites is evidence of what it says itself, and not of a critique of it.
        if not kind.endswith("Critique"):
            for work in self.facts.all(self.iri, _CITES):
                yield from self._source(work)

    def _source(self, work: str) -> Iterator[Statement]:
        """Yield what is cited; that something derives from it is said only if it was read."""
        yield (_PROVENANCE, _ASSERTION, _CITES, work)
        if self.facts.said(work, f"{NAMESPACE}pageRead") in ("true", "1"):
            yield (_PROVENANCE, _ASSERTION, f"{_PROV}wasDerivedFrom", work)
        yield from (_statement(_PROVENANCE, q) for q in self.stated if text_of(q.subject) == work)

    def _info(self, part: str, kind: str) -> Iterator[Statement]:
        agent = self._agent(part)
        name = self.facts.said(self._contributor(part), f"{PREFIXES['schema']}name")
        yield (_INFO, THIS, f"{_RDFS}label", ox.Literal(self._label(part, kind), language="en"))
        yield (_INFO, THIS, f"{NPX}hasNanopubType", kind)
        yield (_INFO, THIS, f"{NPX}describes", part)
        yield (_INFO, THIS, f"{_TERMS}isPartOf", DATASET)
        yield (_INFO, THIS, f"{_TERMS}creator", agent)
        yield (_INFO, agent, _TYPE, f"{_PROV}Agent")
        yield (_INFO, agent, f"{_FOAF}name", ox.Literal(name))
        for word in ("created", "license"):
            for value in self._credit(part, word):
                yield (_INFO, THIS, f"{_TERMS}{word}", value)

    def _label(self, part: str, kind: str) -> str:
        about = self.facts.said(self.iri, f"{_TERMS}title")
        about = about or local_name(self.facts.said(part, f"{NAMESPACE}isAbout"))
        standpoint = self.facts.said(part, f"{NAMESPACE}standpoint")
        by = f", from the standpoint: {standpoint}" if standpoint else ""
        return f"{Ontology.load().nodes.said(kind, f'{_RDFS}label')} of {about}{by}"

    def _contributor(self, part: str) -> str:
        """Return who answers for a part: whoever it names, or else the case does."""
        said = self.facts.said(part, _CREDIT[0])
        return said or self.facts.said(self.iri, _CREDIT[0])

    def _agent(self, part: str) -> str:
        """Return the ORCID of who answers for a part; without one, a name in the publication."""
        orcid = self.facts.said(self._contributor(part), f"{PREFIXES['schema']}identifier")
        return orcid or f"{THIS}#contributor"

    def _credit(self, part: str, word: str) -> list[str | ox.Literal]:
        for subject in (part, self.iri):
            found = [
                _value(quad.object)
                for quad in self.stated
                if text_of(quad.subject) == subject and quad.predicate.value == f"{_TERMS}{word}"
            ]
            if found:
                return found
        return []


def _statement(graph: str, quad: ox.Quad) -> Statement:
    return (graph, text_of(quad.subject), quad.predicate.value, _value(quad.object))


def _value(term: object) -> str | ox.Literal:
    return term if isinstance(term, ox.Literal) else text_of(term)
