"""Effects: what leading in the way of a type tends to change in a situation.

The voices that should be heard about a change, and which of them a standpoint is.
The critiques of a store: what was said of which claim, and whose voice is whose.
What the graph knows that bears on advice, fetched once from a store.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from sysgraph.advice.cases import Cases, ask
from sysgraph.errors import BadStore
from sysgraph.terms import PREFIXES, local_name

if TYPE_CHECKING:
    from sysgraph.advice.cases import Record
    from sysgraph.store.local import Store

__all__ = [
    "SUPPORTS",
    "UNDERCUTS",
    "Caution",
    "Consideration",
    "Critique",
    "Effect",
    "Facet",
    "FacetValue",
    "Frame",
    "LeadershipType",
    "Question",
    "Risk",
    "Source",
    "Target",
    "Voice",
    "load_critiques",
    "load_frame",
    "values_of",
    "voices_in",
]


@dataclass(slots=True)
class Effect:
    """A change of one facet that tends to follow where a type leads; it may fail to.

    It may start at any of ``changes_from`` and leads to ``changes_to``, values of one facet;
    all of ``requires`` must hold. Values go by their IRIs, ``type`` by its slug. ``examples``
    tells of cases, as "The case <id>: ..." or "Negative example, the case <id>: ...".
    """

    iri: str
    id: str
    label: str
    type: str
    changes_to: str
    why: str
    ground: str
    changes_from: set[str] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)


def load_effects(store: Store, sources: Mapping[str, list[Source]]) -> list[Effect]:
    """Fetch the effects, sorted by their names; none from a store of an older ontology."""
    examples: dict[str, list[str]] = defaultdict(list)
    pattern = "?effect a sysg:Effect ; skos:example ?example"
    # What a case shows stands before what another shows to the contrary.
    for row in ask(store, "?effect ?example", pattern, "?effect DESC(?example)"):
        examples[row["effect"]].append(row["example"])
    pattern = (
        "?effect a sysg:Effect ; skos:notation ?id ; rdfs:label ?label ; sysg:isEffectOf ?type ;"
        " sysg:changesFrom ?from ; sysg:changesTo ?to ; sysg:why ?why ; sysg:hasGround ?ground ."
        " OPTIONAL { ?effect sysg:requires ?required }"
    )
    columns = "?effect ?id ?label ?type ?from ?to ?why ?ground ?required"
    found: dict[str, Effect] = {}
    for row in ask(store, columns, pattern, "?id ?from ?required"):
        iri = row["effect"]
        effect = found.setdefault(
            iri,
            Effect(
                iri,
                row["id"],
                row["label"],
                local_name(row["type"]),
                row["to"],
                row["why"],
                local_name(row["ground"]),
                examples=examples[iri],
                sources=sources.get(iri, []),
            ),
        )
        effect.changes_from.add(row["from"])
        if "required" in row:
            effect.requires.add(row["required"])
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Voice:
    """A side from which people speak of a change.

    ``source`` is what its boundary question enquires into: motivation, power, knowledge or
    legitimacy. ``words`` are those that name the voice where people write whose eyes they look
    through.
    """

    id: str
    label: str
    definition: str
    question: str
    source: str
    words: tuple[str, ...]


def load_voices(store: Store) -> list[Voice]:
    """Fetch the voices, in the order of the graph, with the words that name each."""
    pattern = (
        "?voice a sysg:Voice ; skos:notation ?id ; rdfs:label ?label ; skos:definition ?definition"
        " ; sysg:displayOrder ?order ; sysg:isSoughtBy ?question ."
        " ?question sysg:boundarySource ?source . OPTIONAL { ?voice skos:altLabel ?word }"
    )
    columns = "?id ?label ?definition ?question ?source ?word ?order"
    found: dict[str, Voice] = {}
    for row in ask(store, columns, pattern, "?order ?id ?word"):
        known = found.get(row["id"])
        # The label and the short name are names too.
        words = known.words if known else (row["id"].replace("-", " "), row["label"])
        more = (row["word"],) if "word" in row else ()
        question = local_name(row["question"])
        found[row["id"]] = Voice(
            row["id"], row["label"], row["definition"], question, row["source"], (*words, *more)
        )
    return list(found.values())


def voices_in(standpoint: str, voices: Iterable[Voice]) -> list[Voice]:
    """Return the voices that a standpoint names: none where no known word stands in it.

    Words are compared whole, and longer phrases first, each taking its words with it, so that
    "affected and involved" is not taken for "affected".
    """
    listed = list(voices)
    phrases = [(_plain(word), voice) for voice in listed for word in voice.words]
    text = _plain(standpoint)
    found = set()
    for phrase, voice in sorted(phrases, key=lambda pair: (-len(pair[0]), pair[0])):
        if phrase in text:
            text = text.replace(phrase, " | ")
            found.add(voice.id)
    return [voice for voice in listed if voice.id in found]


def _plain(text: str) -> str:
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "


UNDERCUTS, SUPPORTS = "undercuts", "supports"
_SYSG, _CASE = PREFIXES["sysg"], PREFIXES["case"]
_TEXTS = ("asked", "standpoint", "stance", "says", "why")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the twelve boundary questions: its slug, and what it asks, as a phrase."""

    id: str
    asks: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a critique is about: its IRI, and its name in words, which is empty where unknown."""

    iri: str
    label: str = ""

    @property
    def kind(self) -> str:
        """Return which kind of thing it is.

        >>> Target("https://w3id.org/sysgraph/risk/tokenism").kind
        'risk'
        >>> Target("https://w3id.org/sysgraph/case/wigan-deal/practice").kind
        'practice'
        """
        parts = self.iri.removeprefix(_SYSG).split("/")
        return parts[0] if len(parts) < 3 else parts[2]

    @property
    def case(self) -> str | None:
        """Return the id of the case that it is, or is part of; None for other things."""
        if not self.iri.startswith(_CASE):
            return None
        return self.iri.removeprefix(_CASE).partition("/")[0]


@dataclass(frozen=True, slots=True)
class Critique:
    """What somebody answered to a boundary question about one or more claims.

    ``asked`` is ``is`` or ``ought``; ``stance`` is ``undercuts``, ``supports`` or, where the
    critique does not say, empty. ``contributor`` is the name of whoever answers for it.
    """

    iri: str
    about: tuple[Target, ...]
    question: Question
    asked: str
    standpoint: str
    says: str
    stance: str = ""
    why: str = ""
    contributor: str = ""


def load_critiques(store: Store) -> list[Critique]:
    """Fetch all critiques of a store, in the order of their IRIs.

    They are found by the one property that only critiques have, so that the time goes by their
    number, and not by that of the cases.
    """
    # One pattern with everything unbound beside one with few matches: found by these few.
    pattern = "?critique sysg:asks ?asked . ?critique ?property ?value"
    said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in ask(store, "?critique ?property ?value", pattern, "?critique ?property ?value"):
        said[row["critique"]][row["property"]].add(row["value"])
    if not said:
        return []
    abouts = {about for facts in said.values() for about in facts[f"{_SYSG}isAbout"]}
    questions = {asked for facts in said.values() for asked in facts[f"{_SYSG}asks"]}
    labels = _texts(store, "rdfs:label|dcterms:title", {*abouts, *map(_owner, abouts)})
    asks = _texts(store, "skos:definition", questions)
    people = _texts(store, "dcterms:contributor/schema:name", {*said, *map(_owner, said)})
    return [_critique(iri, said[iri], labels, asks, people) for iri in sorted(said)]


def _owner(iri: str) -> str:
    """Return the case that an IRI is part of, or the IRI itself."""
    case = Target(iri).case
    return f"{_CASE}{case}" if case else iri


def _texts(store: Store, path: str, things: Iterable[str]) -> dict[str, str]:
    values = " ".join(f"<{iri}>" for iri in sorted(things))
    pattern = f"VALUES ?thing {{ {values} }} ?thing {path} ?text"
    return {
        row["thing"]: row["text"] for row in ask(store, "?thing ?text", pattern, "?thing ?text")
    }


def _critique(
    iri: str,
    facts: Mapping[str, set[str]],
    labels: Mapping[str, str],
    asks: Mapping[str, str],
    people: Mapping[str, str],
) -> Critique:
    question = min(facts[f"{_SYSG}asks"])
    # The shapes see to it that each of these stands once; the first by name if one was evaded.
    texts = {name: min(facts.get(f"{_SYSG}{name}", {""})) for name in _TEXTS}
    return Critique(
        iri,
        tuple(
            Target(about, labels.get(about) or labels.get(_owner(about), ""))
            for about in sorted(facts.get(f"{_SYSG}isAbout", ()))
        ),
        Question(local_name(question), asks.get(question, "")),
        contributor=people.get(iri) or people.get(_owner(iri), ""),
        **texts,
    )


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
