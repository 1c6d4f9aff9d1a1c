"""Bulk with faults: what is sound goes in, the rest comes back to be corrected, twice is once."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from typer.testing import CliRunner, Result

from shelf import PLAIN, copied_lines
from sysgraph.bulk import slices, work
from sysgraph.bulk.load import load_bulk
from sysgraph.case.apart import Family, Rejected, read_apart, unreadable, write_rejects
from sysgraph.check import FindingTally, inspect_files, sort_out
from sysgraph.cli.app import build
from sysgraph.errors import BadFile, Finding, Severity, SysgraphError
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.stores import describe_store, open_store

pytestmark = pytest.mark.usefixtures("few")
SHIPPED = sorted((data() / "ontology" / "cases").glob("*.yaml"))
SHORT = data() / "ontology" / "cases" / "bristol-pound.yaml"


def case(name: str, **changes: Any) -> dict[str, Any]:
    """Return a shipped case under another id, with changes; None takes a key away."""
    thing = yaml.load(SHORT.read_text(), PLAIN) | {"id": name} | changes
    return {key: value for key, value in thing.items() if value is not None}


def listed(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(list(cases), sort_keys=False, allow_unicode=True))
    return path


def nquads(name: str, change: Callable[[str], str] = str) -> str:
    return change(copied_lines(name, SHORT.stem))


def run(*words: object) -> Result:
    return CliRunner().invoke(build(["load"]), ["load", *map(str, words)])


def quads(place: Path) -> set[str]:
    """Return all that a store says, revision and moments included."""
    return {str(quad) for quad in ox.Store.read_only(str(place))}


def said(place: Path) -> set[str]:
    """Return what a store says but for when, from which file, and its revision."""
    passing = ("generatedAtTime", "revision", "sha256", "schema.org/name")
    return {
        str(q) for q in ox.Store.read_only(str(place)) if not q.predicate.value.endswith(passing)
    }


BAD: tuple[dict[str, Any], ...] = (
    {"title": None},
    {"scale": "village"},
    {"aims": ["cordinate"]},
    {"start": "97"},
    {"remark": "x"},
    {"start": "2021", "end": "2012"},
    {"readings": []},
    {"practice": {"primary": "organic", "secondary": ["organic"], "why": "x"}},
    {"id": "No Good"},
    {"id": None},
)


@pytest.mark.slow
def test_sound_cases_go_in_and_the_others_come_back_with_reasons(tmp_path: Path) -> None:
    bad = [case(f"bad-{number}", **change) for number, change in enumerate(BAD)]
    path = listed(tmp_path / "cases.yaml", case("one"), *bad, case("two"))
    store, rejects = tmp_path / "store", tmp_path / "rejected"
    done = run(path, "--store", store, "--keep-valid", "--rejects", rejects)
    assert done.exit_code == 1
    assert "added: one, two" in done.output
    assert f"refused: {len(BAD)}, written to" in done.output
    assert "By kind:" in done.output
    back = (tmp_path / "rejected.yaml").read_text()
    things = yaml.load(back, yaml.BaseLoader)
    assert [one.get("id") for one in things] == [one.get("id") for one in bad]
    for one, other in zip(things, bad, strict=True):
        assert one == other
    assert back.count("  # ") >= len(BAD)
    assert re.search(r"-\n  # .*cases\.yaml:\d+:\d+: scale: .*village|-\n  # .*: scale: ", back)
    # Sent again as it is, it comes back as it is, without older reasons.
    again = run(tmp_path / "rejected.yaml", "--store", store, "--rejects", tmp_path / "twice")
    assert again.exit_code == 1
    twice = (tmp_path / "twice.yaml").read_text()
    assert yaml.load(twice, yaml.BaseLoader) == things
    assert twice.count("  # ") == back.count("  # ")
    # Corrected, all of it goes in.
    mended = [case(f"bad-{number}") for number in range(len(BAD))]
    whole = run(listed(tmp_path / "rejected.yaml", *mended), "--store", store, "--keep-valid")
    assert whole.exit_code == 0
    assert "bad-9" in whole.output


def test_all_or_nothing_is_still_the_rule(tmp_path: Path) -> None:
    path = listed(tmp_path / "cases.yaml", case("one"), case("two", title=None))
    done = run(path, "--store", tmp_path / "store", "--rejects", tmp_path / "rejected.yaml")
    assert done.exit_code == 1
    assert "Nothing was loaded." in done.output
    assert not (tmp_path / "store").exists()
    assert len(yaml.safe_load((tmp_path / "rejected.yaml").read_text())) == 1


def test_where_nothing_is_sound_no_store_is_made(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: b: c\n")
    lost = tmp_path / "lost.ttl"
    words = ("--store", tmp_path / "store", "--keep-valid", "--rejects", tmp_path / "back")
    done = run(broken, lost, tmp_path / "none.csv", *words)
    assert done.exit_code == 2
    assert not (tmp_path / "store").exists()
    assert "these could not be read at all" in (tmp_path / "back.yaml").read_text().lower()
    assert "no such file" in (tmp_path / "back.nq").read_text()
    assert "no such file" in (tmp_path / "back.reasons.txt").read_text()


def test_rows_come_back_as_rows(tmp_path: Path) -> None:
    from sysgraph.publish.tables import write_csv

    cases = [case(f"row-{number}") for number in range(6)]
    cases[2]["scale"] = "village"
    cases[4]["title"] = "=1+1"
    cases[5]["start"] = "97"
    vocabulary = Ontology.load().vocabulary
    path = tmp_path / "cases.csv"
    path.write_bytes(b"".join(write_csv(lambda: cases, vocabulary)))
    words = ("--store", tmp_path / "store", "--keep-valid", "--rejects", tmp_path / "back.csv")
    done = run(path, path, *words)
    assert done.exit_code == 1
    assert "added: row-0, row-1, row-3, row-4" in done.output
    back, reasons = tmp_path / "back.csv", tmp_path / "back.reasons.txt"
    assert "row 2: " in reasons.read_text()
    assert "came before" in reasons.read_text()  # the same file twice
    lines = back.read_text().replace("village", "city").replace(",97,", ",1997,")
    back.write_text("\n".join(lines.split("\n")[:3]) + "\n")
    again = run(back, "--store", tmp_path / "store")
    assert again.exit_code == 0, again.output
    assert "added: row-2, row-5" in again.output


def test_tables_of_other_columns_get_files_of_their_own(tmp_path: Path) -> None:
    found = [
        Rejected("a.csv", ("no",), Family.CSV, header=("id", "title"), cells=("x", "y")),
        Rejected("b.csv", ("no",), Family.CSV, header=("id",), cells=("z",)),
    ]
    names = [path.name for path in write_rejects(found, tmp_path / "back")]
    assert names == ["back.csv", "back.reasons.txt", "back-2.csv", "back-2.reasons.txt"]
    with pytest.raises(BadFile, match="cannot be written"):
        write_rejects(found, tmp_path / "none" / "back")


def test_nquads_that_are_not_well_formed_keep_out_one_case(tmp_path: Path) -> None:
    path = tmp_path / "cases.nq"
    texts = [nquads("one"), nquads("two").replace('"@en', '"@', 1), "# a note\n", nquads("three")]
    path.write_text("".join(texts))
    done = run(path, "--store", tmp_path / "s", "--keep-valid", "--rejects", tmp_path / "back")
    assert "added: one, three" in done.output
    back = (tmp_path / "back.nq").read_text()
    line = nquads("one").count("\n") + 1
    assert (
        re.search(rf"# .*cases\.nq:{line}", back)
        or f"cases.nq:{line}" in back
        or "cases.nq:" in back
    )
    (tmp_path / "back.nq").write_text(back.replace('"@ ', '"@en '))
    again = run(tmp_path / "back.nq", "--store", tmp_path / "s")
    assert "added: two" in again.output


def test_other_syntaxes_come_back_as_nquads(tmp_path: Path) -> None:
    path = tmp_path / "cases.trig"
    good, bad = nquads("one"), nquads("two", FAULTS[1])
    store = ox.Store()
    store.load(input=(good + bad).encode(), format=ox.RdfFormat.N_QUADS)
    store.dump(path, format=ox.RdfFormat.TRIG)
    done = run(path, "--store", tmp_path / "s", "--keep-valid", "--format", "json")
    told = json.loads(done.stdout)
    warned = len(inspect_files([SHORT]).findings)
    assert (told["added"], told["refused"], len(told["warnings"])) == (["one"], 1, warned)
    (piece, other) = read_apart(path, Ontology.load().vocabulary)
    assert piece.written.family is Family.NQUADS
    assert {*other.written.text.splitlines()} == {*bad.splitlines()}


def test_json_and_flow_lists_come_back_as_yaml(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([case("one"), case("two", scale="x"), case("three", scale="y")]))
    pieces = list(read_apart(path, Ontology.load().vocabulary))
    assert [yaml.load(piece.written.text, yaml.BaseLoader)["id"] for piece in pieces] == [
        "one",
        "two",
        "three",
    ]
    one = tmp_path / "one.yaml"
    one.write_text(f"---\n{SHORT.read_text()}")
    (piece,) = read_apart(one, Ontology.load().vocabulary)
    assert yaml.load(piece.written.text, yaml.BaseLoader)["id"] == "bristol-pound"


@pytest.fixture
def small_is_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_LARGE_FILE", 1000)


FAULTS: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("/aim/replace-regime", "/aim/cordinate"),
    lambda text: re.sub(r'.*dc/terms/title> "Bristol.*\n', "", text),
    lambda text: text.replace('"2012"^^', '"12"^^'),
    lambda text: text.replace('"@en', '"@', 1),
    lambda text: text.replace("ontology#", "#").replace("sysgraph/scale>", "sysgraph/scales>"),
)


def mixed(folder: Path, count: int, chance: random.Random) -> tuple[Path, set[str], set[str]]:
    """Return N-Quads of cases of which some have a fault, the sound ids and the others."""
    sound, others, texts = set(), set(), []
    for number in range(count):
        name = f"made-{number:04d}"
        if chance.random() < 0.2:
            texts.append(nquads(name, chance.choice(FAULTS)))
            others.add(name)
        else:
            texts.append(nquads(name))
            sound.add(name)
    path = folder / "cases.nq"
    path.write_text("".join(texts))
    return path, sound, others


@pytest.mark.slow
def test_bulk_and_the_small_path_take_and_refuse_the_same(tmp_path: Path) -> None:
    path, sound, others = mixed(tmp_path, 80, random.Random(4))
    bulk = load_bulk([path], tmp_path / "bulk", workers=2, keep_valid=True)
    assert {*bulk.added} == sound
    assert len(bulk.refused) == len(others)
    assert all(one.reasons for one in bulk.refused)
    small = run(path, "--store", tmp_path / "small", "--keep-valid", "--format", "json")
    told = json.loads(small.stdout)
    assert {*told["added"]} == sound
    assert told["refused"] == len(others)
    assert said(tmp_path / "bulk") == said(tmp_path / "small")
    small_path = sort_out([path])
    key = [(row["demand"], row["count"]) for row in FindingTally(small_path.findings).rows()]
    assert sorted(key) == sorted((row["demand"], row["count"]) for row in bulk.tally.rows())
    # The rejects, corrected, complete the store.
    (back,) = write_rejects(bulk.refused, tmp_path / "back")
    back.write_text("".join(nquads(name) for name in sorted(others)))
    more = load_bulk([back], tmp_path / "bulk", workers=1)
    assert {*more.added} == others


@pytest.mark.slow
@pytest.mark.usefixtures("small_is_bulk")
def test_the_same_input_twice_changes_nothing(tmp_path: Path) -> None:
    path, sound, _ = mixed(tmp_path, 20, random.Random(8))
    words = (path, "--store", tmp_path / "bulk", "--keep-valid", "--rejects", tmp_path / "back")
    assert run(*words).exit_code == 2  # a line of it was beyond reading
    before, kept = quads(tmp_path / "bulk"), (tmp_path / "back.nq").read_bytes()
    again = run(*words)
    assert f"0 added, 0 replaced, {len(sound)} unchanged" in again.output
    assert quads(tmp_path / "bulk") == before
    assert (tmp_path / "back.nq").read_bytes() == kept
    whole = tmp_path / "whole.nq"
    whole.write_text("".join(nquads(name) for name in sorted(sound)))
    assert run(whole, "--store", tmp_path / "bulk").exit_code == 0
    assert quads(tmp_path / "bulk") == before
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "back.nq",
        "bulk",
        "cases.nq",
        "whole.nq",
    ]


@pytest.mark.slow
def test_the_same_files_twice_by_the_small_path_change_nothing(tmp_path: Path) -> None:
    path = listed(tmp_path / "cases.yaml", case("one"), case("two"))
    for _ in range(2):
        assert run(path, "--store", tmp_path / "store").exit_code == 0
        before = quads(tmp_path / "store")
    again = run(path, "--store", tmp_path / "store", "--keep-valid")
    assert "unchanged: one, two" in again.output
    assert quads(tmp_path / "store") == before


@pytest.mark.usefixtures("small_is_bulk")
def test_rejects_without_keep_valid_load_nothing_in_bulk(tmp_path: Path) -> None:
    path, _, others = mixed(tmp_path, 20, random.Random(8))
    done = run(path, "--store", tmp_path / "store", "--rejects", tmp_path / "back")
    assert done.exit_code == 2  # a line of it was beyond reading
    assert not (tmp_path / "store").exists()
    assert f"refused: {len(others)}" in done.output
    assert "Nothing was loaded." in done.output


def test_twice_in_one_bulk_is_once(tmp_path: Path) -> None:
    path, other = tmp_path / "a.nq", tmp_path / "b.nq"
    path.write_text(nquads("one") + nquads("two"))
    other.write_text(nquads("two") + nquads("three"))
    done = load_bulk([path, other], tmp_path / "store", workers=1, keep_valid=True)
    assert (done.added, len(done.refused)) == (("one", "two", "three"), 1)
    assert "came before" in done.refused[0].reasons[0]
    assert nquads("two").splitlines()[0] in done.refused[0].text


def test_drafts_alone_are_kept_as_well(tmp_path: Path) -> None:
    path = listed(tmp_path / "cases.yaml", case("sketch", draft="true"), case("bad", scale="x"))
    done = load_bulk([path], tmp_path / "store", workers=1, keep_valid=True)
    assert (done.added, done.drafts, len(done.refused)) == (("sketch",), ("sketch",), 1)
    assert describe_store(open_store(str(tmp_path / "store")))["draft"] == ["sketch"]


def test_many_files_are_taken_case_by_case(tmp_path: Path) -> None:
    paths = [listed(tmp_path / "a.yaml", case("one"), case("two", scale="x"), case("", id=None))]
    critique = tmp_path / "critique.yaml"
    critique.write_text("kind: critique\nid: of-ours\n")
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: b: c\n")
    done = load_bulk([*paths, critique, broken], tmp_path / "s", workers=1, keep_valid=True)
    assert done.added == ("one",)
    assert len(done.refused) == 4
    assert any("critiques are not loaded in bulk" in one.reasons[0] for one in done.refused)
    none = load_bulk([broken], tmp_path / "none", workers=1, keep_valid=True)
    assert len(none.refused) == 1
    assert not (tmp_path / "none").exists()


def test_rows_in_bulk_come_back_as_rows(tmp_path: Path) -> None:
    from sysgraph.publish.tables import write_csv

    cases = [case(f"row-{number}") for number in range(5)]
    cases[2]["scale"] = "village"
    vocabulary = Ontology.load().vocabulary
    path = tmp_path / "cases.csv"
    text = b"".join(write_csv(lambda: cases, vocabulary))
    path.write_bytes(text.replace(b"row-4", b"Row 4"))
    done = load_bulk([path], tmp_path / "s", workers=1, keep_valid=True)
    assert done.added == ("row-0", "row-1", "row-3")
    one, other = done.refused
    assert "small letters" in other.reasons[0]
    assert one.family is Family.CSV
    assert one.cells[0] == "row-2" or "row-2" in one.cells


def test_after_the_first_the_screen_alone_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    from sysgraph.bulk.load import prepare_kit

    kit = prepare_kit()
    text = nquads("one", FAULTS[1]).encode()
    told = []
    for most in (1, 0):
        monkeypatch.setattr(work, "_MOST", most)
        monkeypatch.setattr(work.Worker, "asked", 0)
        part = slices.Slice("x.nq", len(text), "", text, 1)
        told.append(work._work_sorting(part, kit).refused[0].reasons)
    assert told[0] == told[1]


def _load_by_process(path: Path, store: Path) -> subprocess.Popen[bytes]:
    code = (
        "from pathlib import Path; from sysgraph.bulk.load import load_bulk\n"
        f"if __name__ == '__main__': load_bulk([Path({str(path)!r})], Path({str(store)!r}), "
        "workers=2, keep_valid=True, "
        "progress=lambda what, done, total: print(done, flush=True))\n"
    )
    script = store.with_name("script.py")
    script.write_text(code)
    return subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize("reports", [1, 2])
def test_a_killed_load_is_simply_run_again(tmp_path: Path, reports: int) -> None:
    store = tmp_path / "store"
    assert run(listed(tmp_path / "first.yaml", case("first")), "--store", store).exit_code == 0
    before = quads(store)
    path, sound, others = mixed(tmp_path, 300, random.Random(2))
    process = _load_by_process(path, store)
    assert process.stdout is not None
    for _ in range(reports):
        process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{child}/exe").exists() for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    now = quads(store)
    assert now == before  # as it was, or as a whole; these kills come before the end
    again = _load_by_process(path, store)
    again.communicate()
    assert again.returncode == 0
    done = load_bulk([path], store, workers=1, keep_valid=True)
    assert {*done.unchanged} == sound
    assert len(done.refused) == len(others)
    assert not done.added


def test_findings_are_counted_by_kind() -> None:
    tally = FindingTally()
    for number in range(3):
        tally.add(Finding(message="no", demand="one", file="f", line=number))
    tally.add(Finding(message="hm", demand="two", severity=Severity.WARNING))
    tally.add(unreadable(BadFile("x.yaml", "it is empty", 1)))
    tally.add(unreadable(SysgraphError("what")))
    rows = tally.rows()
    assert [(row["demand"], row["count"]) for row in rows] == [
        ("one", 3),
        ("readable", 2),
        ("two", 1),
    ]
    assert rows[0]["first"] == "f:0: no"
