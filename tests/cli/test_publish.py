"""``sysgraph publish``: what it refuses. What it makes is tried in ``tests/release``."""

from pathlib import Path

from calling import Call


def test_a_file_and_a_folder_of_others_are_refused(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, _, told = call("publish", tmp_path / "file")
    assert code == 2
    assert "this is a file; name a folder for the site" in told
    code, _, told = call("publish", tmp_path)
    assert code == 2
    assert "something else than a site; name a new folder" in told
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_an_address_that_is_none_is_refused(call: Call, tmp_path: Path) -> None:
    code, _, told = call("publish", tmp_path / "site", "--url", "example.org")
    assert code == 2
    assert "--url example.org: write it as https://example.org/systems/" in told
    assert not (tmp_path / "site").exists()


def test_a_store_that_is_not_there_leaves_nothing(call: Call, tmp_path: Path) -> None:
    code, _, told = call("publish", tmp_path / "site", "--store", tmp_path / "none")
    assert code == 2
    assert "none" in told
    assert not (tmp_path / "site").exists()
