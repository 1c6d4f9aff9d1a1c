"""What holds whatever the unknown turns out to be, and what to ask next, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sysgraph.advice.certainty import Certainty, Question, count_open
from sysgraph.advice.frame import Frame
from sysgraph.render.words import bullet, clean, listing, paragraph, sentence

__all__ = ["certainty_data", "certainty_lines", "name_types", "question_data", "question_lines"]

_WORDS = {
    Certainty.CERTAIN: "Worth considering first, whatever the answers",
    Certainty.POSSIBLE: "Worth considering first for some answers and not for others",
    Certainty.NOT: "Not worth considering first, whatever the answers",
}


def name_types(kinds: Iterator[str] | list[str], frame: Frame) -> str:
    """Return types by number and label, in the order of their numbers."""
    named = sorted((frame.types[kind] for kind in kinds), key=lambda each: each.number)
    return listing(f"{each.number} {clean(each.label)}" for each in named)


def certainty_lines(standing: Mapping[str, Certainty], unknown: int, frame: Frame) -> Iterator[str]:
    """Yield which types are certainly, possibly or not on the front, over all completions."""
    if not unknown:
        yield paragraph("Every question about the situation is answered, so nothing is left open.")
        return
    questions = "the one question" if unknown == 1 else f"the {unknown} questions"
    yield paragraph(f"Over all the answers that {questions} still open could have:")
    for certainty, words in _WORDS.items():
        kinds = [kind for kind, each in standing.items() if each is certainty]
        if kinds:
            yield bullet(f"{words}: {name_types(kinds, frame)}.")
    if not count_open(standing):
        yield paragraph("So no answer could change what is worth considering first.")


def question_lines(question: Question | None, frame: Frame) -> Iterator[str]:
    """Yield the question that settles most, with what each answer to it would do."""
    if question is None:
        return
    facet = frame.facets[question.facet]
    yield paragraph(
        f"Ask next ({facet.id}): {clean(facet.label)}, that is, {clean(facet.definition)}."
        f" Now {question.open_now} types are open; an answer leaves"
        f" {float(question.open_after):.1f} open on average."
    )
    for value, standing in question.answers.items():
        yield bullet(f"{sentence(facet.values[value].label)}: {_effect(standing, frame)}.")


def _effect(standing: Mapping[str, Certainty], frame: Frame) -> str:
    parts = []
    for certainty, words in (
        (Certainty.CERTAIN, "first for certain"),
        (Certainty.NOT, "out"),
        (Certainty.POSSIBLE, "still open"),
    ):
        kinds = [kind for kind, each in standing.items() if each is certainty]
        if kinds:
            parts.append(f"{words}: {name_types(kinds, frame)}")
    return "; ".join(parts)


def certainty_data(standing: Mapping[str, Certainty]) -> dict[str, str]:
    """Return "certainly", "possibly" or "not" by type."""
    return {kind: each.value for kind, each in standing.items()}


def question_data(question: Question | None) -> dict[str, Any] | None:
    """Return the next question with what each of its answers would make of each type."""
    if question is None:
        return None
    return {
        "facet": question.facet,
        "open_now": question.open_now,
        "open_after": float(question.open_after),
        "answers": {v: certainty_data(standing) for v, standing in question.answers.items()},
    }
