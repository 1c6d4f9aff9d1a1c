"""Very many cases made into partitions for another store: all of them, or no manifest."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path

from sysgraph import __version__, library
from sysgraph.bulk.kept import MANIFEST, Folder, edition
from sysgraph.bulk.load import Ledger, prepare_kit, runner
from sysgraph.bulk.slices import slices
from sysgraph.bulk.stream import Runner
from sysgraph.bulk.work import Kit, Partition, SliceResult, Written
from sysgraph.errors import Progress, SysgraphError, refuse, silent
from sysgraph.history.deeds import hanging
from sysgraph.intake import Loaded
from sysgraph.store.index import Index, parse_line
from sysgraph.store.keeper import freeze_index
from sysgraph.store.local import LocalStore

__all__ = ["make_partitions"]

LIBRARY, INDEX = "library.nq.gz", "cases.index"
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
    folder, base = Folder(place), library.load()
    kit = replace(prepare_kit(), sorting=sorting or keep_valid, apart=hanging(base))
    task = _Partition(paths, folder, runner(workers, cluster, place, told), progress, keep_valid)
    with closing(base):
        kit = folder.begin(kit)
        done, trusted = _carry_out(task, kit, base)
        if not trusted:
            progress("checking all by pySHACL", 0, 1)
            differing = done.disagreements
            done, _ = _carry_out(task, replace(kit, thorough=True), base)
            done = replace(done, disagreements=differing)
    return done


@dataclass(frozen=True, slots=True)
class _Partition:
    paths: Sequence[Path]
    folder: Folder
    run: Runner
    progress: Progress
    keep_valid: bool


def _carry_out(task: _Partition, kit: Kit, base: LocalStore) -> tuple[Loaded, bool]:
    """Make all partitions, and the manifest if all is well; tell whether the screen was right."""
    total = sum(path.stat().st_size for path in task.paths if path.is_file())
    made: list[Partition] = []
    with closing(Ledger(base, kit, keep_valid=task.keep_valid)) as books:
        for result in task.run(slices(task.paths, kit.vocabulary), kit):
            made += _taken(result, books, task.folder)
            task.progress("making partitions", books.bytes, total)
        books.close_books()
        refuse([*books.problems, *_only_for_stores(books)])
        if books.trusted and not books.is_refused:
            _finish(task, kit, base, books, made)
        return books.loaded(), books.trusted


def _taken(result: SliceResult, books: Ledger, folder: Folder) -> list[Partition]:
    """Note what came of a slice, and return the partition that it is now kept in, if any."""
    if result.partition is not None and books.is_plain(result):
        books.take(result)
        return [result.partition]
    # Some of its cases are left out, or none was kept yet.
    new = books.take(folder.filled(result))
    return [folder.keep(_name_of(new), new)] if new else []


def _name_of(cases: Sequence[Written]) -> str:
    return f"part-{sha256(b''.join([case.text for case in cases])).hexdigest()[:32]}"


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


def _finish(
    task: _Partition, kit: Kit, base: LocalStore, books: Ledger, made: Sequence[Partition]
) -> None:
    """Write the library and the index, clear away what is of no part, and tell what there is."""
    folder = task.folder
    lines = sorted(f"{quad} .\n" for quad in base.store)
    text = "".join(lines).encode()
    packed = gzip.compress(text, mtime=0)
    folder.put(LIBRARY, packed)
    entries = (entry for entry in base.entries() if entry.case_id not in books.entries)
    index = Index.build(chain(entries, map(parse_line, books.entries.values())))
    folder.put(INDEX, freeze_index(index))
    parts = {f"{one.name}.nq.gz" for one in made}
    own = {f"{one.name}.json" for one in made}
    folder.remove(
        [name for name in folder.names() if name.startswith("part-") and name not in parts | own]
    )
    told = {
        "sysgraph": __version__,
        "made_by": edition(),
        "moment": kit.moment,
        "files": [{"name": path.name, "bytes": path.stat().st_size} for path in task.paths],
        "cases": len(index),
        "new": sum(len(one.lengths) for one in made),
        "quads": len(lines) + sum(one.quads for one in made),
        "library": {"file": LIBRARY, "quads": len(lines), "sha256": sha256(packed).hexdigest()},
        "partitions": [
            {
                "file": f"{one.name}.nq.gz",
                "cases": len(one.lengths),
                "quads": one.quads,
                "bytes": one.packed,
                "sha256": one.sha256,
            }
            for one in made
        ],
    }
    folder.put(MANIFEST, json.dumps(told, indent=1).encode())
