"""Small turns of phrase that every kind of answer shares."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sized
from fractions import Fraction
from textwrap import fill
from typing import TYPE_CHECKING, TypeVar

from sysgraph.errors import clean

if TYPE_CHECKING:
    from sysgraph.advice.board import Advice
    from sysgraph.advice.frame import Facet, Frame, Source

__all__ = [
    "JOINER",
    "WIDTH",
    "also",
    "cite",
    "clause",
    "counted",
    "credit",
    "escape",
    "filled",
    "ground_name",
    "grouped",
    "label_of",
    "listing",
    "number",
    "reach",
    "sentence",
    "tests_of",
    "type_name",
    "type_names",
    "type_title",
]

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

WIDTH = 100
_HYPHEN = "\ue000"

JOINER = "\u2060"
"""Is not seen, and breaks what GitHub would take for a person or an issue."""

# Without "|", which would end the cell of a table even within code.
_ADDRESS = re.compile(r"((?:(?:https?|ftp)://|www\.)[^\s`|]+)", re.IGNORECASE)
_UNREAD = {"read": "", "read-in-part": " (read in part)", "unchecked": " (unchecked)"}
_JOINS = {
    "stated": "stated by",
    "attributed": "attributed to",
    "reading": "our reading, drawing on",
}


def sentence(text: str) -> str:
    """Return a text that begins with a capital.

    >>> sentence("better leadership")
    'Better leadership'
    """
    text = clean(text)
    return text[:1].upper() + text[1:]


def number(value: Fraction | None) -> str:
    """Return a standing with its sign and two digits.

    >>> number(Fraction(9, 10)), number(Fraction(0)), number(None)
    ('+0.90', '0.00', '?')
    """
    if value is None:
        return "?"
    return f"{float(value):+.2f}" if round(float(value), 2) else "0.00"


def tests_of(advice: Advice) -> dict[str, Fraction]:
    """Return the tests, with the share that is known of each, which is alike for all types."""
    standings = next(iter(advice.types.values())).standings
    return {test: standing.known_share for test, standing in standings.items()}


def reach(low: Fraction, high: Fraction) -> str:
    """Return between what and what a standing lies."""
    return f"{number(low)} to {number(high)}"


def counted(count: int, noun: str) -> str:
    """Return a number of things.

    >>> counted(1, "case"), counted(1200, "case")
    ('1 case', '1,200 cases')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return things by what they have alike, in the order in which each is first met."""
    found: dict[K, list[T]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return found


def also(others: Sized) -> str:
    """Return that other answers do as well, or nothing if there are none."""
    more = len(others)
    return f"; {more} other answer{'s' * (more > 1)} would do as well" if more else ""


def cite(sources: Iterable[Source]) -> str:
    """Return who said so, with a mark on those whose text was not read."""
    return "; ".join(
        clean(source.citation) + _UNREAD.get(source.checking, f" ({source.checking})")
        for source in sources
    )


def ground_name(ground: str) -> str:
    """Return on what a statement rests, in words."""
    return "our reading" if ground == "reading" else ground


def credit(ground: str, sources: Iterable[Source]) -> str:
    """Return on what a statement rests and on whom, never our words as theirs."""
    cited = [source for source in sources if source.id != "sysgraph"]
    if not cited:
        return ground_name(ground)
    unread = [source for source in cited if source.checking == "unchecked"]
    if ground == "stated" and unread and len(unread) < len(cited):
        # Only a text that was read can be said to state something.
        read = [source for source in cited if source not in unread]
        return f"{_JOINS[ground]}: {cite(read)}; cited beside it: {cite(unread)}"
    return f"{_JOINS.get(ground, ground)}: {cite(cited)}"


def listing(words: Iterable[str], last: str = "and") -> str:
    """Return words as a sentence lists them.

    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *most, end = tuple(words) or ("",)
    return f"{', '.join(most)} {last} {end}" if most else end


def type_name(kind: str, frame: Frame) -> str:
    """Return the number and the label of a type, or what names it where the frame does not."""
    entry = frame.types.get(kind)
    return f"{entry.number} {clean(entry.label)}" if entry else clean(kind)


def type_title(kind: str, frame: Frame) -> str:
    """Return the number and the label of a type, to begin a line."""
    entry = frame.types[kind]
    return f"{entry.number} {sentence(entry.label)}"


def type_names(kinds: Iterable[str], frame: Frame) -> str:
    """Return types as a sentence lists them."""
    return listing(type_name(kind, frame) for kind in kinds)


def label_of(facet: Facet, value: str) -> str:
    """Return the label of a value of a facet."""
    return clean(facet.values[value].label)


def clause(facet: Facet, value: str) -> str:
    """Return that a facet has a value, in words that can follow "if"."""
    entry = facet.values[value]
    return clean(entry.clause or f"'{facet.label}' is '{entry.label}'")


def filled(text: str, indent: int = 0, mark: str = "", note: str = "") -> str:
    """Return a text as lines of at most 100 characters, further lines below its first word."""
    start = f"{' ' * indent}{mark} " if mark else " " * indent
    said = f"{clean(text)}  {clean(note)}" if note else clean(text)
    # An address must not be cut at its hyphens, or nobody can follow it.
    held = re.sub(r"\S+://\S+", lambda found: found.group().replace("-", _HYPHEN), said)
    width = max(WIDTH, indent + 40)
    lines = fill(held, width, initial_indent=start, subsequent_indent=" " * len(start))
    return lines.replace(_HYPHEN, "-")


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it stands, and that calls nobody and closes nothing.

    Addresses are shown as code, so that nothing is linked or fetched; and after ``@`` and ``#``
    stands an invisible character, so that neither people nor issues are meant.

    >>> escape("*bold* <b>")
    '\\*bold\\* \\<b\\>'
    >>> escape("see https://example.org/a_b.")
    'see `https://example.org/a_b.`'
    """
    parts = _ADDRESS.split(clean(text))
    return "".join(
        f"`{part}`" if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )


def _escaped(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]<>#|$~&!])", r"\\\1", text)
    return re.sub(r"(@|#|\bGH-)", rf"\1{JOINER}", text)
