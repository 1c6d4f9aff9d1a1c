"""A folder that becomes a site, as a whole or not at all."""

import gzip
import os
from hashlib import sha256
from pathlib import Path

import pytest

from sysgraph.errors import BadFile
from sysgraph.release import written as module
from sysgraph.release.written import MANIFEST, Manifest, Writing, ignores_case, writing

FRESH = ".publishing"


def make(place: Path, files: dict[str, str]) -> None:
    with writing(place) as written:
        put(written, files)


def put(written: Writing, files: dict[str, str]) -> None:
    for name, text in files.items():
        written.put(name, text.encode())
    written.settle(Manifest(files=written.files))


def break_off(place: Path) -> None:
    with writing(place) as written:
        written.put("a.html", b"2")
        raise RuntimeError


def held(place: Path) -> dict[str, str]:
    files = [one for one in place.rglob("*") if one.is_file() and one.name != MANIFEST]
    return {one.relative_to(place).as_posix(): one.read_text() for one in files}


def test_what_is_new_comes_what_is_gone_goes_and_what_stays_is_not_touched(tmp_path: Path) -> None:
    place = tmp_path / "site"
    make(place, {"a.html": "1", "b/c.html": "2", "d.html": "3"})
    before = (place / "a.html").stat()
    make(place, {"a.html": "1", "d.html": "4"})
    assert held(place) == {"a.html": "1", "d.html": "4"}
    after = (place / "a.html").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert not (place / "b").exists()


def test_a_build_that_fails_leaves_the_former_site(tmp_path: Path) -> None:
    place = tmp_path / "site"
    make(place, {"a.html": "1"})
    with pytest.raises(RuntimeError):
        break_off(place)
    assert held(place) == {"a.html": "1"}


def test_a_disk_where_one_page_takes_the_place_of_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not ignores_case(tmp_path)
    (tmp_path / "CASE").symlink_to("case")  # as such a disk has it: both names are one file
    assert ignores_case(tmp_path)
    monkeypatch.setattr(module, "ignores_case", lambda _: True)
    with pytest.raises(BadFile, match="does not tell small letters from capitals"):
        make(tmp_path / "site", {"a.html": "1"})
    assert not (tmp_path / "site").exists()


def test_a_first_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        break_off(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site"
    make(place, {"a.html": "1"})

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadFile, match="No space left"):
        make(place, {"a.html": "2"})
    assert held(place) == {"a.html": "1"}


def test_a_build_killed_while_it_moves_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "site"
    make(place, {"a.html": "1", "b.html": "1"})
    replace, done = Path.replace, list[Path]()

    def killed(path: Path, to: Path) -> Path:
        if path.suffix == ".html" and done:
            os._exit(7)
        done.append(path) if path.suffix == ".html" else None
        return replace(path, to)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(Path, "replace", killed)
        make(place, {"a.html": "2", "b.html": "2"})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert (place / FRESH).is_dir()
    with writing(place) as written:
        assert written.former.files["b.html"] == sha256(b"2").hexdigest()
    assert held(place) == {"a.html": "2", "b.html": "2"}


def test_what_others_put_into_a_site_stays(tmp_path: Path) -> None:
    place = tmp_path / "site"
    make(place, {"a.html": "1"})
    (place / "CNAME").write_text("example.org")
    make(place, {"b.html": "1"})
    assert held(place) == {"b.html": "1", "CNAME": "example.org"}


def test_a_folder_of_others_and_a_file_are_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("Dear Anna")
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadFile, match="something else than a site; name a new folder"):
        make(tmp_path / "letters", {"a.html": "1"})
    with pytest.raises(BadFile, match="this is a file"):
        make(tmp_path / "file", {"a.html": "1"})
    assert held(tmp_path) == {"letters/one.txt": "Dear Anna", "file": "x"}


def test_a_manifest_that_names_files_elsewhere_is_none_of_ours(tmp_path: Path) -> None:
    for name in ("../x", "/etc/passwd", "a/../../x"):
        path = tmp_path / MANIFEST
        path.write_bytes(Manifest(files={name: "0"}).as_json())
        assert Manifest.read(path) is None


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "site"
    with writing(place), pytest.raises(BadFile, match="another process is publishing"):
        make(place, {"a.html": "1"})


def test_large_data_are_packed_the_same_each_time(tmp_path: Path) -> None:
    text = b"0123456789" * 500_000
    for name in ("one", "two"):
        with writing(tmp_path / name) as written:
            assert written.put_pieces("data/x.nq", [text]) == "data/x.nq.gz"
            assert written.put_pieces("data/y.nq", [text[:10]]) == "data/y.nq"
            written.settle(Manifest(files=written.files))
    packed = [(tmp_path / name / "data" / "x.nq.gz").read_bytes() for name in ("one", "two")]
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]) == text
