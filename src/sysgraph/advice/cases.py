"""The stored cases, reached one by one, compared with a situation all at once, and what they show.

The last is the record of advice, kept beside the library so that advice can carry it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass, field
from typing import NamedTuple, Protocol

from sysgraph.store.index import CHECKED, ON_OUTCOME, Index, ones
from sysgraph.terms import NAMESPACE, PREFIXES, local_name

__all__ = [
    "BETTER",
    "NO_BETTER",
    "UNTOLD",
    "WORSE",
    "AskedStore",
    "CaseStudies",
    "CaseStudy",
    "Foresight",
    "JudgementGround",
    "Lookup",
    "Near",
    "Record",
    "StoredCase",
    "ask",
]

_CASE = PREFIXES["case"]
_TOGETHER = 500


@dataclass(slots=True)
class CaseStudy:
    """A case study: its title, how it was led, how it was judged, and whether that was read."""

    id: str
    title: str
    type: str
    led: str
    working: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class JudgementGround:
    """How old a judgement is, whose, and what its evidence is about; what is not told is empty.

    ``independent`` is ``yes`` where somebody judged who neither led nor belongs to those who
    did, ``no`` where not, and ``unknown``; ``about`` is ``this-case`` or ``its-kind``.
    """

    judged: str = ""
    independent: str = ""
    about: str = ""


@dataclass(slots=True)
class StoredCase(CaseStudy):
    """A case study with what each reading saw in it, by facet, and who read it.

    ``confidence`` is that of whoever contributed it, in the case as a whole; ``why`` gives by
    test the reason for its judgement, and ``grounds`` how old that is and whose. A selected case
    was looked for because of what came of it. ``summary`` tells what was done.
    """

    readings: dict[str, dict[str, str]] = field(default_factory=dict)
    standpoints: dict[str, str] = field(default_factory=dict)
    confidence: str = ""
    why: dict[str, str] = field(default_factory=dict)
    grounds: dict[str, JudgementGround] = field(default_factory=dict)
    is_selected: bool = False
    summary: str = ""


class Answers(Protocol):
    """The rows that answer a question."""

    def texts(self) -> Iterator[dict[str, str]]:
        """Yield each row as column name to plain text, leaving out what is unbound."""


class AskedStore(Protocol):
    """What advice needs of a store. ``place`` is its name in messages."""

    place: str

    def select(self, query: str) -> Answers:
        """Answer a SELECT."""

    def index(self) -> Index:
        """Return the index of the cases as they are stored now."""


def ask(store: AskedStore, columns: str, pattern: str, order: str = "") -> Iterator[dict[str, str]]:
    """Yield the distinct rows for a pattern in the prefixes that advice uses."""
    names = ("cito", "dcterms", "owl", "rdf", "rdfs", "schema", "skos", "sysg")
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in names)
    ending = f" ORDER BY {order}" if order else ""
    # The same triple may stand in two graphs of a store.
    query = f"{prefixes}SELECT DISTINCT {columns} WHERE {{ {pattern} }}{ending}"
    return store.select(query).texts()


class CaseStudies(Mapping[str, StoredCase]):
    """The cases of a store by their IRIs, each fetched when it is asked for."""

    def __init__(
        self, store: AskedStore | None = None, facets: Mapping[str, str] | None = None
    ) -> None:
        """Name the store, or hold no case.

        ``facets`` gives the slug of the facet of each facet value, which goes by its IRI.
        """
        self._store = store
        self._facets = facets or {}
        self._uncounted: frozenset[tuple[str, str]] = frozenset()

    def without(self, uncounted: Iterable[tuple[str, str]]) -> CaseStudies:
        """Return the cases, of which some pairs of case and type are told and not counted.

        A pair with no type is of the case in whatever way it was led.
        """
        found = copy(self)
        found._uncounted = self._uncounted.union(uncounted)
        return found

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
        return Lookup(self.index(), facets, {*self._uncounted, (without, "")})

    def __len__(self) -> int:
        return len(self.index())

    def __iter__(self) -> Iterator[str]:
        return (f"{_CASE}{case_id}" for case_id in list(self.index().ids))

    def __getitem__(self, iri: str) -> StoredCase:
        index, name = self.index(), local_name(iri)
        if not self._store or not iri.startswith(_CASE) or name not in index:
            raise KeyError(iri)
        rows = index.rows_of_case(name)
        facts = _coded(index, rows.bit_length() - 1)
        if not all(facts[:5]):  # what is no whole case
            raise KeyError(iri)
        here = f"VALUES ?case {{ <{iri}> }} ?case"
        case = StoredCase(*facts, is_selected=bool(index.rows_of(ON_OUTCOME) & rows))
        for row in ask(self._store, "?found", f"{here} sysg:hasConfidence ?found"):
            case.confidence = local_name(row["found"])
        for row in ask(self._store, "?found", f"{here} dcterms:abstract ?found", "DESC(?found)"):
            case.summary = row["found"]
        self._take_outcomes(case, self._store, here)
        pattern = f"{here} sysg:hasReading ?reading . ?reading sysg:standpoint ?standpoint"
        known = dict(self.readings([name]))[name]
        for row in ask(self._store, "?reading ?standpoint", pattern, "?reading"):
            if row["reading"] in known:
                case.readings[row["reading"]] = known[row["reading"]]
                case.standpoints[row["reading"]] = row["standpoint"]
        return case

    def _take_outcomes(self, case: StoredCase, store: AskedStore, here: str) -> None:
        pattern = (
            f"{here} ?of ?outcome . VALUES (?of ?test) {{"
            ' (sysg:hasLedOutcome "led") (sysg:hasWorkingOutcome "working") }'
            " OPTIONAL { ?outcome sysg:why ?why } OPTIONAL { ?outcome sysg:judgedIn ?judged }"
            " OPTIONAL { ?outcome sysg:hasIndependence ?independent }"
            " OPTIONAL { ?outcome sysg:isEvidenceAbout ?about }"
        )
        for row in ask(store, "?test ?why ?judged ?independent ?about", pattern, "?test"):
            if "why" in row:
                case.why[row["test"]] = row["why"]
            told = (local_name(row.get(name, "")) for name in ("independent", "about"))
            case.grounds[row["test"]] = JudgementGround(row.get("judged", ""), *told)

    def readings(self, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
        """Yield the ids of cases, each with its readings and the facet values that they know.

        They are fetched some hundreds at once, in 0.2 to 0.3 ms a case. A reading that knows no
        facet is left out.
        """
        if not self._store:
            return
        for start in range(0, len(ids), _TOGETHER):
            chosen = ids[start : start + _TOGETHER]
            found: dict[str, dict[str, dict[str, str]]] = {case_id: {} for case_id in chosen}
            names = " ".join(f"<{_CASE}{case_id}>" for case_id in chosen)
            pattern = (
                f"VALUES ?case {{ {names} }} ?case sysg:hasReading ?reading ."
                " ?reading sysg:hasFacetValue ?value"
            )
            for row in ask(self._store, "?case ?reading ?value", pattern, "?case ?reading ?value"):
                if row["value"] in self._facets:
                    seen = found[row["case"].removeprefix(_CASE)].setdefault(row["reading"], {})
                    seen[self._facets[row["value"]]] = row["value"]
            yield from found.items()


class HeldCases(CaseStudies):
    """Cases that are held as JSON carries them, where there is no store to fetch them from."""

    def __init__(
        self, index: Index, stored: Mapping[str, StoredCase], facets: Mapping[str, str]
    ) -> None:
        """Hold cases by their IRIs; ``facets`` are as for all cases."""
        super().__init__(None, facets)
        self._index, self._stored = index, stored

    @staticmethod
    def of_json(index: Index, kept: bytes, facets: Mapping[str, str]) -> HeldCases:
        """Return the cases that were kept.

        Raises:
            ValueError, KeyError, TypeError: they are damaged.
        """
        stored = {}
        for each in json.loads(kept):
            grounds = {test: JudgementGround(**ground) for test, ground in each["grounds"].items()}
            case = StoredCase(**{**each, "grounds": grounds})
            stored[f"{_CASE}{case.id}"] = case
        return HeldCases(index, stored, facets)

    def index(self) -> Index:
        return self._index

    def __getitem__(self, iri: str) -> StoredCase:
        return self._stored[iri]

    def readings(self, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
        for case_id in ids:
            case = self._stored.get(f"{_CASE}{case_id}")
            yield case_id, case.readings if case is not None else {}


class Near(NamedTuple):
    """A case and its nearest reading: facets that agree, out of those that both know."""

    case: CaseStudy
    shared: int
    compared: int


class Lookup:
    """All cases beside one situation: how many of a type there are, and which are nearest.

    ``facets`` maps each facet value of the situation to all values of the same facet. How many
    facets each row shares is kept as binary digits, one integer of rows for each digit, and
    added up by the rules of writing: some 0.3 ms for 100,000 cases and 13 facets.
    """

    def __init__(
        self,
        index: Index,
        facets: Mapping[str, Iterable[str]],
        uncounted: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Compare once; the questions may then be asked for each type.

        ``uncounted`` are pairs of case and type, or none for any, that are not of their type.
        """
        self.index = index
        self._uncounted = uncounted
        self._shared = _count(map(index.rows_of, facets))
        self._compared = _count(index.rows_of_any(values) for values in facets.values())
        levels = [(1 << index.rows) - 1]
        for digit in reversed(self._shared):
            levels = [part for level in levels for part in (level & digit, level & ~digit)]
        self._levels = levels  # the rows of each count, from the highest down to 0

    def sharing(self, least: int) -> int:
        """Return the rows that share as many facets with the situation, or more."""
        rows = 0
        for level in self._levels[: max(0, len(self._levels) - least)]:
            rows |= level
        return rows

    def of_type(self, kind: str) -> int:
        """Return the rows of the cases led in the way of a type."""
        return self.index.rows_of(f"type={kind}") & ~self._gone(kind)

    def of_both(self, one: str, other: str) -> int:
        """Return the rows of the cases coded as both types, primary or secondary."""
        ways = (self.index.rows_of_any((f"type={kind}", f"also={kind}")) for kind in (one, other))
        return next(ways) & next(ways) & ~self._gone(one, other)

    def _gone(self, *kinds: str) -> int:
        return self.rows_of_cases(case for case, of in self._uncounted if not of or of in kinds)

    def rows_of_cases(self, ids: Iterable[str]) -> int:
        """Return the rows of some cases, those that are not stored left out."""
        rows = 0
        for case_id in ids:
            rows |= self.index.rows_of_case(case_id)
        return rows

    def judged(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Return the rows of the cases with any of these pairs of judgement and test."""
        return self.index.rows_of_any(f"{test}={judgement}" for judgement, test in pairs)

    def count(self, rows: int) -> int:
        """Return how many cases these rows are of."""
        return self.index.count(rows)

    def telling(self, rows: int) -> int:
        """Return, of some rows, those of cases that can tell how often something happens.

        Left out are the cases that were looked for because of what came of them.
        """
        return rows & ~self.index.rows_of(ON_OUTCOME)

    def nearest(self, among: int, limit: int) -> list[Near]:
        """Return the cases among some rows that share most; those that share alike by id."""
        found: dict[int, int] = {}
        for level in self._levels:
            for row in ones(level & among) if len(found) < limit else ():
                # A case is first met at the reading that shares most.
                found.setdefault(self.index.case_at(row), row)
                if len(found) == limit:
                    break
        return [self._near(row) for row in found.values()]

    def _near(self, row: int) -> Near:
        index = self.index
        shared, compared = max(
            (_at(self._shared, each), _at(self._compared, each)) for each in index.span(row)
        )
        return Near(CaseStudy(*_coded(index, row)), shared, compared)


def _coded(index: Index, row: int) -> tuple[str, str, str, str, str, bool]:
    """Return what an index tells of the case of a row, as ``CaseStudy`` has it."""
    kind, led, working = (
        next((name for name, rows in index.holding(f"{what}=") if rows >> row & 1), "")
        for what in ("type", "led", "working")
    )
    at, checked = index.case_at(row), bool(index.rows_of(CHECKED) >> row & 1)
    return index.ids[at], index.titles[at], kind, led, working, checked


def _count(sets: Iterable[int]) -> list[int]:
    """Return the digits of how many of the sets each row is in, the lowest digit first."""
    digits: list[int] = []
    for each in sets:
        carry, at = each, 0
        while carry:
            if at == len(digits):
                digits.append(0)
            digits[at], carry = digits[at] ^ carry, digits[at] & carry
            at += 1
    return digits


def _at(digits: Sequence[int], row: int) -> int:
    return sum((digit >> row & 1) << power for power, digit in enumerate(digits))


def _key(iri: str) -> str:
    return iri.removeprefix(NAMESPACE)


BETTER = "better than the base rate"
NO_BETTER = "no better than the base rate"
WORSE = "worse than the base rate"
UNTOLD = "too few cases to tell"


@dataclass(frozen=True, slots=True)
class Foresight:
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
    tests: tuple[Foresight, ...]

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
        values["tests"] = tuple(Foresight(**each) for each in values["tests"])
        return Record(**values)
