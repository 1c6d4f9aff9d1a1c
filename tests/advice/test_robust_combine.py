"""Pairs of types: only what the graph holds, facet by facet, and all cases coded as both."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations as pairs_of

import pytest

from sysgraph.advice.board import advise
from sysgraph.advice.cases import CaseStudies, ask
from sysgraph.advice.dissent import discount, dissent
from sysgraph.advice.frame import (
    UNDERCUTS,
    BoundaryQuestion,
    Critique,
    Frame,
    Target,
    values_of,
)
from sysgraph.advice.robust import MOST_CASES, Combination, combinations
from sysgraph.advice.situation import Situation, situation_of, situations_of_case
from sysgraph.pages.blocks import text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.together import combinations_blocks
from sysgraph.store.index import Entry, Index
from sysgraph.store.local import Store


@pytest.fixture(scope="module")
def readings(frame: Frame) -> list[Situation]:
    return [s for case in frame.cases.values() for s in situations_of_case(case.id, frame)]


def combine(situation: Situation, frame: Frame) -> dict[tuple[str, str], Combination]:
    return {each.types: each for each in combinations(advise(situation, frame), frame)}


def text(found: dict[tuple[str, str], Combination], frame: Frame) -> str:
    return " ".join(text_of(combinations_blocks(list(found.values()), frame)).split())


class Filed(CaseStudies):
    """Cases that are nowhere but in an index."""

    def __init__(self, entries: list[Entry], frame: Frame) -> None:
        super().__init__(None, values_of(frame))
        self._filed = Index.build(entries)

    def index(self) -> Index:
        return self._filed


def filed(frame: Frame, *entries: Entry) -> Frame:
    return replace(frame, cases=Filed(list(entries), frame))


def test_what_one_brings_where_the_other_lacks_worked_out_by_hand(frame: Frame) -> None:
    # A sponsor's purpose: for externally driven, against facilitative and organic. Conflict: for
    # organic, against better leadership, externally driven, facilitative and complex systems.
    facets = {"purpose-origin": "external-sponsor", "agreement": "coercive"}
    # Whoever was invited is not kept out by a gate.
    facets |= {"driver-standing": "invited"}
    found = combine(situation_of(facets, frame), frame)
    pair = found["externally-driven", "organic"]
    told = [(c.facet.id, c.value, c.facet.test, c.lacks, c.brings) for c in pair.complements]
    assert told[:2] == [
        ("purpose-origin", "external-sponsor", "led", "organic", "externally-driven"),
        ("agreement", "coercive", "led", "externally-driven", "organic"),
    ]


@pytest.mark.slow
def test_complements_are_the_facets_with_opposite_signs(
    frame: Frame, readings: list[Situation]
) -> None:
    sign = frame.board.sign
    told = 0
    for situation in readings:
        for (one, other), each in combine(situation, frame).items():
            expected = set()
            for name, value in situation.facets.items():
                for lacks, brings in ((one, other), (other, one)):
                    if sign(lacks, name, value) < 0 < sign(brings, name, value):
                        expected.add((name, lacks, brings))
            assert {(c.facet.id, c.lacks, c.brings) for c in each.complements} == expected
            assert len(each.complements) == len(expected)
            told += len(expected)
    assert told > 1000


@pytest.mark.slow
def test_every_pair_with_a_type_on_the_front_and_no_other(
    frame: Frame, readings: list[Situation]
) -> None:
    for situation in readings:
        front = advise(situation, frame).front
        found = combine(situation, frame)
        assert set(found) == {p for p in pairs_of(frame.types, 2) if set(p) & set(front)}
        assert all(set(each.on_front) == set(pair) & set(front) for pair, each in found.items())
    assert combine(Situation("nothing"), frame) == {}
    assert text({}, frame) == ""


def test_cases_coded_as_both_are_those_that_sparql_counts(library: Store, frame: Frame) -> None:
    pattern = "?case sysg:hasPractice ?p . ?p sysg:hasPrimaryType|sysg:hasSecondaryType ?type"
    coded: dict[str, set[str]] = {}
    for row in ask(library, "?case ?type", pattern, "?case ?type"):
        coded.setdefault(row["case"].rpartition("/")[2], set()).add(row["type"].rpartition("/")[2])
    situations = situations_of_case("bhavishya", frame) + situations_of_case("wigan-deal", frame)
    for situation in situations:
        for pair, each in combine(situation, frame).items():
            both = {case for case, kinds in coded.items() if kinds >= set(pair)}
            both.discard(situation.case)
            stored = [frame.cases[f"https://w3id.org/sysgraph/case/{case}"] for case in both]
            telling = {case.id for case in stored if not case.is_selected}
            assert each.case_count == len(telling)
            assert {e.case.id for e in each.cases} <= both
            assert len(each.cases) == min(len(both), MOST_CASES)
            failures = frame.failures
            failed = {c.id for c in stored if {(c.led, "led"), (c.working, "working")} & failures}
            assert each.failure_count == len(failed & telling)
            assert all(e.failed == (e.case.id in failed) for e in each.cases)
            types = {case.id: case.type for case in stored}
            assert all(e.case.type == types[e.case.id] for e in each.cases)


@pytest.mark.parametrize("part", ["", "/practice"])
def test_case_that_stands_attacked_counts_for_no_pair(frame: Frame, part: str) -> None:
    attacked = Target(f"https://w3id.org/sysgraph/case/bhavishya{part}")
    objection = Critique("c", (attacked,), BoundaryQuestion("", ""), "is", "", "", UNDERCUTS)
    criticised = replace(frame, critiques=[objection])
    counted = discount(criticised, dissent(criticised))
    (situation,) = situations_of_case("mont-fleur", frame)[:1]
    before, after = combine(situation, frame), combine(situation, counted)
    pair = ("externally-driven", "facilitative")
    assert after[pair].case_count == before[pair].case_count - 1
    assert after[pair].failure_count == before[pair].failure_count - 1
    assert "bhavishya" not in {evidence.case.id for evidence in after[pair].cases}


def test_failures_come_first_and_then_the_most_similar(
    frame: Frame, readings: list[Situation]
) -> None:
    for situation in readings[::4]:
        for each in combine(situation, frame).values():
            order = [(not e.failed, -e.shared) for e in each.cases]
            assert order == sorted(order)


def test_only_so_many_cases_are_listed(frame: Frame) -> None:
    def entry(number: int, led: str) -> Entry:
        kinds = ("facilitative", ("organic",)) if number % 2 else ("organic", ("facilitative",))
        return Entry(f"c{number:02}", "t", kinds[0], led, "yes", True, (), kinds[1])

    many = [entry(n, "no" if n < 12 else "yes") for n in range(30)]
    (situation,) = situations_of_case("great-bear-rainforest", frame)[:1]
    found = combine(situation, filed(frame, *many))["facilitative", "organic"]
    assert (found.case_count, found.failure_count, len(found.cases)) == (30, 12, MOST_CASES)
    assert all(evidence.failed for evidence in found.cases)
    assert {evidence.case.type for evidence in found.cases} == {"facilitative", "organic"}


def test_cases_of_a_third_primary_type_count_too(frame: Frame) -> None:
    third = Entry("c", "C", "", "yes", "yes", False, (), ("facilitative", "organic"))
    (situation,) = situations_of_case("great-bear-rainforest", frame)[:1]
    found = combine(situation, filed(frame, third))
    pair = found["facilitative", "organic"]
    assert pair.case_count == 1
    assert "One case is coded as both; none of them (x)" in text(found, frame)
    assert "citations unchecked" in text(found, frame)


def test_pairs_on_which_the_graph_is_silent_are_named(frame: Frame) -> None:
    situation = situation_of({"purpose-origin": "constituents", "change-aim": "reconcile"}, frame)
    told = text(combine(situation, filed(frame)), frame)
    # Either value speaks against externally driven, and for facilitative alone.
    assert "2 externally driven with 3 facilitative (on the front: 3 facilitative)" in told
    assert (
        "On 'working': 'reconcile divided parties' (aim of systems change) speaks against" in told
    )
    assert "No case is recorded as led in both ways." in told
    silent = told.partition("The graph holds nothing on these as pairs: ")[2]
    assert silent.startswith("1 better leadership with 3 facilitative; ")
    assert "; 3 facilitative with 4" in silent
    aims = {"change-aim": "shared-purpose", "regime-condition": "strained"}
    quiet = situation_of(aims, frame)
    only = text(combine(quiet, filed(frame)), frame)
    assert only.startswith("· The graph holds nothing on these as pairs: ")
    assert "never added up" not in only


def test_cautions_and_greater_risks_stand_beside_a_pair(
    frame: Frame, readings: list[Situation]
) -> None:
    pairs = ((situation, combine(situation, frame)) for situation in readings)
    situation, found = next(
        (situation, found)
        for situation, found in pairs
        if any(each.cautions and each.complements for each in found.values())
    )
    advice = advise(situation, frame)
    for (one, other), each in found.items():
        mine, theirs = advice.types[one], advice.types[other]
        assert each.cautions == (*mine.cautions, *theirs.cautions)
        shared = {watched.risk.id for watched in theirs.risks}
        assert list(each.risks) == [one for one in mine.risks if one.risk.id in shared]
    told = text(found, frame)
    paired = (each for each in found.values() if each.complements)
    caution = next(caution for each in paired for caution in each.cautions)
    assert "! Caution against" in told
    assert caution.message[:20] in told
    assert "! Risks that both bring and that are greater here: " in told
    plain = replace(frame, relevances={})
    assert "greater here" not in text(combine(situation, plain), plain)


@pytest.mark.slow
def test_every_text_and_all_data_can_be_made(frame: Frame, readings: list[Situation]) -> None:
    written: Callable[[object], object] = lambda data: json.loads(json.dumps(data))  # noqa: E731
    for situation in readings[::4]:
        found = list(combine(situation, frame).values())
        lines = text_of(combinations_blocks(found, frame)).splitlines()
        assert all(len(line) <= 100 for line in lines)
        data = plain(found)
        assert written(data) == data
        assert [tuple(each["types"]) for each in data] == [each.types for each in found]
