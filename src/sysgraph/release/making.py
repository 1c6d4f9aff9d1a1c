"""The files of data of a site, made by other processes while this one makes its pages."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING

from sysgraph.bulk.stream import pool
from sysgraph.errors import SysgraphError
from sysgraph.publish.catalogue import COUNTED, count_part
from sysgraph.release.dumps import PAST, Data, Dump, dumps_of
from sysgraph.release.written import write_pieces
from sysgraph.store.local import LocalStore
from sysgraph.stores import open_store

if TYPE_CHECKING:
    from sysgraph.publish.counts import Counts
    from sysgraph.publish.parts import What
    from sysgraph.release.written import OnDisk, Writing
    from sysgraph.store.local import Store

__all__ = ["MANY", "data_of"]

MANY = 500
"""From how many cases on it pays to begin other processes."""


@contextmanager
def data_of(
    store: Store, place: str | None, written: Writing, cases: int, workers: int
) -> Iterator[Data]:
    """Give the data of a store; where other processes make the files, they begin now.

    A directory of many cases is read by so many processes. A store of few cases, the shipped
    library and an endpoint are read in this one, whenever a file is asked for.

    Raises:
        SysgraphError: a file cannot be made, or a process was killed.
    """
    if place is None or cases < MANY or not isinstance(store, LocalStore):
        yield Data.here(store, written)
        return
    others = active_children()
    executor = pool(workers, _start, place)
    try:
        # The directory is kept from all who would write to it while this process has it open.
        dumps = list(dumps_of(store))
        files = {
            dump.name: executor.submit(_write, dump.name, written.path_of(dump.file)).result
            for dump in dumps
        }
        counts = {what: executor.submit(_count, what).result for what in COUNTED}
        yield Data(dumps, lambda dump: files[dump.name](), lambda what: counts[what]())
    except BrokenProcessPool as error:
        reason = "a process that made its data was killed, perhaps for want of memory"
        raise SysgraphError(f"{place}: {reason}; the site is as it was") from error
    finally:
        # All is made; or something failed, and nobody will see what is under way.
        for one in set(active_children()).difference(others):
            one.terminate()
        executor.shutdown(cancel_futures=True)


_DATA: list[Store] = []
"""In a process of its own: the store that it reads."""
_DUMPS: dict[str, Dump] = {}


def _start(place: str) -> None:
    store = open_store(place)
    _DATA.append(store)
    _DUMPS.update((dump.name, dump) for dump in dumps_of(store))


def _write(name: str, path: Path) -> OnDisk:
    try:
        return write_pieces(path, _DUMPS[name].pieces())
    except SysgraphError as error:  # some kinds of it do not pass from process to process
        raise SysgraphError(*str(error).split("\n")) from None


def _count(what: What) -> Counts:
    return count_part(_DATA[0], what, past=PAST)
