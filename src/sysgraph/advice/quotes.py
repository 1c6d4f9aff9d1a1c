"""Answers that somebody else drew from a description, held to its own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sysgraph.advice.situation import UNKNOWN, Answer

if TYPE_CHECKING:
    from sysgraph.case.document import Path_

__all__ = ["are_quoted", "is_in", "quote_faults", "quotes_of", "reply_block"]

_MARKS = re.compile("[\"'`´“”„‟‘’‚‛«»‹›]")
_FENCE = re.compile(r"(```+|~~~+)\s*\w*\s*")
_KEY = re.compile(r"[a-z][a-z-]*:(?: .*)?")
_MEANT = re.compile(r"[a-z][a-z-]* ?:(?!//)")
"""A key that is not written as YAML wants it, which must be told and not left out."""
_BEGINS = r"(?<!\w)(?<!\w['‐‑-])(?<!\d[.,:–/])"
_ENDS = r"(?!\w)(?!'(?!s\b)\w|[‐‑-]\w)(?![.,:–/]\d)"
"""Where a word or a number begins and ends: not within don't, well-known or 3.5."""
_MISSING = (
    "copy into 'quote:' the words of the description that it rests on, or write 'value: unknown';"
    " where somebody was asked, write 'asked: yes'"
)

Said = Mapping[str, Sequence[Answer]]


def is_in(quote: str, text: str) -> bool:
    r"""Tell whether a text has these whole words, whatever the white space and kind of quotes.

    >>> is_in("the  \u201cold\u201d mill", "It is the 'old'\nmill."), is_in("old", "It is cold.")
    (True, False)
    """
    sought = _plain(quote)
    has_words = any(map(str.isalnum, sought))
    return has_words and bool(re.search(f"{_BEGINS}{re.escape(sought)}{_ENDS}", _plain(text)))


def _plain(text: str) -> str:
    return _MARKS.sub("'", " ".join(unicodedata.normalize("NFC", text).split()))


def are_quoted(said: Said) -> bool:
    """Tell whether any answer comes with a quote, so that each must."""
    return any(answer.quote for answers in said.values() for answer in answers)


def quotes_of(said: Said) -> dict[str, str]:
    """Return the words that each answer rests on of which all say the same, the first of them."""
    found = {
        name: next((answer.words for answer in answers if answer.words), "")
        for name, answers in said.items()
        if len({str(answer.value) for answer in answers}) == 1
    }
    return {name: words for name, words in found.items() if words}


def quote_faults(said: Said, text: str) -> Iterator[tuple[Path_, str]]:
    """Yield what is wrong with the quotes of answers that are drawn from a description."""
    for name, answers in said.items():
        for answer in answers:
            problem = _fault(name, answer, text)
            if problem:
                yield answer.place, problem


def _fault(name: str, answer: Answer, text: str) -> str | None:
    if answer.value == UNKNOWN or (answer.was_asked and not answer.quote):
        return None
    if not answer.words:
        return f"{name} has no quote; {_MISSING}"
    if not text:
        return f"{name} has a quote, and no description has it; give --description, or 'situation:'"
    if not is_in(answer.words, text):
        return f"the description does not say “{answer.words}”; {_MISSING}"
    return None


def reply_block(text: str) -> str | None:
    """Return the YAML of an assistant's reply, each line where it stood, or None if there is none.

    It stands between fences, or else from the first line that is a key to the last that belongs.
    """
    lines = text.splitlines()
    spans = [*_fenced(lines)] or [*_bare(lines)]
    wanted = [
        (begin, end)
        for begin, end in spans
        if any(line.startswith("facets:") for line in lines[begin:end])
    ]
    if len(wanted) != 1:
        return None
    ((begin, end),) = wanted
    return "\n" * begin + "\n".join(lines[begin:end]) + "\n"


def _fenced(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    marks = [at for at, line in enumerate(lines) if _FENCE.fullmatch(line)]
    for begin, end in zip(marks[::2], [*marks[1::2], len(lines)], strict=False):
        yield begin + 1, end


def _bare(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    keys = [at for at, line in enumerate(lines) if _KEY.fullmatch(line)]
    if not keys:
        return
    end = keys[-1] + 1
    while end < len(lines) and (
        not lines[end] or lines[end][0] in " \t#-" or _MEANT.match(lines[end])
    ):
        end += 1
    yield keys[0], end
