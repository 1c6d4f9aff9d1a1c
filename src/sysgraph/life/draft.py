"""Drafts: what they need not have yet, and how complete they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyoxigraph as ox

from sysgraph.contribute import Contribution
from sysgraph.findings import Raw, Severity
from sysgraph.graph import read_turtle, text_of
from sysgraph.paths import data
from sysgraph.terms import NAMESPACE, PREFIXES
from sysgraph.validate import check_shapes

__all__ = ["Completeness", "Missing", "completeness", "is_draft", "waive"]

_SH = PREFIXES["sh"]
_IS_DRAFT = ox.NamedNode(f"{NAMESPACE}isDraft")
_TRUE = ("true", "1")
_COUNTS = (f"{_SH}minCount", f"{_SH}qualifiedMinCount")


def is_draft(quads: Iterable[ox.Quad]) -> bool:
    """Tell whether a case says of itself that it is a draft."""
    return any(quad.predicate == _IS_DRAFT and text_of(quad.object) in _TRUE for quad in quads)


def waive(results: Iterable[Raw], contribution: Contribution) -> list[Raw]:
    """Return results of SHACL, those that a draft may wait with as warnings if it is one.

    Which these are is said in the shapes, by ``sysg:waivedForDrafts``.
    """
    listed = list(results)
    if not is_draft(contribution.quads):
        return listed
    waived = _demands().waived
    return [
        replace(raw, severity=Severity.WARNING) if (raw.shape, raw.component) in waived else raw
        for raw in listed
    ]


@dataclass(frozen=True, slots=True)
class Missing:
    """A demand for something to be there that is not met. ``key`` is how people write it."""

    shape: str
    key: str
    message: str
    must: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what the shapes ask for is there, and what is missing: musts before shoulds."""

    met: int
    asked: int
    missing: tuple[Missing, ...]

    @property
    def score(self) -> float:
        """Return the share from 0 to 1 of the demands that are met."""
        return self.met / self.asked if self.asked else 1.0

    def __str__(self) -> str:
        """Return the score in words, with what to write next."""
        told = f"{self.score:.0%} complete ({self.met} of {self.asked} demands met)"
        return f"{told}; next: {self.missing[0].message}" if self.missing else told


def completeness(contribution: Contribution) -> Completeness:
    """Return how complete a case is, by the shapes.

    Counted is each demand, must or should, that something be there: of the case, and of
    whatever a case must have (its readings, its practice, its citations, …). A demand is met
    if no part of the case breaks it; where a part is missing as a whole, so is all that is
    asked of it. score = demands met / demands asked. Takes some 50 milliseconds, for pySHACL.
    """
    return _counted(check_shapes(contribution.quads), contribution)


def _counted(results: Sequence[Raw], contribution: Contribution) -> Completeness:
    demands = _demands()
    broken = {raw.shape for raw in results if raw.component in _COMPONENTS}
    there = {quad.predicate.value for quad in contribution.quads}
    broken |= {
        demand.shape
        for demand in demands.asked
        if demand.below and not there.intersection(demand.below)
    }
    missing = [demand for demand in demands.asked if demand.shape in broken]
    missing.sort(key=lambda demand: not demand.must)
    told = tuple(Missing(d.shape, d.key, d.message, d.must) for d in missing)
    return Completeness(len(demands.asked) - len(told), len(demands.asked), told)


_COMPONENTS = (f"{_SH}MinCountConstraintComponent", f"{_SH}QualifiedMinCountConstraintComponent")


@dataclass(frozen=True, slots=True)
class _Demand:
    """A shape that asks for something, of the parts that the properties ``below`` lead to."""

    shape: str
    key: str
    message: str
    must: bool
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Demands:
    asked: tuple[_Demand, ...]
    waived: frozenset[tuple[str, str]]


@cache
def _demands() -> _Demands:
    from sysgraph.contribute import load_vocabulary

    folder = data() / "ontology"
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    subjects: dict[str, list[str]] = defaultdict(list)
    for quad in read_turtle(sorted((folder / "shapes").glob("*.ttl"))):
        subject, value = text_of(quad.subject), text_of(quad.object)
        said[subject, quad.predicate.value].append(value)
        if quad.predicate.value in (f"{_SH}targetClass", f"{_SH}targetObjectsOf"):
            subjects[value].append(subject)
    waived = {
        (shape, component)
        for (shape, predicate), components in said.items()
        if predicate == f"{NAMESPACE}waivedForDrafts"
        for component in components
    }
    fields = load_vocabulary(folder).fields
    asked: dict[str, _Demand] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [
        (node, ()) for node in subjects[f"{NAMESPACE}CaseStudy"]
    ]
    while waiting:
        node, below = waiting.pop(0)
        for shape in sorted(said[node, f"{_SH}property"]):
            path = "".join(said[shape, f"{_SH}path"])
            if shape in asked or not any((shape, count) in said for count in _COUNTS):
                continue
            must = f"{_SH}Violation" in said[shape, f"{_SH}severity"]
            message = "".join(said[shape, f"{_SH}message"])
            asked[shape] = _Demand(shape, fields.get(path, path), message, must, below)
            if must:
                waiting += [(part, (path,)) for part in subjects.get(path, [])]
    return _Demands(tuple(asked.values()), frozenset(waived))
