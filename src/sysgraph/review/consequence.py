"""The difference in consequence: advice, evidence, classification and dissent on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sysgraph.advice.situation import read_situations
from sysgraph.contribute.limits import read_bytes
from sysgraph.review.claims import compare_claims
from sysgraph.review.concerns import find_concerns
from sysgraph.review.counts import compare_counts, compare_nearness
from sysgraph.review.follows import compare_conclusions, prove_moves
from sysgraph.review.fronts import MOST_CASES, Board, Trial, board_of, moves, stored_trials
from sysgraph.review.report import Review
from sysgraph.review.side import Side
from sysgraph.review.words import Words

__all__ = ["add_consequences"]


def add_consequences(
    review: Review, before: Side, after: Side, words: Words, situations: Path | None
) -> Review:
    """Return the review with what the differences lead to."""
    names = [subject.name for subject in review.contributions]
    boards = (board_of(before), board_of(after))
    trials, told = _trials(situations, before, after, names, boards)
    moved = moves(trials, *boards)
    reach = names
    if review.ontology:  # then cases that are the same may follow otherwise
        every = sorted({*before.names, *after.names})
        reach = list(dict.fromkeys((*names, *every[:MOST_CASES])))
    verdicts, proofs, clashes = compare_conclusions(reach, before, after, words)
    notes = [
        f"The case {name} contradicts itself; 'sysgraph validate' shows how." for name in clashes
    ]
    found = replace(
        review,
        situations=len(trials),
        told=told,
        moves=tuple(moved),
        counts=tuple(compare_counts(*boards)),
        nearness=tuple(compare_nearness(names, trials, *boards)),
        verdicts=tuple(verdicts),
        answers=tuple(compare_claims(boards[0].found, boards[1].found)),
        proofs=(*prove_moves(moved, before, after, boards), *proofs),
        notes=tuple(dict.fromkeys((*review.notes, *before.notes, *after.notes, *notes))),
    )
    warnings, checked = find_concerns(found, before, after, boards)
    return replace(found, warnings=warnings, checked=checked)


def _trials(
    file: Path | None, before: Side, after: Side, names: Sequence[str], boards: Sequence[Board]
) -> tuple[list[Trial], str]:
    if file is not None:
        listed = read_situations(read_bytes(file), str(file), boards[1].full)
        found = [Trial(one.id, one.title or one.id, one.facets, one.facets) for one in listed]
        return found, f"the situations of {file}"
    found = stored_trials(before, after, names)
    count = len({name for side in (before, after) for name in side.names if "/" not in name})
    some = f" (the first {MOST_CASES:,} of {count:,} cases)" if count > MOST_CASES else ""
    return found, f"the situations that the readings of all cases describe{some}"
