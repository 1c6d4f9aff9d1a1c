"""What the door answers is what the command line says, and what is left out can be asked for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from calling import Call
from sysgraph.advice.said import load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.cli.advise import carry_record
from sysgraph.errors import BadParameter, SetAside, SysgraphError, UnknownQuery, UnknownThing
from sysgraph.mcp.bounds import ANSWER, PAGE, fitted, size
from sysgraph.mcp.door import Door, Reply
from sysgraph.pages.objects import PARTS
from sysgraph.store.local import LocalStore, Store

REPLIES = Path(__file__).parents[1] / "cli" / "replies"
TENANTS = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "tenants.yaml").read_text(encoding="utf-8")
)["facets"]
ASKED = {name: {"value": value, "asked": True} for name, value in TENANTS.items()}


@pytest.fixture(scope="module")
def door(library: Store) -> Door:
    frame = load_shipped_frame()
    carry_record(frame)
    return Door(frame, lambda: library)


@pytest.fixture(scope="module")
def small(world: LocalStore) -> Door:
    return Door(load_frame(world), lambda: world)


def whole(door: Door, name: str, **asked: Any) -> list[Any]:
    """Return a part of advice for each reading, put together again from all that is left out."""
    reply = door.advise(**asked, parts=[name])
    found = [each.get(name) for each in reply.data["readings"]]
    for left in reply.left:
        assert left != name, f"{name} cannot be had"
        rest = whole(door, left, **asked)
        path = left.removeprefix(f"{name}.")
        for at, more in enumerate(rest):
            if path.endswith("-"):
                found[at] = found[at] + more
            else:
                found[at] = {**(found[at] or {}), path: more}
    return found


def same(one: Any, other: Any) -> bool:
    """Tell whether two answers are the same, keys in whatever order."""
    return bool(json.loads(json.dumps(one)) == other)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("situations")
    (folder / "tenants.json").write_text(json.dumps({"facets": ASKED}))
    return folder


@pytest.mark.slow
def test_advice_is_that_of_the_command_line(door: Door, files: Path, call: Call) -> None:
    (expected,) = json.loads(call("advise", files / "tenants.json", "--format", "json").out)
    assert door.advise(ASKED).text == call("advise", files / "tenants.json").out
    for name in PARTS:
        (part,) = whole(door, name, answers=ASKED)
        assert same(part, expected[name]), name


def test_a_description_gives_the_advice_of_the_command_line(door: Door, call: Call) -> None:
    paths = REPLIES / "wigan-deal.reply.md", REPLIES / "wigan-deal.txt"
    reply, text = (path.read_text(encoding="utf-8") for path in paths)
    words = ("advise", paths[0], "--description", paths[1])
    (expected,) = json.loads(call(*words, "--format", "json").out)
    found = door.advise(reply, text)
    assert found.text == call(*words).out
    for name, value in found.data["readings"][0].items():
        assert same(value, expected[name]), name
    assert found.data["readings"][0]["quotes"]


@pytest.mark.slow
def test_a_case_of_two_readings_is_told_as_one_asks_on_the_command_line(
    door: Door, call: Call
) -> None:
    expected = json.loads(call("advise", "--case", "bhavishya", "--format", "json").out)
    found = door.advise(case="bhavishya")
    assert found.text == call("advise", "--case", "bhavishya").out
    assert [each["front"] for each in found.data["readings"]] == [e["front"] for e in expected]
    contests = whole(door, "contest", case="bhavishya")
    assert all(same(one, each["contest"]) for one, each in zip(contests, expected, strict=True))


def test_advice_is_bounded_and_says_what_else_there_is(door: Door) -> None:
    reply = door.advise(ASKED)
    assert len(reply.text) <= PAGE
    assert size(reply.data) <= ANSWER
    assert {"types", "robustness", "plans"} <= set(reply.left)
    assert "parts" in reply.rest
    types = door.advise(ASKED, parts=["types"])
    assert size(types.data) <= ANSWER
    assert types.text == ""
    assert any(name.startswith("types.") for name in types.left)


def test_many_standpoints_stay_within_the_bound(door: Door) -> None:
    sides = [
        {"value": value, "standpoint": f"side {number}", "asked": True}
        for number, value in enumerate(["coercive", "plural"] * 6)
    ]
    reply = door.advise({"agreement": sides, "stakes": {"value": "consequential", "asked": True}})
    assert len(reply.data["readings"]) == 12
    assert size(reply.data) <= ANSWER
    assert len(reply.text) <= PAGE


def test_a_guess_is_not_advised_on(door: Door) -> None:
    with pytest.raises(SysgraphError, match="has no quote"):
        door.advise(dict(TENANTS))


def test_advice_needs_one_situation(door: Door) -> None:
    for asked in ({}, {"answers": ASKED, "case": "bhavishya"}):
        with pytest.raises(SysgraphError, match="either the answers"):
            door.advise(**asked)  # type: ignore[arg-type]
    with pytest.raises(UnknownThing, match="did you mean 'types'"):
        door.advise(ASKED, parts=["typs"])


def test_nothing_known_is_asked_about(door: Door, call: Call, tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('{"facets": {}}')
    assert door.advise({}).text == call("advise", tmp_path / "none.json").out


def test_the_questions_are_those_of_the_prompt(door: Door, call: Call) -> None:
    told = json.loads(call("prompt", "--format", "json").out)
    found = door.read_questions().data
    assert found["questions"] == told["questions"]
    assert [each["id"] for each in found["tests"]] == ["led", "working"]
    (one,) = door.read_questions(["agreement"]).data["questions"]
    assert one in told["questions"]
    with pytest.raises(UnknownThing, match="did you mean 'agreement'"):
        door.read_questions(["agrement"])


def test_what_was_understood_is_told_back(door: Door) -> None:
    found = door.check_answers({"stakes": {"value": "safe-to-fail", "asked": True}}).data
    ((told,),) = [each["answers"] for each in found["understood"]]
    assert told["means"] == door.frame.facets["stakes"].values["safe-to-fail"].answer
    assert found["sound"]
    assert "stakes" not in found["not_answered"]
    assert "agreement" in found["not_answered"]


def test_the_next_question_is_asked_until_nothing_could_change_more(door: Door) -> None:
    answers: dict[str, Any] = {}
    put: list[str] = []
    while asked := door.next_question(answers, put=put).data["question"]:
        assert asked["id"] not in put
        put.append(asked["id"])
        if asked["id"] in TENANTS:
            answers[asked["id"]] = ASKED[asked["id"]]
    assert put[: len(door.frame.opening)] == list(door.frame.opening)
    reply = door.next_question(answers, put=put)
    assert "Advise now" in reply.data["says"]
    # What was left unasked could not have changed what comes first.
    fronts = [door.advise(each).data["readings"][0]["front"] for each in (answers, ASKED)]
    assert fronts[0] == fronts[1]


def test_a_question_names_those_in_the_persons_own_words(door: Door) -> None:
    answers = {"who-in-charge": {"value": "the harbour board", "asked": True}}
    put = list(door.frame.opening)
    told: list[str] = []
    while (found := door.next_question(answers, put=put).data)["question"]:
        told += found["here"]
        put.append(found["question"]["id"])
    assert "Those in charge: the harbour board." in told


def test_those_who_differ_have_questions_of_their_own(door: Door) -> None:
    sides = [{"value": v, "standpoint": v, "asked": True} for v in ("coercive", "plural")]
    with pytest.raises(SysgraphError, match="the standpoints differ"):
        door.next_question({"agreement": sides})


def test_a_standing_is_explained_as_on_the_command_line(
    door: Door, files: Path, call: Call
) -> None:
    words = ("explain", "6", files / "tenants.json", "--proofs")
    reply = door.explain_type("6", ASKED, proofs=True)
    told = call(*words).out
    assert told.startswith(reply.text)
    (expected,) = json.loads(call(*words, "--format", "json").out)
    assert same(reply.data["found"][0], expected)
    reasons = door.explain_type("organic", ASKED, parts=["found.0.tests.led.reasons.0"])
    assert reasons.data["found.0.tests.led.reasons.0"] == expected["tests"]["led"]["reasons"][0]
    with pytest.raises(UnknownThing, match="did you mean 'organic'"):
        door.explain_type("orgnic", ASKED)


def test_the_proofs_of_a_cases_reasons_are_those_of_the_command_line(
    door: Door, call: Call
) -> None:
    words = ("explain", "facilitative", "--case", "wigan-deal", "--proofs", "--format", "json")
    reply = door.explain_type("facilitative", case="wigan-deal", proofs=True)
    assert same(reply.data["found"], json.loads(call(*words).out))


def test_a_statement_is_proved_as_on_the_command_line(door: Door, call: Call) -> None:
    asked = "case:bhavishya/practice enactsType ?"
    reply = door.prove_statement(asked)
    assert reply.text == call("explain", "--statement", asked).out.rstrip("\n")
    words = ("explain", "--statement", asked, "--format", "json")
    assert same(reply.data["found"], json.loads(call(*words).out))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("a b", "write subject, property and object"),
        ("case:nonesuch/practice enactsType ?", "'nonesuch' is no case"),
        ("type:organic nosuch ?", "term of the ontology"),
        ('"a" b c', "this is no statement"),
        ("case:<script> enactsType ?", "is no"),
    ],
)
def test_what_cannot_be_proved_is_told(statement: str, told: str, door: Door) -> None:
    with pytest.raises(SysgraphError, match=told):
        door.prove_statement(statement)


def test_what_does_not_follow_is_told(door: Door) -> None:
    reply = door.prove_statement("type:organic rdf:type Risk")
    assert reply.text == "No: this does not follow from what is asserted."
    assert [each["holds"] for each in reply.data["found"]] == [False]


def test_cases_are_told_with_who_judged_them(small: Door) -> None:
    reply = small.find_cases({"country": "gb"}, {}, (0, 2))
    assert [each["id"] for each in reply.data["cases"]] == ["gamma", "alpha"]
    assert reply.left == {"cases": "1 more; ask again with offset 2"}
    alpha = reply.data["cases"][1]
    assert alpha["led"] == {
        "judgement": "contested",
        "is_failure": True,
        "why": "Some were absent.",
        "judged": "2002",
        "independent": "unknown",
        "about": "its-kind",
    }
    assert (alpha["countries"], alpha["sectors"]) == (["GB"], ["health"])
    assert alpha["looked_for_because_of_its_outcome"]
    assert not alpha["citation_read"]
    (rest,) = small.find_cases({"country": "gb"}, {}, (2, 2)).data["cases"]
    assert rest["id"] == "delta"


def test_cases_are_found_by_what_they_began_with(small: Door) -> None:
    found = small.find_cases({}, {"change-aim": "improve"}, (0, 9))
    assert [each["id"] for each in found.data["cases"]] == ["delta"]
    none = small.find_cases({"type": "facilitative", "led": "yes"}, {}, (0, 9)).data
    assert none["count"] == 0
    assert "does not mean there is none" in none["says"]
    for facets in ({"chang-aim": "improve"}, {"change-aim": "imprve"}):
        with pytest.raises(UnknownThing, match="did you mean"):
            small.find_cases({}, facets, (0, 9))


def test_rows_are_those_of_the_command_line(door: Door, call: Call) -> None:
    words = ("query", "risks-of-type", "--param", "type=organic", "--format", "json")
    expected = json.loads(call(*words).out)
    first = door.ask_canned_question("risks-of-type", {"type": "organic"}, (0, 2))
    assert first.data["rows"] == expected[:2]
    assert first.data["count"] == len(expected)
    assert first.left == {"rows": f"{len(expected) - 2} more; ask again with offset 2"}
    rest = door.ask_canned_question("risks-of-type", {"type": "organic"}, (2, 500))
    assert [*first.data["rows"], *rest.data["rows"]] == expected
    assert not rest.left


def test_no_rows_are_told_of_the_store_that_was_asked(small: Door) -> None:
    told = small.ask_canned_question("cases-in-place", {"text": "nowhere"}, (0, 9)).data
    assert told["says"] == "Nothing in memory answers this."


def test_a_question_that_is_none_is_told(door: Door) -> None:
    with pytest.raises(UnknownQuery, match="did you mean 'risks-of-type'"):
        door.ask_canned_question("risk-of-type", {}, (0, 9))
    for given in ({"typ": "organic"}, {"type": "} INSERT DATA { <a> <b> <c> }"}):
        with pytest.raises(BadParameter):
            door.ask_canned_question("risks-of-type", given, (0, 9))


def test_the_canned_questions_are_listed_with_what_they_take(door: Door, call: Call) -> None:
    told = json.loads(call("query", "--tag", "risk", "--format", "json").out)
    found = door.list_canned_questions(tag="risk").data["questions"]
    assert [each["name"] for each in found] == [each["name"] for each in told]
    (one,) = door.list_canned_questions("way of a type, and how were they").data["questions"]
    assert one["name"] == "cases-of-type"
    takes = {"name": "type", "is": "leadership type", "of": "sysg:LeadershipType"}
    assert one["parameters"] == [takes]
    pages = [door.list_canned_questions(page=(at, 50)) for at in (0, 50)]
    assert [bool(each.left) for each in pages] == [True, False]


def test_a_term_is_described_with_what_speaks_of_it(small: Door) -> None:
    data = small.describe_term("case:gamma").data
    assert data["iri"] == "https://w3id.org/sysgraph/case/gamma"
    assert data["label"] == "Gamma"
    said = {each["property"]["name"]: each["values"] for each in data["says"]}
    assert said["sysg:sector"] == ["health"]
    with pytest.raises(UnknownThing, match="did you mean 'case:gamma'"):
        small.describe_term("case:gama")


def test_what_a_term_leaves_out_is_asked_for_by_its_name(door: Door) -> None:
    reply = door.describe_term("type:organic")
    shown, _ = fitted(reply.data, ANSWER)
    assert shown["label"] == "organic"
    names = [name for name in reply.left if name.endswith("-")]
    assert names
    for name in names:
        more = door.describe_term("type:organic", [name]).data[name]
        assert reply.left[name] == f"{len(more)} more"


def test_what_does_not_count_is_told_with_why(small: Door) -> None:
    # Epsilon was retracted.
    asks: tuple[Callable[[], Reply], ...] = (
        lambda: small.advise(case="epsilon"),
        lambda: small.describe_term("case:epsilon"),
        lambda: small.prove_statement("case:epsilon/practice enactsType ?"),
        lambda: small.ask_canned_question("similar-cases", {"case": "epsilon"}, (0, 9)),
    )
    for ask in asks:
        with pytest.raises(SetAside, match="retracted since 2026-01-06"):
            ask()
