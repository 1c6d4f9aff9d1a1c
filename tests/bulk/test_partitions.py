"""Partitions: what a store elsewhere reads is what a store directory holds, whatever befalls."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from servers.running import free_port
from shelf import CASES, as_table, content, copied, copied_lines, many, write_cases
from sysgraph.advice.cases import HeldCases
from sysgraph.advice.said import load_frame
from sysgraph.bulk import kept, slices
from sysgraph.bulk.kept import Folder
from sysgraph.bulk.load import load_bulk, prepare_kit
from sysgraph.bulk.partitions import make_partitions
from sysgraph.case.apart import Family
from sysgraph.cli.app import build
from sysgraph.errors import BadFile, BadFiles, SysgraphError
from sysgraph.files import data
from sysgraph.store.keeper import thaw_index
from sysgraph.stores import open_store
from sysgraph.terms import NAMESPACE

pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few cases be many slices."""
    monkeypatch.setattr(slices, "_SLICE_BYTES", 100_000)


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def all_read(folder: Path) -> ox.Store:
    """Return what a store holds that reads all partitions of a folder."""
    store = ox.Store()
    for path in sorted(folder.glob("*.nq.gz")):
        store.bulk_load(input=gzip.decompress(path.read_bytes()), format=ox.RdfFormat.N_QUADS)
    return store


def said(quads: set[str]) -> set[str]:
    """Leave out blank nodes, which go by other names in each store."""
    return {quad for quad in quads if "_:" not in quad}


def as_content(store: ox.Store) -> set[str]:
    passing = ("generatedAtTime", "revision")
    return {str(quad) for quad in store if not quad.predicate.value.endswith(passing)}


def test_who_reads_the_partitions_has_what_a_store_directory_has(tmp_path: Path) -> None:
    path = many(tmp_path, 12)
    done = make_partitions([path], str(tmp_path / "parts"), workers=2)
    load_bulk([path], tmp_path / "store", workers=1)
    assert done.added == tuple(f"made-{n:04d}" for n in range(12))
    store, there = all_read(tmp_path / "parts"), content(tmp_path / "store")
    assert said(as_content(store)) == said(there)
    assert len(as_content(store)) == len(there)
    told = manifest(tmp_path / "parts")
    assert told["quads"] == len(store)
    assert (told["new"], told["cases"]) == (12, 12 + len(open_store().index()))
    assert len(told["partitions"]) > 2
    for one in [told["library"], *told["partitions"]]:
        held = (tmp_path / "parts" / one["file"]).read_bytes()
        assert sha256(held).hexdigest() == one["sha256"]
        assert gzip.decompress(held).count(b"\n") == one["quads"]
    listed = {one["file"] for one in [told["library"], *told["partitions"]]}
    assert {file.name for file in (tmp_path / "parts").glob("*.nq.gz")} == listed
    index = thaw_index((tmp_path / "parts" / "cases.index").read_bytes())
    other = open_store(str(tmp_path / "store")).index()
    assert (index.ids, index.bits) == (other.ids, other.bits)


def test_a_load_run_again_makes_only_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, parts = many(tmp_path, 12), tmp_path / "parts"
    make_partitions([path], str(parts), workers=1)
    first, before = manifest(parts), {p.name: p.stat().st_mtime_ns for p in parts.glob("part-*")}
    gone = first["partitions"][1]["file"]
    torn = first["partitions"][2]["file"]
    (parts / gone).unlink()
    (parts / torn).write_bytes((parts / torn).read_bytes()[:-9])
    (parts / "part-of-another-load.nq.gz").write_bytes(gzip.compress(b""))
    make_partitions([path], str(parts), workers=1)
    assert manifest(parts) == first  # with the moment of the load that was broken off
    after = {p.name: p.stat().st_mtime_ns for p in parts.glob("part-*")}
    changed = {name for name in before if before[name] != after[name]}
    assert {name for name in changed if name.endswith(".gz")} == {gone, torn}
    assert before.keys() == after.keys()
    # Another version of the code believes nothing that this one made.
    kit = replace(prepare_kit(), moment="2030-01-01T00:00:00Z")
    assert Folder(str(parts)).begin(kit, [path]).moment == first["moment"]
    monkeypatch.setattr(kept, "edition", lambda: "another")
    assert Folder(str(parts)).begin(kit, [path]) == kit


def test_partitions_of_other_files_are_not_taken_away(tmp_path: Path) -> None:
    path, parts = many(tmp_path, 6), tmp_path / "parts"
    other = write_cases(tmp_path, copied_lines("another"), name="other.nq")
    make_partitions([path], str(parts), workers=1)
    before = {file.name: file.read_bytes() for file in parts.iterdir()}
    for load in (
        partial(make_partitions, [other], str(parts)),
        partial(load_bulk, [other], tmp_path / "store", keep=str(parts)),
    ):
        with pytest.raises(BadFile, match=rf"holds the partitions of {path.name}.*manifest.json"):
            load(workers=1)
    assert {file.name: file.read_bytes() for file in parts.iterdir()} == before
    # One more file takes nothing away, and neither does what its owner gives up.
    make_partitions([path, other], str(parts), workers=1)
    assert manifest(parts)["new"] == 7
    (parts / "manifest.json").unlink()
    make_partitions([other], str(parts), workers=1)
    assert manifest(parts)["new"] == 1


def test_a_load_into_a_store_goes_on_from_partitions(tmp_path: Path) -> None:
    path, parts = many(tmp_path, 6), tmp_path / "parts"
    make_partitions([path], str(parts), workers=1)
    before = {p.name: p.stat().st_mtime_ns for p in parts.glob("part-*.nq.gz")}
    done = load_bulk([path], tmp_path / "kept", workers=1, keep=str(parts))
    load_bulk([path], tmp_path / "plain", workers=1)
    assert len(done.added) == 6
    assert content(tmp_path / "kept") == content(tmp_path / "plain")
    assert {p.name: p.stat().st_mtime_ns for p in parts.glob("part-*.nq.gz")} == before


@pytest.mark.slow
def test_a_load_into_a_new_store_ends_with_the_same_manifest(tmp_path: Path) -> None:
    path, both, alone = many(tmp_path, 6), tmp_path / "both", tmp_path / "alone"
    load_bulk([path], tmp_path / "store", workers=2, keep=str(both))
    (alone / "begun.json").parent.mkdir()
    shutil.copy(both / "begun.json", alone)  # so that both bear the same moment
    make_partitions([path], str(alone), workers=1)
    assert manifest(both) == manifest(alone)
    assert {file.name for file in both.iterdir()} == {file.name for file in alone.iterdir()}
    assert manifest(both)["quads"] == len(all_read(both))
    # A case that comes twice is left out of its partition, as without a store.
    doubled = write_cases(tmp_path, path.read_text(), copied_lines("made-0001"), name="twice.nq")
    load_bulk([path, doubled], tmp_path / "other", workers=1, keep=str(both), keep_valid=True)
    assert manifest(both)["new"] == 6
    assert said(as_content(all_read(both))) == said(content(tmp_path / "other"))


def test_partitions_that_a_store_holds_more_than_get_no_manifest(tmp_path: Path) -> None:
    draft = tmp_path / "sketch.yaml"
    draft.write_text(copied("sketch", "wigan-deal") + "\ndraft: true\n")
    path, parts = many(tmp_path, 6), tmp_path / "parts"
    load_bulk([path, draft], tmp_path / "store", workers=1, keep=str(parts))
    assert not (parts / "manifest.json").exists()
    load_bulk([path], tmp_path / "store", workers=1, keep=str(parts))
    assert not (parts / "manifest.json").exists()
    make_partitions([path], str(parts), workers=1)
    assert manifest(parts)["quads"] == len(all_read(parts))


def test_the_index_beside_partitions_is_the_evidence_of_one_store(tmp_path: Path) -> None:
    path, parts = many(tmp_path, 20), tmp_path / "parts"
    make_partitions([path], str(parts), workers=2)
    load_bulk([path], tmp_path / "store", workers=1)
    index = thaw_index((parts / "cases.index").read_bytes())
    with closing(open_store(str(tmp_path / "store"))) as store:
        assert index == store.index()
        frame = load_frame(store)
        facets = {value: facet.id for value, (facet, _) in frame.values.items()}
        beside = HeldCases(index, {}, facets)
        for chosen in [*frame.values][::3], [*frame.values][1::4]:
            # One value of each facet, as somebody would answer.
            values = {facets[value]: value for value in chosen}.values()
            ours, theirs = beside.lookup(values), frame.cases.lookup(values)
            for kind in frame.types:
                of_type = ours.of_type(kind)
                assert ours.nearest(of_type, 30) == theirs.nearest(theirs.of_type(kind), 30)
                assert len(ours.nearest(of_type, 30)) == min(30, ours.count(of_type))
    # And as SPARQL counts in what the partitions hold.
    counted = all_read(parts).query(
        f"PREFIX s: <{NAMESPACE}> SELECT ?type (COUNT(DISTINCT ?case) AS ?n) WHERE {{ GRAPH ?g {{"
        " ?case s:hasPractice/s:hasPrimaryType ?type }} GROUP BY ?type"
    )
    assert isinstance(counted, ox.QuerySolutions)
    found = {row["type"].value.rpartition("/")[2]: int(row["n"].value) for row in counted}
    assert found == {kind: index.count(rows) for kind, rows in index.holding("type=")}


def test_what_is_refused_leaves_no_manifest_and_what_is_sound_can_be_kept(tmp_path: Path) -> None:
    good = copied_lines("good", CASES[0].stem)
    bad = copied_lines("bad", CASES[1].stem).replace("/judgement/", "/no-such-judgement/")
    twice = copied_lines("good", CASES[0].stem)
    path = write_cases(tmp_path, good, bad)
    parts = tmp_path / "parts"
    done = make_partitions([path], str(parts), workers=1)
    assert done.violations
    assert not done.added
    assert not (parts / "manifest.json").exists()
    done = make_partitions([path], str(parts), workers=1, keep_valid=True)
    assert done.added == ("good",)
    assert [one.family for one in done.refused] == [Family.NQUADS]
    store = all_read(parts)
    names = {quad.graph_name.value for quad in store if "/case/" in str(quad.graph_name)}
    assert any(name.endswith("/case/good") for name in names)
    assert not any(name.endswith("/case/bad") for name in names)
    assert manifest(parts)["new"] == 1
    # A case that comes again is refused by itself, and stands in the partitions once.
    other = write_cases(tmp_path, twice, name="again.nq")
    done = make_partitions([path, other], str(parts), workers=1, keep_valid=True)
    assert done.added == ("good",)
    assert manifest(parts)["new"] == 1
    assert manifest(parts)["quads"] == len(all_read(parts))


def test_what_only_a_store_can_take_is_refused_with_its_names(tmp_path: Path) -> None:
    draft = tmp_path / "sketch.yaml"
    draft.write_text(copied("sketch", "wigan-deal") + "\ndraft: true\n")
    corrected = tmp_path / "wigan-deal.yaml"
    text = (data() / "ontology" / "cases" / "wigan-deal.yaml").read_text()
    corrected.write_text(text.replace("title: ", "title: Another ", 1))
    with pytest.raises(BadFiles) as caught:
        make_partitions([draft, corrected], str(tmp_path / "parts"), workers=1)
    assert "sketch: drafts, and cases that take the place of others" in str(caught.value)
    assert "wigan-deal: came with the library" in str(caught.value)
    assert not (tmp_path / "parts" / "manifest.json").exists()
    # What the library has already stands in its own partition, and in no other.
    same = data() / "ontology" / "cases" / "wigan-deal.yaml"
    done = make_partitions([same], str(tmp_path / "parts"), workers=1)
    assert (done.added, done.unchanged) == ((), ("wigan-deal",))
    assert manifest(tmp_path / "parts")["partitions"] == []


@pytest.mark.servers
def test_a_full_disk_is_told_and_nothing_is_acknowledged(
    disk: Callable[[str], Path], tmp_path: Path
) -> None:
    path, parts = many(tmp_path, 24), disk("128k") / "parts"
    told = []
    with pytest.raises(SysgraphError, match="could not write it: No space left on device"):
        make_partitions([path], str(parts), workers=1, progress=lambda *each: told.append(each[1:]))
    assert told[-1][0] < told[-1][1]  # nothing is worked on that could not be kept
    assert not (parts / "manifest.json").exists()
    assert not list(parts.glob(".*"))
    disk("64m")
    done = make_partitions([path], str(parts), workers=1)
    assert len(done.added) == 24
    assert manifest(parts)["quads"] == len(all_read(parts))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An object store on loopback, with one bucket."""
    from upath import UPath

    server = Path(os.environ.get("SYSGRAPH_OTHERS", ".others")) / "bin" / "moto_server"
    if not server.exists():
        pytest.skip("moto_server is not installed")
    url = f"http://127.0.0.1:{(port := free_port())}"
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CA_BUNDLE", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    running = subprocess.Popen(
        [str(server.absolute()), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                asked = urllib.request.Request(f"{url}/cases", method="PUT")
                urllib.request.urlopen(asked, timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.2)
        yield "s3://cases"
    finally:
        UPath("s3://cases").fs.clear_instance_cache()  # or the next one would be looked for here
        running.kill()
        running.wait()


def sysgraph(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command by itself, for workers inherit what the first of them was told."""
    command = [sys.executable, "-m", "sysgraph", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.servers
def test_an_object_store_gives_the_files_and_takes_the_partitions(
    bucket: str, tmp_path: Path
) -> None:
    from upath import UPath

    path = many(tmp_path, 6)
    (UPath(bucket) / "in" / "cases.nq").write_bytes(path.read_bytes())
    words = ["load", f"{bucket}/in/cases.nq", "--partitions", f"{bucket}/out"]
    ran = sysgraph(words)
    assert ran.returncode == 0, ran.stderr
    assert "6 cases: 6 added" in ran.stdout
    here = tmp_path / "copy"
    here.mkdir()
    for one in (UPath(bucket) / "out").iterdir():
        (here / one.name).write_bytes(one.read_bytes())
    load_bulk([path], tmp_path / "store", workers=1)
    assert said(as_content(all_read(here))) == said(content(tmp_path / "store"))
    assert sysgraph(words).returncode == 0
    assert manifest(here) == json.loads((UPath(bucket) / "out" / "manifest.json").read_text())
    missing = sysgraph(["load", f"{bucket}/no/cases.nq", *words[2:]])
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.strip() == f"{bucket}/no/cases.nq: no such file"


@pytest.mark.servers
@pytest.mark.parametrize("syntax", ["csv", "xlsx"])
def test_a_table_in_an_object_store_is_read_like_one_here(
    syntax: str, bucket: str, tmp_path: Path
) -> None:
    from upath import UPath

    table = as_table(many(tmp_path, 6), syntax)
    there = UPath(bucket) / table.name
    there.write_bytes(table.read_bytes())
    ran = sysgraph(["load", str(there), "--partitions", str(tmp_path / "parts")])
    assert ran.returncode == 0, ran.stderr
    load_bulk([table], tmp_path / "store", workers=1)
    found, wanted = as_content(all_read(tmp_path / "parts")), content(tmp_path / "store")
    assert said(found) == said(wanted)
    there.write_bytes(b"title;;\n\xff\xfe;x")
    ran = sysgraph(["load", str(there), "--partitions", str(tmp_path / "others")])
    assert ran.returncode == 2
    assert f"{there}" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x.nq"], "name a --store to load into, or --partitions to make, or both"),
        (
            ["s3://b/x.nq", "--store", "s"],
            "only a load with --partitions or --cluster reads by URL",
        ),
        (["s3://b/x.trig", "--partitions", "p"], "by URL only files that end with .nq"),
        (["nonsense://b/x.nq", "--partitions", "p"], "nothing here reaches it"),
        (["x.nq", "--partitions", "p", "--store", "http://127.0.0.1:1/"], "make them without"),
    ],
)
def test_what_does_not_go_together_is_told(words: list[str], told: str, tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        ran = CliRunner().invoke(build(), ["load", *words])
    finally:
        os.chdir(before)
    assert isinstance(ran.exception, SysgraphError)
    assert told in str(ran.exception)
    assert not list(tmp_path.iterdir())
