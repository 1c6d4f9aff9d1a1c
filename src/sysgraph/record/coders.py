"""How far those who coded the same cases agree: on facets of the start, types, and outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.cases import AskedStore, ask
from sysgraph.advice.contest import Reliability, pooled, unlike_pairs
from sysgraph.record.outcomes import middle
from sysgraph.terms import local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["CoderAgreement", "CodersAgreement", "Hand", "coders_agreement", "who_coded"]

ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Hand:
    """Whoever counts as one coder: a person, a group, or all coders of one make.

    ``names`` are those that it goes by, ``kind`` is empty where it is not told what it is, as of
    the contributor of a case. ``cases`` counts what it coded, ``blind`` what of that it coded
    without sight of any other coding.
    """

    names: tuple[str, ...]
    kind: str
    make: str
    cases: int
    blind: int


@dataclass(frozen=True, slots=True)
class CoderAgreement:
    """How far hands agree on one thing: Krippendorff's alpha with its 95 % interval.

    ``name`` is the id of a facet, ``type``, ``led`` or ``working``. ``alike`` of ``cases`` cases
    that two hands or more have coded got one value from all of them. What cannot be told is None.
    """

    name: str
    label: str
    cases: int
    alike: int
    alpha: Fraction | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CodersAgreement:
    """How far hands agree over the cases that two or more coded; ``facets`` pools all of these.

    ``starts`` counts the cases of which two hands or more coded at least half of the facets, and
    ``parted`` those of them in which that comes to different types on the front.
    """

    hands: tuple[Hand, ...]
    cases: int
    starts: int
    parted: int
    things: tuple[CoderAgreement, ...]
    facets: CoderAgreement | None
    rounds: int
    seed: int


@dataclass(slots=True)
class _Coding:
    case: str
    name: str
    kind: str = ""
    make: str = ""
    is_blind: bool = False
    values: dict[str, str] = field(default_factory=dict)

    @property
    def hand(self) -> str:
        """Return what tells this hand from others: models of one make are one."""
        return f"make {self.make}" if self.make else f"name {self.name}"


def coders_agreement(
    store: AskedStore, frame: Frame, *, seed: int = 0, rounds: int = ROUNDS
) -> CodersAgreement:
    """Return how far the hands agree that coded the cases of a store.

    The contributor of a case is one of them: by the first reading, the practice and the outcomes
    of the case. Where a coding by the same name says otherwise, or what the contributor is, that
    holds. Coders of one make count as one hand, of which the first coding of a case is taken.
    Cases are drawn anew ``rounds`` times for the intervals.
    """
    codings = [*_codings(store, frame)]
    coded = {coding.case for coding in codings}
    codings = [*_contributors(store, frame, coded, codings), *codings]
    labels = {
        **{facet.id: facet.label for facet in frame.facets.values()},
        "type": "leadership type",
        **{test: f"outcome on {test}" for test in frame.tests},
    }
    said = {name: _by_case(name, codings) for name in labels}
    told = [
        _agreement(name, label, [said[name]], rounds, seed)
        for name, label in labels.items()
        if said[name]
    ]
    facets = [said[name] for name in frame.facets if said[name]]
    hands = Counter(case for case, _ in {(coding.case, coding.hand) for coding in codings})
    return CodersAgreement(
        tuple(_hands(codings)),
        sum(1 for count in hands.values() if count > 1),
        *_fronts(codings, frame),
        tuple(told),
        _agreement("facets", "all facets together", facets, rounds, seed) if facets else None,
        rounds,
        seed,
    )


def who_coded(
    store: AskedStore, cases: Mapping[str, str]
) -> tuple[tuple[Hand, ...], tuple[Hand, ...]]:
    """Return the hands that coded some cases first, and those that coded them again.

    ``cases`` maps ids to contributors; what a contributor is, a coding by the same name tells.
    """
    codings = [one for one in _told(store).values() if one.case in cases]
    # That a coding was made unseen says nothing of how the case was, which has no such mark.
    own = {(one.case, one.name): replace(one, is_blind=False) for one in codings}
    first = [own.get((case, name), _Coding(case, name)) for case, name in cases.items()]
    hands = {one.case: one.hand for one in first}
    again = (one for one in codings if one.hand != hands[one.case])
    return tuple(_hands(first)), tuple(_hands(again))


def _fronts(codings: Iterable[_Coding], frame: Frame) -> tuple[int, int]:
    """Return in how many cases hands coded the start, and in how many of these fronts differ."""
    board, found = Board.of(frame), dict[str, dict[str, frozenset[str]]]()
    for coding in codings:
        facets = {name: value for name, value in coding.values.items() if name in frame.facets}
        if len(facets) * 2 >= len(frame.facets):
            found.setdefault(coding.case, {}).setdefault(coding.hand, board.front(facets))
    several = [set(fronts.values()) for fronts in found.values() if len(fronts) > 1]
    return len(several), sum(1 for fronts in several if len(fronts) > 1)


_Said = Mapping[str, Sequence[str]]
"""By case, the values that hands gave, where two or more did."""


def _by_case(name: str, codings: Iterable[_Coding]) -> _Said:
    found: dict[str, dict[str, str]] = {}
    for coding in codings:
        if name in coding.values:
            found.setdefault(coding.case, {}).setdefault(coding.hand, coding.values[name])
    return {case: [*values.values()] for case, values in found.items() if len(values) > 1}


def _agreement(
    name: str, label: str, things: Sequence[_Said], rounds: int, seed: int
) -> CoderAgreement:
    cases = sorted({case for said in things for case in said})
    found = [Reliability() for _ in things]
    for reliability, said in zip(found, things, strict=True):
        for values in said.values():
            reliability.add(values)
    drawn = [*_drawn(things, cases, rounds, seed)]
    # Where half the draws show one value alone, an interval would be of the others only.
    low, high = middle(drawn) if len(drawn) > rounds // 2 else (None, None)
    of, alike = sum(one.cases for one in found), sum(one.alike for one in found)
    return CoderAgreement(name, label, of, alike, pooled(found), low, high)


def _drawn(
    things: Sequence[_Said], cases: Sequence[str], rounds: int, seed: int
) -> Iterator[float]:
    """Yield alpha over the cases as often drawn anew, where it can be told."""
    unlike = [
        {case: unlike_pairs(Counter(v)) / (len(v) - 1) for case, v in t.items()} for t in things
    ]
    random = Random(seed)
    for _ in range(rounds):
        draw = random.choices(cases, k=len(cases))
        seen = expected = 0.0
        for said, apart in zip(things, unlike, strict=True):
            inside = [case for case in draw if case in said]
            seen += sum([apart[case] for case in inside])
            counts = Counter([value for case in inside for value in said[case]])
            expected += unlike_pairs(counts) / (counts.total() - 1) if inside else 0.0
        if expected:
            yield 1 - seen / expected


def _hands(codings: Iterable[_Coding]) -> list[Hand]:
    """Return the hands, those that coded most cases first."""
    groups: dict[str, list[_Coding]] = {}
    for coding in codings:
        groups.setdefault(coding.hand, []).append(coding)
    hands = [
        Hand(
            tuple(dict.fromkeys(one.name for one in group)),
            next((one.kind for one in group if one.kind), ""),
            group[0].make,
            len({one.case for one in group}),
            len({one.case for one in group if one.is_blind}),
        )
        for group in groups.values()
    ]
    return sorted(hands, key=lambda hand: (-hand.cases, hand.names))


def _told(store: AskedStore) -> dict[str, _Coding]:
    """Return the codings of all cases in the order of their names, without what they say."""
    found: dict[str, _Coding] = {}
    pattern = (
        "?case sysg:hasCoding ?coding . ?coding sysg:codedBy ?coder . ?coder schema:name ?name"
        " OPTIONAL { ?coder sysg:hasCoderKind ?kind } OPTIONAL { ?coder sysg:make ?make }"
        " OPTIONAL { ?coding sysg:isBlind ?blind }"
    )
    for row in ask(store, "?case ?coding ?name ?kind ?make ?blind", pattern, "?coding"):
        case, kind = (local_name(row.get(name, "")) for name in ("case", "kind"))
        is_blind = row.get("blind") in ("true", "1")
        found[row["coding"]] = _Coding(case, row["name"], kind, row.get("make", ""), is_blind)
    return found


def _codings(store: AskedStore, frame: Frame) -> Iterator[_Coding]:
    """Yield the codings of all cases, in the order of their names."""
    found = _told(store)
    for holder, value in _values(
        store,
        "?x sysg:codesObservation ?o",
        "?x sysg:codesPrimaryType ?v",
        "?x sysg:codesLedOutcome ?o",
        "?x sysg:codesWorkingOutcome ?o",
        frame,
    ):
        if holder in found:
            found[holder].values |= value
    yield from found.values()


def _contributors(
    store: AskedStore, frame: Frame, coded: set[str], codings: Iterable[_Coding]
) -> Iterator[_Coding]:
    """Yield what the contributors of the coded cases see in them."""
    own = {(one.case, one.name): one for one in codings}
    found: dict[str, _Coding] = {}
    pattern = (
        "?case a sysg:CaseStudy ; sysg:hasCoding ?any ; dcterms:contributor ?who ."
        " ?who schema:name ?name"
    )
    for row in ask(store, "?case ?name", pattern, "?case"):
        case = local_name(row["case"])
        found.setdefault(case, _Coding(case, row["name"]))
    wanted = coded & found.keys()
    reading = "?x sysg:hasReading ?r . FILTER (STRENDS(STR(?r), '/readings/1')) ?r"
    for holder, value in _values(
        store,
        f"{reading} sysg:hasObservation ?o",
        "?x sysg:hasPractice ?p . ?p sysg:hasPrimaryType ?v",
        "?x sysg:hasLedOutcome ?o",
        "?x sysg:hasWorkingOutcome ?o",
        frame,
    ):
        if (case := local_name(holder)) in wanted:
            found[case].values |= value
    for coding in found.values():
        if said := own.get((coding.case, coding.name)):
            coding.kind, coding.make = said.kind, said.make
            coding.values |= said.values
        yield coding


def _values(
    store: AskedStore, observed: str, typed: str, led: str, working: str, frame: Frame
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield who says what of which thing, by patterns that lead there from ``?x``."""
    for holder, seen in _pairs(store, f"{observed} . ?o sysg:observesValue ?v"):
        if seen in frame.values:
            facet, value = frame.values[seen]
            yield holder, {facet.id: value.id}
    judged = (f"{pattern} . ?o sysg:hasJudgement ?v" for pattern in (led, working))
    for name, pattern in zip(("type", "led", "working"), (typed, *judged), strict=True):
        for holder, said in _pairs(store, pattern):
            yield holder, {name: local_name(said)}


def _pairs(store: AskedStore, pattern: str) -> list[tuple[str, str]]:
    """Return what ``?x`` and ``?v`` are in a pattern, in order.

    It is not the store that puts them in order: to look up each of very many names takes it ten
    times as long as to find them.
    """
    return sorted((row["x"], row["v"]) for row in ask(store, "?x ?v", pattern))
