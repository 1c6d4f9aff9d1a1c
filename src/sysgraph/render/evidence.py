"""What the cases show, for a person and for a machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sysgraph.advice.cases import Case
from sysgraph.advice.evidence import Likened, TypeEvidence
from sysgraph.advice.interval import Interval
from sysgraph.advice.tally import Tally, Verdict
from sysgraph.render.words import bullet, clean, paragraph, sentence

__all__ = ["evidence_data", "evidence_lines", "tally_sentence"]


def evidence_lines(found: TypeEvidence) -> Iterator[str]:
    """Yield what the cases of one type show: the counts, then the most similar, failures first."""
    if not found.count:
        yield bullet("no case that counts is recorded")
    for tally in found.tallies.values() if found.count else ():
        yield bullet(f"{sentence(tally.test)}: {tally_sentence(tally)}")
        safe = _overturned(tally)
        if safe:
            yield paragraph(safe, 4)
    if found.alike_count and found.alike_count < found.count:
        yield paragraph(
            f"Of these, {_cases(found.alike_count)} {_share(found.alike_count)} at least half of"
            " what is known of your situation:",
            2,
        )
        for tally in found.alike.values():
            yield bullet(f"{sentence(tally.test)}: {tally_sentence(tally)}", "·", 4)
    for case in found.cases:
        yield from _case_lines(case)
    if found.attacked_count:
        names = "; ".join(f"{case.title} [{case.id}]" for case in found.attacked)
        more = found.attacked_count - len(found.attacked)
        end = f"; and {more} more" if more else ""
        yield bullet(f"Attacked and undefended, so not counted: {names}{end}", "!")


def _share(count: int) -> str:
    return "shares" if count == 1 else "share"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"


def tally_sentence(tally: Tally) -> str:
    """Return in one sentence what cases tell of a test.

    >>> from sysgraph.advice.tally import Tally
    >>> tally_sentence(Tally("led", 2, 0, 1, 0, {"contested": 1, "yes": 2}))
    '3 cases, 1 contested and 2 yes: too few to say.'
    """
    total = tally.known + tally.open
    said = [f"{count:,} {name}" for name, count in tally.judgements.items()]
    listed = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    text = f"{_cases(total)}{', ' if listed else ''}{listed}"
    if tally.open:
        text += f" ({tally.open:,} leave it open)"
    if tally.verdict is Verdict.TOO_FEW:
        return f"{text}: {tally.verdict}."
    return (
        f"{text}: {tally.verdict}. Of such cases {_span(tally.meeting)} may meet it in full and"
        f" {_span(tally.failing)} fail it (95%)."
    )


def _span(share: Interval) -> str:
    return f"{share.low:.0%} to {share.high:.0%}"


def _overturned(tally: Tally) -> str:
    """Say how many unseen failures would change the picture; nothing where failures lead."""
    if not tally.to_overturn:
        return "Failures are already more than cases that meet it in full." if tally.known else ""
    more = f"{tally.to_overturn} unseen failure{'s' if tally.to_overturn > 1 else ''}"
    text = f"{sentence(more)} like these would make failures the more."
    if tally.to_doubt is not None:
        text += f" With {tally.to_doubt} it would be open whether more than half meet it."
    return text


def _case_lines(entry: Likened) -> Iterator[str]:
    case = entry.case
    failed = f" Failure on: {' and '.join(entry.failed)}." if entry.failed else ""
    mark = "x" if entry.failed else "·"
    yield bullet(f"{case.title} [{case.id}]: led {case.led}, working {case.working}.{failed}", mark)
    for test, why in entry.why.items():
        attacked = " This judgement stands attacked, and is not counted."
        end = attacked if test in entry.unheeded else ""
        yield paragraph(f"{sentence(test)}: {clean(why).rstrip('.')}.{end}", 4)
    alike = "; ".join(f"{e.facet.label}: {e.value.label}" for e in entry.shared) or "nothing"
    yield paragraph(f"Shared: {alike}.", 4)
    if entry.differs:
        unlike = "; ".join(
            f"{e.facet.label}: here {e.here.label}, there {e.there.label}" for e in entry.differs
        )
        yield paragraph(f"Differs: {unlike}.", 4)
    if entry.unknown:
        yield paragraph(f"Not known there: {', '.join(f.label for f in entry.unknown)}.", 4)
    yield paragraph(f"As evidence: {_grade(entry)}.", 4)


def _grade(entry: Likened) -> str:
    grade = entry.grade
    parts = ["a citation was read" if grade.checked else "citations unchecked"]
    if grade.readings < 2:
        parts.append("one reading only")
    elif grade.disputed:
        names = ", ".join(facet.label for facet in grade.disputed)
        parts.append(f"its readings disagree on what is compared here ({names})")
    else:
        parts.append(f"its {grade.readings} readings agree on all that is compared here")
    if entry.standpoint:
        parts.append(f"compared as seen by: {clean(entry.standpoint)}")
    if grade.confidence:
        parts.append(f"confidence {clean(grade.confidence)}")
    return "; ".join(parts)


def evidence_data(found: TypeEvidence) -> dict[str, Any]:
    """Return what the cases of one type show, ready for JSON."""
    return {
        "count": found.count,
        "tallies": {test: _tally_data(tally) for test, tally in found.tallies.items()},
        "alike_count": found.alike_count,
        "alike": {test: _tally_data(tally) for test, tally in found.alike.items()},
        "cases": [_case_data(entry) for entry in found.cases],
        "attacked_count": found.attacked_count,
        "attacked": [_id_data(case) for case in found.attacked],
    }


def _tally_data(tally: Tally) -> dict[str, Any]:
    return {
        "met": tally.met,
        "partly": tally.partly,
        "failed": tally.failed,
        "open": tally.open,
        "judgements": dict(tally.judgements),
        "meeting": asdict(tally.meeting),
        "failing": asdict(tally.failing),
        "verdict": tally.verdict.value,
        "to_overturn": tally.to_overturn,
        "to_doubt": tally.to_doubt,
    }


def _id_data(case: Case) -> dict[str, str]:
    return {"id": case.id, "title": case.title}


def _case_data(entry: Likened) -> dict[str, Any]:
    case, grade = entry.case, entry.grade
    return {
        **_id_data(case),
        "led": case.led,
        "working": case.working,
        "failed": list(entry.failed),
        "unheeded": list(entry.unheeded),
        "why": dict(entry.why),
        "standpoint": entry.standpoint,
        "shared": {each.facet.id: each.value.id for each in entry.shared},
        "differs": {
            each.facet.id: {"here": each.here.id, "there": each.there.id} for each in entry.differs
        },
        "unknown": [facet.id for facet in entry.unknown],
        "checked": grade.checked,
        "readings": grade.readings,
        "disputed": [facet.id for facet in grade.disputed],
        "confidence": grade.confidence,
    }
