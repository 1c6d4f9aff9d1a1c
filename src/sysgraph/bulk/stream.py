"""What the workers make, as one file that Oxigraph reads from, with little of it in memory."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from sysgraph.bulk.slices import Slice
from sysgraph.bulk.sorting import work
from sysgraph.bulk.work import Kit, Outcome, start
from sysgraph.errors import SysgraphError

__all__ = ["Stream", "outcomes"]

_AHEAD = 3


class Stream:
    """A file to be read from, whose bytes are what ``take`` makes of each outcome."""

    def __init__(self, found: Iterator[Outcome], take: Callable[[Outcome], bytes]) -> None:
        """Begin before the first outcome."""
        self._found = found
        self._take = take
        self._text = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; none at the end."""
        while self._at >= len(self._text):
            outcome = next(self._found, None)
            if outcome is None:
                return b""
            self._text, self._at = self._take(outcome), 0
        end = len(self._text) if size < 0 else self._at + size
        part = self._text[self._at : end]
        self._at = end
        return part


def outcomes(parts: Iterable[Slice], kit: Kit, workers: int) -> Iterator[Outcome]:
    """Yield what comes of each slice, in order; at most three slices a worker are under way.

    Raises:
        SysgraphError: a worker process was killed.
    """
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, context, initializer=start, initargs=(kit,))
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
