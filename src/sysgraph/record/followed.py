"""A case begun from an advice, so that it can be told what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sysgraph.advice.doing import other_job
from sysgraph.errors import BadSituation
from sysgraph.ontology import Ontology
from sysgraph.record.past import rules_digest
from sysgraph.terms import PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.examine import Examination
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.fill.template import Answers, Values

__all__ = ["known_answers", "refuse_unadvised"]


def refuse_unadvised(situation: Situation, frame: Frame) -> None:
    """Refuse a situation on which there is no advice that could be followed.

    Raises:
        BadSituation: nothing is known of it, it is another job, or its end is told already.
    """
    job = other_job(situation, frame)
    if situation.case:
        reason = f"it was taken from the case {situation.case}, whose end is told already"
    elif job is not None:
        reason = f"it is told of as {job.label}: no way of leading was advised"
    elif not situation.facets:
        reason = "nothing is known of it yet, so nothing was advised; answer some questions first"
    else:
        return
    raise BadSituation(situation.title or situation.id, [reason])


def known_answers(examination: Examination, others: Sequence[Situation], today: date) -> Answers:
    """Return what is known of a case whose end nobody knows yet."""
    situation = examination.situation
    aims = [value for _, value, iri in _held(examination) if _is_aim(iri)]
    found: dict[str, Values] = {
        "title": situation.title,
        "summary": " ".join(situation.text.split()),
        "aims": list[str](aims),
        "readings": [_reading(each) for each in (situation, *others)],
        "advice": _advice(examination, today),
    }
    # Of a year that is not told nobody can tell whether it came after, so that it is a blank too.
    later: dict[str, Values] = {"judged": ""}
    known = {key: value for key, value in found.items() if value}
    return {**known, "outcome": dict.fromkeys(("led", "working"), later)}


def _held(examination: Examination) -> Iterator[tuple[str, str, str]]:
    facets = examination.frame.facets
    for name, value in examination.situation.facets.items():
        yield name, value, facets[name].values[value].iri


def _is_aim(iri: str) -> bool:
    return iri.startswith(PREFIXES["aim"])


def _reading(situation: Situation) -> dict[str, Values]:
    facets: dict[str, Values] = {}
    for name, value in situation.facets.items():
        words = situation.quotes.get(name)
        why = {"why": f"In the words of then: “{words}”"} if words else {}
        facets[name] = {"value": value, **why}
    return {"standpoint": situation.standpoint, "facets": facets}


def _advice(examination: Examination, today: date) -> dict[str, Values]:
    board, facets = examination.frame.board, examination.situation.facets
    found: dict[str, Values] = {
        "advised": today.isoformat(),
        "version": Ontology.load().editions.version,
        "rules": rules_digest(examination.frame),
        "named-first": list[str](examination.named),
        "in-running": list[str](examination.advice.front),
        "closed": list[str](board.in_order(board.closed(facets))),
    }
    return {key: value for key, value in found.items() if value}
