"""Stores left half made, raced for, locked or read-only; caches of others (D6 to D10)."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import kills
import sysgraph.cache as shelf
import sysgraph.library as ready
import sysgraph.store.local as rooms
from sysgraph.cache import cache_folder, keep, kept, library_place
from sysgraph.errors import BadStore
from sysgraph.files import data, replacing
from sysgraph.rdf import refuse_xml_tricks
from sysgraph.store.local import LocalStore, open_directory
from sysgraph.stores import change_store, open_store, prepare_store

CASES = data() / "ontology" / "cases"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@pytest.fixture
def place(tmp_path: Path, library: object) -> Path:
    """A store of sysgraph."""
    prepare_store(str(tmp_path / "store")).close()
    return tmp_path / "store"


def left(place: Path) -> Path:
    """Where a load that was killed leaves what it had."""
    return place.with_name(f".{place.name}.new")


def run(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sysgraph", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_leavings_of_a_killed_creation_are_not_taken_for_a_store(
    tmp_path: Path, library: object
) -> None:
    place = tmp_path / "store"
    for junk in (left(place), left(place) / "store"):  # of this version and of the one before
        junk.mkdir(parents=True)
        half = ox.Store(str(junk))
        half.add(ox.Quad(*[ox.NamedNode("urn:half")] * 4))
        half.flush()
        del half
    store = prepare_store(str(place))
    assert "urn:half" not in store.graphs()
    store.close()
    assert not left(place).exists()


@pytest.mark.parametrize("open_it", [open_store, prepare_store, change_store])
def test_whatever_opens_a_store_puts_it_back_and_clears_up(open_it: object, place: Path) -> None:
    assert callable(open_it)
    left(place).mkdir()
    place.rename(left(place) / "old")  # as far as one came that was killed between two renames
    open_it(str(place)).close()
    assert not left(place).exists()
    (left(place) / "old").mkdir(parents=True)  # killed before it was done with the old one
    open_it(str(place)).close()
    assert not left(place).exists()


def test_through_a_link_what_it_leads_to_is_replaced_and_put_back(place: Path) -> None:
    link = place.with_name("link")
    link.symlink_to(place)
    with replacing(link) as fresh:
        shutil.copytree(place, fresh)
        (fresh / "new").touch()
    assert link.is_symlink()
    assert (place / "new").exists()
    left(place).mkdir()
    place.rename(left(place) / "old")
    open_store(str(link)).close()
    assert link.is_symlink()
    assert (place / "new").exists()
    assert not left(place).exists()
    assert not left(link).exists()


def test_opening_leaves_a_load_that_is_at_work_alone(place: Path) -> None:
    with replacing(place) as fresh:
        fresh.mkdir()
        open_store(str(place)).close()
        assert fresh.exists()
        fresh.rmdir()
    elsewhere = place.with_name("other")
    with replacing(elsewhere), pytest.raises(BadStore, match="no such store"):
        open_store(str(elsewhere))


def test_a_store_that_is_just_being_replaced_is_waited_for(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, opened = threading.Event(), threading.Event()
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        done = real(path, target)
        if path == place:
            taken.set()  # between the two renames
            assert not opened.wait(0.5)
        return done

    def replace() -> None:
        with replacing(place) as fresh:
            shutil.copytree(place, fresh)

    def read() -> None:
        assert taken.wait(60)
        open_store(str(place)).close()
        opened.set()

    monkeypatch.setattr(Path, "rename", rename)
    threads = [threading.Thread(target=work) for work in (replace, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert opened.is_set()
    assert not left(place).exists()


@pytest.mark.slow
def test_of_two_creations_one_wins_whole_and_the_other_is_told(
    tmp_path: Path, library: object
) -> None:
    place = tmp_path / "store"
    case = CASES / "wigan-deal.yaml"
    both = [run("load", case, "--store", place) for _ in range(2)]
    ended = [process.communicate() for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 0], [0, 2])
    for process, (_, err) in zip(both, ended, strict=True):
        assert ("busy" in err) == (process.returncode == 2), err
        assert len(err.splitlines()) <= 1
    store = open_store(str(place))
    assert len(store.index()) == len(list(CASES.glob("*.yaml")))
    assert not left(place).exists()


def test_a_creation_that_lost_the_race_takes_nothing_away(
    tmp_path: Path, library: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, read = tmp_path / "store", ready.load
    first: list[int] = []

    def read_while_another_creates_it() -> LocalStore:
        monkeypatch.undo()
        prepare_store(str(place)).close()
        first.append(place.stat().st_ino)
        return read()

    monkeypatch.setattr(ready, "load", read_while_another_creates_it)
    prepare_store(str(place)).close()
    assert [place.stat().st_ino] == first
    assert not left(place).exists()


@pytest.mark.thorough
def test_kills_at_random_and_at_every_rename_harm_nothing(library: object) -> None:
    done = kills.run(kills=3, bulk=2, renames=5, rows=250, seed=11)
    assert not done.told
    assert done.kills.total() == 10


@pytest.fixture
def read_only(place: Path) -> Iterator[Path]:
    """A store on a file system that nothing can be written to."""
    mounted = place.with_name("mounted")
    mounted.mkdir()
    commands = [["--bind", str(place), str(mounted)], ["-o", "remount,ro,bind", str(mounted)]]
    for words in commands:
        if subprocess.run(["mount", *words], capture_output=True, check=False).returncode:
            pytest.skip("nothing can be mounted here")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", str(mounted)], check=True)


def test_a_store_on_a_read_only_file_system_is_read(read_only: Path) -> None:
    store = open_store(str(read_only))
    assert len(store.index()) == len(list(CASES.glob("*.yaml")))
    store.close()
    with pytest.raises(BadStore, match="Read-only file system") as told:
        change_store(str(read_only))
    assert "busy" not in str(told.value)


def test_lock_that_may_only_be_read_keeps_nobody_out(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def only_read(path: Path, mode: str = "r", *more: object, **others: object) -> object:
        if mode != "rb":
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, mode, *more, **others)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", only_read)
    open_directory(place).close()
    monkeypatch.undo()
    (place / "LOCK").unlink()  # as in a copy that was never opened
    open_directory(place).close()


@pytest.mark.parametrize("write", [False, True])
def test_a_damaged_store_is_damaged_wherever_it_lies(write: bool, place: Path) -> None:
    blocks = place.with_name("blocks of locks")
    blocks.mkdir()
    place = place.rename(blocks / "busy lock")
    (place / "CURRENT").write_text("nonsense\n")
    with pytest.raises(BadStore) as told:
        open_directory(place, write=write)
    assert "Corruption" in str(told.value)
    assert "is busy" not in str(told.value)


def test_a_lock_that_cannot_be_had_is_told_by_its_cause(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuse(number: int) -> None:
        def lockf(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(fcntl, "lockf", lockf)

    for number in (errno.EAGAIN, errno.EACCES):
        refuse(number)
        with pytest.raises(BadStore, match="busy"):
            open_directory(place)
    refuse(errno.ENOLCK)
    with pytest.raises(BadStore, match="cannot be opened: No locks available"):
        rooms.open_directory(place)


# The cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that is not there yet."""
    monkeypatch.setenv("SYSGRAPH_CACHE", str(tmp_path / "cache"))
    shelf._folder.cache_clear()
    return tmp_path / "cache"


def test_a_cache_is_made_for_its_owner_alone(folder: Path) -> None:
    assert cache_folder() == folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert library_place() is not None


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707, 0o1777])
def test_a_cache_that_others_can_write_to_is_not_believed(
    mode: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir()
    folder.chmod(mode)
    assert library_place() is None
    assert library_place() is None
    assert len(capsys.readouterr().err.splitlines()) == 1  # told once
    assert not list(folder.iterdir())


def test_a_cache_of_another_user_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = library_place()
    assert place is not None
    place.mkdir(mode=0o700)
    keep(folder / "file", b"x")
    assert kept(folder / "file") == b"x"
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert kept(folder / "file") is None
    assert library_place() is None  # planted while the folder was still believed
    shelf._folder.cache_clear()
    assert cache_folder() is None


def test_what_is_kept_is_believed_only_if_it_is_whole_and_no_link(folder: Path) -> None:
    assert cache_folder() is not None
    file = folder / "file"
    assert kept(file) is None
    keep(file, b"what was made")
    held = file.read_bytes()
    for damage in (held[:-1], held + b"x", held[1:], b"", held.replace(b"was", b"is ")):
        file.write_bytes(damage)
        assert kept(file) is None
    file.write_bytes(held)
    assert kept(file) == b"what was made"
    (folder / "link").symlink_to(file)
    assert kept(folder / "link") is None
    file.chmod(0o666)
    assert kept(file) is None
    keep(folder / "none" / "file", b"x")  # a cache that cannot be written is worth no error


# What is read


@pytest.mark.parametrize("attribute", ['xmlns:n{}="urn:x"', 'n{}="x"'])
def test_names_gathered_at_one_place_of_xml_are_bounded(attribute: str) -> None:
    def document(count: int) -> bytes:
        several = " ".join(attribute.format(number) for number in range(count))
        return f'<rdf:RDF xmlns:rdf="{RDF}"><a {several}/></rdf:RDF>'.encode()

    refuse_xml_tricks(document(999), "x.rdf")
    with pytest.raises(Exception, match=r"x\.rdf:1: more than 1,000"):
        refuse_xml_tricks(document(1_001), "x.rdf")


def test_namespaces_count_only_where_they_hold() -> None:
    one = '<a xmlns:n="urn:x"/>'
    refuse_xml_tricks(f"<r>{one * 5_000}</r>".encode(), "x.rdf")
    nested = "".join(
        "<a " + " ".join(f'xmlns:n{depth}-{n}="urn:x"' for n in range(50)) + ">"
        for depth in range(30)
    )
    with pytest.raises(Exception, match="more than 1,000"):
        refuse_xml_tricks(nested.encode(), "x.rdf")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["utf-7", "base64", "rot13", "none", "punycode", "utf-32"])
def test_encoding_that_xml_has_not_is_refused_in_a_line(name: str, tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="{name}"?><r/>'
    (tmp_path / "x.rdf").write_text(text)
    process = run("validate", tmp_path / "x.rdf")
    out, err = process.communicate()
    assert process.returncode == 2
    assert "x.rdf:1" in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize("kind", [12, 14, 99])
def test_workbook_packed_as_no_office_program_does_is_refused(kind: int, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>" * 50)
    whole = bytearray(path.read_bytes())
    whole[8] = whole[whole.index(b"PK\x01\x02") + 10] = kind  # how it is packed
    path.write_bytes(whole)
    process = run("validate", path)
    out, err = process.communicate()
    assert process.returncode == 2
    assert "packed as no office program does" in out + err
