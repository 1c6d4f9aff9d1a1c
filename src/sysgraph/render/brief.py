"""The practitioner's page: half a page of plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from sysgraph.advice.certainty import Certainty, count_open
from sysgraph.advice.changes import Change
from sysgraph.advice.compose import Reason, TypeAdvice
from sysgraph.advice.evidence import TypeEvidence
from sysgraph.advice.examine import Examination
from sysgraph.advice.record import Told
from sysgraph.render.certainty import name_types
from sysgraph.render.changes import change_text, clause
from sysgraph.render.dissent import why_not_counted
from sysgraph.render.evidence import tally_sentence
from sysgraph.render.robust import ground_lines
from sysgraph.render.words import GROUNDS, bullet, clean, listing, paragraph, sentence

__all__ = ["Part", "brief_parts", "headline"]

Part = tuple[str, list[str]]
"""A heading, or none, and the lines below it."""

_TOLD_TYPES = 3
_TOLD_REASONS = 2
_TOLD_CHANGES = 3


def brief_parts(examination: Examination) -> Iterator[Part]:
    """Yield the parts of the practitioner's page.

    What fits and why, what to watch, what would change it, what to ask next, how far it can be
    trusted, and who has not been heard.
    """
    advice = examination.advice
    yield "", [headline(examination)]
    for kind in advice.front[:_TOLD_TYPES]:
        entry = advice.types[kind]
        yield f"{entry.type.number} {clean(entry.type.label)}", list(_type(entry, examination))
    others = list(_others(examination))
    if others:
        yield "What stands against the others", others
    yield "What would change this", list(_changes(examination))
    yield "How far to trust it", list(_trust(examination))


def headline(examination: Examination) -> str:
    """Return what is worth considering first, and whether that could still change.

    A case that the situation was taken from is said to be no evidence.
    """
    advice = examination.advice
    own = examination.situation.case
    note = f" What came of {own} itself is left out of what the cases show." if own else ""
    if not advice.front:
        return paragraph(
            "Too little is known, both of who leads and of what works, to say what fits."
            f" Answer the question below first.{note}"
        )
    text = f"Worth considering first: {name_types(list(advice.front), examination.frame)}."
    if len(advice.front) == len(advice.types):
        text = "Nothing known so far tells the ways of leading apart: all are worth considering."
    if advice.abstains:
        text += (
            f" Too little is known to say anything about the test '{advice.abstains[0]}', so that"
            " this goes by the other test alone."
        )
    return paragraph(f"{text} {_firmness(examination)}{note}")


def _firmness(examination: Examination) -> str:
    if not examination.advice.unknown:
        return "Every question is answered."
    count = len(examination.advice.unknown)
    questions = "question" if count == 1 else f"{count} questions"
    if not count_open(examination.certainty):
        return f"No answer to the {questions} still open could change that."
    certain = [k for k, each in examination.certainty.items() if each is Certainty.CERTAIN]
    if certain == list(examination.advice.front):
        stays = "It stays" if len(certain) == 1 else "They stay"
        return f"{stays} there whatever the answer to the {questions} still open; others may join."
    if certain:
        return (
            f"{name_types(certain, examination.frame)} stays there whatever the answer to the"
            f" {questions} still open; the rest could change."
        )
    return f"The {questions} still open could change that."


def _type(entry: TypeAdvice, examination: Examination) -> Iterator[str]:
    yield paragraph(f"{sentence(entry.type.definition)}. {_leanings(entry)}")
    for reason in entry.supports[:_TOLD_REASONS]:
        yield bullet(_because(reason, "For it"))
    for reason in entry.undermines[:1]:
        yield bullet(_because(reason, "Against it"))
    for caution in entry.cautions:
        yield bullet(f"Caution: {caution.message}", "!")
    for watched in entry.risks[:1]:
        risk = watched.risk
        yield bullet(
            f"Watch for {clean(risk.label)}: {risk.warning_sign} What helps: {risk.mitigation}"
        )
    yield bullet(_cases(examination.tallies[entry.type.id]))


def _cases(found: TypeEvidence) -> str:
    """Return what the cases come to, without the figures behind it."""
    told = [
        f"on '{test}' {tally_sentence(tally).partition('. Of such cases')[0].rstrip('.')}"
        for test, tally in found.tallies.items()
    ]
    return f"Cases led this way: {'; '.join(told)}." if found.count else "No case is recorded."


def _leanings(entry: TypeAdvice) -> str:
    said = [
        f"{_leaning(standing.value)} on '{test}'"
        for test, standing in entry.standings.items()
        if standing.value is not None
    ]
    silent = [f"'{test}'" for test, s in entry.standings.items() if s.value is None]
    told = f"What is known speaks {', and '.join(said)}." if said else ""
    return f"{told} Too little is known on {listing(silent)}." if silent else told


def _leaning(value: Fraction) -> str:
    if value == 0:
        return "neither for it nor against it"
    strong = "strongly" if abs(value) * 2 >= 1 else "rather"
    return f"{strong} {'for' if value > 0 else 'against'} it"


def _because(reason: Reason, heading: str) -> str:
    consideration = reason.consideration
    said = clause(reason.facet, reason.value)
    return f"{heading}: {said}. {consideration.why} [{GROUNDS[consideration.ground]}]"


def _others(examination: Examination) -> Iterator[str]:
    """Yield the cautions on types that are not told of at length, and what stopped counting."""
    advice = examination.advice
    for kind, entry in advice.types.items():
        if kind not in advice.front[:_TOLD_TYPES]:
            for caution in entry.cautions:
                yield bullet(f"{entry.type.number} {entry.type.label}: {caution.message}", "!")
    for claim in examination.claims:
        if not claim.counts:
            yield bullet(why_not_counted(claim, examination.examiner.dissent), "!")


def _changes(examination: Examination) -> Iterator[str]:
    told = _grouped(examination.nearest_changes.found)
    for (_, joined, left), conditions in list(told.items())[:_TOLD_CHANGES]:
        does = [
            f"{name_types(list(kinds), examination.frame)} {verb}"
            for kinds, verb in ((joined, "would join"), (left, "would no longer be among"))
            if kinds
        ]
        more = len(conditions) - 1
        also = f"; {more} other answer{'s' * (more > 1)} would do as well" if more else ""
        yield bullet(f"{' and '.join(does)} them {conditions[0]}{also}.")
    if not told:
        yield bullet("No change of a single fact would bring a type in or push one out.")
    question = examination.question
    if question is not None:
        facet = examination.frame.facets[question.facet]
        yield bullet(
            f"Ask next: {clean(facet.label)}? ({clean(facet.definition)}) It settles most of what"
            f" is open: answer it with --facet {facet.id}=…, or let --ask put the questions."
        )


def _grouped(
    found: Iterable[Change],
) -> dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]]:
    """Return what it takes by facet and by the types that join and leave, the easiest first."""
    by_condition: dict[str, list[Change]] = {}
    for change in sorted(found, key=lambda each: each.changeable == "fixed"):
        by_condition.setdefault(change_text(change), []).append(change)
    grouped: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for condition, changed in by_condition.items():
        joined = tuple(change.type for change in changed if change.joins)
        left = tuple(change.type for change in changed if not change.joins)
        facet = " ".join(changed[0].facets)
        grouped.setdefault((facet, joined, left), []).append(condition)
    return grouped


def _trust(examination: Examination) -> Iterator[str]:
    for line in list(ground_lines(examination.robustness, examination.frame))[:1]:
        yield bullet(line)
    missing = examination.standpoints.missing
    if missing:
        names = [voice.label for voice in missing]
        yield bullet(f"Nobody has spoken for {listing(names)}.", "?")
    record = examination.frame.record
    if record is not None:
        yield bullet(
            f"Over the {record.cases} shipped cases the way that was practised was among those"
            f" that this advice names first in {record.hits:.0%}, by chance in"
            f" {record.chance:.0%}. That foretold how it turned out"
            f" {_verdicts(record.tests)}: it tells what is argued for, not what will succeed."
        )


def _verdicts(tests: Iterable[Told]) -> str:
    by: dict[str, list[str]] = {}
    for told in tests:
        by.setdefault(told.verdict, []).append(f"'{told.test}'")
    return "; ".join(f"{verdict} on {' and '.join(names)}" for verdict, names in by.items())
