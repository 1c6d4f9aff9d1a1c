"""A folder that is a site of ours: its manifest, and how a new state of it is put in place.

All that is new is written beside what is there, in a folder within it, and moved into place at
the end, the manifest last. A build that fails or is killed leaves the former site; one that is
killed while it moves is finished by the next.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

from sysgraph.errors import BadFile

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has other locks
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "MANIFEST",
    "Manifest",
    "OnDisk",
    "Writing",
    "ignores_case",
    "write_pieces",
    "writing",
]

MANIFEST = "manifest.json"
_KIND = "sysgraph site"
_FRESH = ".publishing"
"""The folder within a site in which the next one is made."""
_PLAIN = 4_000_000
"""How many bytes a file of data may have that is not packed."""
_PIECE = 1 << 20
_FOLDED = (
    "this disk does not tell small letters from capitals, so that Place.html would take the place"
    " of place.html; name a folder on one that does, such as any of Linux"
)


@dataclass(slots=True)
class Manifest:
    """What a site was made of and holds.

    ``made_of`` says which code and store, ``cases`` what each states, and ``pages`` what each
    address was made of, by digests. ``files`` has the SHA-256 of each file.
    """

    version: str = ""
    library: str = ""
    url: str = ""
    made_of: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """Return it as a file that is the same for the same site."""
        told = {"kind": _KIND, **{name: getattr(self, name) for name in self.__slots__}}
        return (json.dumps(told, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode()

    @staticmethod
    def read(path: Path) -> Manifest | None:
        """Return the manifest in a file, or nothing if there is none of ours."""
        try:
            told: dict[str, Any] = json.loads(path.read_bytes())
            if told.pop("kind") != _KIND or not all(map(_is_within, told["files"])):
                return None
            return Manifest(**told)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None


def _is_within(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/")


class Writing:
    """A site that is being made: what of the former one stays, and what is new."""

    def __init__(self, place: Path, former: Manifest) -> None:
        self.place = place
        self.former = former
        self.files: dict[str, str] = {}
        """The SHA-256 of each file of the new site."""
        self.sizes: dict[str, int] = {}
        """How many bytes those have that were made now."""
        self._fresh = place / _FRESH / "site"

    def put(self, name: str, content: bytes) -> None:
        """Give a file this content; it is written only where it had another."""
        digest = sha256(content).hexdigest()
        self._told(name, digest)
        self.sizes[name] = len(content)
        if self.is_there(name, digest):
            (self._fresh / name).unlink(missing_ok=True)  # what it had a moment ago
        else:
            self.path_of(name).write_bytes(content)

    def put_pieces(self, name: str, pieces: Iterable[bytes]) -> str:
        """Write what may be large, packed where it is; return under which name it stands."""
        return self.put_made(name, write_pieces(self.path_of(name), pieces))

    def put_made(self, name: str, made: OnDisk) -> str:
        """Take over what stands at ``path_of`` this name; return under which name it stands."""
        name = f"{name}{made.ending}"
        self._told(name, made.digest)
        self.sizes[name] = made.size
        if self.is_there(name, made.digest):
            self.path_of(name).unlink()
        return name

    def keep(self, name: str) -> None:
        """Let a file stay as it was."""
        self._told(name, self.former.files[name])

    def take(self, folder: Path, below: str = "") -> None:
        """Take over all files of a folder, under the names that they have there."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{below}{path.relative_to(folder).as_posix()}", path.read_bytes())

    def read(self, name: str) -> bytes:
        """Return what a file of the new site holds."""
        fresh = self._fresh / name
        return (fresh if fresh.exists() else self.place / name).read_bytes()

    def settle(self, manifest: Manifest) -> None:
        """Say that all is written: from now on the new site comes, whatever happens."""
        if manifest != self.former:
            part = self.place / _FRESH / f"{MANIFEST}.part"
            part.write_bytes(manifest.as_json())
            part.replace(part.with_name(MANIFEST))

    def is_there(self, name: str, digest: str) -> bool:
        """Tell whether the former site has a file of this content."""
        return self.former.files.get(name) == digest and (self.place / name).is_file()

    def _told(self, name: str, digest: str) -> None:
        self.files[name] = digest

    def path_of(self, name: str) -> Path:
        """Return where a file of the new site is written."""
        path = self._fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class OnDisk(NamedTuple):
    """A file that was written: what its name ends in beside, its SHA-256 and its size in bytes."""

    ending: str
    digest: str
    size: int


def write_pieces(path: Path, pieces: Iterable[bytes]) -> OnDisk:
    """Write a file, or where it is large one beside it that is packed and ends in ``.gz``."""
    total, size = sha256(), 0
    with path.open("w+b") as out:
        for piece in pieces:
            out.write(piece)
            total.update(piece)
            size += len(piece)
        if size <= _PLAIN:
            return OnDisk("", total.hexdigest(), size)
        out.seek(0)
        total, packed = _pack(out, path.with_name(f"{path.name}.gz"))
    path.unlink()
    return OnDisk(".gz", total.hexdigest(), packed.stat().st_size)


def _pack(source: IO[bytes], path: Path) -> tuple[Any, Path]:
    """Pack a file, the same bytes for the same content, and return their digest."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        shutil.copyfileobj(source, out, _PIECE)
    with path.open("rb") as packed:
        total = sha256()
        while piece := packed.read(_PIECE):
            total.update(piece)
    return total, path


def ignores_case(folder: Path) -> bool:
    """Tell whether a disk takes two names for one that differ in small letters and capitals."""
    small, large = folder / "case", folder / "CASE"
    try:
        small.touch()
        return large.exists() and large.samefile(small)
    finally:
        small.unlink(missing_ok=True)


@contextmanager
def writing(place: Path) -> Iterator[Writing]:
    """Give what a site is written by, which stands at a place when the block ends well.

    Nothing is moved unless ``Writing.settle`` was called; then what the former site has and the
    new one has not is taken away. What others put into the folder stays.

    Raises:
        BadFile: it is a file or another folder, cannot be written to, is being written, or lies
            on a disk where one page would take the place of another.
    """
    place = Path(os.path.realpath(place))
    is_new = not place.exists()
    try:
        _refuse_others(place)
        (place / _FRESH).mkdir(parents=True, exist_ok=True)
        with _locked(place):
            try:
                _finish(place)
                _clear(place)
                if ignores_case(place / _FRESH):
                    raise BadFile(place, _FOLDED)
                yield Writing(place, Manifest.read(place / MANIFEST) or Manifest())
                _finish(place)
            finally:
                shutil.rmtree(place / _FRESH, ignore_errors=True)
                if is_new and not any(place.iterdir()):
                    place.rmdir()
    except OSError as error:
        raise BadFile(place, f"it cannot be written: {error.strerror or error}") from error


def _refuse_others(place: Path) -> None:
    """Refuse what is no folder of ours: of anything else not a file is touched."""
    if place.exists() and not place.is_dir():
        raise BadFile(place, "this is a file; name a folder for the site")
    is_ours = Manifest.read(place / MANIFEST) is not None or (place / _FRESH).is_dir()
    if place.exists() and not is_ours and any(place.iterdir()):
        raise BadFile(place, "this folder holds something else than a site; name a new folder")


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Keep other builds away. The lock is gone with the process that has it."""
    if fcntl is None:  # pragma: no cover - Windows has other locks
        yield
        return
    handle = os.open(place / _FRESH, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        reason = "another process is publishing there; try again when it is done"
        raise BadFile(place, reason) from error
    finally:
        os.close(handle)


def _clear(place: Path) -> None:
    """Take away what a build left that was killed."""
    for one in (place / _FRESH).iterdir():
        if one.is_dir():
            shutil.rmtree(one)
        else:
            one.unlink()


def _finish(place: Path) -> None:
    """Move a site that is whole into its place, or do the rest of it; the manifest comes last."""
    told = place / _FRESH / MANIFEST
    new = Manifest.read(told)
    if new is None:
        return
    former = Manifest.read(place / MANIFEST) or Manifest()
    fresh = place / _FRESH / "site"
    for path in sorted(fresh.rglob("*")):
        if not path.is_dir():
            to = place / path.relative_to(fresh)
            to.parent.mkdir(parents=True, exist_ok=True)
            path.replace(to)
    for name in former.files.keys() - new.files.keys():
        _remove(place, name)
    told.replace(place / MANIFEST)


def _remove(place: Path, name: str) -> None:
    """Take a file away, and the folders that nothing is left in."""
    path = place / name
    path.unlink(missing_ok=True)
    with suppress(OSError):
        while path.parent != place:
            path = path.parent
            path.rmdir()
