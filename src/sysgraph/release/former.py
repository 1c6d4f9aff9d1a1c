"""What a release before said was gone, so that its old links are answered for as long as any."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from sysgraph.case.contribution import ID
from sysgraph.diff.revision import find_revision
from sysgraph.diff.sides import SHIPPED
from sysgraph.errors import BadFile, BadSide
from sysgraph.files import is_url, read_bytes
from sysgraph.history.became import Gone
from sysgraph.terms import CRITIQUE

__all__ = ["CHANGES", "find_told", "gone_before"]

CHANGES = "changes.json"
_NAME = re.compile(rf"(?:{CRITIQUE})?{ID.pattern}")
_STATUSES = ("retracted", "superseded", "removed")
_TEXTS = ("title", "since", "reason", "by")
_CASES = "ontology/cases"
"""Where the cases of a revision lie."""
_MOST_BYTES = 1_000_000_000


def find_told(former: Path) -> Path | None:
    """Return where a release before told what had changed: in its folder, or beside its data."""
    folder = former if former.is_dir() else former.parent.parent
    told = folder / CHANGES
    return told if told.is_file() else None


def gone_before(former: Path, known: Collection[str]) -> Iterator[Gone]:
    """Yield the contributions that a release before said were gone, but for those known here.

    Where the release is a revision, those that any tag of a version before it had.

    Raises:
        BadFile: what it told is not what a site tells.
        BadSide: git cannot tell of its tags.
    """
    told = find_told(former)
    if told is None:
        yield from _gone_since(str(former), known)
        return
    try:
        listed = [_gone(one) for one in json.loads(read_bytes(told, _MOST_BYTES))["gone"]]
    except (ValueError, LookupError, TypeError) as error:
        reason = "this is not what a site tells of its changes; name the folder of a site as it is"
        raise BadFile(told, reason) from error
    yield from (one for one in listed if one.name not in known)


def _gone_since(former: str, known: Collection[str]) -> Iterator[Gone]:
    """Yield the cases that a tag before a revision had, each as the newest of these had it."""
    is_place = former == SHIPPED or is_url(former) or Path(former).exists()
    revision = None if is_place else find_revision(former, Path.cwd())
    seen = {*known}
    for tag in revision.versions() if revision else ():
        with TemporaryDirectory(prefix="sysgraph-") as folder, suppress(BadSide):
            for file in tag.write(_CASES, Path(folder)):
                if file.suffix == ".yaml" and file.stem not in seen:
                    seen.add(file.stem)
                    reason = f"It was in {tag.name.rpartition('/')[2]}, and is not in this release."
                    yield Gone(file.stem, _title(file), "removed", "", reason)


def _title(file: Path) -> str:
    try:
        told = yaml.safe_load(file.read_bytes())
    except yaml.YAMLError:
        told = None
    title = told.get("title") if isinstance(told, dict) else None
    return title if isinstance(title, str) else file.stem


def _gone(told: dict[str, Any]) -> Gone:
    name, status = told["name"], told["status"]
    texts = {key: told[key] for key in _TEXTS}
    instead = tuple(told["instead"])
    every = (*texts.values(), *instead)
    if not _NAME.fullmatch(name) or status not in _STATUSES:
        raise ValueError(name)
    if not all(isinstance(one, str) for one in every):
        raise TypeError(name)
    return Gone(name, status=status, instead=instead, **texts)
