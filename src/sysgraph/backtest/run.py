"""The whole record: leave one case out, ask, and compare with what was done and came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sysgraph.advice.board import Board
from sysgraph.advice.record import Record, Told, kept_record, record_place
from sysgraph.backtest.by import By
from sysgraph.backtest.groups import Group, groups_of
from sysgraph.backtest.outcomes import OutcomeRecord, outcome_records
from sysgraph.backtest.rows import rows_of
from sysgraph.backtest.trials import Trial, defining_facets, digest_of, trials_of
from sysgraph.backtest.types import TypeRecord, type_record

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store import Store

__all__ = ["MOST", "ROUNDS", "Backtest", "look_back", "look_back_on", "record_of", "shipped_record"]

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
    from sysgraph.advice import load_shipped_frame
    from sysgraph.cache import keep
    from sysgraph.stores import open_store

    kept = kept_record()
    if kept is None:
        kept = record_of(look_back(open_store(), load_shipped_frame(), shuffles=0))
        place = record_place()
        if place is not None:
            keep(place, kept.as_json())
    return kept
