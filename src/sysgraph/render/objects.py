"""Advice as JSON for a machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from sysgraph.advice.compose import Advice, Evidence, Reason, TypeAdvice, WatchedRisk
from sysgraph.advice.frame import Source
from sysgraph.advice.standing import Standing

__all__ = ["advice_json"]


def advice_json(listed: Sequence[Advice]) -> str:
    """Return advice as a JSON list, one object for each situation."""
    return json.dumps([_advice(advice) for advice in listed], ensure_ascii=False, indent=2) + "\n"


def _advice(advice: Advice) -> dict[str, Any]:
    return {
        "id": advice.situation.id,
        "title": advice.situation.title,
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
