"""The frame, made from what a store says of each thing."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from sysgraph.advice.cases import CaseStudies, ask
from sysgraph.advice.frame import (
    BoundaryQuestion,
    Caution,
    Condition,
    Consideration,
    Critique,
    Effect,
    Facet,
    FacetValue,
    Frame,
    Gate,
    LeadershipType,
    Method,
    Move,
    OpeningAnswer,
    OpeningQuestion,
    Relevance,
    Risk,
    Source,
    Target,
    TestWords,
    Voice,
    values_of,
)
from sysgraph.advice.outside import read_outside
from sysgraph.advice.things import Said, SaidThing, placed, things_of
from sysgraph.advice.withdrawn import Withdrawn
from sysgraph.errors import BadStore
from sysgraph.terms import PREFIXES, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sysgraph.advice.cases import AskedStore

__all__ = ["load_critiques", "load_frame", "make_frame", "read_said"]

_CASE = PREFIXES["case"]

_KINDS = [
    *("Caution", "Consideration", "Disclosure", "Effect", "Facet", "Gate", "LeadershipType"),
    *("Method", "Move", "OpeningAnswer", "OpeningQuestion", "OutsideFigure", "OutsideFinding"),
    *("OutsideQuestion", "OutsideTable", "ReferenceClass", "Risk", "RiskRelevance", "Source"),
    *("Test", "Verdict", "Voice"),
]
_THINGS = f"""
  {" UNION ".join(f"{{ ?thing a sysg:{kind} }}" for kind in _KINDS)}
  UNION {{ ?thing sysg:asks|sysg:boundarySource|sysg:isValueOf ?other }}
  UNION {{ ?thing sysg:failsTest|sysg:meetsTest|sysg:partlyMeetsTest ?test }}
  UNION {{ ?thing owl:deprecated ?is }}"""
"""What advice is made from. They are few, and all about them is found by them.

Each kind is asked for by itself: where a union holds a join, as VALUES makes one, rdflib compares
each thing with every statement of the store.
"""


def read_said(store: AskedStore) -> Said:
    """Return all that a store says of the things that advice is made from."""
    said: Said = {}
    rows = ask(store, "?thing ?property ?value", f"{_THINGS} ?thing ?property ?value")
    found = {(row["thing"], local_name(row["property"]), row["value"]) for row in rows}
    for thing, name, value in sorted(found):
        said.setdefault(thing, {}).setdefault(name, []).append(value)
    critiques = [iri for iri, facts in said.items() if "asks" in facts]
    about = {each for iri in critiques for each in said[iri].get("isAbout", ())}
    questions = {said[iri]["asks"][0] for iri in critiques}
    for name, path, things in (
        ("label", "rdfs:label|dcterms:title", {*about, *map(_owner, about)}),
        ("definition", "skos:definition", questions),
        ("owner", "dcterms:contributor/schema:name", {*critiques, *map(_owner, critiques)}),
    ):
        values = " ".join(f"<{iri}>" for iri in sorted(things))
        pattern = f"VALUES ?thing {{ {values} }} ?thing {path} ?text"
        for row in ask(store, "?thing ?text", pattern, "?thing ?text") if things else ():
            said.setdefault(row["thing"], {})[name] = [row["text"]]
    return said


def _owner(iri: str) -> str:
    """Return the case that an IRI is part of, or the IRI itself."""
    case = Target(iri).case
    return f"{_CASE}{case}" if case else iri


def load_frame(store: AskedStore) -> Frame:
    """Fetch what advice is made from.

    Raises:
        BadStore: the store holds no sysgraph ontology.
    """
    frame = make_frame(read_said(store), store)
    if not frame.types:
        reason = "it holds no sysgraph ontology; 'sysgraph load --store' puts it there"
        raise BadStore(store.place, reason)
    return frame


def make_frame(said: Said, store: AskedStore | None) -> Frame:
    """Return the frame of what a store says, whose cases stay in the store, if there is one."""
    tests = placed(said, "Test", "knownShareNeeded")
    frame = Frame(
        types=_types(said),
        tests={each.text("notation"): Fraction(each.text("knownShareNeeded")) for each in tests},
        facets=_facets(said),
        considerations=_considerations(said),
        risks=_risks(said),
        failures=_judgements(said, "failsTest"),
        successes=_judgements(said, "meetsTest"),
        partial=_judgements(said, "partlyMeetsTest"),
        disclosures=sorted({each.text("says") for each in things_of(said, "Disclosure", "says")}),
        critiques=_critiques(said),
        voices=_voices(said),
        effects=_effects(said),
        moves=_moves(said),
        relevances=_relevances(said),
        test_words={
            each.text("notation"): TestWords(each.text("plainName"), each.text("wording"))
            for each in tests
        },
        withdrawn=_withdrawn(said),
    )
    slugs = {iri: (facet.id, value.id) for iri, (facet, value) in frame.values.items()}
    frame.cautions = _cautions(said, slugs)
    frame.gates = _gates(said, slugs)
    frame.opening = _opening(said, slugs)
    frame.methods = _methods(said, slugs)
    frame.questions = _questions(said, slugs)
    frame.outside = read_outside(said, slugs)
    for each in frame.considerations:
        each.tests = frame.outside.findings.get(each.iri, ())
    for risk in frame.risks.values():
        risk.tests = frame.outside.findings.get(risk.iri, ())
    frame.cases = CaseStudies(store, values_of(frame))
    return frame


def _withdrawn(said: Said) -> dict[str, Withdrawn]:
    found = [each for each in things_of(said, "", "deprecated") if each.is_true("deprecated")]
    return {
        each.iri: Withdrawn(
            each.text("label"), each.text("isReplacedBy"), each.text("editorialNote")
        )
        for each in found
    }


def _types(said: Said) -> dict[str, LeadershipType]:
    return {
        each.text("notation"): LeadershipType(
            *each.named[1:],
            int(each.text("displayOrder")),
            each.text("definition"),
            each.text("plainName"),
            each.text("inOneLine"),
        )
        for each in placed(said, "LeadershipType", "label definition")
    }


def _facets(said: Said) -> dict[str, Facet]:
    values: dict[str, dict[str, FacetValue]] = defaultdict(dict)
    for each in placed(said, "", "isValueOf label definition"):
        words = (each.text(name) for name in ("definition", "clause", "answer"))
        value = FacetValue(*each.named, *words)
        values[each.text("isValueOf")][value.id] = value
    return {
        each.text("notation"): Facet(
            *each.named,
            each.text("definition"),
            each.slug("bearsOn"),
            int(each.text("strength")),
            values[each.iri],
            each.slug("hasChangeability"),
            each.text("wording"),
            each.text("whyAsked"),
            each.text("help"),
            each.is_true("isOptional"),
            each.is_true("isDefining"),
        )
        for each in placed(said, "Facet", "label strength definition bearsOn")
        if each.iri in values
    }


def _sources(said: Said, statement: SaidThing) -> list[Source]:
    cited = (SaidThing(iri, said) for iri in statement.all("source"))
    return [
        Source(
            local_name(each.iri),
            each.text("bibliographicCitation"),
            each.slug("hasChecking"),
            each.text("url") or None,
        )
        for each in cited
        if each.facts.keys() >= {"bibliographicCitation", "hasChecking"}
    ]


def _considerations(said: Said) -> list[Consideration]:
    return [
        Consideration(
            each.iri,
            each.text("appliesWhen"),
            each.text("why"),
            each.slug("hasGround"),
            each.slugs("supports"),
            each.slugs("undermines"),
            _sources(said, each),
        )
        for each in things_of(said, "Consideration", "appliesWhen why hasGround")
    ]


_Slugs = dict[str, tuple[str, str]]
"""The slugs of the facet and the value, by the IRI of the value."""


def _condition(each: SaidThing, slugs: _Slugs, when: str, unless: str = "") -> Condition:
    parts: list[dict[str, frozenset[str]]] = []
    for name in (when, unless):
        grouped: dict[str, set[str]] = defaultdict(set)
        for iri in each.all(name):
            facet, value = slugs.get(iri, (iri, iri))
            grouped[facet].add(value)
        parts.append({facet: frozenset(values) for facet, values in grouped.items()})
    return Condition(*parts)


def _cautions(said: Said, slugs: _Slugs) -> list[Caution]:
    return [
        Caution(
            each.iri,
            local_name(kind),
            each.text("message"),
            each.slug("hasGround"),
            _condition(each, slugs, "holdsWhen", "unlessSeen"),
            each.text("notation"),
            each.text("why"),
            _sources(said, each),
        )
        for each in things_of(said, "Caution", "message hasGround holdsWhen")
        for kind in each.all("cautionsAgainst")
    ]


def _gates(said: Said, slugs: _Slugs) -> list[Gate]:
    needed = "notation label closes isGateOn message why lift hasGround holdsWhen"
    return [
        Gate(
            each.iri,
            each.text("notation"),
            each.text("label"),
            each.slug("closes"),
            each.slug("isGateOn"),
            each.text("message"),
            each.text("why"),
            each.text("lift"),
            each.slug("hasGround"),
            _condition(each, slugs, "holdsWhen", "unlessSeen"),
            _sources(said, each),
            each.text("scopeNote"),
        )
        for each in things_of(said, "Gate", needed)
    ]


def _opening(said: Said, slugs: _Slugs) -> dict[str, OpeningQuestion]:
    answers: dict[str, dict[str, OpeningAnswer]] = defaultdict(dict)
    for each in placed(said, "OpeningAnswer", "isAnswerTo answer"):
        looks = _condition(each, slugs, "suggestedWhen")
        answers[each.text("isAnswerTo")][each.text("notation")] = OpeningAnswer(
            *each.named, each.text("answer"), each.text("route"), looks if looks.when else None
        )
    return {
        each.text("notation"): OpeningQuestion(
            *each.named,
            each.text("wording"),
            each.text("whyAsked"),
            each.text("help"),
            answers.get(each.iri, {}),
        )
        for each in placed(said, "OpeningQuestion", "label wording")
    }


def _methods(said: Said, slugs: _Slugs) -> list[Method]:
    needed = "notation label isMethodFor steps breaksWhen why hasGround"
    return [
        Method(
            *each.named,
            each.slug("isMethodFor"),
            _lines(each),
            {
                what.lower(): each.text(f"needs{what}")
                for what in ("Time", "People", "Money", "Mandate")
            },
            each.text("breaksWhen"),
            each.text("why"),
            each.slug("hasGround"),
            frozenset(slugs[iri] for iri in each.all("callsFor") if iri in slugs),
            frozenset(slugs[iri] for iri in each.all("ruledOutBy") if iri in slugs),
            _sources(said, each),
        )
        for each in things_of(said, "Method", needed)
    ]


def _questions(said: Said, slugs: _Slugs) -> list[BoundaryQuestion]:
    return [
        BoundaryQuestion(
            each.text("notation"),
            each.text("definition"),
            each.text("boundarySource"),
            frozenset(slugs[iri] for iri in each.all("bitesWhen") if iri in slugs),
        )
        for each in placed(said, "BoundaryQuestion", "definition boundarySource")
    ]


def _moves(said: Said) -> list[Move]:
    return [
        Move(
            each.iri,
            each.text("isMoveFor"),
            each.text("forRole"),
            each.text("yourPart"),
            _lines(each),
            each.slug("hasGround"),
            _sources(said, each),
        )
        for each in things_of(said, "Move", "isMoveFor steps hasGround")
    ]


def _lines(each: SaidThing) -> tuple[str, ...]:
    return tuple(line.strip() for line in each.text("steps").splitlines() if line.strip())


_WEIGHTS = {"raisedSomewhatBy": 1, "raisedBy": 2, "raisedMuchBy": 3}


def _relevances(said: Said) -> dict[str, Relevance]:
    return {
        each.slug("weighs"): Relevance(
            each.iri,
            each.slug("weighs"),
            int(each.text("displayOrder")),
            each.text("why"),
            each.slug("hasGround"),
            {iri: weight for name, weight in _WEIGHTS.items() for iri in each.all(name)},
            frozenset(each.all("neverWhen")),
        )
        for each in things_of(said, "RiskRelevance", "weighs displayOrder hasGround")
    }


def _risks(said: Said) -> dict[str, Risk]:
    needed = "notation label definition isRiskOf endangers warningSign mitigation hasGround"
    return {
        each.text("notation"): Risk(
            *each.named,
            each.text("definition"),
            each.text("warningSign"),
            each.text("mitigation"),
            each.slug("hasGround"),
            each.slugs("isRiskOf"),
            each.slugs("endangers"),
            _sources(said, each),
        )
        for each in sorted(things_of(said, "Risk", needed), key=lambda each: each.named[1])
    }


def _judgements(said: Said, relation: str) -> set[tuple[str, str]]:
    return {
        (local_name(each.iri), test)
        for each in things_of(said, "", relation)
        for test in each.slugs(relation)
    }


def _effects(said: Said) -> list[Effect]:
    needed = "notation label isEffectOf changesFrom changesTo why hasGround"
    return [
        Effect(
            *each.named,
            each.slug("isEffectOf"),
            each.text("changesTo"),
            each.text("why"),
            each.slug("hasGround"),
            set(each.all("changesFrom")),
            set(each.all("requires")),
            # What a case shows stands before what another shows to the contrary.
            each.all("example")[::-1],
            _sources(said, each),
            each.text("sign"),
            each.text("takes"),
            each.is_true("isChoice"),
            set(each.all("neverWhen")),
            each.is_true("isLedAnyway"),
        )
        for each in sorted(things_of(said, "Effect", needed), key=lambda each: each.named[1])
    ]


def _voices(said: Said) -> list[Voice]:
    return [
        Voice(
            *each.named[1:],
            each.text("definition"),
            each.slug("isSoughtBy"),
            SaidThing(each.text("isSoughtBy"), said).text("boundarySource"),
            # The label, the short name and the plain one are names too.
            (
                each.text("notation").replace("-", " "),
                *(each.text(name) for name in ("label", "plainName") if each.text(name)),
                *each.all("altLabel"),
            ),
            tuple(each.all("mayBeNamed")),
            each.text("plainName"),
        )
        for each in placed(said, "Voice", "label definition isSoughtBy")
    ]


def load_critiques(store: AskedStore) -> list[Critique]:
    """Fetch all critiques of a store, in the order of their IRIs."""
    return _critiques(read_said(store))


def _critiques(said: Said) -> list[Critique]:
    # The shapes see to it that each of these stands once; the first by name if one was evaded.
    return [
        Critique(
            each.iri,
            tuple(_targets(said, each)),
            BoundaryQuestion(
                each.slug("asks"), SaidThing(each.text("asks"), said).text("definition")
            ),
            each.text("asked"),
            each.text("standpoint"),
            each.text("says"),
            each.text("stance"),
            each.text("why"),
            _said_of(said, each.iri, "owner"),
        )
        for each in things_of(said, "", "asks")
    ]


def _targets(said: Said, critique: SaidThing) -> Iterator[Target]:
    """Yield what a critique is about; what was retracted or removed has no name any more."""
    for iri in critique.all("isAbout"):
        label = _said_of(said, iri, "label")
        if label or "asks" in said.get(iri, {}):
            yield Target(iri, label)


def _said_of(said: Said, iri: str, name: str) -> str:
    """Return what is said of a thing, or else of the case that it is part of."""
    return SaidThing(iri, said).text(name) or SaidThing(_owner(iri), said).text(name)
