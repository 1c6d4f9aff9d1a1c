"""Very many cases made into partitions for another store: all of them, or no manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sysgraph import library
from sysgraph.bulk.kept import Folder
from sysgraph.bulk.load import Ledger, judged, prepare_kit, runner
from sysgraph.bulk.slices import refuse_missing, slices
from sysgraph.bulk.stream import Runner
from sysgraph.bulk.work import Kit, Partition
from sysgraph.errors import Progress, SysgraphError, refuse, silent
from sysgraph.history.deeds import hanging
from sysgraph.intake import Loaded
from sysgraph.store.local import LocalStore

__all__ = ["make_partitions"]

_SHOWN = 20


def make_partitions(
    paths: Sequence[Path],
    place: str,
    *,
    workers: int | None = None,
    cluster: str = "",
    told: Callable[[str], None] = print,
    progress: Progress = silent,
    keep_valid: bool = False,
    sorting: bool = False,
) -> Loaded:
    """Make the cases of files into partitions of N-Quads in a folder, which is a path or a URL.

    Beside the partitions stand the shipped library, as ``library.nq.gz``, the index of all cases,
    as it lies in a store directory, and last ``manifest.json`` with what there is. A store
    elsewhere that reads all that ends with ``.nq.gz`` holds what a store directory would.

    Raises:
        BadFile, BadFiles: files are not what they claim to be, or the folder cannot be written to.
        SysgraphError: there are cases that only a store can take, or what ``load_bulk`` raises.
    """
    refuse_missing(paths)
    folder, base = Folder(place), library.load()
    kit = replace(prepare_kit(), sorting=sorting or keep_valid, apart=hanging(base))
    task = _Partition(paths, folder, runner(workers, cluster, place, told), progress, keep_valid)
    with closing(base):
        return judged(partial(_carry_out, task, base), folder.begin(kit, paths), progress)


@dataclass(frozen=True, slots=True)
class _Partition:
    paths: Sequence[Path]
    folder: Folder
    run: Runner
    progress: Progress
    keep_valid: bool


def _carry_out(task: _Partition, base: LocalStore, kit: Kit) -> tuple[Loaded, bool]:
    """Make all partitions, and the manifest if all is well; tell whether the screen was right."""
    total = sum(path.stat().st_size for path in task.paths if path.is_file())
    made: list[Partition] = []
    with closing(Ledger(base, kit, keep_valid=task.keep_valid)) as books:
        for result in task.run(slices(task.paths, kit.vocabulary), kit):
            # Texts are needed only where some of the cases are left out.
            found = result if books.is_plain(result) else task.folder.filled(result)
            made += task.folder.parts_of(found, books.take(found))
            task.progress("making partitions", books.bytes, total)
        books.close_books()
        refuse([*books.problems, *_only_for_stores(books)])
        if books.trusted and not books.is_refused:
            task.folder.finish(task.paths, kit.moment, base, books.entries, made)
        return books.loaded(), books.trusted


def _only_for_stores(books: Ledger) -> list[SysgraphError]:
    """Return what is wrong with cases whose standing hangs on what a store holds."""
    told = []
    if books.apart:
        names = ", ".join(sorted(case.case_id for case in books.apart)[:_SHOWN])
        reason = "drafts, and cases that take the place of others, are loaded into a store"
        told.append(SysgraphError(f"{names}: {reason}, and not made into partitions"))
    if books.replaced:
        names = ", ".join(sorted(books.replaced)[:_SHOWN])
        reason = "came with the library; correct it in a store, by a load with --reason"
        told.append(SysgraphError(f"{names}: {reason}"))
    return told
