"""The site tells what changed, and its pages of withdrawn words say so, without a server."""

import json
import re
from pathlib import Path

import pytest

from feeds import ATOM, held_to_rfc
from sysgraph.ontology import Ontology
from sysgraph.release.names import link_to
from sysgraph.terms import NAMESPACE

pytestmark = pytest.mark.slow  # a whole site is made for it


def test_the_page_of_changes_leads_to_pages_that_are_there(published: Path) -> None:
    html = (published / "changes.html").read_text()
    links = re.findall(r'(?:href|src)="([^"#]+)', html)
    own = [link for link in links if not re.match("[a-z]+:", link)]
    assert own
    assert [link for link in own if not (published / link).is_file()] == []
    assert not any(link.startswith(NAMESPACE) for link in links)
    for old, new in Ontology.load().replaced.items():
        assert f"{old.removeprefix(NAMESPACE)}.html" in own
        assert f"{new.removeprefix(NAMESPACE)}.html" in own


def test_the_feed_leads_to_pages_that_are_there(published: Path) -> None:
    feed = held_to_rfc((published / "feed.xml").read_text())
    told = json.loads((published / "changes.json").read_text())
    entries = list(feed.iter(f"{ATOM}entry"))
    assert len(entries) == 1 + len(told["events"])
    for entry in entries:
        (link,) = (one.get("href") or "" for one in entry.iter(f"{ATOM}link"))
        assert (published / link.removeprefix(NAMESPACE)).is_file(), link


def test_a_withdrawn_word_says_so_in_a_file_too(published: Path) -> None:
    for old, new in Ontology.load().replaced.items():
        file, to = (f"{iri.removeprefix(NAMESPACE)}.html" for iri in (old, new))
        html = (published / file).read_text()
        assert "This word is withdrawn." in html
        assert f'href="{link_to(to, file)}"' in html
