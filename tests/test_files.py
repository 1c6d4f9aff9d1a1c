"""A file is written whole or not at all, and what is no file is never replaced by one."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sysgraph.errors import BadFile
from sysgraph.files import replacing, write_file, write_pieces


@pytest.mark.skipif(os.name == "nt", reason="there are no named pipes")
def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for place in (pipe, link):
        with ThreadPoolExecutor() as pool:
            heard = pool.submit(pipe.read_bytes)
            write_file(place, b"said")
            assert heard.result(10) == b"said"
        assert pipe.is_fifo()
        assert link.is_symlink()


def test_a_link_stays_a_link_to_the_new_content(tmp_path: Path) -> None:
    there = tmp_path / "folder" / "there"
    there.parent.mkdir()
    (tmp_path / "link").symlink_to(there)
    for content in (b"one", b"other"):
        write_file(tmp_path / "link", content)
        assert (tmp_path / "link").is_symlink()
        assert there.read_bytes() == content


def test_what_fails_in_the_middle_leaves_the_old_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(BadFile, match="No space left"):
        write_pieces(place, pieces())
    assert list(tmp_path.iterdir()) == [place]
    assert place.read_bytes() == b"old"


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be written"):
        write_file(tmp_path, b"")


def test_a_directory_goes_though_its_engine_writes_for_a_moment_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, late = shutil.rmtree, ["first", "second"]

    def remove_beside(path: Path, *, ignore_errors: bool) -> None:
        remove(path, ignore_errors=ignore_errors)
        if late:  # a file of the log, written between the last look and the end of the folder
            path.mkdir()
            (path / late.pop()).touch()

    def broken_off() -> None:
        with replacing(tmp_path / "store") as fresh:
            fresh.mkdir()
            monkeypatch.setattr(shutil, "rmtree", remove_beside)
            raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        broken_off()
    assert not [*tmp_path.iterdir()]
