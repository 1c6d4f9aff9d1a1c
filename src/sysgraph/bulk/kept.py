"""What slices come to, kept as partitions, where others take it and a load run again finds it.

A folder, here or wherever fsspec reaches, holds for each slice its quads, compressed, and beside
them a record of what they are. What ends with the manifest is whole; a load that was broken off
leaves none, and what it kept is found by the next one of the same files and version.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from platform import node, python_version
from typing import TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from sysgraph import __version__
from sysgraph.bulk.slices import Slice
from sysgraph.bulk.work import Kit, Partition, SliceResult, Written, differ, prepare, work
from sysgraph.cache import digest
from sysgraph.case.sheets import TABLES
from sysgraph.check import check_shapes
from sysgraph.errors import BadFile, Finding, MissingExtra, Severity
from sysgraph.store.index import Index, parse_line
from sysgraph.store.keeper import freeze_index

if TYPE_CHECKING:
    from upath import UPath

    from sysgraph.store.local import LocalStore

__all__ = ["Folder", "edition", "source_at", "start", "work_here", "work_kept"]

_MANIFEST = "manifest.json"
"""What is written last, and tells what there is."""

_BEGUN = "begun.json"
_LIBRARY, _INDEX = "library.nq.gz", "cases.index"
_PART, _RECORD, _PACKED = "part-", ".json", ".nq.gz"
_MADE_BY = ("bulk", "check.py", "history", "screen.py")
"""What makes the quads of a slice, beside what makes the library."""
_LEVEL = 6
_BY_URL = (".nq", ".nt", ".yaml", ".yml", ".json", *TABLES)
_TUPLES = frozenset(each.name for each in fields(Finding) if str(each.type).startswith("tuple"))


def edition() -> str:
    """Return what the outcome of a slice hangs on: code, data, Python and the parser."""
    return f"{digest(*_MADE_BY)} Python {python_version()} pyoxigraph {ox.__version__}"


def _path_at(place: str) -> UPath:
    """Return a file or a folder by its path or URL, wherever fsspec reaches.

    Raises:
        BadFile: nothing reaches what the URL begins with.
        MissingExtra: the extra that reaches folders everywhere is not installed.
    """
    try:
        from upath import UPath
    except ModuleNotFoundError as error:
        raise MissingExtra("partitions need what is not installed", "cluster") from error
    try:
        return UPath(place)
    except (ImportError, ValueError) as error:
        raise BadFile(place, f"nothing here reaches it: {error}") from error


def source_at(url: str) -> Path:
    """Return a file of cases by its URL, wherever fsspec reaches.

    Raises:
        BadFile: it is of a kind that is read from this machine only, or cannot be reached.
    """
    if not url.lower().endswith(_BY_URL):
        told = ", ".join(_BY_URL)
        raise BadFile(url, f"by URL only files that end with {told} are read; copy it here first")
    found = _path_at(url)
    try:
        found.exists()  # so that what cannot be reached is told at once
    except Exception as error:  # each kind of storage has errors of its own
        raise BadFile(url, f"it cannot be reached: {error}") from error
    return cast("Path", found)  # with all of its methods that reading uses


class Folder:
    """A folder of partitions, by its path or URL."""

    def __init__(self, place: str) -> None:
        """Name a folder, which need not be there.

        Raises:
            MissingExtra: the extra that reaches folders everywhere is not installed.
        """
        self.place = place
        self._folder = _path_at(place)

    def begin(self, kit: Kit, paths: Sequence[Path]) -> Kit:
        """Take up a load that was broken off, or begin one; return the kit with its moment.

        Raises:
            BadFile: the folder cannot be made or written to, or has what other files came to.
        """
        self._make()
        whole: dict[str, Any] = json.loads(self._read(_MANIFEST) or b"{}")
        given = _told(paths)
        others = [one["name"] for one in whole.get("files", ()) if one not in given]
        if others:
            raise BadFile(
                self.place,
                f"it holds the partitions of {', '.join(others)}, which this load would take away;"
                f" name another folder, or remove its {_MANIFEST} to have them replaced",
            )
        self.remove([_MANIFEST])
        own = edition()
        begun = json.loads(self._read(_BEGUN) or b"{}")
        if begun.get("edition") != own:
            begun = {"edition": own, "moment": kit.moment}
            self.put(_BEGUN, json.dumps(begun).encode())
        return replace(kit, moment=begun["moment"])

    def names(self) -> Iterator[str]:
        """Yield the names of what lies there."""
        return (path.name for path in self._folder.iterdir())

    def remove(self, names: Iterable[str]) -> None:
        """Take files away, if they are there."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    def put(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all.

        Raises:
            BadFile: it cannot be written.
        """
        target = self._folder / name
        # A put into object storage is whole; a file of a folder is made whole by its new name.
        is_local = target.protocol in ("", "file")
        first = self._folder / f".{name}.{node()}" if is_local else target
        try:
            first.write_bytes(data)
            if is_local:
                first.rename(target)
        except Exception as error:  # each kind of storage has errors of its own
            if is_local:
                first.unlink(missing_ok=True)
            reason = getattr(error, "strerror", None) or str(error)
            told = f"{node() or 'this machine'} could not write it: {reason}"
            raise BadFile(str(target), told) from error

    def keep(self, name: str, cases: Sequence[Written]) -> Partition:
        """Write the cases of a slice; the record of them is written by who knows the rest.

        Raises:
            BadFile: it cannot be written.
        """
        text = b"".join(case.text for case in cases)
        packed = gzip.compress(text, _LEVEL, mtime=0)
        self.put(f"{name}{_PACKED}", packed)
        lengths = tuple(len(case.text) for case in cases)
        return Partition(name, sha256(packed).hexdigest(), text.count(b"\n"), len(packed), lengths)

    def parts_of(self, result: SliceResult, new: Sequence[Written]) -> list[Partition]:
        """Return the partition that the new cases of a slice lie in: its own, or one of them alone.

        Raises:
            BadFile: it cannot be written.
        """
        if result.partition is not None and len(new) == len(result.written):
            return [result.partition]
        return [self.keep(_named_by(case.text for case in new), new)] if new else []

    def record(self, result: SliceResult) -> None:
        """Write what is told of a partition, after which it is believed.

        Raises:
            BadFile: it cannot be written.
        """
        assert result.partition is not None
        told = {
            "partition": result.partition,
            "cases": [(case.case_id, case.entry) for case in result.written],
            "warnings": [asdict(finding) for finding in result.findings],
        }
        self.put(f"{result.partition.name}{_RECORD}", json.dumps(told).encode())

    def found(self, name: str, part: Slice) -> SliceResult | None:
        """Return what a slice came to before, if that was kept whole."""
        held = self._read(f"{name}{_RECORD}")
        if held is None:
            return None
        told: dict[str, Any] = json.loads(held)
        kept, sha, quads, packed, lengths = told["partition"]
        partition = Partition(kept, sha, quads, packed, tuple(lengths))
        path = self._folder / f"{name}{_PACKED}"
        if not path.exists() or path.stat().st_size != partition.packed:
            return None
        written = [Written(case_id, b"", entry) for case_id, entry in told["cases"]]
        findings = list(map(_finding, told["warnings"]))
        return SliceResult(part.file, part.size, written, findings, partition=partition)

    def filled(self, result: SliceResult) -> SliceResult:
        """Return what came of a slice with the texts of its cases, read from where they lie.

        Raises:
            BadFile: it is not there, or not what it was.
        """
        partition = result.partition
        if partition is None:
            return result
        name = f"{partition.name}{_PACKED}"
        packed = self._read(name)
        if packed is None or sha256(packed).hexdigest() != partition.sha256:
            reason = "this partition is gone, or another one; load again"
            raise BadFile(str(self._folder / name), reason)
        text, at, written = gzip.decompress(packed), 0, []
        for case, length in zip(result.written, partition.lengths, strict=True):
            written.append(case._replace(text=text[at : at + length]))
            at += length
        return replace(result, written=written)

    def finish(
        self,
        paths: Sequence[Path],
        moment: str,
        base: LocalStore,
        lines: Mapping[str, str],
        made: Sequence[Partition],
    ) -> None:
        """Write the library and the index, clear away what is of no part, and tell what there is.

        ``lines`` are those of the index, by the ids of the cases.

        Raises:
            BadFile: something cannot be written.
        """
        stated = sorted(f"{quad} .\n" for quad in base.store)
        packed = gzip.compress("".join(stated).encode(), mtime=0)
        self.put(_LIBRARY, packed)
        entries = (entry for entry in base.entries() if entry.case_id not in lines)
        index = Index.build(chain(entries, map(parse_line, lines.values())))
        self.put(_INDEX, freeze_index(index))
        own = {f"{one.name}{end}" for one in made for end in (_PACKED, _RECORD)}
        self.remove([name for name in self.names() if name.startswith(_PART) and name not in own])
        told = {
            "sysgraph": __version__,
            "made_by": edition(),
            "moment": moment,
            "files": _told(paths),
            "cases": len(index),
            "new": sum(len(one.lengths) for one in made),
            "quads": len(stated) + sum(one.quads for one in made),
            "library": {
                "file": _LIBRARY,
                "quads": len(stated),
                "sha256": sha256(packed).hexdigest(),
            },
            "partitions": [
                {
                    "file": f"{one.name}{_PACKED}",
                    "cases": len(one.lengths),
                    "quads": one.quads,
                    "bytes": one.packed,
                    "sha256": one.sha256,
                }
                for one in made
            ],
        }
        self.put(_MANIFEST, json.dumps(told, indent=1).encode())

    def _read(self, name: str) -> bytes | None:
        try:
            return bytes((self._folder / name).read_bytes())
        except FileNotFoundError:
            return None

    def _make(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except Exception as error:  # each kind of storage has errors of its own
            raise BadFile(self.place, f"no folder for partitions can be made: {error}") from error


def _told(paths: Iterable[Path]) -> list[dict[str, Any]]:
    return [{"name": path.name, "bytes": path.stat().st_size} for path in paths]


def _finding(told: dict[str, Any]) -> Finding:
    whole: dict[str, Any] = {
        name: tuple(value) if name in _TUPLES else value for name, value in told.items()
    }
    whole["severity"] = Severity(told["severity"])
    return Finding(**whole)


class Here:
    """What this process works by, where it is a worker of this machine."""

    kit: Kit
    keep: str


def start(kit: Kit, keep: str) -> None:
    """Make this process a worker, which keeps partitions if a folder for them is named."""
    Here.kit, Here.keep = kit, keep
    prepare()


def work_here(part: Slice) -> SliceResult:
    """Return what comes of a slice in this process."""
    return work_kept(part, Here.kit, Here.keep)


def work_kept(part: Slice, kit: Kit, place: str) -> SliceResult:
    """Return what comes of a slice: kept in a folder, if one is named, where all of it is sound."""
    if not place:
        return work(part, kit)
    folder, name = Folder(place), _name(part, kit)
    found = folder.found(name, part)
    if found is not None:
        return found
    result = work(part, kit)
    _settle(result)
    if result.doubts or result.apart or result.refused or result.is_troubled or not result.written:
        return result
    try:
        partition = folder.keep(name, result.written)
        bare = [case._replace(text=b"") for case in result.written]
        kept = replace(result, written=bare, partition=partition)
        folder.record(kept)
    except BadFile as error:
        result.problems.append((error.path, error.reason, None, None))
        result.is_unkept = True
        return result
    return kept


def _settle(result: SliceResult) -> None:
    """Put the sample to pySHACL here; a doubt stays where the screen says otherwise."""
    result.doubts = [
        doubt
        for doubt in result.doubts
        if doubt.reason != "sample" or differ(doubt, check_shapes(doubt.case.quads))
    ]


def _name(part: Slice, kit: Kit) -> str:
    """Return what a slice is kept under: by all that it comes to hangs on."""
    said = (edition(), kit.moment, kit.thorough, kit.sorting, sorted(kit.apart))
    held = (part.file, part.digest, part.line, part.rows, part.is_first)
    own = part.text if part.text is not None else part.data or b""
    return _named_by((repr((said, held)).encode(), own))


def _named_by(texts: Iterable[bytes]) -> str:
    return f"{_PART}{sha256(b''.join(texts)).hexdigest()[:32]}"
