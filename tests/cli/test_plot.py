"""``sysgraph plot``: listed, written by the name of the file, and told in words."""

import sys
from pathlib import Path

import pytest

from calling import Call
from sysgraph.plots.shown import PLOTS, draw
from sysgraph.store.local import Store


def test_without_a_name_all_are_listed(call: Call) -> None:
    said = call("plot")
    assert said.code == 0
    assert all(name in said.out and plot.shows in said.out for name, plot in PLOTS.items())


@pytest.mark.parametrize(
    ("file", "start"),
    [("a.svg", b"<svg"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a", b"<svg")],
)
def test_a_file_is_written_as_its_name_ends(
    file: str, start: bytes, tmp_path: Path, call: Call
) -> None:
    assert call("plot", "cases-by-country", "-o", tmp_path / file) == (0, "", "")
    assert (tmp_path / file).read_bytes().startswith(start)


def test_svg_goes_to_standard_output(call: Call, library: Store) -> None:
    assert call("plot", "cases-by-sector").out == draw("cases-by-sector", library).svg()


def test_the_same_is_told_in_words(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = call("plot", "evidence-gap-map", "--format", "text")
    assert said.code == 0
    assert "hold no case" in said.out
    assert "ledNoOrContested" in said.out
    assert "Source: sysgraph" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["evidence-map"], "did you mean 'evidence-gap-map'"),
        (["cases-by-sector", "-o", "a.gif"], "nothing is written as .gif"),
        (["cases-by-sector", "--format", "gif"], "svg"),
        (["cases-by-sector", "-o", "none/a.svg"], "none"),
        (["cases-by-sector", "--store", "none"], "there is no such store"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], told: str, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call("plot", *words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert "Traceback" not in said.err


def test_a_missing_package_says_what_to_install(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = call("plot", "cases-by-sector")
    assert said.code == 2
    assert "pip install -c constraints.txt '.[analysis]'" in said.err
