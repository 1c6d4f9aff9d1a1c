"""What the record would leave out if it flattered: what does as well, what it hangs on, and who."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sysgraph.advice.cases import BETTER, UNTOLD
from sysgraph.pages.words import counted

if TYPE_CHECKING:
    from sysgraph.record.coders import Hand
    from sysgraph.record.outcomes import Skill
    from sysgraph.record.run import Backtest, TypeRecord

__all__ = [
    "coded_by",
    "gates_text",
    "hand_text",
    "honest_sentence",
    "signed",
    "skill_text",
    "type_skills",
]

_NAMED = 4
"""How many of the best questions are named; of the others the best and the worst are."""

_NAMES = {
    "front": "the front, each type on it alike",
    "graded": "the front, the next front, and so on",
    "frequent": "the most frequent type",
    "uniform": "all types alike",
}
_BLIND = {
    "front": "the front without the defining facets",
    "graded": "the same with the next front, and so on",
}


def signed(share: float) -> str:
    """Return a share in percent with one digit more, and its sign unless it rounds to 0.

    >>> signed(0.114), signed(-0.004), signed(-0.0001)
    ('+11.4', '-0.4', '0.0')
    """
    rounded = round(100 * share, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def skill_text(skill: Skill) -> str:
    """Return a skill with its interval, in percent: 100 is perfect, 0 as good as the base rate."""
    if skill.skill is None or skill.low is None or skill.high is None:
        return "cannot be told"
    return f"{signed(skill.skill)}% ({signed(skill.low)} to {signed(skill.high)})"


def type_skills(done: Backtest) -> Iterator[tuple[str, Skill]]:
    """Yield every forecast of the practised type under its name, the best question first."""
    named, others = done.alone[:_NAMED], done.alone[_NAMED:]
    single = [(f"one question alone: {one.facet}", one.skill) for one in named]
    told = [(name, done.types.forecasts[key]) for key, name in _NAMES.items()]
    yield from (*single[:1], *told[:2], *single[1:])
    if others:
        yield f"the best of {len(others)} others: {others[0].facet}", others[0].skill
        yield f"the worst of {len(others)} others: {others[-1].facet}", others[-1].skill
    if done.blind.hidden:
        yield from ((name, done.blind.forecasts[key]) for key, name in _BLIND.items())
    yield from told[2:]


def honest_sentence(done: Backtest) -> str:
    """Say in one sentence what the front is worth beside one question, and without its facets."""
    parts = [_one_question(done)] if done.alone else []
    if done.blind.hidden:
        parts.append(_without(done.blind))
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if parts else ""


def _one_question(done: Backtest) -> str:
    best = done.alone[0]
    gap, label = best.over_front, best.label
    if best.skill.verdict == UNTOLD:
        return "whether one question tells the practised type better than all cannot be told"
    briers = f"Brier {gap.brier:.3f}, the front {gap.base:.3f}"
    which = f"the best of {len(done.alone)}, picked after looking; {briers}"
    if gap.low is not None and gap.high is not None and gap.low <= 0 <= gap.high:
        which += ", which cases drawn anew may turn round"
    if round(gap.brier - gap.base, 3) > 0:
        return (
            "no question alone tells the practised type as well as the front from all together:"
            f" the nearest is {label} ({which})"
        )
    better = "better than" if round(gap.base - gap.brier, 3) > 0 else "as well as"
    return (
        f"one question, {label}, tells the practised type {better} the front from all together"
        f" ({which})"
    )


def _without(blind: TypeRecord) -> str:
    """Return what the front is worth without the facets that define the types."""
    skill = blind.forecasts["front"]
    if skill.verdict == UNTOLD or skill.skill is None:
        return "of the front without the defining facets too few cases tell anything"
    is_held = blind.low > blind.chance
    more = "more" if is_held else "less" if blind.high < blind.chance else "no more"
    # Good and bad news are set against each other, news of one kind side by side.
    apart = "though it still" if is_held else "though it"
    joined = "and it" if is_held == (skill.verdict == BETTER) else apart
    return (
        f"without the defining facets the front is {skill.verdict} as a forecast (skill"
        f" {signed(skill.skill)}%), {joined} holds the practised type {more} often than chance"
        f" ({blind.hits:.0%} beside {blind.chance:.0%})"
    )


def gates_text(done: Backtest) -> str:
    """Say what gates did to the record."""
    gated = done.gated
    if gated is None:
        return "No gate closes a type here."
    free, share = gated.without, gated.closed / gated.readings if gated.readings else 0
    return (
        f"In {gated.closed} of {counted(gated.readings, 'reading')} ({share:.1%}) the practised"
        " type was ahead by the sums and a gate closed it. So it is on the front"
        f" {done.types.hits:.0%} of the time (by chance {done.types.chance:.0%}), and without"
        f" gates would be {free.hits:.0%} (95%: {free.low:.0%} to {free.high:.0%}; by chance"
        f" {free.chance:.0%})."
    )


def coded_by(done: Backtest) -> str:
    """Say who coded the cases, and who coded them again."""
    again = ""
    if done.again:
        again = f" Coded again, in whole or in part, and not counted here: {_hands(done.again)}."
    return (
        "Start, type and outcome of a case were coded by whoever contributed it, who knew how it"
        f" had ended: {_hands(done.hands)}.{again}"
    )


def _hands(hands: Iterable[Hand]) -> str:
    return "; ".join(map(hand_text, hands))


def hand_text(hand: Hand) -> str:
    """Return what is told of a hand, and how much it coded."""
    kind = hand.kind.replace("-", " ") if hand.kind not in ("", "not-told") else ""
    kind = kind or "it is not told what it is"
    make = f", {hand.make}" if hand.make else ""
    blind = f", {hand.blind} of them without sight of another coding" if hand.blind else ""
    return f"{' and '.join(hand.names)} ({kind}{make}): {counted(hand.cases, 'case')}{blind}"
