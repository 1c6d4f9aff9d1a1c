"""The record by type, by region or by contributor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from sysgraph.backtest.by import By
from sysgraph.backtest.outcomes import OutcomeRecord
from sysgraph.backtest.skill import Skill, draws_of, share_interval, skill_of
from sysgraph.backtest.trials import Trial
from sysgraph.backtest.types import TypeRecord

__all__ = ["Group", "GroupOutcome", "groups_of"]


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
