"""Advice as JSON for a machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from sysgraph.advice.compose import Advice, Evidence, Reason, TypeAdvice
from sysgraph.advice.contested import Contest
from sysgraph.advice.examine import Examination
from sysgraph.advice.frame import Source
from sysgraph.advice.standing import Standing
from sysgraph.advice.watch import WatchedRisk
from sysgraph.render.certainty import question_data
from sysgraph.render.changes import changes_data
from sysgraph.render.combine import combinations_data
from sysgraph.render.contested import contested_data
from sysgraph.render.dissent import dissent_data, standpoints_data
from sysgraph.render.evidence import evidence_data
from sysgraph.render.plans import plans_data
from sysgraph.render.record import record_data
from sysgraph.render.robust import robust_data
from sysgraph.render.why import why_data

__all__ = ["advice_data", "examination_data", "report_json"]


def report_json(
    groups: Sequence[tuple[Contest | None, Sequence[Examination]]], *, full: bool = False
) -> str:
    """Return advice as a JSON list, one object for each reading of each situation.

    Changes are those of one facet, and with ``full`` those of up to three.
    """
    found = [
        examination_data(examination, full=full)
        | ({"contest": contested_data(contest)} if contest is not None else {})
        for contest, listed in groups
        for examination in listed
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def examination_data(examination: Examination, *, full: bool = False) -> dict[str, Any]:
    """Return everything about a situation, ready for JSON."""
    found = advice_data(examination.advice)
    for kind, entry in found["types"].items():
        entry["certainty"] = examination.certainty[kind].value
        entry["evidence"] = evidence_data(examination.evidence[kind])
    record = examination.frame.record
    return found | {
        "standpoint": examination.situation.standpoint,
        "next_question": question_data(examination.question),
        "why_not": why_data(examination.why_not),
        "changes": changes_data(examination.changes if full else examination.nearest_changes),
        "robustness": robust_data(examination.robustness),
        "combinations": combinations_data(examination.combinations),
        "plans": {kind: plans_data(each) for kind, each in examination.plans.items()},
        "dissent": dissent_data(examination.examiner.dissent),
        "standpoints": standpoints_data(examination.standpoints),
        "record": record_data(record) if record is not None else None,
    }


def advice_data(advice: Advice) -> dict[str, Any]:
    """Return the standings, the front, the reasons, the risks and the cases."""
    return {
        "id": advice.situation.id,
        "title": advice.situation.title,
        "left_out": advice.situation.case or None,
        "facets": dict(advice.situation.facets),
        "front": list(advice.front),
        "abstains": list(advice.abstains),
        "types": {kind: _type(entry) for kind, entry in advice.types.items()},
        "unknown": [facet.id for facet in advice.unknown],
        "disclosures": list(advice.disclosures),
    }


def _type(entry: TypeAdvice) -> dict[str, Any]:
    return {
        "number": entry.type.number,
        "label": entry.type.label,
        **{test: _standing(standing) for test, standing in entry.standings.items()},
        "supports": [_reason(reason) for reason in entry.supports],
        "undermines": [_reason(reason) for reason in entry.undermines],
        "cautions": [
            {"id": c.iri, "message": c.message, "ground": c.ground} for c in entry.cautions
        ],
        "risks": [_risk(watched) for watched in entry.risks],
        "cases": [_case(evidence) for evidence in entry.cases],
        "case_count": entry.case_count,
        "failure_count": entry.failure_count,
        "nearest_failure": entry.nearest_failure and entry.nearest_failure.case.id,
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "low": _float(standing.low),
        "standing": _float(standing.value),
        "high": _float(standing.high),
        "known": _float(standing.known_share),
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _reason(reason: Reason) -> dict[str, Any]:
    consideration = reason.consideration
    return {
        "consideration": consideration.iri,
        "facet": reason.facet.id,
        "value": reason.value,
        "test": reason.facet.test,
        "strength": reason.strength,
        "why": consideration.why,
        "ground": consideration.ground,
        "sources": _sources(consideration.sources),
    }


def _sources(sources: Iterable[Source]) -> list[dict[str, Any]]:
    return [
        {"id": s.id, "citation": s.citation, "checking": s.checking, "url": s.url} for s in sources
    ]


def _risk(watched: WatchedRisk) -> dict[str, Any]:
    risk = watched.risk
    return {
        "id": risk.id,
        "label": risk.label,
        "endangers": sorted(risk.endangers),
        "warning_sign": risk.warning_sign,
        "mitigation": risk.mitigation,
        "heightened_by": list(watched.heightened_by),
        "ground": risk.ground,
        "sources": _sources(risk.sources),
    }


def _case(evidence: Evidence) -> dict[str, Any]:
    case = evidence.case
    return {
        "id": case.id,
        "title": case.title,
        "led": case.led,
        "working": case.working,
        "shared": evidence.shared,
        "compared": evidence.compared,
        "failed": evidence.failed,
        "citation_read": case.checked,
    }
