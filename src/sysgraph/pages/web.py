"""A report as one web page that needs no script, no network and no other file, with its picture.

The picture is of the two tests: each type a point with its interval, the front marked. Shape and
words carry all that colour does. Where too little is known for a standing, there is no point to
draw, and intervals stand in strips, one below the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sysgraph.advice.board import Advice, Standing
from sysgraph.advice.frame import LeadershipType, TestWords
from sysgraph.language import say, spoken
from sysgraph.pages.blocks import Figure, Html, Section, html_of, marked, shown
from sysgraph.pages.plane import svg
from sysgraph.pages.words import number, reach, sentence, tests_of

__all__ = [
    "COLOURS",
    "figure",
    "report_html",
    "section_html",
    "types_table",
]

COLOURS = {
    "light": {"ink": "#1c1f23", "soft": "#595f66", "link": "#0b4f8a", "paper": "#ffffff"},
    "dark": {"ink": "#e9e7e3", "soft": "#aab2ba", "link": "#8cc4ff", "paper": "#15191e"},
}
"""The colours of the words and of what they stand on; each pair reads well (WCAG 2.2, AA)."""

_PAGE_STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:50rem;padding:1.5rem 1rem 4rem;background:var(--paper);
color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.3rem;margin:2rem 0 .6rem}
h3{font-size:1.1rem;margin:1.6rem 0 .4rem}h4,h5,h6{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.5rem 0}ul{margin:.3rem 0;padding-left:1.3rem}li{margin:.25rem 0}
a{color:var(--link)}.mark{font-weight:700}
pre{overflow-x:auto;padding:.6rem;border:1px solid var(--line);font-size:.82rem}
figure{margin:1.2rem 0}svg{display:block;width:100%;min-width:34rem;height:auto}
figcaption,caption{color:var(--soft);font-size:.9rem;text-align:left;padding:.3rem 0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);
vertical-align:top}td{font-variant-numeric:tabular-nums}tbody th{font-weight:400}
tr.first th,tr.first td{font-weight:700}.reach{white-space:nowrap;color:var(--soft);font-weight:400}
details{margin-top:2.5rem;border-top:2px solid var(--line)}
summary{cursor:pointer;font-size:1.3rem;font-weight:700;padding:.8rem 0}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@page{size:A4;margin:16mm 15mm}
@media print{body{max-width:none;padding:0;font-size:10.5pt}figure,table,tr,li{break-inside:avoid}
h1,h2,h3,h4,summary{break-after:avoid}summary{list-style:none}pre{white-space:pre-wrap;overflow:visible}
details::details-content{content-visibility:visible;block-size:auto}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def report_html(title: str, sections: Iterable[Section]) -> str:
    """Return a report as a whole page: what is first comes first, what is folded can be opened.

    The page is one file: style and pictures are within it, and its own policy forbids it to
    load or run anything. It adapts to dark screens, narrow screens and paper.
    """
    head = (
        f'<meta charset="utf-8"><title>{shown(sentence(title))}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<style>{_colours()}{_PAGE_STYLE}</style>"
    )
    body = "\n".join(section_html(section) for section in sections)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n<main>\n'
        f"<h1>{shown(sentence(title))}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _colours() -> str:
    def values(name: str, line: str) -> str:
        given = ";".join(f"--{key}:{value}" for key, value in COLOURS[name].items())
        return f":root{{{given};--line:{line}}}"

    light, dark = values("light", "#c9ced4"), values("dark", "#3c444d")
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}@media print{{{light}}}"


def section_html(section: Section) -> str:
    """Return a part of a page as markup."""
    blocks = html_of(section.blocks, section.own_words)
    heading = shown(sentence(section.heading))
    if section.is_folded:
        return f"<details>\n<summary>{heading}</summary>\n{blocks}\n</details>"
    return f"<section>\n<h2>{heading}</h2>\n{blocks}\n</section>"


def figure(advice: Advice) -> Figure:
    """Return the picture of the two tests with what it shows in a table below."""
    return Figure(
        Html(
            f"<figure>\n<div class='wide'>{svg(advice)}</div>\n"
            f"<figcaption>{shown(_caption(advice))}</figcaption>\n</figure>\n{types_table(advice)}"
        )
    )


def _caption(advice: Advice) -> str:
    told = "From -1, all that is known speaks against a type, to +1, all speaks for it."
    if advice.abstains:
        tests = " and ".join(f"“{test}”" for test in advice.abstains)
        told += f" Too little is known about {tests} to rank the types there."
    return f"{told} The two tests are never added up. The table below tells the same in numbers."


def types_table(
    advice: Advice,
    words: Mapping[str, TestWords] | None = None,
    named: Collection[str] | None = None,
) -> Html:
    """Return where each type stands on each test, as a table for those who cannot see a picture.

    Types that are ``named`` are marked, those on the front where this is not given. In other
    languages than English tests and types go by what ``words`` and we call them.
    """
    tests, is_english = tests_of(advice), spoken() is None
    titles = {test: test if is_english or not words else words[test].plain_name for test in tests}
    head = "".join(f'<th scope="col">{marked(sentence(titles[test]))}</th>' for test in tests)
    rows, first = [], ' class="first"'
    for kind, entry in advice.types.items():
        is_first = kind in (advice.front if named is None else named)
        cells = "".join(f"<td>{_cell(entry.standings[test])}</td>" for test in tests)
        notes = [say("◆ consider first")] * is_first
        notes += [say("closed by what is known")] * bool(entry.gates)
        notes += [say("with a caution")] * bool(entry.cautions)
        rows.append(
            f'<tr{first if is_first else ""}><th scope="row">'
            f"{marked(entry.type.name if is_english else _ours(entry.type))}</th>{cells}"
            f"<td>{shown(', '.join(notes))}</td></tr>"
        )
    told = say("Where each type stands; in brackets what is still unknown could make of it.")
    label = shown(say("Where each type stands"))
    return Html(
        f'<div class="wide" tabindex="0" role="region" aria-label="{label}">'
        f"<table><caption>{shown(told)}</caption>"
        f'<thead><tr><th scope="col">{shown(say("Type"))}</th>{head}'
        f'<th scope="col">{shown(say("Note"))}</th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _ours(entry: LeadershipType) -> str:
    return f"{entry.number} {entry.plain_name or entry.label}"


def _cell(standing: Standing) -> str:
    value = say("too little is known") if standing.value is None else number(standing.value)
    if standing.low == standing.high:
        return shown(value)
    between = reach(standing.low, standing.high)
    return f'{shown(value)} <span class="reach">({between})</span>'


# The picture.
