"""What the library says to people, turned into another language where that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import Any, Protocol

from sysgraph.advice.frame import (
    BoundaryQuestion,
    Caution,
    Consideration,
    Effect,
    Facet,
    FacetValue,
    Frame,
    Gate,
    LeadershipType,
    Method,
    Move,
    OpeningAnswer,
    OpeningQuestion,
    Risk,
    TestWords,
    Voice,
)
from sysgraph.advice.outside import (
    Outside,
    OutsideFinding,
    OutsideQuestion,
    OutsideTable,
    ReferenceClass,
)
from sysgraph.language import Language, speaking, translated

__all__ = ["Spoken", "in_language", "texts_of"]


class Turn(Protocol):
    """Turns a text, told whose it is."""

    def __call__(self, text: str, where: str) -> str: ...


_TEXTS: dict[type, tuple[str, ...]] = {
    BoundaryQuestion: ("asks",),
    Caution: ("message",),
    Consideration: ("why",),
    Effect: ("label", "takes"),
    Facet: ("label", "wording", "why_asked", "help"),
    FacetValue: ("label", "answer", "clause"),
    Gate: ("message", "lift"),
    LeadershipType: ("plain_name", "one_line", "definition"),
    Method: ("label", "steps", "needs", "breaks_when"),
    Move: ("stance", "steps"),
    OpeningAnswer: ("label", "answer", "route"),
    OpeningQuestion: ("label", "wording", "why_asked", "help"),
    OutsideFinding: ("tested", "verdict", "strength"),
    OutsideQuestion: ("wording", "why_asked", "help"),
    OutsideTable: ("coded_by",),
    ReferenceClass: ("sentence", "years", "speaks_of", "does_not_speak_of"),
    Risk: ("label", "warning_sign", "mitigation"),
    TestWords: ("plain_name", "wording"),
    Voice: ("label", "plain_name"),
}
"""The texts of each kind of thing that questions and answers show. All else stays as it is.

Names that an author gave, titles, quotes and what people wrote are none of them.
"""

_WITHIN: dict[type, tuple[str, ...]] = {
    Consideration: ("tests",),
    Facet: ("values",),
    Frame: (
        *("types", "facets", "considerations", "cautions", "gates", "risks", "questions", "voices"),
        *("effects", "opening", "methods", "moves", "test_words", "outside"),
    ),
    OpeningQuestion: ("answers",),
    Outside: ("classes", "questions", "findings"),
    ReferenceClass: ("table",),
    Risk: ("tests",),
}
"""Where there are more things with texts within a thing."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text, and whose it is: the name of the thing, and the field."""

    text: str
    where: str


def in_language(frame: Frame, language: Language) -> Frame:
    """Return a frame whose texts are in a language; what the language does not have is English."""
    with speaking(language):
        found: Frame = _turned(frame, _said)
    return found


def _said(text: str, where: str) -> str:
    return translated(" ".join(text.split())) if _is_words(text) else text


def texts_of(frame: Frame) -> Iterator[Spoken]:
    """Yield each text that can be turned, once, with where it is met first."""
    found: dict[str, str] = {}

    def note(text: str, where: str) -> str:
        if _is_words(text):
            found.setdefault(" ".join(text.split()), where)
        return text

    _turned(frame, note)
    yield from (Spoken(*each) for each in found.items())


def _turned(thing: Any, turn: Turn) -> Any:
    """Return a thing with its texts turned, and all that is within it."""
    if isinstance(thing, dict):
        return {key: _turned(each, turn) for key, each in thing.items()}
    if isinstance(thing, (list, tuple)):
        return type(thing)(_turned(each, turn) for each in thing)
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    names = {each.name for each in fields(thing)}
    kind, given = type(thing), {}
    for name in _TEXTS.get(kind, ()):
        turned = partial(turn, where=f"{_name(thing)}:{name}")
        given[name] = _text_turned(getattr(thing, name), name, turned)
    given |= {name: _turned(getattr(thing, name), turn) for name in _WITHIN.get(kind, ())}
    return replace(thing, **{name: each for name, each in given.items() if name in names})


def _is_words(text: str) -> bool:
    """Tell whether there is anything to translate, which figures and years have not."""
    return any(map(str.isalpha, text))


def _text_turned(said: Any, name: str, turn: Callable[[str], str]) -> Any:
    if name == "verdict":  # its name, by which it is known, and what to call it
        return (said[0], turn(said[1]))
    if isinstance(said, dict):
        return {key: turn(each) for key, each in said.items()}
    return tuple(map(turn, said)) if isinstance(said, tuple) else turn(said)


def _name(thing: Any) -> str:
    iri = getattr(thing, "iri", "") or getattr(thing, "id", "") or type(thing).__name__
    return str(iri).removeprefix("https://w3id.org/sysgraph/")
