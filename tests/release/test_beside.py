"""What a site has beside the pages of a server: a map of it, all terms, and a page for the lost."""

import re
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
    assert named == pages - {"404.html"}
    assert f"Sitemap: {NAMESPACE}sitemap.xml" in (published / "robots.txt").read_text()


def test_the_page_for_the_lost_leads_out_from_any_depth(published: Path) -> None:
    html = (published / "404.html").read_text()
    links = re.findall(r'(?:href|src|action)="([^"]*)"', html)
    assert links
    for link in links:
        assert link.startswith((NAMESPACE, "#")), link
        assert link == "#text" or (published / link.removeprefix(NAMESPACE)).is_file()


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
    version = ontology.editions.version
    for end in ("ttl", "jsonld", "nt"):
        whole = (published / f"{version}.{end}").read_bytes()
        assert whole == (published / f"index.{end}").read_bytes()
        assert end != "nt" or f"versionIRI> <{NAMESPACE}{version}>".encode() in whole
