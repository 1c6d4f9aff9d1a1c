"""The work on slices done by the workers of a cluster of Dask, which others keep.

Each worker is given the kit once, whenever it joins; a slice is sent as the bytes it holds, so
that the workers need to see no file of this machine. A worker that is lost has its slices worked
on by another; nothing is loaded until all are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from uuid import uuid4

from distributed import CancelledError, Client, Future, KilledWorker, Worker, get_worker
from distributed.comm.core import CommClosedError
from distributed.diagnostics.plugin import WorkerPlugin

from sysgraph.bulk.kept import edition, work_kept
from sysgraph.bulk.slices import Slice, carried
from sysgraph.bulk.stream import AHEAD, Runner, in_order
from sysgraph.bulk.work import Kit, SliceResult, prepare
from sysgraph.errors import SysgraphError, one_line

__all__ = ["results_on"]

_PATIENCE = 10
"""For how many seconds a scheduler is waited for, and its first worker."""
_NOTHING = "nothing was loaded"

_kits: dict[str, Kit] = {}
"""In a worker: the kits of the loads under way, by their names."""


class Handing(WorkerPlugin):
    """A plugin of Dask that gives each worker the kit of a load, when it begins or joins."""

    def __init__(self, name: str, kit: Kit) -> None:
        self.name, self._kit = name, kit

    def setup(self, worker: Worker) -> None:
        """Begin in a worker."""
        prepare()
        _kits[self.name] = self._kit

    def teardown(self, worker: Worker) -> None:
        """End in a worker."""
        _kits.pop(self.name, None)


def results_on(address: str, told: Callable[[str], None], keep: str = "") -> Runner:
    """Return what has slices worked on by the cluster whose scheduler is at an address.

    ``told`` is called with where to look on. With ``keep`` what they come to is kept in a folder of
    partitions, which the workers reach. What it raises is a SysgraphError: nobody answers
    there, a worker is of another version or failed, a slice ended one worker after another, or
    the scheduler went away.
    """

    def run(parts: Iterable[Slice], kit: Kit) -> Iterator[SliceResult]:
        with _connected(address) as client, _reasons(address):
            threads = _threads(client, address)
            _refuse_others(client)
            name, numbers, own = f"slice-{uuid4().hex}", count(), edition()
            client.register_plugin(Handing(name, kit), name)
            told(f"{threads} threads work on it; look on at {client.dashboard_link}")

            def submit(part: Slice) -> Future[SliceResult]:
                key = f"{name}-{next(numbers)} {_place(part)}"
                return client.submit(_work, carried(part), name, own, keep, key=key, pure=False)

            try:
                yield from in_order(parts, submit, threads * AHEAD)
            finally:
                with suppress(Exception):  # a scheduler that went away has none
                    client.unregister_worker_plugin(name)

    return run


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """Give a client of a scheduler, which is let go of at the end."""
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = "no scheduler of Dask answers there; 'dask scheduler' starts one, and tells its"
        raise SysgraphError(f"{one_line(address)}: {reason} address") from error
    try:
        yield client
    finally:
        with suppress(Exception):  # what was lost cannot be let go of
            client.close(timeout=_PATIENCE)


def _threads(client: Client, address: str) -> int:
    """Return how many slices the workers work on at a time, once there is a worker."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        reason = f"the scheduler has no worker; start one: dask worker {address}"
        raise SysgraphError(f"{one_line(address)}: {reason}") from error
    return sum(client.nthreads().values())


def _refuse_others(client: Client) -> None:
    """Refuse to go on while a worker is of another version than this process.

    Raises:
        SysgraphError: naming each, and what to do.
    """
    own = edition()
    found = client.run(edition, on_error="return")
    others = [f"worker {worker} has {_version(one)}" for worker, one in found.items() if one != own]
    if others:
        reason = (
            "; ".join(sorted(others)) + "; install this version there"
            f" ({own}), and start the workers again; nothing was loaded"
        )
        raise SysgraphError(reason)


def _version(found: object) -> str:
    if isinstance(found, str):
        return f"another version of sysgraph, of its data or of Python ({found})"
    return f"no sysgraph that takes part in loads ({one_line(str(found))})"


def _place(part: Slice) -> str:
    name = Path(part.file).name
    return f"{name}, line {part.line}" if part.line else name


def _work(part: Slice, name: str, own: str, keep: str) -> SliceResult:
    """Work on a slice, in a worker; what goes wrong there is told with where.

    Raises:
        WorkerFailed: this worker is of another version, or could not do it.
    """
    kit = _kits.get(name)
    if kit is None or edition() != own:
        raise WorkerFailed(_host(), _version(edition()))
    try:
        return work_kept(part, kit, keep)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise WorkerFailed(_host(), f"failed at {_place(part)}: {reason}") from error


class WorkerFailed(Exception):
    """What a worker could not do, and why; it travels between processes."""


def _host() -> str:
    return str(get_worker().address)


@contextmanager
def _reasons(address: str) -> Iterator[None]:
    """Tell what went wrong in a cluster as what a person can do something about."""
    try:
        yield
    except WorkerFailed as error:
        where, reason = error.args
        raise SysgraphError(f"worker {where} {one_line(reason)}; {_NOTHING}") from error
    except KilledWorker as error:
        place = str(error.task).partition(" ")[2]
        reason = (
            f"the slice of {place} ended {error.allowed_failures + 1} workers, one after another"
        )
        told = f"{one_line(reason)}; perhaps it wants more memory than they have; {_NOTHING}"
        raise SysgraphError(told) from error
    except (CancelledError, CommClosedError, TimeoutError) as error:
        reason = f"the scheduler went away; {_NOTHING}"
        raise SysgraphError(f"{one_line(address)}: {reason}") from error
