"""What advice says of its own past.

Advice as JSON for a machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sysgraph.advice.board import Advice, Evidence, Reason, Standing, TypeAdvice, WatchedRisk
from sysgraph.advice.contest import Contest
from sysgraph.advice.examine import Examination
from sysgraph.advice.frame import Source
from sysgraph.pages.evidence import contested_data, dissent_data, evidence_data, standpoints_data
from sysgraph.pages.search import (
    changes_data,
    combinations_data,
    plans_data,
    question_data,
    robust_data,
    why_data,
)
from sysgraph.pages.words import paragraph

if TYPE_CHECKING:
    from sysgraph.advice.cases import Record

__all__ = ["record_data", "record_lines", "report_json", "signed"]


def signed(share: float) -> str:
    """Return a share in percent with one digit more, and its sign unless it rounds to 0.

    >>> signed(0.114), signed(-0.004), signed(-0.0001)
    ('+11.4', '-0.4', '0.0')
    """
    rounded = round(100 * share, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def record_lines(record: Record, *, own: bool = True) -> Iterator[str]:
    """Yield what advice says of its own past, in two short paragraphs.

    ``own`` tells that the advice comes from the shipped library, whose record it is.
    """
    whose = "the shipped cases" if own else "the cases of the shipped library, not over yours"
    yield paragraph(
        f"Over {record.cases} of {whose}, each left out in its turn, the way that was practised"
        f" was worth considering first by this advice in {record.hits:.0%} (95%: {record.low:.0%}"
        f" to {record.high:.0%}); by chance it would have been in {record.chance:.0%}."
    )
    parts = "; ".join(
        f"{told.test}: {told.verdict}{_range(told.low, told.high)}" for told in record.tests
    )
    yield paragraph(
        f"How high it stood foretold whether it would go well — {parts}. So take the front as what"
        f" the considerations support, not as what will succeed. See 'sysgraph backtest'"
        f" (sysgraph {record.version}, {record.digest[:12]})."
    )


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f" (skill {signed(low)} to {signed(high)}%)"


def record_data(record: Record) -> dict[str, Any]:
    """Return the record that advice carries, ready for JSON."""
    return asdict(record)


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
