"""What earlier versions left is read, asked and changed as if it were of today.

That is stores, saved answers, links to an answer, and advice that was kept to be followed up.
"""

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from starlette.testclient import TestClient

from calling import Call
from sysgraph.case.read import read
from sysgraph.rdf import merge
from sysgraph.store.index import Index
from sysgraph.store.local import open_directory
from sysgraph.stores import describe_store, open_as_of, open_store
from sysgraph.terms import PREFIXES, graph_of
from sysgraph.vocabulary import Vocabulary
from sysgraph.web.site import Site
from visiting import visitor

FORMER = Path(__file__).parent / "former"
PAST = ("one", "two", "old", "sketch", "wigan-deal")
MOMENTS = {
    "5966bb4": ("2026-11-28T18:08:02Z", "2026-11-28T18:08:07Z"),
    "cc4131f1": ("2026-11-29T22:57:39Z", "2026-11-29T22:57:47Z"),
    "0ff09a37": ("2026-11-29T22:58:58Z", "2026-11-29T22:59:05Z"),
}
"""The commits whose stores are here, with when each was filled and then corrected."""


HEAD = {
    "title": "Our park",
    "draft": True,
    "contributor": {"name": "Ann"},
    "contributed": "2026-11-29",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
}
"""What a draft must have."""


@pytest.fixture(
    params=["5966bb4", *(pytest.param(one, marks=pytest.mark.slow) for one in [*MOMENTS][1:])]
)
def commit(request: pytest.FixtureRequest) -> str:
    """The commit by which a store was left."""
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture
def former(commit: str, tmp_path: Path) -> Path:
    """A copy of what was left."""
    with tarfile.open(FORMER / f"{commit}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


def history_of(commit: str) -> str:
    return (FORMER / f"{commit}.history.txt").read_text()


def states(store: str, as_of: str | None = None) -> tuple[list[str], dict[str, object]]:
    """Return the ids of the cases that count, and of those that do not, by status."""
    opened = open_as_of(store, as_of)
    told = describe_store(opened)
    found = sorted(opened.index().ids)
    opened.close()
    return found, {name: told[name] for name in ("draft", "retracted", "superseded")}


def test_cases_and_histories_are_read_as_they_were_left(
    commit: str,
    former: Path,
    vocabulary: Vocabulary,
    call: Call,
) -> None:
    place = str(former / "store")
    kept = (former / "store" / "cases.index").read_bytes()
    store = open_store(place)
    for case_id, name in (("one", "one-corrected"), ("new", "new")):
        (case,) = read(FORMER / f"{name}.yaml", vocabulary)
        assert {*merge(store.quads(graph_of(case_id)))} == {*merge(case.quads)}
        assert store.quads(graph_of(case_id, "inferred"))
    told = describe_store(store)
    assert told["contributed_cases"] == ["new", "one"]
    assert told["completeness"] == {"sketch": pytest.approx(1 / 7, abs=0.01)}
    store.close()
    assert (former / "store" / "cases.index").read_bytes() == kept
    assert states(place) == (
        ["new", "one"],
        {"draft": ["sketch"], "retracted": ["two", "wigan-deal"], "superseded": ["old"]},
    )
    said = "".join(call("history", name, "--store", place).out for name in PAST)
    assert said == history_of(commit)


def test_it_is_as_it_was_at_each_moment(commit: str, former: Path, vocabulary: Vocabulary) -> None:
    place, (began, corrected) = str(former / "store"), MOMENTS[commit]
    assert states(place, "2026-11-27")[0] == ["wigan-deal"]
    counting, others = states(place, began)
    assert counting == ["old", "one", "two", "wigan-deal"]
    assert others == {"draft": ["sketch"], "retracted": [], "superseded": []}
    for moment, name in ((began, "one"), (corrected, "one-corrected")):
        then = open_as_of(place, moment)
        (case,) = read(FORMER / f"{name}.yaml", vocabulary)
        assert {*merge(then.quads(graph_of("one")))} == {*merge(case.quads)}
        then.close()


@pytest.mark.slow
def test_it_goes_on_with_today_s_library(commit: str, former: Path, call: Call) -> None:
    place = ("--store", str(former / "store"))
    again = call("load", FORMER / "one-corrected.yaml", FORMER / "new.yaml", *place)
    assert "unchanged: new, one" in again.out
    assert states(place[1])[1]["retracted"] == ["two", "wigan-deal"]
    gone_pages_say_why(place[1])
    other = former / "other.yaml"
    other.write_text((FORMER / "one.yaml").read_text().replace("id: one", "id: other", 1))
    assert "added: other" in call("load", other, *place).out
    (now,) = (
        one
        for one in json.loads(call("advise", "--case", "one", "--format", "json", *place).out)
        if one["id"] == "one/1"
    )
    (then, *_) = json.loads((former / "answer.json").read_text())
    assert now.keys() >= then.keys()
    assert now["types"].keys() >= then["types"].keys()
    assert [now[key] for key in ("id", "title", "facets")] == [
        then[key] for key in ("id", "title", "facets")
    ]
    assert call("retract", "two", "--undo", *place).out == "counting again: two\n"
    assert call("load", FORMER / "old.yaml", *place).out.splitlines()[-1] == "unchanged: old"
    assert call("remove", "new", *place).out == "removed: new\n"
    counting, others = states(place[1])
    assert {"old", "one", "other", "two"} <= {*counting}
    assert others == {"draft": ["sketch"], "retracted": ["wigan-deal"], "superseded": []}
    assert call("history", "one", *place).out in history_of(commit)
    store = open_directory(former / "store")
    assert store.index() == Index.build(store.entries())
    store.close()


def gone_pages_say_why(place: str) -> None:
    with visitor(Site(place)) as found:
        for name, why in (("two", "The figures were withdrawn."), ("wigan-deal", "Not for us.")):
            answer = found.get(f"/case/{name}")
            assert answer.status_code == 410
            assert why in answer.text
        assert 'href="/case/new"' in found.get("/case/old").text
        assert found.get("/case/sketch").status_code == 404  # a draft was never shown


@pytest.mark.slow
def test_saved_answers_say_today_what_they_said(call: Call) -> None:
    (told,) = json.loads(call("advise", FORMER / "saved.yaml", "--format", "json").out)
    written = yaml.safe_load((FORMER / "saved.yaml").read_text())
    about = {name: told["opening"].get(name) for name in ("job", "asker-role")}
    assert {**told["facets"], **about} == written["facets"]
    assert told["opening"]["who-in-charge"] == written["who-in-charge"]


def test_a_link_of_before_is_answered_and_tells_what_came_first_then(client: TestClient) -> None:
    link = (FORMER / "link.txt").read_text().strip()
    answer = client.get(link)
    assert answer.status_code == 200
    said = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
    assert "has changed since this link was made." in said
    assert "is withdrawn" not in said
    assert "there is no question" not in said
    assert "is no answer to" not in said


def test_advice_that_was_kept_is_read_as_it_was_given(
    vocabulary: Vocabulary, tmp_path: Path, call: Call
) -> None:
    kept = filled(yaml.safe_load((FORMER / "followed-up.yaml").read_text()))
    file = tmp_path / "our-park.yaml"
    file.write_text(yaml.safe_dump({**kept, **HEAD}, sort_keys=False))
    (case,) = read(file, vocabulary)
    assert case.findings == []
    advice = [quad for quad in case.quads if str(quad.subject).endswith("/advice>")]
    named = {quad.object.value for quad in advice if isinstance(quad.object, ox.NamedNode)}
    types = {
        one.removeprefix(PREFIXES["type"]) for one in named if one.startswith(PREFIXES["type"])
    }
    assert types == {"organic", "better-leadership", "facilitative", "complex-systems"}
    place = str(tmp_path / "store")
    assert call("load", file, "--store", place).code == 0
    assert states(place)[1]["draft"] == ["our-park"]


def filled(said: Any) -> Any:
    """Return what was filled in of a file."""
    if isinstance(said, dict):
        found = {key: filled(value) for key, value in said.items()}
        return {key: value for key, value in found.items() if value not in (None, {}, [])}
    if isinstance(said, list):
        return [each for each in map(filled, said) if each not in (None, {}, [])]
    return said
