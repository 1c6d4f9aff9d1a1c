"""What a release before said was gone stays gone, whatever the one after it knows."""

import json
import subprocess
from pathlib import Path

import pytest

from sysgraph.errors import BadFile
from sysgraph.release.former import find_told, gone_before

TOLD = {
    "name": "bogota-mesh",
    "title": "Bogotá Mesh",
    "status": "removed",
    "since": "",
    "reason": "It was in sysgraph 0.0.8.",
    "by": "",
    "instead": [],
}


def git(*words: str, at: Path) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *who, *words], cwd=at, check=True)


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """The folder of a release that told of two cases that were gone."""
    both = [TOLD, {**TOLD, "name": "critique/of-it", "status": "superseded", "instead": ["new"]}]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sysgraph.nq").touch()
    (tmp_path / "changes.json").write_text(json.dumps({"gone": both}))
    return tmp_path


def test_what_was_gone_is_read_as_it_was_told(former: Path) -> None:
    first, second = gone_before(former, ())
    assert (first.name, first.title, first.reason) == tuple(
        TOLD[key] for key in ("name", "title", "reason")
    )
    assert (second.name, second.status, second.instead) == (
        *("critique/of-it", "superseded"),
        ("new",),
    )
    assert first.states == ()


def test_what_is_here_again_is_not_gone(former: Path) -> None:
    assert [one.name for one in gone_before(former, {"bogota-mesh"})] == ["critique/of-it"]


def test_a_release_is_also_found_by_its_data(former: Path) -> None:
    assert find_told(former / "data" / "sysgraph.nq") == former / "changes.json"


def test_of_a_revision_what_any_tag_before_it_had_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = tmp_path / "ontology" / "cases"
    cases.mkdir(parents=True)
    git("init", "-q", at=tmp_path)
    for tag, names in {"v0.9.0": "ab", "v0.10.0": "bc", "v0.11.0": "c", "later": "c"}.items():
        for file in cases.iterdir():
            file.unlink()
        for name in names:
            (cases / f"case-{name}.yaml").write_text(f"title: The case {name} at {tag}\n")
        git("add", "-A", at=tmp_path)
        git("commit", "-q", "--allow-empty", "-m", tag, at=tmp_path)
        git("tag", tag, at=tmp_path)
    monkeypatch.chdir(tmp_path)
    found = {one.name: (one.title, one.reason) for one in gone_before(Path("v0.11.0"), {"case-c"})}
    said = "It was in {}, and is not in this release."
    assert found == {
        "case-b": ("The case b at v0.10.0", said.format("v0.10.0")),
        "case-a": ("The case a at v0.9.0", said.format("v0.9.0")),
    }
    assert [*gone_before(Path("shipped"), ())] == []
    assert [*gone_before(Path("v0.9.0"), {"case-a", "case-b"})] == []


@pytest.mark.parametrize(
    "told",
    [
        *("[]", "{", '{"gone": 1}', '{"gone": [{}]}'),
        *(
            json.dumps({"gone": [{**TOLD, key: value}]})
            for key, value in (("name", "../x"), ("status", "lost"), ("by", 1), ("instead", [1]))
        ),
    ],
)
def test_what_no_site_has_told_is_refused(former: Path, told: str) -> None:
    (former / "changes.json").write_text(told)
    with pytest.raises(BadFile, match="name the folder of a site as it is"):
        list(gone_before(former, ()))
