"""What came of some cases on one test, counted, and what the counts can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sysgraph.advice.interval import LEAST, Interval, interval, is_most

__all__ = ["Tally", "Verdict"]


class Verdict(StrEnum):
    """What cases can tell of how a test goes."""

    TOO_FEW = "too few to say"
    MOST_MEET = "more than half meet it"
    MOST_FAIL = "more than half fail it"
    OPEN = "it may go either way"


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some cases on one test.

    ``met``, ``partly`` and ``failed`` are counts of cases by what their judgement means for the
    test, ``open`` of those that say nothing of it or whose judgement stands attacked.
    ``judgements`` counts the cases by judgement.
    """

    test: str
    met: int
    partly: int
    failed: int
    open: int
    judgements: Mapping[str, int]

    @property
    def known(self) -> int:
        """Return how many cases say something of the test."""
        return self.met + self.partly + self.failed

    @property
    def meeting(self) -> Interval:
        """Return what share of such cases meets the test, among those that say something."""
        return interval(self.met, self.known)

    @property
    def failing(self) -> Interval:
        """Return what share of such cases fails the test, among those that say something."""
        return interval(self.failed, self.known)

    @property
    def verdict(self) -> Verdict:
        """Return what the cases can tell.

        They are too few when even all of them together could not exclude an even chance.
        """
        if self.known < LEAST:
            return Verdict.TOO_FEW
        if is_most(self.met, self.known):
            return Verdict.MOST_MEET
        return Verdict.MOST_FAIL if is_most(self.failed, self.known) else Verdict.OPEN

    @property
    def to_overturn(self) -> int:
        """Return how many unseen failures would make failures more than successes.

        That is the least number which, added to the failures, makes them more than the cases
        that meet the test in full; 0 where they are so already.
        """
        return max(0, self.met - self.failed + 1)

    @property
    def to_doubt(self) -> int | None:
        """Return how many unseen failures would leave it open whether more than half meet it.

        None where the cases do not tell that more than half do.
        """
        if self.verdict is not Verdict.MOST_MEET:
            return None
        low, high = 0, self.met  # with as many failures more, half at most meet it
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if is_most(self.met, self.known + middle) else (low, middle)
        return high
