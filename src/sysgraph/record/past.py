"""The cases as the record looks at them: what each began in, how it was led and judged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board, Facets, undominated
from sysgraph.advice.cases import ask
from sysgraph.record.by import By
from sysgraph.store.index import INDEPENDENT, ON_OUTCOME, Index, ones
from sysgraph.terms import NAMESPACE, local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame, Gate
    from sysgraph.store.local import Store

__all__ = [
    "PastCase",
    "PastReading",
    "digest_of",
    "layers_of",
    "past_cases",
    "past_readings",
    "rules_digest",
]

NOWHERE = "not said"


@dataclass(frozen=True, slots=True)
class PastCase:
    """One case, as far as the record looks at it.

    ``judgements`` goes by test; ``readings`` holds what each reading knows of the start, facet
    by facet. ``regions`` are the regions of its countries, or the countries where none is given.
    ``independent`` has the tests on which it was judged by others than those who led.
    """

    case_id: str
    type: str
    judgements: Mapping[str, str]
    readings: tuple[Facets, ...]
    regions: tuple[str, ...] = (NOWHERE,)
    contributor: str = NOWHERE
    independent: frozenset[str] = frozenset()

    def groups(self, by: By) -> tuple[str, ...]:
        """Return the groups that it is in, which for regions may be several."""
        if by is By.REGION:
            return self.regions
        return (self.type if by is By.TYPE else self.contributor,)


def past_cases(store: Store, frame: Frame, most: int, seed: int) -> tuple[list[PastCase], int, int]:
    """Return the cases of a store, by id, how many there are, and how many are left out.

    Where there are more than ``most``, as many are drawn by the seed. Left out are the cases
    that were looked for because of what came of them, from which nothing can be foretold; and
    not told of are cases without a type that the graph knows or without a reading.
    """
    index = store.index()
    regions = _texts(
        store,
        "?case sysg:inCountry ?country . OPTIONAL { ?country sysg:withinRegion ?region }"
        " BIND (COALESCE(?region, ?country) AS ?where) ?where rdfs:label ?found",
    )
    contributors = _texts(
        store, "?case a sysg:CaseStudy ; dcterms:contributor ?whoever . ?whoever schema:name ?found"
    )
    coded = (
        (name, label, rows)
        for name in ("type", *frame.tests)
        for label, rows in index.holding(f"{name}=")
    )
    seen = (
        (facet.id, value.id, index.rows_of(iri.removeprefix(NAMESPACE)))
        for iri, (facet, value) in frame.values.items()
    )
    codes, facets = _tabulate(coded, index), _tabulate(seen, index)
    chosen = index.rows_of(ON_OUTCOME)
    by_others = {test: index.rows_of(f"{INDEPENDENT}{test}") for test in frame.tests}
    starts = [*ones(index.heads), index.rows]
    found, left_out = [], 0
    for case_id, start, end in zip(index.ids, starts, starts[1:], strict=False):
        code, readings = codes[start], tuple(filter(None, facets[start:end]))
        if not readings or code.get("type") not in frame.types:
            continue
        if chosen >> start & 1:
            left_out += 1
        else:
            found.append(
                PastCase(
                    case_id,
                    code["type"],
                    {test: code.get(test, "") for test in frame.tests},
                    readings,
                    tuple(sorted(regions.get(case_id, {NOWHERE}))),
                    " and ".join(sorted(contributors.get(case_id, {NOWHERE}))),
                    frozenset(test for test, rows in by_others.items() if rows >> start & 1),
                )
            )
    count = len(found)
    if count > most:
        found = sorted(Random(seed).sample(found, most), key=lambda case: case.case_id)
    return found, count, left_out


def _texts(store: Store, pattern: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in ask(store, "?case ?found", pattern, "?case ?found"):
        found[local_name(row["case"])].add(row["found"])
    return found


def _tabulate(held: Iterable[tuple[str, str, int]], index: Index) -> list[dict[str, str]]:
    """Return for each row of an index the values of some names, given the rows of each value."""
    found: list[dict[str, str]] = [{} for _ in range(index.rows)]
    for name, value, rows in held:
        for row in ones(rows):
            found[row][name] = value
    return found


def digest_of(cases: Sequence[PastCase], frame: Frame) -> str:
    """Return the SHA-256 over all that the figures come from: the rules, and the cases.

    These are the considerations with their strengths, the gates, what counts as a success or a
    failure, and of each case its type, judgements and on which of them others judged, readings,
    regions and contributor. Wording and code are not in it; the version tells the code.
    """
    judgements = [sorted(s) for s in (frame.successes, frame.partial, frame.failures)]
    rules = {**_rules(frame), "judgements": judgements}
    told = [
        (
            case.case_id,
            case.type,
            sorted(case.judgements.items()),
            [sorted(reading.items()) for reading in case.readings],
            case.regions,
            case.contributor,
            sorted(case.independent),
        )
        for case in sorted(cases, key=lambda case: case.case_id)
    ]
    return _sha256((rules, told))


def rules_digest(frame: Frame) -> str:
    """Return the SHA-256 over the rules that an answer comes from, and over no case.

    These are the tests, how much of each must be known, the facets with their strengths, what the
    considerations say, and the gates: all of ``digest_of`` that is not told of cases. Wording and
    code are not in it; the version tells the code.
    """
    return _sha256(_rules(frame))


def _rules(frame: Frame) -> dict[str, object]:
    board = Board.of(frame)
    return {
        "tests": {test: str(needed) for test, needed in board.tests.items()},
        "facets": {test: dict(facets) for test, facets in board.facets.items()},
        "types": board.types,
        "says": {facet: dict(values) for facet, values in board.says.items()},
        "optional": sorted(board.optional),
        "gates": sorted(_rule(gate) for gate in board.gates),
    }


def _sha256(told: object) -> str:
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _rule(gate: Gate) -> str:
    """Return under which condition a gate closes which type on which test."""
    parts = (gate.condition.when, gate.condition.unless)
    sides = [{name: sorted(values) for name, values in sorted(part.items())} for part in parts]
    return json.dumps((gate.type, gate.test, *sides))


@dataclass(frozen=True, slots=True)
class PastReading:
    """One reading of the case of a number. ``weight`` is 1 over how many readings that has.

    ``layers`` holds for each type whether it is on the front (0), or would be once what is ahead,
    and so on, is taken away (1, 2, ...); types that a gate closes come last.
    ``standings`` are those of the practised type, by test.
    ``code`` has a bit for each facet value that is known.
    """

    case: int
    weight: float
    layers: tuple[int, ...]
    practised: int
    standings: dict[str, Fraction | None]
    code: int

    @property
    def is_on_front(self) -> bool:
        """Tell whether the practised type was on the front."""
        return not self.layers[self.practised]


def past_readings(
    cases: Sequence[PastCase], board: Board, hidden: Sequence[str] = ()
) -> list[PastReading]:
    """Return the readings of all cases; ``hidden`` facets are taken as unknown."""
    pairs = [(facet, value) for facet, values in board.says.items() for value in values]
    bits = {pair: 1 << at for at, pair in enumerate(pairs)}
    found = []
    for number, case in enumerate(cases):
        practised = board.types.index(case.type)
        for reading in case.readings:
            facets = {name: value for name, value in reading.items() if name not in hidden}
            found.append(
                PastReading(
                    number,
                    1 / len(case.readings),
                    layers_of(facets, board),
                    practised,
                    {test: _standing(test, practised, facets, board) for test in board.tests},
                    sum(bits[pair] for pair in facets.items()),
                )
            )
    return found


def _standing(test: str, practised: int, facets: Facets, board: Board) -> Fraction | None:
    if not board.is_known(test, facets):
        return None
    return Fraction(board.point(test, facets)[practised]) / board.known(test, facets)


def layers_of(facets: Facets, board: Board) -> tuple[int, ...]:
    """Return for each type how many fronts have to be taken away before it is on the front.

    Where too little is known on both tests all types are alike, and the front says nothing. Types
    that a gate closes come after all others; where they were ahead, a layer may be empty.
    """
    points = [board.point(test, facets) for test in board.tests if board.is_known(test, facets)]
    layers = [0] * len(board.types)
    left = list(range(len(board.types)))
    depth = 0
    while points and left:
        here = {left[at] for at in undominated([tuple(p[kind] for kind in left) for p in points])}
        for kind in here:
            layers[kind] = depth
        left = [kind for kind in left if kind not in here]
        depth += 1
    closed = board.closed(facets) if points else ()
    return tuple(
        depth if kind in closed else layer for kind, layer in zip(board.types, layers, strict=True)
    )
