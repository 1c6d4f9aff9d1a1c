"""How much of what the shapes ask for a case says, and which parts say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sysgraph.case.contribution import Contribution
from sysgraph.check import check_shapes
from sysgraph.ontology import Ontology
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = ["Completeness", "completeness"]

_SH = PREFIXES["sh"]
_COUNTS = (f"{_SH}minCount", f"{_SH}qualifiedMinCount")
_COMPONENTS = (f"{_SH}MinCountConstraintComponent", f"{_SH}QualifiedMinCountConstraintComponent")


@dataclass(frozen=True, slots=True)
class AskingShape:
    """A shape that asks for something, of the parts that the properties ``below`` lead to.

    ``key`` is how people write it.
    """

    shape: str
    key: str
    message: str
    must: bool
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what the shapes ask for is there, and what is missing: musts before shoulds."""

    met: int
    asked: int
    missing: tuple[AskingShape, ...]

    @property
    def score(self) -> float:
        """Return the share from 0 to 1 of the demands that are met."""
        return self.met / self.asked if self.asked else 1.0

    @property
    def counted(self) -> str:
        """Return the share and the demands that are met, in words."""
        return f"{self.score:.0%} complete ({self.met} of {self.asked} demands met)"

    def __str__(self) -> str:
        return f"{self.counted}; next: {self.missing[0].message}" if self.missing else self.counted


def completeness(contribution: Contribution) -> Completeness:
    """Return how complete a case is, by the shapes.

    Counted is each demand, must or should, that something be there: of the case, and of
    whatever a case must have (its readings, its practice, its citations, …). A demand is met
    if no part of the case breaks it; where a part is missing as a whole, so is all that is
    asked of it. score = demands met / demands asked. Takes some 50 milliseconds, for pySHACL.
    """
    results = check_shapes(contribution.quads)
    broken = {raw.shape for raw in results if raw.component in _COMPONENTS}
    there = {quad.predicate.value for quad in contribution.quads}
    asked = _asked_of_cases()
    missing = [
        demand
        for demand in asked
        if demand.shape in broken or (demand.below and there.isdisjoint(demand.below))
    ]
    missing.sort(key=lambda demand: not demand.must)
    return Completeness(len(asked) - len(missing), len(asked), tuple(missing))


@cache
def _asked_of_cases() -> tuple[AskingShape, ...]:
    ontology = Ontology.load()
    facts, fields = ontology.shape_nodes, ontology.vocabulary.fields

    def aimed(how: str, target: str) -> list[str]:
        return [node for node, about in facts.about.items() if target in about.get(how, ())]

    found: dict[str, AskingShape] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [
        (node, ()) for node in aimed(f"{_SH}targetClass", f"{NAMESPACE}CaseStudy")
    ]
    while waiting:
        node, below = waiting.pop(0)
        for shape in sorted(facts.all(node, f"{_SH}property")):
            if shape in found or not any(facts.all(shape, count) for count in _COUNTS):
                continue
            path, message = (facts.said(shape, f"{_SH}{name}") for name in ("path", "message"))
            must = f"{_SH}Violation" in facts.all(shape, f"{_SH}severity")
            found[shape] = AskingShape(shape, fields.get(path, path), message, must, below)
            if must:
                waiting += [(part, (path,)) for part in aimed(f"{_SH}targetObjectsOf", path)]
    return tuple(found.values())
