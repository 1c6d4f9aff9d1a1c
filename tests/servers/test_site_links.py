"""No link of a built site is broken: in its pages, in its map, in its catalogue, in its feed."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urljoin
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from linkcheck import broken_links, links_of
from servers.fetching import fetch_all

PAGE = '<html id="top"><body><p id="here"></p>{}</body></html>'


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ('<a href="b.html">', ""),
        ('<a href="b.html#here">', ""),
        (
            '<script src="b.html"></script><textarea name="x"></textarea><a href="x">',
            "there is no such file",
        ),
        ("<a class='a > b' HREF='x.html'>", "there is no such file"),
        ('<a href="b.html?x=%2F#here">', ""),
        ('<a href="#here">', ""),
        ('<a href="https://example.org/x">', ""),
        ('<a href="d%2C%20%C3%A1.html">', ""),
        ('<a href="c/b.html">', ""),
        ('<link href="b.css">', "there is no such file"),
        ('<script src="b.js"></script>', "there is no such file"),
        ('<a href="B.html">', "there is no such file"),
        ('<a href="b">', "there is no such file"),
        ('<a href="b.html#there">', "that page has no such place"),
        ('<a href="#there">', "that page has no such place"),
        ('<a href="/b.html">', "it begins with a stroke"),
        ('<a href="../a.html">', "it leads out of the site"),
        ('<a href="c">', "there is no such file"),
        ('<form action="answer">', "there is no such file"),
    ],
)
def test_what_is_wrong_with_a_link_is_told(link: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    for name in ("b.html", "c/b.html", "d, á.html"):
        (tmp_path / name).write_text(PAGE.format(""))
    (tmp_path / "a.html").write_text(PAGE.format(link))
    _, broken = broken_links(tmp_path)
    assert [one.rpartition(": ")[2] for one in broken] == [fault] * bool(fault)


def test_a_link_from_a_page_with_an_odd_name_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "100% of #1?.html").write_text(PAGE.format('<a href="../b.html"><a href="#here">'))
    (tmp_path / "b.html").write_text(PAGE.format(""))
    assert broken_links(tmp_path) == (2, [])


@pytest.mark.servers
def test_no_link_of_a_page_is_broken(published: Path) -> None:
    followed, broken = broken_links(published)
    assert followed > sum(1 for _ in published.rglob("*.html"))
    assert not broken, f"{len(broken)} of {followed}: {broken[:20]}"


def address_of(published: Path) -> str:
    """Return where the site believes that it is."""
    told = re.search(r"Sitemap: (\S+)sitemap\.xml", (published / "robots.txt").read_text())
    assert told is not None
    return told[1]


@pytest.mark.servers
def test_what_the_map_and_the_catalogue_name_is_there(published: Path) -> None:
    address = address_of(published)
    texts = [
        node.text or ""
        for node in ElementTree.parse(published / "sitemap.xml").iter()
        if node.tag.endswith("}loc")
    ]
    by = "http://www.w3.org/ns/dcat#downloadURL"
    quads = list(ox.parse(path=published / "data" / "catalogue.ttl"))
    downloads = [quad.object.value for quad in quads if quad.predicate.value == by]
    assert texts
    assert downloads
    missing = [
        one
        for one in [*texts, *downloads]
        if not one.startswith(address)
        or not (published / (unquote(one.removeprefix(address)) or "index.html")).is_file()
    ]
    assert not missing, missing[:10]


@pytest.mark.servers
def test_the_page_for_what_there_is_not_leads_on_from_anywhere(published: Path) -> None:
    address = address_of(published)
    targets = [
        one for one in links_of((published / "404.html").read_text()).targets if one[0] != "#"
    ]
    assert targets
    lost = [
        one
        for one in targets
        if not one.startswith("https://")
        or (
            one.startswith(address)
            and not (published / (unquote(one.removeprefix(address)) or "index.html")).is_file()
        )
    ]
    assert not lost, lost


@pytest.fixture
def plain(published: Path) -> Iterator[str]:
    """The site given by a server that has no rules."""
    handler = partial(Silent, directory=str(published))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


class Silent(SimpleHTTPRequestHandler):
    """Python's own server, which says nothing, and keeps connections."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.servers
def test_a_server_without_rules_gives_what_pages_lead_to(plain: str, published: Path) -> None:
    odd = [path for path in published.rglob("*.html") if re.search(r"[^\w/.-]", path.name)]
    pages = [published / "index.html", published / "browse" / "cases.html", *sorted(odd)[:10]]
    paths = set()
    for page in pages:
        for link in links_of(page.read_text()).targets:
            whole = urljoin(f"{plain}{quote(page.relative_to(published).as_posix())}", link)
            if whole.startswith(plain):
                paths.add("/" + whole.removeprefix(plain).partition("#")[0])
    asked = [(one, None) for one in sorted(paths)]
    found = {
        path: one.status for (path, _), one in zip(asked, fetch_all(plain, asked), strict=True)
    }
    assert set(found.values()) == {200}, [path for path, one in found.items() if one != 200][:10]
