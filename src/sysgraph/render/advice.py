"""Advice as text for a person, and as Markdown for pasting."""

from __future__ import annotations

from collections.abc import Iterator

from sysgraph.advice.compose import Advice, Evidence, Reason, TypeAdvice, WatchedRisk
from sysgraph.advice.standing import Standing
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

__all__ = ["advice_markdown", "advice_text", "describe_reason", "standing_text"]

_SHOWN_CASES = 4
_SHOWN_RISKS = 5


def advice_text(advice: Advice, *, full: bool = False) -> str:
    """Return advice as a person reads it; with ``full``, every type in every detail."""
    title = sentence(advice.situation.title or "Your situation")
    parts = [title, "=" * len(title), ""]
    parts += [_headline(advice), "", *_table(advice), ""]
    for kind, entry in advice.types.items():
        if full or kind in advice.front:
            parts += [*_type_lines(entry, advice, full=full), ""]
    parts += _other_cautions(advice) if not full else []
    parts += _unknown(advice)
    parts += ["Read this with care", *(bullet(said) for said in advice.disclosures)]
    return "\n".join(parts) + "\n"


def _headline(advice: Advice) -> str:
    names = [f"{entry.type.number} {entry.type.label}" for entry in _front(advice)]
    if not names:
        return paragraph("Too little is known on both tests to say which type fits.")
    drawn = " on the one test that enough is known of" if advice.abstains else ""
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    rest = "No other type does at least as well on both tests and better on one."
    if advice.abstains:
        rest = f"Too little is known about the test '{advice.abstains[0]}' to rank anything on it."
    return paragraph(f"Worth considering first{drawn}: {listed}. {rest}")


def _front(advice: Advice) -> list[TypeAdvice]:
    return [advice.types[kind] for kind in advice.front]


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


def _table(advice: Advice) -> Iterator[str]:
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
        " never added up. * marks what is worth considering first."
    )


def _type_lines(entry: TypeAdvice, advice: Advice, *, full: bool) -> Iterator[str]:
    title = f"{entry.type.number} {sentence(entry.type.label)}"
    yield title
    yield "-" * len(title)
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
    shown = entry.risks if full else entry.risks[:_SHOWN_RISKS]
    yield from (bullet(_describe_risk(watched)) for watched in shown)
    if len(shown) < len(entry.risks):
        yield bullet(f"and {len(entry.risks) - len(shown)} more: see --all", "+")
    yield "Cases led this way, the most similar first"
    yield from _case_lines(entry, full=full)


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


def _case_lines(entry: TypeAdvice, *, full: bool) -> Iterator[str]:
    if not entry.cases:
        yield bullet("no case is recorded")
        return
    shown = list(entry.cases if full else entry.cases[:_SHOWN_CASES])
    if not any(evidence.failed for evidence in shown) and entry.nearest_failure:
        # A reader must not leave with successes only.
        shown.append(entry.nearest_failure)
    for evidence in shown:
        yield bullet(_describe_case(evidence), "x" if evidence.failed else "·")
    yield paragraph(
        f"{entry.case_count} cases in all; {entry.failure_count} of them (x) not well led,"
        " contested or not working.",
        2,
    )


def _describe_case(entry: Evidence) -> str:
    case = entry.case
    checked = "" if case.checked else "; citations unchecked"
    return (
        f"{case.title} [{case.id}]: led {case.led}, working {case.working};"
        f" shares {entry.shared} of the {entry.compared} facets known of both{checked}"
    )


def _other_cautions(advice: Advice) -> list[str]:
    lines = [
        bullet(f"{entry.type.number} {entry.type.label}: {caution.message}", "!")
        for kind, entry in advice.types.items()
        if kind not in advice.front
        for caution in entry.cautions
    ]
    return ["Cautions on the other types", *lines, ""] if lines else []


def _unknown(advice: Advice) -> list[str]:
    if not advice.unknown:
        return []
    lines = [
        bullet(f"{sentence(facet.label)} ({facet.id}; {facet.test}, strength {facet.strength})")
        for facet in advice.unknown
    ]
    return ["Not known", *lines, ""]


def advice_markdown(advice: Advice) -> str:
    """Return advice as Markdown for pasting: the table, and the reasons for the front."""
    tests = list(next(iter(advice.types.values())).standings)
    lines = [f"## {escape(sentence(advice.situation.title or 'Your situation'))}", ""]
    lines += [escape(_headline(advice).replace("\n", " ")), ""]
    lines += [f"| type | {' | '.join(tests)} | |", f"|---|{'---|' * len(tests)}---|"]
    for kind, entry in advice.types.items():
        name = f"{entry.type.number} {escape(entry.type.label)}"
        cells = " | ".join(standing_text(entry.standings[test]) for test in tests)
        marks = [
            m for m, on in (("first", kind in advice.front), ("caution", entry.cautions)) if on
        ]
        lines.append(f"| {name} | {cells} | {', '.join(marks)} |")
    for entry in _front(advice):
        lines += ["", f"### {entry.type.number} {escape(sentence(entry.type.label))}"]
        for heading, texts in _markdown_parts(entry):
            if texts:
                lines += ["", f"**{heading}**", "", *(f"- {escape(text)}" for text in texts)]
    if advice.unknown:
        names = ", ".join(escape(facet.label) for facet in advice.unknown)
        lines += ["", f"**Not known:** {names}."]
    lines += ["", *(f"> {escape(said)}\n>" for said in advice.disclosures)]
    return "\n".join(lines).rstrip("\n>") + "\n"


def _markdown_parts(entry: TypeAdvice) -> list[tuple[str, list[str]]]:
    return [
        ("For it", [describe_reason(reason) for reason in entry.supports]),
        ("Against it", [describe_reason(reason) for reason in entry.undermines]),
        ("Caution", [caution.message for caution in entry.cautions]),
        ("Risks to watch", [_describe_risk(watched) for watched in entry.risks[:_SHOWN_RISKS]]),
        ("Cases led this way", [_describe_case(case) for case in entry.cases[:_SHOWN_CASES]]),
    ]
