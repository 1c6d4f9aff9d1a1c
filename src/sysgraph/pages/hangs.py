"""What the answer hangs on, in a line: the facts that define the ways, and works not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sysgraph.language import say
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
        return say("You told none of the facts that define the ways")
    if found.alone == found.first == found.without:
        return say("The facts that define the ways give the same alone, and so do the others")
    if found.alone == found.first:
        return say(
            "The facts that define the ways give this alone; without them, {rest}", rest=without
        )
    return say(
        "The facts that define the ways do not give this alone; without them, {rest}", rest=without
    )


def _without(found: HangsOn, types: int, short: Callable[[str], str]) -> str:
    if found.without == found.first:
        return say("it stays")
    if not found.without:
        return say("nothing would come first")
    if len(found.without) == types:
        return say("nothing would tell the ways apart")
    return say("{ways} would come first", ways=listing(map(short, found.without), "and"))


def _read(found: HangsOn) -> str:
    works = counted(found.works, "work")
    if not found.works:
        return say("The reasons name no work of others.")
    if not found.unread + found.in_part:
        return say("Of {works} behind it, all were read.", works=works)
    parts = [say("{n} read in part", n=found.in_part)] if found.in_part else []
    parts += [say("{n} unread", n=found.unread)] if found.unread else []
    return say("Of {works} behind it: {read}.", works=works, read=", ".join(parts))
