"""How good such advice has been, and how far the readings that it rests on agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from sysgraph.advice.evidence import LEAST
from sysgraph.pages.baselines import (
    coded_by,
    gates_text,
    hand_text,
    honest_sentence,
    signed,
    skill_text,
    type_skills,
)
from sysgraph.pages.blocks import (
    GAP,
    Block,
    Columns,
    Heading,
    Item,
    Paragraph,
    part,
    table_markdown,
)
from sysgraph.pages.forward import (
    BASE_RATES,
    base_rate_blocks,
    base_rate_rows,
    base_rate_words,
)
from sysgraph.pages.prospective import ASKED_BEFORE, prospective_blocks, prospective_lines
from sysgraph.pages.words import counted, number

if TYPE_CHECKING:
    from sysgraph.advice.cases import Record
    from sysgraph.advice.contest import Agreement
    from sysgraph.record.coders import CoderAgreement, CodersAgreement
    from sysgraph.record.outcomes import OutcomeRecord
    from sysgraph.record.run import Backtest, GroupRecovery, TypeRecord

__all__ = [
    "agreement_blocks",
    "backtest_blocks",
    "backtest_markdown",
    "coders_blocks",
    "record_blocks",
]

_OUTCOMES = {
    "standing": "how high that type stood on the test",
    "front": "that type on the front, or not",
    "similar": "the most similar other cases",
    "type": "the other cases led that way",
}
_EVENTS = {"met": "met in full", "not failed": "not failed"}
_HEADLINE = "standing"

_LIMITS = (
    "The front follows from the considerations, which are not estimated from the cases; so leaving"
    " a case out changes what is learnt from cases, and not the front. Whoever wrote the"
    " considerations may have had such cases in mind, and where the same hands coded, judged and"
    " reasoned, agreement comes easily.",
    "Intervals come from drawing cases anew. They do not know of cases that nobody wrote down.",
    "A share of shuffles near 100% is as telling as one near 0%: it says that the forecast was"
    " worse than luck.",
)


def record_blocks(record: Record, *, own: bool = True) -> Iterator[Block]:
    """Yield what advice says of its own past, in two short paragraphs.

    ``own`` tells that the advice comes from the shipped library, whose record it is.
    """
    whose = "the shipped cases" if own else "the cases of the shipped library, not over yours"
    yield Paragraph(
        f"Over {record.cases} of {whose}, each left out in its turn, the way that was practised"
        f" was worth considering first by this advice in {record.hits:.0%} (95%: {record.low:.0%}"
        f" to {record.high:.0%}); by chance it would have been in {record.chance:.0%}."
    )
    parts = []
    for told in record.tests:
        skill = ""
        if told.low is not None and told.high is not None:
            skill = f" (skill {signed(told.low)} to {signed(told.high)}%)"
        parts.append(f"{told.test}: {told.verdict}{skill}")
    yield Paragraph(
        f"How high it stood foretold whether it would go well — {'; '.join(parts)}. So take the"
        " front as what the considerations support, not as what will succeed. See 'sysgraph"
        f" backtest' (sysgraph {record.version}, {record.digest[:12]})."
    )


def agreement_blocks(agreement: Agreement) -> Iterator[Block]:
    """Yield how far the readings of the stored cases agree, the most disputed facet first."""
    if not agreement.compared:
        yield Paragraph("No stored case has two readings, so that none can be compared.")
        return
    spread = ""
    if agreement.looked < agreement.total:
        spread = (
            f" {agreement.looked:,} of the {agreement.total:,} stored cases were looked at, evenly"
            " spread over their ids."
        )
    yield Paragraph(f"{agreement.compared:,} cases have two readings or more.{spread}")
    yield Paragraph(
        f"In {agreement.parted} of these {agreement.compared} cases the readings have different"
        " types on the front, so that who is asked changes the advice."
    )
    yield Paragraph(
        "Agreement by facet, the most disputed first (Krippendorff's alpha: 1 is full agreement, 0"
        " what chance would give):"
    )
    rows = [
        (one.facet.label, _alpha(one.alpha), str(one.alike), str(one.cases))
        for one in agreement.facets
    ]
    yield Columns("  {:{width}}{}   alike in {} of {} cases", rows)
    yield Paragraph(f"All facets together, each compared with itself: {_alpha(agreement.overall)}.")
    yield Item(
        "A facet counts in the cases in which two readings know it. Most readings of a case came"
        " from one contributor, so that this does not show what independent people would see;"
        " nor does agreement make a reading right.",
        "!",
    )


def coders_blocks(found: CodersAgreement) -> Iterator[Block]:
    """Yield how far the hands agree that coded the same cases, and what these hands are."""
    yield GAP
    if not found.things:
        yield Paragraph("No stored case was coded again by another hand.")
        return
    told = f"{found.cases:,} of the cases were" if found.cases > 1 else "1 of the cases was"
    yield Paragraph(f"{told} coded again by another hand. The hands:")
    yield from (Item(f"{hand_text(hand)}.") for hand in found.hands)
    yield Paragraph(
        "Agreement between these hands (Krippendorff's alpha, and between what it lies by drawing"
        f" cases anew {found.rounds:,} times, 95%):"
    )
    pooled = [found.facets] if found.facets else []
    rows = [
        (one.label, _alpha(one.alpha), _between(one), str(one.alike), str(one.cases))
        for one in (*found.things, *pooled)
    ]
    yield Columns("  {:{width}}{}   {:16}   alike in {} of {}", rows)
    if found.starts:
        yield Paragraph(
            f"In {found.parted} of the {counted(found.starts, 'case')} whose start two hands"
            " coded, they come to different types on the front."
        )
    if any(hand.kind == "language-model" for hand in found.hands):
        yield Item(
            "A language model is one of the hands: this is not agreement between people. Models"
            " of one make count as one hand, and of a contributor it is not told what it is.",
            "!",
        )


def _between(one: CoderAgreement) -> str:
    return "" if one.low is None or one.high is None else f"{one.low:+.2f} to {one.high:+.2f}"


def _alpha(alpha: Fraction | None) -> str:
    return "nothing varies" if alpha is None else number(alpha)


def backtest_blocks(done: Backtest) -> Iterator[Block]:
    """Yield the whole record as a person reads it."""
    yield Heading(f"The record over {counted(done.cases, 'case')}, each left out in its turn", 1)
    yield GAP
    yield from map(Paragraph, _reproduce(done))
    yield from part("Is the type that was practised on the front?", _type_blocks(done))
    outcomes = chain.from_iterable(map(_outcome_blocks, done.outcomes))
    worth = (Paragraph(_verdict(done)), *_judged_blocks(done), Paragraph(_luck(done)))
    yield from part("Does fit foretell how it turns out?", (*outcomes, *worth))
    chances = map(_bins, _met(done.outcomes))
    yield from part("When the standing gave a chance, how often did it come true?", chances)
    yield from part(ASKED_BEFORE, prospective_blocks(done.prospective))
    yield from part(f"By {done.by.value}", _group_blocks(done.groups))
    yield from part("Elsewhere", base_rate_blocks(done))
    yield from part("Read this with care", map(Item, _LIMITS))


def _reproduce(done: Backtest) -> Iterator[str]:
    if done.left_out:
        were = "case was" if done.left_out == 1 else "cases were"
        yield (
            f"{done.left_out} more {were} looked for because of what came of them, so that nothing"
            " can be foretold from them; they are left out."
        )
    if done.only_independent:
        yield "Outcomes count only where others judged than those who led."
    if done.hands:
        yield coded_by(done)
    drawn = "" if done.cases == done.of else f" drawn from {done.of:,}"
    yield (
        f"sysgraph {done.version}; {counted(done.cases, 'case')}{drawn}; seed {done.seed}; cases"
        f" drawn anew and outcomes shuffled {done.rounds:,} times. Rules and cases, SHA-256:"
    )
    yield done.digest


def _type_blocks(done: Backtest) -> Iterator[Block]:
    yield Paragraph(_hits(done.types))
    if done.blind.hidden:
        hidden = ", ".join(done.blind.hidden)
        yield Paragraph(
            f"The types are defined by some of the same facets ({hidden}), which makes it easier."
            f" Without these: {_hits(done.blind)}"
        )
    if done.types.silent:
        yield Paragraph(
            f"In {done.types.silent} readings too little is known for a front; there all types"
            " count as being on it, and chance is as good."
        )
    yield GAP
    base = next(iter(done.types.forecasts.values())).base
    rows = [
        ("forecast of the type from", "Brier", "skill (95%)", ""),
        *_type_rows(done),
        ("base rate of the other cases", f"{base:.3f}", "", ""),
    ]
    yield Columns("  {:{width}}{:>5}   {:27}{}", rows)
    yield GAP
    yield from map(Paragraph, _worth(done))


def _type_rows(done: Backtest) -> Iterator[tuple[str, str, str, str]]:
    for name, skill in type_skills(done):
        yield name, f"{skill.brier:.3f}", skill_text(skill), skill.verdict


def _worth(done: Backtest) -> Iterator[str]:
    yield from filter(None, (honest_sentence(done), gates_text(done)))


def _hits(types: TypeRecord) -> str:
    luck = ""
    if types.at_least is not None:
        luck = f" Of the orders in which types are shuffled, {_rare(types.at_least)} do as well."
    return (
        f"{types.hits:.0%} of the time (95%: {types.low:.0%} to {types.high:.0%}); by chance, with"
        f" fronts of that size, {types.chance:.0%}.{luck}"
    )


def _rare(share: float) -> str:
    """Return a share that may be small.

    >>> _rare(0.000999), _rare(0.25)
    ('0.1%', '25%')
    """
    return f"{share:.1%}" if share < 0.095 else f"{share:.0%}"


def _outcome_blocks(outcome: OutcomeRecord) -> Iterator[Block]:
    left = f"; {outcome.open} more leave it open" if outcome.open else ""
    count, happened = counted(len(outcome.cases), "case"), len(outcome.happened)
    yield Paragraph(f"{outcome.test}: {_EVENTS[outcome.event]} in {happened} of {count}{left}")
    told = _outcome_rows(outcome)
    rows = [(*start, verdict.removesuffix(" than the base rate")) for *start, verdict in told]
    head = ("forecast from", "Brier", "base", "skill (95%)", "shuffles", "beside")
    yield Columns("  {:38}{:>6}  {:5}  {:24}{:>9}  {}", [head, *rows])
    yield GAP


def _outcome_rows(outcome: OutcomeRecord) -> Iterator[tuple[str, ...]]:
    for name, told in outcome.forecasts.items():
        skill = told.skill
        luck = "" if skill.at_least is None else _rare(skill.at_least)
        briers = (f"{skill.brier:.3f}", f"{skill.base:.3f}")
        yield _OUTCOMES[name], *briers, skill_text(skill), luck, skill.verdict


def _verdict(done: Backtest) -> str:
    parts = [
        f"{each.test}: {each.forecasts[_HEADLINE].skill.verdict}" for each in _met(done.outcomes)
    ]
    return f"How high the practised type stood foretells that a test is met — {'; '.join(parts)}."


_JUDGED = ("how high it stood, test met in full", "met", "skill (95%)", "")


def _judged_blocks(done: Backtest) -> Iterator[Block]:
    yield GAP
    yield Columns("  {:{width}}{:>9}   {:24}{}", [_JUDGED, *_judged_rows(done)])
    yield GAP


def _judged_rows(done: Backtest) -> Iterator[tuple[str, ...]]:
    """Yield the two headline skills, over all that is judged and over what others judged."""
    others = "judged by others than who led"
    told = [(others if done.only_independent else "all that is judged", _met(done.outcomes))]
    if not done.only_independent:
        told.append((others, list(done.by_others)))
    for name, outcomes in told:
        for each in outcomes:
            met = f"{len(each.happened)} of {len(each.cases)}"
            skill = each.forecasts[_HEADLINE].skill
            yield f"{each.test}: {name}", met, skill_text(skill), skill.verdict


def _luck(done: Backtest) -> str:
    """Say what the best of all forecasts is worth, given how many were tried."""
    tried = [
        (told.skill.at_least, outcome, name)
        for outcome in done.outcomes
        for name, told in outcome.forecasts.items()
        if told.skill.at_least is not None
    ]
    if not tried:
        return "No shuffles were made."
    share, outcome, name = min(tried, key=lambda each: each[0] or 0)
    among = min(1.0, (share or 0) * done.tries)
    end = "stays rare" if among < 0.05 else "is no proof"
    return (
        f"{done.tries} forecasts are tried in this record{_apart(done)}; {len(tried)} are of what"
        f" came of it, and the luckiest of these is to be distrusted: it is '{_OUTCOMES[name]}' for"
        f" {outcome.test}, {_EVENTS[outcome.event]}. Of the shuffles, {_rare(share or 0)} do as"
        f" well, which among {done.tries} tries {end} (at most"
        f" {_rare(among)})."
    )


def _apart(done: Backtest) -> str:
    """Say how many of the tries are neither of the type nor of all outcomes."""
    counts = (
        (len(done.by_others), "only over what others judged"),
        (len(done.elsewhere.tests), "elsewhere, on the tables of others"),
    )
    told = [f"{count} of them {where}" for count, where in counts if count]
    return f" ({', '.join(told)})" if told else ""


def _bins(outcome: OutcomeRecord) -> Columns:
    rows = [
        (f"from {one.start:.0%}", f"{one.cases:g}", f"{one.forecast:.0%}", f"{one.happened:.0%}")
        for one in outcome.forecasts[_HEADLINE].bins
    ]
    head = (f"{outcome.test}, met in full", "cases", "forecast", "came true")
    return Columns("  {:24}{:>7}{:>10}{:>11}", [head, *rows])


def _group_blocks(groups: Sequence[GroupRecovery]) -> Iterator[Block]:
    tests = [outcome.test for outcome in _met(groups[0].outcomes)] if groups else []
    skills = (each for test in tests for each in (f"{test} met", "skill (95%)"))
    rows = [("", "cases", "on the front (chance)", *skills)]
    for group in groups:
        cells = (
            cell
            for each in _met(group.outcomes)
            for cell in (f"{len(each.happened)} of {len(each.cases)}", _group_skill(each))
        )
        front = f"{group.hits:.0%} ({group.chance:.0%})"
        rows.append((group.name, str(group.cases), front, *cells))
    yield Columns("  {:{width}}{:>5}  {:23}" + "{:>12}   {:24}" * len(tests), rows)
    yield GAP
    yield Paragraph("The skill is that of how high the practised type stood on the test.", 1)


def _met(outcomes: Sequence[OutcomeRecord]) -> list[OutcomeRecord]:
    return [outcome for outcome in outcomes if outcome.event == "met"]


def _group_skill(outcome: OutcomeRecord) -> str:
    skill = outcome.forecasts[_HEADLINE].skill
    return "too few to tell" if skill.cases < LEAST else skill_text(skill)


def backtest_markdown(done: Backtest) -> str:
    """Return the record as Markdown for pasting: its tables, and what they come to."""
    types = ("forecast of the type practised", "Brier", "skill (95%)", "")
    outcomes = (
        "test",
        "forecast from",
        "Brier",
        "base rate",
        "skill (95%)",
        "shuffles as good",
        "",
    )
    rows = [
        (f"{one.test}: {_EVENTS[one.event]} ({len(one.happened)} of {len(one.cases)})", *row)
        for one in done.outcomes
        for row in _outcome_rows(one)
    ]
    groups = [(g.name, str(g.cases), f"{g.hits:.0%}", f"{g.chance:.0%}") for g in done.groups]
    lines = [
        *table_markdown(types, _type_rows(done)),
        *("", _hits(done.types), *_worth(done)),
        *prospective_lines(done.prospective),
        *table_markdown(outcomes, rows),
        *("", _verdict(done), _luck(done), ""),
        *table_markdown(_JUDGED, _judged_rows(done)),
        "",
        *table_markdown((done.by.value, "cases", "front", "chance"), groups),
        *_elsewhere_lines(done),
        *("", " ".join(_reproduce(done))),
    ]
    return "\n".join(lines) + "\n"


def _elsewhere_lines(done: Backtest) -> Iterator[str]:
    if done.elsewhere.tests:
        yield from ("", *table_markdown(BASE_RATES, base_rate_rows(done)))
        yield from ("", " ".join(base_rate_words(done)))
