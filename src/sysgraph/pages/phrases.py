"""How the practitioner's page says facts, answers and reasons within its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sysgraph.advice.frame import Facet, FacetValue, Target
from sysgraph.errors import clean
from sysgraph.language import OPEN, joined, say, source_of, spoken, unmarked, within_marks
from sysgraph.pages.words import as_clause, first_sentence, lowered

if TYPE_CHECKING:
    from sysgraph.advice.changes import Change

__all__ = [
    "answer_said",
    "begun",
    "both",
    "is_aim",
    "part_on",
    "quoted",
    "rest_of",
    "stopped",
    "unstopped",
]

_NEEDS_QUESTION = re.compile(
    r"(?:hardly|it|in|less|little|no|not|only|people could|they|within|yes)\b|(?:\S+ ?){1,5}$"
)
"""An answer that says little without the question: one in a few words, or yes or no."""

_OF_TYPES = re.compile(r"\btypes? \d|\(\d\)|\b\d and \d\b")


def stopped(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if unmarked(text).endswith((".", "!", "?")) else f"{text}."


def unstopped(text: str) -> str:
    """Return a text without the full stop at its end."""
    return within_marks(unstopped, text) if text[:1] == OPEN else text.rstrip(".")


def begun(text: str) -> str:
    """Return the first part of a text, to stand within a sentence."""
    if text[:1] == OPEN:
        return within_marks(begun, text)
    return as_clause(text).partition(";")[0]


def rest_of(text: str) -> str:
    """Return what follows the first sentence of a text."""
    if text[:1] == OPEN:
        return within_marks(rest_of, text)
    return clean(text)[len(first_sentence(text)) :].lstrip(". ")


def quoted(name: str) -> str:
    """Return a name between quotes, as the language spoken has them."""
    return say("'{name}'", name=name)


def both(facts: Iterable[str]) -> str:
    """Return facts that must all hold, with a word between each two."""
    first, *others = facts
    return "".join([first, *(f" {joined('and', fact)} {fact}" for fact in others)])


def part_on(why: str, number: int) -> str:
    """Return the part of a reason that speaks of a type by its number, or else of none by number.

    Which part it is goes by the English; a translation has as many, or is taken as a whole.
    """
    if why[:1] == OPEN:
        return within_marks(lambda text: part_on(text, number), why)
    said, source = as_clause(why), source_of(why)
    parts = (said if source is why else as_clause(source)).split("; ")
    own = f"type {number}"
    at = [n for n, part in enumerate(parts) if own in part] or [
        n for n, part in enumerate(parts) if not _OF_TYPES.search(part)
    ]
    if not at:
        return ""
    told = said.split("; ")
    return told[at[0]] if len(told) == len(parts) else said


def answer_said(facet: Facet, value: FacetValue) -> str:
    """Return an answer in words, with its question where it says little without."""
    answer = value.answer or value.label
    said = lowered(unstopped(answer))
    if Target(value.iri).kind == "aim":
        return say("you want this to be so: {aim}", aim=said)
    source = source_of(answer)
    short = said if source is answer else lowered(source.rstrip("."))
    if not _NEEDS_QUESTION.match(short):
        return said
    topic = re.split(r" (?:of|among)\b", facet.label)[0] if spoken() is None else facet.label
    return f"{lowered(topic)}: {said}"


def is_aim(change: Change) -> bool:
    """Tell whether a change is one of the aim, which nobody changes to earn a way of leading."""
    return any(
        Target(each.facet.values[each.becomes].iri).kind == "aim" for each in change.assignments
    )
