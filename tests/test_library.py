"""The cache of the library: filled once, never trusted blindly, never needed."""

from pathlib import Path

import pytest

import sysgraph.library as shelf
from sysgraph import catalogue
from sysgraph.errors import BadFile, BadHeader, BadSparql
from sysgraph.write import write_file


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
    assert [path.name[:8] for path in cheap.iterdir()] == ["library-"]


def test_damaged_cache_costs_time_and_no_error(cheap: Path) -> None:
    shelf.load().close()
    (place,) = cheap.iterdir()
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
