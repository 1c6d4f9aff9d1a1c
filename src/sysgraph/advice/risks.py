"""The risks of a type, and what of a situation makes one of them the first to watch."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame, Risk

__all__ = ["Raised", "WatchedRisk", "watched_risks"]


@dataclass(frozen=True, slots=True)
class Raised:
    """A fact that makes a risk one to watch: its IRI, its label, and how much, from 1 to 3."""

    iri: str
    label: str
    weight: int


@dataclass(frozen=True, slots=True)
class WatchedRisk:
    """A risk of a type, with what of the situation raises it, the most first.

    ``score`` adds up these weights and that of the type itself. Where a known fact rules the
    risk out, nothing raises it.
    """

    risk: Risk
    raised_by: tuple[Raised, ...] = ()
    score: int = 0

    @property
    def heightened_by(self) -> tuple[str, ...]:
        """Return in words what of the situation raises it."""
        return tuple(each.label for each in self.raised_by)


def watched_risks(kind: str, held: Collection[str], frame: Frame) -> tuple[WatchedRisk, ...]:
    """Return the risks of a type, the one to watch first being the first.

    ``held`` are the IRIs of what is known: facet values, and answers such as the asker's role.
    Risks that a fact raises come before those that only come with the type. Of these, the
    highest score is first, then the greatest single weight, the most facts, the editors' order.
    """
    found = [_watched(risk, kind, held, frame) for risk in frame.risks.values()]
    return tuple(each for _, each in sorted(filter(None, found), key=itemgetter(0)))


def _watched(
    risk: Risk, kind: str, held: Collection[str], frame: Frame
) -> tuple[tuple[object, ...], WatchedRisk] | None:
    """Return a risk with its place among those of a type, or None where it is of others."""
    if kind not in risk.types:
        return None
    relevance = frame.relevances.get(risk.id)
    if relevance is None or not relevance.never.isdisjoint(held):
        return (True, 0, 0, 0, math.inf, risk.id), WatchedRisk(risk)
    own = relevance.raised_by.get(f"{PREFIXES['type']}{kind}", 0)
    facts = {iri: weight for iri, weight in relevance.raised_by.items() if iri in held}
    raised = [Raised(iri, frame.names.get(iri, iri), weight) for iri, weight in facts.items()]
    raised.sort(key=lambda each: (-each.weight, each.iri))
    score = own + sum(facts.values())
    most = max((own, *facts.values()))
    place = (not facts, -score, -most, -len(facts), relevance.place, risk.id)
    return place, WatchedRisk(risk, tuple(raised), score)
