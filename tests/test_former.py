"""A store that an earlier version left is read, asked and changed as one of today."""

import json
import tarfile
from pathlib import Path

import pytest

from calling import Call
from sysgraph.case.read import read
from sysgraph.ontology import Vocabulary
from sysgraph.rdf import merge
from sysgraph.store.index import Index
from sysgraph.store.local import open_directory
from sysgraph.stores import describe_store, open_as_of, open_store
from sysgraph.terms import graph_of

FORMER = Path(__file__).parent / "former"
PAST = ("one", "two", "old", "sketch", "wigan-deal")
BEGAN, CORRECTED = "2026-11-28T18:08:02Z", "2026-11-28T18:08:07Z"


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A copy of what was left."""
    with tarfile.open(FORMER / "former.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


def states(store: str, as_of: str | None = None) -> tuple[list[str], dict[str, object]]:
    """Return the ids of the cases that count, and of those that do not, by status."""
    opened = open_as_of(store, as_of)
    told = describe_store(opened)
    found = sorted(opened.index().ids)
    opened.close()
    return found, {name: told[name] for name in ("draft", "retracted", "superseded")}


def test_cases_and_histories_are_read_as_they_were_left(
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
    assert said == (FORMER / "history.txt").read_text()


def test_it_is_as_it_was_at_each_moment(former: Path, vocabulary: Vocabulary) -> None:
    place = str(former / "store")
    assert states(place, "2026-11-27")[0] == ["wigan-deal"]
    counting, others = states(place, BEGAN)
    assert counting == ["old", "one", "two", "wigan-deal"]
    assert others == {"draft": ["sketch"], "retracted": [], "superseded": []}
    for moment, name in ((BEGAN, "one"), (CORRECTED, "one-corrected")):
        then = open_as_of(place, moment)
        (case,) = read(FORMER / f"{name}.yaml", vocabulary)
        assert {*merge(then.quads(graph_of("one")))} == {*merge(case.quads)}
        then.close()


@pytest.mark.unmeasured
def test_it_goes_on_with_today_s_library(former: Path, call: Call) -> None:
    place = ("--store", str(former / "store"))
    again = call("load", FORMER / "one-corrected.yaml", FORMER / "new.yaml", *place)
    assert "unchanged: new, one" in again.out
    assert states(place[1])[1]["retracted"] == ["two", "wigan-deal"]
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
    assert call("history", "one", *place).out in (FORMER / "history.txt").read_text()
    store = open_directory(former / "store")
    assert store.index() == Index.build(store.entries())
    store.close()
