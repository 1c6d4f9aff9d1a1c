"""Answers as they stand in an address: slugs in the order of asking, and never anybody's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sysgraph.advice.situation import UNKNOWN, situation_said
from sysgraph.advice.withdrawn import moved_answer, moved_type
from sysgraph.errors import suggest
from sysgraph.near import nearest

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.advice.withdrawn import Moved

__all__ = ["Coded", "coded_of", "read_coded", "texts_asked"]

_NOT_ANSWERS = ("about", "chosen", "differ", "first", "lang", "library", "reading")
MOST = 200
"""How many answers an address may hold; there are fewer than thirty questions."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Answers in the order in which they were given.

    Each of ``pairs`` is what was asked and its value, which may be ``unknown``, or ``VALUE@VOICE``
    where people see it differently. ``library`` and ``first`` are the digest of the library and
    the types that came first when the address was made. ``faults`` tells what was left out.
    ``lang`` is the language that was asked for, if one was.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    library: str = ""
    first: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    lang: str = ""

    @property
    def address(self) -> str:
        """Return the answers as the query of an address, with the ``?`` before it."""
        return f"?{urlencode(self.carried, safe='@')}" if self.carried else ""

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """Return what pages hand on: the answers, and the language that was asked for."""
        return (*self.pairs, ("lang", self.lang)) if self.lang else self.pairs

    @property
    def put(self) -> tuple[str, ...]:
        """Return what was asked, each once, in order."""
        return tuple(dict.fromkeys(name for name, _ in self.pairs))

    def answered(self, name: str) -> str:
        """Return the one value that was given, or nothing."""
        values = [value for each, value in self.pairs if each == name]
        return values[0] if len(values) == 1 else ""

    def without(self, name: str) -> Coded:
        """Return the answers without those to one question."""
        return replace(self, pairs=tuple(each for each in self.pairs if each[0] != name))

    def back(self) -> Coded:
        """Return the answers without those that were given last."""
        return self.without(self.pairs[-1][0]) if self.pairs else self

    def situation(self, frame: Frame, words: Mapping[str, str] | None = None) -> Situation:
        """Return the situation that is described, with what a person said in their own words."""
        voices = {voice.id: voice.plain_name or voice.label for voice in frame.voices}
        given = []
        for name, said in self.pairs:
            value, _, voice = said.partition("@")
            given.append((name, f"{value}@{voices[voice]}" if voice else value))
        found = situation_said(given, frame)
        spoken = {view.standpoint for view in found.views}
        sides = {name: (voice,) for voice, name in voices.items() if name in spoken}
        told = {name: text for name, text in (words or {}).items() if text}
        return replace(found, opening={**found.opening, **told}, voices=sides)


def texts_asked(frame: Frame) -> list[str]:
    """Return the ids of the questions that are answered in a person's own words."""
    return [name for name, one in frame.opening.items() if not one.answers]


def read_coded(given: Iterable[tuple[str, str]], frame: Frame) -> Coded:
    """Return the answers in an address; what the library does not know is left out and told.

    In the place of an answer that was withdrawn comes what stands there today, which is told too.
    """
    pairs: dict[tuple[str, str], str] = {}
    told: dict[str, str] = {}
    faults = []
    voices = {voice.id for voice in frame.voices}
    for name, said in list(given)[:MOST]:
        if name in _NOT_ANSWERS:
            told[name] = said
        if name in _NOT_ANSWERS or not said:  # an empty field of a form is no answer
            continue
        value, _, voice = said.partition("@")
        fault = _fault(name, value, frame)
        if fault and (moved := moved_answer(name, value, frame)):
            faults.append(f"{moved.told(name, value)}; {_taken(moved)}")
            if not moved.value:
                continue
            name, value, fault = moved.name, moved.value, ""  # noqa: PLW2901 - today's words
        if not fault and voice and (voice not in voices or name not in frame.facets):
            fault = f"nobody speaks as '{voice}' of '{name}'"
        if fault:
            faults.append(fault)
        else:
            pairs[name, voice] = value
    kept = _agreed(pairs)
    counted = {(name, said.partition("@")[0]) for name, said in kept}
    faults += [
        f"'{value}' as an answer to '{name}' was left out: it was answered for all and by sides"
        for (name, _), value in pairs.items()
        if (name, value) not in counted
    ]
    named = (moved_type(one, frame) for one in told.get("first", "").split(" "))
    first = tuple(dict.fromkeys(one for one in named if one in frame.types))
    return Coded(kept, told.get("library", ""), first, tuple(dict.fromkeys(faults)))


def _taken(moved: Moved) -> str:
    return "that was taken" if moved.value else "it was left out"


def _agreed(pairs: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
    """Return each answer once: of a question one value, or one of each of several voices."""
    by: dict[str, dict[str, str]] = {}
    for (name, voice), value in pairs.items():
        by.setdefault(name, {})[voice] = value
    found = []
    for name, said in by.items():
        seen = {voice: value for voice, value in said.items() if voice}
        if len({*seen.values()}) > 1:
            found += [(name, f"{value}@{voice}") for voice, value in seen.items()]
        else:
            found.append((name, next(reversed(said.values()))))
    return tuple(found)


def _fault(name: str, value: str, frame: Frame) -> str:
    if name not in frame.answerable:
        return f"there is no question '{name}'{suggest(nearest(name, frame.answerable))}"
    values = frame.answerable[name]
    if value != UNKNOWN and value not in values:
        return f"'{value}' is no answer to '{name}'{suggest(nearest(value, values))}"
    return ""


def coded_of(situation: Situation, frame: Frame) -> Coded:
    """Return what can be coded of a situation: all but a person's own words.

    Of those who see a facet differently, each goes by the first voice they are placed in; those
    who are in none are left out, and told of.
    """
    pairs = [*situation.opening.items(), *situation.facets.items()]
    given = [(name, value) for name, value in pairs if name in frame.answerable]
    from sysgraph.advice.voices import place

    faults = []
    for view in situation.views:
        placed = place(view.standpoint, frame.voices, situation.voices)
        voices = [*placed.voices]
        if voices:
            given.append((view.facet, f"{view.value}@{voices[0]}"))
        else:
            faults.append(f"on which side '{view.standpoint}' stand is not known")
    found = read_coded(given, frame)
    return replace(found, faults=(*found.faults, *dict.fromkeys(faults)))
