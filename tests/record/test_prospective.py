"""Cases that were advised first and judged later, counted by hand, and what is said of them."""

import copy
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import WORLD, named, world_terms
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.case.read import read
from sysgraph.pages.blocks import Paragraph, text_of
from sysgraph.pages.objects import backtest_data
from sysgraph.pages.prospective import prospective_blocks, prospective_data, prospective_lines
from sysgraph.pages.record import backtest_blocks, backtest_markdown
from sysgraph.record.prospective import NONE_ADVISED, Prospective, prospective_of
from sysgraph.record.run import look_back
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.terms import graph_of
from sysgraph.vocabulary import Vocabulary

GAMMA = yaml.safe_load((WORLD / "gamma.yaml").read_text(encoding="utf-8"))
FIRST, OTHER = "facilitative", "externally-driven"
NONE = (
    "No case here was advised first and judged later. Only such cases can test advice;"
    " 'sysgraph follow-up' begins one."
)
Outcome = tuple[str, str, str]
"""A judgement, the year that it is of, and whether others judged; the last two may be empty."""


def advised(
    led: Outcome,
    working: Outcome,
    practised: str = FIRST,
    named_first: Sequence[str] = (FIRST,),
    **more: Any,
) -> dict[str, Any]:
    """A case that was advised in 2003, and how it was led and judged."""
    advice = {**GAMMA["advice"], "named-first": [*named_first]}
    outcomes = {
        test: {
            "judgement": judgement,
            "why": "So it was.",
            **({"judged": year} if year else {}),
            **({"independent": by} if by else {}),
        }
        for test, (judgement, year, by) in (("led", led), ("working", working))
    }
    practice = {"primary": practised, "why": "It was so."}
    return {"advice": advice, "outcome": outcomes, "practice": practice, **more}


def store_of(folder: Path, vocabulary: Vocabulary, cases: Sequence[dict[str, Any]]) -> Store:
    quads = named(world_terms(), "https://example.org/terms")
    for number, said in enumerate(cases):
        case = copy.deepcopy(GAMMA) | {"id": f"case-{number}"} | said
        path = folder / f"case-{number}.yaml"
        path.write_text(yaml.safe_dump(case, default_flow_style=None), encoding="utf-8")
        (found,) = read(path, vocabulary)
        assert not found.findings
        quads += named(found.quads, graph_of(found.case_id))
    return memory(quads)


@pytest.fixture(scope="module")
def frame(world: LocalStore) -> Frame:
    """The tiny world, in which a judgement of yes meets a test and mixed meets it in part."""
    tests = ("led", "working")
    return replace(
        load_frame(world),
        successes={("yes", test) for test in tests},
        partial={("mixed", test) for test in tests},
    )


def counts(found: Prospective) -> dict[str, tuple[int, int, list[tuple[int, ...]]]]:
    """What is counted, by way: met, partly, failed and open on each test, led first."""
    return {
        way.how.value: (
            way.cases,
            way.closed,
            [(c.all.met, c.all.partly, c.all.failed, c.all.open) for c in way.came],
        )
        for way in found.ways
    }


YES, NO, LATER = ("yes", "2005", "yes"), ("no", "2006", "no"), ("mixed", "2007", "unknown")
RUNNING = {**GAMMA["advice"], "named-first": [], "in-running": [FIRST], "closed": []}


def test_three_ways_of_taking_advice_counted_by_hand(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    cases = [
        advised(YES, NO),
        advised(NO, ("too-early", "2004", "")),
        advised(LATER, ("yes", "", "yes")),  # of no year: nobody can tell whether it came after
        advised(YES, YES, practised=OTHER),  # against which a gate stood
        advised(NO, LATER) | {"advice": RUNNING},
        advised(("yes", "2003", "yes"), ("yes", "", "yes")),  # in the year of the advice: waits
        advised(YES, YES, selection="on-outcome"),
        {"advice": None},  # never advised
    ]
    found = prospective_of(store_of(tmp_path, vocabulary, cases), frame)
    assert (found.cases, found.waiting, found.unnamed) == (5, 1, 1)
    assert counts(found) == {
        "named first": (3, 0, [(1, 1, 1, 0), (0, 0, 1, 2)]),
        "in the running only": (1, 0, [(0, 0, 1, 0), (0, 1, 0, 0)]),
        "neither": (1, 1, [(1, 0, 0, 0), (1, 0, 0, 0)]),
    }
    led, working = found.ways[0].came
    assert (led.by_others.met, led.by_others.known) == (1, 1)
    assert (led.by_leaders.met, led.by_leaders.known) == (0, 1)
    assert (working.by_others.known, working.by_leaders.failed) == (0, 1)


def test_only_what_others_judged_may_be_counted(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    store = store_of(tmp_path, vocabulary, [advised(YES, NO), advised(NO, NO), advised(LATER, YES)])
    found = prospective_of(store, frame, only_independent=True)
    # The second was judged by those who led, and the third on one test only.
    assert (found.cases, found.waiting) == (2, 1)
    assert counts(found)["named first"] == (2, 0, [(1, 0, 0, 1), (1, 0, 0, 1)])


def test_it_goes_by_what_was_advised_then_and_not_by_the_rules_of_today(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    store = store_of(tmp_path, vocabulary, [advised(YES, NO)])
    today = replace(frame, considerations=[], gates=[])
    assert today.board.front({"purpose-origin": "constituents"}) != {FIRST}
    assert counts(prospective_of(store, today))["named first"][0] == 1


def test_few_cases_are_too_few_and_six_have_the_exact_interval(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    few = prospective_of(store_of(tmp_path, vocabulary, [advised(YES, NO)] * 5), frame)
    text = text_of(prospective_blocks(few))
    assert "5 of 5" in text
    assert "too few to say" in text
    assert "%" not in text.partition("95%")[2]
    six = prospective_of(store_of(tmp_path, vocabulary, [advised(YES, NO)] * 6), frame)
    # Of 6 in 6 the exact interval goes down to 0.025 ** (1 / 6), which is 54 %.
    assert "54% to 100%" in text_of(prospective_blocks(six))
    (led, working) = prospective_data(six)["ways"][0]["outcomes"]
    assert led["low"] == pytest.approx(0.025 ** (1 / 6))
    assert (led["met"], led["verdict"], working["failed"]) == (6, "more than half meet it", 6)
    assert led["by_others"] == {"met": 6, "partly": 0, "failed": 0, "open": 0}


def test_each_form_says_how_many_did_as_advised(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    cases = [
        advised(YES, NO),
        advised(YES, YES, practised=OTHER),
        advised(("yes", "", ""), ("no", "2006", "")),
    ]
    cases.append(advised(("yes", "", ""), ("no", "", "")))
    found = prospective_of(store_of(tmp_path, vocabulary, cases), frame)
    sentence = (
        "3 cases were advised first and judged in a later year. Only such cases can test advice."
        " 2 were led in a way that was named first, 0 in one that was in the running only, and 1 in"
        " another. In 1 case a gate had closed the way that was taken. 1 case more has an advice,"
        " and it is not told that it was judged in a later year."
    )
    assert sentence in " ".join(text_of(prospective_blocks(found)).split())
    assert prospective_data(found)["says"] == sentence
    markdown = "\n".join(prospective_lines(found))
    assert f"Asked before, judged after: {sentence}" in markdown
    assert "| named first: led | 1 of 1 |" in markdown


def test_where_none_was_advised_every_form_says_so() -> None:
    told = [one.text for one in prospective_blocks(NONE_ADVISED) if isinstance(one, Paragraph)]
    assert " ".join(told) == NONE
    assert f"Asked before, judged after: {NONE}" in prospective_lines(NONE_ADVISED)
    assert prospective_data(NONE_ADVISED)["says"] == NONE


def test_the_record_has_a_part_for_it_in_every_form(world: LocalStore, frame: Frame) -> None:
    done = look_back(world, frame, rounds=100)
    # Gamma was advised in 2003, judged of being led in 2004, and failed; delta tells no year.
    assert done.prospective.cases == 1
    assert done.prospective.waiting == 1
    says = "1 case was advised first and judged in a later year."
    assert f"Asked before, judged after\n--------------------------\n{says}" in text_of(
        backtest_blocks(done)
    )
    assert f"Asked before, judged after: {says}" in backtest_markdown(done)
    data = json.loads(json.dumps(backtest_data(done)))["asked_before"]
    assert data["ways"][0]["practised"] == "named first"
    assert data["ways"][0]["outcomes"][0]["failed"] == 1
