"""How much must be known before advice names a type first: ``python benchmarks/eagerness.py``.

Of what a reading of a case knows, random facts are left out. An answer that names types on what
is left is kept if all of them come first on all that the reading knows. The threshold, the share
of completions in which a type must come first, is chosen on half of the cases, as the lowest whose
kept share is at least 90 % at the lower end of its interval; the other half tells how good it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from zlib import crc32

from sysgraph.advice.board import Board
from sysgraph.advice.certainty import ENOUGH, shares_first
from sysgraph.advice.frame import Frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import situations_of_case

ROUNDS, DRAWS, WANTED = 12, 400, 0.9
GRID = [Fraction(n, 20) for n in range(8, 20)]


@dataclass(frozen=True)
class Trial:
    """What came first on part of what a reading of a case knows, how surely, and on all."""

    case: str
    known: int
    shares: dict[str, Fraction]
    full: frozenset[str]

    def named(self, threshold: Fraction) -> set[str]:
        """Return the types that would be named first."""
        return {kind for kind, share in self.shares.items() if share >= threshold}


def trials(frame: Frame) -> Iterator[Trial]:
    """Yield trials: of each reading, twelve times a random part of what it knows."""
    draw = Random(0)
    board: Board = frame.board
    for case in frame.cases.values():
        for reading in situations_of_case(case.id, frame):
            full = board.front(reading.facets)
            for _ in range(ROUNDS if full else 0):
                count = draw.randint(1, len(reading.facets))
                part = dict(draw.sample(sorted(reading.facets.items()), count))
                front, shares = board.front(part), shares_first(board, part)
                yield Trial(case.id, count, {kind: shares[kind] for kind in front}, full)


def kept(tried: Sequence[Trial], threshold: Fraction) -> tuple[int, int, int]:
    """Return how many answers are given, how many of them are kept, and types named."""
    given = [(named, trial.full) for trial in tried if (named := trial.named(threshold))]
    return len(given), sum(n <= full for n, full in given), sum(len(n) for n, _ in given)


def interval(tried: Sequence[Trial], threshold: Fraction) -> tuple[float, float]:
    """Return the 95 % interval of the share of answers kept, cases drawn with replacement."""
    by_case: dict[str, list[Trial]] = {}
    for trial in tried:
        by_case.setdefault(trial.case, []).append(trial)
    counts = [kept(each, threshold)[:2] for each in by_case.values()]
    draw, shares = Random(1), []
    for _ in range(DRAWS):
        drawn = draw.choices(counts, k=len(counts))
        shares.append(sum(right for _, right in drawn) / max(1, sum(given for given, _ in drawn)))
    shares.sort()
    return shares[DRAWS // 40], shares[-DRAWS // 40]


def main() -> None:
    """Print the choice, how good it is on the other half, and answers by how much is known."""
    tried = list(trials(load_shipped_frame()))
    halves = [[t for t in tried if crc32(t.case.encode()) % 2 == half] for half in (0, 1)]
    chosen = next(n for n in GRID if interval(halves[0], n)[0] >= WANTED)
    print(f"chosen: {float(chosen):.2f} (in use: {float(ENOUGH):.2f})")
    print("half       threshold  answers  kept   95 %          types named")
    for name, half in zip(("choosing", "reporting"), halves, strict=True):
        for threshold in (Fraction(0), chosen):
            given, right, types = kept(half, threshold)
            low, high = interval(half, threshold)
            shares = f"{given / len(half):8.0%} {right / given:5.0%}   [{low:.0%}, {high:.0%}]"
            print(f"{name:10} {float(threshold):9.2f} {shares}   {types / given:11.2f}")
    print("facts known  answers  kept  (reporting half)")
    for first in range(1, 14, 2):
        some = [t for t in halves[1] if t.known in (first, first + 1)]
        given, right, _ = kept(some, chosen)
        share = f"{right / given:4.0%}" if given else "   -"
        print(f"{first:2} to {first + 1:2}     {given / max(1, len(some)):7.0%}  {share}")


if __name__ == "__main__":
    main()
