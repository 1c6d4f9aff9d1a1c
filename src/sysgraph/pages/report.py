"""Advice as a page, in all its forms: the practitioner's, and the researcher's with everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sysgraph.advice.board import Advice, Reason, Standing, TypeAdvice
from sysgraph.advice.doing import methods_for
from sysgraph.advice.examine import Examination
from sysgraph.advice.frame import Gate, Method
from sysgraph.advice.risks import WatchedRisk
from sysgraph.errors import clean
from sysgraph.pages.background import ELSEWHERE, elsewhere_blocks, findings_text
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
from sysgraph.pages.brief import brief_blocks, headline
from sysgraph.pages.evidence import (
    dissent_blocks,
    evidence_blocks,
    standpoints_blocks,
)
from sysgraph.pages.record import record_blocks
from sysgraph.pages.search import (
    certainty_blocks,
    changes_blocks,
    question_blocks,
    robust_blocks,
    why_blocks,
)
from sysgraph.pages.words import (
    credit,
    escape,
    ground_name,
    label_of,
    number,
    reach,
    sentence,
    tests_of,
    type_title,
)
from sysgraph.terms import NAMESPACE, PREFIXES

if TYPE_CHECKING:
    from sysgraph.advice.contest import Contest

    # Readings of one situation, and where they differ if there are several.
    Readings = tuple[Contest | None, Sequence[Examination]]

__all__ = [
    "describe_reason",
    "pages_written",
    "report_markdown",
    "report_page",
    "report_text",
    "standing_text",
    "table_blocks",
]

_DIFFER = "Where the readings differ"


def report_text(groups: Iterable[Readings], *, full: bool = False, own: bool = True) -> str:
    """Return advice for a terminal: the practitioner's page, or with ``full`` the researcher's.

    ``own`` tells that the advice comes from the shipped library, whose record it carries.
    """
    pages = [
        text_of([Heading(title, 1), *lead, *rest])
        for title, lead, rest, _ in _pages(groups, full=full, own=own)
    ]
    return "\n\n".join(pages)


def _pages(
    groups: Iterable[Readings], *, full: bool, own: bool, table: bool = True
) -> Iterator[tuple[str, Iterable[Block], Iterable[Block], Examination | None]]:
    """Yield each page: its title, what comes first, the rest, and what it is of.

    Those on where readings differ, of one situation each, come before its readings. Only of a
    page that tells everything is it told what it is of.
    """
    for contest, listed in groups:
        if contest is not None:
            from sysgraph.pages.contest import contested_blocks

            differ = contested_blocks(contest, listed[0].frame, full=full)
            yield _name(listed[0]), part(_DIFFER, differ), (), None
        for each in listed:
            is_whole = full and each.to_do.job is None
            lead: Iterable[Block] = (GAP, Paragraph(headline(each))) if is_whole else ()
            rest = detail_blocks(each, own=own, table=table) if is_whole else brief_blocks(each)
            yield _title(each), lead, rest, each if is_whole else None


def report_markdown(groups: Iterable[Readings], *, full: bool = False, own: bool = True) -> str:
    """Return advice as Markdown for pasting, with links to what the words mean."""
    pages = []
    for title, lead, rest, examination in _pages(groups, full=full, own=own, table=False):
        lines = [f"## {escape(title)}"]
        if examination is None:
            lines += markdown_lines([*lead, *rest])
        else:
            lines += ["", *markdown_lines(lead), "", *_table_markdown(examination.advice)]
            lines += [*markdown_lines(rest), "", *_definitions(examination)]
        pages.append("\n".join(lines) + "\n")
    return "\n".join(pages)


def _table_markdown(advice: Advice) -> list[str]:
    tests = tests_of(advice)
    rows = []
    for kind, entry in advice.types.items():
        marks = [*["first"] * (kind in advice.front), *_marks(entry)]
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

    titles = [(_name if contest else _title)(listed[0]) for contest, listed in groups]
    is_alone = len(titles) == 1
    sections = (part for each in groups for part in _sections(each, own=own, is_alone=is_alone))
    return report_html(titles[0] if is_alone else "Advice", sections)


def _sections(group: Readings, *, own: bool, is_alone: bool) -> Iterator[Section]:
    from sysgraph.pages.web import figure

    contest, listed = group
    if contest is not None:
        from sysgraph.pages.contest import contested_blocks

        told = "\n".join(map(_own_words, listed))
        yield Section(_DIFFER, contested_blocks(contest, listed[0].frame), own_words=told)
    for each in listed:
        heading = "In short" if contest is None and is_alone else _title(each)
        told = _own_words(each)
        yield Section(heading, brief_blocks(each), own_words=told)
        if each.to_do.job is not None:
            continue
        detail = [figure(each.advice), *detail_blocks(each, own=own), *_glossary(each)]
        yield Section("Everything behind this", detail, is_folded=True, own_words=told)


def _own_words(examination: Examination) -> str:
    """Return all that a person wrote, whose addresses no page shall have anybody follow."""
    one = examination.situation
    heard = (text for each in examination.standpoints.voices for text in each.standpoints)
    open_ = (each.words for each in examination.standpoints.unplaced)
    answers = (*one.opening.values(), *one.quotes.values(), *one.voices)
    return "\n".join((one.title, one.text, one.standpoint, *answers, *heard, *open_))


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
    seen = f", as seen by: {clean(situation.standpoint)}" if situation.standpoint else ""
    return title if title.endswith(seen) else f"{title}{seen}"


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
    yield from part(ELSEWHERE, elsewhere_blocks(examination.elsewhere))
    yield from part("Risks, those that this situation raises most first", _risks(advice))
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
    role = examination.to_do.role.id if examination.to_do.role else ""
    asked = standpoints_blocks(examination.standpoints, examination.situation, role)
    voices = (*objections, *asked)
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
        rows.append((f"{mark} {entry.type.name}", *cells, ", ".join(_marks(entry))))
    yield Columns("{:{width}}" + "{:25}" * len(shares) + "{}", rows)
    yield GAP
    known = " and ".join(f"{float(share):.0%} of '{test}'" for test, share in shares.items())
    yield Paragraph(
        "From -1, all that is known speaks against it, to +1, all speaks for it. In brackets: what"
        f" answers still unknown could make of it. Known, by strength: {known}. The two tests are"
        " never added up. * marks the front: no other type does at least as well on both tests and"
        " better on one."
    )


def _marks(entry: TypeAdvice) -> list[str]:
    return ["closed"] * bool(entry.gates) + ["caution"] * bool(entry.cautions)


def _whole_type(entry: TypeAdvice, examination: Examination) -> Iterator[Block]:
    """Yield all that is said for and against a type, how to begin, and what its cases show."""
    yield Paragraph(f"{sentence(entry.type.definition)}.")
    for heading, reasons in (("For it", entry.supports), ("Against it", entry.undermines)):
        if reasons:
            yield Paragraph(heading)
            yield from (Item(describe_reason(reason)) for reason in reasons)
    if entry.gates:
        yield Paragraph("Closed here, whatever else speaks for it")
        yield from (Item(_describe_gate(gate), "!") for gate in entry.gates)
    if entry.cautions:
        yield Paragraph("Caution")
        for caution in entry.cautions:
            yield Item(f"{caution.message} ({ground_name(caution.ground)})", "!")
    yield from _beginnings(entry.type.id, examination)
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
        f"{findings_text(consideration.tests)}"
    )


def _describe_gate(gate: Gate) -> str:
    return (
        f"{gate.message} It fails '{gate.test}'. {gate.why} What would open it: {gate.lift}"
        f" [{credit(gate.ground, gate.sources)}]"
    )


def _beginnings(kind: str, examination: Examination) -> Iterator[Block]:
    """Yield the methods of a type, those that fit first, and for whom there are first moves."""
    frame = examination.frame
    fitting = [each.method for each in methods_for(kind, examination.situation.facets, frame)]
    others = [each for each in frame.methods if each.type == kind and each not in fitting]
    of_type = (move for move in frame.moves if move.about == f"{PREFIXES['type']}{kind}")
    roles = [frame.names.get(move.role, "anybody") for move in of_type]
    if fitting or others or roles:
        yield Paragraph("How to begin")
    if fitting:
        yield Item(f"Methods, those most called for first: {_labels(fitting)}")
    if others:
        yield Item(f"Ruled out by what is known: {_labels(others)}", "x")
    if roles:
        yield Item(f"First moves are written for: {'; '.join(roles)} [our reading]")


def _labels(methods: Iterable[Method]) -> str:
    return "; ".join(f"{m.label} [{credit(m.ground, m.sources)}]" for m in methods)


def _risks(advice: Advice) -> Iterator[Block]:
    """Yield each risk once, with its types, those that this situation raises most first."""
    found: dict[str, list[tuple[WatchedRisk, TypeAdvice]]] = {}
    for entry in advice.types.values():
        for watched in entry.risks:
            found.setdefault(watched.risk.id, []).append((watched, entry))
    for listed in sorted(found.values(), key=lambda each: -max(w.score for w, _ in each)):
        numbers = ", ".join(str(entry.type.number) for _, entry in listed)
        yield Item(_describe_risk(listed[0][0], numbers))


def _describe_risk(watched: WatchedRisk, types: str) -> str:
    risk = watched.risk
    here = ", ".join(watched.heightened_by)
    greater = f" Greater here: {here}." if here else ""
    tests = " and ".join(sorted(risk.endangers))
    return (
        f"{sentence(risk.label)} (types {types}; endangers {tests}). Watch for: {risk.warning_sign}"
        f" What helps: {risk.mitigation}{greater} [{credit(risk.ground, risk.sources)}]"
        f"{findings_text(risk.tests)}"
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
