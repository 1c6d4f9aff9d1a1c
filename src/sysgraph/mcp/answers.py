"""Answers that an assistant gives for a person, held to that person's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sysgraph.advice.contest import group_answers
from sysgraph.advice.described import read_situations
from sysgraph.errors import BadFile, BadFiles, SysgraphError
from sysgraph.mcp.bounds import DESCRIPTION, STANDPOINTS, STATED
from sysgraph.pages.asking import question_of

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation

__all__ = ["AnswerFault", "answers_read", "faults_in", "sound_answers"]

_WHERE = "the answers"
_COLONS = 6
"""How many colons an answer may have in a text, where there are no more answers than may be."""
_NAME = 80
"""The most characters of the id of a question."""
_OF_ALL = ("id", "title", "standpoint", "voices", "case")
_GUESSED = "Ask the person, in these words, and write what they say; until then, write unknown."


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with an answer: to which question, if it is known, and in which line."""

    question: str
    line: int | None
    problem: str

    def as_data(self, frame: Frame) -> dict[str, Any]:
        """Return the fault with what to do, ready for JSON."""
        asked = frame.opening.get(self.question) or frame.facets.get(self.question)
        outside = frame.outside.questions.get(self.question)
        found: dict[str, Any] = {"question": self.question, "problem": self.problem}
        if not self.question:
            found = {"line": self.line, "problem": self.problem}
        if one := asked or outside:
            return {**found, "ask": question_of(one), "what_to_do": _GUESSED}
        return found


def answers_read(
    answers: Mapping[str, Any] | str, description: str, frame: Frame
) -> list[Situation]:
    """Return the readings of the situation that answers tell of.

    Each answer must quote the description, or say that the person was asked. Answers go by the
    ids of their questions, or are text as ``sysgraph prompt`` asks for it.

    Raises:
        BadFile, BadFiles: answers are wrong; every one is named.
        SysgraphError: there are too many, or a quote and nothing that it is from.
    """
    _refuse_too_much(answers, description)
    if not description.strip() and _has_quotes(answers):
        raise SysgraphError(
            "answers quote a description, and none was given; give the person's own text as"
            " 'description', or write \"asked\": true beside what the person was asked"
        )
    text = answers if isinstance(answers, str) else "\n".join(_lines(answers, frame))
    found = read_situations(text.encode(), _WHERE, frame, description)
    (group, *more) = group_answers([(_WHERE, found)]).values()
    if more:
        raise SysgraphError("these are answers about several situations; give one at a time")
    if len(group) > STANDPOINTS:
        raise SysgraphError(
            f"it is told from {len(group)} standpoints, and at most {STANDPOINTS} are compared;"
            " put together those who say the same"
        )
    return list(group)


def _refuse_too_much(answers: Mapping[str, Any] | str, description: str) -> None:
    if len(description) > DESCRIPTION:
        raise SysgraphError(
            f"the description has {len(description):,} characters, and at most {DESCRIPTION:,} are"
            " read; give the part that tells of this change, in the person's own words"
        )
    is_text = isinstance(answers, str)
    count = answers.count(":") // _COLONS if isinstance(answers, str) else len(answers)
    if count > STATED:
        raise SysgraphError(
            f"there are more answers than questions; at most {STATED} are read, by the ids that"
            " read_questions tells"
        )
    long = [] if is_text else [name for name in answers if len(name) > _NAME]
    if long:
        raise SysgraphError(f"there is no question '{long[0][:_NAME]}…'; see read_questions")


def _has_quotes(answers: Mapping[str, Any] | str) -> bool:
    if isinstance(answers, str):
        return False
    given = answers.get("facets", answers)
    listed = given.values() if isinstance(given, Mapping) else ()
    each = [one for said in listed for one in (said if isinstance(said, list) else [said])]
    return any(isinstance(one, Mapping) and one.get("quote") for one in each)


def _lines(answers: Mapping[str, Any], frame: Frame) -> list[str]:
    """Return answers as a file that is read: one line each, so that a fault is known by its line.

    What already has ``facets`` is written as such a file.
    """
    if "facets" in answers:
        return [json.dumps(answers, ensure_ascii=False)]
    lines = ["{"]
    of_all = [name for name in answers if name in _OF_ALL or name in _texts(frame)]
    lines += [f"{_pair(name, answers[name])}," for name in of_all]
    rest = [_pair(name, each) for name, each in answers.items() if name not in of_all]
    return [*lines, '"facets": {', *(f"{each}," for each in rest[:-1]), *rest[-1:], "}", "}"]


def _pair(name: str, value: object) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"


def _texts(frame: Frame) -> list[str]:
    return [name for name, question in frame.opening.items() if not question.answers]


def faults_in(
    answers: Mapping[str, Any] | str, error: SysgraphError, frame: Frame
) -> list[AnswerFault]:
    """Return what is wrong with answers, fault by fault, each with the question it is about."""
    if not isinstance(error, BadFile | BadFiles):
        return [AnswerFault("", None, str(error))]
    names = {} if isinstance(answers, str) else _by_line(answers, frame)
    found = []
    for problem in error.problems:
        if isinstance(problem, BadFile):
            line = problem.line
            found.append(AnswerFault(names.get(line or 0, ""), line, problem.reason))
        else:
            found.append(AnswerFault("", None, str(problem)))
    return list(dict.fromkeys(found))


def _by_line(answers: Mapping[str, Any], frame: Frame) -> dict[int, str]:
    """Return which answer stands in which line of the file that is read."""
    starts = {f"{json.dumps(name, ensure_ascii=False)}: ": name for name in answers}
    lines = _lines(answers, frame)
    if len(lines) == 1:
        return {}
    told = ((number, line.partition('": ')[0] + '": ') for number, line in enumerate(lines, 1))
    return {number: starts[start] for number, start in told if start in starts}


def sound_answers(
    answers: Mapping[str, Any] | str, description: str, frame: Frame
) -> tuple[list[Situation], list[AnswerFault]]:
    """Return the readings by what is sound of the answers, and what is wrong with the rest."""
    try:
        return answers_read(answers, description, frame), []
    except SysgraphError as error:
        faults = faults_in(answers, error, frame)
    wrong = {each.question for each in faults}
    if isinstance(answers, str) or "" in wrong:
        return [], faults
    rest = {name: said for name, said in answers.items() if name not in wrong}
    try:
        return answers_read(rest, description, frame), faults
    except SysgraphError:  # what is left cannot stand without the rest
        return [], faults
