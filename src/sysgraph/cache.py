"""Where what was made once is kept for later, and what it was made from.

What is kept is taken for the library itself, so that it is believed only where nobody else can
have written it, and where it is whole.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from sysgraph.errors import BadFile, one_line
from sysgraph.files import data, write_file

__all__ = [
    "BESIDE",
    "digest",
    "found",
    "library_place",
    "made",
    "place_of",
    "put",
    "seal",
]

_KINDS = (".jsonld", ".py", ".rq", ".tsv", ".ttl", ".yaml")

# What the library is not made by. A test holds this to what is imported when it is made.
BESIDE = (
    *("advice", "bulk", "cli", "diff", "fill", "history", "pages", "publish", "record", "web"),
    *("release", "check.py", "completeness.py", "fix.py", "forms.py", "intake.py", "issue.py"),
    *("query.py", "screen.py", "stores.py", "mcp", "plots", "browse.py", "budget.py"),
    *("frames.py", "language.py", "listening.py", "worker.py"),
)


_NEVER = {"_data", "__pycache__"}


@cache
def digest(*rooms: str) -> str:
    """Return the SHA-256 over all that the library is made from: the data, and the code for it.

    ``rooms`` are further folders of the code, which what is kept beside the library is made by.
    The files are read again only when one of them is another file, or has another size or time,
    than when they were last read.
    """
    left_out = {*BESIDE, *_NEVER} - {*rooms}
    files = sorted(
        (name, path, (at.st_ino, at.st_size, at.st_mtime_ns, at.st_ctime_ns))
        for folder in (data() / "ontology", Path(__file__).parent)
        for name, path, at in _files(folder, "", left_out)
    )
    seen = sha256(repr(files).encode()).hexdigest()
    folder = cache_folder()
    name = sha256(repr((str(data()), rooms)).encode()).hexdigest()[:24]
    place = folder / f"digest-{name}" if folder else None
    last, _, known = ((place and kept(place)) or b"").decode().partition(" ")
    if last == seen:
        return known
    total = sha256()
    for name, path, _ in files:
        total.update(name.encode() + b"\0" + Path(path).read_bytes() + b"\0")
    if place:
        keep(place, f"{seen} {total.hexdigest()}".encode())
    return total.hexdigest()


def _files(
    folder: str | Path, below: str, left_out: Collection[str]
) -> Iterator[tuple[str, str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in left_out:
                continue
            if entry.is_dir():
                yield from _files(entry.path, f"{below}{entry.name}/", _NEVER)
            elif entry.name.endswith(_KINDS):
                yield below + entry.name, entry.path, entry.stat()


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


def place_of(name: str, *rooms: str) -> str:
    """Return under which name something is kept that is made of the library, as it is now.

    ``rooms`` are the folders of the code that make it, beside what makes the library.
    """
    stem, _, end = name.partition(".")
    return f"{stem}-{digest(*rooms)[:24]}.{end}"


def found(name: str, *rooms: str) -> bytes | None:
    """Return what was made of just this library and code, from the cache or the wheel."""
    file, folder = place_of(name, *rooms), cache_folder()
    held = folder and kept(folder / file)
    if not held:
        with suppress(OSError):
            held = _whole((data() / "ready" / file).read_bytes())
    return held or None


def made(make: Callable[[], bytes], name: str, *rooms: str) -> bytes:
    """Return what is made once of the library: as it is found, or made and kept."""
    return found(name, *rooms) or put(make(), name, *rooms)


def put(content: bytes, name: str, *rooms: str) -> bytes:
    """Keep what was made of the library in the cache, if there is one, and return it."""
    folder = cache_folder()
    if folder:
        keep(folder / place_of(name, *rooms), content)
    return content


def keep(path: Path, content: bytes) -> None:
    """Keep bytes in the cache, their digest before them; if it is full, that is worth no error."""
    with suppress(BadFile, OSError):
        write_file(path, seal(content))
        path.chmod(0o600)


def kept(path: Path) -> bytes | None:
    """Return the bytes that were kept in a file of the cache, if they are whole and ours."""
    if not _is_ours(path):
        return None
    try:
        held = path.read_bytes()
    except OSError:
        return None
    return _whole(held)


def seal(content: bytes) -> bytes:
    """Return bytes with their digest before them, so that it is seen whether they are whole."""
    return sha256(content).hexdigest().encode() + b"\n" + content


def _whole(held: bytes) -> bytes | None:
    content = held[len(seal(b"")) :]
    return content if held == seal(content) else None
