"""What a site has beside the pages of a server: a map of it, all terms, and a page for the lost."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest

from sysgraph.ontology import Ontology
from sysgraph.rdf import text_of
from sysgraph.terms import NAMESPACE, PREFIXES

pytestmark = pytest.mark.slow


def test_the_map_names_each_page_and_no_other(published: Path) -> None:
    text = (published / "sitemap.xml").read_text()
    named = {unquote(one.removeprefix(NAMESPACE)) for one in re.findall("<loc>(.*?)</loc>", text)}
    pages = {one.relative_to(published).as_posix() for one in published.rglob("*.html")}
    own = {one for one in pages if not one.startswith(("graph/", "more/", "404.html"))}
    hidden = {one for one in own if 'name="robots"' in (published / one).read_text()}
    assert named == own - hidden
    assert {"index.html", "browse/cases.html", "type/organic.html"} <= named
    assert f"Sitemap: {NAMESPACE}sitemap.xml" in (published / "robots.txt").read_text()


def test_the_page_for_the_lost_leads_out_from_any_depth(published: Path) -> None:
    html = (published / "404.html").read_text()
    links = re.findall(r'(?:href|src|action)="([^"]*)"', html)
    assert links
    for link in links:
        assert link.startswith((NAMESPACE, "#")), link
        assert link == "#text" or (published / link.removeprefix(NAMESPACE)).is_file()


def test_what_stands_within_the_page_for_the_lost_is_allowed_by_servers(published: Path) -> None:
    html = (published / "404.html").read_text()
    assert html.index("<style>") < html.index("pico.css")  # which has the last word where it is
    for kind, part in (("style", "body>main"), ("script", "location.replace")):
        text = html.partition(f"<{kind}>")[2].partition(f"</{kind}>")[0]
        assert part in text
        allowed = b64encode(sha256(text.encode()).digest()).decode()
        for name in ("nginx.conf", "apache.conf", "Caddyfile"):
            rules = (published / "rules" / name).read_text()
            assert f"{kind}-src 'self' 'sha256-{allowed}'" in rules


def test_a_site_without_advice_promises_none_in_any_language(published: Path) -> None:
    home, spanish = published / "index.html", published / "more" / "index" / "lang-es.html"
    assert "Ask about my change" not in home.read_text()
    assert 'href="ask.html">How to get advice</a>' in home.read_text()
    assert 'href="../ask/lang-es.html">Cómo obtener consejo</a>' in spanish.read_text()
    for name in ("ask.html", "more/ask/lang-es.html"):
        told = (published / name).read_text()
        assert "pip install -c constraints.txt &#39;.[web]&#39;" in told
    assert "El consejo necesita un programa" in told


def test_the_page_of_data_says_how_to_cite_and_leads_to_each_file(published: Path) -> None:
    html = (published / "data.html").read_text()
    version = Ontology.load().editions.version
    assert "The sysgraph founders" in html
    assert f"Version {version}, {NAMESPACE}{version}" in html
    links = {unquote(one) for one in re.findall(r'href="(data/[^"]*)"', html)}
    files = {one.relative_to(published).as_posix() for one in published.glob("data/*.*")}
    assert files - {"data/SHA256SUMS"} <= links


def test_the_cases_of_each_type_are_led_to(published: Path) -> None:
    html = (published / "browse" / "cases.html").read_text()
    lists = sorted((published / "more" / "browse" / "cases").glob("type-*.html"))
    assert lists
    for one in lists:
        assert f'href="../more/browse/cases/{one.name}"' in html
        title = one.read_text().partition("<h1>")[2].partition("</h1>")[0]
        assert title.startswith("Cases: ")
        assert title.removeprefix("Cases: ") in html


def test_all_terms_stand_on_one_page_and_in_the_file_of_the_version(published: Path) -> None:
    html = (published / "terms.html").read_text()
    owl = PREFIXES["owl"]
    kinds = {f"{owl}{one}" for one in ("Class", "ObjectProperty", "DatatypeProperty")}
    ontology = Ontology.load()
    said = [(text_of(quad.subject), text_of(quad.object)) for quad in ontology.terms]
    ours = [name for name, kind in said if kind in kinds and name.startswith(NAMESPACE)]
    terms = [name.removeprefix(NAMESPACE) for name in ours]
    assert terms
    for name in terms:
        assert f'href="{name}.html"' in html, name
    # That a property is functional says less than that it leads to a thing.
    headings = re.findall(r"<h2><a [^>]*>([^<]*)", html)
    assert headings[1:3] == ["kind of thing", "property that leads to a thing"]
    assert "property that a thing has once at most" not in headings
    assert not any(one.startswith("owl:") for one in headings)
    version = ontology.editions.version
    for end in ("ttl", "jsonld", "nt"):
        whole = (published / f"{version}.{end}").read_bytes()
        assert whole == (published / f"index.{end}").read_bytes()
        assert end != "nt" or f"versionIRI> <{NAMESPACE}{version}>".encode() in whole
