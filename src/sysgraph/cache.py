"""Where what was made once is kept for later, and what it was made from.

What is kept is taken for the library itself, so that it is believed only where nobody else can
have written it, and where it is whole.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from sysgraph.errors import BadFile, one_line
from sysgraph.files import data, write_file

__all__ = ["cache_folder", "digest", "keep", "kept", "library_place"]

_KINDS = (".jsonld", ".py", ".rq", ".ttl", ".yaml")


@cache
def digest() -> str:
    """Return the SHA-256 over all that the library is made from: the data, and this code.

    Every byte is read anew in every process, which takes 2 milliseconds and is never stale.
    """
    total = sha256()
    for folder in (data() / "ontology", Path(__file__).parent):
        for name, path in sorted(_files(folder, "")):
            total.update(name.encode() + b"\0")
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast as Path
                total.update(file.read() + b"\0")
    return total.hexdigest()


def _files(folder: str | Path, below: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in ("_data", "__pycache__"):
                    yield from _files(entry.path, f"{below}{entry.name}/")
            elif entry.name.endswith(_KINDS):
                yield below + entry.name, entry.path


def library_place() -> Path | None:
    """Return where the shipped library of today's data and code is kept, once it is.

    That is in the folder in SYSGRAPH_CACHE, else in the user's own cache; None where neither
    can be written to, or others can write to it too.
    """
    folder = cache_folder()
    place = folder / f"library-{digest()[:24]}" if folder else None
    return place if place and (_is_ours(place) or not os.path.lexists(place)) else None


def cache_folder() -> Path | None:
    """Return the folder of the cache, or None where it cannot be written to, or by others too."""
    named = os.environ.get("SYSGRAPH_CACHE")
    return _folder(Path(named) if named else _own())


@cache
def _folder(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = folder.resolve()
    except OSError:
        return None
    if not _is_ours(folder):
        told = (
            "others can write to it, so that what is kept there is not believed, nor anything kept"
        )
        print(f"the cache folder {one_line(str(folder))}: {told}", file=sys.stderr)
        return None
    return folder if os.access(folder, os.W_OK) else None


def _own() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("sysgraph", appauthor=False)


def _is_ours(path: Path) -> bool:
    """Tell whether a file or a folder is there that is ours, and that only we can write to."""
    try:
        seen = path.lstat()
    except OSError:
        return False
    if not hasattr(os, "geteuid"):  # pragma: no cover - Windows keeps such folders apart itself
        return True
    shared = seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return seen.st_uid == os.geteuid() and not shared and not stat.S_ISLNK(seen.st_mode)


def keep(path: Path, content: bytes) -> None:
    """Keep bytes in the cache, their digest before them; if it is full, that is worth no error."""
    with suppress(BadFile, OSError):
        write_file(path, _sum(content) + content)
        path.chmod(0o600)


def kept(path: Path) -> bytes | None:
    """Return the bytes that were kept in a file of the cache, if they are whole and ours."""
    if not _is_ours(path):
        return None
    try:
        held = path.read_bytes()
    except OSError:
        return None
    content = held[len(_sum(b"")) :]
    return content if held == _sum(content) + content else None


def _sum(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode() + b"\n"
