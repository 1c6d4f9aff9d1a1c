"""Does the front hold the type that was practised, and how sharply does it point to it?

The record by type, by region or by contributor.
The whole record: leave one case out, ask, and compare with what was done and came of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import fsum
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.cases import Record, Told, kept_record, record_place
from sysgraph.record.outcomes import (
    Draws,
    OutcomeRecord,
    Row,
    Skill,
    draws_of,
    outcome_records,
    rows_of,
    share_interval,
    skill_of,
)
from sysgraph.record.trials import By, Trial, defining_facets, digest_of, trials_of

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store.local import Store

__all__ = [
    "Backtest",
    "Group",
    "GroupOutcome",
    "TypeRecord",
    "hits_of",
    "look_back",
    "look_back_on",
    "record_of",
    "shipped_record",
]

Forecast = Sequence[float]
"""The chance of each type, in the order of the board; they add up to 1."""


@dataclass(frozen=True, slots=True)
class TypeRecord:
    """How well the advice recovers the type that was practised.

    ``hits`` is the share of cases whose practised type was on the front, ``low`` to ``high`` its
    95 % interval; ``chance`` is the mean share of the types that are on the front, which a front
    drawn by lot would hit. ``at_least`` is the share of shuffles of the practised types with at
    least as many hits. ``silent`` readings knew too little for a front and count as all types.

    ``forecasts`` are ``front`` (as likely for each type on it, and none other), ``graded`` (as
    often as the practised types of other cases were on the front, on the next once it is taken
    away, and so on, each layer counted once more), ``frequent`` (the most frequent type of the
    other cases) and ``uniform``, each beside the base rate of the types in the other cases.
    ``by_case`` has the hits and the chance of each case, by id.
    """

    cases: int
    hits: float
    low: float
    high: float
    chance: float
    at_least: float | None
    silent: int
    hidden: tuple[str, ...]
    forecasts: Mapping[str, Skill]
    by_case: tuple[tuple[float, float], ...]


def type_record(
    rows: Sequence[Row],
    rounds: int,
    seed: int,
    *,
    shuffles: int,
    hidden: tuple[str, ...] = (),
) -> TypeRecord:
    """Return how well the practised type of each case is recovered, each by the other cases."""
    practised = _practised(rows)
    draws = draws_of(len(practised), rounds, seed)
    hits, chances = hits_of(rows, practised)
    random = Random(seed)
    orders = [random.sample(practised, len(practised)) for _ in range(shuffles)]
    reached = fsum(hits) - 1e-9
    lucky = sum(1 for order in orders if fsum(hits_of(rows, order)[0]) >= reached)
    count = max(len(practised), 1)
    return TypeRecord(
        len(practised),
        fsum(hits) / count,
        *share_interval(hits, draws),
        fsum(chances) / count,
        (1 + lucky) / (1 + shuffles) if shuffles else None,
        sum(1 for row in rows if not any(row.layers)),
        hidden,
        _skills(rows, practised, orders, draws),
        tuple(zip(hits, chances, strict=True)),
    )


def _practised(rows: Sequence[Row]) -> list[int]:
    return list({row.trial: row.practised for row in rows}.values())


def hits_of(rows: Sequence[Row], practised: Sequence[int]) -> tuple[list[float], list[float]]:
    """Return for each case the share of readings with its type on the front, and by chance."""
    hits, chances = [0.0] * len(practised), [0.0] * len(practised)
    for row in rows:
        hits[row.trial] += row.weight * (row.layers[practised[row.trial]] == 0)
        chances[row.trial] += row.weight * row.layers.count(0) / len(row.layers)
    return hits, chances


def _skills(
    rows: Sequence[Row], practised: Sequence[int], orders: Sequence[Sequence[int]], draws: Draws
) -> dict[str, Skill]:
    base = _scores(rows, practised, _base)
    ways = {"front": _front, "graded": _graded, "frequent": _frequent, "uniform": _uniform}
    found = {}
    for name, way in ways.items():
        # Shuffling tells something of the two that look at the situation.
        tried = orders if name in ("front", "graded") else ()
        sums = [sum(_scores(rows, order, way)) for order in tried]
        found[name] = skill_of(_scores(rows, practised, way), base, draws, sums)
    return found


class Others:
    """What is known of the other cases: how often each type, and how often each layer."""

    __slots__ = ("layers", "types")

    def __init__(self, types: list[int], layers: list[float]) -> None:
        """Count how often each type and each layer was practised."""
        self.types, self.layers = types, layers


Way = Callable[[Row, Others], Forecast]


def _scores(rows: Sequence[Row], practised: Sequence[int], way: Way) -> list[float]:
    """Return the Brier score of each case over all types, the mean over its readings: 0 to 2."""
    found = [0.0] * len(practised)
    if not rows:
        return found
    size = len(rows[0].layers)
    counts = Counter(practised)
    others = Others([counts[kind] for kind in range(size)], [0.0] * size)
    for row in rows:
        others.layers[row.layers[practised[row.trial]]] += row.weight
    for trial, of_trial in groupby(rows, key=attrgetter("trial")):
        mine, readings = practised[trial], list(of_trial)
        # A case is judged by the others alone, and so is not counted while its turn lasts.
        others.types[mine] -= 1
        for row in readings:
            others.layers[row.layers[mine]] -= row.weight
        for row in readings:
            forecast = way(row, others)
            squares = sum([chance * chance for chance in forecast])
            found[trial] += row.weight * (squares - 2 * forecast[mine] + 1)
        others.types[mine] += 1
        for row in readings:
            others.layers[row.layers[mine]] += row.weight
    return found


def _front(row: Row, _: Others) -> Forecast:
    share = 1 / row.layers.count(0)
    return [0.0 if layer else share for layer in row.layers]


def _graded(row: Row, others: Others) -> Forecast:
    layers, seen = row.layers, others.layers
    depth = max(layers) + 1
    total = sum(seen[:depth]) + depth
    shares = [(seen[at] + 1) / total / layers.count(at) for at in range(depth)]
    return [shares[layer] for layer in layers]


def _base(row: Row, others: Others) -> Forecast:
    total = sum(others.types)
    return [seen / total for seen in others.types] if total else _uniform(row, others)


def _frequent(_: Row, others: Others) -> Forecast:
    most = max(others.types)
    return [(seen == most) / others.types.count(most) for seen in others.types]


def _uniform(row: Row, _: Others) -> Forecast:
    return [1 / len(row.layers)] * len(row.layers)


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """How often an event came true in a group, and how well each forecast foretold it there."""

    test: str
    event: str
    cases: int
    happened: int
    skills: Mapping[str, Skill]


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one type, region or contributor, each still judged by all other cases.

    ``hits`` is the share whose practised type was on the front, with its 95 % interval, and
    ``chance`` what fronts of the same size would hit blindly.
    """

    name: str
    cases: int
    hits: float
    low: float
    high: float
    chance: float
    outcomes: tuple[GroupOutcome, ...]


def groups_of(
    by: By,
    trials: Sequence[Trial],
    types: TypeRecord,
    outcomes: Sequence[OutcomeRecord],
    rounds: int,
    seed: int,
) -> Iterator[Group]:
    """Yield the record of each group, the largest first; a case may be in several regions."""
    members: dict[str, list[int]] = {}
    for at, trial in enumerate(trials):
        for name in _names(by, trial):
            members.setdefault(name, []).append(at)
    for name, inside in sorted(members.items(), key=lambda each: (-len(each[1]), each[0])):
        hits = [types.by_case[at][0] for at in inside]
        ids = {trials[at].case_id for at in inside}
        yield Group(
            name,
            len(inside),
            fsum(hits) / len(inside),
            *share_interval(hits, draws_of(len(inside), rounds, seed)),
            fsum(types.by_case[at][1] for at in inside) / len(inside),
            tuple(_inside(outcome, ids, rounds, seed) for outcome in outcomes),
        )


def _names(by: By, trial: Trial) -> tuple[str, ...]:
    if by is By.REGION:
        return trial.regions
    return (trial.type if by is By.TYPE else trial.contributor,)


def _inside(outcome: OutcomeRecord, ids: set[str], rounds: int, seed: int) -> GroupOutcome:
    places = [at for at, case in enumerate(outcome.cases) if case in ids]
    draws = draws_of(len(places), rounds, seed)
    base = [outcome.base[at] for at in places]
    return GroupOutcome(
        outcome.test,
        outcome.event,
        len(places),
        len(ids & outcome.happened),
        {
            name: skill_of([told.scores[at] for at in places], base, draws)
            for name, told in outcome.forecasts.items()
        },
    )


MOST = 500
"""The most cases that are looked at; among more, as many are drawn by the seed."""

ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Backtest:
    """The record over some cases, and what it takes to get the same figures again.

    ``cases`` of ``of`` cases were looked at. ``blind`` is the record of the practised types
    without the facets by which the ontology defines the types.
    """

    version: str
    digest: str
    seed: int
    rounds: int
    cases: int
    of: int
    types: TypeRecord
    blind: TypeRecord
    outcomes: tuple[OutcomeRecord, ...]
    by: By
    groups: tuple[Group, ...]


def look_back(
    store: Store,
    frame: Frame,
    *,
    by: By = By.TYPE,
    seed: int = 0,
    rounds: int = ROUNDS,
    shuffles: int | None = None,
    most: int = MOST,
) -> Backtest:
    """Return how well advice did over the cases of a store.

    For each case the situation of each of its readings is asked about, with nothing known of the
    case itself; scores are the mean over its readings. ``rounds`` says how often cases are drawn
    anew for the intervals, and how often outcomes are shuffled unless ``shuffles`` says so. The
    same seed gives the same figures, in whatever order the cases are stored.
    """
    trials, count = trials_of(store, frame, most, seed)
    done = look_back_on(
        trials,
        frame,
        by=by,
        seed=seed,
        rounds=rounds,
        shuffles=rounds if shuffles is None else shuffles,
        hidden=defining_facets(store, frame),
    )
    return replace(done, of=count)


def look_back_on(
    trials: Sequence[Trial],
    frame: Frame,
    *,
    by: By = By.TYPE,
    seed: int = 0,
    rounds: int = ROUNDS,
    shuffles: int = ROUNDS,
    hidden: tuple[str, ...] = (),
) -> Backtest:
    """Return the record over some trials; ``hidden`` facets are those that define types."""
    from importlib.metadata import version

    trials = sorted(trials, key=lambda trial: trial.case_id)
    board = Board.of(frame)
    rows = rows_of(trials, board)
    blind = rows_of(trials, board, hidden)
    types = type_record(rows, rounds, seed, shuffles=shuffles)
    outcomes = outcome_records(trials, rows, frame, rounds, seed, shuffles=shuffles)
    return Backtest(
        version("sysgraph"),
        digest_of(trials, frame),
        seed,
        rounds,
        len(trials),
        len(trials),
        types,
        type_record(blind, rounds, seed, shuffles=shuffles, hidden=hidden),
        tuple(outcomes),
        by,
        tuple(groups_of(by, trials, types, outcomes, rounds, seed)),
    )


def record_of(done: Backtest) -> Record:
    """Return what advice may say of the record."""
    told = []
    for outcome in done.outcomes:
        if outcome.event == "met":
            skill = outcome.forecasts["standing"].skill
            told.append(
                Told(outcome.test, skill.cases, skill.skill, skill.low, skill.high, skill.verdict)
            )
    types = done.types
    return Record(
        done.version,
        done.digest,
        done.seed,
        done.rounds,
        done.cases,
        types.hits,
        types.low,
        types.high,
        types.chance,
        tuple(told),
    )


def shipped_record() -> Record:
    """Return the record of the shipped library: the kept one, or a new one that is then kept.

    A new one takes a fifth of a second beyond opening the library, once after each change of the
    library. It has no shuffles, which ``sysgraph backtest`` adds.

    Raises:
        DataNotFound: the package has no data.
    """
    from sysgraph.advice.shipped import load_shipped_frame
    from sysgraph.cache import keep
    from sysgraph.stores import open_store

    kept = kept_record()
    if kept is None:
        kept = record_of(look_back(open_store(), load_shipped_frame(), shuffles=0))
        place = record_place()
        if place is not None:
            keep(place, kept.as_json())
    return kept
