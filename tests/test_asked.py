"""The questions of docs/asking.md: short, and answered as the case files themselves would be."""

import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from shelf import CASES
from sysgraph.query import find, run
from sysgraph.store.local import LocalStore
from sysgraph.terms import PREFIXES, local_name

PAGE = Path(__file__).parent.parent / "docs" / "asking.md"
QUESTIONS = re.findall(r"\n([^\n]+\?)\n\n```sparql\n(.*?)```", PAGE.read_text(), re.DOTALL)
DECLARED = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """What each case file says, read with nothing of ours."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in CASES}


def rows(asked: str, library: LocalStore) -> list[tuple[str, ...]]:
    (query,) = [text for question, text in QUESTIONS if asked in question]
    found = library.select(DECLARED + query)
    return [tuple(local_name(row[name]) for name in found.columns) for row in found.texts()]


def seen(case: dict[str, Any], facet: str) -> set[str]:
    return {
        reading["facets"][facet]["value"]
        for reading in case["readings"]
        if facet in reading["facets"]
    }


def judged(case: dict[str, Any]) -> tuple[str, str]:
    return tuple(case["outcome"][test]["judgement"] for test in ("led", "working"))


def test_each_question_takes_five_lines_at_most_and_has_an_answer(library: LocalStore) -> None:
    assert len(QUESTIONS) == len(re.findall("```sparql", PAGE.read_text()))
    for question, text in QUESTIONS:
        assert len(text.strip().splitlines()) <= 5, question
        assert rows(question, library), question


@pytest.mark.slow
def test_one_step_leads_to_what_a_reading_sees(
    told: dict[str, dict[str, Any]], library: LocalStore
) -> None:
    expected = {name for name, case in told.items() if "external" in seen(case, "authority-locus")}
    assert {name for (name,) in rows("outsiders held", library)} == expected


def test_those_that_began_alike(told: dict[str, dict[str, Any]], library: LocalStore) -> None:
    facets = ("authority-locus", "purpose-origin")
    own = [seen(told["wigan-deal"], facet) for facet in facets]
    expected = {
        name
        for name, case in told.items()
        if name != "wigan-deal"
        and all(seen(case, facet) & mine for facet, mine in zip(facets, own, strict=True))
    }
    assert {name for (name,) in rows("as the Wigan Deal did", library)} == expected


def test_what_went_well_by_type(told: dict[str, dict[str, Any]], library: LocalStore) -> None:
    well = Counter(
        case["practice"]["primary"] for case in told.values() if judged(case) == ("yes", "yes")
    )
    assert {kind: int(count) for kind, count in rows("well led, and working", library)} == well


def test_what_readings_differ_on(told: dict[str, dict[str, Any]], library: LocalStore) -> None:
    facets = {f for case in told.values() for one in case["readings"] for f in one["facets"]}
    expected = Counter(
        facet for case in told.values() for facet in facets if len(seen(case, facet)) > 1
    )
    found = [(facet, int(count)) for facet, count in rows("see differently", library)]
    assert dict(found) == expected
    assert [count for _, count in found] == sorted(expected.values(), reverse=True)


def test_risks_of_what_worked_and_was_not_well_led(
    told: dict[str, dict[str, Any]], library: LocalStore
) -> None:
    expected = Counter(
        risk
        for case in told.values()
        if judged(case) == ("no", "yes")
        for risk in case.get("risks", ())
    )
    assert {risk: int(count) for risk, count in rows("not held to be", library)} == expected


def test_countries_by_type(told: dict[str, dict[str, Any]], library: LocalStore) -> None:
    expected = Counter(
        (case["practice"]["primary"], str(country))
        for case in told.values()
        for country in case["countries"]
    )
    found = rows("In which countries", library)
    assert {(kind, country): int(count) for kind, country, count in found} == expected


def test_cases_in_health_from_outside(told: dict[str, dict[str, Any]], library: LocalStore) -> None:
    expected = {
        (case["title"], str(case["start"]))
        for case in told.values()
        if "health" in case["sectors"] and case["practice"]["primary"] == "externally-driven"
    }
    assert set(rows("in health", library)) == expected


def test_judgements_by_those_who_led(told: dict[str, dict[str, Any]], library: LocalStore) -> None:
    expected = {
        (name, test, case["outcome"][test]["judgement"])
        for (name, case), test in product(told.items(), ("led", "working"))
        if case["outcome"][test].get("independent") in ("no", False)
    }
    assert set(rows("the word of those who led", library)) == expected


def test_a_practice_that_is_not_what_it_is_called(library: LocalStore) -> None:
    found = rows("called one type", library)
    enacted = DECLARED + "SELECT ?case ?done { ?p sysg:isEnactedIn ?case ; sysg:enactsType ?done }"
    done = {(local_name(r["case"]), local_name(r["done"])) for r in library.select(enacted).texts()}
    assert {(case, kind) for case, _, kind in found} <= done
    assert not {(case, said) for case, said, _ in found} & done


def test_gates_that_cases_meet(library: LocalStore) -> None:
    # The canned question leaves out what something sets aside.
    canned = {
        (local_name(row["situation"].partition("/readings")[0]), row["type"])
        for row in run(find("gates-in-situation"), library).texts()
        if "/readings" in row["situation"]
    }
    assert canned
    assert canned <= {(case, kind) for case, _, kind in rows("Which gates", library)}
