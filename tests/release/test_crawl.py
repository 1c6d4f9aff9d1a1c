"""From page to page: each becomes a file once, and no link leads to what is not there."""

from pathlib import Path

import pytest

from sysgraph.errors import SysgraphError
from sysgraph.release.crawl import Crawl, is_list
from sysgraph.release.pages import Served
from sysgraph.release.written import Manifest, Writing, writing


class Told:
    """Pages as an application would answer them, and which of them were asked for."""

    def __init__(self, **pages: str) -> None:
        self.pages = {f"/{name.replace('__', '/')}": text for name, text in pages.items()}
        self.asked: list[str] = []

    def get(self, address: str) -> Served:
        self.asked.append(address)
        text = self.pages.get(address)
        if address == "/old":
            return Served(303, b"", "/b")
        return Served(404, b"") if text is None else Served(200, text.encode())


def crawl(pages: Told, written: Writing, stale: set[str] | None, *start: str) -> Crawl:
    found = Crawl(pages, written, stale, ["/0.1.0"])  # type: ignore[arg-type]
    found.run(start, lambda *_: None)
    return found


def test_links_lead_to_files_and_what_is_not_there_is_no_link(tmp_path: Path) -> None:
    pages = Told(
        a='<a href="/b#in">b</a><a href="/b#out">c</a><a href="/none">d</a><a href="/old">e</a>'
        '<a href="/0.1.0">f</a><a href="/search?q=x">g</a><a href="https://example.org/">h</a>',
        b='<p id="in"><a href="/case/x">x</a><a href="#in">i</a></p>',
        case__x='<a href="/a">a</a><a href="/static/site.css">s</a>',
    )
    with writing(tmp_path / "site") as written:
        crawl(pages, written, None, "/a")
        made = {name: written.read(name).decode() for name in written.files}
    assert made == {
        "a.html": '<a href="b.html#in">b</a><a href="b.html">c</a><a>d</a><a href="b.html">e</a>'
        '<a href="0.1.0.html">f</a><a href="search.html?q=x">g</a>'
        '<a href="https://example.org/">h</a>',
        "b.html": '<p id="in"><a href="case/x.html">x</a><a href="#in">i</a></p>',
        "case/x.html": '<a href="../a.html">a</a><a href="../static/site.css">s</a>',
    }
    assert len(pages.asked) == len(set(pages.asked))


def test_what_is_made_later_is_asked_for_with_what_goes_with_it(tmp_path: Path) -> None:
    pages = Told(
        a='<a href="/query/x">x</a><a href="/query/y">y</a>',
        query__x='<a href="/a">a</a><a href="/query/x.csv">c</a>',
        query__y='<a href="/a">a</a><a href="/query/y.csv">c</a>',
        **{"query__x.csv": "x", "query__y.csv": "y"},
    )
    with writing(tmp_path / "site") as written:
        later = ["/query/y", "/query/x"]
        found = Crawl(pages, written, None, (), later)  # type: ignore[arg-type]
        found.run(["/a"], lambda *_: None)
        assert b'<a href="query/y.html">y</a>' in written.read("a.html")
    assert pages.asked == ["/a", "/query/y", "/query/y.csv", "/query/x", "/query/x.csv"]


def test_only_what_is_stale_is_asked_for_again(tmp_path: Path) -> None:
    pages = Told(a='<a href="/b">b</a>', b="<p>b</p>", questions="<p>q</p>")
    start = ("/a", "/b", "/questions")
    with writing(tmp_path / "site") as written:
        alive = crawl(pages, written, None, *start).alive
        written.settle(Manifest(pages=alive, files=written.files))
    pages.asked.clear()
    pages.pages["/b"] = "<p>new</p>"
    with writing(tmp_path / "site") as written:
        crawl(pages, written, {"/b"}, *start)
        assert written.read("b.html") == b"<p>new</p>"
        assert set(written.files) == {"a.html", "b.html", "questions.html"}
    assert sorted(pages.asked) == ["/b", "/questions"]  # a list may change with any thing


def test_a_page_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    class Failing(Told):
        def get(self, address: str) -> Served:
            return Served(400, b'<main id="text"><h1>Pictures</h1> <p>need more</p></main>')

    with (
        pytest.raises(SysgraphError, match="the page /map cannot be made: Pictures need more"),
        writing(tmp_path / "site") as written,
    ):
        crawl(Failing(), written, None, "/map")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", True),
        ("/browse/cases?type=organic", True),
        ("/query/cases-of-type", True),
        ("/query/cases-of-type.csv", True),
        ("/query/cases-of-type.ttl", False),
        ("/map/evidence-gap-map.svg", True),
        ("/type/organic?by=x", False),
    ],
)
def test_lists_are_what_any_case_may_change(address: str, expected: bool) -> None:
    assert is_list(address) is expected
