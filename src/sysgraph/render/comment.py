"""Blocks of texts of strangers in Markdown that GitHub shows, and that none of them can end."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from sysgraph.render.words import JOINER, clean

__all__ = ["fenced", "folded"]


def folded(heading: str) -> str:
    """Return the opening of a block that is shown when its heading is pressed.

    Within HTML no Markdown is read, so that the heading is escaped as HTML is.
    """
    text = re.sub(r"(@|#|\bGH-|://|www\.)", rf"\1{JOINER}", html.escape(clean(heading)))
    # The joiner would break the character references that the escaping has made.
    return f"<details><summary>{text.replace(f'&#{JOINER}', '&#')}</summary>"


def fenced(lines: Sequence[str]) -> list[str]:
    """Return lines as a block of code that none of them can end."""
    runs = (len(run) for line in lines for run in re.findall(r"~+", line))
    fence = "~" * max(3, 1 + max(runs, default=0))
    kept = [" " * (len(line) - len(line.lstrip(" "))) + clean(line) for line in lines]
    return [fence, *kept, fence]
