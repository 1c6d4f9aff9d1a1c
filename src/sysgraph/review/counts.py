"""The evidence on both sides: cases of each type by judgement, and which are nearest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sysgraph.advice.frame import Frame
from sysgraph.review.fronts import Board, Trial
from sysgraph.review.report import Count, Nearness
from sysgraph.terms import PREFIXES

__all__ = ["NEAREST", "compare_counts", "compare_nearness"]

NEAREST = 5
"""How many of the most similar cases of a type are looked at."""


def compare_counts(before: Board, after: Board) -> list[Count]:
    """Return what is counted otherwise: cases of each type, by test and judgement.

    Cases and classifications that stand attacked are not counted, as in advice. Failures come
    first.
    """
    was, now = _counted(before), _counted(after)
    failures = before.full.failures | after.full.failures
    order = list({**before.full.types, **after.full.types})
    labels = {
        kind: f"{one.number} {one.label}"
        for kind, one in {**before.full.types, **after.full.types}.items()
    }
    keys = sorted(
        {*was, *now},
        key=lambda key: ((key[2], key[1]) not in failures, order.index(key[0]), key[1:]),
    )
    return [
        Count(labels[kind], test, judgement, was.get(key, 0), now.get(key, 0))
        for key in keys
        if was.get(key, 0) != now.get(key, 0)
        for kind, test, judgement in (key,)
    ]


def _counted(board: Board) -> dict[tuple[str, str, str], int]:
    frame = board.counted
    lookup, index = frame.cases.lookup(()), frame.cases.index()
    fallen = board.found.judgements
    found = {}
    for kind in frame.types:
        rows = lookup.of_type(kind)
        found[kind, "", ""] = lookup.count(rows)
        for test in frame.tests:
            for key, held in index.holding(f"{test}="):
                found[kind, test, key] = lookup.count(rows & held)
    for case_id, test in fallen:  # a judgement that stands attacked is no evidence either way
        case = board.full.cases.get(f"{PREFIXES['case']}{case_id}")
        if case is not None and case.type in frame.types:
            judged = (case.type, test, case.led if test == "led" else case.working)
            found[judged] = max(0, found.get(judged, 0) - 1)
    return found


def compare_nearness(
    names: Iterable[str], trials: Sequence[Trial], before: Board, after: Board
) -> Iterator[Nearness]:
    """Yield for each changed case in how many situations it is among the most similar ones.

    Of its own readings it is always the most similar, and these are left out.
    """
    cases = [name for name in names if "/" not in name]
    if not cases:
        return
    was, now = (_listings(trials, board, cases) for board in (before, after))
    for name in cases:
        found = Nearness(
            name, *(side.get((name, fails), 0) for fails in (False, True) for side in (was, now))
        )
        if found.after or found.before or found.failure_after or found.failure_before:
            yield found


def _listings(
    trials: Sequence[Trial], board: Board, cases: Sequence[str]
) -> dict[tuple[str, bool], int]:
    """Return how often each case is listed, and how often as the most similar failure."""
    frame = board.counted
    kinds = {_kind(name, board.full) for name in cases} - {""}
    found: dict[tuple[str, bool], int] = {}
    for trial in trials:
        values = _values(trial, frame)
        lookup = frame.cases.lookup(values)
        failed = lookup.judged(frame.failures)
        own = trial.id.partition("/")[0]
        for kind in kinds:
            rows = lookup.of_type(kind)
            near = [one.case_id for one in lookup.nearest(rows, NEAREST)]
            worst = [one.case_id for one in lookup.nearest(rows & failed, 1)]
            for names, fails in ((near, False), (worst, True)):
                for name in names:
                    if name in cases and name != own:
                        found[name, fails] = found.get((name, fails), 0) + 1
    return found


def _kind(name: str, frame: Frame) -> str:
    case = frame.cases.get(f"{PREFIXES['case']}{name}")
    return case.type if case else ""


def _values(trial: Trial, frame: Frame) -> set[str]:
    facets = frame.facets
    return {
        facets[facet].values[value].iri
        for facet, value in trial.after.items()
        if facet in facets and value in facets[facet].values
    }
