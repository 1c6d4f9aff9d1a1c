"""Links are written anew where HTML has them, and all else stays, byte for byte."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from sysgraph.release.links import anchors_of, rewrite


class _Reader(HTMLParser):
    """What another reader of HTML finds: links, and what can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction", "data-index"):
                self.links.append(value or "")
            if name == "id":
                self.ids.add(value or "")


def read(html: str) -> _Reader:
    found = _Reader()
    found.feed(html)
    return found


def test_links_are_turned_wherever_they_stand_in_a_tag() -> None:
    html = '<a class="x" href="/a?b=1&amp;c=2">t</a><img alt=">" src="/i.svg"><form action="/s">'
    seen: list[tuple[str, str]] = []

    def turn(name: str, value: str) -> str:
        seen.append((name, value))
        return f"x{value}"

    made = rewrite(html, turn)
    assert seen == [("href", "/a?b=1&c=2"), ("src", "/i.svg"), ("action", "/s")]
    assert read(made).links == ["x/a?b=1&c=2", "x/i.svg", "x/s"]


def test_what_only_looks_like_a_link_stays() -> None:
    html = (
        '<p>href="/a" &lt;a href="/b"></p><!-- <a href="/c"> --><textarea><a href="/d"></textarea>'
        '<pre title="&quot; href=/e">x</pre><script src="/s.js">"<a href=\\"/f\\">"</script>'
    )
    assert rewrite(html, lambda _, to: "s.js") == html.replace("/s.js", "s.js")


def test_a_link_to_nowhere_loses_its_address_and_keeps_its_words() -> None:
    assert rewrite('<a href="/x" class="y">told</a>', lambda *_: None) == '<a class="y">told</a>'


@pytest.mark.slow  # a whole site is made for it
@pytest.mark.parametrize("name", ["index", "case/wigan-deal", "type/organic", "data", "search"])
def test_another_reader_finds_the_same_in_our_pages(published: Path, name: str) -> None:
    html = (published / f"{name}.html").read_text()
    seen: list[str] = []

    def turn(_: str, value: str) -> str:
        seen.append(value)
        return value

    assert rewrite(html, turn) == html
    assert seen == read(html).links
    assert anchors_of(html) == read(html).ids
