"""Advice as a page: the practitioner's, half a page of plain words, and the researcher's, all."""

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
from sysgraph.pages.blocks import (
    GAP,
    Block,
    Columns,
    Heading,
    Item,
    Paragraph,
    Section,
    markdown_lines,
    part,
    table_markdown,
    text_lines,
    text_of,
)
from sysgraph.pages.evidence import (
    dissent_blocks,
    evidence_blocks,
    standpoints_blocks,
    tally_sentence,
    why_not_counted,
)
from sysgraph.pages.record import record_blocks
from sysgraph.pages.search import (
    certainty_blocks,
    change_text,
    changes_blocks,
    ground_texts,
    question_blocks,
    robust_blocks,
    why_blocks,
)
from sysgraph.pages.words import (
    also,
    clause,
    credit,
    escape,
    ground_name,
    grouped,
    label_of,
    listing,
    number,
    reach,
    sentence,
    tests_of,
    type_name,
    type_names,
    type_title,
)
from sysgraph.terms import NAMESPACE

if TYPE_CHECKING:
    from sysgraph.advice.contest import Contest

    # Readings of one situation, and where they differ if there are several.
    Readings = tuple[Contest | None, Sequence[Examination]]

__all__ = [
    "describe_reason",
    "headline",
    "pages_written",
    "report_markdown",
    "report_page",
    "report_text",
    "standing_text",
    "table_blocks",
]

_DIFFER = "Where the readings differ"
_TOLD_TYPES = 3
_TOLD_REASONS = 2
_TOLD_CHANGES = 3


def report_text(groups: Iterable[Readings], *, full: bool = False, own: bool = True) -> str:
    """Return advice for a terminal: the practitioner's page, or with ``full`` the researcher's.

    ``own`` tells that the advice comes from the shipped library, whose record it carries.
    """
    pages = [
        text_of([Heading(title, 1), *lead, *rest])
        for title, lead, rest, _ in _pages(groups, full=full, own=own)
    ]
    more = "" if full else "\nEverything behind this, with all sources: --all.\n"
    return "\n\n".join(pages) + more


def _pages(
    groups: Iterable[Readings], *, full: bool, own: bool, table: bool = True
) -> Iterator[tuple[str, Iterable[Block], Iterable[Block], Examination | None]]:
    """Yield each page: its title, what comes first, the rest, and what it is of.

    Those on where readings differ, of one situation each, come before its readings.
    """
    for contest, listed in groups:
        if contest is not None:
            from sysgraph.pages.contest import contested_blocks

            differ = contested_blocks(contest, listed[0].frame, full=full)
            yield _name(listed[0]), part(_DIFFER, differ), (), None
        for each in listed:
            rest = detail_blocks(each, own=own, table=table) if full else brief_blocks(each)
            yield _title(each), (GAP, Paragraph(headline(each))), rest, each


def report_markdown(groups: Iterable[Readings], *, full: bool = False, own: bool = True) -> str:
    """Return advice as Markdown for pasting, with links to what the words mean."""
    pages = []
    for title, lead, rest, examination in _pages(groups, full=full, own=own, table=False):
        lines = [f"## {escape(title)}"]
        if examination is None:
            lines += markdown_lines(lead)
        else:
            lines += ["", *markdown_lines(lead), "", *_table_markdown(examination.advice)]
            lines += [*markdown_lines(rest), "", *_definitions(examination)]
        pages.append("\n".join(lines) + "\n")
    return "\n".join(pages)


def _table_markdown(advice: Advice) -> list[str]:
    tests = tests_of(advice)
    rows = []
    for kind, entry in advice.types.items():
        marks = ["first"] * (kind in advice.front) + ["caution"] * bool(entry.cautions)
        standings = [standing_text(entry.standings[test]) for test in tests]
        rows.append((entry.type.name, *standings, ", ".join(marks)))
    return table_markdown(("type", *tests, ""), rows)


def _definitions(examination: Examination) -> Iterator[str]:
    yield "**What the words mean**"
    yield ""
    for kind, entry in examination.frame.types.items():
        address = f"{NAMESPACE}type/{kind}"
        yield f"- [{entry.number} {escape(entry.label)}]({address}): {escape(entry.definition)}"
    for test in examination.frame.tests:
        yield f"- [{escape(test)}]({NAMESPACE}test/{test}): one of the two tests, never added up"


def report_page(groups: Sequence[Readings], *, own: bool = True) -> str:
    """Return advice as a web page: the practitioner's page first, the researcher's to unfold."""
    from sysgraph.pages.web import report_html

    titles = [_name(listed[0]) for _, listed in groups]
    is_alone = len(titles) == 1
    sections = (part for each in groups for part in _sections(each, own=own, is_alone=is_alone))
    return report_html(titles[0] if is_alone else "Advice", sections)


def _sections(group: Readings, *, own: bool, is_alone: bool) -> Iterator[Section]:
    from sysgraph.pages.web import figure

    contest, listed = group
    if contest is not None:
        from sysgraph.pages.contest import contested_blocks

        yield Section(_DIFFER, contested_blocks(contest, listed[0].frame))
    for each in listed:
        heading = "In short" if contest is None and is_alone else _title(each)
        first = Paragraph(headline(each))
        yield Section(heading, [first, figure(each.advice), *brief_blocks(each)])
        detail = [*detail_blocks(each, own=own), *_glossary(each)]
        yield Section("Everything behind this", detail, is_folded=True)


def _glossary(examination: Examination) -> Iterator[Block]:
    """Yield what the facets and their values mean."""
    yield Heading("What the questions mean")
    for facet in examination.frame.facets.values():
        yield Paragraph(f"{sentence(facet.label)}: {facet.definition}.")
        for value in facet.values.values():
            yield Item(f"{sentence(value.label)}: {value.definition}")


def _name(examination: Examination) -> str:
    title = clean(examination.situation.title).partition(", as seen by: ")[0]
    return sentence(title or "Your situation")


def _title(examination: Examination) -> str:
    situation = examination.situation
    title = sentence(situation.title or "Your situation")
    if situation.standpoint and situation.standpoint not in title:
        return f"{title}, as seen by: {clean(situation.standpoint)}"
    return title


def pages_written(pages: Sequence[tuple[str, Sequence[Block]]], form: str) -> str:
    """Return titled pages as text, or in the form named "markdown" or "html"."""
    if form == "html":
        from sysgraph.pages.web import report_html

        sections = [Section(title or "Your situation", blocks) for title, blocks in pages]
        return report_html(pages[0][0] or "sysgraph", sections)
    texts = []
    for title, blocks in pages:
        if form == "markdown":
            head = f"## {escape(title)}\n\n" if title else "\n"
            texts.append(head + "\n".join(markdown_lines(blocks)) + "\n")
        else:
            head = f"{sentence(title)}\n\n" if title else ""
            texts.append(head + "\n".join(text_lines(blocks)))
    return "\n".join(texts) if form == "markdown" else "\n\n".join(texts) + "\n"


def headline(examination: Examination) -> str:
    """Return what is worth considering first, and whether that could still change.

    A case that the situation was taken from is said to be no evidence.
    """
    advice, frame = examination.advice, examination.frame
    own = examination.situation.case
    note = f" What came of {own} itself is left out of what the cases show." if own else ""
    if not advice.front:
        return (
            "Too little is known, both of who leads and of what works, to say what fits."
            f" Answer the question below first.{note}"
        )
    text = f"Worth considering first: {type_names(advice.front, frame)}."
    if len(advice.front) == len(advice.types):
        text = "Nothing known so far tells the ways of leading apart: all are worth considering."
    if advice.abstains:
        text += (
            f" Too little is known to say anything about the test '{advice.abstains[0]}', so that"
            " this goes by the other test alone."
        )
    return f"{text} {_firmness(examination)}{note}"


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
            f"{type_names(certain, examination.frame)} stays there whatever the answer to the"
            f" {questions} still open; the rest could change."
        )
    return f"The {questions} still open could change that."


def brief_blocks(examination: Examination) -> Iterator[Block]:
    """Yield the practitioner's page below its headline.

    What fits and why, what to watch, what would change it, what to ask next, how far it can be
    trusted, and who has not been heard.
    """
    advice = examination.advice
    for kind in advice.front[:_TOLD_TYPES]:
        name = type_name(kind, examination.frame)
        yield from part(name, _type(advice.types[kind], examination))
    others = list(_others(examination))
    if others:
        yield from part("What stands against the others", others)
    yield from part("What would change this", _changes(examination))
    yield from part("How far to trust it", _trust(examination))


def _type(entry: TypeAdvice, examination: Examination) -> Iterator[Block]:
    yield Paragraph(f"{sentence(entry.type.definition)}. {_leanings(entry)}")
    for reason in entry.supports[:_TOLD_REASONS]:
        yield Item(_because(reason, "For it"))
    for reason in entry.undermines[:1]:
        yield Item(_because(reason, "Against it"))
    for caution in entry.cautions:
        yield Item(f"Caution: {caution.message}", "!")
    for watched in entry.risks[:1]:
        risk = watched.risk
        yield Item(f"Watch for {risk.label}: {risk.warning_sign} What helps: {risk.mitigation}")
    yield Item(_cases(examination.tallies[entry.type.id]))


def _cases(found: TypeEvidence) -> str:
    """Return what the cases come to, without the figures behind it."""
    told = [
        f"on '{test}' {tally_sentence(tally).partition('. Of such cases')[0].rstrip('.')}"
        for test, tally in found.tallies.items()
    ]
    return f"Cases led this way: {'; '.join(told)}." if found.count else "No case is recorded."


def _leanings(entry: TypeAdvice) -> str:
    values = {test: standing.value for test, standing in entry.standings.items()}
    said = [f"{_leaning(each)} on '{t}'" for t, each in values.items() if each is not None]
    silent = [f"'{test}'" for test, each in values.items() if each is None]
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
    return f"{heading}: {said}. {consideration.why} [{ground_name(consideration.ground)}]"


def _others(examination: Examination) -> Iterator[Block]:
    """Yield the cautions on types that are not told of at length, and what stopped counting."""
    advice = examination.advice
    for kind, entry in advice.types.items():
        if kind not in advice.front[:_TOLD_TYPES]:
            for caution in entry.cautions:
                yield Item(f"{entry.type.name}: {caution.message}", "!")
    for claim in examination.claims:
        if not claim.counts:
            yield Item(why_not_counted(claim, examination.examiner.dissent), "!")


def _changes(examination: Examination) -> Iterator[Block]:
    told = _grouped(examination.nearest_changes.found)
    for (_, joined, left), conditions in list(told.items())[:_TOLD_CHANGES]:
        does = [
            f"{type_names(kinds, examination.frame)} {verb}"
            for kinds, verb in ((joined, "would join"), (left, "would no longer be among"))
            if kinds
        ]
        yield Item(f"{' and '.join(does)} them {conditions[0]}{also(conditions[1:])}.")
    if not told:
        yield Item("No change of a single fact would bring a type in or push one out.")
    question = examination.question
    if question is not None:
        facet = examination.frame.facets[question.facet]
        yield Item(
            f"Ask next: {facet.label}? ({facet.definition}) It settles most of what"
            f" is open: answer it with --facet {facet.id}=…, or let --ask put the questions."
        )


def _grouped(
    found: Iterable[Change],
) -> dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]]:
    """Return what it takes by facet and by the types that join and leave, the easiest first."""
    easiest_first = sorted(found, key=lambda each: each.changeable == "fixed")
    changes = grouped(easiest_first, change_text)

    def effect(condition: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        changed = changes[condition]
        joined = tuple(change.type for change in changed if change.joins)
        left = tuple(change.type for change in changed if not change.joins)
        return " ".join(changed[0].facets), joined, left

    return grouped(changes, effect)


def _trust(examination: Examination) -> Iterator[Block]:
    yield Item(next(ground_texts(examination.robustness, examination.frame)))
    missing = examination.standpoints.missing
    if missing:
        names = [voice.label for voice in missing]
        yield Item(f"Nobody has spoken for {listing(names)}.", "?")
    record = examination.frame.record
    if record is not None:
        yield Item(
            f"Over {record.cases} shipped cases the way that was practised was among those"
            f" that this advice names first in {record.hits:.0%}, by chance in"
            f" {record.chance:.0%}. That foretold how it turned out"
            f" {_verdicts(record.tests)}: it tells what is argued for, not what will succeed."
        )


def _verdicts(tests: Iterable[Told]) -> str:
    said = []
    for verdict, alike in grouped(tests, lambda told: told.verdict).items():
        names = " and ".join(f"'{told.test}'" for told in alike)
        said.append(f"{verdict} on {names}")
    return "; ".join(said)


def detail_blocks(
    examination: Examination, *, own: bool = True, table: bool = True
) -> Iterator[Block]:
    """Yield the researcher's page below its headline."""
    from sysgraph.pages.together import combinations_blocks, plans_blocks

    advice, frame = examination.advice, examination.frame
    if table:
        yield from part("The two tests", table_blocks(advice))
    for kind, entry in advice.types.items():
        yield from part(type_title(kind, frame), _whole_type(entry, examination))
    yield from part("What is not known", _unknown(examination))
    yield from part("Why not the others", why_blocks(examination.why_not, frame))
    yield from part("What would change the answer", changes_blocks(examination.changes, frame))
    yield from part("What the answer rests on", robust_blocks(examination.robustness, frame))
    pairs = list(combinations_blocks(examination.combinations, frame))
    if pairs:
        yield from part("Together", pairs)
    plans = list(examination.plans.values())
    yield from part("One after another", plans_blocks(plans, frame))
    objections = dissent_blocks(examination.claims, examination.examiner.dissent)
    voices = (*objections, *standpoints_blocks(examination.standpoints))
    yield from part("Who objects, and who has not spoken", voices)
    record = record_blocks(frame.record, own=own) if frame.record is not None else ()
    yield from part("Read this with care", (*record, *map(Item, advice.disclosures)))


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
    return f"{number(standing.value)} ({reach(standing.low, standing.high)})"


def table_blocks(advice: Advice) -> Iterator[Block]:
    """Yield every type with its standing on both tests, in columns, and how to read them."""
    shares = tests_of(advice)
    rows = [("  type", *shares, "")]
    for kind, entry in advice.types.items():
        mark = "*" if kind in advice.front else " "
        cells = (standing_text(entry.standings[test]) for test in shares)
        warned = "caution" if entry.cautions else ""
        rows.append((f"{mark} {entry.type.name}", *cells, warned))
    yield Columns("{:{width}}" + "{:25}" * len(shares) + "{}", rows)
    yield GAP
    known = " and ".join(f"{float(share):.0%} of '{test}'" for test, share in shares.items())
    yield Paragraph(
        "From -1, all that is known speaks against it, to +1, all speaks for it. In brackets: what"
        f" answers still unknown could make of it. Known, by strength: {known}. The two tests are"
        " never added up. * marks the front: no other type does at least as well on both tests and"
        " better on one."
    )


def _whole_type(entry: TypeAdvice, examination: Examination) -> Iterator[Block]:
    """Yield all that is said for and against a type, of its risks and of its cases."""
    yield Paragraph(f"{sentence(entry.type.definition)}.")
    for heading, reasons in (("For it", entry.supports), ("Against it", entry.undermines)):
        if reasons:
            yield Paragraph(heading)
            yield from (Item(describe_reason(reason)) for reason in reasons)
    if entry.cautions:
        yield Paragraph("Caution")
        for caution in entry.cautions:
            yield Item(f"{caution.message} ({ground_name(caution.ground)})", "!")
    yield Paragraph("Risks to watch, those that this situation makes greater first")
    yield from (Item(_describe_risk(watched)) for watched in entry.risks)
    yield Paragraph("Cases led this way")
    yield from evidence_blocks(examination.evidence[entry.type.id])


def describe_reason(reason: Reason) -> str:
    """Return a reason in words: what was seen, on which test it bears, why, and who says so."""
    consideration = reason.consideration
    facet = reason.facet
    return (
        f"{sentence(facet.label)}: {label_of(facet, reason.value)} ({facet.test},"
        f" strength {facet.strength}). {consideration.why}"
        f" [{credit(consideration.ground, consideration.sources)}]"
    )


def _describe_risk(watched: WatchedRisk) -> str:
    risk = watched.risk
    here = ", ".join(watched.heightened_by)
    greater = f" Greater here: {here}." if here else ""
    tests = " and ".join(sorted(risk.endangers))
    return (
        f"{sentence(risk.label)} (endangers {tests}). Watch for: {risk.warning_sign}"
        f" What helps: {risk.mitigation}{greater} [{credit(risk.ground, risk.sources)}]"
    )


def _unknown(examination: Examination) -> Iterator[Block]:
    unknown = examination.advice.unknown
    yield from certainty_blocks(examination.certainty, len(unknown), examination.frame)
    yield from question_blocks(examination.question, examination.frame)
    if unknown:
        yield Paragraph("Not known")
    for facet in unknown:
        label = sentence(facet.label)
        yield Item(f"{label} ({facet.id}; {facet.test}, strength {facet.strength})")
