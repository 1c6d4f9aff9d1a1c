"""What does not count is told as such, and what came with the library is not replaced unseen."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from calling import Call
from shelf import copied
from sysgraph.bulk.load import load_bulk
from sysgraph.errors import ReplacesShipped
from sysgraph.files import data
from sysgraph.history.deeds import set_aside
from sysgraph.store.local import LocalStore

CASES = data() / "ontology" / "cases"


@pytest.mark.slow
def test_a_retracted_case_says_that_it_was_and_when(tmp_path: Path, call: Call) -> None:
    """C16: it was said to be no case at all."""
    place = ("--store", tmp_path / "store")
    own = tmp_path / "own.yaml"
    own.write_text(copied("own", "agra"), "utf-8")
    assert call("load", own, *place).code == 0
    assert call("retract", "wigan-deal", "--reason", "Withdrawn.", *place).code == 0
    for words in (
        ("advise", "--case", "wigan-deal"),
        ("advise", "--practice", "wigan-deal"),
        ("explain", "1", "--case", "wigan-deal"),
        ("explain", "1", "--practice", "wigan-deal"),
        ("query", "contested-readings", "-p", "case=wigan-deal"),
    ):
        said = call(*words, *place)
        assert said.code == 2
        assert "'wigan-deal' does not count: retracted since 20" in said.err
        assert "(Withdrawn.)" in said.err
        assert "sysgraph history wigan-deal" in said.err
        assert "sysgraph retract wigan-deal --undo" in said.err
    assert "is no case" in call("advise", "--case", "wigan-dea", *place).err


def test_what_does_not_count_is_told_with_its_state(world: LocalStore) -> None:
    assert set_aside("eta", world) == (
        "does not count: draft since 2026-01-05. 'sysgraph history eta' tells what it was"
    )
    assert set_aside("theta", world) == (
        "does not count: superseded since 2026-01-06 by alpha."
        " 'sysgraph history theta' tells what it was"
    )
    told = set_aside("epsilon", world)
    assert told.startswith("does not count: retracted since 2026-01-06 (Told in error.)")
    assert told.endswith("; 'sysgraph retract epsilon --undo' has it count again")
    assert set_aside("epsilon", world, " --store st").endswith(
        " 'sysgraph history epsilon --store st' tells what it was;"
        " 'sysgraph retract epsilon --undo --store st' has it count again"
    )
    assert set_aside("alpha", world) == set_aside("nobody", world) == ""


def test_a_draft_is_told_with_its_store_and_where_it_is(tmp_path: Path, call: Call) -> None:
    draft, store = tmp_path / "mine.yaml", tmp_path / "my store"
    draft.write_text(copied("mine", "agra") + "draft: true\n", "utf-8")
    assert call("load", draft, "--store", store).code == 0
    history = f"'sysgraph history mine --store '{store}'' tells what it was"
    whole = ("export", "--what", "all", "--case", "mine")
    for words in (["code-sheet", "mine"], ["export", "--case", "mine", "--format", "yaml"]):
        said = call(*words, "--store", store)
        assert said.code == 2
        assert "'mine' does not count: draft since 20" in said.err
        assert history in said.err
        assert (f"'sysgraph {' '.join(whole)} --store" in said.err) == (words[0] == "export")
    assert "case/mine" in call(*whole, "--store", store, "--format", "nquads").out


def few(path: Path) -> None:
    """Leave of an export in YAML what the test is about, and two cases more."""
    cases = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    kept = [one for one in cases if one["id"] in ("agra", "mine", "nuka", "wigan-deal")]
    assert len(kept) >= 3
    path.write_text(yaml.safe_dump(kept), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "lessen"),
    [
        ("yaml", few),
        *(
            pytest.param(e, str, marks=pytest.mark.thorough)
            for e in ("yaml", "json", "csv", "xlsx")
        ),
    ],
)
def test_a_shipped_case_is_replaced_for_a_reason_only(
    ending: str, lessen: Callable[[Path], object], tmp_path: Path, call: Call
) -> None:
    """C16: a row that happens to have the id of a shipped case took its place."""
    text = (CASES / "agra.yaml").read_text("utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(copied("mine", "agra"), "utf-8")
    store = tmp_path / "store"
    assert call("load", mine, "--store", store).code == 0
    path = tmp_path / f"cases.{ending}"
    assert call("export", "--format", ending, "--store", store, "-o", path).code == 0
    lessen(path)
    again = call("load", path, "--store", tmp_path / "other")
    assert again.code == 0  # what is the same replaces nothing
    changed = tmp_path / "agra.yaml"
    changed.write_text(re.sub("(?m)^title: .*", "title: Another", text, count=1), "utf-8")
    other = tmp_path / "third"
    assert call("load", changed, "--store", other, "--reason", "A better title").code == 0
    assert call("export", "--format", ending, "--store", other, "-o", path).code == 0
    lessen(path)
    target = tmp_path / "fourth"
    refused = call("load", path, "--store", target)
    assert refused.code == 2
    assert "agra came with the library" in refused.err
    assert "Nothing was loaded" in refused.err
    done = call("load", path, "--store", target, "--reason", "A better title")
    assert done.code == 0
    assert "replaced" in done.out


def test_in_bulk_too_a_shipped_case_is_replaced_for_a_reason_only(tmp_path: Path) -> None:
    text = (CASES / "agra.yaml").read_text("utf-8")
    path, store = tmp_path / "agra.yaml", tmp_path / "store"
    path.write_text(re.sub("(?m)^title: .*", "title: Another", text, count=1), "utf-8")
    with pytest.raises(ReplacesShipped, match="agra came with the library"):
        load_bulk([path], store, workers=1)
    assert not store.exists()
    assert load_bulk([path], store, workers=1, reason="A better title").replaced == ("agra",)
    assert load_bulk([path], store, workers=1).unchanged == ("agra",)


@pytest.mark.usefixtures("few")
def test_a_load_of_what_was_retracted_says_that_it_does_not_count(
    tmp_path: Path, call: Call
) -> None:
    """It was said to be unchanged, and no more."""
    store, own = tmp_path / "my store", tmp_path / "own.yaml"
    own.write_text(copied("own", "wigan-deal"), "utf-8")
    load = ("load", own, "--store", store)
    assert "own" not in call(*load).err
    assert call("retract", "own", "--reason", "Told in error.", "--store", store).code == 0
    again = call(*load)
    assert (again.code, again.out) == (0, "unchanged: own\n")
    assert "'own' does not count: retracted since 20" in again.err
    assert "(Told in error.)" in again.err
    assert f"'sysgraph retract own --undo --store '{store}'' has it count again" in again.err
    assert json.loads(call(*load, "--format", "json").out)["aside"] == ["own"]
    assert call("retract", "own", "--undo", "--store", store).code == 0
    assert call(*load) == (0, "unchanged: own\n", "")


@pytest.mark.usefixtures("few")
def test_a_load_of_what_was_superseded_says_by_what(tmp_path: Path, call: Call) -> None:
    store, own, newer = (tmp_path / name for name in ("store", "own.yaml", "newer.yaml"))
    own.write_text(copied("own", "wigan-deal"), "utf-8")
    newer.write_text(copied("newer", "wigan-deal") + "supersedes: [own]\n", "utf-8")
    assert call("load", own, newer, "--store", store).code == 0
    assert "superseded since" in (said := call("load", own, "--store", store).err)
    assert "by newer" in said
    assert "--undo" not in said
