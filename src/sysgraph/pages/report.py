"""The parts of advice that come from the standings: the table, and each type at length.

The practitioner's page: half a page of plain words.
Advice put together: for a terminal, for pasting, and as a page for a browser.
The researcher's page: everything, part by part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sysgraph.advice.board import Advice, Reason, Standing, TypeAdvice, WatchedRisk
from sysgraph.advice.cases import Told
from sysgraph.advice.certainty import Certainty, count_open
from sysgraph.advice.changes import Change
from sysgraph.advice.evidence import TypeEvidence
from sysgraph.advice.examine import Examination
from sysgraph.errors import clean
from sysgraph.pages.evidence import (
    dissent_lines,
    evidence_lines,
    standpoints_lines,
    tally_sentence,
    why_not_counted,
)
from sysgraph.pages.objects import record_lines
from sysgraph.pages.search import (
    certainty_lines,
    change_text,
    changes_lines,
    clause,
    combinations_lines,
    ground_lines,
    name_types,
    plans_lines,
    question_lines,
    robust_lines,
    why_lines,
)
from sysgraph.pages.words import (
    GROUNDS,
    bullet,
    credit,
    escape,
    listing,
    number,
    paragraph,
    sentence,
)

if TYPE_CHECKING:
    from sysgraph.advice.contest import Contest
    from sysgraph.pages.web import Section

__all__ = [
    "describe_reason",
    "headline",
    "pages_written",
    "report_markdown",
    "report_page",
    "report_text",
    "standing_text",
    "table_lines",
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


Group = tuple["Contest | None", Sequence[Examination]]
"""Readings of one situation, and where they differ if there are several."""


def report_text(groups: Iterable[Group], *, full: bool = False, own: bool = True) -> str:
    """Return advice for a terminal: the practitioner's page, or with ``full`` the researcher's."""
    pages = []
    for contest, listed in groups:
        if contest is not None:
            pages.append(_text(_name(listed[0]), [_contested(contest, listed[0])]))
        pages += [_text(_title(each), _parts(each, full=full, own=own)) for each in listed]
    more = "" if full else "\nEverything behind this, with all sources: --all.\n"
    return "\n\n".join(pages) + more


def _parts(examination: Examination, *, full: bool, own: bool) -> list[Part]:
    if not full:
        return list(brief_parts(examination))

    return [("", [headline(examination)]), *detail_parts(examination, own=own)]


def _text(title: str, parts: Iterable[Part]) -> str:
    lines = [title, "=" * len(title)]
    for heading, said in parts:
        lines += [""] + ([heading, "-" * len(heading)] if heading else []) + said
    return "\n".join(lines) + "\n"


def _name(examination: Examination) -> str:
    title = clean(examination.situation.title).partition(", as seen by: ")[0]
    return sentence(title or "Your situation")


def _title(examination: Examination) -> str:
    situation = examination.situation
    title = sentence(situation.title or "Your situation")
    if situation.standpoint and situation.standpoint not in title:
        return f"{title}, as seen by: {clean(situation.standpoint)}"
    return title


def _contested(contest: Contest, examination: Examination) -> Part:
    from sysgraph.pages.evidence import contested_lines

    return "Where the readings differ", list(contested_lines(contest, examination.frame))


def report_markdown(groups: Iterable[Group], *, full: bool = False, own: bool = True) -> str:
    """Return advice as Markdown for pasting, with links to what the words mean."""
    pages = []
    for contest, listed in groups:
        if contest is not None:
            pages.append(_markdown(_name(listed[0]), [_contested(contest, listed[0])]))
        pages += [_markdown_page(each, full=full, own=own) for each in listed]
    return "\n".join(pages)


def _markdown_page(examination: Examination, *, full: bool, own: bool) -> str:

    first, *rest = _parts(examination, full=full, own=own)
    page = _markdown(_title(examination), [first])
    page += "\n" + "\n".join(table_markdown(examination.advice)) + "\n"
    # The table has been given, and its columns would not survive.
    page += _markdown("", [part for part in rest if part[0] != "The two tests"])
    return page + "\n" + "\n".join(_definitions(examination)) + "\n"


def _markdown(title: str, parts: Iterable[Part]) -> str:
    from sysgraph.pages.markup import lines_markdown

    lines = [f"## {escape(title)}"] if title else []
    for heading, said in parts:
        lines += ["", f"### {escape(heading)}"] if heading else []
        lines += ["", *lines_markdown(said)]
    return "\n".join(lines) + "\n"


def _definitions(examination: Examination) -> Iterator[str]:
    from sysgraph.terms import NAMESPACE

    yield "**What the words mean**"
    yield ""
    for kind, entry in examination.frame.types.items():
        address = f"{NAMESPACE}type/{kind}"
        yield f"- [{entry.number} {escape(entry.label)}]({address}): {escape(entry.definition)}"
    for test in examination.frame.tests:
        yield f"- [{escape(test)}]({NAMESPACE}test/{test}): one of the two tests, never added up"


def report_page(groups: Sequence[Group], *, own: bool = True) -> str:
    """Return advice as a web page: the practitioner's page first, the researcher's to unfold."""
    from sysgraph.pages.web import report_html

    titles = [_name(listed[0]) for _, listed in groups]
    return report_html(
        titles[0] if len(titles) == 1 else "Advice",
        [
            section
            for group in groups
            for section in _sections(group, own=own, alone=len(titles) == 1)
        ],
    )


def _sections(group: Group, *, own: bool, alone: bool) -> Iterator[Section]:
    from sysgraph.pages.web import Section, figure

    contest, listed = group
    if contest is not None:
        heading, lines = _contested(contest, listed[0])
        yield Section(heading, [lines])
    for examination in listed:
        (_, first), *rest = brief_parts(examination)
        told = [line for heading, said in rest for line in (heading, "-" * len(heading), *said)]
        heading = _title(examination) if contest is not None or not alone else "In short"
        yield Section(heading, [first, figure(examination.advice), told])
        detail = [
            line
            for heading, said in detail_parts(examination, own=own)
            for line in (heading, "-" * len(heading), *said)
        ]
        yield Section("Everything behind this", [detail, _glossary(examination)], is_folded=True)


def _glossary(examination: Examination) -> list[str]:
    """Return what the facets and their values mean."""
    heading = "What the questions mean"
    lines = [heading, "-" * len(heading)]
    for facet in examination.frame.facets.values():
        lines.append(f"{sentence(facet.label)}: {clean(facet.definition)}.")
        lines += [
            f"  · {sentence(value.label)}: {clean(value.definition)}"
            for value in facet.values.values()
        ]
    return lines


def pages_written(pages: Sequence[tuple[str, Sequence[str]]], form: str) -> str:
    """Return titled lines as text, or in the form named "markdown" or "html"."""
    if form == "markdown":
        return "\n".join(_markdown(title, [("", list(lines))]) for title, lines in pages)
    if form == "html":
        from sysgraph.pages.web import Section, report_html

        sections = [Section(title or "Your situation", [lines]) for title, lines in pages]
        return report_html(pages[0][0] or "sysgraph", sections)
    texts = [
        "\n".join([*([sentence(title), ""] if title else []), *lines]) for title, lines in pages
    ]
    return "\n\n".join(texts) + "\n"


def detail_parts(examination: Examination, *, own: bool = True) -> Iterator[Part]:
    """Yield the parts of the researcher's page.

    ``own`` tells that the advice comes from the shipped library, whose record it carries.
    """
    advice, frame = examination.advice, examination.frame
    yield "The two tests", list(table_lines(advice))
    for entry in advice.types.values():
        name = f"{entry.type.number} {sentence(entry.type.label)}"
        yield name, [*type_lines(entry), *_detail_cases(examination, entry.type.id)]
    yield "What is not known", list(_unknown(examination))
    yield "Why not the others", list(why_lines(examination.why_not, frame))
    yield "What would change the answer", list(changes_lines(examination.changes, frame))
    yield "What the answer rests on", list(robust_lines(examination.robustness, frame))
    pairs = list(combinations_lines(examination.combinations, frame))
    if pairs:
        yield "Together", pairs
    yield "One after another", list(plans_lines(list(examination.plans.values()), frame))
    yield "Who objects, and who has not spoken", list(_voices(examination))
    yield "Read this with care", list(_care(examination, own=own))


def _detail_cases(examination: Examination, kind: str) -> Iterator[str]:
    yield "Cases led this way"
    yield from evidence_lines(examination.evidence[kind])


def _unknown(examination: Examination) -> Iterator[str]:
    unknown = examination.advice.unknown
    yield from certainty_lines(examination.certainty, len(unknown), examination.frame)
    yield from question_lines(examination.question, examination.frame)
    if unknown:
        yield "Not known"
    for facet in unknown:
        yield bullet(
            f"{sentence(facet.label)} ({facet.id}; {facet.test}, strength {facet.strength})"
        )


def _voices(examination: Examination) -> Iterator[str]:
    yield from dissent_lines(examination.claims, examination.examiner.dissent)
    yield from standpoints_lines(examination.standpoints)


def _care(examination: Examination, *, own: bool) -> Iterator[str]:
    if examination.frame.record is not None:
        yield from record_lines(examination.frame.record, own=own)
    yield from (bullet(said) for said in examination.advice.disclosures)
