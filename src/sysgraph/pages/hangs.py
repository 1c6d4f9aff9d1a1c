"""What the answer hangs on, in a line: the facts that define the ways, and works not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sysgraph.pages.words import counted, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sysgraph.advice.examine import Examination
    from sysgraph.advice.rests import HangsOn

__all__ = ["hangs_on_lines"]


def hangs_on_lines(examination: Examination, short: Callable[[str], str]) -> Iterator[str]:
    """Yield what is true of this answer, where one was given; ``short`` names a type."""
    found = examination.hangs_on
    if found.first and len(found.first) < len(examination.advice.types):
        without = _without(found, len(examination.advice.types), short)
        yield f"{_given(found, without)}. {_read(found)}"


def _given(found: HangsOn, without: str) -> str:
    if not found.defining:
        return "You told none of the facts that define the ways"
    if found.alone == found.first == found.without:
        return "The facts that define the ways give the same alone, and so do the others"
    if found.alone == found.first:
        return f"The facts that define the ways give this alone; without them, {without}"
    return f"The facts that define the ways do not give this alone; without them, {without}"


def _without(found: HangsOn, types: int, short: Callable[[str], str]) -> str:
    if found.without == found.first:
        return "it stays"
    if not found.without:
        return "nothing would come first"
    if len(found.without) == types:
        return "nothing would tell the ways apart"
    return f"{listing(map(short, found.without), 'and')} would come first"


def _read(found: HangsOn) -> str:
    works = counted(found.works, "work")
    if not found.works:
        return "The reasons name no work of others."
    if not found.unread + found.in_part:
        return f"Of {works} behind it, all were read."
    parts = [f"{found.in_part} read in part"] if found.in_part else []
    parts += [f"{found.unread} unread"] if found.unread else []
    return f"Of {works} behind it: {', '.join(parts)}."
