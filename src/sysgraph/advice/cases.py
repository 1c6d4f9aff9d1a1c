"""The stored cases, reached one by one and compared with a situation all at once.

The record of advice: how well it did over the cases, kept so that advice can carry it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from sysgraph.cache import kept, library_place
from sysgraph.store.index import Index
from sysgraph.store.nearest import Likeness, Near
from sysgraph.terms import NAMESPACE, PREFIXES, local_name

if TYPE_CHECKING:
    from pathlib import Path

    from sysgraph.store.local import Store

__all__ = [
    "BETTER",
    "NO_BETTER",
    "UNTOLD",
    "WORSE",
    "Case",
    "Cases",
    "Lookup",
    "Record",
    "StoredCase",
    "Told",
    "ask",
    "kept_record",
    "record_place",
]

_CASE = PREFIXES["case"]
_TOGETHER = 500


@dataclass(slots=True)
class Case:
    """A case study: its title, how it was led, how it was judged, and whether that was read."""

    id: str
    title: str
    type: str
    led: str
    working: str
    checked: bool = False


@dataclass(slots=True)
class StoredCase(Case):
    """A case study with what each reading saw in it, by facet, and who read it.

    ``confidence`` is that of whoever contributed it, in the case as a whole; ``why`` gives by
    test the reason for its judgement.
    """

    readings: dict[str, dict[str, str]] = field(default_factory=dict)
    standpoints: dict[str, str] = field(default_factory=dict)
    confidence: str = ""
    why: dict[str, str] = field(default_factory=dict)


def ask(store: Store, columns: str, pattern: str, order: str) -> Iterator[dict[str, str]]:
    """Yield the distinct rows for a pattern in the prefixes that advice uses."""
    names = ("cito", "dcterms", "owl", "rdf", "rdfs", "schema", "skos", "sysg")
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in names)
    # The same triple may stand in two graphs of a store.
    query = f"{prefixes}SELECT DISTINCT {columns} WHERE {{ {pattern} }} ORDER BY {order}"
    return store.select(query).texts()


class Cases(Mapping[str, StoredCase]):
    """The cases of a store by their IRIs, each fetched when it is asked for."""

    def __init__(self, store: Store | None = None, facets: Mapping[str, str] | None = None) -> None:
        """Name the store, or hold no case.

        ``facets`` gives the slug of the facet of each facet value, which goes by its IRI.
        """
        self._opened = store
        self._facets = facets or {}

    @property
    def _store(self) -> Store | None:
        return self._opened

    def index(self) -> Index:
        """Return the index of the cases as they are stored now."""
        return self._store.index() if self._store else Index.build(())

    def lookup(self, chosen: Iterable[str], without: str = "") -> Lookup:
        """Compare all cases with the facet values of a situation, given by their IRIs.

        The case of the id ``without``, which the situation was taken from, is left out.
        """
        rivals: dict[str, list[str]] = {}
        for value, facet in self._facets.items():
            rivals.setdefault(facet, []).append(_key(value))
        facets = {_key(value): rivals[self._facets[value]] for value in chosen}
        return Lookup(self.index(), facets, without)

    def __len__(self) -> int:
        return len(self.index())

    def __iter__(self) -> Iterator[str]:
        return (f"{_CASE}{case_id}" for case_id in list(self.index().ids))

    def __getitem__(self, iri: str) -> StoredCase:
        if not self._store or not iri.startswith(_CASE) or local_name(iri) not in self.index():
            raise KeyError(iri)
        return self._fetch(self._store, iri)

    def _fetch(self, store: Store, iri: str) -> StoredCase:
        here = f"VALUES ?case {{ <{iri}> }} ?case"
        pattern = (
            f"{here} a sysg:CaseStudy ; dcterms:title ?title ; sysg:hasPractice ?practice ;"
            " sysg:hasLedOutcome ?ledOutcome ; sysg:hasWorkingOutcome ?workingOutcome ."
            " ?practice sysg:hasPrimaryType ?type . ?ledOutcome sysg:hasJudgement ?led ."
            " ?workingOutcome sysg:hasJudgement ?working ."
            " OPTIONAL { ?case sysg:hasConfidence ?confidence }"
            " OPTIONAL { ?ledOutcome sysg:why ?ledWhy }"
            " OPTIONAL { ?workingOutcome sysg:why ?workingWhy }"
        )
        columns = "?title ?type ?led ?working ?confidence ?ledWhy ?workingWhy"
        row = next(ask(store, columns, pattern, "?title"), None)
        if row is None:
            raise KeyError(iri)
        kind, led, working = (local_name(row[name]) for name in ("type", "led", "working"))
        case = StoredCase(local_name(iri), row["title"], kind, led, working)
        case.confidence = local_name(row.get("confidence", ""))
        case.why = {test: row[f"{test}Why"] for test in ("led", "working") if f"{test}Why" in row}
        pattern = f"{here} cito:citesAsEvidence ?citation . ?citation sysg:pageRead true"
        case.checked = any(ask(store, "?citation", pattern, "?citation"))
        pattern = (
            f"{here} sysg:hasReading ?reading ."
            " ?reading sysg:standpoint ?standpoint ; sysg:hasFacetValue ?value"
        )
        for row in ask(store, "?reading ?standpoint ?value", pattern, "?reading ?value"):
            if row["value"] in self._facets:
                values = case.readings.setdefault(row["reading"], {})
                values[self._facets[row["value"]]] = row["value"]
                case.standpoints[row["reading"]] = row["standpoint"]
        return case

    def readings(self, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
        """Yield the ids of cases, each with its readings and the facet values that they know.

        They are fetched some hundreds at once, in 0.2 to 0.3 ms a case. A reading that knows no
        facet is left out.
        """
        for start in range(0, len(ids) if self._store else 0, _TOGETHER):
            chosen = ids[start : start + _TOGETHER]
            found: dict[str, dict[str, dict[str, str]]] = {case_id: {} for case_id in chosen}
            for case_id, reading, value in self._values_seen(chosen):
                if value in self._facets:
                    found[case_id].setdefault(reading, {})[self._facets[value]] = value
            yield from found.items()

    def _values_seen(self, ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        assert self._store  # as was asked before
        names = " ".join(f"<{_CASE}{case_id}>" for case_id in ids)
        pattern = (
            f"VALUES ?case {{ {names} }} ?case sysg:hasReading ?reading ."
            " ?reading sysg:hasFacetValue ?value"
        )
        for row in ask(self._store, "?case ?reading ?value", pattern, "?case"):
            yield row["case"].removeprefix(_CASE), row["reading"], row["value"]


class Lookup:
    """All cases beside one situation: how many of a type there are, and which are nearest."""

    def __init__(
        self, index: Index, facets: Mapping[str, Iterable[str]], without: str = ""
    ) -> None:
        """Compare once; the questions may then be asked for each type."""
        self._index = index
        self._left_out = index.rows_of_case(without) if without else 0
        self._likeness = Likeness(index, facets)

    @property
    def index(self) -> Index:
        """Return the index that the rows are of."""
        return self._index

    def sharing(self, least: int) -> int:
        """Return the rows that share as many facets with the situation, or more."""
        return self._likeness.sharing(least)

    def of_type(self, kind: str) -> int:
        """Return the rows of the cases led in the way of a type."""
        return self._index.rows_of(f"type={kind}") & ~self._left_out

    def of_both(self, one: str, other: str) -> int:
        """Return the rows of the cases coded as both types, primary or secondary."""
        ways = (
            self._index.rows_of(f"type={kind}") | self._index.rows_of(f"also={kind}")
            for kind in (one, other)
        )
        return next(ways) & next(ways) & ~self._left_out

    def judged(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Return the rows of the cases with any of these pairs of judgement and test."""
        found = 0
        for judgement, test in pairs:
            found |= self._index.rows_of(f"{test}={judgement}")
        return found

    def count(self, rows: int) -> int:
        """Return how many cases these rows are of."""
        return self._index.count(rows)

    def nearest(self, rows: int, limit: int) -> list[Near]:
        """Return the cases that share most with the situation, those that share alike by id."""
        return self._likeness.nearest(rows, limit)


def _key(iri: str) -> str:
    return iri.removeprefix(NAMESPACE)


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
