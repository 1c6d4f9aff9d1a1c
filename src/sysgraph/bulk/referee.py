"""pySHACL in a process of its own, asked about what the screen refuses and about a sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from sysgraph.bulk.processes import pool
from sysgraph.bulk.work import Doubt
from sysgraph.findings import Raw, Severity
from sysgraph.graph import quads_of
from sysgraph.terms import Triple, compact
from sysgraph.validate import check_shapes

__all__ = ["Referee", "differ"]

_MOST = 200


class Referee:
    """Answers in the order of the questions; at most 200 refusals are put to it."""

    def __init__(self) -> None:
        """Begin without a process; it is started by the first question."""
        self._executor: ProcessPoolExecutor | None = None
        self._asked: list[tuple[Doubt, Future[list[Raw]] | None]] = []
        self._refused = 0

    def ask(self, doubt: Doubt) -> None:
        """Put a case to pySHACL, or only remember it where there have been too many."""
        self._refused += doubt.reason == "refused"
        if doubt.reason == "refused" and self._refused > _MOST:
            self._asked.append((doubt, None))
            return
        if self._executor is None:
            self._executor = pool(1)
        self._asked.append((doubt, self._executor.submit(answer, doubt.triples)))

    def answers(self) -> Iterator[tuple[Doubt, list[Raw] | None]]:
        """Yield each question with pySHACL's results, or None where it was not asked."""
        for doubt, future in self._asked:
            yield doubt, future.result() if future else None

    def close(self) -> None:
        """End the process."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def answer(triples: tuple[Triple, ...]) -> list[Raw]:
    """Return what pySHACL finds in a case."""
    return check_shapes(quads_of(triples))


def differ(doubt: Doubt, theirs: list[Raw]) -> str | None:
    """Return how the screen and pySHACL differ over a case, or None."""
    ours, others = (_said(results) for results in (doubt.results, theirs))
    if ours == others:
        return None
    shapes = sorted({result[2] or "" for result in ours ^ others})
    names = ", ".join(compact(shape) for shape in shapes)
    return (
        f"case {doubt.case.case_id}: the fast screen and pySHACL differ over {names}: the screen "
        f"says it {_verdict(doubt.results)}, pySHACL that it {_verdict(theirs)}; pySHACL's counts"
    )


def _said(results: Sequence[Raw]) -> set[tuple[str | None, ...]]:
    return {(r.focus, r.path, r.shape, r.value, r.severity, r.component) for r in results}


def _verdict(results: Sequence[Raw]) -> str:
    violations = sum(raw.severity is Severity.VIOLATION for raw in results)
    warnings = len(results) - violations
    word = "does not conform" if violations else "conforms"
    return f"{word} ({violations} violations, {warnings} warnings)"
