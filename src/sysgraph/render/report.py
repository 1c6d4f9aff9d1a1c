"""Advice put together: for a terminal, for pasting, and as a page for a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sysgraph.advice.examine import Examination
from sysgraph.render.brief import Part, brief_parts
from sysgraph.render.words import clean, escape, sentence

if TYPE_CHECKING:
    from sysgraph.advice.contested import Contest
    from sysgraph.render.page_html import Section

__all__ = ["pages_written", "report_markdown", "report_page", "report_text"]

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
    from sysgraph.render.brief import headline
    from sysgraph.render.detail import detail_parts

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
    from sysgraph.render.contested import contested_lines

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
    from sysgraph.render.advice import table_markdown

    first, *rest = _parts(examination, full=full, own=own)
    page = _markdown(_title(examination), [first])
    page += "\n" + "\n".join(table_markdown(examination.advice)) + "\n"
    # The table has been given, and its columns would not survive.
    page += _markdown("", [part for part in rest if part[0] != "The two tests"])
    return page + "\n" + "\n".join(_definitions(examination)) + "\n"


def _markdown(title: str, parts: Iterable[Part]) -> str:
    from sysgraph.render.markdown import lines_markdown

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
    from sysgraph.render.page_html import report_html

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
    from sysgraph.render.detail import detail_parts
    from sysgraph.render.page_html import Section, figure

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
        from sysgraph.render.page_html import Section, report_html

        sections = [Section(title or "Your situation", [lines]) for title, lines in pages]
        return report_html(pages[0][0] or "sysgraph", sections)
    texts = [
        "\n".join([*([sentence(title), ""] if title else []), *lines]) for title, lines in pages
    ]
    return "\n\n".join(texts) + "\n"
