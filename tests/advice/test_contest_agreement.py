"""Agreement between readings: worked out by hand, held to a library, and read from a store."""

import json
from collections.abc import Sequence
from fractions import Fraction

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shelf import CASES
from shelf import readings as count_readings
from sysgraph.advice.board import Board
from sysgraph.advice.cases import CaseStudies
from sysgraph.advice.contest import FacetAgreement, agreement
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import situations_of_case
from sysgraph.pages.blocks import text_lines, text_of
from sysgraph.pages.objects import plain
from sysgraph.pages.record import agreement_blocks
from sysgraph.store.local import LocalStore, Store


def tally(*cases: str) -> FacetAgreement:
    """Each case as a word of one letter for each reading that knows the facet."""
    found = FacetAgreement(facet=Facet("f", "f", "f", "", "led", 1))
    for values in cases:
        found.add(values)
    return found


def test_alpha_of_two_readings_worked_out_by_hand() -> None:
    # Values a 5 and b 3, 8 in all. Seen: one case of unlike values, both ways: 2.
    # Chance: (64 - 25 - 9) / 7 = 30/7. Alpha: 1 - 2 * 7/30.
    found = tally("aa", "aa", "bb", "ab", "a", "")
    assert (found.cases, found.alike) == (4, 3)
    assert found.seen == 2
    assert found.expected == Fraction(30, 7)
    assert found.alpha == Fraction(8, 15)


def test_alpha_of_three_readings_some_silent() -> None:
    # Seen: aab has 4 unlike pairs over 2, ab has 2 over 1: 4 together. Values a 5, b 2.
    # Chance: (49 - 25 - 4) / 6 = 20/6. Alpha: 1 - 4 * 6/20: worse than chance.
    found = tally("aab", "ab", "aa", "b")
    assert found.seen == 4
    assert found.alpha == Fraction(-1, 5)


def test_nothing_is_said_where_nothing_varies_or_nothing_is_known() -> None:
    assert tally("aa", "aa").alpha is None
    assert tally("a", "").alpha is None
    assert tally("aa", "bb").alpha == 1


readings = st.lists(
    st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=3, max_size=3), min_size=2, max_size=12
)


def library_alpha(cases: Sequence[Sequence[str]]) -> float:
    """What the kept library says of cases, each with a value or nothing for each reading."""
    numbers = {value: float(at) for at, value in enumerate(sorted({v for c in cases for v in c}))}
    table = [[numbers[v] if v else np.nan for v in reader] for reader in zip(*cases, strict=True)]
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))


@given(readings)
@settings(deadline=None)
def test_alpha_is_that_of_a_kept_library(cases: list[list[str]]) -> None:
    found = tally(*("".join(values) for values in cases))
    assume(found.alpha is not None)
    assert float(found.alpha or 0) == pytest.approx(library_alpha(cases), abs=1e-9)


@pytest.mark.slow
def test_agreement_of_the_shipped_cases(frame: Frame) -> None:
    found = agreement(frame)
    several = sum(count > 1 for count in count_readings().values())
    assert (found.total, found.looked, found.compared) == (len(CASES), len(CASES), several)
    assert {one.facet.id for one in found.facets} == set(frame.facets)
    alphas = [one.alpha for one in found.facets if one.alpha is not None]
    assert alphas == sorted(alphas)
    board = Board.of(frame)
    parted = 0
    most = max(count_readings().values())
    seen: dict[str, list[list[str]]] = {name: [] for name in frame.facets}
    for case in frame.cases.values():
        read = situations_of_case(case.id, frame)
        parted += len({frozenset(board.front(each.facets)) for each in read}) > 1
        for name, cases in seen.items():
            values = [each.facets.get(name, "") for each in read]
            cases.append(values + [""] * (most - len(values)))
    assert found.parted == parted
    for one in found.facets:
        known = [[value for value in values if value] for values in seen[one.facet.id]]
        both = [values for values in known if len(values) > 1]
        assert one.cases == len(both)
        assert one.alike == sum(len(set(values)) == 1 for values in both)
        if one.facet.is_optional and not both:
            continue  # no case was asked
        assert one.alpha is not None
        assert float(one.alpha) == pytest.approx(library_alpha(seen[one.facet.id]))


def test_overall_lies_between_the_facets_and_sums_their_disagreement(frame: Frame) -> None:
    found = agreement(frame)
    alphas = [one.alpha for one in found.facets if one.alpha is not None]
    assert found.overall is not None
    assert min(alphas) < found.overall < max(alphas)


def test_agreement_in_the_tiny_world(world: LocalStore) -> None:
    found = agreement(load_frame(world))
    told = plain(found)
    assert told["cases"] == len(load_frame(world).cases)
    json.dumps(told)


def test_many_cases_are_looked_at_evenly(frame: Frame) -> None:
    found = agreement(frame, limit=16)
    ids = list(frame.cases.index().ids)
    several = sum(count_readings()[ids[at * len(ids) // 16]] > 1 for at in range(16))
    assert (found.total, found.looked, found.compared) == (len(CASES), 16, several)
    said = f"16 of the {len(CASES)} stored cases were looked at"
    assert said in text_of(agreement_blocks(found))
    assert [case_id for case_id, _ in frame.cases.readings(ids[::4])] == ids[::4]


def test_text_has_the_most_disputed_first_and_its_limits(frame: Frame) -> None:
    found = agreement(frame)
    lines = list(text_lines(agreement_blocks(found)))
    assert lines[0] == f"{found.compared} cases have two readings or more."
    assert f"In {found.parted} of these {found.compared} cases" in lines[1]
    assert lines[3].startswith(f"  {found.facets[0].facet.label}")
    assert "from one contributor" in " ".join(lines[-1].split())
    assert all(len(line) <= 100 for text in lines for line in text.splitlines())


def test_without_readings_nothing_is_compared() -> None:
    empty = Frame(cases=CaseStudies())
    found = agreement(empty)
    assert (found.overall, found.compared) == (None, 0)
    assert list(text_lines(agreement_blocks(found))) == [
        "No stored case has two readings, so that none can be compared."
    ]
    assert list(CaseStudies().readings(["a"])) == []


def test_a_value_of_no_known_facet_is_passed_over(library: Store) -> None:
    assert list(CaseStudies(library, {}).readings(["agra"])) == [("agra", {})]
