"""Results as JSON: their fields by name, and as data which of them stand under another name."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sysgraph.advice import changes, contest, doing, evidence
from sysgraph.advice.board import Evidence, Reason, Standing, TypeAdvice
from sysgraph.advice.certainty import Question
from sysgraph.advice.dissent import Claim, Dissent, Heard, Standpoints, Unplaced
from sysgraph.advice.examine import Examination
from sysgraph.advice.frame import Caution, Critique, Facet, FacetValue, Gate, Method, Move, Voice
from sysgraph.advice.plans import Plan, Plans, Step
from sysgraph.advice.risks import WatchedRisk
from sysgraph.advice.robust import Combination, Complement, Prop, Range, Robustness
from sysgraph.pages.baselines import honest_sentence
from sysgraph.pages.prospective import prospective_data
from sysgraph.pages.words import clause

if TYPE_CHECKING:
    from sysgraph.record.outcomes import OutcomeRecord
    from sysgraph.record.outside import External
    from sysgraph.record.run import Backtest, TypeRecord

__all__ = [
    "PARTS",
    "advice_data",
    "backtest_data",
    "external_data",
    "json_text",
    "picked",
    "plain",
    "report_json",
]

Shape = Mapping[str, Callable[[Any], Any]]
"""What to call each fact of a result, and how to come by it."""


def shape(names: str, **special: Callable[[Any], Any]) -> Shape:
    """Return a shape from names of fields, ``key=path`` where the key is another, in this order."""
    pairs = (name.partition("=") for name in names.split())
    return {key: special.get(key) or attrgetter(path or key) for key, _, path in pairs}


def picked(thing: object, wanted: Shape | str) -> dict[str, Any]:
    """Return some facts of a result, ready for JSON."""
    wanted = shape(wanted) if isinstance(wanted, str) else wanted
    return {key: plain(of(thing)) for key, of in wanted.items()}


def plain(value: Any) -> Any:
    """Return a result ready for JSON: what has an address by its id, and fractions as numbers.

    Of a record that has a shape come the facts which that names, and of any other all.
    """
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return plain(sorted(value))
    if type(value) in _IN_SHORT:
        return _IN_SHORT[type(value)](value)
    if is_dataclass(value):
        return picked(value, _SHAPES.get(type(value)) or " ".join(f.name for f in fields(value)))
    return value


def json_text(value: object) -> str:
    """Return what is ready for JSON as a document."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _risks(thing: Any) -> list[dict[str, Any]]:
    return [picked(watched, "id=risk.id heightened_by") for watched in thing.risks]


def _facts(facts: Sequence[tuple[Facet, FacetValue]]) -> dict[str, str]:
    return {facet.id: value.id for facet, value in facts}


def _changed(step: Step) -> dict[str, Any]:
    return {
        name: {"from": step.before.get(name), "to": value}
        for name, value in step.after.items()
        if step.before.get(name) != value
    }


def _critiques(found: Dissent) -> list[dict[str, Any]]:
    wanted = shape(
        "id=iri about question=question.id asked standpoint stance says why contributor standing",
        about=lambda one: [target.iri for target in one.about],
        stance=lambda one: one.stance or None,
        why=lambda one: one.why or None,
        contributor=lambda one: one.contributor or None,
        standing=found.label,
    )
    return [picked(critique, wanted) for critique in found.critiques]


def _rests_on(found: Robustness) -> dict[str, Any]:
    props = {name: getattr(found, name) for name in ("statements", "sources", "facets")}
    return {
        **{name: [prop for _, prop in pairs] for name, pairs in props.items()},
        "grounds": found.rests_on,
        "one_ground_alone": found.rests_alone_on,
        "cases": [],
    }


_ID = attrgetter("id")
_IN_SHORT: dict[type, Callable[[Any], Any]] = {
    Facet: _ID,
    FacetValue: _ID,
    Voice: _ID,
    Critique: attrgetter("iri"),
    Fraction: float,
}
_TOLD_CASE = "led=case.led working=case.working"
_CASE_END = f"{_TOLD_CASE} shared compared failed citation_read=case.checked"

_SHAPES: dict[type, Shape] = {
    # Advice
    Standing: shape("low standing=value high known=known_share"),
    Reason: shape(
        "consideration=consideration.iri facet value test=facet.test strength=facet.strength"
        " why=consideration.why ground=consideration.ground sources=consideration.sources"
        " tests=consideration.tests"
    ),
    WatchedRisk: shape(
        "id=risk.id label=risk.label endangers=risk.endangers warning_sign=risk.warning_sign"
        " mitigation=risk.mitigation heightened_by raised_by score ground=risk.ground"
        " sources=risk.sources tests=risk.tests"
    ),
    Caution: shape("id=iri message ground"),
    Gate: shape("id test message why lift ground sources"),
    Evidence: shape(f"id=case.id title=case.title {_CASE_END}"),
    # What to do
    doing.WhatToDo: shape(
        "role job looks_like ways closed ask",
        role=lambda one: one.role and one.role.id,
        job=lambda one: one.job and picked(one.job, "id route"),
        looks_like=lambda one: one.looks_like and picked(one.looks_like, "id route"),
    ),
    doing.Way: shape(
        "type fits first methods risk against careful",
        first=lambda one: one.move,
        risk=lambda one: one.risk and picked(one.risk, "id=risk.id raised_by score"),
        against=lambda one: one.against and one.against.consideration.iri,
        careful=lambda one: [
            {"caution": caution.iri, "first": plain(move)} for caution, move in one.careful
        ],
    ),
    doing.ClosedWay: shape(
        "type gates",
        gates=lambda one: [{"gate": gate.id, "first": plain(move)} for gate, move in one.gates],
    ),
    doing.Chosen: shape("method facts", facts=lambda one: _facts(one.facts)),
    doing.ToAsk: shape(
        "question=question.id asks=question.asks facts", facts=lambda one: _facts(one.facts)
    ),
    Method: shape("id label steps needs breaks_when why ground sources"),
    Move: shape("id=iri stance steps ground sources"),
    # Readings
    contest.ReadingFront: shape(
        "standpoint facets=situation.facets front abstains cautioned gated"
    ),
    contest.Settled: shape("values agreed=is_agreed fronts"),
    contest.Contest: shape(
        "parted=is_parted readings differences always sometimes never cautions_part questions"
        " smallest others"
    ),
    contest.FacetAgreement: shape("facet alpha cases alike"),
    contest.Agreement: shape("cases=total looked compared parted alpha=overall facets"),
    # What would change the answer
    changes.Assignment: shape(
        "facet was becomes changeable=facet.changeable clause",
        clause=lambda one: clause(one.facet, one.becomes),
    ),
    changes.Change: shape("type joins changeable assignments"),
    changes.Changes: shape("most complete changes=found"),
    changes.WhyNot: shape(
        "why dominated_by=dominators gates cautions missing nearest",
        missing=lambda one: {facet.id: values for facet, values in one.missing},
    ),
    Question: shape("facet open_now open_after answers"),
    Range: shape(
        "low holds_low high holds_high",
        low=lambda one: str(one.low),
        high=lambda one: None if one.high is None else str(one.high),
    ),
    Prop: shape("id=name joins leaves"),
    Robustness: shape(
        "front ranges rests_on without_ground only_ground origin",
        rests_on=_rests_on,
        without_ground=lambda one: {name: prop.front for name, prop in one.without.items()},
        only_ground=lambda one: {name: prop.front for name, prop in one.only.items()},
    ),
    Complement: shape("facet value test=facet.test lacks brings"),
    Combination: shape(
        "types on_front complements risks cautions cases case_count failure_count",
        risks=_risks,
        cautions=lambda one: [caution.iri for caution in one.cautions],
        cases=lambda one: [
            picked(case, f"id=case.id title=case.title primary=case.type {_CASE_END}")
            for case in one.cases
        ],
    ),
    Plans: shape("goal ending longest states plan=found"),
    Plan: shape("grounds steps cautions"),
    Step: shape(
        "type effect=effect.iri label=effect.label why=effect.why ground=effect.ground"
        " sources=effect.sources examples=effect.examples sign=effect.sign takes=effect.takes"
        " is_choice=effect.is_choice assumed changes supports front_before front_after risks gates"
        " cautions gates_begun gates_ended cautions_begun cautions_ended",
        changes=_changed,
        risks=_risks,
        gates=lambda one: [gate.id for gate in one.gates],
        gates_begun=lambda one: [gate.id for gate in one.gates_begun],
        gates_ended=lambda one: [gate.id for gate in one.gates_ended],
        cautions=lambda one: [caution.iri for caution in one.cautions],
        cautions_begun=lambda one: [caution.iri for caution in one.begun],
        cautions_ended=lambda one: [caution.iri for caution in one.ended],
    ),
    # Evidence
    evidence.OutcomeTally: shape(
        "met partly failed open judgements meeting failing verdict to_overturn to_doubt"
    ),
    evidence.Likened: shape(
        f"id=case.id title=case.title {_TOLD_CASE} failed unheeded why standpoint shared differs"
        " unknown checked=case.checked readings disputed confidence summary",
        shared=lambda one: {each.facet.id: each.here for each in one.shared},
        differs=lambda one: {
            each.facet.id: {"here": each.here, "there": each.there} for each in one.differs
        },
    ),
    evidence.TypeEvidence: shape(
        "count tallies alike_count alike cases attacked_count attacked",
        attacked=lambda one: [picked(case, "id title") for case in one.attacked],
    ),
    # Who objects, and who has spoken
    Claim: shape(
        "about=target.iri label=target.label standing=label counts undercut_by supported_by beside"
    ),
    Dissent: shape(
        "critiques claims not_counted",
        critiques=_critiques,
        not_counted=lambda one: picked(one, "cases classifications judgements"),
    ),
    Heard: shape(
        "id=voice.id label=voice.label boundary_source=voice.source standpoints critiques"
    ),
    Unplaced: shape("words may_be"),
    Standpoints: shape("missing voices unplaced named"),
}


def report_json(
    groups: Sequence[tuple[contest.Contest | None, Sequence[Examination]]], *, full: bool = False
) -> str:
    """Return advice as a JSON list, one object for each reading of each situation.

    Changes are those of one facet, and with ``full`` those of up to three.
    """
    return json_text(
        [
            _examination(examination, full=full) | ({"contest": plain(found)} if found else {})
            for found, listed in groups
            for examination in listed
        ]
    )


_PARTS: Shape = shape(
    "id=situation.id title=situation.title left_out facets=situation.facets"
    " opening=situation.opening to_do alike front=advice.front ahead=advice.ahead named"
    " abstains=advice.abstains types unknown=advice.unknown disclosures=advice.disclosures"
    " standpoint=situation.standpoint quotes=situation.quotes next_question=question why_not"
    " changes=nearest_changes robustness hangs_on elsewhere combinations plans"
    " dissent=examiner.dissent standpoints record=frame.record",
    left_out=lambda one: one.situation.case or None,
    types=lambda one: {kind: _type(entry, one) for kind, entry in one.advice.types.items()},
)
PARTS = tuple(_PARTS)
"""The parts of all that is told of a situation, in the order in which they are told."""


def advice_data(examination: Examination, parts: Collection[str] = PARTS) -> dict[str, Any]:
    """Return some parts of all that is told of a situation, ready for JSON.

    Only what is asked for is worked out, which for all of it takes seconds where little is known.
    """
    return picked(examination, {name: of for name, of in _PARTS.items() if name in parts})


def _examination(examination: Examination, *, full: bool) -> dict[str, Any]:
    """Return everything about a situation, ready for JSON."""
    found = advice_data(examination)
    return {**found, "changes": plain(examination.changes)} if full else found


def _type(entry: TypeAdvice, examination: Examination) -> dict[str, Any]:
    kind = entry.type.id
    return {
        "number": entry.type.number,
        "label": entry.type.label,
        **entry.standings,
        **picked(entry, "supports undermines gates cautions risks cases case_count failure_count"),
        "nearest_failure": entry.nearest_failure and entry.nearest_failure.case.id,
        "certainty": examination.certainty[kind],
        "evidence": examination.evidence[kind],
    }


_FORWARD = (
    "id label table cut learnt_from learnt tried base_before base_since brier base_brier"
    " later_brier skill low high skill_over_later note cells"
)
_SKILL = "cases brier base skill low high shuffled at_least verdict"


def backtest_data(done: Backtest) -> dict[str, Any]:
    """Return the record ready for JSON, with the score of every case."""
    return {
        **picked(done, "version digest seed rounds cases of left_out only_independent"),
        **picked(done, "tries coded_by=hands coded_again_by=again"),
        "types": _type_data(done.types),
        "one_question_alone": [
            {
                **picked(one, "facet label"),
                **picked(one.skill, _SKILL),
                "over_front": picked(one.over_front, "skill low high"),
            }
            for one in done.alone
        ],
        "without_defining_facets": _type_data(done.blind),
        "gates": done.gated and plain(done.gated),
        "asked_before": prospective_data(done.prospective),
        "says": honest_sentence(done),
        "outcomes": [_outcome_data(outcome) for outcome in done.outcomes],
        "judged_by_others": [{**_group_data(one), "open": one.open} for one in done.by_others],
        "elsewhere": {
            "digest": done.elsewhere.digest,
            "tests": [picked(one, _FORWARD) for one in done.elsewhere.tests],
        },
        "by": done.by.value,
        "groups": [
            {
                **picked(group, "name cases hits low high chance"),
                "outcomes": [_group_data(each) for each in group.outcomes],
            }
            for group in done.groups
        ],
    }


_SHARE = "count of low high"
_RECOVERY = "cases hits low high chance"


def external_data(found: External) -> dict[str, Any]:
    """Return the registered figures ready for JSON; cases without a type by their rows."""
    return {
        **picked(found, "database title registered version date seed rounds digests cases"),
        **picked(found, "types modes rows_without_type=untyped"),
        "outcomes": [
            {
                **picked(one, "concept nearest_test=test"),
                "met": picked(one.met, _SHARE),
                "by_type": {kind: picked(each, _SHARE) for kind, each in one.by_type.items()},
                "skills": {name: picked(each, _SKILL) for name, each in one.skills.items()},
            }
            for one in found.outcomes
        ],
        "accepted_without_results": picked(found.without_results, _SHARE),
        "results_without_acceptance": picked(found.without_acceptance, _SHARE),
        "on_the_front": {**picked(found.recovery, _RECOVERY), "silent": found.silent},
        "on_the_front_apart": {
            **picked(found.apart, _RECOVERY),
            **picked(found, "silent=silent_apart hidden=circular"),
        },
    }


def _type_data(types: TypeRecord) -> dict[str, Any]:
    return {
        **picked(types, "cases hits low high chance at_least silent hidden"),
        "forecasts": {name: picked(skill, _SKILL) for name, skill in types.forecasts.items()},
    }


def _outcome_data(outcome: OutcomeRecord) -> dict[str, Any]:
    return {
        **picked(outcome, "test event happened open"),
        "base": dict(zip(outcome.cases, outcome.base, strict=True)),
        "forecasts": {
            name: {
                **picked(told.skill, _SKILL),
                **picked(told, "bins"),
                "scores": dict(zip(outcome.cases, told.scores, strict=True)),
            }
            for name, told in outcome.forecasts.items()
        },
    }


def _group_data(outcome: OutcomeRecord) -> dict[str, Any]:
    return {
        **picked(outcome, "test event"),
        "cases": len(outcome.cases),
        "happened": len(outcome.happened),
        "forecasts": {n: picked(told.skill, _SKILL) for n, told in outcome.forecasts.items()},
    }
