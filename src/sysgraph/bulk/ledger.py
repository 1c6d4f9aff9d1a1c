"""What has come of the slices so far: which cases, what is wrong, and what may be written."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from types import TracebackType

from sysgraph.bulk.cases import comes_back
from sysgraph.bulk.referee import Referee, differ
from sysgraph.bulk.work import Apart, Kit, Outcome
from sysgraph.contribute import Family, Rejected, Tally
from sysgraph.errors import BadFile, SysgraphError
from sysgraph.findings import Finding, Severity
from sysgraph.inspection import judge, noted
from sysgraph.intake import Loaded
from sysgraph.store import LocalStore
from sysgraph.terms import NAMESPACE, graph_of

__all__ = ["Ledger"]

_SHOWN = 1_000
_SPOOL_BYTES = 64_000_000


class Ledger:
    """The books of one load. ``held`` has the text of cases that stand in the place of others.

    ``trusted`` is false once pySHACL has told something else of a case that the screen passed.
    """

    def __init__(
        self,
        base: LocalStore,
        kit: Kit,
        referee: Referee,
        tell: Callable[[int], None],
        *,
        keep_valid: bool = False,
    ) -> None:
        """Begin with the store that the cases are added to; ``keep_valid`` takes what is sound."""
        self._blocks = not keep_valid
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
        self.refused: list[Rejected] = []
        self.tally = Tally()
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
        self.refused += outcome.refused
        self._note(outcome.findings)
        if self._kit.sorting:
            self._refuse_again(outcome)
        for doubt in outcome.doubts:
            self._referee.ask(doubt)
        ids = [case_id for case_id, _ in outcome.ends]
        self.apart += outcome.apart
        if not self._kit.sorting:  # else what comes again was refused by itself
            for case_id in (*ids, *(case.case_id for case in outcome.apart)):
                if case_id in self._seen:
                    self.problems.append(BadFile(outcome.file, comes_back(case_id)))
                self._seen.add(case_id)
        self.entries.update(zip(ids, outcome.entries, strict=False))
        if self.problems or (self._blocks and (self.violations or self.refused)):
            return b""  # nothing will be loaded
        if self._present.isdisjoint(ids):
            self.added += ids
            return outcome.text
        return self._sort_out(outcome)

    def _refuse_again(self, outcome: Outcome) -> None:
        """Take out of an outcome the cases that came before."""
        listed = list(zip(outcome.ends, outcome.entries, strict=True))
        outcome.ends, outcome.entries = [], []
        texts: list[bytes] = []
        start = written = 0
        for (case_id, end), entry in listed:
            text, start = outcome.text[start:end], end
            if case_id in self._seen:
                self._refuse(case_id, text, outcome.file)
                continue
            self._seen.add(case_id)
            written += len(text)
            texts.append(text)
            outcome.ends.append((case_id, written))
            outcome.entries.append(entry)
        outcome.text = b"".join(texts)
        for case in list(outcome.apart):
            if case.case_id in self._seen:
                outcome.apart.remove(case)
                name = f" <{graph_of(case.case_id)}> .\n"
                lines = "".join(f"{' '.join(triple)}{name}" for triple in case.triples)
                self._refuse(case.case_id, lines.encode(), case.file)
            self._seen.add(case.case_id)

    def _refuse(self, case_id: str, text: bytes, file: str) -> None:
        finding = Finding(
            message=f"the case {case_id} came before; keep one of them",
            demand="once",
            file=file,
            focus=f"{NAMESPACE}case/{case_id}",
        )
        self._note([finding])
        end = f" <{graph_of(case_id)}> ."
        own = "".join(f"{line}\n" for line in text.decode().split("\n") if line.endswith(end))
        self.refused.append(Rejected(file, (str(finding),), Family.NQUADS, own))

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
            self.tally.add(finding)
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
                words = self._kit.vocabulary
                self._note(judge(doubt.case, noted(doubt.triples, words), found, words))
