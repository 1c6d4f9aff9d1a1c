"""Asking on the terminal: by whom, in what order, and what becomes of the answers."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from calling import Call
from sysgraph.advice.certainty import next_question
from sysgraph.advice.described import read_situations
from sysgraph.advice.frame import Facet, Frame
from sysgraph.advice.situation import Situation, View
from sysgraph.cli.ask import ask_until_settled, keep_answers
from sysgraph.errors import BadFile
from sysgraph.pages.asking import answers_file, named_lines

CHIEF, TENANTS = "the chief executive", "the tenants"


def wordings(frame: Frame) -> dict[str, str]:
    """All questions as they are put, by what they go by."""
    opening = {name: each.wording for name, each in frame.opening.items()}
    return opening | {name: each.wording for name, each in frame.facets.items()}


class Person(io.StringIO):
    """Somebody at a terminal: hears what is asked, and types what they have to say to it.

    ``says`` holds by question what is typed at it, line by line; after that, and at all others, it
    is ``else_``.
    """

    def __init__(self, frame: Frame, says: Mapping[str, list[str]], else_: str = "u") -> None:
        super().__init__()
        self.names = {wording: name for name, wording in wordings(frame).items()}
        self.names |= {each.wording: name for name, each in frame.outside.questions.items()}
        self.says = {name: list(lines) for name, lines in says.items()}
        self.else_ = else_
        self.asked: list[str] = []

    def hear(self) -> str:
        """Return the question that was put last, and note it where it is new."""
        heard = re.split(r"\nQuestion \d+; [^\n]+\.\n", self.getvalue())
        said = " ".join(heard[-1].split())
        name = next(name for words, name in self.names.items() if said.startswith(words))
        if len(heard) - 1 > len(self.asked):
            self.asked.append(name)
        return name

    def readline(self, _: int | None = -1, /) -> str:  # type: ignore[override]
        aside = {"Save these answers": "save", "placed in this?": "placed"}
        name = next((name for said, name in aside.items() if said in self.getvalue()), "")
        name = name or self.hear()
        lines = self.says.get(name, [])
        return (lines.pop(0) if lines else self.else_) + "\n"

    def isatty(self) -> bool:
        return True


def ask(person: Person, frame: Frame, start: Situation | None = None) -> Situation:
    with patch.multiple(sys, stdin=person, stderr=person):
        return ask_until_settled(start or Situation("situation"), frame)


OPENING = {
    "which-system": ["the 14 bus, for its riders"],
    "who-affected": [" the riders "],
    "who-in-charge": ["the council."],
    "job": ["1"],
    "asker-role": ["community"],
}


def test_opening_questions_come_first_and_their_words_are_kept(frame: Frame) -> None:
    person = Person(frame, {**OPENING, "change-aim": ["q"]})
    found = ask(person, frame)
    assert person.asked[: len(frame.opening)] == list(frame.opening)
    assert found.opening == {
        "which-system": "the 14 bus, for its riders",
        "who-affected": "the riders",
        "who-in-charge": "the council.",
        "job": "systems-change",
        "asker-role": "community",
    }
    assert found.facets == {}


@pytest.mark.parametrize("typed", ["", "u", "U", "Unknown", "dunno", "I don't know", "nobody"])
def test_texts_may_be_skipped(typed: str, frame: Frame) -> None:
    found = ask(Person(frame, {"which-system": [typed], "job": ["Q"]}), frame)
    assert found.opening == {}


def test_letters_do_the_same_as_capitals(frame: Frame, first: Facet) -> None:
    says = {"which-system": ["the bus", "the 14"], "who-affected": ["B", ""]}
    found = ask(Person(frame, {**says, "who-in-charge": ["Q"]}), frame)
    assert found.opening == {"which-system": "the 14"}
    skipped = {name: [""] for name in frame.opening}
    says = {**skipped, first.id: ["D", CHIEF, "1", TENANTS, "U", ""]}
    assert len(ask(Person(frame, says, "q"), frame).views) == 2


@pytest.mark.parametrize("typed", ["d", "D"])
def test_people_may_be_named_together_in_their_own_words(typed: str, frame: Frame) -> None:
    person = Person(frame, {"who-affected": [typed, "riders and drivers"], "who-in-charge": ["q"]})
    assert ask(person, frame).opening == {"who-affected": "riders and drivers"}
    assert person.getvalue().count("Several people may be named here, all in one line.") == 1


@pytest.mark.parametrize("job", ["single-fix", "emergency"])
def test_a_job_that_comes_before_all_else_ends_the_asking(job: str, frame: Frame) -> None:
    person = Person(frame, {"job": [job]})
    assert ask(person, frame).opening == {"job": job}
    assert person.asked[-1] == "job"


def test_people_are_called_by_the_words_of_whoever_asks(frame: Frame) -> None:
    person = Person(frame, {**OPENING, "asker-role": ["q"]})
    opening = ask(person, frame).opening
    _, _, told = person.getvalue().rpartition(frame.opening["asker-role"].wording)
    assert told.startswith("\nThose in charge: the council.\nThose affected: the riders.\n")
    # This question does not speak of those affected by that name.
    found = named_lines(frame.facets["incumbent-legitimacy"], opening)
    assert list(found) == ["Those in charge: the council."]


@pytest.fixture
def first(frame: Frame) -> Facet:
    """What is asked first after the opening questions."""
    question = next_question(frame.board, {})
    assert question is not None
    return frame.facets[question.facet]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["1"], 0),
        (["0", "99", "2"], 1),
        (["one way", "one day "], 0),
        (["one", "ANOTHER"], 1),
        (["slug"], 2),
        (["", ""], None),
        (["unknown"], None),
    ],
)
def test_answers_go_by_number_by_name_and_by_how_they_begin(
    typed: list[str], meant: int | None, frame: Frame, first: Facet
) -> None:
    slugs = list(first.values)
    answers = ["One day in May.", "Another.", "One night."]
    values = {
        slug: replace(first.values[slug], answer=words)
        for slug, words in zip(slugs, answers, strict=False)
    }
    narrow = replace(frame, facets={**frame.facets, first.id: replace(first, values=values)})
    lines = [slugs[2] if each == "slug" else each for each in typed]
    person = Person(narrow, {first.id: [*lines, "q"]}, "u")
    found = ask(person, narrow).facets
    assert found == ({} if meant is None else {first.id: slugs[meant]})
    said = person.getvalue()
    assert ("That could be 1 or 3." in said) == ("one" in typed)
    wrong = [each for each in typed if each in ("0", "99", "one way")]
    assert said.count("Write a number from 1 to 3.") == len(wrong)


def test_help_and_why_are_told_when_asked_for(frame: Frame, first: Facet) -> None:
    person = Person(frame, {first.id: ["?", "q"]})
    ask(person, frame)
    told = " ".join(person.getvalue().split())
    assert f"{first.why_asked} {first.help}" in told


def test_people_see_it_differently(frame: Frame, first: Facet) -> None:
    says = {
        first.id: ["d", "", CHIEF, "1", CHIEF.upper(), TENANTS, "u", "", "q"],
        "asker-role": ["d", "1"],
    }
    found = ask(Person(frame, says), frame)
    assert found.views == (
        View(first.id, next(iter(first.values)), CHIEF),
        View(first.id, "unknown", TENANTS),
    )
    assert found.facets == {}
    assert found.opening["asker-role"] == "funder"
    assert [one.standpoint for one in found.readings()] == [CHIEF, TENANTS]


@pytest.mark.parametrize(
    "lines",
    [
        ["d", CHIEF, "2", TENANTS, "2", ""],  # who say the same do not differ
        ["d", CHIEF, "b", "2"],
        ["d", "b", "2"],
    ],
)
def test_where_nobody_differs_after_all_it_is_one_answer(
    lines: list[str], frame: Frame, first: Facet
) -> None:
    skipped = {name: [""] for name in frame.opening}
    found = ask(Person(frame, {**skipped, first.id: lines}, "q"), frame)
    assert (found.views, found.facets) == ((), {first.id: list(first.values)[1]})


def test_a_number_is_nobodys_name(frame: Frame, first: Facet) -> None:
    skipped = {name: [""] for name in frame.opening}
    lines = ["d", "1", CHIEF, "1", "2", TENANTS, "2", ""]
    person = Person(frame, {**skipped, first.id: lines}, "q")
    found = ask(person, frame)
    assert [view.standpoint for view in found.views] == [CHIEF, TENANTS]
    assert person.getvalue().count("Write who it is, in words") == 2


def test_stopping_keeps_who_differs_and_says_who_is_left_out(frame: Frame, first: Facet) -> None:
    skipped = {name: [""] for name in frame.opening}
    told = ["d", CHIEF, "1", TENANTS, "2"]
    whole = Person(frame, {**skipped, first.id: [*told, "q"]}, "q")
    assert len(ask(whole, frame).views) == 2
    assert "is not kept" not in whole.getvalue()
    alone = Person(frame, {**skipped, first.id: [*told[:4], "q"]}, "q")
    assert ask(alone, frame).views == ()
    assert f"How {CHIEF} see it is not kept: it takes two to differ." in alone.getvalue()


def test_whoever_differs_is_asked_about_no_more(frame: Frame, first: Facet) -> None:
    person = Person(frame, {first.id: ["d", CHIEF, "1", TENANTS, "2", ""]}, "1")
    assert len(ask(person, frame).views) == 2
    assert person.asked.count(first.id) == 1


def test_what_is_not_known_is_not_said_to_be_settled(frame: Frame, first: Facet) -> None:
    person = Person(frame, {first.id: ["1"]})
    ask(person, frame)
    assert "What is not known could still change what comes first." in person.getvalue()


def test_back_takes_back_the_last_answer_whichever_it_was(frame: Frame) -> None:
    person = Person(
        frame,
        {"which-system": ["b", "the bus"], "who-affected": ["b", "riders"], "job": ["1", "4"]},
    )
    person.says["which-system"] += ["the 14 bus"]
    person.says["asker-role"] = ["b", "q"]
    found = ask(person, frame)
    assert "This is the first question." in person.getvalue()
    assert found.opening == {
        "which-system": "the 14 bus",
        "who-affected": "riders",
        "job": "not-sure",
    }


@pytest.fixture(scope="module")
def through(frame: Frame) -> tuple[Person, Situation]:
    """Somebody who gives the first answer to everything, and what comes of it."""
    person = Person(frame, {}, "1")
    return person, ask(person, frame)


def test_asking_ends_when_no_answer_could_change_what_comes_first(
    through: tuple[Person, Situation], frame: Frame
) -> None:
    person, found = through
    assert next_question(frame.board, found.facets) is None
    *_, last = (name for name in person.asked if name in frame.facets)
    before = {k: v for k, v in found.facets.items() if k != last}
    asked = next_question(frame.board, before)
    assert asked is not None
    assert asked.facet == last
    assert "could change what comes first." in person.getvalue()


def test_each_question_says_how_far_it_is(through: tuple[Person, Situation], frame: Frame) -> None:
    person, _ = through
    every = len(frame.opening) + len(frame.facets)
    told = [
        tuple(map(int, pair))
        for pair in re.findall(r"Question (\d+); at most (\d+)", person.getvalue())
    ]
    assert told == [(at, every - at) for at in range(1, len(told) + 1)]


def test_what_a_record_of_others_needs_is_asked_last(
    through: tuple[Person, Situation], frame: Frame
) -> None:
    known = {
        "purpose-origin": "movement",
        "agreement": "coercive",
        "change-aim": "win-justice",
        "incumbent-readiness": "resistant",
    }
    start = Situation("s", facets=known, opening={"job": "not-sure"})
    says = {"north-america": ["2"], "sweeping-aim": ["1"], "nonviolent": ["1"]}
    person = Person(frame, says)
    found = ask(person, frame, start)
    outside = [name for name in person.asked if name in frame.outside.questions]
    assert person.asked[-len(outside) :] == outside
    assert {"north-america", "sweeping-aim", "overthrow"} <= {*outside}
    assert "local-goal" not in outside  # it speaks of campaigns in North America only
    assert (found.opening["north-america"], found.opening["sweeping-aim"]) == ("no", "yes")
    saved = answers_file(found, frame)
    assert "  sweeping-aim: yes\n" in saved
    assert "local-goal" not in saved


def test_what_is_known_is_not_asked(frame: Frame) -> None:
    start = Situation("s", facets={"agreement": "plural"}, opening={"job": "not-sure"})
    person = Person(frame, {})
    found = ask(person, frame, start)
    assert not {"agreement", "job"} & {*person.asked}
    assert (found.facets, found.opening) == (start.facets, start.opening)


def test_nothing_is_settled_where_nothing_was_answered(frame: Frame) -> None:
    person = Person(frame, {})
    assert ask(person, frame) == Situation("situation")
    assert "Nothing about it was answered, so nothing is settled." in person.getvalue()
    assert "could change" not in person.getvalue()


# What becomes of the answers --------------------------------------------------------------------


def keep(person: Person, frame: Frame, path: Path | None = None) -> None:
    with patch.multiple(sys, stdin=person, stderr=person):
        keep_answers(Situation("s", facets={"agreement": "plural"}), frame, path)


def test_a_file_is_offered_on_a_terminal(
    tmp_path: Path, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("kept")
    keep(Person(frame, {"save": [""]}), frame)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]
    person = Person(frame, {"save": ["mine.yaml", "none/a.yaml", "n" * 300, "hers.yaml"]})
    keep(person, frame)
    assert "mine.yaml: it is there already; give another name" in person.getvalue()
    assert "none/a.yaml: its folder is not there; make it" in person.getvalue()
    assert "nnn: it cannot be written: " in person.getvalue()
    assert (tmp_path / "mine.yaml").read_text() == "kept"
    (found,) = read_situations((tmp_path / "hers.yaml").read_bytes(), "hers.yaml", frame)
    assert found.facets == {"agreement": "plural"}


def test_no_file_is_written_over(tmp_path: Path, frame: Frame) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("kept")
    with pytest.raises(BadFile, match="there already"):
        keep(Person(frame, {}), frame, path)
    assert path.read_text() == "kept"


def test_where_no_file_can_be_is_told_before_anything_is_asked(tmp_path: Path, call: Call) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none" / "a.yaml", tmp_path / "file" / "a.yaml"):
        done = call("advise", "--ask", "--save", path, typed="the bus\n")
        told = "its folder is not there; make it, or give another name"
        assert (done.code, done.err) == (2, f"{path}: {told}\n")


def test_that_nothing_was_saved_is_told(tmp_path: Path, call: Call) -> None:
    done = call("advise", "--ask", "--save", tmp_path / "a.yaml", typed="q\n")
    assert "Nothing was answered, so nothing was saved." in done.err
    assert [*tmp_path.iterdir()] == []


def test_nobody_can_answer_where_nothing_can_be_read(call: Call) -> None:
    with (
        open(os.open(os.devnull, os.O_WRONLY)) as closed,  # noqa: PTH123
        patch.object(sys, "stdin", closed),
    ):
        done = call("advise", "--ask")
    assert done.code == 2
    assert done.err.endswith("\nno answers can be read here; name a file or use --facet\n")


def test_what_is_typed_is_text(call: Call) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"caf\xe9\n"), "utf-8")
    with patch.object(sys, "stdin", stdin):
        done = call("advise", "--ask")
    assert (done.code, "is not UTF-8 text" in done.err) == (2, True)


def test_control_c_says_that_nothing_was_saved(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sysgraph", "advise", "--ask", "--save", "a.yaml"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe) as asking:
        assert asking.stderr is not None
        while b"Question 1;" not in asking.stderr.readline():
            assert asking.poll() is None
        asking.send_signal(signal.SIGINT)
        out, err = asking.communicate(timeout=30)
    assert (asking.returncode, out) == (130, b"")
    assert err.endswith(b"\nStopped by Ctrl-C; nothing was saved.\n")
    assert [*tmp_path.iterdir()] == []


def test_answers_that_come_through_a_pipe_are_saved_and_read_again(
    tmp_path: Path, frame: Frame, call: Call
) -> None:
    path = tmp_path / "mine.yaml"
    words = ("advise", "-f", "agreement=plural", "--ask", "--save", path, "--format", "json")
    done = call(*words, typed="the bus\n\n\n1\nleader\n")
    assert done.code == 0, done.err
    assert "Stopped here." in done.err
    assert "Save these answers" not in done.err
    (found,) = read_situations(path.read_bytes(), "mine.yaml", frame)
    assert found.opening == {
        "which-system": "the bus",
        "job": "systems-change",
        "asker-role": "leader",
    }
    (told,) = json.loads(done.out)
    assert told["facets"] == found.facets == {"agreement": "plural"}
    again = call(*words, typed="another\n")
    assert (again.code, again.err.count("there already")) == (2, 1)
    assert "Question" not in again.err  # before anything is asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-f", "agreement=plural", "--save", "x.yaml"), "--save keeps the answers to --ask"),
        (("-f", "agreement=plural", "--description", "x.txt"), "--description goes with"),
        (("--practice", "bhavishya", "--save", "x.yaml"), "stands alone"),
    ],
)
def test_what_does_not_belong_together(words: tuple[str, ...], said: str, call: Call) -> None:
    done = call("advise", *words)
    assert (done.code, said in done.err) == (2, True)


def test_a_saved_file_tells_every_question_and_whose_answers_they_may_be(frame: Frame) -> None:
    text = answers_file(Situation("s", facets={"agreement": "plural"}), frame)
    said = " ".join(text.replace("#", " ").split())
    assert all(wording in said for wording in wordings(frame).values())
    assert "\nstandpoint:\n" in text
    assert f"  # {frame.facets['agreement'].values['plural'].answer}\n  agreement: plural\n" in text


def test_people_of_whom_no_word_tells_are_asked_about(frame: Frame, first: Facet) -> None:
    # Tenants are on our list, and the Blue Anorak Club is not.
    says = {first.id: ["d", TENANTS, "1", "the Blue Anorak Club", "2", ""], "placed": ["9", "2, 1"]}
    person = Person(frame, says, "1")
    found = ask(person, frame)
    assert person.getvalue().count("placed in this?") == 1
    assert list(found.voices.values()) == [(frame.voices[1].id, frame.voices[0].id)]
    (again,) = read_situations(answers_file(found, frame).encode(), "mine.yaml", frame)
    assert again.voices == found.voices
