"""A release is made of what its tag names alone; a file that says another version stops it."""

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from shelf import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import tagged
from tagged import (
    Refused,
    find_faults,
    notes,
    outside_checks,
    pack,
    version_of,
    write_sums,
)

FILES = ("pyproject.toml", "CITATION.cff", "CHANGELOG.md", "ontology/sysgraph.ttl")
PRIOR = "<https://w3id.org/sysgraph/0.1.0>"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that say which version they are, as one sets them for 0.2.0."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    for name in FILES[:2]:
        write(tmp_path / name, r"(?m)^(version[:=\s]+\"?)[\d.]+", r"\g<1>0.2.0")
    write(tmp_path / "CITATION.cff", r"date-released: .*", "date-released: 2027-01-31")
    write(tmp_path / "CHANGELOG.md", r"(?m)\A.*?^## [^\n]*", "# Changelog\n\n## 0.2.0")
    head = tmp_path / "ontology" / "sysgraph.ttl"
    write(head, r'versionInfo "[\d.]+"', 'versionInfo "0.2.0"')
    write(head, r"((?:versionIRI|hasVersion) <https://w3id.org/sysgraph/)[\d.]+", r"\g<1>0.2.0")
    write(head, r'(dcterms:issued )"[^"]*"', r'\1"2027-01-31"')
    write(head, r"(    owl:versionIRI)", rf"    owl:priorVersion {PRIOR} ;\n\1")
    return tmp_path


def write(file: Path, found: str, instead: str) -> None:
    text, count = re.subn(found, instead, file.read_text(), flags=re.S)
    assert count, found
    file.write_text(text)


def test_files_that_agree_are_released(checkout: Path) -> None:
    assert list(find_faults("0.2.0", "0.1.0", checkout)) == []


HEAD = "ontology/sysgraph.ttl"
IRI = "https://w3id.org/sysgraph/"


@pytest.mark.parametrize(
    ("name", "what", "found", "says", "wanted"),
    [
        ("pyproject.toml", "version", 'version = "{}"', "0.1.9", "0.2.0"),
        ("CITATION.cff", "version", "version: {}", "0.1.0", "0.2.0"),
        ("CITATION.cff", "date-released", "date-released: {}", "2027-02-01", "2027-01-31"),
        ("CHANGELOG.md", "the first heading", "## {}", "Unreleased", "0.2.0"),
        (HEAD, "owl:versionInfo", 'versionInfo "{}"', "0.1.0", "0.2.0"),
        (HEAD, "owl:versionIRI", "versionIRI <{}>", f"{IRI}0.1.0", f"{IRI}0.2.0"),
        (HEAD, "dcterms:hasVersion", "hasVersion <{}>", f"{IRI}0.1.0", f"{IRI}0.2.0"),
    ],
)
def test_a_file_that_says_another_version_is_named(
    checkout: Path, name: str, what: str, found: str, says: str, wanted: str
) -> None:
    write(checkout / name, re.escape(found.format(wanted)), found.format(says))
    (told,) = find_faults("0.2.0", "0.1.0", checkout)
    assert told == f"{name}: {what}: it says {says}; write {wanted}"


def test_a_release_names_the_one_before_it(checkout: Path) -> None:
    write(checkout / HEAD, "    owl:priorVersion [^\n]*\n", "")
    (told,) = find_faults("0.2.0", "0.1.0", checkout)
    assert told == f"{HEAD}: owl:priorVersion: say <{IRI}0.1.0>"


def test_a_first_release_names_none_before_it(checkout: Path) -> None:
    assert list(find_faults("0.2.0", "", checkout)) == [
        "ontology/sysgraph.ttl: owl:priorVersion: leave it out, for nothing was released before"
    ]


@pytest.mark.parametrize("tag", ["0.1.0", "v0.1", "v0.1.0-rc1", "release", "v1.2.3.4"])
def test_only_tags_of_versions_are_released(tag: str) -> None:
    with pytest.raises(Refused, match=r"this is no tag of a version; write it as v0\.1\.0"):
        version_of(tag)
    assert version_of("v12.0.3") == "12.0.3"


def git(where: Path, *words: str) -> None:
    calm = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "tag.gpgsign=false")
    subprocess.run(["git", "-C", str(where), *calm, *words], check=True, capture_output=True)


def test_what_is_not_what_the_tag_names_is_refused(
    checkout: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tagged, "ROOT", checkout)
    into = tmp_path_factory.mktemp("out") / "release"

    def refused(tag: str) -> str:
        assert tagged.main([tag, str(into)]) == 1
        assert not into.exists()
        return capsys.readouterr().err

    git(checkout, "init", "-q")
    git(checkout, "add", "-A")
    git(checkout, "commit", "-qm", "One.")
    assert "v0.2.0" in refused("v0.2.0")  # there is no such tag
    git(checkout, "tag", "v0.2.0")
    (checkout / "more").write_text("x")
    assert refused("v0.2.0") == "1 files are not as v0.2.0 has them; commit or take them away\n"
    git(checkout, "add", "-A")
    git(checkout, "commit", "-qm", "Two.")
    told = "v0.2.0 is not checked out; run 'git switch --detach v0.2.0'\n"
    assert refused("v0.2.0") == told
    git(checkout, "tag", "v0.3.0")
    assert "pyproject.toml: version: it says 0.2.0; write 0.3.0\n" in refused("v0.3.0")
    into.mkdir()
    assert tagged.main(["v0.3.0", str(into)]) == 1
    assert into.exists()  # what was there stays


def test_the_same_files_are_packed_into_the_same_bytes(tmp_path: Path) -> None:
    packed = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "case").mkdir(parents=True)
        for file in (
            ("index.html", "case/x.html") if name == "one" else ("case/x.html", "index.html")
        ):
            (folder / file).write_text(file)
        (folder / "index.html").chmod(0o600 if name == "one" else 0o664)
        pack(folder, tmp_path / f"{name}.tar.gz", "sysgraph-0.2.0", 1_800_000_000)
        packed.append((tmp_path / f"{name}.tar.gz").read_bytes())
    assert packed[0] == packed[1]
    with tarfile.open(tmp_path / "one.tar.gz") as tar:
        assert [one.name for one in tar] == [
            "sysgraph-0.2.0/case",
            "sysgraph-0.2.0/case/x.html",
            "sysgraph-0.2.0/index.html",
        ]


def test_sums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    write_sums(tmp_path)
    ran = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 0
    assert ran.stdout == "a.txt: OK\nb.txt: OK\n"
    assert hashlib.sha256(b"a").hexdigest() in (tmp_path / "SHA256SUMS").read_text()


def test_notes_are_the_changelog_s_part_and_what_was_compared(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text("# C\n\n## 0.2.0\n\n- New.\n\n## 0.1.0\n\n- Old.\n")
    (tmp_path / "changes.md").write_text("## What changed\n")
    assert notes("0.2.0", tmp_path, tmp_path) == "- New.\n\n## What changed\n"


@pytest.mark.others
def test_a_dump_that_no_other_program_reads_stops_the_release(tmp_path: Path) -> None:
    if not shutil.which("rapper"):
        pytest.skip("needs Debian's raptor2-utils")
    (tmp_path / "fine.nq.gz").write_bytes(gzip.compress(b"<x:a> <x:b> <x:c> <x:d> .\n"))
    (tmp_path / "fine.jsonld").write_text('{"@id": "x:a", "x:b": "c"}')
    told = list(outside_checks(tmp_path, strict=False))
    assert told[0] == "fine.jsonld: read by PyLD"
    assert told[1].startswith("fine.nq.gz: read by rapper")
    (tmp_path / "worse.ttl").write_text("<x:a> <x:b> .\n")
    with pytest.raises(Refused, match=r"worse\.ttl: (rapper|riot) cannot read it"):
        list(outside_checks(tmp_path, strict=False))
    (tmp_path / "worse.ttl").unlink()
    (tmp_path / "asks.jsonld").write_text('{"@context": "https://example.org/c", "x": 1}')
    with pytest.raises(Refused, match=r"asks\.jsonld: it asks for|asks\.jsonld: PyLD cannot"):
        list(outside_checks(tmp_path, strict=False))
