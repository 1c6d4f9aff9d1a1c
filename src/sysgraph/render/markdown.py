"""Lines written for a terminal as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sysgraph.render.markup import ITEM, RULE, units
from sysgraph.render.words import escape

__all__ = ["lines_markdown"]


def lines_markdown(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines written for a terminal as Markdown: headings, lists and paragraphs."""
    was_item = False
    for unit in units(lines):
        title, _, rule = unit.rpartition("\n")
        item = ITEM.fullmatch(unit)
        if not item or not was_item:
            yield ""
        was_item = item is not None
        if title and RULE.fullmatch(rule):
            yield f"#### {escape(title)}"
        elif item:
            depth, mark = len(item.group(1)) // 4, item.group(2)
            sign = "" if mark == "·" else f"**{escape(mark)}** "
            yield f"{'  ' * depth}- {sign}{escape(item.group(3))}"
        else:
            yield escape(unit)
