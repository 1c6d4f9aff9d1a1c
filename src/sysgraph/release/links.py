"""The links of a page, found as HTML has them and written anew; all else stays, byte for byte.

Source: the tokens of start tags, https://html.spec.whatwg.org/multipage/parsing.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from markupsafe import escape

__all__ = ["anchors_of", "rewrite"]

_TAG = re.compile(
    r"<!--.*?-->"
    r"|<(?P<name>[a-zA-Z][^\s/>]*)(?P<rest>(?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_LINK = re.compile(r"\s(href|src|action|formaction|data-index)=\"([^\"]*)\"")
_ID = re.compile(r"\sid=\"([^\"]*)\"")
_TEXTS = ("script", "style", "textarea", "title")
"""What may hold signs that look like tags, and are none."""

Turn = Callable[[str, str], str | None]


def rewrite(html: str, turn: Turn) -> str:
    """Return a page with each link as ``turn`` says, given the attribute and what it holds.

    Where that is nothing, the attribute is left out: what is shown stays, and leads nowhere.
    Pages are ours: attributes stand in double quotes.
    """

    def link(found: re.Match[str]) -> str:
        name, value = found[1], unescape(found[2])
        turned = turn(name, value)
        if turned is None:
            return ""
        return found[0] if turned == value else f' {name}="{escape(turned)}"'

    pieces: list[str] = []
    at = 0
    while found := _TAG.search(html, at):
        name, rest = found["name"], found["rest"] or ""
        pieces += [html[at : found.start()], found[0]]
        if name and "=" in rest:
            pieces[-1] = f"<{name}{_LINK.sub(link, rest)}>"
        at = found.end()
        if name and name.lower() in _TEXTS:
            end = html.find(f"</{name}", at)
            pieces.append(html[at : end if end >= 0 else len(html)])
            at = end if end >= 0 else len(html)
    return "".join([*pieces, html[at:]])


def anchors_of(html: str) -> set[str]:
    """Return what parts of a page can be led to by."""
    return {unescape(one) for tag in _TAG.finditer(html) for one in _ID.findall(tag["rest"] or "")}
