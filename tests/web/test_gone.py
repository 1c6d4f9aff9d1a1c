"""Whoever follows an old link is told what became of it: of a word, or of a case."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from calling import Call
from shelf import copied
from sysgraph.history.became import Gone
from sysgraph.ontology import Ontology
from sysgraph.terms import NAMESPACE
from sysgraph.web.site import Site
from visiting import visitor


def words_of(text: str) -> str:
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_page_of_each_withdrawn_word_says_so_first_and_leads_on(client: TestClient) -> None:
    for old, new in Ontology.load().replaced.items():
        answer = client.get(f"/{old.removeprefix(NAMESPACE)}")
        assert answer.status_code == 200
        said = words_of(answer.text)
        assert "This word is withdrawn. In its place stands:" in said
        assert "Why: A caution until 0.1.0." in said
        assert f'href="/{new.removeprefix(NAMESPACE)}"' in answer.text
        assert "owl:deprecated" not in said  # in words, and once
        assert "owl:NamedIndividual" not in said
        assert said.index("This word is withdrawn") < said.index("The same for programs")


def test_a_word_in_use_says_nothing_of_that(client: TestClient) -> None:
    assert "withdrawn" not in words_of(client.get("/gate/leaders-not-accepted").text)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for a store that had three cases, each gone in its own way, and a draft."""
    return tmp_path_factory.mktemp("old")


@pytest.fixture
def visited(old: Path, call: Call) -> Iterator[TestClient]:
    place = old / "store"
    if not place.exists():
        for name in ("one", "two", "three"):
            (old / f"{name}.yaml").write_text(copied(name))
        newer = copied("newer").replace("\ntitle:", "\nsupersedes: three\ntitle:", 1)
        (old / "newer.yaml").write_text(newer)
        first = [old / f"{name}.yaml" for name in ("one", "two", "three")]
        assert call("load", *first, "--store", place).code == 0
        assert call("load", old / "newer.yaml", "--store", place).code == 0
        told = ("--reason", "The <b>figures</b> were withdrawn.", "--by", "Bo")
        assert call("retract", "one", *told, "--store", place).code == 0
        assert call("remove", "two", "--store", place).code == 0
    with visitor(Site(str(place))) as found:
        yield found


def test_what_is_gone_says_why_in_place_of_not_found(visited: TestClient) -> None:
    retracted = visited.get("/case/one")
    assert retracted.status_code == 410
    said = words_of(retracted.text)
    assert "Bristol Pound This was retracted (2" in said
    assert "Why: The &lt;b&gt;figures&lt;/b&gt; were withdrawn. (Bo)" in said
    assert "it counted; it was retracted" in said
    removed = visited.get("/case/two")
    assert removed.status_code == 410
    assert "This was taken out (2" in words_of(removed.text)
    superseded = visited.get("/case/three")
    assert superseded.status_code == 200
    assert "In its place stands: Bristol Pound ." in words_of(superseded.text)
    assert 'href="/case/newer"' in superseded.text
    for answer in (retracted, removed, superseded):
        assert "strengths" not in answer.text  # nothing of what it said
        assert "citations" not in answer.text


def test_a_part_of_what_is_gone_and_its_data_are_gone_too(visited: TestClient) -> None:
    for path in ("/case/one/outcome/led", "/case/one.ttl", "/case/two.nt"):
        assert visited.get(path, follow_redirects=False).status_code == 410, path
    turtle = visited.get("/case/three", headers={"Accept": "text/turtle"})
    assert turtle.status_code == 200
    assert "isReplacedBy" in turtle.text


def test_what_never_was_is_still_not_found_and_what_counts_is_there(visited: TestClient) -> None:
    assert visited.get("/case/nobody").status_code == 404
    assert visited.get("/case/newer").status_code == 200
    assert visited.get("/case/wigan-deal").status_code == 200


def test_a_case_of_a_former_release_has_a_page_that_says_so() -> None:
    site = Site()
    reason = "It was in sysgraph 0.0.9, and is not in this release."
    site.left = {"our-mill": Gone("our-mill", "Our mill", "removed", "", reason)}
    with visitor(site) as found:
        answer = found.get("/case/our-mill")
        assert answer.status_code == 410
        assert "Our mill This was taken out. It is no evidence" in words_of(answer.text)
        assert reason in words_of(answer.text)
