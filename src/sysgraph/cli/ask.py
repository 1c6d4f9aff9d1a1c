"""Questions on the terminal: first the one that settles most, until the front is settled."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sysgraph.advice.examine import Examiner
    from sysgraph.advice.frame import Facet
    from sysgraph.advice.situation import Situation

__all__ = ["ask_until_settled"]


def ask_until_settled(start: Situation, examiner: Examiner) -> Situation:
    """Return a situation with answers to the questions that could still change its front.

    The questions go to standard error and the answers come from standard input, a number each;
    an empty line says that the answer is not known, and the end of the input ends the asking.
    """
    from dataclasses import replace

    from sysgraph.advice.certainty import next_question

    frame = examiner.frame
    known = dict(start.facets)
    passed: list[str] = []
    _say("Answer with a number, or press Enter where it is not known.")
    while question := next_question(frame.board, known, passed):
        try:
            answer = _answer(frame.facets[question.facet])
        except EOFError:
            _say("No more answers: the rest is left unknown.")
            return replace(start, facets=known)
        if answer is None:
            passed.append(question.facet)
        else:
            known[question.facet] = answer
    left = len(frame.board.unknown(known)) - len(passed)
    _say(f"Settled: no answer to the {left} questions left could change what comes first.\n")
    return replace(start, facets=known)


def _answer(facet: Facet) -> str | None:
    from sysgraph.errors import clean
    from sysgraph.pages.words import sentence

    values = list(facet.values.values())
    _say(f"\n{sentence(facet.label)}? ({clean(facet.definition)})")
    for at, value in enumerate(values, 1):
        _say(f"  {at}  {clean(value.label)}")
    while True:
        print("  Number: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        text = line.strip()
        if not text:
            return None
        if text.isdigit() and 1 <= int(text) <= len(values):
            return values[int(text) - 1].id
        if text in facet.values:
            return text
        _say(f"  Write a number from 1 to {len(values)}, or press Enter.")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
