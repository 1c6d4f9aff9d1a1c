"""pySHACL in a process of its own, asked about what the screen refuses and about a sample.

What has come of the slices so far: which cases, what is wrong, and what may be written.
Load very many cases into a store directory in one stream: all of them, or none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType

import pyoxigraph as ox

from sysgraph import library
from sysgraph.bulk.slices import slices
from sysgraph.bulk.stream import outcomes, pool, pour, warm_up
from sysgraph.bulk.work import Apart, Doubt, Kit, Outcome, comes_back
from sysgraph.case.apart import Family, FindingCounts, Rejected
from sysgraph.case.contribution import Contribution
from sysgraph.check import check_shapes, judge, noted
from sysgraph.errors import (
    BadFile,
    BadFiles,
    BadStore,
    Finding,
    Progress,
    Raw,
    Severity,
    SysgraphError,
    silent,
)
from sysgraph.files import data, recover, replacing
from sysgraph.history.deeds import hanging, refuse_shipped
from sysgraph.history.states import PARTS, Deed, history_quads, moment_now, standing
from sysgraph.intake import Loaded, load
from sysgraph.ontology import load_vocabulary
from sysgraph.rdf import quads_of, triples_of
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import compile_screen
from sysgraph.store.index import Entry, entry_of, parse_line
from sysgraph.store.keeper import write_index
from sysgraph.store.local import LocalStore, create, no_writer
from sysgraph.stores import prepare_store
from sysgraph.terms import NAMESPACE, Triple, compact, graph_of

__all__ = ["Referee", "load_bulk", "prepare_kit"]

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
        self.tally = FindingCounts()
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


_NQUADS = ox.RdfFormat.N_QUADS


@dataclass(slots=True)
class Bulk:
    """What a bulk load did, or why it did nothing.

    ``findings`` are the first of each kind; ``violations`` and ``warnings`` count them all, and
    ``kinds`` by kind. ``refused`` are the cases that were set aside, if that was asked for.
    ``drafts``, ``superseded`` and ``restored`` are those of ``sysgraph.intake.Loaded``.
    ``disagreements`` say where the screen and pySHACL differed; ``worker_peak`` is in KiB.
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    violations: int = 0
    warnings: int = 0
    disagreements: list[str] = field(default_factory=list)
    worker_peak: int = 0
    drafts: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    kinds: list[dict[str, str | int]] = field(default_factory=list)


def load_bulk(
    paths: Sequence[Path],
    place: Path,
    *,
    workers: int | None = None,
    progress: Progress = silent,
    reason: str = "",
    by: str = "",
    sorting: bool = False,
    keep_valid: bool = False,
) -> Bulk:
    """Load the cases of files into a store directory, which is made where there is none.

    The cases are written into a copy of the store (of hard links, so that it costs nothing),
    which takes the store's place at the end: whoever reads the store meanwhile sees it as it
    was. A case takes some three milliseconds on two cores. Nothing is loaded if there is any
    violation; with ``keep_valid`` the sound cases are. With ``sorting``, or ``keep_valid``, what
    is refused is told case by case. The same input again changes nothing.

    The screen is held to pySHACL while it works: every refusal (the first 200), the first three
    cases, and of the rest one in a thousand (by the CRC-32 of its id) are put to both. Over a
    refusal pySHACL's verdict counts; if they differ over a case of the sample, all cases are
    judged by pySHACL, which takes a hundred times as long. Either is reported.

    Raises:
        BadFile, BadFiles: files are not what they claim to be.
        BadStore: the directory is no store of sysgraph, or is being written to.
    """
    warm_up()
    recover(place)
    if place.exists():
        prepare_store(str(place)).close()
    kit = replace(prepare_kit(), sorting=sorting or keep_valid)
    deed = Deed("corrected", reason, by)
    task = _Load(paths, workers or os.cpu_count() or 1, progress, deed, keep_valid)
    was_there = place.exists()
    with _kept_from_writers(place), replacing(place) as fresh:
        if place.exists() and not was_there:  # nobody was kept from it
            raise BadStore(str(place), "another process has just made it; try again")
        done, trusted = task.run(kit, place, fresh)
        if not trusted:
            progress("checking all by pySHACL", 0, 1)
            shutil.rmtree(fresh, ignore_errors=True)
            told = done.disagreements
            done, _ = task.run(replace(kit, thorough=True), place, fresh)
            done.disagreements = told
    return done


def prepare_kit() -> Kit:
    """Return what the workers are given, made from the shipped ontology."""
    ontology = data() / "ontology"
    return Kit(load_vocabulary(ontology), compile_screen(ontology), reasoner(), moment_now())


@contextmanager
def _kept_from_writers(place: Path) -> Iterator[None]:
    try:
        with no_writer(place) if place.exists() else nullcontext():
            yield
    except BlockingIOError as error:  # pragma: no cover - between one lock and the next
        raise BadStore(str(place), "the store is busy; try again") from error


@dataclass(frozen=True, slots=True)
class _Load:
    """What is to be loaded, by how many workers, and who is told."""

    paths: Sequence[Path]
    workers: int
    progress: Progress
    deed: Deed
    keep_valid: bool = False

    def run(self, kit: Kit, place: Path, fresh: Path) -> tuple[Bulk, bool]:
        """Write everything into a fresh directory, or leave none there.

        The second thing returned is whether the screen could be trusted.
        """
        base = _base(place)
        kit = replace(kit, apart=hanging(base))
        referee = Referee()
        total = sum(path.stat().st_size for path in self.paths if path.is_file())
        try:
            with Ledger(
                base,
                kit,
                referee,
                lambda done: self.progress("loading", done, total),
                keep_valid=self.keep_valid,
            ) as ledger:
                _copy(base, fresh)
                done = self._fill(kit, fresh, ledger, base)
        finally:
            referee.close()
            base.close()
        changed = done.added or done.replaced or not place.exists()
        if self._is_refused(done) or not ledger.trusted or not changed:
            shutil.rmtree(fresh)
        return done, ledger.trusted

    def _is_refused(self, done: Bulk | Ledger) -> bool:
        if self.keep_valid:  # a store without anything new is not made for its own sake
            return not (done.added or done.replaced or done.unchanged)
        return bool(done.violations or done.refused)

    def _fill(self, kit: Kit, fresh: Path, ledger: Ledger, base: LocalStore) -> Bulk:
        target = ox.Store(str(fresh))
        local = LocalStore(target, str(fresh))
        # Now, for after so much is put in, a write waits until RocksDB has tidied up.
        local.renew()
        target.flush()
        found = outcomes(slices(self.paths, kit.vocabulary), kit, self.workers)
        pour(found, ledger.take, target)
        ledger.close_books()
        if ledger.problems:
            raise ledger.problems[0] if len(ledger.problems) == 1 else BadFiles(ledger.problems)
        done = Bulk(
            findings=ledger.findings,
            violations=ledger.violations,
            warnings=ledger.warnings,
            disagreements=ledger.disagreements,
            worker_peak=ledger.worker_peak,
            refused=ledger.refused,
            kinds=ledger.tally.rows(),
        )
        if not self._is_refused(ledger) and ledger.trusted:
            _finish(local, base, ledger, self.deed, kit.moment)
            done.added, done.replaced = ledger.added, ledger.replaced
            done.unchanged, done.drafts = ledger.unchanged, ledger.drafts
            done.superseded, done.restored = ledger.superseded, ledger.restored
        return done


def _base(place: Path) -> LocalStore:
    # Not by open_directory, whose own look at the lock would let go of ours.
    if place.exists():
        return LocalStore(ox.Store.read_only(str(place)), str(place))
    return library.load()


def _copy(base: LocalStore, fresh: Path) -> None:
    try:
        base.store.backup(str(fresh))
    except (OSError, RuntimeError, ValueError):  # the library is in memory where it has no cache
        shutil.rmtree(fresh, ignore_errors=True)
        create(fresh, base.store)


def _finish(local: LocalStore, base: LocalStore, ledger: Ledger, deed: Deed, moment: str) -> None:
    """Put in what was held, once what it replaces is gone; write the index."""
    gone: dict[str, list[ox.Quad]] = {
        graph_of(case_id, part): [] for case_id in ledger.replaced for part in PARTS
    }
    if not deed.reason.strip():
        refuse_shipped((standing(case_id, base) for case_id in ledger.replaced), base.place)
    for case_id in ledger.replaced:
        there = standing(case_id, base)
        past = history_quads(case_id, [*there.closed, *there.ended(deed, moment)])
        ledger.held.write("".join([f"{quad} .\n" for quad in past]).encode())
    if gone:
        local.replace(gone)
    ledger.held.seek(0)
    local.store.bulk_load(input=ledger.held, format=_NQUADS, lenient=True)
    touched = _load_apart(local, ledger, deed)
    local.store.flush()
    write_index(Path(local.place), _entries(base, local, ledger, touched), local.revision())


def _load_apart(local: LocalStore, ledger: Ledger, deed: Deed) -> set[str]:
    """Load the cases that were set apart, and return the ids of all whose standing may differ."""
    if not ledger.apart:
        return set()
    cases = [
        Contribution(case.case_id, case.file, case.digest, quads_of(case.triples))
        for case in ledger.apart
    ]
    done = load(cases, local, reason=deed.reason, by=deed.by)
    ledger.take_in(done)
    return {*done.superseded, *done.restored, *(case.case_id for case in cases)}


def _entries(
    base: LocalStore, local: LocalStore, ledger: Ledger, touched: set[str]
) -> Iterator[Entry]:
    known = ledger.entries.keys() | touched
    yield from (entry for entry in base.entries() if entry.case_id not in known)
    lines = (line for case_id, line in ledger.entries.items() if case_id not in touched)
    yield from map(parse_line, lines)
    for case_id in sorted(touched):
        quads = local.quads(graph_of(case_id))
        if quads:
            yield entry_of(case_id, triples_of(quads))
