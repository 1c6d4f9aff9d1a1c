"""A directory beside another one, which takes its place when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sysgraph.errors import BadStore

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has other locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["recover", "replacing"]

_OLD, _NEW = "old", "store"


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
            shutil.rmtree(folder, ignore_errors=True)


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
            shutil.rmtree(folder, ignore_errors=True)
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
