"""The answer page: what ``advise`` says, and what a page adds to it."""

from xml.etree import ElementTree

import pytest
import yaml
from starlette.testclient import TestClient

from sysgraph.advice.situation import situation_of
from sysgraph.pages.blocks import Heading
from sysgraph.pages.brief import brief_blocks
from sysgraph.web.site import Site
from visiting import read_page

ASKED = "?purpose-origin=movement&agreement=coercive&change-aim=win-justice"


def test_the_answer_is_that_of_the_command(client: TestClient, site: Site) -> None:
    known = {"purpose-origin": "movement", "agreement": "coercive", "change-aim": "win-justice"}
    examination = site.examiner.examine(situation_of(known, site.frame))
    page = read_page(client.get(f"/answer{ASKED}").text)
    wanted = list(brief_blocks(examination))
    headings = [block.text for block in wanted if isinstance(block, Heading)]
    assert [one for one in page.headings if one in headings] == headings
    for block in wanted:
        text = getattr(block, "words", getattr(block, "text", ""))
        assert " ".join(text.split()) in page.text


def test_readings_that_differ_are_each_shown(client: TestClient) -> None:
    differ = "?agreement=coercive@beneficiary&agreement=unitary@decision-maker&stakes=safe-to-fail"
    page = read_page(client.get(f"/answer{differ}").text)
    assert "Where people see it differently" in page.headings
    assert "As seen by: those it is meant to help" in page.headings
    assert len(page.ids) == len({*page.ids})


def test_the_picture_says_in_words_what_it_shows(client: TestClient) -> None:
    answer = client.get(f"/answer.svg{ASKED}")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(answer.text)
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Led rightly" in texts
    assert "Works" in texts
    assert not any(text.lstrip("+-").replace(".", "").isdigit() for text in texts)
    (told,) = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}desc")]
    assert told.startswith(
        "People organising themselves – comes first. Led rightly: nearly all for it"
    )


def test_a_link_tells_that_nothing_has_changed(client: TestClient, site: Site) -> None:
    link = dict(read_page(client.get(f"/answer{ASKED}").text).forms[0].fields)
    assert link["first"] == "organic"
    kept = f"/answer{ASKED}&library={site.library}&first=organic"
    assert "the answer is the same" in read_page(client.get(kept).text).text


def test_a_link_tells_what_has_changed_since(client: TestClient) -> None:
    page = read_page(client.get(f"/answer{ASKED}&library=of-last-year&first=facilitative").text)
    assert "What comes first has changed since this link was made." in page.text
    assert "Before: “worked out together”. Now: “people organising themselves”." in page.text
    page = read_page(client.get(f"/answer{ASKED}&library=of-last-year&first=organic").text)
    assert "The library has changed since this link was made. What comes first is the same." in (
        page.text
    )


def test_an_answer_changed_in_place_says_what_moves(client: TestClient) -> None:
    form = read_page(client.get(f"/answer{ASKED}").text).form_to("/answer")
    told = dict(form.fields) | {"purpose-origin": "incumbents", "agreement": "unitary"}
    page = read_page(client.get("/answer", params=told).text)
    assert "This change moves what comes first." in page.text
    same = read_page(client.get("/answer", params=dict(form.fields)).text)
    assert "This change does not move what comes first." in same.text


def test_answers_are_taken_away_as_a_file(client: TestClient) -> None:
    answer = client.post(f"/answer.yaml{ASKED}", data={"who-affected": "the tenants"})
    assert "attachment" in answer.headers["content-disposition"]
    told = yaml.safe_load(answer.text)
    assert told["facets"]["agreement"] == "coercive"
    assert told["who-affected"] == "the tenants"


def test_reasons_unfold_down_to_sources(client: TestClient) -> None:
    page = read_page(client.get(f"/answer/why/organic{ASKED}").text)
    assert "These are all proofs, and each was checked." in page.text
    assert "Ganz 2010" in page.text
    assert "ontology/vocab/considerations.ttl:" in page.text
    assert client.get(f"/answer/why/nobody{ASKED}").status_code == 404


def test_the_researchers_page_has_everything(client: TestClient) -> None:
    page = read_page(client.get(f"/answer/all{ASKED}").text)
    for heading in ("The two tests", "What would change the answer", "Read this with care"):
        assert heading in page.headings


def test_nothing_answered_is_no_answer(client: TestClient) -> None:
    page = read_page(client.get("/answer").text)
    assert "Nothing was answered" in page.text


@pytest.mark.parametrize("path", ["/answer", "/answer.svg", "/answer/all", "/ask/next"])
def test_hostile_addresses_are_inert(client: TestClient, path: str) -> None:
    query = "?agreement=<script>alert(1)</script>&<img src=x onerror=1>=1&reading=-9&lang=../x"
    answer = client.get(path + query)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


def test_pages_carry_the_record_though_none_was_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a page would say less than the command does."""
    monkeypatch.setattr("sysgraph.record.run.kept_record", lambda: None)
    found = Site().frame.record
    assert found is not None
    assert found == site.frame.record
