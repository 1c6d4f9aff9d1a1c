"""The public record as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sysgraph.advice.evidence import LEAST
from sysgraph.errors import clean
from sysgraph.pages.objects import signed
from sysgraph.pages.words import bullet, escape, paragraph

if TYPE_CHECKING:
    from sysgraph.record.outcomes import OutcomeRecord, Skill
    from sysgraph.record.run import Backtest, Group, TypeRecord

__all__ = ["backtest_lines", "backtest_markdown"]

_TYPES = {
    "front": "the front, each type on it alike",
    "graded": "the front, the next front, and so on",
    "frequent": "the most frequent type",
    "uniform": "all types alike",
}
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


def backtest_lines(done: Backtest) -> Iterator[str]:
    """Yield the whole record as a person reads it."""
    title = f"The record over {_cases(done.cases)}, each left out in its turn"
    yield from (title, "=" * len(title), "")
    yield from _reproduce(done)
    yield ""
    yield from _section("Is the type that was practised on the front?")
    yield from _type_lines(done)
    yield ""
    yield from _section("Does fit foretell how it turns out?")
    for outcome in done.outcomes:
        yield from _outcome_lines(outcome)
        yield ""
    yield paragraph(_verdict(done))
    yield paragraph(_luck(done))
    yield ""
    yield from _section("When the standing gave a chance, how often did it come true?")
    yield from _bin_lines(done)
    yield ""
    yield from _section(f"By {done.by.value}")
    yield from _group_lines(done.groups)
    yield ""
    yield from _section("Read this with care")
    yield from (bullet(said) for said in _LIMITS)


def _section(title: str) -> tuple[str, str]:
    return title, "-" * len(title)


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"


def _reproduce(done: Backtest) -> Iterator[str]:
    drawn = "" if done.cases == done.of else f" drawn from {done.of:,}"
    yield paragraph(
        f"sysgraph {done.version}; {_cases(done.cases)}{drawn}; seed {done.seed}; cases drawn anew"
        f" and outcomes shuffled {done.rounds:,} times. Rules and cases, SHA-256:"
    )
    yield done.digest


def _type_lines(done: Backtest) -> Iterator[str]:
    yield paragraph(_hits(done.types))
    if done.blind.hidden:
        hidden = ", ".join(done.blind.hidden)
        yield paragraph(
            f"The types are defined by some of the same facets ({hidden}), which makes it easier."
            f" Without these: {_hits(done.blind)}"
        )
    if done.types.silent:
        yield paragraph(
            f"In {done.types.silent} readings too little is known for a front; there all types"
            " count as being on it, and chance is as good."
        )
    yield ""
    yield f"  {'forecast of the type from':41}{'Brier':>6}   skill (95%)"
    for name, skill in done.types.forecasts.items():
        yield f"  {_TYPES[name]:41}{skill.brier:6.3f}   {_told(skill)}"
    base = next(iter(done.types.forecasts.values())).base
    yield f"  {'base rate of the other cases':41}{base:6.3f}"


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


def skill_text(skill: Skill) -> str:
    """Return a skill with its interval, in percent: 100 is perfect, 0 as good as the base rate."""
    if skill.skill is None or skill.low is None or skill.high is None:
        return "cannot be told"
    return f"{signed(skill.skill)}% ({signed(skill.low)} to {signed(skill.high)})"


def _told(skill: Skill) -> str:
    return f"{skill_text(skill):27}{skill.verdict}"


def _outcome_lines(outcome: OutcomeRecord) -> Iterator[str]:
    left = f"; {outcome.open} more leave it open" if outcome.open else ""
    count, happened = len(outcome.cases), len(outcome.happened)
    yield f"{outcome.test}: {_EVENTS[outcome.event]} in {happened} of {_cases(count)}{left}"
    yield f"  {'forecast from':38}{'Brier':>6}  base   {'skill (95%)':24}{'shuffles':>9}  beside"
    for name, told in outcome.forecasts.items():
        skill = told.skill
        luck = "" if skill.at_least is None else _rare(skill.at_least)
        yield (
            f"  {_OUTCOMES[name]:38}{skill.brier:6.3f}  {skill.base:.3f}  {skill_text(skill):24}"
            f"{luck:>9}  {_short(skill)}"
        ).rstrip()


def _short(skill: Skill) -> str:
    return skill.verdict.removesuffix(" than the base rate")


def _verdict(done: Backtest) -> str:
    parts = [
        f"{outcome.test}: {outcome.forecasts[_HEADLINE].skill.verdict}"
        for outcome in done.outcomes
        if outcome.event == "met"
    ]
    return f"How high the practised type stood foretells that a test is met — {'; '.join(parts)}."


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
    among = min(1.0, (share or 0) * len(tried))
    end = "stays rare" if among < 0.05 else "is no proof"
    return (
        f"{len(tried)} forecasts are tried, and the luckiest of them is to be distrusted: it is"
        f" '{_OUTCOMES[name]}' for {outcome.test}, {_EVENTS[outcome.event]}. Of the shuffles,"
        f" {_rare(share or 0)} do as well, which among {len(tried)} tries {end} (at most"
        f" {_rare(among)})."
    )


def _bin_lines(done: Backtest) -> Iterator[str]:
    for outcome in done.outcomes:
        if outcome.event == "met":
            title = f"{outcome.test}, met in full"
            yield f"  {title:24}{'cases':>7}{'forecast':>10}{'came true':>11}"
            for each in outcome.forecasts[_HEADLINE].bins:
                span = f"from {each.start:.0%}"
                yield f"  {span:24}{each.cases:7g}{each.forecast:10.0%}{each.happened:11.0%}"


def _group_lines(groups: Sequence[Group]) -> Iterator[str]:
    width = max((len(group.name) for group in groups), default=0) + 2
    first = groups[0].outcomes if groups else ()
    tests = "".join(
        f"{outcome.test + ' met':>12}   skill (95%)             " for outcome in _met(first)
    )
    yield f"  {''.ljust(width)}{'cases':>5}  {'on the front (chance)':23}{tests}".rstrip()
    for group in groups:
        front = f"{group.hits:.0%} ({group.chance:.0%})"
        cells = "".join(
            f"{f'{len(each.happened)} of {len(each.cases)}':>12}   {_group_skill(each):24}"
            for each in _met(group.outcomes)
        )
        yield f"  {clean(group.name).ljust(width)}{group.cases:5}  {front:23}{cells}".rstrip()
    yield ""
    yield paragraph("The skill is that of how high the practised type stood on the test.", 2)


def _met(outcomes: Sequence[OutcomeRecord]) -> list[OutcomeRecord]:
    return [outcome for outcome in outcomes if outcome.event == "met"]


def _group_skill(outcome: OutcomeRecord) -> str:
    skill = outcome.forecasts[_HEADLINE].skill
    return "too few to tell" if skill.cases < LEAST else skill_text(skill)


def backtest_markdown(done: Backtest) -> str:
    """Return the record as Markdown for pasting: two tables, and what they come to."""
    lines = ["| forecast of the type practised | Brier | skill (95%) | |", "|---|---|---|---|"]
    for name, skill in done.types.forecasts.items():
        cells = (_TYPES[name], f"{skill.brier:.3f}", skill_text(skill), skill.verdict)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", _hits(done.types), ""]
    lines += ["| test | forecast from | Brier | base rate | skill (95%) | shuffles as good | |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for outcome in done.outcomes:
        what = f"{outcome.test}: {_EVENTS[outcome.event]} ({len(outcome.happened)} of"
        for name, told in outcome.forecasts.items():
            skill = told.skill
            luck = "" if skill.at_least is None else _rare(skill.at_least)
            briers = (f"{skill.brier:.3f}", f"{skill.base:.3f}")
            ends = (skill_text(skill), luck, skill.verdict)
            row = (f"{what} {len(outcome.cases)})", _OUTCOMES[name], *briers, *ends)
            lines.append(f"| {' | '.join(row)} |")
    lines += ["", _verdict(done), _luck(done), "", f"| {done.by.value} | cases | front | chance |"]
    lines += ["|---|---|---|---|"]
    for group in done.groups:
        share = f"{group.hits:.0%} | {group.chance:.0%}"
        lines.append(f"| {escape(group.name)} | {group.cases} | {share} |")
    lines += ["", " ".join(_reproduce(done)).replace("\n", " ")]
    return "\n".join(lines) + "\n"
