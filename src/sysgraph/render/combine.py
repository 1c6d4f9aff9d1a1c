"""Pairs of types in words and as data: what each brings the other, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sysgraph.advice.combine import Combination, Complement
from sysgraph.advice.compose import Evidence
from sysgraph.advice.frame import Frame
from sysgraph.render.words import GROUNDS, bullet, clean, paragraph

__all__ = ["combinations_data", "combinations_lines"]

_CASES = 3
_RISKS = 3

_CARE = (
    "The types overlap, and one practice may be led in the ways of several. What one brings where"
    " the other lacks is told facet by facet and never added up; that two were led together does"
    " not tell that this is why it turned out as it did."
)


def combinations_lines(found: Sequence[Combination], frame: Frame) -> Iterator[str]:
    """Yield the lines on those pairs of which one lacks what the other brings, or that have cases.

    The rest are named at the end, so that nobody takes silence for an answer.
    """
    told = [each for each in found if each.complements or each.case_count]
    for each in told:
        yield from _pair_lines(each, frame)
    silent = [_pair(each, frame) for each in found if each not in told]
    if silent:
        yield bullet(f"The graph holds nothing on these as pairs: {'; '.join(silent)}.")
    if told:
        yield paragraph(_CARE)


def _pair_lines(each: Combination, frame: Frame) -> Iterator[str]:
    fronts = " and ".join(_name(kind, frame) for kind in each.on_front)
    yield bullet(f"{_pair(each, frame)} (on the front: {fronts})")
    for test in frame.tests:
        for complement in each.complements:
            if complement.test == test:
                yield bullet(_complement(complement, frame), "·", 4)
    for caution in each.cautions:
        ground = GROUNDS.get(caution.ground, caution.ground)
        against = _name(caution.type, frame)
        yield bullet(f"Caution against {against}: {caution.message} ({ground})", "!", 4)
    greater = [watched for watched in each.risks if watched.heightened_by][:_RISKS]
    if greater:
        told = "; ".join(
            f"{clean(watched.risk.label)} ({', '.join(watched.heightened_by)})"
            for watched in greater
        )
        yield bullet(f"Risks that both bring and that are greater here: {told}.", "!", 4)
    yield from _case_lines(each, frame)


def _complement(complement: Complement, frame: Frame) -> str:
    facet = complement.facet
    return (
        f"On '{facet.test}': '{clean(facet.values[complement.value].label)}'"
        f" ({clean(facet.label)}) speaks against {_name(complement.lacks, frame)} and for"
        f" {_name(complement.brings, frame)}."
    )


def _case_lines(each: Combination, frame: Frame) -> Iterator[str]:
    if not each.case_count:
        yield bullet("No case is recorded as led in both ways.", "·", 4)
        return
    cases = "One case is" if each.case_count == 1 else f"{each.case_count} cases are"
    failed = f"{each.failure_count or 'none'} of them (x) not well led, contested or not working"
    yield bullet(f"{cases} coded as both; {failed}:", "·", 4)
    for evidence in each.cases[:_CASES]:
        yield bullet(_case(evidence, frame), "x" if evidence.failed else "·", 6)
    if each.case_count > _CASES:
        yield bullet(f"and {each.case_count - _CASES} more", "+", 6)


def _case(evidence: Evidence, frame: Frame) -> str:
    case = evidence.case
    checked = "" if case.checked else "; citations unchecked"
    return (
        f"{case.title} [{case.id}], mainly {_name(case.type, frame)}: led {case.led}, working"
        f" {case.working}; shares {evidence.shared} of the {evidence.compared} facets known of"
        f" both{checked}"
    )


def _pair(each: Combination, frame: Frame) -> str:
    return " with ".join(_name(kind, frame) for kind in each.types)


def _name(kind: str, frame: Frame) -> str:
    entry = frame.types.get(kind)
    return f"{entry.number} {clean(entry.label)}" if entry else clean(kind)


def combinations_data(found: Sequence[Combination]) -> list[dict[str, Any]]:
    """Return pairs of types as JSON-ready data."""
    return [
        {
            "types": list(each.types),
            "on_front": list(each.on_front),
            "complements": [
                {
                    "facet": c.facet.id,
                    "value": c.value,
                    "test": c.test,
                    "lacks": c.lacks,
                    "brings": c.brings,
                }
                for c in each.complements
            ],
            "risks": [
                {"id": watched.risk.id, "heightened_by": list(watched.heightened_by)}
                for watched in each.risks
            ],
            "cautions": [caution.iri for caution in each.cautions],
            "cases": [_case_data(evidence) for evidence in each.cases],
            "case_count": each.case_count,
            "failure_count": each.failure_count,
        }
        for each in found
    ]


def _case_data(evidence: Evidence) -> dict[str, Any]:
    case = evidence.case
    return {
        "id": case.id,
        "title": case.title,
        "primary": case.type,
        "led": case.led,
        "working": case.working,
        "shared": evidence.shared,
        "compared": evidence.compared,
        "failed": evidence.failed,
        "citation_read": case.checked,
    }
