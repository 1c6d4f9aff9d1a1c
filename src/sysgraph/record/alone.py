"""One question alone as a forecast of the type that was practised, which all together must beat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysgraph.record.outcomes import Draws, Skill, by_case, skill_of

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.record.past import PastCase, PastReading

__all__ = ["Alone", "questions_alone"]

_PRIOR = 2
"""As many further readings, at the base rate, are thought into what a forecast learns from."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What a facet tells of the practised type if nothing else of the start is known.

    ``skill`` is beside the base rate, as of every forecast, and ``over_front`` beside the front.
    """

    facet: str
    label: str
    skill: Skill
    over_front: Skill


def questions_alone(
    cases: Sequence[PastCase],
    readings: Sequence[PastReading],
    frame: Frame,
    scores: tuple[Sequence[float], Sequence[float]],
    draws: Draws,
) -> tuple[Alone, ...]:
    """Return what each facet that a reading knows tells alone, the best first.

    ``scores`` are those of the base rate and of the front, by case.
    """
    found = []
    for name, facet in frame.facets.items():
        seen = [reading.get(name) for case in cases for reading in case.readings]
        if any(seen):
            mine = [*by_case(readings, _errors(readings, seen, len(frame.types))).values()]
            found.append(Alone(name, facet.label, *(skill_of(mine, s, draws) for s in scores)))
    return tuple(sorted(found, key=lambda one: one.skill.brier))


def _errors(readings: Sequence[PastReading], seen: Sequence[str | None], size: int) -> list[float]:
    """Return the Brier score over all types for every reading, by what was ``seen`` in it.

    The forecast is the share of each type among the readings of other cases with the same value,
    with two more thought in, at the base rate of the other cases with each type once more.
    """
    kinds = {row.case: row.practised for row in readings}
    types, table = Counter(kinds.values()), Counter[tuple[str | None, int]]()
    own = Counter((row.case, value) for row, value in zip(readings, seen, strict=True))
    table.update((value, row.practised) for row, value in zip(readings, seen, strict=True))
    errors = []
    for row, value in zip(readings, seen, strict=True):
        mine, others = row.practised, types.copy()
        others[mine] -= 1
        held = [_PRIOR * (others[kind] + 1) / (len(kinds) - 1 + size) for kind in range(size)]
        if value is not None:
            held = [each + table[value, kind] for kind, each in enumerate(held)]
            held[mine] -= own[row.case, value]
        total = sum(held)
        squares = sum([(each / total) ** 2 for each in held])
        errors.append(squares - 2 * held[mine] / total + 1)
    return errors
