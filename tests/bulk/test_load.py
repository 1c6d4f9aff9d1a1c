"""Bulk loading: the same store as by the plain way, all or nothing, nothing left about."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from shelf import CASES as SHIPPED
from shelf import as_table, content, copied, copied_lines, many
from shelf import write_cases as write
from sysgraph.bulk import slices, stream, work
from sysgraph.bulk.load import Ledger, load_bulk
from sysgraph.bulk.slices import is_bulk
from sysgraph.bulk.work import SliceResult
from sysgraph.case import sheets as parts
from sysgraph.check import check_files
from sysgraph.cli.app import build
from sysgraph.errors import BadFile, BadFiles, BadStore, Raw, Severity
from sysgraph.files import recover, replacing
from sysgraph.intake import load
from sysgraph.ontology import Ontology
from sysgraph.reason.engine import Reasoner
from sysgraph.reason.program import specialise
from sysgraph.reason.rules import Facts
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import Screen, Screened
from sysgraph.store.local import open_directory
from sysgraph.stores import open_store, prepare_store
from sysgraph.terms import NAMESPACE, graph_of

pytestmark = pytest.mark.usefixtures("few")
MOMENT = "2026-01-01T00:00:00+00:00"


@pytest.mark.slow
def test_bulk_load_makes_the_same_store_as_the_plain_way(tmp_path: Path) -> None:
    path = many(tmp_path, 120)
    done = load_bulk([path], tmp_path / "bulk", workers=2)
    assert len(done.added) == 120
    assert (done.violations, done.disagreements) == (0, ())
    contributions, _ = check_files([path])
    store = prepare_store(str(tmp_path / "plain"))
    load(contributions, store)
    store.close()
    assert content(tmp_path / "bulk") == content(tmp_path / "plain")
    kept = (tmp_path / "bulk" / "cases.index").stat().st_mtime_ns
    indexes = [open_store(str(tmp_path / name)).index() for name in ("bulk", "plain")]
    assert (tmp_path / "bulk" / "cases.index").stat().st_mtime_ns == kept  # it was believed
    assert indexes[0].ids == indexes[1].ids
    assert indexes[0].bits == indexes[1].bits
    assert open_store(str(tmp_path / "bulk")).select("SELECT * { ?s ?p ?o } LIMIT 1").rows
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bulk", "cases.nq", "plain"]


@pytest.mark.slow
def test_a_load_in_many_parts_makes_the_same_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = many(tmp_path, 40)
    load_bulk([first], tmp_path / "whole", workers=1)
    monkeypatch.setattr(slices, "_SLICE_BYTES", 20_000)
    monkeypatch.setattr(stream, "_MOST_LINES", 1_000)
    done = load_bulk([first], tmp_path / "parts", workers=2)
    assert done.added == tuple(f"made-{number:04d}" for number in range(40))
    assert content(tmp_path / "parts") == content(tmp_path / "whole")
    before = open_directory(tmp_path / "parts").revision()
    load_bulk([write(tmp_path, copied_lines("new", "wigan-deal"))], tmp_path / "parts", workers=1)
    assert open_directory(tmp_path / "parts").revision() not in ("", before)


def test_what_fails_in_one_of_two_loads_ends_both(tmp_path: Path) -> None:
    taken: list[int] = []

    def take(result: SliceResult) -> bytes:
        taken.append(result.size)
        if len(taken) == 3:
            raise BadFile("cases.nq", "no more")
        return b"<urn:a> <urn:b> <urn:c> <urn:d> .\n" * 10_000

    endless = (SliceResult("cases.nq", number) for number in count())
    with pytest.raises(BadFile, match="no more"):
        stream.pour((take(one) for one in endless), ox.Store(str(tmp_path / "store")))
    assert taken == [0, 1, 2]


def test_many_small_files_are_read_by_the_workers(tmp_path: Path) -> None:
    known = [path for path in SHIPPED if path.stem in open_store().index()][:6]
    done = load_bulk(known, tmp_path / "store", workers=1)
    assert done.unchanged == tuple(path.stem for path in known)
    text = copied("another", SHIPPED[0].stem)
    made = tmp_path / "another.yaml"
    made.write_text(text)
    assert load_bulk([made], tmp_path / "store", workers=1).added == ("another",)


def test_cases_are_added_replaced_and_kept(tmp_path: Path) -> None:
    store = tmp_path / "store"
    name = SHIPPED[0].stem
    first, second = copied_lines("first", name), copied_lines("second", name)
    load_bulk([write(tmp_path, first, second)], store, workers=1)
    changed = second.replace("/confidence/", "/confidence/").replace("@en", "@de")
    third = copied_lines("third", name)
    done = load_bulk([write(tmp_path, first, changed, third)], store, workers=1)
    assert (done.added, done.replaced, done.unchanged) == (("third",), ("second",), ("first",))
    assert {str(q.triple) for q in open_store(str(store)).quads(graph_of("second"))} == {
        line.rpartition(" <")[0] for line in changed.splitlines()
    }


def test_trig_is_streamed_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "_LARGE_FILE", 1000)
    quads = list(ox.parse(path=many(tmp_path, 30), format=ox.RdfFormat.N_QUADS))
    path = tmp_path / "cases.trig"
    ox.serialize(quads, path, format=ox.RdfFormat.TRIG)
    assert is_bulk([path])
    assert len(load_bulk([path], tmp_path / "store", workers=1).added) == 30


@pytest.mark.slow
@pytest.mark.parametrize("syntax", ["csv", "xlsx"])
def test_rows_of_a_table_make_the_same_store_as_the_plain_way(
    syntax: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_ROWS", 10)
    table = as_table(many(tmp_path, 25), syntax)
    done = load_bulk([table], tmp_path / "bulk", workers=2)
    assert len(done.added) == 25
    assert (done.violations, done.disagreements) == (0, ())
    store = prepare_store(str(tmp_path / "plain"))
    load(check_files([table])[0], store)
    store.close()
    assert content(tmp_path / "bulk") == content(tmp_path / "plain")
    assert load_bulk([table], tmp_path / "bulk", workers=1).unchanged == tuple(sorted(done.added))


def test_violations_in_a_table_are_told_with_their_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_ROWS", 10)
    path = as_table(many(tmp_path, 25), "csv")
    text = path.read_text().replace("\nmade-0015,", "\nmade-0014,")
    lines = text.splitlines(keepends=True)
    scale = lines[0].split(",").index("scale")
    assert scale == 5
    at = next(at for at, line in enumerate(lines[:14]) if ",national," in line)
    lines[at] = lines[at].replace(",national,", ",nationale,")
    path.write_text("".join(lines))
    done = load_bulk([path], tmp_path / "store", workers=1)
    found = {finding.cell: finding for finding in done.findings if finding.severity == "violation"}
    assert "the id 'made-0014' is in row 16 too" in found["A17"].message
    assert "Every case has one scale" in found[f"F{at + 1}"].message
    assert found[f"F{at + 1}"].field == "scale"
    assert len(found) == done.violations == 2
    assert not (tmp_path / "store").exists()
    path.write_text("id,kind\nmade,critique\n")
    with pytest.raises(BadFile, match="B2: it holds a critique"):
        load_bulk([path], tmp_path / "store", workers=1)


def test_any_violation_keeps_all_cases_out_and_is_worded_by_pyshacl(tmp_path: Path) -> None:
    name = SHIPPED[0].stem
    bad = "\n".join(
        line for line in copied_lines("bad", name).splitlines() if "/sysgraph/scale>" not in line
    )
    worse = copied_lines("worse", name).replace("sysgraph/authority>", "sysgraph/authorety>")
    path = write(tmp_path, copied_lines("good", name), f"{bad}\n", worse)
    done = load_bulk([path], tmp_path / "store", workers=1)
    demands = {finding.demand for finding in done.findings if finding.severity == "violation"}
    assert {"shape:CaseStudy-scale", "known-property"} <= demands
    assert done.disagreements == ()
    assert not (tmp_path / "store").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["cases.nq"]


def test_ill_formed_literals_are_refused_in_bulk_too(tmp_path: Path) -> None:
    def spoil(text: str) -> str:
        return text.replace('"2026-11-22"', '"2026-02-30"')

    path = write(tmp_path, spoil(copied_lines("bad", SHIPPED[0].stem)))
    done = load_bulk([path], tmp_path / "store", workers=1)
    assert "literal" in {finding.demand for finding in done.findings}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda a, b: a[:-40] + "\n" + b, "not well-formed"),
        (lambda a, b: a[:3000].rpartition("\n")[0] + "\n" + b + a, "comes back"),
    ],
)
def test_bad_files_are_named_with_line_and_reason(
    tmp_path: Path, change: Callable[[str, str], str], reason: str
) -> None:
    name = SHIPPED[0].stem
    path = write(tmp_path, change(copied_lines("first", name), copied_lines("second", name)))
    with pytest.raises((BadFile, BadFiles), match=reason):
        load_bulk([path], tmp_path / "store", workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.nq"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda a: "<https://example.org/x> <a:b> <a:c> .\n" + a, "is no part of a case"),
        (lambda a: a.replace("/case/first", "/case/F"), "is no name for a case"),
    ],
)
def test_what_has_no_name_of_a_case_is_refused_with_its_line(
    tmp_path: Path, change: Callable[[str], str], reason: str
) -> None:
    path = write(tmp_path, change(copied_lines("first", SHIPPED[0].stem)))
    done = load_bulk([path], tmp_path / "store", workers=1)
    (told,) = [one for one in done.findings if reason in one.message]
    assert (told.demand, told.line) == ("contribution", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.nq"]


def test_case_that_comes_back_in_another_file_is_named(tmp_path: Path) -> None:
    paths = [many(tmp_path, 2), many(tmp_path, 1, "again.nq")]
    with pytest.raises(BadFile, match=r"again\.nq: the case made-0000 comes back"):
        load_bulk(paths, tmp_path / "store", workers=1)


def test_huge_case_and_missing_file_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_CASE_BYTES", 100_000)
    path = write(tmp_path, copied_lines("first", SHIPPED[0].stem) * 40)
    with pytest.raises(BadFile, match="more than 100,000 bytes"):
        load_bulk([path], tmp_path / "store", workers=1)
    with pytest.raises(BadFile, match="no such file"):
        load_bulk([tmp_path / "none.nq"], tmp_path / "other", workers=1)


@pytest.mark.parametrize("size", [300, 1000, 5000, 100_000])
def test_slices_hold_whole_cases_and_every_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(slices, "_SLICE_BYTES", size)
    path = many(tmp_path, 9)
    parts = list(slices.slices([path], Ontology.load().vocabulary))
    texts = [part.text or b"" for part in parts]
    assert b"".join(texts) == path.read_bytes()
    ids = [
        line.split(b"/")[5].rstrip(b">").split(b">")[0]
        for t in texts
        for line in t.splitlines()[:1]
    ]
    assert len(set(ids)) == len(ids)
    lines = 1
    for part, text in zip(parts, texts, strict=True):
        assert part.line == lines
        lines += text.count(b"\n")


@pytest.mark.slow
def test_workers_stay_small_and_import_no_slow_library(tmp_path: Path) -> None:
    reasoner()  # compiled before, as the main process of a load does it
    code = f"""
import sys
from pathlib import Path
from sysgraph.bulk import slices, work
from sysgraph.files import data
from sysgraph.ontology import Ontology
from sysgraph.reason.shipped import reasoner
from sysgraph.screen import compile_screen
kit = work.Kit(Ontology.load().vocabulary, compile_screen(data() / "ontology"),
               reasoner(), "2026-01-01T00:00:00+00:00")
work.prepare()
for part in slices.slices([Path({str(many(tmp_path, 40))!r})], kit.vocabulary):
    outcome = work.work(part, kit)
assert outcome.written and not outcome.problems
assert outcome.peak < 112 * 1024, outcome.peak
sys.exit(any(name in sys.modules for name in ("rdflib", "pyshacl", "owlrl", "elementpath")))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def raw(case_id: str) -> Raw:
    iri = f"{NAMESPACE}case/{case_id}"
    shape = f"{NAMESPACE}shape/CaseStudy-scale"
    return Raw(iri, None, shape, None, Severity.VIOLATION, "made up", "sh:component")


def test_over_a_refusal_the_verdict_of_pyshacl_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(doubt: work.Doubt) -> work.Doubt:
        return work.Doubt(doubt.case, "refused", (raw(doubt.case.case_id),))

    ask = Ledger.ask
    monkeypatch.setattr(Ledger, "ask", lambda self, doubt: ask(self, refuse(doubt)))
    done = load_bulk([many(tmp_path, 1)], tmp_path / "store", workers=1)
    assert done.added == ("made-0000",)
    (said,) = done.disagreements
    assert "case made-0000" in said
    assert "shape:CaseStudy-scale" in said
    assert "the screen says it does not conform" in said


def test_a_difference_in_the_sample_puts_all_cases_to_pyshacl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worse(doubt: work.Doubt) -> work.Doubt:
        results = (*doubt.results, raw(doubt.case.case_id))
        return work.Doubt(doubt.case, doubt.reason, results)

    ask = Ledger.ask
    monkeypatch.setattr(Ledger, "ask", lambda self, doubt: ask(self, worse(doubt)))
    told: list[str] = []
    done = load_bulk(
        [many(tmp_path, 4)],
        tmp_path / "store",
        workers=1,
        progress=lambda what, _done, _total: told.append(what),
    )
    assert "checking all by pySHACL" in told
    assert len(done.disagreements) == 3  # the first three cases are always in the sample
    assert len(done.added) == 4


@pytest.mark.slow
def test_what_pyshacl_is_asked_about_is_settled_by_verdict_and_id() -> None:
    vocabulary, rules = (
        Ontology.load().vocabulary,
        Reasoner(specialise((), Facts(), Facts())),
    )

    def asked(verdict: Screened, count: int, *, is_first: bool = False) -> list[str]:
        """Why pySHACL is asked about so many cases, of each of which the screen says this."""
        screen = cast(Screen, SimpleNamespace(judge=lambda _: verdict))
        kit = work.Kit(vocabulary, screen, rules, MOMENT)
        text = "".join(
            f'<{NAMESPACE}case/case-{n}> <{NAMESPACE}scale> "city" <{graph_of(f"case-{n}")}> .\n'
            for n in range(count)
        )
        part = slices.Slice("cases.nq", len(text), text=text.encode(), line=1, is_first=is_first)
        return [doubt.reason for doubt in work.work(part, kit).doubts]

    assert asked(Screened(False, ()), 2) == ["refused"] * 2
    assert asked(Screened(True, (), False), 2) == ["unsure"] * 2
    assert asked(Screened(True, ()), 2) == []
    assert asked(Screened(True, ()), 1, is_first=True) == ["sample"]
    assert 10 <= asked(Screened(True, ()), 20_000).count("sample") <= 30


@pytest.mark.slow
def test_killed_load_leaves_the_old_store_and_nothing_in_the_way(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load_bulk([many(tmp_path, 3)], store, workers=1)
    before = content(store)
    path = many(tmp_path, 600, "large.nq")
    code = (
        "from pathlib import Path; from sysgraph.bulk.load import load_bulk\n"
        f"if __name__ == '__main__': load_bulk([Path({str(path)!r})], Path({str(store)!r}), "
        "workers=2, progress=lambda what, done, total: print(done, flush=True))\n"
    )
    script = write(tmp_path, code, name="script.py")
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert (tmp_path / ".store.new").exists()
    assert content(store) == before
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{child}/exe").exists() for child in children):
        assert time.monotonic() < deadline, "workers outlive the load"
        time.sleep(0.1)
    done = load_bulk([path], store, workers=1)
    assert len(done.added) == 597
    assert len(done.unchanged) == 3
    assert not (tmp_path / ".store.new").exists()


def test_store_taken_away_by_a_kill_is_put_back(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load_bulk([many(tmp_path, 1)], store, workers=1)
    before = content(store)
    folder = tmp_path / ".store.new"
    folder.mkdir()
    store.rename(folder / "old")  # as far as a load came that was killed between two renames
    opened = open_store(str(store))
    opened.close()
    assert content(store) == before
    recover(store)


def test_store_is_busy_while_it_is_replaced_but_can_be_read(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load_bulk([many(tmp_path, 1)], store, workers=1)
    with replacing(store) as fresh:
        assert not fresh.exists()
        assert content(store)
        code = (
            "from sysgraph.files import replacing\nfrom pathlib import Path\n"
            f"with replacing(Path({str(store)!r})): pass"
        )
        other = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
        assert b"BadStore" in other.stderr
    with pytest.raises(BadStore, match=r"not a store|no store"):
        load_bulk([many(tmp_path, 1)], _foreign(tmp_path), workers=1)


def _foreign(folder: Path) -> Path:
    path = folder / "foreign"
    path.mkdir()
    (path / "file").write_text("something of somebody")
    return path


def test_command_loads_in_bulk_and_says_how_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_LARGE_FILE", 1000)
    path = many(tmp_path, 5)
    runner = CliRunner()
    result = runner.invoke(build(), ["load", str(path), "--store", str(tmp_path / "store")])
    assert result.exit_code == 0
    assert "5 cases: 5 added, 0 replaced, 0 unchanged" in result.output
    bad = write(
        tmp_path, copied_lines("bad", SHIPPED[0].stem).replace("/aim/", "/aims/"), name="b.nq"
    )
    result = runner.invoke(build(), ["load", str(bad), "--store", str(tmp_path / "store")])
    assert result.exit_code == 1
    assert "violation: " in result.output
    result = runner.invoke(
        build(), ["load", str(path), "--store", str(tmp_path / "store"), "--format", "json"]
    )
    assert '"unchanged": [' in result.output


def test_few_small_files_are_not_bulk(tmp_path: Path) -> None:
    assert not is_bulk(SHIPPED)
    assert not is_bulk([many(tmp_path, 1)])
    assert is_bulk([many(tmp_path, 80)])
    large = tmp_path / "cases.xlsx"
    large.write_bytes(bytes(200_001))
    assert is_bulk([large])
    assert not is_bulk([large.rename(tmp_path / "cases.csv")])
    assert is_bulk([Path(f"{n}.yaml") for n in range(201)])
