"""What the workers make, as one file that Oxigraph reads from, with little of it in memory."""

from __future__ import annotations

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

_AHEAD = 3
_LOADERS = 2
_MOST_LINES = 8_000_000


class _Texts:
    """What is made of the outcomes, for several readers that take from it in turn."""

    def __init__(self, found: Iterator[Outcome], take: Callable[[Outcome], bytes]) -> None:
        self._found = found
        self._take = take
        self._lock = threading.Lock()
        self._is_over = False

    def next(self) -> bytes | None:
        """Return the next text, or None after the last, or once something has failed."""
        with self._lock:
            if self._is_over:
                return None
            self._is_over = True  # so that after an error here the other reader ends as well
            outcome = next(self._found, None)
            text = None if outcome is None else self._take(outcome)
            self._is_over = outcome is None
            return text

    def stop(self) -> None:
        """Let the readers end with what they have."""
        self._is_over = True


class _Part:
    """A file to be read from that ends after some eight million lines, or with the texts."""

    def __init__(self, texts: _Texts) -> None:
        self._texts = texts
        self._text = b""
        self._at = 0
        self._lines = 0
        self.is_last = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; none at the end."""
        while self._at >= len(self._text):
            if self._lines >= _MOST_LINES:
                return b""
            text = self._texts.next()
            if text is None:
                self.is_last = True
                return b""
            self._text, self._at = text, 0
            self._lines += text.count(b"\n")
        end = len(self._text) if size < 0 else self._at + size
        part = self._text[self._at : end]
        self._at = end
        return part


def pour(found: Iterator[Outcome], take: Callable[[Outcome], bytes], target: ox.Store) -> None:
    """Put what ``take`` makes of each outcome into a store, by two bulk loads at a time.

    Oxigraph parses in one thread and indexes by a million quads, so that one load leaves a core
    idle at its end. It hands over what it has indexed when a load ends, as up to one file for
    each million; from 20 on RocksDB slows all writing, and from 36 on it stops it.
    """
    texts = _Texts(found, take)

    def load() -> None:
        part = _Part(texts)
        while not part.is_last:
            part = _Part(texts)
            # What the workers write comes from parsed terms, so that it need not be judged again.
            file = cast("IO[bytes]", part)
            target.bulk_load(input=file, format=ox.RdfFormat.N_QUADS, lenient=True)

    with ThreadPoolExecutor(_LOADERS) as loaders:
        try:
            for done in [loaders.submit(load) for _ in range(_LOADERS)]:
                done.result()
        finally:  # an interrupt comes to this thread alone
            texts.stop()


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
