"""The public record as JSON, with the score of every case."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sysgraph.backtest import Backtest, Group
    from sysgraph.backtest.outcomes import OutcomeRecord
    from sysgraph.backtest.skill import Skill
    from sysgraph.backtest.types import TypeRecord

__all__ = ["backtest_data"]


def backtest_data(done: Backtest) -> dict[str, Any]:
    """Return the record ready for JSON, with the score of every case."""
    return {
        "version": done.version,
        "digest": done.digest,
        "seed": done.seed,
        "rounds": done.rounds,
        "cases": done.cases,
        "of": done.of,
        "types": _type_data(done.types),
        "without_defining_facets": _type_data(done.blind),
        "outcomes": [_outcome_data(outcome) for outcome in done.outcomes],
        "by": done.by.value,
        "groups": [_group_data(group) for group in done.groups],
    }


def _skill_data(skill: Skill) -> dict[str, Any]:
    return {**asdict(skill), "verdict": skill.verdict}


def _type_data(types: TypeRecord) -> dict[str, Any]:
    return {
        "cases": types.cases,
        "hits": types.hits,
        "low": types.low,
        "high": types.high,
        "chance": types.chance,
        "at_least": types.at_least,
        "silent": types.silent,
        "hidden": list(types.hidden),
        "forecasts": {name: _skill_data(skill) for name, skill in types.forecasts.items()},
    }


def _outcome_data(outcome: OutcomeRecord) -> dict[str, Any]:
    return {
        "test": outcome.test,
        "event": outcome.event,
        "happened": sorted(outcome.happened),
        "open": outcome.open,
        "base": dict(zip(outcome.cases, outcome.base, strict=True)),
        "forecasts": {
            name: {
                **_skill_data(told.skill),
                "bins": [asdict(each) for each in told.bins],
                "scores": dict(zip(outcome.cases, told.scores, strict=True)),
            }
            for name, told in outcome.forecasts.items()
        },
    }


def _group_data(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "cases": group.cases,
        "hits": group.hits,
        "low": group.low,
        "high": group.high,
        "chance": group.chance,
        "outcomes": [
            {
                "test": each.test,
                "event": each.event,
                "cases": each.cases,
                "happened": each.happened,
                "forecasts": {name: _skill_data(skill) for name, skill in each.skills.items()},
            }
            for each in group.outcomes
        ],
    }
