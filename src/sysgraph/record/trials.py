"""The cases as trials: what each began in, how it was led, and how it was judged.

What the record is grouped by; apart, for a command names it before it needs the rest.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board, Facets
from sysgraph.advice.cases import ask
from sysgraph.store.index import Index, ones
from sysgraph.terms import NAMESPACE, local_name

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = ["By", "Trial", "defining_facets", "digest_of", "trials_of"]

NOWHERE = "not said"


@dataclass(frozen=True, slots=True)
class Trial:
    """One case, as far as the backtest looks at it.

    ``judgements`` goes by test; ``readings`` holds what each reading knows of the start, facet
    by facet. ``regions`` are the regions of its countries, or the countries where none is given.
    """

    case_id: str
    type: str
    judgements: Mapping[str, str]
    readings: tuple[Facets, ...]
    regions: tuple[str, ...] = (NOWHERE,)
    contributor: str = NOWHERE


def trials_of(store: Store, frame: Frame, most: int, seed: int) -> tuple[list[Trial], int]:
    """Return the cases of a store as trials, by id, and how many cases there are.

    Where there are more than ``most``, as many are drawn by the seed. Cases without a type that
    the graph knows or without a reading are no trials.
    """
    index = store.index()
    regions = _texts(
        store,
        "?case sysg:inCountry ?country . OPTIONAL { ?country sysg:withinRegion ?region }"
        " BIND (COALESCE(?region, ?country) AS ?where) ?where rdfs:label ?found",
    )
    contributors = _texts(
        store,
        "?case a sysg:CaseStudy ; dcterms:contributor ?whoever . ?whoever schema:name ?found",
    )
    labels = _labels(index, frame)
    found = []
    for number, (case_id, rows) in enumerate(_readings(index, frame)):
        if rows and labels[number].get("type") in frame.types:
            found.append(
                Trial(
                    case_id,
                    labels[number]["type"],
                    {test: labels[number].get(test, "") for test in frame.tests},
                    tuple(rows),
                    tuple(sorted(regions.get(case_id, {NOWHERE}))),
                    " and ".join(sorted(contributors.get(case_id, {NOWHERE}))),
                )
            )
    count = len(found)
    if count > most:
        found = sorted(Random(seed).sample(found, most), key=lambda trial: trial.case_id)
    return found, count


def _texts(store: Store, pattern: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in ask(store, "?case ?found", pattern, "?case ?found"):
        found[local_name(row["case"])].add(row["found"])
    return found


def _labels(index: Index, frame: Frame) -> list[dict[str, str]]:
    """Return the type of each case and its judgement on each test, in the order of ids."""
    found: list[dict[str, str]] = [{} for _ in range(len(index))]
    for name in ("type", *frame.tests):
        for label, rows in index.holding(f"{name}="):
            for row in ones(rows & index.heads):
                found[index.case_at(row)][name] = label
    return found


def _readings(index: Index, frame: Frame) -> list[tuple[str, list[dict[str, str]]]]:
    """Return for each case, in the order of ids, what its readings know."""
    rows: list[dict[str, str]] = [{} for _ in range(index.rows)]
    for facet in frame.facets.values():
        for value in facet.values.values():
            for row in ones(index.rows_of(value.iri.removeprefix(NAMESPACE))):
                rows[row][facet.id] = value.id
    starts = [*ones(index.heads), index.rows]
    return [
        (case_id, [reading for reading in rows[starts[at] : starts[at + 1]] if reading])
        for at, case_id in enumerate(index.ids)
    ]


def defining_facets(store: Store, frame: Frame) -> tuple[str, ...]:
    """Return the facets by whose values the ontology defines what a practice is."""
    pattern = (
        "?limit owl:onProperty sysg:hasFacetValue ."
        " { ?limit owl:hasValue ?value } UNION"
        " { ?limit owl:someValuesFrom/owl:oneOf/rdf:rest*/rdf:first ?value }"
        " ?value sysg:isValueOf ?facet"
    )
    found = {local_name(row["facet"]) for row in ask(store, "?facet", pattern, "?facet")}
    return tuple(facet for facet in frame.facets if facet in found)


def digest_of(trials: Sequence[Trial], frame: Frame) -> str:
    """Return the SHA-256 over all that the figures come from: the rules, and the cases.

    These are the considerations with their strengths, what counts as a success or a failure, and
    of each case its type, judgements, readings, regions and contributor. Wording and code are
    not in it; the version tells the code.
    """
    board = Board.of(frame)
    rules = {
        "tests": {test: str(needed) for test, needed in board.tests.items()},
        "facets": {test: dict(facets) for test, facets in board.facets.items()},
        "types": board.types,
        "says": {facet: dict(values) for facet, values in board.says.items()},
        "judgements": [sorted(s) for s in (frame.successes, frame.partial, frame.failures)],
    }
    cases = [
        (
            trial.case_id,
            trial.type,
            sorted(trial.judgements.items()),
            [sorted(reading.items()) for reading in trial.readings],
            trial.regions,
            trial.contributor,
        )
        for trial in sorted(trials, key=lambda trial: trial.case_id)
    ]
    text = json.dumps((rules, cases), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


class By(StrEnum):
    """What the cases may be grouped by."""

    TYPE = "type"
    REGION = "region"
    CONTRIBUTOR = "contributor"
