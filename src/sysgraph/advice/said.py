"""What is written of a facet: its values, from whom, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Frame
from sysgraph.errors import suggest
from sysgraph.near import nearest

if TYPE_CHECKING:
    from sysgraph.contribute.syntax.document import Path_, Plain

__all__ = ["UNKNOWN", "Answer", "View", "answers_of", "faults", "known_and_contested", "one_line"]

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class View:
    """What one standpoint says of a facet that another sees otherwise; may be ``unknown``."""

    facet: str
    value: str
    standpoint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of a facet as it was written, which may be anything, and its place in a file."""

    value: Plain | None
    standpoint: Plain = ""
    place: Path_ = ()

    @property
    def who(self) -> str:
        """Return the standpoint on one line, or nothing where none is written."""
        return one_line(self.standpoint) if isinstance(self.standpoint, str) else ""


def one_line(text: str) -> str:
    """Return a text with single spaces for all its white space."""
    return " ".join(text.split())


def answers_of(said: Plain, place: Path_) -> list[Answer]:
    """Return what a file says of a facet: a value, a mapping with one, or a list of these."""
    if isinstance(said, list):
        return [_answer(one, (*place, number)) for number, one in enumerate(said)]
    return [_answer(said, place)]


def _answer(said: Plain, place: Path_) -> Answer:
    if isinstance(said, dict):
        return Answer(said.get("value"), said.get("standpoint", ""), place)
    return Answer(said, "", place)


def known_and_contested(
    said: Mapping[str, Sequence[Answer]],
) -> tuple[dict[str, str], tuple[View, ...]]:
    """Return the facets of which all answers are the same, and the views of those that differ."""
    known: dict[str, str] = {}
    views: list[View] = []
    for name, answers in said.items():
        values = {str(answer.value) for answer in answers}
        if len(values) > 1:
            views += (View(name, str(answer.value), answer.who) for answer in answers)
        elif values - {UNKNOWN}:
            known[name] = values.pop()
    return known, tuple(views)


def faults(
    name: str, answers: Sequence[Answer], frame: Frame, place: Path_ = ()
) -> Iterator[tuple[Path_, str]]:
    """Yield what is wrong with what is written of a facet, each with its place in the file."""
    if name not in frame.facets:
        yield place, _no_facet(name, frame)
        return
    if not answers:
        yield place, "write one value here; for what is not known leave the facet out"
    spoken: dict[str, Answer] = {}
    for answer in answers:
        if problem := _fault_of_value(name, answer.value, frame):
            yield answer.place, problem
        if not isinstance(answer.standpoint, str):
            yield answer.place, "a standpoint is a few words, such as 'the tenants'"
        elif len(answers) > 1 and not answer.who:
            reason = "write 'standpoint:' beside each, or @WHO after each --facet"
            yield answer.place, f"{name} has several values; {reason}"
        elif (earlier := spoken.setdefault(answer.who.casefold(), answer)) is not answer:
            reason = f"'{earlier.who}' has already said '{earlier.value}' of {name}; keep one"
            yield answer.place, reason


def _fault_of_value(name: str, value: Plain | None, frame: Frame) -> str | None:
    if not isinstance(value, str):
        return "write one value here; for what is not known leave the facet out"
    facet = frame.facets[name]
    if value == UNKNOWN or value in facet.values:
        return None
    near = nearest(value, facet.values)
    allowed = ", ".join((*facet.values, UNKNOWN))
    return f"'{value}' is not a value of {name}{suggest(near)} (allowed: {allowed})"


def _no_facet(name: str, frame: Frame) -> str:
    near = nearest(name, frame.facets)
    hint = suggest(near) or f" (facets: {', '.join(frame.facets)})"
    return f"there is no facet '{name}'{hint}"
