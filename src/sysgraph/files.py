"""Where the ontology and the queries are, and files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from sysgraph.errors import BadFile, BadStore, DataNotFound

__all__ = [
    "MAX_BYTES",
    "data",
    "display",
    "is_url",
    "read_bytes",
    "read_within",
    "recover",
    "replacing",
    "term_files",
    "write_file",
    "write_pieces",
]

MAX_BYTES = 50_000_000
"""Of a file, whatever it holds."""


def is_url(place: str) -> bool:
    """Tell whether a place is named by URL, and not by a path."""
    return place.lower().startswith(("http://", "https://"))


@cache
def data() -> Path:
    """Return the folder that holds ``ontology/`` and ``queries/``.

    Raises:
        DataNotFound: neither the installed package nor a checkout around it has them.
    """
    package = Path(__file__).resolve().parent
    looked = (package / "_data", package.parents[1])
    for place in looked:
        if (place / "ontology" / "sysgraph.ttl").is_file():
            return place
    raise DataNotFound(looked)


def term_files(ontology: Path) -> list[Path]:
    """Return the files that hold the schema, the vocabulary and the outside records of a folder."""
    folders = (ontology / "vocab", ontology / "external")
    return [ontology / "sysgraph.ttl", *(p for f in folders for p in sorted(f.glob("*.ttl")))]


def display(path: Path) -> str:
    """Return a path as a person would write it: below the data folder, relative to it."""
    folder = data()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file.

    Raises:
        BadFile: there is none, it is a folder, it may not be read, or has more bytes than it may.
    """
    try:
        with path.open("rb") as file:
            return read_within(file, str(path), most)
    except FileNotFoundError as error:
        raise BadFile(path, "there is no such file") from error
    except IsADirectoryError as error:
        raise BadFile(path, "this is a folder; name the files in it") from error
    except OSError as error:
        raise BadFile(path, f"it cannot be read: {error.strerror}") from error


def read_within(file: IO[bytes], where: str, most: int) -> bytes:
    """Return what a file that is open still holds.

    Raises:
        BadFile: it has more bytes than it may.
    """
    data = file.read(most + 1)
    if len(data) > most:
        raise BadFile(where, f"it has more than {most:,} bytes; split it")
    return data


def write_file(path: Path, data: bytes) -> None:
    """Put bytes into a file, which is never left half written.

    Raises:
        BadFile: the folder does not exist or may not be written to.
    """
    write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Put pieces into a file as they come; should one fail to, the old file stays as it was.

    A link stays one, to the new content. What is no file, as a pipe or a device, is written into,
    for a file in its place would be another thing.

    Raises:
        BadFile: the folder does not exist or may not be written to.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as stream:
                stream.writelines(pieces)
            return
        real = Path(os.path.realpath(path))
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            umask = os.umask(0)
            os.umask(umask)
            Path(name).chmod(0o666 & ~umask)
            Path(name).replace(real)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadFile(path, f"it cannot be written: {error.strerror}") from error


try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has other locks
    fcntl = None  # type: ignore[assignment]


_OLD, _NEW = "old", "store"
_MOMENT = 2.0
"""For how many seconds what is left of a directory is cleared away again."""


@contextmanager
def replacing(place: Path) -> Iterator[Path]:
    """Give a path for a new directory, which replaces ``place`` when the block ends well.

    The path is on the same file system, in a folder of its own beside the place, and nothing is
    there yet. Where the place is a link, what it leads to is replaced. If the block raises, or
    the process is killed at any moment, the old directory stays; what is left lying about is
    cleared away by the next call, or by ``recover``.

    Raises:
        BadStore: another process is replacing the same directory.
    """
    place = _real(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = _folder(place)
    with _locked(folder, place):
        _restore(place, folder)
        fresh = folder / _NEW
        try:
            yield fresh
            if fresh.exists():
                if place.exists():
                    place.rename(folder / _OLD)
                fresh.rename(place)
                _sync(place.parent)
        finally:
            _clear(folder)


def recover(place: Path) -> None:
    """Heal what a killed replacement left: put the old directory back, and clear the rest away.

    Nothing is done while another process is at work, but for the moment between its taking the
    old directory away and putting the new one there, which is waited for.

    Raises:
        BadStore: the old directory is taken away, and cannot be put back.
    """
    place = _real(place)
    folder = _folder(place)
    taken = not place.exists() and (folder / _OLD).exists()
    if not taken and (fcntl is None or not folder.is_dir()):
        return
    try:
        with _locked(folder, place, wait=taken):
            _restore(place, folder)
            _clear(folder)
    except (OSError, BadStore) as error:
        if not place.exists() and (folder / _OLD).exists():
            reason = f"its last load was killed, and what it left in {folder} cannot be put back"
            raise BadStore(str(place), f"{reason}: {error}") from error


def _real(place: Path) -> Path:
    # What a link leads to, also while that is taken away.
    return Path(os.path.realpath(place))


def _folder(place: Path) -> Path:
    return place.parent / f".{place.name}.new"  # also beside the root, which has no name


def _restore(place: Path, folder: Path) -> None:
    if (folder / _OLD).exists() and not place.exists():
        (folder / _OLD).rename(place)
    for name in (_OLD, _NEW):
        shutil.rmtree(folder / name, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Take a folder away, where an engine that was broken off may write for a moment yet."""
    until = time.monotonic() + _MOMENT
    shutil.rmtree(folder, ignore_errors=True)
    while folder.exists() and time.monotonic() < until:
        time.sleep(_MOMENT / 50)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, place: Path, *, wait: bool = False) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    if fcntl is None:  # pragma: no cover - Windows has other locks
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        if os.fstat(handle).st_nlink == 0:
            raise BlockingIOError  # another process was done with the folder, and removed it
    except BlockingIOError as error:
        os.close(handle)
        reason = "the store is busy: another process is loading into it; try again when it is done"
        raise BadStore(str(place), reason) from error
    try:
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
