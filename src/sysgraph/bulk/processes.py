"""Processes beside this one, forked from a small one that has the modules already."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Any

__all__ = ["pool", "warm_up"]

_MODULES = ["sysgraph.bulk.sorting"]
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
