"""How much longer each canned question takes where there are more cases."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from measure import Result, exponent, seconds
from whole import Place

from sysgraph.query import bind, catalogue
from sysgraph.stores import open_store

SHORT = 0.2
"""A question that takes fewer seconds of the many cases is too quick to tell how it grows."""
SHOWN = 5


def asking(place: Place, largest: int) -> Iterator[Result]:
    """Yield how long all questions take, the slowest, and which grow fastest with the cases."""
    (before, few), (cases, many) = (_asked(place.store(size)) for size in (largest // 10, largest))
    yield Result("k", f"all {len(many)} questions of {cases:,} cases", sum(many.values()), "s")
    slowest = max(many, key=lambda name: many[name])
    yield Result("k", f"  the slowest of them, {slowest}", many[slowest], "s")
    grown = {
        name: exponent([before, cases], [few[name], time])
        for name, time in many.items()
        if time > SHORT
    }
    for name in sorted(grown, key=lambda name: -grown[name])[:SHOWN]:
        what = f"  growth from {before:,} cases, {name}"
        yield Result("k", what, grown[name], "", "at most 1.7")


def _asked(folder: Path) -> tuple[int, dict[str, float]]:
    """Return how many cases a store has, and how long each question takes that may be asked."""
    with closing(open_store(str(folder))) as store:
        cases = len(store.index())
        return cases, {
            name: seconds(lambda one=one: store.select(bind(one, store, {})))  # type: ignore[misc]
            for name, one in catalogue().items()
            if one.most_cases is None or cases <= one.most_cases
        }
