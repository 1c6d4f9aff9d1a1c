"""Small turns of phrase that every kind of answer shares."""

import re
from collections.abc import Iterable
from fractions import Fraction
from textwrap import fill

from sysgraph.advice.frame import Source
from sysgraph.visible import clean

__all__ = [
    "GROUNDS",
    "JOINER",
    "bullet",
    "cite",
    "clean",
    "credit",
    "escape",
    "listing",
    "number",
    "paragraph",
    "sentence",
]

WIDTH = 100
_HYPHEN = "\ue000"

JOINER = "\u2060"
"""Is not seen, and breaks what GitHub would take for a person or an issue."""

# Without "|", which would end the cell of a table even within code.
_ADDRESS = re.compile(r"((?:(?:https?|ftp)://|www\.)[^\s`|]+)", re.IGNORECASE)

GROUNDS = {
    "stated": "stated",
    "attributed": "attributed",
    "reading": "our reading",
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


def cite(sources: Iterable[Source]) -> str:
    """Return who said so, with a mark on those whose text was not read."""
    marks = {"read": "", "read-in-part": " (read in part)", "unchecked": " (unchecked)"}
    return "; ".join(
        clean(source.citation) + marks.get(source.checking, f" ({source.checking})")
        for source in sources
    )


def credit(ground: str, sources: Iterable[Source]) -> str:
    """Return on what a statement rests and on whom, never our words as theirs."""
    joins = {
        "stated": "stated by",
        "attributed": "attributed to",
        "reading": "our reading, drawing on",
    }
    cited = [source for source in sources if source.id != "sysgraph"]
    if not cited:
        return GROUNDS.get(ground, ground)
    unread = [source for source in cited if source.checking == "unchecked"]
    if ground == "stated" and unread and len(unread) < len(cited):
        # Only a text that was read can be said to state something.
        read = [source for source in cited if source not in unread]
        return f"{joins[ground]}: {cite(read)}; cited beside it: {cite(unread)}"
    return f"{joins.get(ground, ground)}: {cite(cited)}"


def listing(words: Iterable[str], last: str = "and") -> str:
    """Return words as a sentence lists them.

    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *most, end = tuple(words) or ("",)
    return f"{', '.join(most)} {last} {end}" if most else end


def paragraph(text: str, indent: int = 0) -> str:
    """Return a text as lines of at most 100 characters."""
    pad = " " * indent
    return _filled(text, pad, pad)


def bullet(text: str, mark: str = "·", indent: int = 2) -> str:
    """Return a text as an item of a list, its further lines indented below the first."""
    pad = " " * indent
    return _filled(text, f"{pad}{mark} ", f"{pad}{' ' * (len(mark) + 1)}")


def _filled(text: str, first: str, later: str) -> str:
    # An address must not be cut at its hyphens, or nobody can follow it.
    held = re.sub(r"\S+://\S+", lambda found: found.group().replace("-", _HYPHEN), clean(text))
    filled = fill(held, WIDTH, initial_indent=first, subsequent_indent=later)
    return filled.replace(_HYPHEN, "-")


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
