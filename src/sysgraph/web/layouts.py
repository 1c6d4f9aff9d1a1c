"""What the pages of types, facets, sources, classes and cases show before all else is listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sysgraph.browse import Named, names_of, speakers_of
from sysgraph.described import describe
from sysgraph.ontology import Ontology
from sysgraph.pages.words import by_name
from sysgraph.publish.things import contribution_at, text_named
from sysgraph.rdf import text_of
from sysgraph.terms import NAMESPACE, PREFIXES, graph_of, local_name
from sysgraph.web.shown import Link, Said, anchor_of, href_of, link_of, part_words, property_link

if TYPE_CHECKING:
    import pyoxigraph as ox

    from sysgraph.advice.frame import Frame, LeadershipType
    from sysgraph.store.local import Store

__all__ = [
    "CasePart",
    "case_layout",
    "class_layout",
    "facet_layout",
    "source_layout",
    "type_layout",
]

_DC, _TYPE = PREFIXES["dcterms"], f"{PREFIXES['rdf']}type"
_ABOUT = (
    "inCountry",
    "place",
    "startYear",
    "endYear",
    "scale",
    "sector",
    "servesAim",
    "driver",
    "authority",
    "documentsRisk",
)
"""What is shown of a case besides its parts, in that order."""
MOST = 100
"""How many things of a kind stand on a page."""


def type_layout(entry: LeadershipType, frame: Frame) -> dict[str, Any]:
    """Return what advice knows of a type: what speaks for and against it, and what to watch."""

    def reasons(which: str) -> Iterator[tuple[Link, str, str]]:
        for one in frame.considerations:
            if entry.id in getattr(one, which):
                facet, value = frame.values[one.value]
                name = Link(f"{facet.label}: {value.label}", href_of(value.iri))
                yield name, one.why, by_name(one.ground, one.sources)

    risks = [one for one in frame.risks.values() if entry.id in one.types]
    return {
        "entry": entry,
        "speaks_for": list(reasons("supports")),
        "against": list(reasons("undermines")),
        "gates": [
            (Link(one.label, href_of(one.iri)), one.message, one.lift, frame.test_words[one.test])
            for one in frame.gates
            if one.type == entry.id
        ],
        "cautions": [
            (Link(local_name(one.iri).replace("-", " "), href_of(one.iri)), one.message)
            for one in frame.cautions
            if one.type == entry.id
        ],
        "risks": [(Link(one.label, href_of(one.iri)), one.warning_sign) for one in risks],
        "methods": [
            (Link(one.label, href_of(one.iri)), one.breaks_when)
            for one in frame.methods
            if one.type == entry.id
        ],
    }


def facet_layout(name: str, frame: Frame) -> dict[str, Any]:
    """Return a facet with its values, and what each speaks for and against."""
    facet = frame.facets[name]
    by = {one.value: one for one in frame.considerations}

    def types(ids: Iterable[str]) -> list[Link]:
        return [
            Link(one.plain_name or one.label, f"/type/{one.id}")
            for one in frame.types.values()
            if one.id in ids
        ]

    values = []
    for value in facet.values.values():
        reason = by.get(value.iri)
        said = (types(reason.supports), types(reason.undermines)) if reason else ([], [])
        values.append((Link(value.label, href_of(value.iri)), value.answer, *said))
    test = frame.test_words.get(facet.test)
    return {"facet": facet, "values": values, "test": test.plain_name if test else facet.test}


def source_layout(said: Mapping[str, str], speaks: Iterable[Said]) -> dict[str, Any]:
    """Return what a source is, whether it was read, and what rests on it, by kind."""
    rests: dict[str, list[Link]] = defaultdict(list)
    more = 0
    for each in speaks:
        if each.iri == f"{_DC}source" and not each.is_inferred:
            more = each.more
            for one in each.values:
                kind = one.href.strip("/").partition("/")
                rests[kind[0] if kind[1] else ""].append(one)
    url = said.get(f"{PREFIXES['schema']}url", "")
    return {
        "citation": said.get(f"{_DC}bibliographicCitation", ""),
        "url": Link(url, href_of(url)) if url else None,
        "rests": dict(sorted(rests.items())),
        "rests_more": more,
    }


def class_layout(iri: str, store: Store, start: int, called: Mapping[str, str]) -> dict[str, Any]:
    """Return the things of a class, each with what it is, from the ``start``-th.

    ``called`` has what pages call some things, by their IRIs.
    """
    stated = speakers_of(iri, _TYPE, store, MOST + 1, start)
    found = stated or speakers_of(iri, _TYPE, store, MOST + 1, start, is_inferred=True)
    names = names_of(found[:MOST], store)
    values = " ".join(f"<{one}>" for one in found[:MOST])
    rows = store.select(
        f"SELECT ?thing ?text WHERE {{ VALUES ?thing {{ {values} }}"
        f" ?thing <{PREFIXES['skos']}definition>|<{NAMESPACE}message>|<{_DC}abstract>"
        f"|<{_DC}bibliographicCitation>|<{NAMESPACE}why> ?text }} ORDER BY ?thing ?text"
    )
    texts: dict[str, str] = {}
    for row in rows.texts():
        texts.setdefault(row["thing"], row["text"])
    members = sorted(
        (link_of(Named(names[one], one), called).text, href_of(one), texts.get(one, ""))
        for one in found[:MOST]
    )
    after = start + MOST if len(found) > MOST else 0
    return {"members": members, "after": after, "start": start}


@dataclass(slots=True)
class CasePart:
    """A part of a case: what it is called, where it stands, and all that it says."""

    name: Link
    anchor: str
    said: list[tuple[Link, list[Link | CasePart]]] = field(default_factory=list)


class _Statements:
    """The statements of a case by subject and property, each told once."""

    def __init__(
        self,
        name: str,
        quads: Iterable[ox.Quad],
        store: Store,
        words: Mapping[str, str],
        called: Mapping[str, str],
    ) -> None:
        self.facts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        iris: set[str] = set()
        for quad in quads:
            self.facts[text_of(quad.subject)][quad.predicate.value].append(quad.object)
            iris |= {quad.predicate.value, text_of(quad.subject)}
            if not hasattr(quad.object, "datatype"):
                iris.add(text_of(quad.object))
        kinds = store.select(f"SELECT ?v ?f WHERE {{ ?v <{NAMESPACE}isValueOf> ?f }}")
        self.facet_of = {row["v"]: row["f"] for row in kinds.texts()}
        self.names = names_of({*iris, *self.facet_of.values()}, store)
        self._name, self._words, self._called = name, words, called

    def all(self, node: str, *names: str) -> list[Any]:
        return [v for name in names for v in self.facts.get(node, {}).pop(whole(name), [])]

    def links(self, node: str, *names: str) -> list[Link]:
        return [self.link(value) for value in self.all(node, *names)]

    def text(self, node: str, name: str) -> str:
        return "; ".join(map(text_of, self.all(node, name)))

    def link(self, value: Any) -> Link:
        iri = "" if hasattr(value, "datatype") else text_of(value)
        text = self.names.get(iri, iri) if iri else text_of(value)
        return link_of(Named(text, iri), self._called)

    def rest(self, node: str, seen: frozenset[str] = frozenset()) -> list[tuple[Link, list[Any]]]:
        """Return all that was not told of a node, its parts in place."""
        found = []
        for by, values in sorted(self.facts.pop(node, {}).items()):
            if by == _TYPE:
                continue
            told = [self._value(value, seen | {node}) for value in values]
            found.append((property_link(Named(self.names[by], by), self._words), told))
        return found

    def _value(self, value: Any, seen: frozenset[str]) -> Link | CasePart:
        iri = "" if hasattr(value, "datatype") else text_of(value)
        name, part = contribution_at(iri)
        if part and name == self._name and iri in self.facts and iri not in seen:
            called = Link(self.named(iri, part))
            return CasePart(called, anchor_of(part), self.rest(iri, seen))
        return self.link(value)

    def named(self, iri: str, part: str) -> str:
        own = [text_of(one) for one in self.facts.get(iri, {}).get(f"{PREFIXES['schema']}name", [])]
        return own[0] if own else part_words(part)


def whole(name: str) -> str:
    """Return the IRI of a property by its short name; of ours by its name alone.

    >>> whole("why"), whole("dcterms:title")
    ('https://w3id.org/sysgraph/why', 'http://purl.org/dc/terms/title')
    """
    prefix, colon, local = name.partition(":")
    return f"{PREFIXES[prefix]}{local}" if colon else f"{NAMESPACE}{name}"


def case_layout(
    name: str,
    store: Store,
    words: Mapping[str, str],
    failed: Collection[str],
    called: Mapping[str, str],
) -> dict[str, Any]:
    """Return a case with its parts in place: what it is, what came of it, and who says so.

    ``words`` are for properties of others, and ``called`` has what pages call some things.
    """
    quads = store.quads(graph_of(name))
    told = _Statements(name, quads, store, words, called)
    root = f"{PREFIXES['case']}{name}"
    told.all(root, "rdf:type", "dcterms:title", "rdfs:label")
    named = _named_by_texts(name, quads)
    about = [(one, named.get(whole(one)) or told.links(root, one)) for one in _ABOUT]
    told.all(root, *_ABOUT)
    abstract = told.text(root, "dcterms:abstract")
    outcomes = [
        _outcome(told, text_of(node), test, is_failure=test in failed)
        for test, by in (("led", "hasLedOutcome"), ("working", "hasWorkingOutcome"))
        for node in told.all(root, by)
    ]
    practice = [_practice(told, text_of(node)) for node in told.all(root, "hasPractice")]
    readings = [_reading(told, text_of(node)) for node in told.all(root, "hasReading")]
    citations = [_citation(told, text_of(node)) for node in told.all(root, "cito:citesAsEvidence")]
    return {
        "abstract": abstract,
        "about": [(by, links) for by, links in about if links],
        "outcomes": outcomes,
        "practice": practice,
        "readings": sorted(readings, key=_in_order),
        "citations": sorted(citations, key=_in_order),
        "rest": told.rest(root),
    }


def _named_by_texts(name: str, quads: Iterable[ox.Quad]) -> dict[str, list[Link]]:
    """Return the things that the texts of a case name, by the property that says the text."""
    vocabulary = Ontology.load().vocabulary
    by = {leads: predicate for predicate, (leads, _) in vocabulary.things.items()}
    root, found = f"{PREFIXES['case']}{name}", defaultdict(list)
    for triple in describe(quads, name, vocabulary):
        predicate, iri = by.get(triple.predicate.value), text_of(triple.object)
        if predicate and text_of(triple.subject) == root:
            found[predicate].append(Link(text_named(iri)[0], href_of(iri)))
    return found


def _in_order(part: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return what sorts parts by their numbers, the second before the tenth."""
    steps = str(part["anchor"]).split("-")
    return [(int(one), "") if one.isdecimal() else (0, one) for one in steps]


def _anchor(iri: str) -> str:
    return anchor_of(contribution_at(iri)[1])


def _outcome(told: _Statements, iri: str, test: str, *, is_failure: bool) -> dict[str, Any]:
    return {
        "anchor": _anchor(iri),
        "test": test,
        "is_failure": is_failure,
        "judgement": told.links(iri, "hasJudgement"),
        "why": told.text(iri, "why"),
        "year": told.text(iri, "judgedIn"),
        "independence": told.links(iri, "hasIndependence"),
        "scope": told.links(iri, "isEvidenceAbout"),
        "rest": told.rest(iri),
    }


def _practice(told: _Statements, iri: str) -> dict[str, Any]:
    return {
        "anchor": _anchor(iri),
        "primary": told.links(iri, "hasPrimaryType"),
        "secondary": told.links(iri, "hasSecondaryType"),
        "claims": told.links(iri, "claimsType"),
        "why": told.text(iri, "why"),
        "rest": told.rest(iri),
    }


def _reading(told: _Statements, iri: str) -> dict[str, Any]:
    rows = []
    for node in map(text_of, told.all(iri, "hasObservation")):
        for value in told.all(node, "observesValue"):
            facet = told.facet_of.get(text_of(value), "")
            rows.append(
                {
                    "anchor": _anchor(node),
                    "facet": Link(told.names.get(facet, ""), href_of(facet)),
                    "value": told.link(value),
                    "why": told.text(node, "why"),
                    "confidence": told.links(node, "hasConfidence"),
                    "rest": told.rest(node),
                }
            )
    told.all(iri, "rdf:type")
    return {
        "anchor": _anchor(iri),
        "standpoint": told.text(iri, "standpoint"),
        "rows": sorted(rows, key=lambda row: str(row["facet"])),
        "rest": told.rest(iri),
    }


def _citation(told: _Statements, iri: str) -> dict[str, Any]:
    url = told.text(iri, "schema:url")
    return {
        "anchor": _anchor(iri),
        "title": told.text(iri, "dcterms:title"),
        "author": told.text(iri, "schema:author"),
        "published": told.text(iri, "publishedIn"),
        "year": told.text(iri, "dcterms:issued"),
        "url": Link(url, href_of(url)) if url else None,
        "is_read": told.text(iri, "pageRead") == "true",
        "part": told.links(iri, "hasPartRead"),
        "amount": told.text(iri, "amountRead"),
        "note": told.text(iri, "skos:note"),
        "rest": told.rest(iri),
    }
