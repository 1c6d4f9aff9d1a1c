"""Measure loads by a cluster of Dask beside those by processes of this machine, in one run.

For small cases and for cases as they are shipped, at each size and in turn: by two processes, by
Dask with two workers and with one, to partitions and, if asked for, into a store. Each run has a
cluster and a process of its own, so that its memory is its own. Prints ratios, growth, memory and
what a case takes; the JSON is what plan.py reads. Run it on a machine with nothing else to do:
python benchmarks/cluster.py --sizes 10000 100000 --json cluster.json
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
import pyoxigraph as ox
from generate import write_cases
from measure import Result, exponent, in_process, show

from sysgraph.terms import graph_of

WAYS = {"pool": 0, "dask-2": 2, "dask-1": 1}
"""How many workers of Dask; none means two processes of this machine."""
_EXAMPLE = Path(__file__).parents[1] / "tests" / "shapes" / "CaseStudy" / "valid.ttl"
_APART = ("isDraft", "replaces")
_START = 60
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """What one load took, and what it left; bytes and seconds of all cases together.

    The seconds of CPU are those of all workers, of the scheduler and of the process that loads.
    ``wire`` is what went over loopback meanwhile, each hop counted, whosesoever it was.
    """

    kind: str
    way: str
    to: str
    cases: int
    seconds: float
    worker_mib: float
    scheduler_mib: float
    loading_mib: float
    worker_cpu: float
    scheduler_cpu: float
    loading_cpu: float
    wire: int
    input: int
    found: dict[str, int] = field(default_factory=dict)

    def of_case(self, name: str) -> float:
        """Return a figure, or one of what was left, for one case."""
        value: float = self.found[name] if name in self.found else getattr(self, name)
        return value / self.cases


def write_small(path: Path, count: int) -> None:
    """Write so many cases of some fifty statements, each the example of the shapes."""
    lines = []
    for quad in ox.parse(path=_EXAMPLE):
        if not quad.predicate.value.endswith(_APART):
            lines.append(f"{quad.triple} <{graph_of('example')}> .\n")
    text = "".join(sorted(lines))
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, count + 1):
            file.write(text.replace("/case/example", f"/case/small-{number:07d}"))


KINDS: dict[str, Callable[[Path, int], None]] = {"small": write_small, "shipped": write_cases}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler, where it answers, and its workers."""

    address: str = ""
    scheduler: tuple[psutil.Popen, ...] = ()
    workers: tuple[psutil.Popen, ...] = ()


def _cpu(processes: Sequence[psutil.Popen]) -> float:
    return float(sum(sum(each.cpu_times()[:2]) for each in processes))


def peak_mib(process: psutil.Popen) -> float:
    """Return the most memory that a process has held, in MiB."""
    lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _start(folder: Path, *words: str) -> psutil.Popen:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with (folder / "said.log").open("ab") as log:
        command = [sys.executable, "-m", *words]
        return psutil.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


@contextmanager
def cluster(count: int) -> Iterator[Cluster]:
    """Give a scheduler with so many workers of one thread, on loopback; none where none are."""
    if not count:
        yield Cluster()
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = folder / "scheduler.json"
        words = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
        command = ["distributed.cli.dask_scheduler", *words, "--scheduler-file", str(told)]
        started = [_start(folder, *command)]
        try:
            address = _address(told)
            for _ in range(count):
                words = [address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
                started.append(_start(folder, "distributed.cli.dask_worker", *words))
            _await_workers(address, count)
            yield Cluster(address, tuple(started[:1]), tuple(started[1:]))
        finally:
            for process in started:
                process.kill()
                process.wait()


def _address(told: Path) -> str:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        with suppress(OSError, ValueError):
            address: str = json.loads(told.read_text())["address"]
            return address
        time.sleep(0.05)
    raise SystemExit("the scheduler did not start")


def _await_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=_START)


def measure(
    kind: str, way: str, to: str, cases: Path, count: int, folder: Path, *, gathered: bool = False
) -> Run:
    """Load a file of cases once, and return what it took and what it left.

    If ``gathered``, pyoxigraph alone then reads the partitions into a store.
    """
    place = folder / "made"
    shutil.rmtree(place, ignore_errors=True)
    with cluster(WAYS[way]) as there:
        sides = (there.workers, there.scheduler)
        before = (*map(_cpu, sides), _on_wire())
        task = "partitions" if to == "partitions" else "load"
        found = in_process(task, str(cases), str(place), "2", there.address)
        assert found["cases"] == count, found
        run = Run(
            kind,
            way,
            to,
            count,
            found["seconds"],
            max([found["worker_mib"], *map(peak_mib, there.workers)]),
            max(map(peak_mib, there.scheduler), default=0.0),
            found["peak_mib"],
            _cpu(there.workers) - before[0],
            _cpu(there.scheduler) - before[1],
            found["cpu"],
            _on_wire() - int(before[2]),
            cases.stat().st_size,
        )
    if to == "partitions":
        run.found.update(_partitions(place))
        if gathered:
            run.found.update(_gathered(place, folder / "gathered"))
    else:
        run.found["store"] = _size(place)
    shutil.rmtree(place)
    return run


def _gathered(place: Path, store: Path) -> dict[str, int]:
    taken = in_process("gather", str(place), str(store))["seconds"]
    found = {"loader_ms": round(taken * 1000), "loaded": _size(store)}
    shutil.rmtree(store)
    return found


def _on_wire() -> int:
    return int(psutil.net_io_counters(pernic=True)["lo"].bytes_sent)


def _size(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def _partitions(place: Path) -> dict[str, int]:
    """Return what a folder of partitions holds, but for the library."""
    manifest = place / "manifest.json"
    told = json.loads(manifest.read_text())
    records = list(place.glob("part-*.json"))
    lengths = [sum(json.loads(each.read_text())["partition"][4]) for each in records]
    return {
        "partitions": len(told["partitions"]),
        "quads": told["quads"] - told["library"]["quads"],
        "packed": sum(each["bytes"] for each in told["partitions"]),
        "unpacked": sum(lengths),
        "records": sum(each.stat().st_size for each in records),
        "index": (place / "cases.index").stat().st_size,
        "manifest": manifest.stat().st_size,
        "library": (place / "library.nq.gz").stat().st_size,
    }


def runs(chosen: argparse.Namespace, folder: Path) -> Iterator[Run]:
    """Yield every run: the ways in turn, so that a busy hour is no way's own."""
    for kind in chosen.kinds:
        for count in chosen.sizes:
            cases = _cases(kind, count, folder)
            for _ in range(chosen.rounds):
                for to in ["partitions", "store"] if chosen.store else ["partitions"]:
                    for way in chosen.ways:
                        is_last = chosen.store and way == chosen.ways[-1]
                        yield measure(kind, way, to, cases, count, folder, gathered=is_last)
            if not chosen.folder:
                cases.unlink()  # a million take 45 GB


def _cases(kind: str, count: int, folder: Path) -> Path:
    path = folder / f"{kind}-{count}.nq"
    if not path.exists():
        KINDS[kind](path, count)
    return path


def table(done: list[Run]) -> Iterator[Result]:
    """Yield the lines of the table."""
    for kind, to in dict.fromkeys((run.kind, run.to) for run in done):
        own = [run for run in done if (run.kind, run.to) == (kind, to)]
        for count in dict.fromkeys(run.cases for run in own):
            yield from _beside(f"{count:,} {kind} to {to}", [r for r in own if r.cases == count])
        for way in dict.fromkeys(run.way for run in own):
            yield from _growth(f"{kind} to {to}, {way}", [run for run in own if run.way == way])
        if to == "partitions":
            yield from _of_a_case(kind, own)


def _median(runs: list[Run], way: str) -> float:
    return statistics.median([run.seconds for run in runs if run.way == way] or [0.0])


def _beside(what: str, runs: list[Run]) -> Iterator[Result]:
    times = {way: _median(runs, way) for way in WAYS}
    for way, taken in times.items():
        if taken:
            yield Result("a", f"{what}, {way}", taken, "s")
    if times["pool"] and times["dask-2"]:
        ratio = times["dask-2"] / times["pool"]
        yield Result("a", f"{what}: Dask beside the pool", ratio, "times", "at most 1.2")
    if times["dask-1"] and times["dask-2"]:
        ratio = times["dask-1"] / times["dask-2"]
        yield Result("a", f"{what}: two workers beside one", ratio, "times", "at least 1.7")


def _growth(what: str, runs: list[Run]) -> Iterator[Result]:
    sizes = sorted({run.cases for run in runs})
    for name, told in (
        ("worker_mib", "b  a worker"),
        ("scheduler_mib", "e  the scheduler"),
        ("loading_mib", "e  the machine that loads"),
    ):
        most = {n: max(getattr(run, name) for run in runs if run.cases == n) for n in sizes}
        part, who = told.split("  ")
        for size, peak in most.items():
            if peak:
                yield Result(part, f"{what}, {size:,}: peak of {who}", peak, "MiB")
    if len(sizes) > 1:
        times = [statistics.median(r.seconds for r in runs if r.cases == n) for n in sizes]
        grown = exponent(sizes, times)
        yield Result("c", f"{what}, {sizes[0]:,} to {sizes[-1]:,}: growth", grown, "", "1.05")


def _of_a_case(kind: str, runs: list[Run]) -> Iterator[Result]:
    for run in runs:
        if "loader_ms" in run.found:
            what = f"{run.cases:,} {kind}: pyoxigraph reads the partitions"
            yield Result("f", what, run.found["loader_ms"] / 1000, "s")
    # By one worker if there is such a run, for then nobody waits for another; else by some of Dask.
    last = max(runs, key=lambda run: (run.cases, WAYS[run.way] > 0, -WAYS[run.way]))
    for name in ("input", "quads", "unpacked", "packed", "records", "index"):
        unit = "" if name == "quads" else "bytes"
        yield Result("d", f"{kind}, a case: {name}", last.of_case(name), unit)
    yield Result("d", f"{kind}: cases to a partition", 1 / last.of_case("partitions"))
    if WAYS[last.way]:
        for who in ("worker", "scheduler", "loading"):
            taken = last.of_case(f"{who}_cpu") * 1000
            yield Result("d", f"{kind}, a case: CPU, {who}", taken, "ms")
        yield Result("d", f"{kind}, a case: over the wire", last.of_case("wire"), "bytes")


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300], help="numbers of cases")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=[*KINDS], help="of cases")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[*WAYS], help="to do the work")
    parser.add_argument(
        "--held",
        type=int,
        nargs="*",
        default=[1500, 4500],
        help="sizes at which what the loading process holds is counted byte by byte",
    )
    parser.add_argument("--store", action="store_true", help="also load into a store")
    parser.add_argument("--rounds", type=int, default=1, help="how often each is repeated")
    parser.add_argument("--json", type=Path, help="a file for all runs, which plan.py reads")
    parser.add_argument("--folder", type=Path, help="where to keep the cases between runs")
    return parser.parse_args()


def main() -> None:
    """Measure, print the table, and write the JSON."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        in_process("prepare")  # so that no run reasons over the library
        done: list[Run] = []
        held = [in_process("held", str(_cases("shipped", n, folder))) for n in chosen.held]
        for run in runs(chosen, folder):
            done.append(run)
            told = f"{run.cases:,} {run.kind} to {run.to} by {run.way}: {run.seconds:.1f} s"
            print(told, file=sys.stderr, flush=True)
            if chosen.json:  # after each, for a run may take hours
                found = {"held": held, "runs": [asdict(each) for each in done]}
                chosen.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        for result in table(done):
            show(result)
        for each in held:
            for what in ("held", "index"):
                told = f"{int(each['cases']):,} shipped, the machine that loads: {what}"
                show(Result("e", told, each[what] / each["cases"], "bytes a case"))


if __name__ == "__main__":
    main()
