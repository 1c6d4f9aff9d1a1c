"""What the cases show, for a person and for a machine.

Dissent in words: what stands attacked, by whom, and whether anybody has answered.
Contested readings in words and as data: who says what, what it changes, what to settle.
How far readings agree, in words and as data.
The public record as JSON, with the score of every case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sysgraph.advice.cases import Case
from sysgraph.advice.contest import (
    Agreement,
    Contest,
    Difference,
    Reach,
    ReadingFront,
    Settled,
    Settlement,
)
from sysgraph.advice.dissent import Claim, Dissent, Label, Standpoints
from sysgraph.advice.evidence import (
    Interval,
    Likened,
    OutcomeTally,
    OutcomeVerdict,
    TypeEvidence,
)
from sysgraph.advice.frame import UNDERCUTS, Critique, Facet, Frame, Target
from sysgraph.advice.situation import UNKNOWN
from sysgraph.errors import clean
from sysgraph.pages.words import bullet, listing, number, paragraph, sentence

if TYPE_CHECKING:
    from sysgraph.record.outcomes import OutcomeRecord, Skill
    from sysgraph.record.run import Backtest, Group, TypeRecord

__all__ = [
    "agreement_data",
    "agreement_lines",
    "backtest_data",
    "contested_data",
    "contested_lines",
    "dissent_data",
    "dissent_lines",
    "evidence_data",
    "evidence_lines",
    "standpoints_data",
    "standpoints_lines",
    "tally_sentence",
    "why_not_counted",
]


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


def tally_sentence(tally: OutcomeTally) -> str:
    """Return in one sentence what cases tell of a test.

    >>> from sysgraph.advice.evidence import OutcomeTally
    >>> tally_sentence(OutcomeTally("led", 2, 0, 1, 0, {"contested": 1, "yes": 2}))
    '3 cases, 1 contested and 2 yes: too few to say.'
    """
    total = tally.known + tally.open
    said = [f"{count:,} {name}" for name, count in tally.judgements.items()]
    listed = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    text = f"{_cases(total)}{', ' if listed else ''}{listed}"
    if tally.open:
        text += f" ({tally.open:,} leave it open)"
    if tally.verdict is OutcomeVerdict.TOO_FEW:
        return f"{text}: {tally.verdict}."
    return (
        f"{text}: {tally.verdict}. Of such cases {_span(tally.meeting)} may meet it in full and"
        f" {_span(tally.failing)} fail it (95%)."
    )


def _span(share: Interval) -> str:
    return f"{share.low:.0%} to {share.high:.0%}"


def _overturned(tally: OutcomeTally) -> str:
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
    alike = "; ".join(f"{e.facet.label}: {e.here.label}" for e in entry.shared) or "nothing"
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
    parts = ["a citation was read" if entry.case.checked else "citations unchecked"]
    if entry.readings < 2:
        parts.append("one reading only")
    elif entry.disputed:
        names = ", ".join(facet.label for facet in entry.disputed)
        parts.append(f"its readings disagree on what is compared here ({names})")
    else:
        parts.append(f"its {entry.readings} readings agree on all that is compared here")
    if entry.standpoint:
        parts.append(f"compared as seen by: {clean(entry.standpoint)}")
    if entry.confidence:
        parts.append(f"confidence {clean(entry.confidence)}")
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


def _tally_data(tally: OutcomeTally) -> dict[str, Any]:
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
    case = entry.case
    return {
        **_id_data(case),
        "led": case.led,
        "working": case.working,
        "failed": list(entry.failed),
        "unheeded": list(entry.unheeded),
        "why": dict(entry.why),
        "standpoint": entry.standpoint,
        "shared": {each.facet.id: each.here.id for each in entry.shared},
        "differs": {
            each.facet.id: {"here": each.here.id, "there": each.there.id} for each in entry.differs
        },
        "unknown": [facet.id for facet in entry.unknown],
        "checked": case.checked,
        "readings": entry.readings,
        "disputed": [facet.id for facet in entry.disputed],
        "confidence": entry.confidence,
    }


_NAMES = {
    "case": "The case",
    "consideration": "The consideration",
    "critique": "The critique",
    "critiques": "A critique within the case",
    "outcome": "The judgement on the case",
    "practice": "The classing of the case",
    "readings": "A reading of the case",
    "type": "The leadership type",
    "value": "The facet value",
}


def dissent_lines(claims: Iterable[Claim], found: Dissent) -> Iterator[str]:
    """Yield what is said of some claims under critique, those that do not count first.

    Nothing comes where there is no claim.
    """
    listed = sorted(claims, key=lambda claim: (claim.counts, claim.target.iri))
    fallen = [claim for claim in listed if not claim.counts]
    if fallen:
        yield paragraph("Somebody objects to this, and nobody has shown the objection wrong:")
        for claim in fallen:
            yield from _claim_lines(claim, found)
    standing = [claim for claim in listed if claim.counts]
    if standing:
        yield paragraph("This was spoken to as well, and stands:")
        for claim in standing:
            yield from _claim_lines(claim, found)


def _claim_lines(claim: Claim, found: Dissent) -> Iterator[str]:
    yield bullet(
        f"{describe_target(claim.target)}: {_verdict(claim)}", " " if claim.counts else "!"
    )
    for heading, critiques in (
        ("against it", claim.undercut_by),
        ("for it, which is shown and decides nothing", claim.supported_by),
        ("beside it", claim.beside),
    ):
        for critique in critiques:
            yield bullet(f"{heading}: {_said(critique)} {_fate(critique, found)}", "-", 4)
            for answer in found.answers(critique):
                yield bullet(f"in answer: {_said(answer)} {_fate(answer, found)}", "-", 6)


def _verdict(claim: Claim) -> str:
    if claim.label is Label.OUT:
        return f"it is shown, and does not count{_but(claim)}."
    if claim.label is Label.UNDECIDED:
        return (
            "it is contested: the critique and its answer undercut each other. Until that is"
            f" settled it does not count{_but(claim)}."
        )
    if claim.undercut_by:
        return "it was attacked, the attack was answered, and it counts."
    return "nobody attacks it, and it counts."


def _but(claim: Claim) -> str:
    if claim.target.kind == "risk":
        return " as established; the warning stays, since watching for it costs little"
    return ""


def why_not_counted(claim: Claim, found: Dissent) -> str:
    """Return in one sentence why a claim does not count: who objects, and that it stands."""
    live = [c for c in claim.undercut_by if found.label(c) is not Label.OUT]
    critique = live[0]
    more = f" (and {len(live) - 1} more)" if len(live) > 1 else ""
    asks = critique.question.asks or critique.question.id
    end = "nobody has answered" if not found.answers(critique) else "no answer to it stands"
    return (
        f"{describe_target(claim.target)} does not count here:"
        f" {critique.contributor or 'somebody'}{more}, from the standpoint"
        f" '{critique.standpoint}', asks {asks}, and {end}."
    )


def describe_target(target: Target) -> str:
    """Return what a critique is about, in words.

    >>> describe_target(Target("https://w3id.org/sysgraph/risk/tokenism", "tokenism"))
    "The risk 'tokenism'"
    """
    kind = target.kind
    name = _NAMES.get(kind, f"The {kind}")
    part = target.iri.rpartition("/")[2]
    test = f" on the test '{part}'" if kind == "outcome" else ""
    return f"{name} '{target.label or target.iri}'{test}"


def _said(critique: Critique) -> str:
    who = critique.contributor or "somebody who is not named"
    asks = critique.question.asks or critique.question.id
    verb = "is" if critique.asked == "is" else "ought to be"
    why = f" Because: {critique.why}" if critique.why else " No grounds are given."
    return (
        f"{sentence(who)}, from the standpoint '{critique.standpoint}', asks {asks} (what {verb}):"
        f' "{critique.says}"{why}'
    )


def _fate(critique: Critique, found: Dissent) -> str:
    if critique.stance != UNDERCUTS:
        return ""
    if not found.answers(critique):
        return "Nobody has answered."
    return {
        Label.IN: "The answer to it does not stand.",
        Label.OUT: "It is answered.",
        Label.UNDECIDED: "It and an answer undercut each other.",
    }[found.label(critique)]


def dissent_data(found: Dissent) -> dict[str, Any]:
    """Return the critiques, the claims and what does not count, ready for JSON."""
    return {
        "critiques": [_critique(critique, found) for critique in found.critiques],
        "claims": [
            {
                "about": claim.target.iri,
                "label": claim.target.label,
                "standing": claim.label.value,
                "counts": claim.counts,
                "undercut_by": [critique.iri for critique in claim.undercut_by],
                "supported_by": [critique.iri for critique in claim.supported_by],
                "beside": [critique.iri for critique in claim.beside],
            }
            for claim in found.claims
        ],
        "not_counted": {
            "cases": sorted(found.cases),
            "classifications": [list(pair) for pair in sorted(found.classifications)],
            "judgements": [list(pair) for pair in sorted(found.judgements)],
        },
    }


def _critique(critique: Critique, found: Dissent) -> dict[str, Any]:
    return {
        "id": critique.iri,
        "about": [target.iri for target in critique.about],
        "question": critique.question.id,
        "asked": critique.asked,
        "standpoint": critique.standpoint,
        "stance": critique.stance or None,
        "says": critique.says,
        "why": critique.why or None,
        "contributor": critique.contributor or None,
        "standing": found.label(critique).value,
    }


def standpoints_lines(found: Standpoints) -> Iterator[str]:
    """Yield whose standpoint is missing, and whose voice cannot be told."""
    for heard in found.voices:
        if heard.voice in found.missing:
            yield bullet(f"Nobody has spoken for {heard.voice.label}.", "?")
        else:
            critics = (f"a critique by {c.contributor or 'somebody'}" for c in heard.critiques)
            quoted = (f"'{text}'" for text in heard.standpoints)
            said = ", ".join(dict.fromkeys((*quoted, *critics)))
            yield bullet(f"{sentence(heard.voice.label)}: {said}.")
    if found.unplaced:
        listed = ", ".join(f"'{text}'" for text in found.unplaced)
        yield paragraph(
            f"Whose voice this is cannot be told: {listed}. To have it counted, add one of the"
            " words that 'sysgraph query voices' lists, such as 'tenants (affected, not involved)'."
        )


def standpoints_data(found: Standpoints) -> dict[str, Any]:
    """Return who has spoken and who is missing, ready for JSON."""
    return {
        "missing": [voice.id for voice in found.missing],
        "voices": [
            {
                "id": heard.voice.id,
                "label": heard.voice.label,
                "boundary_source": heard.voice.source,
                "standpoints": list(heard.standpoints),
                "critiques": [critique.iri for critique in heard.critiques],
            }
            for heard in found.voices
        ],
        "unplaced": list(found.unplaced),
    }


_SHOWN = 8


def contested_lines(contest: Contest, frame: Frame) -> Iterator[str]:
    """Yield what readings differ on, what that does to the advice, and what to settle first."""
    names = [reading.standpoint for reading in contest.readings]
    if not contest.differences:
        said = f"{sentence(listing(names))} see the situation alike."
        yield paragraph(said if len(names) > 1 else "There is one reading of this situation.")
        return
    count = len(contest.differences)
    facets = "one facet" if count == 1 else f"{count} facets"
    yield paragraph(f"{sentence(listing(names))} differ on {facets}:")
    yield from (bullet(_difference(difference)) for difference in contest.differences)
    if contest.is_parted:
        yield paragraph("It changes the advice. Worth considering first:")
        yield from (bullet(_reading(reading, frame)) for reading in contest.readings)
        yield paragraph(_shares(contest, frame))
        yield from _settlement(contest, frame)
    else:
        yield paragraph(_same(contest, frame))
    yield from (bullet(said, "!") for said in _cautions(contest, frame))


def _types(kinds: Sequence[str], frame: Frame) -> str:
    return listing(f"{frame.types[kind].number} {frame.types[kind].label}" for kind in kinds)


def _value(facet: Facet, value: str) -> str:
    return "not known" if value == UNKNOWN else f"“{clean(facet.values[value].label)}”"


def _difference(difference: Difference) -> str:
    facet = difference.facet
    parts = [
        f"{listing(who)}: {'nothing said' if value == UNKNOWN else _value(facet, value)}"
        for value, who in difference.said.items()
    ]
    return f"{sentence(facet.label)} ({facet.test}, strength {facet.strength}). {'; '.join(parts)}."


def _reading(reading: ReadingFront, frame: Frame) -> str:
    if not reading.front:
        return f"{reading.standpoint}: too little is known on both tests to say."
    drawn = ""
    if reading.abstains:
        drawn = f" (too little is known of the test '{reading.abstains[0]}')"
    return f"{reading.standpoint}: {_types(reading.front, frame)}{drawn}."


def _shares(contest: Contest, frame: Frame) -> str:
    parts = [
        f"{said} {_types(kinds, frame)}."
        for said, kinds in (
            ("Under every reading:", contest.always),
            ("Under some only:", contest.sometimes),
            ("Under none:", contest.never),
        )
        if kinds
    ]
    return " ".join(parts)


def _same(contest: Contest, frame: Frame) -> str:
    if not contest.always:
        return (
            "It does not change the advice: under each reading too little is known on both tests"
            " to say which type fits."
        )
    return (
        "They differ in their answers, and it does not change the advice. Worth considering first"
        f" under each reading: {_types(contest.always, frame)}."
    )


def _settlement(contest: Contest, frame: Frame) -> Iterator[str]:
    best = contest.questions[0] if contest.questions else None
    if best is not None:
        yield from _question(best, contest, frame)
    else:
        yield paragraph("No single facet reconciles them, whichever account of it is taken.")
    if contest.smallest is not None and (best is None or best.reach is Reach.SOME):
        yield from _together(contest.smallest, contest, frame)


def _question(question: Settlement, contest: Contest, frame: Frame) -> Iterator[str]:
    (facet,) = question.facets
    yield paragraph(f"Settle this first: {clean(facet.label)}, that is, {clean(facet.definition)}.")
    said = next(one.said for one in contest.differences if one.facet.id == facet.id)
    for outcome in question.outcomes:
        value = outcome.values[facet.id]
        if value in said:
            seen = f"if {_value(facet, value)}, as seen by {listing(said[value])}"
            yield bullet(f"{seen}: {_fronts(outcome, contest, frame)}")
    unsaid = [one for one in question.outcomes if one.values[facet.id] not in said]
    for agreed, told in ((True, "the same advice"), (False, "still different advice")):
        values = [_value(facet, one.values[facet.id]) for one in unsaid if one.is_agreed is agreed]
        if values:
            yield bullet(f"if it is what nobody says, {told} with {listing(values)}.")
    yield paragraph(_REACHES[question.reach] + _instead(contest))


_REACHES = {
    Reach.EVERY: "Whichever it is, the readings then lead to the same advice.",
    Reach.GIVEN: "Whoever is right about it, the readings then lead to the same advice.",
    Reach.SOME: "Only some answers to it bring the readings to the same advice.",
}


def _instead(contest: Contest) -> str:
    best, *rest = contest.questions
    names = [clean(one.facets[0].label) for one in rest if one.reach is best.reach]
    return f" As much is settled by: {listing(names)}." if names else ""


def _fronts(outcome: Settled, contest: Contest, frame: Frame) -> str:
    if outcome.is_agreed:
        (front,) = set(outcome.fronts)
        return f"{_types(front, frame)}, for all." if front else "too little is known, for all."
    seen: dict[tuple[str, ...], list[str]] = {}
    for reading, front in zip(contest.readings, outcome.fronts, strict=True):
        seen.setdefault(front, []).append(reading.standpoint)
    told = [
        f"{_types(front, frame) if front else 'too little known'} ({listing(who)})"
        for front, who in seen.items()
    ]
    return f"still parted, {'; '.join(told)}."


def _together(settlement: Settlement, contest: Contest, frame: Frame) -> Iterator[str]:
    names = listing(clean(facet.label) for facet in settlement.facets)
    if len(settlement.facets) < len(contest.differences):
        others = f" {len(contest.others)} other sets of as many do too." if contest.others else ""
        told = f"To be sure of the same advice, settle {names}. Nothing less is sure.{others}"
    else:
        told = f"To be sure of the same advice, settle all of it: {names}."
    yield paragraph(told)
    shown = settlement.outcomes[:_SHOWN]
    for outcome in shown:
        values = [_value(facet, outcome.values[facet.id]) for facet in settlement.facets]
        yield bullet(f"if {listing(values)}: {_fronts(outcome, contest, frame)}")
    if len(shown) < settlement.combinations:
        yield bullet(f"and {settlement.combinations - len(shown)} more combinations", "+")


def _cautions(contest: Contest, frame: Frame) -> Iterator[str]:
    for kind in contest.cautions_part:
        warned = [one.standpoint for one in contest.readings if kind in one.cautioned]
        yield f"{_types([kind], frame)} carries a caution only as seen by {listing(warned)}."


def contested_data(contest: Contest) -> dict[str, Any]:
    """Return a contest as plain data: slugs of facets, values and types."""
    return {
        "parted": contest.is_parted,
        "readings": [
            {
                "standpoint": reading.standpoint,
                "facets": dict(reading.situation.facets),
                "front": list(reading.front),
                "abstains": list(reading.abstains),
                "cautioned": sorted(reading.cautioned),
            }
            for reading in contest.readings
        ],
        "differences": [
            {"facet": one.facet.id, "said": {v: list(who) for v, who in one.said.items()}}
            for one in contest.differences
        ],
        "always": list(contest.always),
        "sometimes": list(contest.sometimes),
        "never": list(contest.never),
        "cautions_part": list(contest.cautions_part),
        "questions": [_settlement_data(one) for one in contest.questions],
        "smallest": contest.smallest and _settlement_data(contest.smallest),
        "others": [[facet.id for facet in facets] for facets in contest.others],
    }


def _settlement_data(settlement: Settlement) -> dict[str, Any]:
    return {
        "facets": [facet.id for facet in settlement.facets],
        "reach": settlement.reach.value,
        "outcomes": [
            {
                "values": dict(outcome.values),
                "agreed": outcome.is_agreed,
                "fronts": [list(front) for front in outcome.fronts],
            }
            for outcome in settlement.outcomes
        ],
        "combinations": settlement.combinations,
    }


def agreement_lines(agreement: Agreement) -> Iterator[str]:
    """Yield how far the readings of the stored cases agree, the most disputed facet first."""
    if not agreement.compared:
        yield paragraph("No stored case has two readings, so that none can be compared.")
        return
    yield paragraph(_scope(agreement))
    yield paragraph(
        f"In {agreement.parted} of these {agreement.compared} cases the readings have different"
        " types on the front, so that who is asked changes the advice."
    )
    yield paragraph(
        "Agreement by facet, the most disputed first (Krippendorff's alpha: 1 is full agreement, 0"
        " what chance would give):"
    )
    width = max(len(clean(one.facet.label)) for one in agreement.facets) + 2
    for one in agreement.facets:
        label = clean(one.facet.label).ljust(width)
        yield f"  {label}{_alpha(one.alpha)}   alike in {one.alike} of {one.cases} cases"
    yield paragraph(f"All facets together, each compared with itself: {_alpha(agreement.overall)}.")
    yield bullet(
        "A facet counts in the cases in which two readings know it. The readings of a case came"
        " from one contributor, so that this does not show what independent people would see;"
        " nor does agreement make a reading right.",
        "!",
    )


def _scope(agreement: Agreement) -> str:
    spread = ""
    if agreement.looked < agreement.total:
        spread = (
            f" {agreement.looked:,} of the {agreement.total:,} stored cases were looked at, evenly"
            " spread over their ids."
        )
    return f"{agreement.compared:,} cases have two readings or more.{spread}"


def _alpha(alpha: Fraction | None) -> str:
    return "nothing varies" if alpha is None else number(alpha)


def agreement_data(agreement: Agreement) -> dict[str, Any]:
    """Return the agreement as plain data; ``alpha`` is null where nothing varies."""
    return {
        "cases": agreement.total,
        "looked": agreement.looked,
        "compared": agreement.compared,
        "parted": agreement.parted,
        "alpha": _float(agreement.overall),
        "facets": [
            {
                "facet": one.facet.id,
                "alpha": _float(one.alpha),
                "cases": one.cases,
                "alike": one.alike,
            }
            for one in agreement.facets
        ],
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def backtest_data(done: Backtest) -> dict[str, Any]:
    """Return the record ready for JSON, with the score of every case."""
    return {
        "version": done.version,
        "digest": done.digest,
        "seed": done.seed,
        "rounds": done.rounds,
        "cases": done.cases,
        "of": done.of,
        "types": _type_data(done.types),
        "without_defining_facets": _type_data(done.blind),
        "outcomes": [_outcome_data(outcome) for outcome in done.outcomes],
        "by": done.by.value,
        "groups": [_group_data(group) for group in done.groups],
    }


def _skill_data(skill: Skill) -> dict[str, Any]:
    return {**asdict(skill), "verdict": skill.verdict}


def _type_data(types: TypeRecord) -> dict[str, Any]:
    return {
        "cases": types.cases,
        "hits": types.hits,
        "low": types.low,
        "high": types.high,
        "chance": types.chance,
        "at_least": types.at_least,
        "silent": types.silent,
        "hidden": list(types.hidden),
        "forecasts": {name: _skill_data(skill) for name, skill in types.forecasts.items()},
    }


def _outcome_data(outcome: OutcomeRecord) -> dict[str, Any]:
    return {
        "test": outcome.test,
        "event": outcome.event,
        "happened": sorted(outcome.happened),
        "open": outcome.open,
        "base": dict(zip(outcome.cases, outcome.base, strict=True)),
        "forecasts": {
            name: {
                **_skill_data(told.skill),
                "bins": [asdict(each) for each in told.bins],
                "scores": dict(zip(outcome.cases, told.scores, strict=True)),
            }
            for name, told in outcome.forecasts.items()
        },
    }


def _group_data(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "cases": group.cases,
        "hits": group.hits,
        "low": group.low,
        "high": group.high,
        "chance": group.chance,
        "outcomes": [
            {
                "test": each.test,
                "event": each.event,
                "cases": len(each.cases),
                "happened": len(each.happened),
                "forecasts": {n: _skill_data(told.skill) for n, told in each.forecasts.items()},
            }
            for each in group.outcomes
        ],
    }
