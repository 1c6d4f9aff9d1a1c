"""The parts of advice that come from the standings: the table, and each type at length."""

from __future__ import annotations

from collections.abc import Iterator

from sysgraph.advice.compose import Advice, Reason, TypeAdvice
from sysgraph.advice.standing import Standing
from sysgraph.advice.watch import WatchedRisk
from sysgraph.render.words import (
    GROUNDS,
    bullet,
    clean,
    credit,
    escape,
    number,
    paragraph,
    sentence,
)

__all__ = [
    "describe_reason",
    "standing_text",
    "table_lines",
    "table_markdown",
    "type_lines",
]


def standing_text(standing: Standing) -> str:
    """Return a standing, with its interval where the unknown could move it.

    >>> from fractions import Fraction
    >>> standing_text(Standing(Fraction(0), Fraction(1, 2), Fraction(1, 2), Fraction(3, 5)))
    '+0.50 (0.00 to +0.50)'
    """
    if standing.value is None:
        return "too little is known"
    if standing.low == standing.high:
        return number(standing.value)
    return f"{number(standing.value)} ({number(standing.low)} to {number(standing.high)})"


def table_lines(advice: Advice) -> Iterator[str]:
    """Yield every type with its standing on both tests, in columns, and how to read them."""
    tests = list(next(iter(advice.types.values())).standings)
    names = {kind: f"{e.type.number} {e.type.label}" for kind, e in advice.types.items()}
    width = max(len(name) for name in names.values()) + 2
    yield "  " + "type".ljust(width) + "".join(test.ljust(25) for test in tests).rstrip()
    for kind, entry in advice.types.items():
        mark = "* " if kind in advice.front else "  "
        cells = "".join(standing_text(entry.standings[test]).ljust(25) for test in tests)
        warned = "caution" if entry.cautions else ""
        yield f"{mark}{names[kind].ljust(width)}{cells}{warned}".rstrip()
    yield ""
    shares = next(iter(advice.types.values())).standings
    known = " and ".join(f"{float(s.known_share):.0%} of '{test}'" for test, s in shares.items())
    yield paragraph(
        "From -1, all that is known speaks against it, to +1, all speaks for it. In brackets: what"
        f" answers still unknown could make of it. Known, by strength: {known}. The two tests are"
        " never added up. * marks the front: no other type does at least as well on both tests and"
        " better on one."
    )


def table_markdown(advice: Advice) -> list[str]:
    """Return the table of the types for Markdown."""
    tests = list(next(iter(advice.types.values())).standings)
    lines = [f"| type | {' | '.join(tests)} | |", f"|---|{'---|' * len(tests)}---|"]
    for kind, entry in advice.types.items():
        name = f"{entry.type.number} {escape(entry.type.label)}"
        cells = " | ".join(standing_text(entry.standings[test]) for test in tests)
        marks = [
            m for m, on in (("first", kind in advice.front), ("caution", entry.cautions)) if on
        ]
        lines.append(f"| {name} | {cells} | {', '.join(marks)} |")
    return lines


def type_lines(entry: TypeAdvice) -> Iterator[str]:
    """Yield what is said for, against and of the risks of a type, all of it."""
    yield paragraph(sentence(entry.type.definition) + ".")
    for heading, reasons in (("For it", entry.supports), ("Against it", entry.undermines)):
        if reasons:
            yield heading
            yield from (bullet(describe_reason(reason)) for reason in reasons)
    if entry.cautions:
        yield "Caution"
        for caution in entry.cautions:
            yield bullet(f"{caution.message} ({GROUNDS[caution.ground]})", "!")
    yield "Risks to watch, those that this situation makes greater first"
    yield from (bullet(_describe_risk(watched)) for watched in entry.risks)


def describe_reason(reason: Reason) -> str:
    """Return a reason in words: what was seen, on which test it bears, why, and who says so."""
    consideration = reason.consideration
    value = reason.facet.values[reason.value]
    return (
        f"{sentence(reason.facet.label)}: {clean(value.label)} ({reason.facet.test},"
        f" strength {reason.strength}). {consideration.why}"
        f" [{credit(consideration.ground, consideration.sources)}]"
    )


def _describe_risk(watched: WatchedRisk) -> str:
    risk = watched.risk
    greater = ""
    if watched.heightened_by:
        greater = f" Greater here: {', '.join(watched.heightened_by)}."
    tests = " and ".join(sorted(risk.endangers))
    return (
        f"{sentence(risk.label)} (endangers {tests}). Watch for: {risk.warning_sign}"
        f" What helps: {risk.mitigation}{greater} [{credit(risk.ground, risk.sources)}]"
    )
