"""Plan a load of very many cases from the figures that cluster.py measured.

Each figure is a line through the smallest and the largest size that was measured: what every load
takes, and what each case adds. Where three sizes or more were measured, the line through the two
smallest is held against the others. Memory and network of the machines are told here, and no
price; the figures of the plan are arithmetic, not measurements:
python benchmarks/plan.py cluster.json stores.json --cases 1000000 1000000000 --workers 2 64
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

_MIB, _GIB = 1 << 20, 1 << 30
_LEFT = ("partitions", "quads", "packed", "unpacked", "records", "index", "manifest")
_TOOK = ("seconds", "worker_cpu", "scheduler_cpu", "loading_cpu", "wire", "input")
_PEAKS = ("worker_mib", "scheduler_mib", "loading_mib")

Found = Sequence[dict[str, Any]]
"""Runs, as ``cluster.py`` writes them."""


class Line(NamedTuple):
    """What something takes anyway, and what each case adds."""

    fixed: float
    each: float

    def at(self, cases: int) -> float:
        """Return what it takes for so many cases."""
        return self.fixed + self.each * cases


def line(points: dict[int, float]) -> Line:
    """Return the line through the smallest and the largest size; through nought if it is one."""
    low, high = min(points), max(points)
    if low == high:
        return Line(0.0, points[low] / low)
    each = (points[high] - points[low]) / (high - low)
    return Line(points[low] - each * low, each)


def points_of(runs: Found, name: str) -> dict[int, float]:
    """Return the mean of a figure at each size."""
    told: dict[int, list[float]] = {}
    for run in runs:
        value = run[name] if name in run else run["found"][name]
        told.setdefault(run["cases"], []).append(value)
    return {size: sum(values) / len(values) for size, values in told.items()}


@dataclass(frozen=True, slots=True)
class Machines:
    """What there is: GiB of memory of the machine that loads, and Gbit/s of the network."""

    memory: float
    network: float


@dataclass(frozen=True, slots=True)
class Model:
    """A line for each figure, and the most memory of a worker and of the scheduler, in MiB.

    These two hang on no number of cases (``cluster.py`` prints them at each size), and what they
    differ by from size to size says nothing of a thousand times as many.
    """

    lines: dict[str, Line]
    peaks: dict[str, float]

    def hours(self, cases: int, workers: int, there: Machines) -> tuple[float, str]:
        """Return how long a load takes, and what sets it."""
        through = self.lines["wire"].at(cases) / 2 * 8 / (there.network * 1e9)  # in, and out again
        taken = {
            "the workers": self.lines["worker_cpu"].at(cases) / workers,
            "the machine that loads": self.lines["loading_cpu"].at(cases),
            "the scheduler": self.lines["scheduler_cpu"].at(cases),
            "the network of the scheduler": through,
        }
        most = max(taken, key=taken.__getitem__)
        return taken[most] / 3600, most

    def fed(self, there: Machines) -> float:
        """Return how many workers can be kept at work before something else sets the time."""
        wire = self.lines["wire"].each / 2 * 8 / (there.network * 1e9)
        slowest = max(self.lines["loading_cpu"].each, self.lines["scheduler_cpu"].each, wire)
        return self.lines["worker_cpu"].each / slowest if slowest > 0 else 0.0

    def fits(self, there: Machines) -> float:
        """Return how many cases one load may have before its memory is full."""
        base = self.lines["loading_mib"].fixed * _MIB
        return (there.memory * _GIB - base) / (
            self.lines["held"].each + self.lines["index made"].each
        )


def model_of(told: dict[str, Any], kind: str, way: str) -> Model:
    """Return the model of what was measured of one kind of cases by one way."""
    runs = _of(told, kind, way, "partitions")
    lines = {name: line(points_of(runs, name)) for name in (*_LEFT, *_TOOK, *_PEAKS)}
    for name, key in (("held", "held"), ("index made", "index")):
        lines[name] = line({int(each["cases"]): each[key] for each in told["held"]})
    stores = _of(told, kind, way, "store")
    if stores:
        lines["store"] = line(points_of(stores, "store"))
    read = [run for run in told["runs"] if run["kind"] == kind and "loader_ms" in run["found"]]
    for name in ("loader_ms", "loaded") if read else ():
        lines[name] = line(points_of(read, name))
    peaks = {name: max(points_of(runs, name).values()) for name in ("worker_mib", "scheduler_mib")}
    return Model(lines, peaks)


def _of(told: dict[str, Any], kind: str, way: str, to: str) -> Found:
    wanted = (kind, way, to)
    return [run for run in told["runs"] if (run["kind"], run["way"], run["to"]) == wanted]


def rows(
    model: Model, sizes: Sequence[int], workers: Sequence[int], there: Machines
) -> Iterator[str]:
    """Yield the table, a line for each thing and a column for each number of cases."""
    yield _row("cases", [f"{size:,}" for size in sizes])
    for name, what in (
        ("partitions", "partitions, in as many files twice"),
        ("quads", "quads"),
    ):
        yield _row(what, [f"{model.lines[name].at(size):,.0f}" for size in sizes])
    for name, what in (
        ("input", "input"),
        ("unpacked", "N-Quads, not compressed"),
        ("packed", "N-Quads, compressed"),
        ("records", "records of the partitions"),
        ("index", "the index"),
        ("manifest", "the manifest"),
        ("wire", "over the wire, each hop"),
        ("store", "a store directory"),
        ("loaded", "a store of pyoxigraph alone"),
    ):
        if name in model.lines:
            yield _row(what, [_bytes(model.lines[name].at(size)) for size in sizes])
    for name, what in (("worker_mib", "memory of a worker"), ("scheduler_mib", "of the scheduler")):
        yield _row(f"{what}, at most", [_bytes(model.peaks[name] * _MIB)] * len(sizes))
    yield _row("of the machine that loads", [_bytes(_loading(model, size)) for size in sizes])
    yield _row(
        "worker-hours, times your price",
        [f"{model.lines['worker_cpu'].at(size) / 3600:,.1f}" for size in sizes],
    )
    if "loader_ms" in model.lines:
        read = [f"{model.lines['loader_ms'].at(size) / 3.6e6:,.1f}" for size in sizes]
        yield _row("hours for pyoxigraph to read them", read)
    for count in workers:
        taken = [model.hours(size, count, there) for size in sizes]
        yield _row(f"hours on {count:,} workers", [f"{hours:,.2f}" for hours, _ in taken])
        yield _row("  set by", [most for _, most in taken])
    yield f"one machine that loads keeps {model.fed(there):,.0f} workers at work"
    fits = f"{model.fits(there):,.0f} cases"
    yield f"{there.memory:,.0f} GiB of the machine that loads hold one load of {fits}"


def _loading(model: Model, size: int) -> float:
    base = model.lines["loading_mib"].fixed * _MIB
    return base + (model.lines["held"].each + model.lines["index made"].each) * size


def _row(what: str, values: Sequence[str]) -> str:
    return f"{what:36}" + "".join(f"{value:>30}" for value in values)


def _bytes(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def checked(runs: Found) -> Iterator[str]:
    """Yield how far the line through the two smallest sizes is from what larger ones took."""
    sizes = sorted({run["cases"] for run in runs})
    for size in sizes[2:]:
        for name in (*_TOOK, *_LEFT, *_PEAKS):
            points = points_of(runs, name)
            said = line({one: points[one] for one in sizes[:2]}).at(size)
            ratio = said / points[size] if points[size] else 0.0
            yield f"{size:,} cases, {name:14}: the model says {ratio:5.2f} times what was measured"


def main() -> None:
    """Read the figures and print the plan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path, nargs="+", help="what cluster.py wrote with --json")
    parser.add_argument("--cases", type=int, nargs="+", default=[10**6, 10**9], help="to plan for")
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 64, 1024], help="threads")
    parser.add_argument("--memory", type=float, default=64, help="GiB of the machine that loads")
    parser.add_argument("--network", type=float, default=10, help="Gbit/s of each machine")
    parser.add_argument("--kind", default="shipped", help="which cases: shipped or small")
    parser.add_argument("--way", default="dask-2", help="which runs: dask-1 or dask-2")
    chosen = parser.parse_args()
    files = [json.loads(path.read_text(encoding="utf-8")) for path in chosen.figures]
    told = {part: [each for file in files for each in file[part]] for part in ("held", "runs")}
    there = Machines(chosen.memory, chosen.network)
    model = model_of(told, chosen.kind, chosen.way)
    for row in rows(model, chosen.cases, chosen.workers, there):
        print(row)
    for told_row in checked(_of(told, chosen.kind, chosen.way, "partitions")):
        print(told_row)


if __name__ == "__main__":
    main()
