"""Parts that concern whole stores: loading, growth, workers, one case more, advice."""

import shutil
import statistics
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from generate import make, write_cases
from measure import Result, exponent, in_process, peak_memory, seconds
from single import plain_pipeline

from sysgraph import intake
from sysgraph.advice.board import advise
from sysgraph.advice.cases import Lookup
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import situation_of
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.rdf import triples_of
from sysgraph.screen import Screen, compile_screen
from sysgraph.store.local import Store
from sysgraph.stores import open_store, prepare_store

SITUATIONS = 200
CHANGES = 15
TIMES = 5


class Place:
    """The folder that all files and stores are made in, each once."""

    def __init__(self, folder: Path) -> None:
        """Use a folder."""
        self.folder = folder

    def cases(self, count: int) -> Path:
        """Return a file of so many cases."""
        path = self.folder / f"cases-{count}.nq"
        if not path.exists():
            write_cases(path, count)
        return path

    def store(self, count: int) -> Path:
        """Return a store of so many cases."""
        place = self.folder / f"store-{count}"
        if not place.exists():
            in_process("load", str(self.cases(count)), str(place), "2")
        return place


def beside_plain(place: Place, plain: tuple[int, int]) -> Iterator[Result]:
    """Yield how much faster 1,000 cases are loaded than by the plain libraries."""
    few, more = plain
    theirs = [plain_pipeline(place.cases(count)) for count in plain]
    one = (theirs[1] - theirs[0]) / (more - few)
    all_of_them = theirs[1] + (1000 - more) * one
    ours = statistics.median(_loaded_anew(place) for _ in range(TIMES))
    yield Result("b", f"plain libraries, {few} cases", theirs[0], "s")
    yield Result("b", f"plain libraries, {more} cases", theirs[1], "s")
    yield Result(
        "b", f"plain libraries, 1,000 cases (a line through {few} and {more})", all_of_them, "s"
    )
    yield Result("b", f"sysgraph, 1,000 cases (median of {TIMES})", ours, "s")
    yield Result(
        "b", "  faster than the plain libraries", all_of_them / ours, "times", "at least 200"
    )


def _loaded_anew(place: Place) -> float:
    store = place.folder / "plain"
    shutil.rmtree(store, ignore_errors=True)
    found = in_process("load", str(place.cases(1000)), str(store), "2")
    assert found["cases"] == 1000, found
    return found["seconds"]


def loading(place: Place, sizes: list[int], rounds: int) -> Iterator[Result]:
    """Yield time and memory of whole loads beside pyoxigraph loading the same final quads."""
    times, ratio, most, worker = [], 0.0, 0.0, 0.0
    for count in sizes:
        cases, store = place.cases(count), place.folder / f"store-{count}"
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(rounds if count < 50_000 else 1):
            shutil.rmtree(store, ignore_errors=True)
            found = in_process("load", str(cases), str(store), "2")
            assert found["cases"] == count, found
            ours.append(found["seconds"])
            most, worker = max(most, found["peak_mib"]), max(worker, found["worker_mib"])
            final, beside = place.folder / "final.nq", place.folder / "beside"
            if not theirs:
                in_process("dump", str(store), str(final))
            theirs.append(in_process("raw", str(final), str(beside))["seconds"])
            shutil.rmtree(beside)
        final.unlink()
        times.append(statistics.median(ours))
        raw = statistics.median(theirs)
        ratio = times[-1] / raw
        yield Result("c", f"load {count:,} cases to disk", times[-1], "s")
        yield Result("c", f"pyoxigraph alone, the same quads ({count:,} cases)", raw, "s")
        target = "at most 1.5" if count == 100_000 else ""
        yield Result("c", f"  sysgraph beside it, {count:,} cases", ratio, "times", target)
    yield Result("c", "peak memory of the main process", most, "MiB", "at most 4,096")
    yield Result("c", "peak memory of a worker", worker, "MiB", "at most 96")
    large = [(size, taken) for size, taken in zip(sizes, times, strict=True) if size >= 1000]
    if len(large) > 1:
        grown = exponent([size for size, _ in large], [taken for _, taken in large])
        yield Result(
            "c", f"growth from {large[0][0]:,} to {large[-1][0]:,}", grown, "", "at most 1.05"
        )


def two_workers(place: Place, count: int) -> Iterator[Result]:
    """Yield how much faster two workers validate and reason than one."""
    cases = str(place.cases(count))
    taken = {workers: in_process("judge", cases, str(workers))["seconds"] for workers in (1, 2)}
    for workers, time in taken.items():
        yield Result("d", f"validate and reason, {count:,} cases, {workers} worker(s)", time, "s")
    yield Result("d", "  two beside one", taken[1] / taken[2], "times", "at least 1.8")


def one_more(place: Place, sizes: list[int]) -> Iterator[Result]:
    """Yield how long one case takes to be checked and added, and to be removed."""
    screen = compile_screen(data() / "ontology")
    medians = []
    for count in sizes:
        copy = place.folder / "changed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(place.store(count), copy)
        store = prepare_store(str(copy))
        added, removed = [], []
        for number, text in enumerate(make(CHANGES, seed=1)):
            case_id = f"another-{number:06d}"
            file = place.folder / "one.trig"
            name = text.partition("/case/")[2].partition(">")[0]
            file.write_text(_as_trig(text.replace(name, case_id)), encoding="utf-8")
            added.append(seconds(partial(_add, file, store, screen)))
            removed.append(seconds(partial(intake.remove, [case_id], store)))
        store.close()
        medians.append(statistics.median(added))
        yield Result("f", f"add one case to {count:,}", medians[-1] * 1000, "ms", "under 10")
        taken = statistics.median(removed) * 1000
        yield Result("f", f"remove one case from {count:,}", taken, "ms", "under 5")
    if len(medians) > 1:
        ratio = medians[-1] / medians[0]
        yield Result(
            "f", "  adding to the larger beside the smaller", ratio, "times", "at most 1.2"
        )


def _as_trig(nquads: str) -> str:
    import pyoxigraph as ox

    quads = ox.parse(nquads, format=ox.RdfFormat.N_QUADS)
    return (ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"").decode()


def _add(file: Path, store: Store, screen: Screen) -> None:
    # The way of bulk loads: judged by the screen. Few files are put to pySHACL by the command.
    contributions = read(file, Ontology.load().vocabulary)
    assert all(screen.judge(triples_of(case.quads)).conforms for case in contributions)
    intake.load(contributions, store)


def advising(place: Place, count: int) -> Iterator[Result]:
    """Yield how long advice takes beside so many cases, in a warm process."""
    store = open_store(str(place.store(count)))
    frame = load_frame(store)
    names = {slug: list(facet.values) for slug, facet in frame.facets.items()}
    taken = []
    for number in range(SITUATIONS):
        chosen = {
            slug: values[number % len(values)]
            for at, (slug, values) in enumerate(names.items())
            if (number >> at % 8) & 1 and values
        }
        situation = situation_of(chosen or {slug: v[0] for slug, v in names.items() if v}, frame)
        taken.append(seconds(partial(advise, situation, frame)))
    taken.sort()
    yield Result(
        "g",
        f"advice beside {count:,} cases, median",
        taken[len(taken) // 2] * 1000,
        "ms",
        "under 15",
    )
    yield Result("g", "  99th percentile", taken[int(len(taken) * 0.99)] * 1000, "ms", "under 50")
    yield from _similar(store, names, count)
    yield Result("g", "memory of the process that advises", peak_memory(), "MiB")


def _similar(store: Store, names: dict[str, list[str]], count: int) -> Iterator[Result]:
    index = store.index()
    every = index.rows_of("type=organic")
    facets = {
        slug: [f"value/{slug}-{value}" for value in values[:1]] for slug, values in names.items()
    }
    taken = sorted(seconds(lambda: Lookup(index, facets).nearest(every, 20)) for _ in range(50))
    yield Result("g", f"similar cases of {count:,}, median", taken[25] * 1000, "ms", "under 3")
