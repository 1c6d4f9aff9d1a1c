"""A query of a person's own, run in a process that is ended when it takes too much."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from sysgraph.errors import OverBudget, SysgraphError

__all__ = ["OPEN", "Budget", "run_within"]

OPEN = b"\0"
"""What the process says once the store is open, and no error begins with; the budget is for what
comes then."""

_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[1:]; from sysgraph.worker import main; sys.exit(main())"
)
_TICK = 0.02
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a query may take, and how much memory its process may hold."""

    seconds: int
    mebibytes: int


def run_within(request: Mapping[str, object], where: str, budget: Budget) -> bytes:
    """Return what the worker answers to a request.

    The engine cannot be interrupted, only its process ended; and Oxigraph has threads, which a
    fork would lose, so that it is a new one, with this one's modules. It ends with this one.

    Raises:
        OverBudget: the query took longer, or held more memory, than it may.
        SysgraphError: what the worker raised, or that the engine broke down.
    """
    program = [sys.executable, "-P", "-c", _PROGRAM, *sys.path]
    pipe = subprocess.PIPE
    # What the store as of a date needs on the disk must go also when the process is killed.
    with (
        tempfile.TemporaryDirectory(prefix="sysgraph-") as folder,
        subprocess.Popen(program, stdin=pipe, stdout=pipe, bufsize=0) as worker,
    ):
        try:
            return _answer(worker, {**request, "folder": folder}, where, budget)
        finally:
            worker.kill()


def _answer(
    worker: subprocess.Popen[bytes], request: Mapping[str, object], where: str, budget: Budget
) -> bytes:
    assert worker.stdin is not None  # both are pipes
    assert worker.stdout is not None
    with suppress(BrokenPipeError), worker.stdin:  # what broke is seen below
        worker.stdin.write(json.dumps({**request, "parent": os.getpid()}).encode())
    worker.stdin = None
    first = worker.stdout.read(1)
    is_open = first == OPEN
    body = _watched(worker, where, budget) if is_open else first + worker.communicate()[0]
    if worker.returncode == 0:
        return body
    if worker.returncode == 2:
        raise SysgraphError(*body.decode().split("\n"))
    if worker.returncode == 1:
        raise RuntimeError(body.decode())
    code = worker.returncode
    if code in (-signal.SIGKILL, -signal.SIGTERM):
        raise SysgraphError(
            f"{where}: its process was ended from outside, perhaps for want of memory; try again"
        )
    raise SysgraphError(
        f"{where}: the query engine broke down on it (it ended with {code}); write it flatter"
    )


def _watched(worker: subprocess.Popen[bytes], where: str, budget: Budget) -> bytes:
    """Return all that the process writes, or end the wait when it takes more than it may."""
    import psutil  # while the process works, so that nobody waits for it

    end = monotonic() + budget.seconds
    process = psutil.Process(worker.pid)
    while True:
        with suppress(subprocess.TimeoutExpired):
            return worker.communicate(timeout=_TICK)[0]
        if monotonic() > end:
            raise OverBudget(where, f"{budget.seconds} s", "--timeout SECONDS")
        with suppress(psutil.Error):  # it has ended meanwhile
            if process.memory_info().rss > budget.mebibytes * _MIB:
                most = f"{budget.mebibytes:,} MiB of memory"
                raise OverBudget(where, most, "--memory MIB")
