"""A page as blocks in the order in which it is read, and one writer each for all its forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape as escape_html
from itertools import groupby

from sysgraph.errors import clean
from sysgraph.language import CLOSE, OPEN
from sysgraph.pages.words import JOINER, escape, filled

__all__ = [
    "GAP",
    "MOST_CHARACTERS",
    "Block",
    "Code",
    "Columns",
    "Figure",
    "Heading",
    "Html",
    "Item",
    "Paragraph",
    "Section",
    "fenced",
    "folded",
    "html_of",
    "markdown_lines",
    "marked",
    "part",
    "shown",
    "table_markdown",
    "text_lines",
    "text_of",
]

MOST_CHARACTERS = 65_536
"""How many characters a comment on GitHub may have."""

_ADDRESS = re.compile(
    r"https?://[^\s<>\"'“”‘’\[\]()]+[^\s<>\"'“”‘’\[\]().,;:!?]|\bdoi:10\.\d+/\S*\w"
)
_LISTED = "·!x+~?"
"""Marks of what is an item of a list in Markdown and HTML; others are a word of a paragraph."""


class Html(str):
    """Markup that was made by the functions of sysgraph, and is shown as it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: of a page (1), of its parts (2), or of a text within a part (3, below it 4)."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences. Below an item of a list, ``depth`` is one more than that of the item."""

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list. ``note`` tells on what it rests, and is set off a little."""

    text: str
    mark: str = "·"
    depth: int = 1
    note: str = ""

    @property
    def words(self) -> str:
        """All that it says, in one text."""
        listed = f"{self.text} {self.note}" if self.note else self.text
        return listed if self.is_listed else f"{self.mark} {listed}"

    @property
    def is_listed(self) -> bool:
        """Whether it is an item to Markdown and HTML as well."""
        return self.mark in _LISTED


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of cells that stand below each other, laid out as ``str.format`` is told.

    In the layout ``width`` is that of the longest first cell, and two more.
    """

    layout: str
    rows: Sequence[Sequence[str]]

    def lines(self) -> Iterator[str]:
        """Yield each row with the spaces that put it in columns."""
        width = max((len(row[0]) for row in self.rows), default=0) + 2
        for row in self.rows:
            yield self.layout.format(*row, width=width).rstrip()


@dataclass(frozen=True, slots=True)
class Code:
    """A text of several lines that is shown as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What only a page for a browser can show."""

    html: Html


Block = Heading | Paragraph | Item | Columns | Code | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page. With ``is_folded``, readers open it when they wish to.

    An address that stands in ``own_words``, those of whoever asks, is no link.
    """

    heading: str
    blocks: Iterable[Block]
    is_folded: bool = False
    own_words: str = ""


GAP = Paragraph("")
"""An empty line on a terminal, and nothing elsewhere."""


def part(heading: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield a part of a page below its heading."""
    yield from (GAP, Heading(heading), *blocks)


def text_of(blocks: Iterable[Block]) -> str:
    """Return a page for a terminal."""
    return "\n".join(text_lines(blocks)) + "\n"


def text_lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield what each block says on a terminal, in lines of at most 100 characters.

    What stands below an item is indented as its words are.
    """
    within: dict[int, int] = {}
    for block in blocks:
        if isinstance(block, Heading):
            title = clean(block.text)
            yield f"{title}\n{'=-'[(block.level + 1) % 2] * len(title)}"
        elif isinstance(block, Columns):
            yield "\n".join(map(_kept, block.lines()))
        elif isinstance(block, Code):
            yield "\n".join(f"  {_kept(line)}" for line in block.text.splitlines())
        elif isinstance(block, Paragraph):
            yield filled(block.text, within.get(block.depth - 1, 2 * block.depth))
        elif isinstance(block, Item):
            indent = within.get(block.depth - 1, 2 * block.depth)
            within[block.depth] = indent + len(block.mark) + 1
            yield filled(block.text, indent, block.mark, block.note)


def _kept(line: str) -> str:
    """Return a line that keeps its spaces."""
    return " ".join(map(clean, line.split(" ")))


def markdown_lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the lines of Markdown that show blocks, with an empty one before each."""
    was_item = False
    for block in _said(blocks):
        is_item = isinstance(block, Item) and block.is_listed
        if not (is_item and was_item):
            yield ""
        was_item = is_item
        if isinstance(block, Heading):
            yield f"{'#' * min(block.level + 1, 4)} {escape(block.text)}"
            if block.level == 2:
                yield ""
        elif isinstance(block, Columns):
            yield "\n\n".join(map(escape, block.lines()))
        elif isinstance(block, Code):
            yield from fenced(block.text)
        elif isinstance(block, Item) and is_item:
            sign = "" if block.mark == "·" else f"**{escape(block.mark)}** "
            yield f"{'  ' * (block.depth // 2)}- {sign}{escape(block.words)}"
        elif isinstance(block, (Paragraph, Item)):
            yield escape(block.words if isinstance(block, Item) else block.text)


def _said(blocks: Iterable[Block]) -> Iterator[Block]:
    return (block for block in blocks if block != GAP)


def fenced(text: str) -> list[str]:
    """Return the lines of a text as a block of code in Markdown that none of them can end."""
    fence = "~" * max(3, 1 + max(map(len, re.findall(r"~+", text)), default=0))
    lines = text.splitlines()
    kept = [" " * (len(line) - len(line.lstrip(" "))) + clean(line) for line in lines]
    return [fence, *kept, fence]


def folded(heading: str, lines: Iterable[str]) -> list[str]:
    """Return lines of Markdown that are shown when their heading is pressed.

    Within HTML no Markdown is read, so that the heading is escaped as HTML is.
    """
    text = re.sub(r"(@|#|\bGH-|://|www\.)", rf"\1{JOINER}", escape_html(clean(heading)))
    # The joiner would break the character references that the escaping has made.
    text = text.replace(f"&#{JOINER}", "&#")
    return [f"<details><summary>{text}</summary>", "", *lines, "", "</details>"]


def table_markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    named = "".join(f" {name} |" if name else " |" for name in map(escape, head))
    lines = [f"| {' | '.join(map(escape, row))} |" for row in rows]
    return [f"|{named}", f"|{'---|' * len(head)}", *lines]


def html_of(blocks: Iterable[Block], own_words: str = "") -> Html:
    """Return blocks as markup with headings, lists and paragraphs.

    Addresses can be followed, but for those that stand in ``own_words``.
    """
    own = clean(own_words).lower()
    found: list[str] = []
    for is_item, group in groupby(
        _said(blocks), key=lambda block: isinstance(block, Item) and block.is_listed
    ):
        if is_item:
            items = (block for block in group if isinstance(block, Item))
            found.append(_list(items, own))
        else:
            found += (_markup(block, own) for block in group)
    return Html("\n".join(found))


def _markup(block: Block, own: str) -> str:
    if isinstance(block, Heading):
        tag = {1: "h2", 3: "h3"}.get(block.level, "h4")
        return f"<{tag}>{_linked(block.text, own)}</{tag}>"
    if isinstance(block, Columns):
        return "\n".join(f"<pre>{_spaced(line)}</pre>" for line in block.lines())
    if isinstance(block, Code):
        lines = "\n".join(map(_spaced, block.text.splitlines()))
        return f"<pre>{lines}</pre>"
    if isinstance(block, Figure):
        return block.html
    text = block.words if isinstance(block, Item) else block.text
    return f"<p>{_linked(text, own)}</p>"


def _list(items: Iterable[Item], own: str) -> str:
    """Return items as a list, those that stand further in as a list of the item before."""
    found, depths = [], [0]
    for item in items:
        while item.depth < depths[-1]:
            found.append("</li></ul>")
            depths.pop()
        if item.depth > depths[-1]:
            found.append("<ul>")
            depths.append(item.depth)
        else:
            found.append("</li>")
        sign = "" if item.mark == "·" else f'<span class="mark">{shown(item.mark)}</span> '
        found.append(f"<li>{sign}{_linked(item.words, own)}")
    return "".join([*found, "</li></ul>" * (len(depths) - 1)])


def shown(text: str) -> Html:
    """Return a text as markup that shows it, without what neither XML nor a reader can take."""
    kept = (c for c in clean(text) if unicodedata.category(c) not in ("Cs", "Cn", "Co"))
    return Html(escape_html("".join(kept), quote=True))


def _in_parts(text: str, own: str | None) -> Iterator[str]:
    """Yield what is in the language of the page, and what is English as such."""
    for number, each in enumerate(_ENGLISH.split(text)):
        if each:
            # The spaces at the ends hold a part off its neighbours, and would be cleaned away.
            start, end = each[:1] == " ", each[-1:] == " " and each.strip() != ""
            said = f"{' ' * start}{_linked(each, own)}{' ' * end}"
            yield f'<span lang="en">{said}</span>' if number % 2 else said


def _linked(text: str, own: str | None) -> str:
    """Return a text as markup in which the addresses can be followed, but for a person's own.

    With None for these no address can be followed.

    Within a sentence of ours nothing tells the words of a person from ours; so an address goes by
    whether it stands in what the person wrote. Else a page that is passed on would offer as a
    source what anybody put into a file.
    """
    if OPEN in text:
        return "".join(_in_parts(text, own))
    text, parts, at = clean(text), [], 0
    for found in _ADDRESS.finditer(text) if own is not None else ():
        if found.group().lower() in (own or ""):
            continue
        said = shown(found.group())
        address = re.sub(r"^doi:", "https://doi.org/", said)
        link = f'<a href="{address}" rel="noreferrer">{said}</a>'
        parts += [_spaced(text[at : found.start()]), link]
        at = found.end()
    return "".join([*parts, _spaced(text[at:])])


_ENGLISH = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}?")


def marked(text: str) -> Html:
    """Return a text as markup that says what of it is English within another language."""
    return Html(_linked(text, own=None))


def _spaced(line: str) -> str:
    """Return a text as markup that keeps its spaces."""
    return " ".join(shown(word) for word in line.split(" "))
