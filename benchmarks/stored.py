"""Measure advice, similar cases, adding and removing over stores that exist, side by side.

Adding starts from a checked case and ends when it is stored with what follows from it; what
was added is removed again. Give stores of different sizes to see what grows:

    python benchmarks/stored.py small-store large-store
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sysgraph.advice.board import advise
from sysgraph.advice.frame import Frame
from sysgraph.advice.said import load_frame
from sysgraph.advice.situation import Situation, situation_of
from sysgraph.case.contribution import Contribution
from sysgraph.case.read import read
from sysgraph.files import data
from sysgraph.intake import load, remove
from sysgraph.library import infer_cases
from sysgraph.ontology import Ontology
from sysgraph.store.local import LocalStore, open_directory

ROUNDS = 200
ADDED = 30


def situations(frame: Frame, known: int) -> Iterator[Situation]:
    """Yield situations with so many facets known, at random but the same in every run."""
    chance = random.Random(known)
    for _ in range(ROUNDS):
        facets = chance.sample(list(frame.facets.values()), known)
        yield situation_of({f.id: chance.choice(list(f.values)) for f in facets}, frame)


def tell(what: str, seconds: list[float]) -> None:
    """Print the median and the 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    last = ordered[int(len(ordered) * 0.99)]
    print(f"  {what:34} {statistics.median(ordered) * 1e3:8.2f} ms  p99 {last * 1e3:8.2f} ms")


def timed(run: Callable[..., object], *given: object) -> float:
    """Return how long something takes, in seconds."""
    started = time.perf_counter()
    run(*given)
    return time.perf_counter() - started


def ask(store: LocalStore) -> None:
    """Measure what only reads."""
    opening = timed(store.index) * 1e3
    print(f"  {'opening the index':34} {opening:8.2f} ms, {len(store.index())} cases")
    frame = load_frame(store)
    for known in (len(frame.facets), 6, 1):
        asked = list(situations(frame, known))
        tell(f"advice, {known} facets known", [timed(advise, each, frame) for each in asked])
        tell("  of that, similar cases", [timed(similar, each, frame) for each in asked])


def similar(situation: Situation, frame: Frame) -> None:
    """Find the twenty cases of each type that are nearest to a situation."""
    held = (frame.facets[facet].values[value].iri for facet, value in situation.facets.items())
    lookup = frame.cases.lookup(held)
    for kind in frame.types:
        lookup.nearest(lookup.of_type(kind), 20)


def cases() -> list[Contribution]:
    """Return new cases, checked and ready."""
    folder = data() / "ontology"
    sample = (folder / "cases" / "wigan-deal.yaml").read_text()
    vocabulary = Ontology.load(folder).vocabulary
    found = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(ADDED):
            path = Path(name) / "case.yaml"
            path.write_text(sample.replace("id: wigan-deal", f"id: benchmark-{number}"))
            found += read(path, vocabulary)
    return found


def change(store: LocalStore, fresh: list[Contribution]) -> None:
    """Measure reasoning alone, then adding and removing with it."""
    tell("reasoning over one case", [timed(infer_cases, [case]) for case in fresh])
    tell("reasoning and adding one case", [timed(load, [case], store) for case in fresh])
    tell("removing one case", [timed(remove, [case.case_id], store) for case in fresh])


def main(places: list[str]) -> None:
    """Measure every store that was named."""
    fresh = cases()
    for place in places:
        print(place)
        reading = open_directory(Path(place))
        ask(reading)
        reading.close()
        writing = open_directory(Path(place), write=True)
        change(writing, fresh)
        writing.close()


if __name__ == "__main__":
    main(sys.argv[1:])
