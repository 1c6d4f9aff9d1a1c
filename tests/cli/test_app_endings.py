"""Files that commands write: in the format that their names end in, or not at all."""

from pathlib import Path

import pytest

from calling import Call
from sysgraph.files import read_bytes
from sysgraph.rdf import RDF, scan

CASE = ("export", "--case", "wigan-deal", "-o")
SHEET = ("code-sheet", "wigan-deal", "--out")
FOLLOW = ("follow-up", "--facet", "purpose-origin=movement", "--facet", "agreement=coercive")


@pytest.mark.parametrize(
    ("words", "name", "begins"),
    [
        (CASE, "one.csv", b"\xef\xbb\xbfid,"),
        (CASE, "one.xlsx", b"pk"),
        (CASE, "one.YML", b"id: wigan-deal"),
        (CASE, "one.json", b"{"),
        (CASE, "one.bib", b"@"),
        (CASE, "one", b"@base"),
        (("export", "--format", "csl", "--case", "wigan-deal", "-o"), "one.json", b"[ {"),
        (("export", "--format", "turtle", "--case", "wigan-deal", "-o"), "one.bak", b"@base"),
        (("sheet", "-o"), "sheet.html", b"<!doctype html>"),
        (("sheet", "-o"), "sheet.md", b"# a sheet"),
        (("sheet", "-o"), "sheet", b"a sheet"),
        (("prompt", "-o"), "prompt.json", b"{"),
        (("prompt", "--format", "text", "-o"), "prompt.md", b"# your"),
        (SHEET, "sheet.json", b"{"),
        ((*FOLLOW, "--out"), "kept.json", b"{"),
        (("new", "risk", "--out"), "risk.ttl", b""),
    ],
)
def test_a_file_is_in_the_format_that_its_name_ends_in(
    words: tuple[str, ...], name: str, begins: bytes, tmp_path: Path, call: Call
) -> None:
    said = call(*words, tmp_path / name)
    assert said.code == 0, said.err
    written = b" ".join((tmp_path / name).read_bytes().lower().split())
    assert written.startswith(begins)


@pytest.mark.parametrize("ending", sorted({*RDF} - {".xml"}))
def test_an_exported_case_is_read_as_its_name_ends(ending: str, tmp_path: Path, call: Call) -> None:
    path = tmp_path / f"one{ending}"
    assert call(*CASE, path).code == 0
    assert call("validate", path).code == 0
    assert [*scan(read_bytes(path), RDF[ending], str(path))]


@pytest.mark.parametrize(
    ("words", "name", "told"),
    [
        (CASE, "one.pdf", "nothing is written as .pdf; let it end in one of .ttl"),
        ((*CASE[:-1], "--format", "csv", "-o"), "one.ttl", "let it end in .csv"),
        (("sheet", "-o"), "sheet.pdf", "one of .txt, .md, .html, or name a --format"),
        (("sheet", "--format", "text", "-o"), "sheet.html", "let it end in .txt"),
        (("prompt", "-o"), "prompt.html", "one of .txt, .json"),
        (("plot", "cases-by-sector", "--format", "png", "-o"), "a.svg", "let it end in .png"),
        ((*SHEET[:-1], "--format", "yaml", "--out"), "sheet.json", "let it end in .yaml"),
        ((*FOLLOW, "--format", "json", "--out"), "kept.yaml", "let it end in .json"),
        ((*FOLLOW, "--format", "json", "--out"), "kept.txt", "let it end in .json"),
        (("new", "case", "--out"), "case.pdf", "one of .yaml, .json, .csv, .xlsx\n"),
        (("new", "critique", "--format", "yaml", "--out"), "one.ttl", "let it end in .yaml"),
        (("new", "risk", "--out"), "risk.yaml", "a block of Turtle; let it end in .ttl"),
    ],
)
def test_a_name_of_another_format_or_of_none_is_refused(
    words: tuple[str, ...], name: str, told: str, tmp_path: Path, call: Call
) -> None:
    said = call(*words, tmp_path / name)
    assert said.code == 2
    assert told in said.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("words", [("--format", "turtle"), ()])
def test_nanopublications_are_not_written_as_turtle(
    words: tuple[str, ...], tmp_path: Path, call: Call
) -> None:
    asked = ("export", "--what", "nanopublications", "--case", "wigan-deal", *words)
    said = call(*asked, "-o", tmp_path / "one.ttl")
    assert said.code == 2
    assert "trig or nquads" in said.err
    assert not [*tmp_path.iterdir()]
    if not words:
        assert "{" in call(*asked).out  # which no Turtle has
