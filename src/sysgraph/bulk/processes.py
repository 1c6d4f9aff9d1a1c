"""Processes beside this one, started from a small one that has the modules already."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
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
    """Return so many processes, each of which calls ``start`` first; none inherits our memory."""
    return ProcessPoolExecutor(count, _context(), initializer=start, initargs=given)


def _context() -> BaseContext:
    known = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context(_SERVER if _SERVER in known else "spawn")
