"""What has come of the slices so far: which cases, what is wrong, and what may be written."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from types import TracebackType

from sysgraph.bulk.referee import Referee, differ
from sysgraph.bulk.work import Apart, Kit, Outcome, comes_back
from sysgraph.errors import BadFile, SysgraphError
from sysgraph.findings import Finding, Severity
from sysgraph.intake import Loaded, judge
from sysgraph.store import LocalStore
from sysgraph.terms import graph_of

__all__ = ["Ledger"]

_SHOWN = 1_000
_SPOOL_BYTES = 64_000_000


class Ledger:
    """The books of one load. ``held`` has the text of cases that stand in the place of others.

    ``trusted`` is false once pySHACL has told something else of a case that the screen passed.
    """

    def __init__(
        self, base: LocalStore, kit: Kit, referee: Referee, tell: Callable[[int], None]
    ) -> None:
        """Begin with the store that the cases are added to."""
        self._base = base
        start = graph_of("")
        names = (name.removeprefix(start) for name in base.graphs() if name.startswith(start))
        self._present = {name for name in names if "/" not in name}
        self._kit = kit
        self._referee = referee
        self._tell = tell
        self._done = 0
        self._seen: set[str] = set()
        self.added: list[str] = []
        self.replaced: list[str] = []
        self.unchanged: list[str] = []
        self.entries: dict[str, str] = {}
        self.apart: list[Apart] = []
        self.drafts: list[str] = []
        self.superseded: list[str] = []
        self.restored: list[str] = []
        self.problems: list[SysgraphError] = []
        self.findings: list[Finding] = []
        self.violations = 0
        self.warnings = 0
        self.disagreements: list[str] = []
        self.trusted = True
        self.worker_peak = 0
        self.held = SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 - closed with the books

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.held.close()

    def take(self, outcome: Outcome) -> bytes:
        """Note what came of a slice, and return what may be written of it at once."""
        self._done += outcome.size
        self._tell(self._done)
        self.worker_peak = max(self.worker_peak, outcome.peak)
        self.problems += [BadFile(*problem) for problem in outcome.problems]
        self._note(outcome.findings)
        for doubt in outcome.doubts:
            self._referee.ask(doubt)
        ids = [case_id for case_id, _ in outcome.ends]
        for case_id in (*ids, *(case.case_id for case in outcome.apart)):
            if case_id in self._seen:
                self.problems.append(BadFile(outcome.file, comes_back(case_id)))
            self._seen.add(case_id)
        self.apart += outcome.apart
        self.entries.update(zip(ids, outcome.entries, strict=False))
        if self.problems or self.violations:
            return b""  # nothing will be loaded
        if self._present.isdisjoint(ids):
            self.added += ids
            return outcome.text
        return self._sort_out(outcome)

    def _sort_out(self, outcome: Outcome) -> bytes:
        """Return the text of new cases; hold that of others until what they replace is gone."""
        fresh, start = [], 0
        for case_id, end in outcome.ends:
            text, start = outcome.text[start:end], end
            if case_id not in self._present:
                self.added.append(case_id)
                fresh.append(text)
            elif self._is_same(case_id, text):
                self.unchanged.append(case_id)
            else:
                self.replaced.append(case_id)
                self.held.write(text)
        return b"".join(fresh)

    def _is_same(self, case_id: str, text: bytes) -> bool:
        name = graph_of(case_id)
        end = f" <{name}> ."
        lines = {line for line in text.decode().split("\n") if line.endswith(end)}
        return lines == {f"{quad} ." for quad in self._base.quads(name)}

    def take_in(self, done: Loaded) -> None:
        """Note what came of the cases that were set apart."""
        self.added += done.added
        self.replaced += done.replaced
        self.unchanged += done.unchanged
        self.drafts += done.drafts
        self.superseded += done.superseded
        self.restored += done.restored

    def _note(self, findings: list[Finding]) -> None:
        for finding in findings:
            violation = finding.severity is Severity.VIOLATION
            self.violations += violation
            self.warnings += not violation
            if (self.violations if violation else self.warnings) <= _SHOWN:
                self.findings.append(finding)

    def close_books(self) -> None:
        """Wait for pySHACL, and note what it says."""
        for doubt, results in self._referee.answers():
            found = list(doubt.results) if results is None else results
            difference = differ(doubt, found)
            if difference:
                self.disagreements.append(difference)
                self.trusted = self.trusted and doubt.reason != "sample"
            if doubt.reason == "refused" or (difference and doubt.reason == "unsure"):
                self._note(judge(doubt.case, found, self._kit.vocabulary))
