"""Claims of outcomes: what may not be said is caught, and all that is said is borne out."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from shelf import ROOT

sys.path.insert(0, str(ROOT / "docs"))

from said import Passage, files, page, pages, texts

import claims as checked
from claims import Claims, Record, check, load, normal, records

HERE = Path(__file__).parent / "claims"
FORBIDDEN = yaml.safe_load((HERE / "forbidden.yaml").read_text(encoding="utf-8"))
ALLOWED = yaml.safe_load((HERE / "allowed.yaml").read_text(encoding="utf-8"))

Ways = dict[str, list[str]]


@pytest.fixture(scope="module")
def claims() -> Claims:
    return load()


def kinds(claims: Claims, text: str, *at_hand: Record, origin: str = "") -> set[str]:
    """Return the kinds of what is found in a text."""
    return {each.kind for each in check([Passage("a.md:1", text, origin=origin)], claims, at_hand)}


def holding(*numbers: str) -> Record:
    """Return a record that holds these numbers."""
    return Record("a record", frozenset(numbers))


@pytest.mark.parametrize(("name", "ways"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_a_claim_that_may_not_be_made_is_caught_however_it_is_put(
    name: str, ways: Ways, claims: Claims
) -> None:
    told = [text for half in ways.values() for text in half]
    missed = [text for text in told if f"forbidden ({name})" not in kinds(claims, text)]
    assert missed == []
    assert len(set(told)) >= 10


def test_each_claim_that_may_not_be_made_is_tried(claims: Claims) -> None:
    assert {each.name for each in claims.claims} == set(FORBIDDEN)


@pytest.mark.parametrize("kind", ALLOWED)
def test_what_may_be_said_is_let_pass(kind: str, claims: Claims) -> None:
    """Whether a record has the figures is another test; here one is at hand that has them all."""
    found = {text: kinds(claims, text, _all_of(text)) for text in ALLOWED[kind]}
    assert {text: said for text, said in found.items() if said} == {}


def _all_of(text: str) -> Record:
    words = normal(text).replace(",", "").replace("%", " ").translate(str.maketrans("()+-", "    "))
    return holding(*(word.rstrip(".;") for word in words.split()))


def test_more_is_tried_that_may_be_said_than_that_may_not() -> None:
    forbidden = [text for ways in FORBIDDEN.values() for half in ways.values() for text in half]
    assert len({text for kind in ALLOWED.values() for text in kind}) >= len(forbidden)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of those led so, 57% reached their goals.", "figure"),
        ("Of those led so, 57% (50 to 65) reached their goals.", ""),
        ("57% (50 to 66) reached their goals.", "figure"),
        ("94 of 164 reached their goals.", ""),
        ("95 of 164 reached their goals.", "figure"),
        ("57% of all files are read.", ""),
        ("Meeting weekly leads to success.", "causal"),
        ("Meeting weekly was not shown to lead to success.", ""),
        ("They reached their aims as often as others.", "causal"),
    ],
)
def test_a_figure_needs_its_interval_and_its_record_and_a_cause_a_record(
    text: str, found: str, claims: Claims
) -> None:
    assert kinds(claims, text, holding("57", "50", "65", "94", "164")) == {found} - {""}


def test_a_case_answers_for_its_own_figures_and_not_for_what_may_not_be_said(
    claims: Claims,
) -> None:
    assert kinds(claims, "57% reached their goals.", origin="case") == set()
    assert kinds(claims, "Leaderless movements fail.", origin="case") != set()


def test_a_page_is_let_say_what_a_case_says(claims: Claims) -> None:
    told = Passage("case a", "In the valley 57% reached their goals.", origin="case")
    shown = Passage("page of b", "Working: in the valley 57% reached their goals.", origin="page")
    assert check([told, shown], claims) == []
    assert [each.kind for each in check([shown], claims)] == ["figure"]


def test_what_stands_in_an_outside_record_rests_on_its_own_counts(claims: Claims) -> None:
    own = Record("reference:a", frozenset({"3", "10"}))
    other = Record("reference:b", frozenset({"4", "10"}))
    assert kinds(claims, "3 of 10 succeeded.", own, other, origin="reference:a") == set()
    assert kinds(claims, "4 of 10 succeeded.", own, other, origin="reference:a") == {"figure"}


def test_a_figure_of_a_derived_table_says_so(claims: Claims) -> None:
    own = Record("reference:a", frozenset({"3", "10"}), is_derived=True)
    assert kinds(claims, "3 of 10 went home.", own, origin="reference:a") == {"forbidden (derived)"}
    assert kinds(claims, "3 of 10 went home (derived).", own, origin="reference:a") == set()


def test_where_no_difference_is_shown_these_words_stand(claims: Claims) -> None:
    own = Record("reference:a", frozenset({"3", "10", "4", "9"}), is_null=True)
    told = "With them 3 of 10 succeeded, without 4 of 9"
    assert kinds(claims, f"{told}: nothing clear.", own, origin="reference:a") == {"null"}
    assert kinds(claims, f"{told}: no difference shown.", own, origin="reference:a") == set()


def test_a_list_of_what_is_not_claimed_claims_nothing(claims: Claims) -> None:
    text = "# A page\n\nsysgraph does not claim:\n\n- Leaderless movements fail.\n"
    assert check(page("a.md", text), claims) == []
    (found,) = check(page("a.md", text.replace("does not claim", "says")), claims)
    assert (found.where, found.kind) == ("a.md:5", "forbidden (leaderless-fail)")


def test_a_finding_says_where_what_why_and_what_to_do(claims: Claims) -> None:
    (found,) = check([Passage("a.md:7", "Leaderless movements fail.")], claims)
    first, second = str(found).splitlines()
    assert first == "a.md:7: forbidden (leaderless-fail): Leaderless movements fail."
    assert second.startswith("    it may not be said that leaderless movements fail: no table")
    assert second.endswith(
        "; leave it out, or say that no difference is shown between consensus"
        " and hierarchy, with the counts"
    )


def test_what_is_traced_and_gone_is_told(claims: Claims) -> None:
    data = yaml.safe_load((ROOT / "docs" / "claims.yaml").read_text(encoding="utf-8"))
    fresh = load()
    assert len(checked.stale(fresh)) == len([t for t in data["traced"] if t["in"] != "pages"])


def test_numbers_are_read_in_words() -> None:
    assert normal("**Fifty-seven per cent** – three and a half, one of `two`") == (
        "57% - 3.5, one of 2"
    )


def test_an_outside_record_gives_its_shares_and_those_of_its_figures() -> None:
    found = {each.name: each.numbers for each in records([])}
    assert {"94", "164", "57", "50", "65"} <= found["reference:nonviolent-sweeping"]


def said_by_all(claims: Claims, *, whole: bool) -> Iterator[Passage]:
    yield from files()
    yield from texts()
    yield from pages(claims.situations, whole=whole)


def shown_record() -> list[Passage]:
    """What the page of the record shows, which is held elsewhere to what the program prints."""
    return [each for each in files() if each.where.startswith("docs/commands/backtest.md:")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(False, id="worked situations"),
        pytest.param(True, id="every reading", marks=pytest.mark.thorough),
    ],
)
def test_all_that_is_said_of_outcomes_is_borne_out(whole: bool, claims: Claims) -> None:
    found = check(said_by_all(claims, whole=whole), claims, records(shown_record()))
    assert "\n".join(map(str, [*found, *checked.stale(claims)])) == ""
