"""A slice case by case, where something is wrong with it: the sound cases, and the refused.

Processes beside this one, forked from a small one that has the modules already.
What the workers make, as one file that Oxigraph reads from, with little of it in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from sysgraph.bulk.slices import Slice
from sysgraph.bulk.work import (
    Kit,
    Outcome,
    Worker,
    finish,
    hangs,
    peak_memory,
    set_apart,
    start,
    work_whole,
)
from sysgraph.case.apart import Piece, read_apart, read_lines, read_rows, rejected, unreadable
from sysgraph.check import judge, noted
from sysgraph.errors import NoContribution, Severity, SysgraphError
from sysgraph.ontology import Vocabulary
from sysgraph.rdf import Format, triples_of
from sysgraph.store.index import entry_of, line_of

__all__ = ["outcomes", "pool", "pour", "warm_up"]

_MOST = 100


def work(part: Slice) -> Outcome:
    """Return what comes of a slice."""
    kit = Worker.kit
    outcome = work_whole(part, kit)
    if kit.sorting and _is_troubled(outcome):
        outcome = work_sorting(part, kit)
    outcome.peak = peak_memory()
    return outcome


def _is_troubled(outcome: Outcome) -> bool:
    return bool(
        outcome.problems
        or any(doubt.reason != "sample" for doubt in outcome.doubts)
        or any(finding.severity is Severity.VIOLATION for finding in outcome.findings)
    )


def work_sorting(part: Slice, kit: Kit) -> Outcome:
    """Return what comes of a slice case by case: the text of the sound, the others as refused.

    What the screen refuses or is not sure of is put to pySHACL here, for the first of each worker.
    """
    whole = Outcome(part.file, part.size)
    texts: list[bytes] = []
    written = 0
    for piece in _pieces(part, kit.vocabulary):
        one = Outcome(part.file, 0)
        text = _work_piece(piece, kit, one).encode()
        one.findings += [unreadable(problem) for problem in piece.problems]
        whole.findings += one.findings
        if _is_troubled(one):
            whole.refused.append(rejected(piece, one.findings))
            continue
        whole.doubts += one.doubts
        whole.apart += one.apart
        if one.apart:
            continue
        whole.entries += one.entries
        texts.append(text)
        written += len(text)
        assert piece.case is not None  # or there would have been a problem
        whole.ends.append((piece.case.case_id, written))
    whole.text = b"".join(texts)
    return whole


def _pieces(part: Slice, vocabulary: Vocabulary) -> Iterable[Piece]:
    if part.rows is not None:
        return read_rows(part.rows, vocabulary)
    if part.text is not None:
        begin = part.line or 1
        nquads = Format.NQUADS
        return read_lines(part.text, part.file, vocabulary, nquads, part.digest, begin)
    return read_apart(Path(part.file), vocabulary)


def _work_piece(piece: Piece, kit: Kit, outcome: Outcome) -> str:
    """Return the N-Quads of a piece, and add to the outcome what is wrong with it."""
    case = piece.case
    if case is None:
        return ""
    if case.is_critique:
        reason = "critiques are not loaded in bulk; load them in a command of their own"
        piece.problems = [NoContribution(case.file, f"the {case.title}: {reason}")]
        return ""
    triples = triples_of(case.quads)
    if hangs(case.case_id, triples, kit):
        outcome.apart.append(set_apart(case, triples, kit, outcome))
        return ""
    outcome.entries.append(line_of(entry_of(case.case_id, triples)))
    sure = kit.screen.judge(triples)
    if not kit.thorough and (not sure.conforms or not sure.sure) and Worker.asked < _MOST:
        Worker.asked += 1
        kit = replace(kit, thorough=True)
    text = finish(case, triples, kit, outcome, first=False)
    if any(doubt.reason == "refused" for doubt in outcome.doubts):
        outcome.findings += judge(
            case, noted(triples, kit.vocabulary), sure.results, kit.vocabulary
        )
    return text


_MODULES = ["sysgraph.bulk.stream"]
_SERVER = "forkserver"


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
