"""In which language a page speaks: English, or what a catalogue has in the place of each message.

A message is an English text with named places, as ``str.format`` has them. What a catalogue does
not have is said in English, between two marks that a page turns into ``lang="en"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

__all__ = [
    "CLOSE",
    "OPEN",
    "JoiningWord",
    "Language",
    "figure",
    "foreign",
    "joined",
    "noted",
    "say",
    "say_many",
    "source_of",
    "speaking",
    "spoken",
    "translated",
    "unmarked",
    "within_marks",
]

OPEN, CLOSE = "\ue001", "\ue002"
"""What stands around English within another language; a page shows neither."""

_MARKS = str.maketrans("", "", OPEN + CLOSE)


@dataclass(frozen=True, slots=True)
class JoiningWord:
    """What joins the last word of a list, and another where that word begins with a pattern."""

    word: str
    other: str = ""
    before: re.Pattern[str] | None = None

    def to(self, last: str) -> str:
        """Return what stands before the last word."""
        return self.other if self.before and self.before.match(last) else self.word


@dataclass(frozen=True)
class Language:
    """A language by its code, with what it calls itself.

    ``messages`` go by the English, ``plurals`` by the English of one; ``plural_of`` tells which of
    several forms a number takes. ``joins`` go by "and" and "or". Without a ``reviewer`` nobody who
    speaks it has read the whole.
    """

    code: str
    name: str = ""
    messages: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_of: Callable[[int], int] = lambda count: int(count != 1)
    joins: Mapping[str, JoiningWord] = field(default_factory=dict)
    reviewer: str = ""

    @cached_property
    def sources(self) -> dict[str, str]:
        """Return the English of each message, by what is said for it."""
        return {said: text for text, said in self.messages.items()}


_spoken: ContextVar[Language | None] = ContextVar("language", default=None)


@contextmanager
def speaking(language: Language | None) -> Iterator[None]:
    """Speak a language while the block runs; None is English."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> Language | None:
    """Return the language that is spoken, None for English."""
    return _spoken.get()


def noted(text: str) -> str:
    """Return a text as it is: it is a message, and said where it is used."""
    return text


def say(text: str, /, **parts: object) -> str:
    """Return a message in the language that is spoken, with its places filled.

    >>> say("{n} of {all}", n=1, all=2)
    '1 of 2'
    """
    language = _spoken.get()
    if language is None:
        return text.format_map(parts) if parts else text
    found = language.messages.get(text)
    filled = (found or text).format_map(parts) if parts else found or text
    return filled if found else foreign(filled)


def say_many(one: str, many: str, count: int, /, **parts: object) -> str:
    """Return the message for a number of things, which fills the place ``n``.

    >>> say_many("{n} case", "{n} cases", 2)
    '2 cases'
    """
    language = _spoken.get()
    text = one if count == 1 else many
    forms = language.plurals.get(one) if language is not None else None
    parts["n"] = figure(count)
    if language is None or forms is None:
        return foreign(text.format_map(parts))
    return forms[min(language.plural_of(count), len(forms) - 1)].format_map(parts)


def translated(text: str) -> str:
    """Return what is said for a text of the library."""
    language = _spoken.get()
    if language is None or not text:
        return text
    return language.messages.get(text) or foreign(text)


def figure(count: int) -> str:
    """Return a whole number; between its thousands other languages have a narrow space."""
    said = f"{count:,}"
    return said if _spoken.get() is None else said.replace(",", "\u202f")


def joined(word: str, last: str) -> str:
    """Return "and" or "or" as it stands before the last word of a list."""
    language = _spoken.get()
    join = language.joins.get(word) if language is not None else None
    return join.to(unmarked(last)) if join else word


def foreign(text: str) -> str:
    """Return an English text, marked as such where another language is spoken."""
    if _spoken.get() is None or not text:
        return text
    return f"{OPEN}{unmarked(text)}{CLOSE}"


def unmarked(text: str) -> str:
    """Return a text without the marks around what is English."""
    return text.translate(_MARKS) if OPEN in text or CLOSE in text else text


def source_of(text: str) -> str:
    """Return the English of what was said, to go by its wording."""
    language = _spoken.get()
    if language is None:
        return text
    return unmarked(language.sources.get(text, text))


def within_marks(turn: Callable[[str], str], text: str) -> str:
    """Return a marked text turned by a function that looks at its beginning or its end."""
    turned = turn(unmarked(text))
    return f"{OPEN}{turned}{CLOSE}" if turned else ""
