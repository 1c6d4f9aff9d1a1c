"""Everything there is to say about a situation, each part worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sysgraph.advice.board import Advice, advise
from sysgraph.advice.certainty import Certainty, Question, certainty, next_question
from sysgraph.advice.changes import Changes, WhyNot, changes, why_not
from sysgraph.advice.dissent import (
    Claim,
    Dissent,
    Standpoints,
    bearing,
    discount,
    dissent,
    missing_standpoints,
)
from sysgraph.advice.doing import WhatToDo, types_named, what_to_do
from sysgraph.advice.evidence import SHOWN, Alike, TypeEvidence, most_alike, weigh_evidence
from sysgraph.advice.frame import Frame
from sysgraph.advice.outside import Elsewhere, elsewhere
from sysgraph.advice.rests import HangsOn, hangs_on
from sysgraph.advice.robust import CaseReading, Combination, Robustness, combinations, robustness
from sysgraph.advice.situation import Situation

if TYPE_CHECKING:
    from sysgraph.advice.contest import Contest
    from sysgraph.advice.plans import Plans

__all__ = ["Examination", "Examiner"]


class Examiner:
    """What a graph knows, without what stands attacked, ready for any number of situations.

    ``whole`` is the frame with everything in it; ``frame`` is what counts. With
    ``only_independent`` no outcome counts but those judged by others than those who led.
    """

    def __init__(self, whole: Frame, *, only_independent: bool = False) -> None:
        self.whole = whole
        self.only_independent = only_independent
        self.dissent: Dissent = dissent(whole)
        self.frame: Frame = discount(whole, self.dissent)

    def examine(
        self,
        situation: Situation,
        standpoints: Iterable[str] = (),
        *,
        origin: CaseReading | None = None,
    ) -> Examination:
        """Return the examination of a situation that was described from some standpoints."""
        spoken = tuple(standpoints) or tuple(filter(None, (situation.standpoint,)))
        return Examination(self, situation, spoken, origin)

    def compare(self, readings: Sequence[Situation], most: int | None = None) -> Contest:
        """Return where several readings of one situation differ, and where their advice does.

        The search for what settles it takes ``most`` steps, if that is given.
        """
        from sysgraph.advice.contest import compare_readings

        return compare_readings(readings, self.frame, most)


@dataclass(eq=False)
class Examination:
    """A situation with all that follows from it; nothing is worked out before it is wanted.

    ``spoken`` are the standpoints that it was described from, ``origin`` the reading of a case
    that it was taken from, if it was.
    """

    examiner: Examiner
    situation: Situation
    spoken: tuple[str, ...] = ()
    origin: CaseReading | None = None

    @property
    def frame(self) -> Frame:
        """Return what counts of what the graph knows."""
        return self.examiner.frame

    @cached_property
    def advice(self) -> Advice:
        """Return the standings, the front, the reasons, the risks and the cases."""
        return advise(self.situation, self.frame)

    @cached_property
    def certainty(self) -> dict[str, Certainty]:
        """Return what holds whatever the unknown facets turn out to be."""
        return certainty(self.frame.board, self.situation.facets)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Return the types of the front of which enough is known to name them first.

        There are none where the job is another than leading of a type.
        """
        return types_named(self.situation, self.frame)

    @cached_property
    def question(self) -> Question | None:
        """Return the question that settles most, or None where no answer changes the front."""
        return next_question(self.frame.board, self.situation.facets)

    @cached_property
    def nearest_changes(self) -> Changes:
        """Return the changes of one facet that bring a type onto the front or push one off."""
        return changes(self.situation, self.frame, most=1)

    @cached_property
    def changes(self) -> Changes:
        """Return the smallest changes, of up to three facets."""
        return changes(self.situation, self.frame)

    @cached_property
    def why_not(self) -> dict[str, WhyNot]:
        """Return, for each type off the front, the one reason why it is not there."""
        return why_not(self.situation, self.frame, found=self.changes)

    @cached_property
    def robustness(self) -> Robustness:
        """Return what the front rests on, and how far strengths may move before it changes."""
        return robustness(self.situation, self.frame, origin=self.origin)

    @cached_property
    def hangs_on(self) -> HangsOn:
        """Return what the answer hangs on: the facts that define the types, and works not read."""
        types = self.named or self.advice.front
        return hangs_on(self.situation.facets, self.advice, self.frame, types)

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """Return what came of such cases in the tables of others; it bears on no standing."""
        return elsewhere(self.situation, self.advice.front, self.frame.outside)

    @cached_property
    def plans(self) -> dict[str, Plans]:
        """Return, for each type off the front, the ways to make it fit."""
        from sysgraph.advice.plans import plans_for_types

        return plans_for_types(self.situation, self.frame)

    @cached_property
    def combinations(self) -> tuple[Combination, ...]:
        """Return what pairs of types bring to each other."""
        return combinations(self.advice, self.frame)

    @cached_property
    def evidence(self) -> dict[str, TypeEvidence]:
        """Return what the cases show for each type; those that stand attacked do not count."""
        return self._weighed(SHOWN)

    @cached_property
    def tallies(self) -> dict[str, TypeEvidence]:
        """Return the counts alone, with no case fetched."""
        return self._weighed(0)

    @cached_property
    def alike(self) -> dict[str, Alike]:
        """Return for each type that is named first the case most like this, of each end."""
        found = self.examiner.dissent
        return most_alike(
            self.situation,
            self.examiner.whole,
            self.named,
            without=found.cases,
            unclassified=found.classifications,
            unjudged=found.judgements,
            only_independent=self.examiner.only_independent,
        )

    @cached_property
    def to_do(self) -> WhatToDo:
        """Return what to do, by the answers and the role of whoever asks."""
        return what_to_do(self.advice, self.frame, self.named)

    def _weighed(self, shown: int) -> dict[str, TypeEvidence]:
        found = self.examiner.dissent
        return weigh_evidence(
            self.situation,
            self.examiner.whole,
            without=found.cases,
            unclassified=found.classifications,
            unjudged=found.judgements,
            only_independent=self.examiner.only_independent,
            shown=shown,
        )

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Return the claims under critique that bear on the situation."""
        return bearing(self.examiner.dissent, self.situation, self.examiner.whole)

    @cached_property
    def standpoints(self) -> Standpoints:
        """Return who has spoken about the situation, and whose standpoint is missing."""
        return missing_standpoints(
            self.situation, self.examiner.whole, self.examiner.dissent, self.spoken
        )
