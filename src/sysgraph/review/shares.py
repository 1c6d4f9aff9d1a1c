"""How much of the evidence of a type comes from one contributor, or from one driver of change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from sysgraph.review.record import Record
from sysgraph.terms import local_name

__all__ = ["LARGE", "Share", "large_shares"]

LARGE = 0.25
"""From which share of the cases of a type on one hand is a large one."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many cases of a type are from one hand; ``before`` and ``after`` are shares of 1."""

    role: str
    name: str
    type: str
    mine: int
    of: int
    before: float
    after: float


def large_shares(
    before: Mapping[str, Record], after: Mapping[str, Record], changed: Collection[str]
) -> Iterator[Share]:
    """Yield each contributor and sponsor of changed cases whose share has grown and is large.

    The sponsor of a case is whoever set the change going, and two are the same where they are
    called the same; one with a single case is not told.
    """
    roles: tuple[tuple[str, Callable[[Record], tuple[str, str]], int], ...] = (
        ("contributor", lambda one: (one.contributor_key, one.contributor), 1),
        ("sponsor", lambda one: (" ".join(one.driver.casefold().split()), one.driver), 2),
    )
    for role, name_of, fewest in roles:
        was, now = (_counted(side, name_of) for side in (before, after))
        hands = sorted(
            {(*name_of(after[name]), after[name].type) for name in changed if name in after}
        )
        for key, name, kind in hands:
            mine, of = now[key, kind], now["", kind]
            share = mine / of if of else 0.0
            earlier = was[key, kind] / was["", kind] if was["", kind] else 0.0
            if key and mine >= fewest and share >= LARGE and share > earlier:
                yield Share(role, name, local_name(kind.strip("<>")), mine, of, earlier, share)


def _counted(
    side: Mapping[str, Record], name_of: Callable[[Record], tuple[str, str]]
) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in side.values():
        found["", one.type] += 1
        if name_of(one)[0]:
            found[name_of(one)[0], one.type] += 1
    return found
