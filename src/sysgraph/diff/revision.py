"""The files of a git revision, written out byte for byte; git is never given a shell."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sysgraph.errors import BadSide

__all__ = ["find_checkout", "find_revision"]

_SECONDS = 60
_MOST_FILES = 20_000
_MOST_BYTES = 500_000_000
_FILES = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of a repository: its name as given, its hash, and a path within, if one is named."""

    name: str
    commit: str
    path: str
    repository: Path

    def versions(self) -> list[Revision]:
        """Return the tags of versions that led to it, or are it, the newest first."""
        wanted = ("--merged", self.commit, "--sort=-version:refname", "--list", "v[0-9]*")
        names = _git(self.repository, "tag", *wanted).decode().split()
        found = (find_revision(f"refs/tags/{name}", self.repository) for name in names)
        return [one for one in found if one is not None]

    def write(self, path: str, folder: Path) -> list[Path]:
        """Write the files at a path of the revision below a folder, and return where they are.

        The blobs are read as they are: neither filters nor attributes such as export-ignore,
        which a contribution could bring along to hide a file, have a say.

        Raises:
            BadSide: there is nothing at that path, or far too much.
        """
        listed = self._list(path)
        if not listed:
            raise BadSide(self.name, f"there is no '{path or '/'}' in that revision")
        if len(listed) > _MOST_FILES:
            raise BadSide(self.name, f"it has more than {_MOST_FILES:,} files")
        found = []
        for (_, name), content in zip(listed, self._read([b for b, _ in listed]), strict=True):
            if not name or name.startswith("/") or ".." in PurePosixPath(name).parts:
                raise BadSide(self.name, f"it has a file of the name '{name}'")
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            found.append(place)
        return found

    def _list(self, path: str) -> list[tuple[str, str]]:
        wanted = ("--", path) if path else ()
        told = _git(self.repository, "ls-tree", "-r", "-z", "--full-tree", self.commit, *wanted)
        found = []
        for line in told.split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, blob = about.split(b" ")
            if mode in _FILES:  # neither links nor other repositories
                found.append((blob.decode(), os.fsdecode(name)))
        return found

    def _read(self, blobs: list[str]) -> list[bytes]:
        told = _git(self.repository, "cat-file", "--batch", data="\n".join(blobs).encode() + b"\n")
        if len(told) > _MOST_BYTES:
            raise BadSide(self.name, f"its files have more than {_MOST_BYTES:,} bytes")
        found, start = [], 0
        for blob in blobs:
            end = told.index(b"\n", start)
            head = told[start:end].split(b" ")
            if len(head) != 3:
                raise BadSide(self.name, f"git has lost the object {blob}; try 'git fetch'")
            start = end + 1 + int(head[2])
            found.append(told[end + 1 : start])
            start += 1
        return found


def find_checkout(where: Path) -> Path:
    """Return the top folder of the git checkout around a folder.

    Raises:
        BadSide: there is none, or no git.
    """
    try:
        return Path(os.fsdecode(_git(where, "rev-parse", "--show-toplevel").strip()))
    except _Failed as error:
        reason = "this folder is in no git checkout; name two stores, folders or files"
        raise BadSide(str(where), reason) from error


def find_revision(name: str, where: Path) -> Revision | None:
    """Return what a revision name such as ``HEAD~1``, ``main`` or ``main:path`` means, or None.

    Raises:
        BadSide: there is no git, or it does not answer.
    """
    commitish, _, path = name.partition(":")
    if not commitish or "\0" in name or "\n" in name:
        return None
    wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commitish}^{{commit}}")
    try:
        commit = _git(where, *wanted).decode().strip()
        return Revision(name, commit, path.strip("/"), find_checkout(where))
    except _Failed:
        return None


class _Failed(BadSide):
    """Git said no."""


def _git(where: Path, *arguments: str, data: bytes = b"") -> bytes:
    command = ["git", "-C", str(where), "--no-pager", "--literal-pathspecs", *arguments]
    calm = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=_SECONDS, check=False, env=calm
        )
    except FileNotFoundError as error:
        raise BadSide(arguments[-1], "git is not installed, so revisions cannot be read") from error
    except subprocess.TimeoutExpired as error:
        raise BadSide(arguments[-1], f"git took longer than {_SECONDS} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise _Failed(arguments[-1], said or "git does not know it")
    return done.stdout
