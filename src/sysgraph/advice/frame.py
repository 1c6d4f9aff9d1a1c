"""What the graph knows that bears on advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.cases import CaseStudies
from sysgraph.advice.outside import NO, YES, Outside
from sysgraph.advice.withdrawn import Withdrawn
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.cases import Record
    from sysgraph.advice.outside import OutsideFinding

__all__ = [
    "SUPPORTS",
    "UNDERCUTS",
    "BoundaryQuestion",
    "Caution",
    "Condition",
    "Consideration",
    "Critique",
    "Effect",
    "Facet",
    "FacetValue",
    "Frame",
    "LeadershipType",
    "Risk",
    "Source",
    "Target",
    "TestWords",
    "Voice",
    "values_of",
]


@dataclass(slots=True)
class Effect:
    """A change of one facet that tends to follow where a type leads; it may fail to.

    It may start at any of ``changes_from`` and leads to ``changes_to``, values of one facet;
    of ``requires`` one value of each facet must hold, and none of ``never``. Values go by their
    IRIs, ``type`` by its slug. ``examples`` tells of cases, as "The case <id>: ..." or "Negative
    example, the case <id>: ...". What ``is_choice`` is chosen, once the step before it is made.
    What ``is_led_anyway`` may be led although a gate closes its type: it repairs what the gate
    is about.
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
    sign: str = ""
    takes: str = ""
    is_choice: bool = False
    never: set[str] = field(default_factory=set)
    is_led_anyway: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """A side from which people speak of a change.

    ``source`` is what its boundary question enquires into: motivation, power, knowledge or
    legitimacy. ``words`` are those that name the voice where people write whose eyes they look
    through; ``may_be`` are words that name it in some changes and not in others.
    ``plain_name`` is what to call these people.
    """

    id: str
    label: str
    definition: str
    question: str
    source: str
    words: tuple[str, ...]
    may_be: tuple[str, ...] = ()
    plain_name: str = ""


UNDERCUTS, SUPPORTS = "undercuts", "supports"
_SYSG, _CASE = PREFIXES["sysg"], PREFIXES["case"]


@dataclass(frozen=True, slots=True)
class BoundaryQuestion:
    """One of the twelve boundary questions: its slug, and what it asks, as a phrase.

    ``source`` is what it enquires into: motivation, power, knowledge or legitimacy. ``bites``
    are facts, as pairs of slugs of facet and value, with which it is one to ask first.
    """

    id: str
    asks: str
    source: str = ""
    bites: frozenset[tuple[str, str]] = frozenset()


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
    """One of the ways of leading. ``number`` is the author's, and ranks nothing.

    ``plain_name`` and ``one_line`` are our words for people who know none of the author's.
    """

    id: str
    label: str
    number: int
    definition: str
    plain_name: str = ""
    one_line: str = ""

    @property
    def name(self) -> str:
        """Return its number and label."""
        return f"{self.number} {self.label}"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A possible answer to a facet. ``iri`` is its name in the graph.

    ``clause`` says of a situation that it has this value, in words that can follow "if";
    ``answer`` is what somebody says who is asked.
    """

    iri: str
    id: str
    label: str
    definition: str
    clause: str = ""
    answer: str = ""


@dataclass(slots=True)
class Facet:
    """A question about a situation, the test it bears on and its strength, 1 to 3.

    ``changeable`` tells who can change what it asks about: by-you (whoever asks and would lead
    the change), by-others or fixed. ``wording`` is the question as it is put to people, with why
    it is asked and help. What is optional need not be known for a test to be known enough. By
    what is defining the ontology defines what enacting a type is.
    """

    iri: str
    id: str
    label: str
    definition: str
    test: str
    strength: int
    values: dict[str, FacetValue] = field(default_factory=dict)
    changeable: str = ""
    wording: str = ""
    why_asked: str = ""
    help: str = ""
    is_optional: bool = False
    is_defining: bool = False


@dataclass(slots=True)
class Consideration:
    """A reason why a facet value speaks for some types and against others.

    ``tests`` are what tables of others show about its ground.
    """

    iri: str
    value: str
    why: str
    ground: str
    supports: set[str] = field(default_factory=set)
    undermines: set[str] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)
    tests: Sequence[OutsideFinding] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """What a warning holds under: slugs of facets, each with those of its values that meet it.

    All facets of ``when`` must be known to meet it, and none of ``unless``.
    """

    when: dict[str, frozenset[str]]
    unless: dict[str, frozenset[str]] = field(default_factory=dict)

    def values(self, facets: Mapping[str, Facet]) -> list[str]:
        """Return the IRIs of a value of each facet with which it holds, the first of each."""
        return [facets[name].values[min(values)].iri for name, values in self.when.items()]

    def holds(self, facets: Mapping[str, str]) -> bool:
        """Tell whether it holds. What is not known neither meets nor lifts it."""
        return all(facets.get(name) in values for name, values in self.when.items()) and not any(
            facets.get(name) in values for name, values in self.unless.items()
        )


@dataclass(slots=True)
class Caution:
    """A warning shown beside a type while its condition holds."""

    iri: str
    type: str
    message: str
    ground: str
    condition: Condition
    id: str = ""
    why: str = ""
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True)
class Gate:
    """A condition under which a type fails a test, whatever else speaks for it there.

    ``message`` says what holds, ``why`` why that fails the test, and ``lift`` what would end it.
    """

    iri: str
    id: str
    label: str
    type: str
    test: str
    message: str
    why: str
    lift: str
    ground: str
    condition: Condition
    sources: list[Source] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpeningAnswer:
    """An answer to an opening question.

    ``route`` tells what to do where the answer settles that before anything else;
    ``suggested`` is where known facts look like this answer.
    """

    iri: str
    id: str
    label: str
    answer: str
    route: str = ""
    suggested: Condition | None = None


@dataclass(slots=True)
class OpeningQuestion:
    """A question asked before all others, which bears on no test; without answers, for a text."""

    iri: str
    id: str
    label: str
    wording: str
    why_asked: str = ""
    help: str = ""
    answers: dict[str, OpeningAnswer] = field(default_factory=dict)


@dataclass(slots=True)
class Method:
    """A way of working that belongs to a type. ``steps`` are for the first two weeks.

    ``needs`` goes by what is needed: time, people, money, mandate. ``calls_for`` and
    ``ruled_out_by`` are facts as pairs of slugs of facet and value. ``why`` is what the sources
    say of it; the ground is that of this, and the steps are our reading.
    """

    iri: str
    id: str
    label: str
    type: str
    steps: tuple[str, ...]
    needs: dict[str, str]
    breaks_when: str
    why: str
    ground: str
    calls_for: frozenset[tuple[str, str]]
    ruled_out_by: frozenset[tuple[str, str]]
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True)
class Move:
    """First steps under a type, or against a gate or caution, all by IRI, for a role or any.

    ``stance`` answers, for a type, whether it is for somebody in this role to lead.
    """

    iri: str
    about: str
    role: str
    stance: str
    steps: tuple[str, ...]
    ground: str
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True)
class Relevance:
    """What makes a risk one to watch first: weights from 1 to 3 of what raises it.

    ``raised_by`` goes by IRIs of facet values, of answers that give the asker's role, and of
    types. It is never relevant where one of the values ``never`` (IRIs) is known. ``place`` is
    the editors' order among risks that are raised alike.
    """

    iri: str
    risk: str
    place: int
    why: str
    ground: str
    raised_by: dict[str, int]
    never: frozenset[str]


@dataclass(frozen=True, slots=True)
class TestWords:
    """What to call a test, and what it asks, in a sentence."""

    __test__ = False

    plain_name: str
    wording: str


@dataclass(slots=True)
class Risk:
    """A way in which leading of a type tends to go wrong; ``tests`` are as of a consideration."""

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
    tests: Sequence[OutsideFinding] = ()


@dataclass
class Frame:
    """Everything advice is made from. Types, tests, facets and risks go by their slugs.

    ``failures`` holds the pairs of judgement and test that are shown as failures, ``successes``
    those that count as met and ``partial`` those in between; a pair in none of them leaves the
    test open. ``cases`` reaches the cases where they are stored, and holds none of them.
    ``outside`` is what tables of others tell; it bears on no standing.
    ``record`` tells how well such advice did over the cases, where somebody has looked it up.
    ``withdrawn`` has by their IRIs the terms that are not used any more.
    A frame that was asked for advice is not changed any more; ``replace`` makes another.
    """

    types: dict[str, LeadershipType] = field(default_factory=dict)
    tests: dict[str, Fraction] = field(default_factory=dict)
    facets: dict[str, Facet] = field(default_factory=dict)
    considerations: list[Consideration] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    risks: dict[str, Risk] = field(default_factory=dict)
    failures: set[tuple[str, str]] = field(default_factory=set)
    successes: set[tuple[str, str]] = field(default_factory=set)
    partial: set[tuple[str, str]] = field(default_factory=set)
    cases: CaseStudies = field(default_factory=CaseStudies)
    disclosures: list[str] = field(default_factory=list)
    critiques: list[Critique] = field(default_factory=list)
    questions: list[BoundaryQuestion] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    opening: dict[str, OpeningQuestion] = field(default_factory=dict)
    methods: list[Method] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    relevances: dict[str, Relevance] = field(default_factory=dict)
    test_words: dict[str, TestWords] = field(default_factory=dict)
    outside: Outside = field(default_factory=Outside)
    record: Record | None = None
    withdrawn: dict[str, Withdrawn] = field(default_factory=dict)

    @cached_property
    def board(self) -> Board:
        """Return what each facet value does to each type."""
        return Board.of(self)

    @property
    def choices(self) -> dict[str, list[str]]:
        """Return what can be answered to each facet and opening question that has answers."""
        asked = {name: list(each.answers) for name, each in self.opening.items() if each.answers}
        return asked | {name: list(facet.values) for name, facet in self.facets.items()}

    @property
    def defining(self) -> tuple[str, ...]:
        """Return the facets by whose values the ontology defines what enacting a type is."""
        return tuple(name for name, facet in self.facets.items() if facet.is_defining)

    @property
    def answerable(self) -> dict[str, list[str]]:
        """Return the same, with the questions that only records of others need answered."""
        return self.choices | {name: [YES, NO] for name in self.outside.questions}

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the label of each facet value and answer by its IRI."""
        answers = (each for question in self.opening.values() for each in question.answers.values())
        named = {answer.iri: answer.label for answer in answers}
        return named | {iri: value.label for iri, (_, value) in self.values.items()}

    @cached_property
    def values(self) -> dict[str, tuple[Facet, FacetValue]]:
        """Return each facet value with its facet, by its IRI, in the order of the graph."""
        return {v.iri: (facet, v) for facet in self.facets.values() for v in facet.values.values()}


def values_of(frame: Frame) -> dict[str, str]:
    """Return the facet of every facet value, by the IRI of the value."""
    return {
        value.iri: facet.id for facet in frame.facets.values() for value in facet.values.values()
    }
