"""How good the data of a store are, by metrics that can be worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.said import load_frame
from sysgraph.record.by import MOST
from sysgraph.record.coders import coders_agreement
from sysgraph.record.outcomes import Lots
from sysgraph.record.past import past_cases, past_readings
from sysgraph.record.run import ROUNDS, type_record
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = ["Measured", "measure", "measure_shares"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One value: the name of its metric, and in words what it was worked out from."""

    metric: str
    value: Decimal
    words: str


def measure(store: Store) -> Iterator[Measured]:
    """Yield what can be measured of the cases of a store; nothing where there are none."""
    if not _number(store, "?case", "?case a sysg:CaseStudy"):
        return
    yield from measure_shares(store)
    frame = load_frame(store)
    yield from _agreement(store, frame)
    yield from _record(store, frame)


def measure_shares(store: Store) -> Iterator[Measured]:
    """Yield what is known of the cases, and what was read, as shares; needs no advice."""
    yield from _facets_known(store)
    yield from _citations_read(store)


def _number(store: Store, counted: str, pattern: str) -> int:
    """Return how many different things of a kind there are."""
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("cito", "sysg"))
    inner = f"SELECT DISTINCT {counted} WHERE {{ {pattern} }}"
    rows = store.select(f"{prefixes}SELECT (COUNT(*) AS ?n) WHERE {{ {{ {inner} }} }}")
    return int(next(rows.texts())["n"])


def _share(metric: str, part: int, whole: int, words: str) -> Iterator[Measured]:
    if whole:
        yield Measured(metric, _decimal(part / whole), f"{part} of {whole} {words}")


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.3f}").normalize()


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"95 % interval {low:.3f} to {high:.3f}; "


def _facets_known(store: Store) -> Iterator[Measured]:
    needed = "?facet a sysg:Facet . FILTER NOT EXISTS { ?facet sysg:isOptional true }"
    readings = _number(store, "?r", "?case a sysg:CaseStudy ; sysg:hasReading ?r")
    seen = (
        "?case a sysg:CaseStudy ; sysg:hasReading ?r . ?r sysg:hasObservation ?o ."
        " ?o sysg:observesValue ?value . ?value sysg:isValueOf ?facet . " + needed
    )
    whole = readings * _number(store, "?facet", needed)
    words = f"pairs of a reading and a facet that must be known, over {readings} readings"
    yield from _share("facets-known", _number(store, "?r ?facet", seen), whole, words)


def _citations_read(store: Store) -> Iterator[Measured]:
    cited = "?case a sysg:CaseStudy ; cito:citesAsEvidence ?c ."
    part = _number(store, "?c", f"{cited} ?c sysg:pageRead true")
    words = "citations, by the word of whoever cites"
    yield from _share("citations-read", part, _number(store, "?c", cited), words)


def _agreement(store: Store, frame: Frame) -> Iterator[Measured]:
    found = coders_agreement(store, frame).facets
    if found is not None and found.alpha is not None:
        over = f"over {found.cases} pairs of a case and a facet that two hands or more coded"
        words = f"{_interval(found.low, found.high)}{over}"
        yield Measured("coders-agree", _decimal(float(found.alpha)), words)


def _record(store: Store, frame: Frame) -> Iterator[Measured]:
    cases, _, left_out = past_cases(store, frame, MOST, 0)
    if cases:
        told = type_record(past_readings(cases, Board.of(frame)), Lots(0, ROUNDS, 0))
        words = (
            f"{_interval(told.low, told.high)}by chance, with fronts of that size,"
            f" {told.chance:.3f}; over {told.cases} cases, {left_out} more left out, as they were"
            " chosen by their outcome"
        )
        yield Measured("practised-on-front", _decimal(told.hits), words)
