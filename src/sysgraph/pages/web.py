"""A report as one web page that needs no script, no network and no other file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sysgraph.advice.board import Advice, Standing
from sysgraph.pages.blocks import Block, Figure, Html, html_of, shown
from sysgraph.pages.picture import svg
from sysgraph.pages.words import number, sentence

__all__ = ["COLOURS", "Section", "figure", "report_html", "types_table"]

COLOURS = {
    "light": {"ink": "#1c1f23", "soft": "#595f66", "link": "#0b4f8a", "paper": "#ffffff"},
    "dark": {"ink": "#e9e7e3", "soft": "#aab2ba", "link": "#8cc4ff", "paper": "#15191e"},
}
"""The colours of the words and of what they stand on; each pair reads well (WCAG 2.2, AA)."""

_STYLE = """
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


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report. With ``is_folded``, readers open it when they wish to."""

    heading: str
    blocks: Iterable[Block]
    is_folded: bool = False


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
        f"<style>{_colours()}{_STYLE}</style>"
    )
    body = "\n".join(_section(section) for section in sections)
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


def _section(section: Section) -> str:
    blocks = html_of(section.blocks)
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


def types_table(advice: Advice) -> Html:
    """Return where each type stands on each test, as a table for those who cannot see a picture."""
    tests = list(next(iter(advice.types.values())).standings)
    head = "".join(f'<th scope="col">{shown(sentence(test))}</th>' for test in tests)
    rows = []
    for kind, entry in advice.types.items():
        is_first = kind in advice.front
        cells = "".join(f"<td>{_cell(entry.standings[test])}</td>" for test in tests)
        notes = ["◆ consider first"] if is_first else []
        notes += ["with a caution"] if entry.cautions else []
        rows.append(
            f'<tr{" class=" + chr(34) + "first" + chr(34) if is_first else ""}><th scope="row">'
            f"{shown(f'{entry.type.number} {entry.type.label}')}</th>{cells}"
            f"<td>{shown(', '.join(notes))}</td></tr>"
        )
    return Html(
        '<div class="wide" tabindex="0" role="region" aria-label="Where each type stands">'
        "<table><caption>Where each type stands; in brackets what is still unknown could make of"
        f' it.</caption><thead><tr><th scope="col">Type</th>{head}<th scope="col">Note</th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(standing: Standing) -> str:
    value = "too little is known" if standing.value is None else number(standing.value)
    if standing.low == standing.high:
        return shown(value)
    reach = shown(f"({number(standing.low)} to {number(standing.high)})")
    return f'{shown(value)} <span class="reach">{reach}</span>'
