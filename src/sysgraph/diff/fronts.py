"""What changes in advice and evidence: situations worked out on both sides, and cases counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sysgraph.advice.board import Advice, advise, held_values
from sysgraph.advice.cases import CaseStudies
from sysgraph.advice.dissent import Claim, Dissent, Label
from sysgraph.advice.frame import Critique, Frame, Target, values_of
from sysgraph.advice.situation import Situation
from sysgraph.diff.report import (
    ClaimChange,
    CountChange,
    FrontChange,
    Nearness,
    ReasonChange,
    StandingChange,
    Status,
)
from sysgraph.diff.sides import Side
from sysgraph.terms import NAMESPACE, iri_of

__all__ = [
    "MOST_CASES",
    "SituationPair",
    "case_names",
    "compare_claims",
    "compare_counts",
    "compare_fronts",
    "compare_nearness",
    "stored_situations",
    "type_labels",
]

MOST_CASES = 500
"""How many cases' situations are worked out; of more, the first by id."""
NEAREST = 5
"""How many of the most similar cases of a type are looked at."""


@dataclass(frozen=True, slots=True)
class SituationPair:
    """A situation as it is described on both sides, by facet; mostly the same on each."""

    id: str
    title: str
    before: Mapping[str, str]
    after: Mapping[str, str]


def case_names(*sides: Side) -> list[str]:
    """Return the ids of all cases of some sides, sorted."""
    return sorted({name for side in sides for name in side.names if "/" not in name})


def type_labels(before: Side, after: Side) -> dict[str, str]:
    """Return number and label of every type of two sides; of another label, that after."""
    types = {**before.frame.types, **after.frame.types}
    return {kind: f"{one.number} {one.label}" for kind, one in types.items()}


def stored_situations(before: Side, after: Side, changed: Collection[str]) -> list[SituationPair]:
    """Return the situations that the readings of all stored cases describe.

    Cases that are on one side only are taken as that side describes them.
    """
    old_values, new_values = _values(before.frame), _values(after.frame)
    found = []
    for name in case_names(before, after)[:MOST_CASES]:
        new = _readings(name, after, new_values)
        old = _readings(name, before, old_values) if name in changed else new
        for reading in {**new, **old}:
            title, facets = new.get(reading) or old[reading]
            was = old.get(reading, (title, facets))[1]
            found.append(SituationPair(f"{name}/{reading}", title, was, facets))
    return found


def _values(frame: Frame) -> dict[str, tuple[str, str]]:
    """Return facet and value by what follows the namespace in the IRI of the value."""
    return {
        iri.removeprefix(NAMESPACE): (facet.id, value.id)
        for iri, (facet, value) in frame.values.items()
    }


def _readings(
    name: str, side: Side, values: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, dict[str, str]]]:
    """Return by the standpoint of each reading a title for it, and the facets that it sees."""
    case = side.case(name)
    seen: Counter[str] = Counter()
    found = {}
    for point, held in case.readings:
        seen[point] += 1
        key = point + (f" {seen[point]}" if seen[point] > 1 else "")
        facets = dict(values[value] for value in sorted(held) if value in values)
        found[key] = (f"{case.title}, as seen by: {point}", facets)
    return found


def compare_fronts(
    pairs: Iterable[SituationPair], before: Side, after: Side, labels: Mapping[str, str]
) -> list[FrontChange]:
    """Return what changes in the advice for each situation; where nothing does, nothing.

    Situations that are described alike are passed over where both sides hold the same
    considerations, gates, cautions, facets and types to count.
    """
    counted = ("types", "tests", "facets", "considerations", "gates", "cautions")
    is_same = all(getattr(before.counted, n) == getattr(after.counted, n) for n in counted)
    # Cases move no front, and looking for the nearest would take most of the time.
    old, new = (
        replace(side.counted, cases=CaseStudies(None, values_of(side.frame)))
        for side in (before, after)
    )
    found = []
    for pair in pairs:
        if is_same and pair.before == pair.after:
            continue
        was = advise(_situation(pair.before, old), old)
        now = advise(_situation(pair.after, new), new)
        were, are = _reasons(was, labels), _reasons(now, labels)
        change = FrontChange(
            pair.id,
            pair.title,
            tuple(labels[kind] for kind in was.front),
            tuple(labels[kind] for kind in now.front),
            tuple(_standings(was, now, labels)),
            (
                *_one_sided(were, are, Status.REMOVED, after.dissent),
                *_one_sided(are, were, Status.ADDED, before.dissent),
            ),
            pair.before != pair.after,
        )
        if change.moves_front or change.standings or change.reasons:
            found.append(change)
    return found


def _situation(facets: Mapping[str, str], frame: Frame) -> Situation:
    """Return what of a situation a frame has words for."""
    known = frame.facets
    held = {f: v for f, v in facets.items() if f in known and v in known[f].values}
    return Situation("situation", facets=held)


def _standings(was: Advice, now: Advice, labels: Mapping[str, str]) -> Iterator[StandingChange]:
    old, new = (
        {
            (kind, test): standing.value
            for kind, entry in advice.types.items()
            for test, standing in entry.standings.items()
        }
        for advice in (was, now)
    )
    for kind, test in dict.fromkeys((*old, *new)):
        values = [found.get((kind, test)) for found in (old, new)]
        if values[0] != values[1]:
            numbers = [None if value is None else float(value) for value in values]
            yield StandingChange(labels[kind], test, *numbers)


_Reasons = dict[tuple[str, str, str], ReasonChange]
"""What counts in a situation, by IRI, type and what it does there."""


def _reasons(advice: Advice, labels: Mapping[str, str]) -> _Reasons:
    found = {}
    for kind, entry in advice.types.items():
        for reason in entry.reasons:
            facet, one = reason.facet, reason.consideration
            does = "for" if reason.direction > 0 else "against"
            value = facet.values[reason.value].label
            change = ReasonChange(one.iri, labels[kind], does, facet.id, value, one.why, kind)
            found[one.iri, kind, f"{does} {reason.facet.strength}"] = change
        for gate in entry.gates:
            said = (labels[kind], "closes", "", "", gate.message, kind)
            found[gate.iri, kind, "closes"] = ReasonChange(gate.iri, *said)
        for caution in entry.cautions:
            said = (labels[kind], "cautions", "", "", caution.message, kind)
            found[caution.iri, kind, "cautions"] = ReasonChange(caution.iri, *said)
    return found


def _one_sided(
    mine: _Reasons, theirs: _Reasons, status: Status, other: Dissent
) -> Iterator[ReasonChange]:
    """Yield the reasons of one side alone, and why they do not count where they are still there."""
    fallen = {claim.target.iri: claim for claim in reversed(other.fallen)}
    for key in sorted(mine.keys() - theirs.keys()):
        because = _why_fallen(fallen[key[0]], other) if key[0] in fallen else ""
        yield replace(mine[key], status=status, because=because)


_STANDS = {
    Label.IN: "counts",
    Label.OUT: "does not count",
    Label.UNDECIDED: "is contested, and does not count until that is settled",
}


def compare_claims(before: Dissent, after: Dissent) -> Iterator[ClaimChange]:
    """Yield each claim whose standing differs; what nobody speaks of counts."""
    claims = {claim.target.iri: claim for claim in (*before.claims, *after.claims)}
    for iri in sorted(claims):
        was, now = (found.labels.get(iri, Label.IN) for found in (before, after))
        if was is now:
            continue
        side = before if now is Label.IN else after
        why = next((_why_fallen(c, side) for c in side.claims if c.target.iri == iri), "")
        if now is Label.IN and why:
            why = f"{why}; that is answered or gone now"
        yield ClaimChange(_claim(claims[iri].target), _STANDS[was], _STANDS[now], why)


def _why_fallen(claim: Claim, found: Dissent) -> str:
    """Return in a sentence who objects to a claim that does not count."""
    live = [one for one in claim.undercut_by if found.label(one) is not Label.OUT]
    return f"it stands attacked by {'; '.join(map(_said, live))}" if live else ""


def _said(critique: Critique) -> str:
    who = critique.contributor or "somebody who is not named"
    return f"{who}, from the standpoint “{critique.standpoint}”: “{critique.says}”"


def _claim(target: Target) -> str:
    label = target.label or target.iri
    if target.kind == "outcome":
        return f"the judgement on {label} ({target.iri.rpartition('/')[2]})"
    of = " of" if target.case and target.kind != "case" else ""
    return f"the {target.kind}{of} {label}"


def compare_counts(before: Side, after: Side, labels: Mapping[str, str]) -> list[CountChange]:
    """Return what is counted otherwise: cases of each type, by test and judgement.

    Cases and classifications that stand attacked are not counted, as in advice. Failures come
    first.
    """
    was, now = _counted(before), _counted(after)
    failures = before.frame.failures | after.frame.failures
    order = list(labels)

    def place(key: tuple[str, str, str]) -> tuple[bool, int, str, str]:
        kind, test, judgement = key
        return (judgement, test) not in failures, order.index(kind), test, judgement

    return [
        CountChange(labels[key[0]], key[1], key[2], was[key], now[key])
        for key in sorted({*was, *now}, key=place)
        if was[key] != now[key]
    ]


def _counted(side: Side) -> Counter[tuple[str, str, str]]:
    frame = side.counted
    lookup, index = frame.cases.lookup(()), frame.cases.index()
    found: Counter[tuple[str, str, str]] = Counter()
    for kind in frame.types:
        rows = lookup.of_type(kind)
        found[kind, "", ""] = lookup.count(rows)
        for test in frame.tests:
            for judgement, held in index.holding(f"{test}="):
                found[kind, test, judgement] = lookup.count(rows & held)
    for case_id, test in side.dissent.judgements:
        # A judgement that stands attacked is no evidence either way.
        case = side.frame.cases.get(iri_of(case_id))
        if case is not None and case.type in frame.types:
            judged = (case.type, test, case.led if test == "led" else case.working)
            found[judged] = max(0, found[judged] - 1)
    return found


def compare_nearness(
    names: Iterable[str], pairs: Sequence[SituationPair], before: Side, after: Side
) -> Iterator[Nearness]:
    """Yield for each changed case in how many situations it is among the most similar ones.

    Of its own readings it is always the most similar, and these are left out.
    """
    cases = [name for name in names if "/" not in name]
    if not cases:
        return
    was, now = (_listings(pairs, side, cases) for side in (before, after))
    for name in cases:
        counts = [side[name, fails] for fails in (False, True) for side in (was, now)]
        if any(counts):
            yield Nearness(name, *counts)


def _listings(
    pairs: Iterable[SituationPair], side: Side, cases: Collection[str]
) -> Counter[tuple[str, bool]]:
    """Return how often each case is listed, and how often as the most similar failure."""
    frame = side.counted
    known = [side.frame.cases.get(iri_of(name)) for name in cases]
    kinds = {case.type for case in known if case and case.type}
    found: Counter[tuple[str, bool]] = Counter()
    for pair in pairs:
        lookup = frame.cases.lookup(held_values(_situation(pair.after, frame), frame))
        failed = lookup.judged(frame.failures)
        own = pair.id.partition("/")[0]
        for kind in kinds:
            rows = lookup.of_type(kind)
            for fails, some, most in ((False, rows, NEAREST), (True, rows & failed, 1)):
                near = (one.case.id for one in lookup.nearest(some, most))
                found.update((name, fails) for name in near if name in cases and name != own)
    return found
