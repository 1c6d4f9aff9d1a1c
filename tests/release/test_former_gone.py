"""What a release before said was gone stays gone, whatever the one after it knows."""

import json
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
    assert list(gone_before(Path("v0.1.0"), ())) == []


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
