"""The record of advice: how well it did over the cases, kept so that advice can carry it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sysgraph.cache import kept, library_place

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BETTER",
    "NO_BETTER",
    "UNTOLD",
    "WORSE",
    "Record",
    "Told",
    "kept_record",
    "record_place",
]

BETTER = "better than the base rate"
NO_BETTER = "no better than the base rate"
WORSE = "worse than the base rate"
UNTOLD = "too few cases to tell"


@dataclass(frozen=True, slots=True)
class Told:
    """How well the fit of a practice foretold its outcome on one test.

    ``skill`` is 1 less the Brier score over that of the base rate, with its 95 % interval; None
    where it cannot be told. ``verdict`` is one of the four phrases above.
    """

    test: str
    cases: int
    skill: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Record:
    """What advice may say of its own past: shares from 0 to 1, over the shipped cases.

    ``hits`` is the share of cases whose practised type was on the front, ``low`` to ``high`` its
    95 % interval, and ``chance`` what fronts of the same size would hit blindly. ``digest`` is
    of all the rules and cases that the figures come from.
    """

    version: str
    digest: str
    seed: int
    rounds: int
    cases: int
    hits: float
    low: float
    high: float
    chance: float
    tests: tuple[Told, ...]

    def as_json(self) -> bytes:
        """Return the record as it is kept."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def of_json(kept: bytes) -> Record:
        """Return the record that was kept.

        Raises:
            ValueError, KeyError, TypeError: it is damaged.
        """
        values = json.loads(kept)
        values["tests"] = tuple(Told(**each) for each in values["tests"])
        return Record(**values)


def record_place() -> Path | None:
    """Return where the record of the shipped library is kept, or None without a cache."""
    place = library_place()
    return place.with_name(f"{place.name}.record.json") if place else None


def kept_record() -> Record | None:
    """Return the record of the shipped library, if it was computed since the library changed.

    Reading it takes a fraction of a millisecond.
    """
    place = record_place()
    held = kept(place) if place else None
    return Record.of_json(held) if held is not None else None
