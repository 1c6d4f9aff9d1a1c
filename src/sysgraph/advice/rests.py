"""What one piece of advice hangs on: the facts that define the types, and works not read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sysgraph.advice.board import Advice
    from sysgraph.advice.frame import Frame

__all__ = ["OWN", "HangsOn", "hangs_on"]

OWN = "sysgraph"
"""The source that stands for our own reading, which is no work of others."""


@dataclass(frozen=True, slots=True)
class HangsOn:
    """What hangs on what, in the order of the graph.

    ``defining`` are the known facets by which the ontology defines the types, and ``first`` the
    types that come first: ``alone`` by those facets only, ``without`` by all others. Of the
    ``works`` of others that the reasons for some types name, ``in_part`` were read in part, and
    ``unread`` not at all.
    """

    defining: tuple[str, ...]
    first: tuple[str, ...]
    alone: tuple[str, ...]
    without: tuple[str, ...]
    works: int
    in_part: int
    unread: int


def hangs_on(
    facets: Mapping[str, str], advice: Advice, frame: Frame, types: Collection[str]
) -> HangsOn:
    """Return what advice on some facts hangs on, and what the reasons for some types do."""
    defining = {name: facets[name] for name in frame.defining if name in facets}
    others = {name: value for name, value in facets.items() if name not in defining}
    read = {
        source.id: source.checking
        for kind in types
        for reason in advice.types[kind].supports
        for source in reason.consideration.sources
        if source.id != OWN
    }
    count = Counter(read.values())
    return HangsOn(
        tuple(defining),
        _front(facets, frame),
        _front(defining, frame),
        _front(others, frame),
        len(read),
        count["read-in-part"],
        count["unchecked"],
    )


def _front(facets: Mapping[str, str], frame: Frame) -> tuple[str, ...]:
    """Return the types that come first, in the order of the board."""
    front = frame.board.front(facets)
    return tuple(kind for kind in frame.board.types if kind in front)
