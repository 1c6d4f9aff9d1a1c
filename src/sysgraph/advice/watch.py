"""What to watch when a type leads: its risks, and what a situation does to them."""

from collections.abc import Collection
from dataclasses import dataclass

from sysgraph.advice.frame import Caution, Frame, Risk
from sysgraph.advice.situation import Situation

__all__ = ["WatchedRisk", "held_values", "holding_cautions", "watched_risks"]


@dataclass(frozen=True, slots=True)
class WatchedRisk:
    """A risk of a type, and the features of the situation that make it greater."""

    risk: Risk
    heightened_by: tuple[str, ...]


def held_values(situation: Situation, frame: Frame) -> frozenset[str]:
    """Return the IRIs of the facet values that are known to hold."""
    return frozenset(
        frame.facets[facet].values[value].iri for facet, value in situation.facets.items()
    )


def holding_cautions(held: Collection[str], frame: Frame) -> tuple[Caution, ...]:
    """Return the cautions whose conditions all hold, against whichever types."""
    return tuple(c for c in frame.cautions if all(value in held for value in c.conditions))


def watched_risks(kind: str, held: Collection[str], frame: Frame) -> tuple[WatchedRisk, ...]:
    """Return the risks of a type, those that most features of the situation make greater first."""
    found = []
    for risk in frame.risks.values():
        if kind in risk.types:
            features = {
                label
                for value in held
                for label in frame.aggravated.get(value, {}).get(risk.id, ())
            }
            found.append(WatchedRisk(risk, tuple(sorted(features))))
    return tuple(sorted(found, key=lambda watched: (-len(watched.heightened_by), watched.risk.id)))
