"""How far hands agree that coded the same cases, worked out by hand, and the sheet they fill in."""

import copy
from fractions import Fraction
from pathlib import Path
from typing import Any

import krippendorff
import pytest
import yaml

from calling import Call
from conftest import WORLD, named, world_terms
from sysgraph.advice.board import Board
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.case.read import read
from sysgraph.check import check_files
from sysgraph.files import data
from sysgraph.pages.blocks import text_of
from sysgraph.pages.record import coders_blocks
from sysgraph.record.coders import CodersAgreement, coders_agreement, who_coded
from sysgraph.store.local import LocalStore, Store, memory
from sysgraph.terms import graph_of
from sysgraph.vocabulary import Vocabulary

ALPHA = yaml.safe_load((WORLD / "alpha.yaml").read_text(encoding="utf-8"))
CARL = {"name": "Carl", "kind": "language-model", "make": "A make"}
DORA = {"name": "Dora", "kind": "language-model", "make": "A make"}
EVE = {"name": "Eve", "kind": "person"}


def coding(coder: dict[str, str], **said: Any) -> dict[str, Any]:
    return {"coder": coder, "coded": "2026-02-03", "blind": "true", **said}


def type_of(coder: dict[str, str], kind: str) -> dict[str, Any]:
    return coding(coder, primary=kind, why="So it seemed.")


def store_of(folder: Path, vocabulary: Vocabulary, *codings: list[dict[str, Any]]) -> Store:
    """Cases that Anna contributed and holds to be facilitative, each with some codings."""
    quads = named(world_terms(), "https://example.org/terms")
    for number, each in enumerate(codings):
        case = copy.deepcopy(ALPHA) | {"id": f"case-{number}", "codings": each}
        if not each:
            del case["codings"]
        path = folder / f"case-{number}.yaml"
        path.write_text(yaml.safe_dump(case, default_flow_style=None), encoding="utf-8")
        (found,) = read(path, vocabulary)
        assert not found.findings
        quads += named(found.quads, graph_of(found.case_id))
    return memory(quads)


@pytest.fixture(scope="module")
def frame(world: LocalStore) -> Frame:
    return load_frame(world)


def told(found: CodersAgreement) -> dict[str, tuple[int, int, Fraction | None]]:
    return {one.name: (one.alike, one.cases, one.alpha) for one in found.things}


FACILITATIVE, DRIVEN = "facilitative", "externally-driven"


def test_types_of_four_cases_worked_out_by_hand(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    kinds = (FACILITATIVE, FACILITATIVE, DRIVEN, DRIVEN)
    store = store_of(tmp_path, vocabulary, *([type_of(CARL, kind)] for kind in kinds), [])
    found = coders_agreement(store, frame)
    # Anna says facilitative four times. Of 8 values 6 are facilitative and 2 driven. Seen: two
    # cases of unlike values, both ways: 4. By chance: (64 - 36 - 4) / 7 = 24/7. 1 - 4 * 7/24.
    assert told(found) == {"type": (2, 4, Fraction(-1, 6))}
    assert found.cases == 4
    assert found.facets is None
    assert [(hand.names, hand.kind, hand.cases, hand.blind) for hand in found.hands] == [
        (("Anna",), "", 4, 0),
        (("Carl",), "language-model", 4, 4),
    ]


def test_coders_of_one_make_are_one_hand(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    both = [type_of(CARL, DRIVEN), type_of(DORA, FACILITATIVE)]
    found = coders_agreement(store_of(tmp_path, vocabulary, both), frame)
    # The first of a make is taken: unlike in the one case, as chance would have it.
    assert told(found) == {"type": (0, 1, Fraction(0))}
    assert [hand.names for hand in found.hands] == [("Anna",), ("Carl", "Dora")]
    three = [*both, type_of(EVE, DRIVEN)]
    found = coders_agreement(store_of(tmp_path, vocabulary, three), frame)
    # Facilitative, driven, driven: 4 of 6 ordered pairs are unlike, by three values 2 is seen, and
    # (9 - 4 - 1) / 2 = 2 is what chance gives.
    assert told(found) == {"type": (0, 1, Fraction(0))}
    assert len(found.hands) == 3


def test_a_contributor_is_what_a_coding_by_that_name_says(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    anna = {"name": "Anna", "kind": "language-model", "make": "A make"}
    store = store_of(tmp_path, vocabulary, [type_of(anna, DRIVEN), type_of(CARL, DRIVEN)])
    found = coders_agreement(store, frame)
    assert told(found) == {}  # one make is one hand
    assert found.cases == 0
    assert [(hand.names, hand.make) for hand in found.hands] == [(("Anna", "Carl"), "A make")]
    assert "No stored case was coded again by another hand." in text_of(coders_blocks(found))


def test_who_coded_first_is_the_contributor(tmp_path: Path, vocabulary: Vocabulary) -> None:
    anna = {"name": "Anna", "kind": "language-model", "make": "A make"}
    carl, eve = type_of(CARL, DRIVEN), type_of(EVE, DRIVEN)
    store = store_of(tmp_path, vocabulary, [type_of(anna, DRIVEN), carl, eve], [carl], [carl])
    first, again = who_coded(store, {"case-0": "Anna", "case-1": "Anna"})
    assert {(hand.make, hand.cases, hand.blind) for hand in first} == {("", 1, 0), ("A make", 1, 0)}
    # In the first case Carl is of her make, and so no other hand; the last is not asked about.
    assert [(hand.names, hand.cases) for hand in again] == [(("Carl",), 1), (("Eve",), 1)]


def test_facets_and_outcomes_are_compared_as_they_were_coded(
    tmp_path: Path, vocabulary: Vocabulary, frame: Frame
) -> None:
    facets = {
        "purpose-origin": {"value": "external-sponsor", "confidence": "low", "why": "It paid."},
        "authority-locus": {"value": "external", "confidence": "low", "why": "It decided."},
    }
    outcome = {
        "led": {"judgement": "contested", "why": "Some were absent."},
        "working": {"judgement": "no", "why": "It ended."},
    }
    again = [coding(EVE, facets=facets, outcome=outcome)]
    found = coders_agreement(store_of(tmp_path, vocabulary, again, again), frame)
    # Anna's first reading has an external sponsor and dispersed authority. What never varies has
    # no alpha. Authority: 4 seen in two cases; (16 - 4 - 4) / 3 by chance; 1 - 4 * 3/8.
    assert told(found) == {
        "purpose-origin": (2, 2, None),
        "authority-locus": (0, 2, Fraction(-1, 2)),
        "led": (2, 2, None),
        "working": (0, 2, Fraction(-1, 2)),
    }
    assert found.facets is not None
    assert (found.facets.alike, found.facets.cases) == (2, 4)
    assert found.facets.alpha == Fraction(-1, 2)
    assert (found.starts, found.parted) == (2, expected_parted(frame))
    text = text_of(coders_blocks(found))
    assert "Eve (person): 2 cases, 2 of them without sight of another coding." in text
    assert "language model" not in text


def expected_parted(frame: Frame) -> int:
    """Both cases or none: Anna's first reading and Eve's coding are the same in both."""
    board = Board.of(frame)
    anna = {"purpose-origin": "external-sponsor", "authority-locus": "dispersed"}
    eve = {"purpose-origin": "external-sponsor", "authority-locus": "external"}
    fronts = {board.front(anna | {"change-aim": "coordinate"}), board.front(eve)}
    return 2 if len(fronts) > 1 else 0


@pytest.mark.slow
def test_alpha_is_that_of_the_library_and_lies_in_its_interval(
    library: Store, frame_of_library: Frame
) -> None:
    found = coders_agreement(library, frame_of_library, rounds=200)
    assert found == coders_agreement(library, frame_of_library, rounds=200)
    for one in found.things:
        if one.low is not None and one.high is not None and one.alpha is not None:
            assert one.low <= one.alpha <= one.high
    values: list[list[str]] = [[], []]
    for path in sorted((data() / "ontology" / "cases").glob("*.yaml")):
        case = yaml.safe_load(path.read_text(encoding="utf-8"))
        hands: dict[str, str] = {}
        mine = {one["coder"]["name"]: one for one in case.get("codings", ())}
        own = mine.get(case["contributor"]["name"], {})
        make = own.get("coder", {}).get("make", "nobody's")
        hands[make] = own.get("primary", case["practice"]["primary"])
        for one in case.get("codings", ()):
            if "primary" in one:
                hands.setdefault(one["coder"].get("make", "nobody's"), one["primary"])
        if len(hands) == 2:
            for row, value in zip(values, hands.values(), strict=True):
                row.append(value)
    kinds = sorted({*values[0], *values[1]})
    table = [[kinds.index(value) for value in row] for row in values]
    (types,) = (one for one in found.things if one.name == "type")
    expected = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    assert types.alpha is not None
    assert float(types.alpha) == pytest.approx(expected)


@pytest.fixture(scope="module")
def frame_of_library(library: Store) -> Frame:
    return load_frame(library)


def test_a_sheet_tells_nothing_of_how_the_case_was_coded(call: Call) -> None:
    path = data() / "ontology" / "cases" / "wigan-deal.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    said = call("code-sheet", "wigan-deal")
    sheet = said.out
    assert said.code == 0
    plain = " ".join(sheet.replace("#", " ").split())
    assert case["title"] in plain
    assert all(one["title"] in plain for one in case["citations"])
    hidden = [case["summary"], case["driver"], case["practice"]["why"]]
    hidden += [outcome["why"] for outcome in case["outcome"].values()]
    hidden += [f["why"] for reading in case["readings"] for f in reading["facets"].values()]
    assert not [text for text in hidden if text in plain]
    (blank,) = yaml.safe_load(sheet)["codings"]
    assert {*blank["facets"]} == {*form_facets()}
    assert {*blank["outcome"]} == {"led", "working"}
    assert not [value for value in leaves(blank) if value is not None]


def test_a_sheet_that_is_filled_in_goes_into_the_case(tmp_path: Path, call: Call) -> None:
    path = data() / "ontology" / "cases" / "wigan-deal.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    (blank,) = yaml.safe_load(call("code-sheet", "wigan-deal", "--format", "json").out)["codings"]
    blank |= {"coder": EVE, "coded": "2026-02-03", "blind": "true", "primary": "organic"}
    blank |= {"secondary": ["facilitative"], "why": "They led.", "rests-on": "Two pages."}
    blank["facets"] = {"stakes": {"value": "safe-to-fail", "confidence": "low", "why": "So."}}
    blank["outcome"] = {"led": {"judgement": "not-told", "why": "Nobody tells."}}
    case["codings"] = [*case["codings"], blank]
    copy_ = tmp_path / "wigan-deal.yaml"
    copy_.write_text(yaml.safe_dump(case), encoding="utf-8")
    (found,), findings = check_files([copy_])
    assert [one for one in findings if one.severity == "violation"] == []
    assert sum("codesPrimaryType" in quad.predicate.value for quad in found.quads) == 1


def test_an_unknown_case_has_no_sheet(call: Call) -> None:
    said = call("code-sheet", "wigan-dael")
    assert said.code == 2
    assert "wigan-deal" in said.err


def form_facets() -> list[str]:
    text = (data() / "ontology" / "vocab" / "facets.ttl").read_text(encoding="utf-8")
    return [line.split('"')[1] for line in text.splitlines() if "skos:notation" in line]


def leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for each in tree.values() for leaf in leaves(each)]
    return [leaf for each in tree for leaf in leaves(each)] if isinstance(tree, list) else [tree]
