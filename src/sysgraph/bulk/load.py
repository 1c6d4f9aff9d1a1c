"""Load very many cases into a store directory in one stream: all of them, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.bulk.ledger import Ledger
from sysgraph.bulk.processes import warm_up
from sysgraph.bulk.referee import Referee
from sysgraph.bulk.slices import slices
from sysgraph.bulk.stream import outcomes, pour
from sysgraph.bulk.work import Kit
from sysgraph.contribute import Contribution, Rejected, load_vocabulary
from sysgraph.errors import BadFiles, BadStore
from sysgraph.findings import Finding
from sysgraph.graph import quads_of, triples_of
from sysgraph.index import Entry, entry_of, write_index
from sysgraph.index.entry import parse_line
from sysgraph.intake import load
from sysgraph.life import (
    PARTS,
    Deed,
    hanging,
    history_quads,
    moment_now,
    refuse_shipped,
    standing,
)
from sysgraph.paths import data
from sysgraph.progress import Progress, silent
from sysgraph.screen import compile_screen
from sysgraph.store import LocalStore, create, no_writer
from sysgraph.stores import prepare_store
from sysgraph.swap import recover, replacing
from sysgraph.terms import graph_of

__all__ = ["Bulk", "load_bulk", "prepare_kit"]

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
    return Kit(
        load_vocabulary(ontology), compile_screen(ontology), library.reasoner(), moment_now()
    )


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
