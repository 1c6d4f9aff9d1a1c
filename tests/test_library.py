"""The cache of the library: filled once, never trusted blindly, never needed."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import sysgraph.library as shelf
from shelf import CASES
from sysgraph.advice.board import advise
from sysgraph.advice.said import load_frame
from sysgraph.advice.shipped import load_shipped_frame
from sysgraph.advice.situation import Situation
from sysgraph.cache import BESIDE
from sysgraph.errors import BadFile, BadHeader, BadSparql
from sysgraph.files import write_file
from sysgraph.query import catalogue
from sysgraph.store.local import LocalStore


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: object) -> Path:
    """A cache of its own, filled with one small library instead of the slow real one."""
    import pyoxigraph as ox

    quad = ox.Quad(*[ox.NamedNode("urn:a")] * 4)
    monkeypatch.setattr(shelf, "build", lambda: [quad])
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_library_is_reasoned_over_once(cheap: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert shelf.load().graphs() == ["urn:a"]
    assert "Reasoning over the library once" in capfd.readouterr().err
    assert shelf.load().graphs() == ["urn:a"]
    assert capfd.readouterr().err == ""
    assert [path.suffix for path in cheap.glob("library-*")] == [""]


def test_damaged_cache_costs_time_and_no_error(cheap: Path) -> None:
    shelf.load().close()
    (place,) = cheap.glob("library-*")
    (place / "CURRENT").write_text("nonsense")
    assert shelf.load().graphs() == ["urn:a"]
    assert shelf.load().place == "the shipped library"


def test_cache_that_cannot_be_made_is_done_without(
    cheap: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "file" / "below"))
    assert shelf.load().graphs() == ["urn:a"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("#+ summary: no question\nASK {}", BadHeader),
        ("#+ summary: Why?\n#+ params: [a]\nASK {}", BadHeader),
        ("#+ summary: Why?\n#+ params:\n#+   a: {of: x}\nASK {}", BadHeader),
        ("#+ summary: Why?\n#+ params:\n#+   a: {type: string, label: x}\nASK {}", BadHeader),
        (
            "#+ summary: Why?\n#+ params:\n#+   a: {type: odd, label: x}\n"
            "ASK { VALUES ?a { UNDEF } }",
            BadHeader,
        ),
        ("#+ summary: Why?\nDROP ALL", BadSparql),
    ],
)
def test_broken_question_is_named(text: str, error: type[Exception], tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(text)
    with pytest.raises(error, match=r"q\.rq"):
        catalogue(tmp_path)


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"x")
    assert (tmp_path / "a").read_bytes() == b"x"
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadFile):
        write_file(tmp_path / "folder", b"x")
    assert {path.name for path in tmp_path.iterdir()} == {"a", "folder"}


@pytest.mark.slow
def test_frame_is_kept_beside_the_library_and_rebuilt_when_damaged(
    library: LocalStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shelf, "build", lambda: library.store)
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "cache"))
    fetched = load_frame(library)
    for damage in (None, b"{", b"{}", b'{"considerations": []}'):
        if damage is not None:
            (path,) = (tmp_path / "cache").glob("frame-*.json")
            path.write_bytes(damage)
        made, kept = load_shipped_frame(), load_shipped_frame()
        for frame in (made, kept):
            assert replace(frame, cases=fetched.cases) == fetched
            assert advise(Situation("s", facets={"agreement": "plural"}), frame) == advise(
                Situation("s", facets={"agreement": "plural"}), fetched
            )
    assert list(kept.cases) == list(fetched.cases)
    assert kept.cases["https://w3id.org/sysgraph/case/wigan-deal"].readings
    with pytest.raises(KeyError):
        kept.cases["https://w3id.org/sysgraph/case/none"]


def test_frame_without_a_cache_comes_from_memory(
    library: LocalStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shelf, "build", lambda: library.store)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "file" / "below"))
    assert len(load_shipped_frame().cases) == len(CASES)


def test_digest_follows_every_byte(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sysgraph.cache as keep

    (tmp_path / "ontology" / "cases").mkdir(parents=True)
    file = tmp_path / "ontology" / "cases" / "a.yaml"
    seen = set()
    monkeypatch.setattr(keep, "data", lambda: tmp_path)
    for text in ("a", "b", "a b"):
        file.write_text(text)
        keep.digest.cache_clear()
        seen.add(keep.digest())
    file.rename(file.with_name("b.yaml"))
    keep.digest.cache_clear()
    seen.add(keep.digest())
    keep.digest.cache_clear()
    assert len(seen) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "rooms"),
    [
        ("library.build(); library.texts_of('urn:p')", []),
        ("said.read_said(library.load())", ["advice"]),
        (
            "shelf = library.load();"
            " run.record_of(run.look_back(shelf, said.load_frame(shelf), shuffles=0))",
            ["advice", "record"],
        ),
    ],
    ids=["library", "frame", "record"],
)
def test_what_is_kept_hangs_on_all_code_that_makes_it(made: str, rooms: list[str]) -> None:
    names = {"said": "advice.said", "run": "record.run"}
    more = "; ".join(f"import sysgraph.{names[n]} as {n}" for n in names if f"{n}." in made)
    code = (
        f"import sys; from sysgraph import library; from sysgraph.reason import shipped; {more}\n"
        f"{made}; print(*(n for n in sys.modules if n.startswith('sysgraph.')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    used = {name.split(".")[1] for name in ran.stdout.split()}
    left_out = {name.removesuffix(".py") for name in BESIDE} - set(rooms)
    assert "library" in used
    assert "reason" in used or "build" not in made  # which compiles the ontology
    assert used.isdisjoint(left_out)


@pytest.mark.parametrize(
    ("words", "spared"),
    [
        ("--help", "pyoxigraph rdflib yaml rich sysgraph.ontology sysgraph.files"),
        ("advise -f agreement=plural", "pyoxigraph rdflib yaml rich sysgraph.pages.objects"),
        ("advise --case wigan-deal", "rdflib yaml rich sysgraph.case sysgraph.reason"),
        ("query cases-of-type -p type=organic", "rdflib sysgraph.case sysgraph.store.endpoint"),
        ("export --what cases", "rdflib yaml rich sysgraph.case sysgraph.check"),
    ],
)
def test_a_start_imports_nothing_that_it_does_not_need(
    words: str, spared: str, library: object
) -> None:
    code = (
        f"import sys; sys.argv = ['sysgraph', *{words.split()}]\n"
        "from sysgraph.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([n for n in {spared.split()} if n in sys.modules])"
    )
    for _ in range(2):  # the first fills the cache, if it is not
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ran.stdout.splitlines()[-1] == b"[]"
