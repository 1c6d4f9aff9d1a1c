"""Text from anywhere as HTML that shows it and does nothing else.

Lines written for a terminal as Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape as escape_html
from itertools import groupby
from urllib.parse import urlsplit

from sysgraph.errors import clean
from sysgraph.pages.words import WIDTH, escape

__all__ = ["Html", "lines_html", "lines_markdown", "link", "shown"]

_SCHEMES = ("http", "https", "mailto")
_ADDRESS = re.compile(
    r"https?://[^\s<>\"'“”‘’\[\]()]+[^\s<>\"'“”‘’\[\]().,;:!?]|\bdoi:10\.\d+/\S*\w"
)
ITEM = re.compile(r"( *)([·!x+~?]) +(\S.*)", re.DOTALL)
RULE = re.compile(r"={3,}|-{3,}")
_COLUMNS = re.compile(r"\S {3,}\S")
_FRAGMENT = re.compile(r"#[A-Za-z][\w-]*")


class Html(str):
    """Markup that was made by the functions of sysgraph, and is shown as it is."""

    __slots__ = ()


def shown(text: str) -> Html:
    """Return a text as markup that shows it, without what neither XML nor a reader can take."""
    kept = (c for c in clean(text) if unicodedata.category(c) not in ("Cs", "Cn", "Co"))
    return Html(escape_html("".join(kept), quote=True))


def link(address: str, text: str) -> Html:
    """Return a link with its text, or the text alone where the address is not one to follow.

    Followed are http, https, mailto, doi, and parts of the same page.
    """
    if re.match(r"doi:10\.", address, re.IGNORECASE):
        address = f"https://doi.org/{address[4:]}"
    if _FRAGMENT.fullmatch(address):
        return Html(f'<a href="{address}">{shown(text)}</a>')
    # A space or control character within it is how a scheme is hidden from a check.
    is_plain = address.isprintable() and not re.search(r"\s", address)
    try:
        is_known = is_plain and urlsplit(address).scheme.lower() in _SCHEMES
    except ValueError:
        is_known = False
    if not is_known:
        return shown(text)
    return Html(f'<a href="{escape_html(address, quote=True)}" rel="noreferrer">{shown(text)}</a>')


def _linked(text: str) -> str:
    """Return a text as markup in which the addresses can be followed."""
    text, parts, at = clean(text), [], 0
    for found in _ADDRESS.finditer(text):
        parts += [_kept_spaces(text[at : found.start()]), link(found.group(), found.group())]
        at = found.end()
    return "".join([*parts, _kept_spaces(text[at:])])


def _kept_spaces(text: str) -> str:
    # A piece of a sentence keeps the spaces that join it to the next piece.
    before = " " if text[:1] == " " else ""
    return f"{before}{shown(text)}{' ' if text[1:][-1:] == ' ' else ''}"


def lines_html(lines: str | Iterable[str], level: int = 3) -> Html:
    """Return a page written for a terminal as markup with headings, lists and paragraphs.

    A page may come as one text, whose paragraphs end with a blank line, or as lines, each of
    which may be a paragraph of several. ``level`` is that of the headings underlined by "=";
    those underlined by "-" are one deeper. What stands in columns is kept as it stands.
    """
    found: list[str] = []
    for is_item, group in groupby(units(lines), key=lambda unit: bool(ITEM.fullmatch(unit))):
        listed = list(group)
        found += [_list(listed)] if is_item else _prose(listed, level)
    return Html("\n".join(found))


def units(lines: str | Iterable[str]) -> Iterator[str]:
    """Yield headings with their rule, items, columns and paragraphs, each as one text."""
    if not isinstance(lines, str):
        waiting = ""
        for line in lines:
            if waiting and RULE.fullmatch(line.strip()):
                yield f"{waiting}\n{line.strip()}"
                waiting = ""
                continue
            if waiting.strip():
                yield waiting
            waiting = line
        if waiting.strip():
            yield waiting
        return
    yield from units(_gathered(lines.splitlines()))


def _gathered(lines: Iterable[str]) -> Iterator[str]:
    """Yield what a wrapped text says in several lines as one, with the breaks kept."""
    waiting: list[str] = []
    for line in lines:
        if waiting and line.strip() and _continues(waiting, line):
            waiting.append(line)
            continue
        if waiting:
            yield "\n".join(waiting)
        waiting = [line] if line.strip() else []
    if waiting:
        yield "\n".join(waiting)


def _continues(waiting: list[str], line: str) -> bool:
    """Tell whether a line belongs to the lines before it, as text is wrapped here."""
    last = waiting[-1]
    if any(RULE.fullmatch(each.strip()) for each in (last, line)):
        return False
    if _COLUMNS.search(last) or _COLUMNS.search(line):
        return bool(_COLUMNS.search(last) and _COLUMNS.search(line))
    first = ITEM.fullmatch(waiting[0])
    if first or ITEM.fullmatch(line):
        is_within = first is not None and _indent(line) > len(first.group(1))
        return is_within and not ITEM.fullmatch(line)
    # A line was broken only if the first word of the next had no more room on it.
    word = re.match(r"[^\s-]*-?", line.strip())
    assert word is not None  # it may be empty, and matches then too
    return _indent(line) == _indent(last) and len(last) + 1 + len(word.group()) > WIDTH


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _prose(parts: Iterable[str], level: int) -> list[str]:
    found = []
    for unit in parts:
        title, _, rule = unit.rpartition("\n")
        if title and RULE.fullmatch(rule):
            depth = min(level if rule[0] == "=" else level + 1, 6)
            found.append(f"<h{depth}>{_linked(title)}</h{depth}>")
        elif _COLUMNS.search(unit):
            found.append(f"<pre>{chr(10).join(_column(line) for line in unit.splitlines())}</pre>")
        else:
            found.append(f"<p>{_linked(unit)}</p>")
    return found


def _column(line: str) -> str:
    """Return a line with the spaces that put it in columns."""
    return " ".join(shown(word) for word in line.rstrip().split(" "))


def _list(items: Iterable[str]) -> str:
    """Return items as a list, those that stand further in as a list of the item before."""
    found, depths = [], [-1]
    for unit in items:
        item = ITEM.fullmatch(unit)
        assert item is not None  # only such are listed
        indent, mark, text = len(item.group(1)), item.group(2), item.group(3)
        while indent < depths[-1]:
            found.append("</li></ul>")
            depths.pop()
        if indent > depths[-1]:
            found.append("<ul>")
            depths.append(indent)
        else:
            found.append("</li>")
        sign = "" if mark == "·" else f'<span class="mark">{shown(mark)}</span> '
        found.append(f"<li>{sign}{_linked(text)}")
    return "".join([*found, "</li></ul>" * (len(depths) - 1)])


def lines_markdown(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines written for a terminal as Markdown: headings, lists and paragraphs."""
    was_item = False
    for unit in units(lines):
        title, _, rule = unit.rpartition("\n")
        item = ITEM.fullmatch(unit)
        if not item or not was_item:
            yield ""
        was_item = item is not None
        if title and RULE.fullmatch(rule):
            yield f"#### {escape(title)}"
        elif item:
            depth, mark = len(item.group(1)) // 4, item.group(2)
            sign = "" if mark == "·" else f"**{escape(mark)}** "
            yield f"{'  ' * depth}- {sign}{escape(item.group(3))}"
        else:
            yield escape(unit)
