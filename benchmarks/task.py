"""Tasks that are measured in a process of their own, so that their memory is theirs alone."""

import gzip
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
from measure import peak_memory, seconds

from sysgraph import library
from sysgraph.bulk.kept import Folder
from sysgraph.bulk.load import Ledger, load_bulk, prepare_kit
from sysgraph.bulk.partitions import make_partitions
from sysgraph.bulk.slices import slices
from sysgraph.bulk.stream import here
from sysgraph.intake import Loaded
from sysgraph.reason.shipped import reasoner
from sysgraph.store.index import Index, parse_line
from sysgraph.store.keeper import freeze_index


def prepare() -> dict[str, float]:
    """Reason over the shipped library, and keep what comes of it for all that are to come."""

    def work() -> None:
        library.load().close()
        reasoner()

    return {"seconds": seconds(work)}


def load(cases: str, place: str, workers: str, cluster: str = "") -> dict[str, float]:
    """Load a file of cases into a store directory, by processes or by a cluster."""
    return _loaded(
        lambda: load_bulk([Path(cases)], Path(place), workers=int(workers), cluster=cluster)
    )


def partitions(cases: str, place: str, workers: str, cluster: str = "") -> dict[str, float]:
    """Make a file of cases into partitions, by processes or by a cluster."""
    return _loaded(
        lambda: make_partitions([Path(cases)], place, workers=int(workers), cluster=cluster)
    )


def _loaded(run: Callable[[], Loaded]) -> dict[str, float]:
    found: dict[str, float] = {}

    def work() -> None:
        before = time.process_time()
        done = run()
        found["cpu"] = time.process_time() - before
        found["cases"] = len(done.added)
        found["refused"] = done.violations
        found["disagreements"] = len(done.disagreements)
        found["worker_mib"] = done.worker_peak / 1024

    return {"seconds": seconds(work), **found}


def held(cases: str) -> dict[str, float]:
    """Return how many bytes the machine that loads holds by the time all partitions are made.

    ``index`` is what the index of them takes beside that, at most, while it is made.
    """
    kit, base = prepare_kit(), library.load()
    made = []
    with (
        tempfile.TemporaryDirectory() as name,
        closing(base),
        closing(Ledger(base, kit, keep_valid=False)) as books,
    ):
        folder = Folder(name)
        kit = folder.begin(kit, [Path(cases)])
        tracemalloc.start()
        for result in here(2, name)(slices([Path(cases)], kit.vocabulary), kit):
            made += folder.parts_of(result, books.take(result))
        now, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        freeze_index(Index.build(map(parse_line, books.entries.values())))
        _, most = tracemalloc.get_traced_memory()
        count = len(books.entries)
    return {"cases": count, "held": now, "index": most - now}


def gather(place: str, store: str) -> dict[str, float]:
    """Load all partitions of a folder by pyoxigraph alone, one after another."""

    def work() -> None:
        target = ox.Store(store)
        for file in Path(place).glob("*.nq.gz"):
            with gzip.open(file) as packed:
                target.bulk_load(input=cast("IO[bytes]", packed), format=ox.RdfFormat.N_QUADS)
        target.flush()

    return {"seconds": seconds(work)}


def dump(place: str, file: str) -> dict[str, float]:
    """Write all quads of a store directory into a file."""
    store = ox.Store.read_only(place)
    with Path(file).open("wb") as output:
        return {"seconds": seconds(lambda: store.dump(output, format=ox.RdfFormat.N_QUADS))}


def raw(file: str, place: str) -> dict[str, float]:
    """Load quads by pyoxigraph alone, as fast as it can with all of its own checks."""

    def work() -> None:
        store = ox.Store(place)
        store.bulk_load(path=file, format=ox.RdfFormat.N_QUADS)
        store.flush()

    return {"seconds": seconds(work)}


def judge(cases: str, workers: str) -> dict[str, float]:
    """Parse, validate and reason over a file of cases, and store nothing."""
    kit = prepare_kit()

    def work() -> None:
        for result in here(int(workers))(slices([Path(cases)], kit.vocabulary), kit):
            assert not result.problems

    return {"seconds": seconds(work)}


TASKS: dict[str, Callable[..., dict[str, float]]] = {
    "prepare": prepare,
    "load": load,
    "partitions": partitions,
    "held": held,
    "gather": gather,
    "dump": dump,
    "raw": raw,
    "judge": judge,
}


if __name__ == "__main__":
    answer = TASKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({**answer, "peak_mib": peak_memory()}))
