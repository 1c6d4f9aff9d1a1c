"""What the workers make, as one file that Oxigraph reads from, with little of it in memory."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import IO, cast

import pyoxigraph as ox

from sysgraph.bulk.processes import pool
from sysgraph.bulk.slices import Slice
from sysgraph.bulk.sorting import work
from sysgraph.bulk.work import Kit, Outcome, start
from sysgraph.errors import SysgraphError

__all__ = ["outcomes", "pour"]

_AHEAD = int(os.environ.get("AHEAD", "3"))
_LOADERS = int(os.environ.get("LOADERS", "2"))


class _Shared:
    """The outcomes that several streams take from in turn, one at a time."""

    def __init__(self, found: Iterator[Outcome], take: Callable[[Outcome], bytes]) -> None:
        self._found = found
        self._take = take
        self._lock = threading.Lock()
        self._broken = False

    def next_text(self) -> bytes | None:
        """Return what is made of the next outcome, or None after the last, or once one failed."""
        with self._lock:
            if self._broken:
                return None
            self._broken = True
            outcome = next(self._found, None)
            text = None if outcome is None else self._take(outcome)
            self._broken = outcome is None
            return text


class _Stream:
    """A file to be read from, whose bytes are the texts."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._text = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; none at the end."""
        while self._at >= len(self._text):
            text = self._shared.next_text()
            if text is None:
                return b""
            self._text, self._at = text, 0
        end = len(self._text) if size < 0 else self._at + size
        part = self._text[self._at : end]
        self._at = end
        return part


def pour(found: Iterator[Outcome], take: Callable[[Outcome], bytes], target: ox.Store) -> None:
    """Load what ``take`` makes of each outcome into a store, two bulk loads at a time.

    A bulk load parses in one thread, and indexes by a million quads; two of them keep both busy.
    """
    shared = _Shared(found, take)

    def load() -> None:
        # What the workers write comes from parsed terms, so that it need not be judged again.
        stream = cast("IO[bytes]", _Stream(shared))
        target.bulk_load(input=stream, format=ox.RdfFormat.N_QUADS, lenient=True)

    with ThreadPoolExecutor(_LOADERS) as loaders:
        for done in [loaders.submit(load) for _ in range(_LOADERS)]:
            done.result()


def outcomes(parts: Iterable[Slice], kit: Kit, workers: int) -> Iterator[Outcome]:
    """Yield what comes of each slice, in order; at most three slices a worker are under way.

    Raises:
        SysgraphError: a worker process was killed.
    """
    executor = pool(workers, start, kit)
    under_way: deque[Future[Outcome]] = deque()
    try:
        for part in parts:
            under_way.append(executor.submit(work, part))
            if len(under_way) >= workers * _AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool as error:
        reason = "a worker process was killed, perhaps for want of memory; nothing was loaded"
        raise SysgraphError(reason) from error
    finally:
        executor.shutdown(cancel_futures=True)
