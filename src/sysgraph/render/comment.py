"""Texts of strangers in Markdown that GitHub shows: as they stand, and without any effect."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from sysgraph.render.words import clean

__all__ = ["fenced", "folded", "plain"]

_ADDRESS = re.compile(r"((?:https?://|www\.)[^\s`]+)", re.IGNORECASE)
_JOINER = "\u2060"


def plain(text: str) -> str:
    r"""Return a text that Markdown shows as it stands, and that calls nobody and closes nothing.

    Addresses are shown as code, so that nothing is linked or fetched; and after ``@`` and ``#``
    stands an invisible character, so that neither people nor issues are meant.

    >>> plain("*bold* <b>")
    '\\*bold\\* \\<b\\>'
    >>> plain("see https://example.org/a_b.")
    'see `https://example.org/a_b.`'
    """
    parts = _ADDRESS.split(clean(text))
    return "".join(
        f"`{part}`" if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )


def _escaped(text: str) -> str:
    text = re.sub(r"([\\`*_{}\[\]<>#|$~&!])", r"\\\1", text)
    return re.sub(r"(@|#|\bGH-)", rf"\1{_JOINER}", text)


def folded(heading: str) -> str:
    """Return the opening of a block that is shown when its heading is pressed.

    Within HTML no Markdown is read, so that the heading is escaped as HTML is.
    """
    text = re.sub(r"(@|#|\bGH-|://|www\.)", rf"\1{_JOINER}", html.escape(clean(heading)))
    # The joiner would break the character references that the escaping has made.
    return f"<details><summary>{text.replace(f'&#{_JOINER}', '&#')}</summary>"


def fenced(lines: Sequence[str]) -> list[str]:
    """Return lines as a block of code that none of them can end."""
    runs = (len(run) for line in lines for run in re.findall(r"~+", line))
    fence = "~" * max(3, 1 + max(runs, default=0))
    kept = [" " * (len(line) - len(line.lstrip(" "))) + clean(line) for line in lines]
    return [fence, *kept, fence]
