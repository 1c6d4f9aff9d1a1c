"""Questions as a sheet and as a text for an assistant, and answers as a file that is read again."""

import json
import re
from html import unescape

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from calling import Call
from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Frame
from sysgraph.advice.situation import UNKNOWN, Situation, View, is_no_answer
from sysgraph.pages.asking import answers_file, prompt_text

texts = st.text().filter(lambda text: not re.search("[\ud800-\udfff]", text))
lines = texts.map(lambda text: " ".join(text.split())).filter(
    lambda text: text not in ("", UNKNOWN)
)


@st.composite
def situations(draw: st.DrawFn, frame: Frame) -> Situation:
    """What somebody may have answered, with some of it drawn from a description."""
    chosen = {name: one for name, one in frame.choices.items() if name not in frame.facets}
    opening = {name: draw(st.sampled_from(values)) for name, values in chosen.items()}
    told = lines.filter(lambda text: not is_no_answer(text))
    opening |= {name: draw(told) for name in frame.opening if name not in chosen}
    facets = {name: draw(st.sampled_from(list(one.values))) for name, one in frame.facets.items()}
    kept = st.sets(st.sampled_from([*facets, *opening]))
    left, differ, quoted = draw(kept), draw(kept), draw(kept)
    words = draw(lines.filter(lambda text: re.fullmatch(r"[^\W_](.*[^\W_])?", text)))
    views: list[View] = []
    for name in [name for name in facets if name in differ]:
        who = draw(st.lists(lines, min_size=2, max_size=3, unique_by=str.casefold))
        says = [*list(frame.facets[name].values)[:2], UNKNOWN]
        quotes = [words if name in quoted else "", "", ""]
        views += map(View, [name] * len(who), says, who, quotes)
    known = {name: said for name, said in facets.items() if name not in differ | left}
    opening = {name: said for name, said in opening.items() if name not in left}
    sides = st.lists(st.sampled_from([voice.id for voice in frame.voices]), unique=True)
    return Situation(
        draw(lines),
        draw(texts),
        f"{draw(texts)} {words} {draw(texts)}" if quoted else draw(texts),
        known,
        draw(st.just("") | lines),
        tuple(views),
        draw(st.sampled_from(["", *frame.cases.index().ids[:2]])),
        opening,
        {name: words for name in quoted if name in known or name in frame.choices.keys() & opening},
        draw(st.dictionaries(lines, sides.map(tuple), max_size=2)),
    )


@pytest.mark.slow
@given(st.data())
def test_answers_that_are_saved_and_read_are_the_same(frame: Frame, data: st.DataObject) -> None:
    situation = data.draw(situations(frame))
    text = answers_file(situation, frame)
    (found,) = read_situations(text.encode(), "mine.yaml", frame)
    assert found == situation


def test_prompt_holds_all_that_an_assistant_needs(frame: Frame) -> None:
    text = prompt_text(frame)
    said = " ".join(text.split())
    for name, facet in frame.facets.items():
        assert f"## {name} {facet.wording} Help: {facet.help}" in said
        assert all(f"- {value.id}: {value.answer}" in said for value in facet.values.values())
    for opening in frame.opening.values():
        assert opening.wording in said
        assert all(f"- {one.id}: {one.answer}" in said for one in opening.answers.values())


def test_questions_for_an_assistant_are_data_as_well(frame: Frame, call: Call) -> None:
    told = json.loads(call("prompt", "--format", "json").out)
    assert told["text"] == call("prompt").out
    answers = {one["id"]: list(one["answers"]) for one in told["questions"] if one["answers"]}
    assert answers == frame.choices


def test_yaml_that_an_assistant_is_to_fill_in_is_read_as_it_stands(frame: Frame) -> None:
    text = prompt_text(frame)
    blank = text.partition("```yaml\n")[2].partition("```")[0]
    assert set(yaml.safe_load(blank)["facets"]) == set(frame.choices)
    (found,) = read_situations(f"Here it is:\n\n```yaml\n{blank}```\n".encode(), "r.md", frame, "x")
    assert (found.facets, found.opening, found.text) == ({}, {}, "x")


def test_sheet_has_every_question_with_boxes_and_room_for_each_voice(
    frame: Frame, call: Call
) -> None:
    said = " ".join(call("sheet").out.split())
    for number, facet in enumerate(frame.facets.values(), 1):
        assert f"{number}. {facet.wording} " in said
        assert f"Why: {facet.why_asked} Help: {facet.help}" in said
        assert all(f"☐ {value.answer}" in said for value in facet.values.values())
    assert all(asked.wording in said for asked in frame.opening.values())
    assert all(test.wording in said for test in frame.test_words.values())
    for voice in frame.voices:
        name = voice.plain_name[:1].upper() + voice.plain_name[1:]
        assert said.count(f"{name}: ____") == len(frame.facets)


def test_sheet_says_the_same_in_every_form(call: Call) -> None:
    told = {form: call("sheet", "--format", form).out for form in ("text", "markdown", "html")}
    told["html"] = unescape(re.sub("<style>.*?</style>|<[^>]+>", "", told["html"], flags=re.DOTALL))
    words = {form: set(re.findall(r"[A-Za-z]{4,}", text)) for form, text in told.items()}
    assert words["text"] == words["markdown"] == words["html"]


def test_both_are_written_where_one_says_and_over_nothing(tmp_path: object, call: Call) -> None:
    for command in ("sheet", "prompt"):
        done = call(command, "-o", f"{tmp_path}/{command}.txt")
        assert (done.code, done.out) == (0, "")
        assert call(command, "-o", f"{tmp_path}/{command}.txt").code == 2
