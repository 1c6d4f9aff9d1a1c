"""Where what was made once is kept for later, and what it was made from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from sysgraph.paths import data

__all__ = ["cache_folder", "digest", "library_place"]

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
    can be written to.
    """
    folder = cache_folder()
    return folder / f"library-{digest()[:24]}" if folder else None


def cache_folder() -> Path | None:
    """Return the folder of the cache, or None where it cannot be written to."""
    named = os.environ.get("SYSGRAPH_CACHE")
    folder = Path(named) if named else _own()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _own() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("sysgraph", appauthor=False)
