"""An assistant's answers are held to the person's own words, and each fault says what to ask."""

from pathlib import Path
from typing import Any

import pytest

from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Frame
from sysgraph.errors import BadFile, BadFiles, SysgraphError
from sysgraph.mcp.answers import answers_read, sound_answers
from sysgraph.mcp.bounds import DESCRIPTION, STANDPOINTS

REPLIES = Path(__file__).parents[1] / "cli" / "replies"
TEXT = "Tenants meet without anyone's leave. The council can force it through."
QUOTED: dict[str, Any] = {
    "which-system": {"value": "the flats", "asked": True},
    "purpose-origin": {"value": "movement", "quote": "meet without anyone’s leave"},
    "agreement": {"value": "coercive", "quote": "The council can force it through"},
}


def problems(answers: Any, description: str, frame: Frame) -> list[tuple[str, str]]:
    return [(one.question, one.problem) for one in sound_answers(answers, description, frame)[1]]


def test_quoted_and_asked_answers_are_read(frame: Frame) -> None:
    (found,) = answers_read(QUOTED, TEXT, frame)
    assert found.facets == {"purpose-origin": "movement", "agreement": "coercive"}
    assert found.opening == {"which-system": "the flats"}
    assert found.quotes["agreement"] == "The council can force it through"


def test_an_answer_without_a_ground_is_a_guess(frame: Frame) -> None:
    answers = {**QUOTED, "stakes": {"value": "consequential"}, "predictability": "complex"}
    found, faults = sound_answers(answers, TEXT, frame)
    assert [one.question for one in faults] == ["stakes", "predictability"]
    assert all("has no quote" in one.problem for one in faults)
    told = faults[0].as_data(frame)
    assert told["ask"] == frame.facets["stakes"].wording
    assert "Ask the person" in told["what_to_do"]
    # What is sound stands all the same.
    assert found[0].facets == {"purpose-origin": "movement", "agreement": "coercive"}


def test_a_quote_that_is_not_there_is_told_with_its_question(frame: Frame) -> None:
    answers = {**QUOTED, "agreement": {"value": "coercive", "quote": "they force it"}}
    ((question, problem),) = problems(answers, TEXT, frame)
    assert question == "agreement"
    assert "does not say “they force it”" in problem


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("agreemnt", {"value": "coercive", "asked": True}, "did you mean 'agreement'?"),
        ("agreement", {"value": "coercve", "asked": True}, "did you mean 'coercive'?"),
        ("agreement", {"value": "coercive", "askd": True}, "did you mean 'asked'?"),
        ("agreement", {"value": 3, "asked": True}, "not a value"),
        ("agreement", [], "write one value here"),
        ("agreement", [{"value": "coercive"}, {"value": "plural"}], "several values"),
        ('a"b\n{}:', {"value": "x"}, "there is no facet"),
    ],
)
def test_what_is_written_wrongly_is_told(name: str, said: Any, told: str, frame: Frame) -> None:
    found = problems({name: said}, "", frame)
    assert any(question == name and told in problem for question, problem in found), found


def test_a_quote_needs_the_text_that_it_is_from(frame: Frame) -> None:
    with pytest.raises(SysgraphError, match="none was given"):
        answers_read(QUOTED, " \n", frame)
    assert problems(QUOTED, "", frame)[0][0] == ""


@pytest.mark.parametrize("words", ["caf\u00e9 \U0001f600 \u4e2d", 'a "b" \\ {c}: #d', "tab\there"])
def test_words_of_any_kind_are_quoted_as_they_are(words: str, frame: Frame) -> None:
    answers = {"stakes": {"value": "safe-to-fail", "quote": words}}
    (found,) = answers_read(answers, f"So they say: {words}, and no more.", frame)
    assert found.quotes["stakes"] == " ".join(words.split())


@pytest.mark.parametrize("words", ["a\x7fb", "a\x00b", "a\u202eb", "a\u2028b", "a\x85b"])
def test_characters_that_nobody_sees_end_nothing(words: str, frame: Frame) -> None:
    answers = {"stakes": {"value": "safe-to-fail", "quote": words}}
    found, faults = sound_answers(answers, f"So they say: {words}.", frame)
    assert found or faults
    assert all(one.problem for one in faults)


def test_a_long_description_is_refused(frame: Frame) -> None:
    with pytest.raises(SysgraphError, match="at most 50,000 are read"):
        answers_read(QUOTED, "x" * (DESCRIPTION + 1), frame)


def test_standpoints_are_kept_apart_and_bounded(frame: Frame) -> None:
    def said(count: int) -> dict[str, Any]:
        values = ["coercive", "plural"] * count
        sides = [{"value": v, "standpoint": f"side {n}"} for n, v in enumerate(values[:count])]
        return {"agreement": [{**each, "asked": True} for each in sides]}

    found = answers_read(said(2), "", frame)
    assert [(one.standpoint, one.facets) for one in found] == [
        ("side 0", {"agreement": "coercive"}),
        ("side 1", {"agreement": "plural"}),
    ]
    with pytest.raises(SysgraphError, match="at most 12 are compared"):
        answers_read(said(STANDPOINTS + 1), "", frame)


@pytest.mark.parametrize("name", ["wigan-deal", "iceland-constitution", "standing-rock"])
def test_a_reply_to_the_prompt_may_be_given_as_it_is(name: str, frame: Frame) -> None:
    reply = (REPLIES / f"{name}.reply.md").read_text(encoding="utf-8")
    description = (REPLIES / f"{name}.txt").read_text(encoding="utf-8")
    found = answers_read(reply, description, frame)
    assert found == read_situations(reply.encode(), "the answers", frame, description)


def test_a_fault_of_a_reply_has_its_line(frame: Frame) -> None:
    reply = 'facets:\n  agreement:\n    value: coercive\n    quote: "not there"\n'
    ((_, line),) = [(o.question, o.line) for o in sound_answers(reply, TEXT, frame)[1]]
    assert line == 2


def test_two_situations_are_refused(frame: Frame) -> None:
    both = '[{"id": "a", "facets": {}}, {"id": "b", "facets": {}}]'
    with pytest.raises(SysgraphError, match="one at a time"):
        answers_read(both, "", frame)


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "\x00",
        "&a [*a]",
        "!!python/object/apply:os.system ['true']",
        "[" * 5_000,
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nfacets: {agreement: *c}",
        "facets: 3",
        '{"facets": {"agreement": {"value": {"value": "x"}}}}',
    ],
)
def test_hostile_text_is_refused_in_words(hostile: str, frame: Frame) -> None:
    with pytest.raises((BadFile, BadFiles, SysgraphError)) as told:
        answers_read(hostile, "", frame)
    assert str(told.value)
