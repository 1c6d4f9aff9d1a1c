"""What to ask somebody next, until no answer could change what comes first."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sysgraph.advice.certainty import next_question, shares_first
from sysgraph.advice.doing import other_job
from sysgraph.advice.outside import elsewhere

if TYPE_CHECKING:
    from fractions import Fraction

    from sysgraph.advice.frame import Facet, Frame, OpeningQuestion
    from sysgraph.advice.outside import OutsideQuestion
    from sysgraph.advice.situation import Situation

__all__ = ["nearly_settled", "next_asked"]

_NEARLY = 0.9
"""In how many of the ways to answer the rest a type comes first that is nearly settled."""


def next_asked(
    situation: Situation, frame: Frame, put: Collection[str]
) -> Facet | OpeningQuestion | OutsideQuestion | None:
    """Return what to ask next, or None where no answer could change anything.

    First come the opening questions, then the facet that settles most, and last what would let a
    record of others speak. ``put`` are the ids of what was put already, answered or not. Nothing
    is asked where the job is another than leading.
    """
    if other_job(situation, frame) is not None:
        return None
    for name in frame.opening:
        if name not in put and name not in situation.opening:
            return frame.opening[name]
    known = situation.facets
    passed = [name for name in put if name in frame.facets and name not in known]
    if found := next_question(frame.board, known, passed):
        return frame.facets[found.facet]
    front = frame.board.front(known) if known else ()
    asked = elsewhere(situation, front, frame.outside).questions
    return next((one for one in asked if one.id not in put), None)


def nearly_settled(situation: Situation, frame: Frame) -> dict[str, Fraction]:
    """Return the types that come first now and in nearly all ways to answer the rest; how nearly.

    Each answer counts alike, so that this tells nothing of how likely it is in fact. None while
    too little is known of a test.
    """
    known, board = situation.facets, frame.board
    if not known or board.abstains(known):
        return {}
    shares = shares_first(board, known)
    return {kind: shares[kind] for kind in board.front(known) if shares[kind] >= _NEARLY}
