"""Load very many cases into a store directory in one stream: all of them, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile

import pyoxigraph as ox

from sysgraph import library
from sysgraph.bulk.kept import Folder
from sysgraph.bulk.slices import slices
from sysgraph.bulk.stream import Runner, here, pool, pour, warm_up
from sysgraph.bulk.work import (
    Doubt,
    Kit,
    Partition,
    SliceResult,
    Written,
    comes_back,
    differ,
)
from sysgraph.case.apart import Family, Rejected
from sysgraph.case.contribution import Contribution
from sysgraph.check import FindingTally, check_shapes, judge
from sysgraph.errors import (
    BadFile,
    BadStore,
    Finding,
    MissingExtra,
    Progress,
    Raw,
    Severity,
    SysgraphError,
    refuse,
    silent,
)
from sysgraph.files import recover, replacing
from sysgraph.history.deeds import hanging, refuse_shipped
from sysgraph.history.states import PARTS, Deed, history_quads, life_of, moment_now
from sysgraph.intake import Loaded, load
from sysgraph.ontology import Ontology
from sysgraph.rdf import triples_of
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import compile_screen
from sysgraph.store.index import Entry, Index, entry_of, parse_line
from sysgraph.store.keeper import write_index
from sysgraph.store.local import LocalStore, copy, no_writer
from sysgraph.stores import prepare_store
from sysgraph.terms import case_id_of, graph_of, iri_of

__all__ = ["Ledger", "judged", "load_bulk", "prepare_kit", "runner"]

_MOST = 200
_SHOWN = 1_000
_SPOOL_BYTES = 64_000_000
_NQUADS = ox.RdfFormat.N_QUADS


def load_bulk(
    paths: Sequence[Path],
    place: Path,
    *,
    workers: int | None = None,
    cluster: str = "",
    keep: str = "",
    told: Callable[[str], None] = print,
    progress: Progress = silent,
    reason: str = "",
    by: str = "",
    sorting: bool = False,
    keep_valid: bool = False,
) -> Loaded:
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

    ``workers`` is how many processes of this machine do the work, or ``cluster`` the address of a
    scheduler of Dask whose workers do it; the store is the same. ``told`` is called with where to
    look on at a cluster. ``keep`` is a folder of partitions, from which a load that was broken off
    goes on with what is done; where the store is new, they end with a manifest.

    Raises:
        BadFile, BadFiles: files are not what they claim to be.
        BadStore: the directory is no store of sysgraph, or is being written to.
        SysgraphError: a process was killed, or the cluster could not do it; nothing was loaded.
    """
    warm_up()
    recover(place)
    if place.exists():
        prepare_store(str(place)).close()
    kit = replace(prepare_kit(), sorting=sorting or keep_valid)
    deed = Deed("corrected", reason, by)
    run = runner(workers, cluster, keep, told)
    folder = Folder(keep) if keep else None
    if folder:
        kit = folder.begin(kit, paths)
    task = _Task(paths, place, run, progress, deed, keep_valid, folder)
    was_there = place.exists()
    with _kept_from_writers(place), replacing(place) as fresh:
        if place.exists() and not was_there:  # nobody was kept from it
            raise BadStore(str(place), "another process has just made it; try again")
        return judged(partial(_carry_out, task, fresh), kit, progress)


def judged(carry_out: Callable[[Kit], tuple[Loaded, bool]], kit: Kit, progress: Progress) -> Loaded:
    """Return what a load comes to; all is judged by pySHACL where the screen was not right.

    ``carry_out`` also tells whether it was.
    """
    done, trusted = carry_out(kit)
    if trusted:
        return done
    progress("checking all by pySHACL", 0, 1)
    again, _ = carry_out(replace(kit, thorough=True))
    return replace(again, disagreements=done.disagreements)


def runner(workers: int | None, cluster: str, keep: str, told: Callable[[str], None]) -> Runner:
    """Return what has slices worked on: a cluster if one is named, else processes of this machine.

    Raises:
        MissingExtra: what a cluster needs is not installed.
    """
    if not cluster:
        return here(workers or os.cpu_count() or 1, keep)
    try:
        from sysgraph.bulk.cluster import results_on
    except ModuleNotFoundError as error:
        raise MissingExtra("a cluster needs what is not installed", "cluster") from error
    return results_on(cluster, told, keep)


def prepare_kit() -> Kit:
    """Return what the workers are given, made from the shipped ontology."""
    ontology = Ontology.load()
    screen = compile_screen(ontology.folder)
    return Kit(ontology.vocabulary, screen, reasoner(), moment_now())


@contextmanager
def _kept_from_writers(place: Path) -> Iterator[None]:
    try:
        with no_writer(place) if place.exists() else nullcontext():
            yield
    except BlockingIOError as error:  # pragma: no cover - between one lock and the next
        raise BadStore(str(place), "the store is busy; try again") from error


@dataclass(frozen=True, slots=True)
class _Task:
    paths: Sequence[Path]
    place: Path
    run: Runner
    progress: Progress
    deed: Deed
    keep_valid: bool
    folder: Folder | None


def _carry_out(task: _Task, fresh: Path, kit: Kit) -> tuple[Loaded, bool]:
    """Write everything into a fresh directory, or leave none there.

    The second thing returned is whether the screen could be trusted.
    """
    # Not by open_directory, whose own look at the lock would let go of ours.
    is_there, place = task.place.exists(), str(task.place)
    base = LocalStore(ox.Store.read_only(place), place) if is_there else library.load()
    kit = replace(kit, apart=hanging(base))
    with (
        closing(base),
        closing(Ledger(base, kit, keep_valid=task.keep_valid)) as books,
    ):
        copy(base, fresh)
        _fill(task, kit, fresh, books, base)
    done = books.loaded()
    changed = done.added or done.replaced or not is_there
    if books.is_refused or not books.trusted or not changed:
        shutil.rmtree(fresh)
    return done, books.trusted


def _fill(task: _Task, kit: Kit, fresh: Path, books: Ledger, base: LocalStore) -> None:
    target = LocalStore(ox.Store(str(fresh)), str(fresh))
    # Now, for after so much is put in, a write waits until RocksDB has tidied up.
    target.renew()
    target.store.flush()
    total = sum(path.stat().st_size for path in task.paths if path.is_file())
    # A store that is there may hold more than the partitions do, or some of their cases.
    whole = task.folder if not task.place.exists() else None
    made: list[Partition] = []

    def texts() -> Generator[bytes]:
        for result in task.run(slices(task.paths, kit.vocabulary), kit):
            filled = task.folder.filled(result) if task.folder else result
            new = books.take(filled)
            if whole:
                made.extend(whole.parts_of(filled, new))
            yield b"".join([one.text for one in new])
            task.progress("loading", books.bytes, total)

    pour(texts(), target.store)
    books.close_books()
    refuse(books.problems)
    if books.trusted and not books.is_refused:
        _finish(target, base, books, task.deed, kit.moment)
        if whole and not books.apart and not books.replaced:
            whole.finish(task.paths, kit.moment, base, books.entries, made)


class Ledger:
    """The books of one load, and pySHACL in a process of its own, which is asked meanwhile.

    ``held`` has the text of cases that stand in the place of others; ``trusted`` is false once
    pySHACL has told something else of a case that the screen passed.
    """

    def __init__(self, base: LocalStore, kit: Kit, *, keep_valid: bool) -> None:
        """Begin with the store that the cases are added to; ``keep_valid`` takes what is sound."""
        self._base = base
        self._present = {*filter(None, map(case_id_of, base.graphs()))}
        self._kit = kit
        self._referee = pool(1)
        self._asked: list[tuple[Doubt, Future[list[Raw]] | None]] = []
        self._keep_valid = keep_valid
        self._seen: set[str] = set()
        self._added: list[str] = []
        self._unchanged: list[str] = []
        self._findings: list[Finding] = []
        self._tally = FindingTally()
        self._refused: list[Rejected] = []
        self._disagreements: list[str] = []
        self._worker_peak = 0
        self._doubted = 0
        self.bytes = 0
        self.replaced: list[str] = []
        self.entries: dict[str, str] = {}
        self.apart: list[Contribution] = []
        self.problems: list[SysgraphError] = []
        self.trusted = True
        self.done_apart = Loaded()
        self.held = SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 - closed with the books

    def close(self) -> None:
        """Let go of what is held, and end the process."""
        self.held.close()
        self._referee.shutdown(cancel_futures=True)

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing is to be loaded."""
        if self._keep_valid:  # a store without anything new is not made for its own sake
            return not (self._added or self.replaced or self._unchanged or self.apart)
        return bool(self._tally.count(Severity.VIOLATION) or self._refused)

    def is_plain(self, result: SliceResult) -> bool:
        """Tell whether all cases of a slice are new, so that they may be taken as they lie."""
        names = {one.case_id for one in result.written}
        return self._seen.isdisjoint(names) and self._present.isdisjoint(names)

    def take(self, result: SliceResult) -> list[Written]:
        """Note what came of a slice, and return what may be written of it at once."""
        self.bytes += result.size
        self._worker_peak = max(self._worker_peak, result.peak)
        self.problems += [BadFile(*problem) for problem in result.problems]
        if result.is_unkept:  # what comes after it would be worked on in vain
            refuse(self.problems)
        self._refused += result.refused
        self._note(result.findings)
        written = [
            one for one in result.written if self._is_first(one.case_id, one.text, result.file)
        ]
        self.apart += [
            case
            for case in result.apart
            if self._is_first(case.case_id, _own_lines(case), result.file)
        ]
        for doubt in result.doubts:
            self.ask(doubt)
        self.entries |= {one.case_id: one.entry for one in written}
        if self.problems or (not self._keep_valid and self.is_refused):
            return []  # nothing will be loaded
        return [one for one in written if self._is_new(one)]

    def _is_first(self, case_id: str, text: bytes, file: str) -> bool:
        """Tell whether a case comes for the first time; else it is told, or refused by itself."""
        if case_id not in self._seen:
            self._seen.add(case_id)
            return True
        if not self._kit.sorting:
            self.problems.append(BadFile(file, comes_back(case_id)))
            return False
        finding = Finding(
            message=f"the case {case_id} came before; keep one of them",
            demand="once",
            file=file,
            focus=iri_of(case_id),
        )
        self._note([finding])
        own = "".join(f"{line}\n" for line in _stated_in(text, case_id))
        self._refused.append(Rejected(file, (str(finding),), Family.NQUADS, own))
        return False

    def _is_new(self, one: Written) -> bool:
        """Note a case; hold the text of one that is there until what it replaces is gone."""
        if one.case_id not in self._present:
            self._added.append(one.case_id)
            return True
        stored = {f"{quad} ." for quad in self._base.quads(graph_of(one.case_id))}
        if stored == {*_stated_in(one.text, one.case_id)}:
            self._unchanged.append(one.case_id)
        else:
            self.replaced.append(one.case_id)
            self.held.write(one.text)
        return False

    def _note(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._tally.add(finding)
            if self._tally.count(finding.severity) <= _SHOWN:
                self._findings.append(finding)

    def ask(self, doubt: Doubt) -> None:
        """Put a case to pySHACL, or only remember it where there have been too many refusals."""
        self._doubted += doubt.reason == "refused"
        too_many = doubt.reason == "refused" and self._doubted > _MOST
        answer = None if too_many else self._referee.submit(check_shapes, doubt.case.quads)
        self._asked.append((doubt, answer))

    def close_books(self) -> None:
        """Wait for pySHACL, and note what it says."""
        for doubt, answer in self._asked:
            found = answer.result() if answer else list(doubt.results)
            difference = differ(doubt, found)
            if difference:
                self._disagreements.append(difference)
                self.trusted = self.trusted and doubt.reason != "sample"
            if doubt.reason == "refused" or (difference and doubt.reason == "unsure"):
                case, words = doubt.case, self._kit.vocabulary
                self._note(judge(case, case.quads, found, words))

    def loaded(self) -> Loaded:
        """Return what was done, and what was found; only the latter where nothing was done."""
        found = Loaded(
            findings=tuple(self._findings),
            tally=self._tally,
            refused=tuple(self._refused),
            disagreements=tuple(self._disagreements),
            worker_peak=self._worker_peak,
        )
        if self.is_refused or not self.trusted:
            return found
        return replace(
            found,
            added=(*self._added, *self.done_apart.added),
            replaced=(*self.replaced, *self.done_apart.replaced),
            unchanged=(*self._unchanged, *self.done_apart.unchanged),
            drafts=self.done_apart.drafts,
            superseded=self.done_apart.superseded,
            restored=self.done_apart.restored,
            aside=self.done_apart.aside,
        )


def _stated_in(text: bytes, case_id: str) -> list[str]:
    """Return the lines of N-Quads that a case states, and not what follows from it."""
    end = f" <{graph_of(case_id)}> ."
    return [line for line in text.decode().split("\n") if line.endswith(end)]


def _own_lines(case: Contribution) -> bytes:
    name = graph_of(case.case_id)
    return "".join(f"{quad.triple} <{name}> .\n" for quad in case.quads).encode()


def _finish(local: LocalStore, base: LocalStore, books: Ledger, deed: Deed, moment: str) -> None:
    """Put in what was held, once what it replaces is gone, and what is apart; write the index."""
    if not deed.reason.strip():
        refuse_shipped((life_of(case_id, base) for case_id in books.replaced), base.place)
    for case_id in books.replaced:
        past = history_quads(case_id, life_of(case_id, base).after(deed, moment))
        books.held.write("".join([f"{quad} .\n" for quad in past]).encode())
    gone = [graph_of(case_id, part) for case_id in books.replaced for part in PARTS]
    if gone:
        local.replace({name: [] for name in gone})
    books.held.seek(0)
    local.store.bulk_load(input=books.held, format=_NQUADS, lenient=True)
    touched: set[str] = set()
    if books.apart:
        done = load(books.apart, local, reason=deed.reason, by=deed.by)
        touched = {*done.superseded, *done.restored, *(case.case_id for case in books.apart)}
        books.done_apart = done
    local.store.flush()
    index = Index.build(_entries(base, local, books, touched))
    write_index(Path(local.place), index, local.revision())


def _entries(
    base: LocalStore, local: LocalStore, books: Ledger, touched: set[str]
) -> Iterator[Entry]:
    """Yield the lines of the index: of what was there, of what is new, and of what was touched."""
    known = books.entries.keys() | touched
    yield from (entry for entry in base.entries() if entry.case_id not in known)
    lines = (line for case_id, line in books.entries.items() if case_id not in touched)
    yield from map(parse_line, lines)
    for case_id in sorted(touched):
        quads = local.quads(graph_of(case_id))
        if quads:
            yield entry_of(case_id, triples_of(quads))
