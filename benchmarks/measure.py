"""Time, memory and the lines that say what came of it."""

import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Result", "exponent", "in_process", "median_seconds", "peak_memory", "seconds", "show"]


@dataclass(frozen=True, slots=True)
class Result:
    """One line: what was measured, the figure with its unit, and what was to be reached."""

    part: str
    what: str
    value: float
    unit: str = ""
    target: str = ""


def show(result: Result) -> Result:
    """Print a result as soon as it is there, and return it."""
    figure = f"{result.value:,.3f}".rstrip("0").rstrip(".")
    target = f"  (to reach: {result.target})" if result.target else ""
    print(f"{result.part}  {result.what:66} {figure:>12} {result.unit}{target}", flush=True)
    return result


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes once, in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_seconds(works: Iterable[Callable[[], object]]) -> float:
    """Return the median of how long these take, each once, in seconds."""
    return statistics.median(seconds(work) for work in works)


def exponent(sizes: list[int], times: list[float]) -> float:
    """Return by which power of the size the time grows, between the first and the last."""
    return math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0])


def peak_memory() -> float:
    """Return the most memory that this process has used, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def in_process(task: str, *words: str) -> dict[str, float]:
    """Run one task of ``task.py`` in a process of its own, and return what it measured."""
    command = [sys.executable, str(Path(__file__).with_name("task.py")), task, *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
