"""What the graph knows that bears on advice, fetched once from a store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from sysgraph.advice.cases import Cases, ask
from sysgraph.advice.critique import Critique, load_critiques
from sysgraph.advice.effects import Effect, load_effects
from sysgraph.advice.voice import Voice, load_voices
from sysgraph.errors import BadStore
from sysgraph.terms import local_name

if TYPE_CHECKING:
    from sysgraph.advice.record import Record
    from sysgraph.store import Store

__all__ = [
    "Caution",
    "Consideration",
    "Facet",
    "FacetValue",
    "Frame",
    "LeadershipType",
    "Risk",
    "Source",
    "load_frame",
    "values_of",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A work that a statement is taken from, and whether its text was read."""

    id: str
    citation: str
    checking: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LeadershipType:
    """One of the ways of leading. ``number`` is the author's, and ranks nothing."""

    id: str
    label: str
    number: int
    definition: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A possible answer to a facet. ``iri`` is its name in the graph.

    ``clause`` says of a situation that it has this value, in words that can follow "if".
    """

    iri: str
    id: str
    label: str
    definition: str
    clause: str = ""


@dataclass(slots=True)
class Facet:
    """A question about a situation, the test it bears on and its strength, 1 to 3.

    ``changeable`` tells who can change what it asks about: by-you (whoever asks and would lead
    the change), by-others or fixed.
    """

    iri: str
    id: str
    label: str
    definition: str
    test: str
    strength: int
    values: dict[str, FacetValue] = field(default_factory=dict)
    changeable: str = ""


@dataclass(slots=True)
class Consideration:
    """A reason why a facet value speaks for some types and against others."""

    iri: str
    value: str
    why: str
    ground: str
    supports: set[str] = field(default_factory=set)
    undermines: set[str] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True)
class Caution:
    """A warning shown beside a type when all of ``conditions`` (value IRIs) hold."""

    iri: str
    type: str
    message: str
    ground: str
    conditions: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Risk:
    """A way in which leading of a type tends to go wrong."""

    iri: str
    id: str
    label: str
    definition: str
    warning_sign: str
    mitigation: str
    ground: str
    types: set[str] = field(default_factory=set)
    endangers: set[str] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True)
class Frame:
    """Everything advice is made from. Types, tests, facets and risks go by their slugs.

    ``failures`` holds the pairs of judgement and test that are shown as failures, ``successes``
    those that count as met and ``partial`` those in between; a pair in none of them leaves the
    test open. ``cases`` reaches the cases where they are stored, and holds none of them.
    ``record`` tells how well such advice did over the cases, where somebody has looked it up.
    """

    types: dict[str, LeadershipType] = field(default_factory=dict)
    tests: dict[str, Fraction] = field(default_factory=dict)
    facets: dict[str, Facet] = field(default_factory=dict)
    considerations: list[Consideration] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    risks: dict[str, Risk] = field(default_factory=dict)
    aggravated: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    failures: set[tuple[str, str]] = field(default_factory=set)
    successes: set[tuple[str, str]] = field(default_factory=set)
    partial: set[tuple[str, str]] = field(default_factory=set)
    cases: Cases = field(default_factory=Cases)
    disclosures: list[str] = field(default_factory=list)
    critiques: list[Critique] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    record: Record | None = None


def load_frame(store: Store) -> Frame:
    """Fetch what advice is made from.

    Raises:
        BadStore: the store holds no sysgraph ontology.
    """
    frame = Frame()
    _load_types(store, frame)
    if not frame.types:
        reason = "it holds no sysgraph ontology; 'sysgraph load --store' puts it there"
        raise BadStore(store.place, reason)
    _load_facets(store, frame)
    sources = _sources(store)
    _load_considerations(store, frame, sources)
    _load_cautions(store, frame)
    _load_risks(store, frame, sources)
    frame.effects = load_effects(store, sources)
    frame.failures = _judgements(store, "failsTest")
    frame.successes = _judgements(store, "meetsTest")
    frame.partial = _judgements(store, "partlyMeetsTest")
    frame.cases = Cases(store, values_of(frame))
    for row in ask(store, "?said", "?claim a sysg:Disclosure ; sysg:says ?said", "?said"):
        frame.disclosures.append(row["said"])
    frame.critiques = load_critiques(store)
    frame.voices = load_voices(store)
    return frame


def _judgements(store: Store, relation: str) -> set[tuple[str, str]]:
    rows = ask(store, "?judgement ?test", f"?judgement sysg:{relation} ?test", "?judgement ?test")
    return {(local_name(row["judgement"]), local_name(row["test"])) for row in rows}


def values_of(frame: Frame) -> dict[str, str]:
    """Return the facet of every facet value, by the IRI of the value."""
    return {
        value.iri: facet.id for facet in frame.facets.values() for value in facet.values.values()
    }


def _load_types(store: Store, frame: Frame) -> None:
    pattern = (
        "?type a sysg:LeadershipType ; skos:notation ?id ; rdfs:label ?label ;"
        " sysg:displayOrder ?number ; skos:definition ?definition"
    )
    for row in ask(store, "?id ?label ?number ?definition", pattern, "?number ?id"):
        frame.types[row["id"]] = LeadershipType(
            row["id"], row["label"], int(row["number"]), row["definition"]
        )
    pattern = (
        "?test a sysg:Test ; skos:notation ?id ; sysg:knownShareNeeded ?needed ;"
        " sysg:displayOrder ?order"
    )
    for row in ask(store, "?id ?needed ?order", pattern, "?order ?id"):
        frame.tests[row["id"]] = Fraction(row["needed"])


def _load_facets(store: Store, frame: Frame) -> None:
    pattern = (
        "?facet a sysg:Facet ; skos:notation ?id ; rdfs:label ?label ; sysg:strength ?strength ;"
        " skos:definition ?definition ; sysg:bearsOn ?test ; sysg:displayOrder ?order ."
        " ?value sysg:isValueOf ?facet ; skos:notation ?valueId ; rdfs:label ?valueLabel ;"
        " skos:definition ?valueDefinition ; sysg:displayOrder ?valueOrder"
        # A store may hold the ontology of an older version, which says neither.
        " OPTIONAL { ?facet sysg:hasChangeability ?changeable }"
        " OPTIONAL { ?value sysg:clause ?clause }"
    )
    columns = (
        "?facet ?id ?label ?definition ?test ?strength ?order"
        " ?value ?valueId ?valueLabel ?valueDefinition ?valueOrder ?changeable ?clause"
    )
    for row in ask(store, columns, pattern, "?order ?id ?valueOrder ?valueId"):
        facet = frame.facets.setdefault(
            row["id"],
            Facet(
                row["facet"],
                row["id"],
                row["label"],
                row["definition"],
                local_name(row["test"]),
                int(row["strength"]),
                changeable=local_name(row.get("changeable", "")),
            ),
        )
        facet.values[row["valueId"]] = FacetValue(
            row["value"],
            row["valueId"],
            row["valueLabel"],
            row["valueDefinition"],
            row.get("clause", ""),
        )


def _sources(store: Store) -> dict[str, list[Source]]:
    pattern = (
        "?statement dcterms:source ?source . ?source a sysg:Source ;"
        " dcterms:bibliographicCitation ?citation ; sysg:hasChecking ?checking ."
        " OPTIONAL { ?source schema:url ?url }"
    )
    found: dict[str, list[Source]] = defaultdict(list)
    columns = "?statement ?source ?citation ?checking ?url"
    for row in ask(store, columns, pattern, "?statement ?source"):
        source = Source(
            local_name(row["source"]),
            row["citation"],
            local_name(row["checking"]),
            row.get("url"),
        )
        found[row["statement"]].append(source)
    return found


def _load_considerations(store: Store, frame: Frame, sources: dict[str, list[Source]]) -> None:
    pattern = (
        "?consideration a sysg:Consideration ; sysg:appliesWhen ?value ; sysg:why ?why ;"
        " sysg:hasGround ?ground ."
        " OPTIONAL { ?consideration sysg:supports ?supported }"
        " OPTIONAL { ?consideration sysg:undermines ?undermined }"
    )
    columns = "?consideration ?value ?why ?ground ?supported ?undermined"
    found: dict[str, Consideration] = {}
    for row in ask(store, columns, pattern, "?consideration ?supported ?undermined"):
        iri = row["consideration"]
        consideration = found.setdefault(
            iri, Consideration(iri, row["value"], row["why"], local_name(row["ground"]))
        )
        if "supported" in row:
            consideration.supports.add(local_name(row["supported"]))
        if "undermined" in row:
            consideration.undermines.add(local_name(row["undermined"]))
        consideration.sources = sources.get(iri, [])
    frame.considerations = list(found.values())


def _load_cautions(store: Store, frame: Frame) -> None:
    pattern = (
        "?caution a sysg:Caution ; sysg:cautionsAgainst ?type ; sysg:message ?message ;"
        " sysg:hasGround ?ground ; sysg:holdsWhen ?condition"
    )
    columns = "?caution ?type ?message ?ground ?condition"
    found: dict[tuple[str, str], Caution] = {}
    for row in ask(store, columns, pattern, "?caution ?type ?condition"):
        kind = local_name(row["type"])
        caution = found.setdefault(
            (row["caution"], kind),
            Caution(row["caution"], kind, row["message"], local_name(row["ground"])),
        )
        caution.conditions.add(row["condition"])
    frame.cautions = list(found.values())


def _load_risks(store: Store, frame: Frame, sources: dict[str, list[Source]]) -> None:
    pattern = (
        "?risk a sysg:Risk ; skos:notation ?id ; rdfs:label ?label ; skos:definition ?definition ;"
        " sysg:isRiskOf ?type ; sysg:endangers ?test ; sysg:warningSign ?sign ;"
        " sysg:mitigation ?mitigation ; sysg:hasGround ?ground"
    )
    columns = "?risk ?id ?label ?definition ?type ?test ?sign ?mitigation ?ground"
    for row in ask(store, columns, pattern, "?id ?type ?test"):
        risk = frame.risks.setdefault(
            row["id"],
            Risk(
                row["risk"],
                row["id"],
                row["label"],
                row["definition"],
                row["sign"],
                row["mitigation"],
                local_name(row["ground"]),
            ),
        )
        risk.types.add(local_name(row["type"]))
        risk.endangers.add(local_name(row["test"]))
        risk.sources = sources.get(row["risk"], [])
    pattern = (
        "?value sysg:isValueOf ?facet ; sysg:rollsUpTo ?feature . ?feature sysg:aggravates ?risk ;"
        " rdfs:label ?label . ?risk skos:notation ?id"
    )
    for row in ask(store, "?value ?id ?label", pattern, "?value ?id ?label"):
        features = frame.aggravated.setdefault(row["value"], {})
        features.setdefault(row["id"], set()).add(row["label"])
