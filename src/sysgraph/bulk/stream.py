"""Worker processes, and what they make put into a store with little of it in memory."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import IO, Any, Protocol, cast

import pyoxigraph as ox

from sysgraph.bulk.kept import start, work_here
from sysgraph.bulk.slices import Slice, carried
from sysgraph.bulk.work import Kit, SliceResult
from sysgraph.errors import SysgraphError

__all__ = ["AHEAD", "Runner", "here", "in_order", "pool", "pour", "warm_up"]

Runner = Callable[[Iterable[Slice], Kit], Iterator[SliceResult]]
"""What has slices worked on, here or elsewhere, and gives what comes of each, in their order."""

_MODULES = ["sysgraph.bulk.stream"]
_SERVER = "forkserver"
AHEAD = 3
"""How many slices are under way for each worker."""
_LOADERS = 2
_MOST_LINES = 8_000_000


def warm_up() -> None:
    """Begin to import what the processes need, in the background and once for all of them."""
    if _SERVER in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(_MODULES)
        forkserver.ensure_running()


def pool(count: int, start: Callable[..., Any] | None = None, *given: Any) -> ProcessPoolExecutor:
    """Return so many processes, each of which calls ``start`` first; none inherits our memory.

    They end with this process, however it ends.
    """
    known = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context(_SERVER if _SERVER in known else "spawn")
    return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(start, given))


def _begin(start: Callable[..., Any] | None, given: tuple[Any, ...]) -> None:
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    if start is not None:
        start(*given)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class Awaited(Protocol):
    """What a slice will have come to."""

    def result(self) -> SliceResult:
        """Wait for it, and return it."""
        ...


def in_order(
    parts: Iterable[Slice], submit: Callable[[Slice], Awaited], most: int
) -> Iterator[SliceResult]:
    """Yield what comes of each slice, in order, with at most so many under way."""
    under_way: deque[Awaited] = deque()
    for part in parts:
        under_way.append(submit(part))
        if len(under_way) >= most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def here(workers: int, keep: str = "") -> Runner:
    """Return what has slices worked on by so many processes of this machine.

    With ``keep`` what they come to is kept in a folder of partitions. What it raises is a
    SysgraphError, where a process was killed.
    """

    def run(parts: Iterable[Slice], kit: Kit) -> Iterator[SliceResult]:
        executor = pool(workers, start, kit, keep)

        def submit(part: Slice) -> Awaited:
            return executor.submit(work_here, carried(part) if keep else part)

        try:
            yield from in_order(parts, submit, workers * AHEAD)
        except BrokenProcessPool as error:
            reason = "a worker process was killed, perhaps for want of memory; nothing was loaded"
            raise SysgraphError(reason) from error
        finally:
            executor.shutdown(cancel_futures=True)

    return run


class _TextFile:
    """A file to be read from that ends after some eight million lines, or with the texts."""

    def __init__(self, next_text: Callable[[], bytes | None]) -> None:
        self._next = next_text
        self._text = b""
        self._at = 0
        self._lines = 0
        self.is_last = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; none at the end."""
        while self._at >= len(self._text):
            if self._lines >= _MOST_LINES:
                return b""
            text = self._next()
            if text is None:
                self.is_last = True
                return b""
            self._text, self._at = text, 0
            self._lines += text.count(b"\n")
        end = len(self._text) if size < 0 else self._at + size
        part = self._text[self._at : end]
        self._at = end
        return part


def pour(texts: Generator[bytes], target: ox.Store) -> None:
    """Put N-Quads into a store, by two bulk loads at a time.

    Oxigraph parses in one thread and indexes by a million quads, so that one load leaves a core
    idle at its end. It hands over what it has indexed when a load ends, as up to one file for
    each million; from 20 on RocksDB slows all writing, and from 36 on it stops it.
    """
    lock, is_over = threading.Lock(), threading.Event()

    def next_text() -> bytes | None:
        with lock:  # a generator that has failed has no more for the other load either
            return None if is_over.is_set() else next(texts, None)

    def load() -> None:
        part = _TextFile(next_text)
        while not part.is_last:
            part = _TextFile(next_text)
            # What the workers write comes from parsed terms, so that it need not be judged again.
            file = cast("IO[bytes]", part)
            target.bulk_load(input=file, format=ox.RdfFormat.N_QUADS, lenient=True)

    with ThreadPoolExecutor(_LOADERS) as loaders:
        try:
            for done in [loaders.submit(load) for _ in range(_LOADERS)]:
                done.result()
        finally:  # an interrupt comes to this thread alone
            is_over.set()
