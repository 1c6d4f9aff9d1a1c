"""What the graph knows that bears on advice, made from what a store says of each thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.cases import Cases, ask
from sysgraph.errors import BadStore
from sysgraph.terms import PREFIXES, local_name

if TYPE_CHECKING:
    from sysgraph.advice.cases import AskedStore, Record

__all__ = [
    "SUPPORTS",
    "UNDERCUTS",
    "BoundaryQuestion",
    "Caution",
    "Consideration",
    "Critique",
    "Effect",
    "Facet",
    "FacetValue",
    "Frame",
    "LeadershipType",
    "Risk",
    "Said",
    "Source",
    "Target",
    "Voice",
    "load_critiques",
    "load_frame",
    "make_frame",
    "read_said",
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


@dataclass(frozen=True, slots=True)
class BoundaryQuestion:
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
    question: BoundaryQuestion
    asked: str
    standpoint: str
    says: str
    stance: str = ""
    why: str = ""
    contributor: str = ""


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

    @property
    def name(self) -> str:
        """Return its number and label."""
        return f"{self.number} {self.label}"


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


@dataclass
class Frame:
    """Everything advice is made from. Types, tests, facets and risks go by their slugs.

    ``failures`` holds the pairs of judgement and test that are shown as failures, ``successes``
    those that count as met and ``partial`` those in between; a pair in none of them leaves the
    test open. ``cases`` reaches the cases where they are stored, and holds none of them.
    ``record`` tells how well such advice did over the cases, where somebody has looked it up.
    A frame that was asked for advice is not changed any more; ``replace`` makes another.
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

    @cached_property
    def board(self) -> Board:
        """Return what each facet value does to each type."""
        return Board.of(self)

    @cached_property
    def values(self) -> dict[str, tuple[Facet, FacetValue]]:
        """Return each facet value with its facet, by its IRI, in the order of the graph."""
        return {v.iri: (facet, v) for facet in self.facets.values() for v in facet.values.values()}


Said = dict[str, dict[str, list[str]]]
"""What is said of each thing, by its IRI and by the last parts of properties, values sorted."""

_KINDS = [
    *("Caution", "Consideration", "Disclosure", "Effect", "Facet"),
    *("LeadershipType", "Risk", "Source", "Test", "Voice"),
]
_THINGS = f"""
  {" UNION ".join(f"{{ ?thing a sysg:{kind} }}" for kind in _KINDS)}
  UNION {{ ?thing sysg:asks|sysg:boundarySource|sysg:aggravates|sysg:isValueOf ?other }}
  UNION {{ ?thing sysg:failsTest|sysg:meetsTest|sysg:partlyMeetsTest ?test }}"""
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


class _Thing:
    """What is said of one thing."""

    def __init__(self, iri: str, said: Said) -> None:
        self.iri = iri
        self.facts = said.get(iri, {})

    def all(self, name: str) -> list[str]:
        return self.facts.get(name, [])

    def text(self, name: str) -> str:
        """Return what is said; where it is several things, the first of them by name."""
        return self.facts.get(name, [""])[0]

    @property
    def named(self) -> tuple[str, str, str]:
        return self.iri, self.text("notation"), self.text("label")

    def slug(self, name: str) -> str:
        return local_name(self.text(name))

    def slugs(self, name: str) -> set[str]:
        return set(map(local_name, self.all(name)))


def _of(said: Said, kind: str, needed: str) -> list[_Thing]:
    """Return the things of a class, or of any, of which all is said that is needed, by IRI."""
    wanted, of = set(needed.split()), f"{_SYSG}{kind}"
    return [
        _Thing(iri, said)
        for iri, facts in said.items()
        if wanted <= facts.keys() and (not kind or of in facts.get("type", ()))
    ]


def _placed(said: Said, kind: str, needed: str) -> list[_Thing]:
    """Return such things in the order that the graph shows them in."""
    found = _of(said, kind, f"{needed} notation displayOrder")
    return sorted(found, key=lambda each: (int(each.text("displayOrder")), each.text("notation")))


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


def make_frame(said: Said, store: AskedStore) -> Frame:
    """Return the frame of what a store says, whose cases stay in the store."""
    frame = Frame(
        {
            each.text("notation"): LeadershipType(
                *each.named[1:], int(each.text("displayOrder")), each.text("definition")
            )
            for each in _placed(said, "LeadershipType", "label definition")
        },
        {
            each.text("notation"): Fraction(each.text("knownShareNeeded"))
            for each in _placed(said, "Test", "knownShareNeeded")
        },
        _facets(said),
        _considerations(said),
        _cautions(said),
        _risks(said),
        _aggravated(said),
        _judgements(said, "failsTest"),
        _judgements(said, "meetsTest"),
        _judgements(said, "partlyMeetsTest"),
        disclosures=sorted({each.text("says") for each in _of(said, "Disclosure", "says")}),
        critiques=_critiques(said),
        voices=_voices(said),
        effects=_effects(said),
    )
    frame.cases = Cases(store, values_of(frame))
    return frame


def _facets(said: Said) -> dict[str, Facet]:
    values: dict[str, dict[str, FacetValue]] = defaultdict(dict)
    for each in _placed(said, "", "isValueOf label definition"):
        value = FacetValue(*each.named, each.text("definition"), each.text("clause"))
        values[each.text("isValueOf")][value.id] = value
    return {
        each.text("notation"): Facet(
            *each.named,
            each.text("definition"),
            each.slug("bearsOn"),
            int(each.text("strength")),
            values[each.iri],
            each.slug("hasChangeability"),
        )
        for each in _placed(said, "Facet", "label strength definition bearsOn")
        if each.iri in values
    }


def _sources(said: Said, statement: _Thing) -> list[Source]:
    cited = (_Thing(iri, said) for iri in statement.all("source"))
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
        for each in _of(said, "Consideration", "appliesWhen why hasGround")
    ]


def _cautions(said: Said) -> list[Caution]:
    return [
        Caution(
            each.iri,
            local_name(kind),
            each.text("message"),
            each.slug("hasGround"),
            set(each.all("holdsWhen")),
        )
        for each in _of(said, "Caution", "message hasGround holdsWhen")
        for kind in each.all("cautionsAgainst")
    ]


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
        for each in sorted(_of(said, "Risk", needed), key=lambda each: each.named[1])
    }


def _aggravated(said: Said) -> dict[str, dict[str, set[str]]]:
    """Return, by value and risk, the labels of the features of the value that make it greater."""
    found: dict[str, dict[str, set[str]]] = {}
    for value in _of(said, "", "isValueOf rollsUpTo"):
        for feature in (_Thing(iri, said) for iri in value.all("rollsUpTo")):
            for risk in (_Thing(iri, said).text("notation") for iri in feature.all("aggravates")):
                risks = found.setdefault(value.iri, {})
                risks.setdefault(risk, set()).add(feature.text("label"))
    return found


def _judgements(said: Said, relation: str) -> set[tuple[str, str]]:
    return {
        (local_name(each.iri), test)
        for each in _of(said, "", relation)
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
        )
        for each in sorted(_of(said, "Effect", needed), key=lambda each: each.named[1])
    ]


def _voices(said: Said) -> list[Voice]:
    return [
        Voice(
            *each.named[1:],
            each.text("definition"),
            each.slug("isSoughtBy"),
            _Thing(each.text("isSoughtBy"), said).text("boundarySource"),
            # The label and the short name are names too.
            (each.text("notation").replace("-", " "), each.text("label"), *each.all("altLabel")),
        )
        for each in _placed(said, "Voice", "label definition isSoughtBy")
    ]


def load_critiques(store: AskedStore) -> list[Critique]:
    """Fetch all critiques of a store, in the order of their IRIs."""
    return _critiques(read_said(store))


def _critiques(said: Said) -> list[Critique]:
    # The shapes see to it that each of these stands once; the first by name if one was evaded.
    return [
        Critique(
            each.iri,
            tuple(Target(iri, _said_of(said, iri, "label")) for iri in each.all("isAbout")),
            BoundaryQuestion(each.slug("asks"), _Thing(each.text("asks"), said).text("definition")),
            each.text("asked"),
            each.text("standpoint"),
            each.text("says"),
            each.text("stance"),
            each.text("why"),
            _said_of(said, each.iri, "owner"),
        )
        for each in _of(said, "", "asks")
    ]


def _said_of(said: Said, iri: str, name: str) -> str:
    """Return what is said of a thing, or else of the case that it is part of."""
    return _Thing(iri, said).text(name) or _Thing(_owner(iri), said).text(name)


def values_of(frame: Frame) -> dict[str, str]:
    """Return the facet of every facet value, by the IRI of the value."""
    return {
        value.iri: facet.id for facet in frame.facets.values() for value in facet.values.values()
    }
