"""What a release before said was gone, so that its old links are answered for as long as any."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sysgraph.case.contribution import ID
from sysgraph.errors import BadFile
from sysgraph.files import read_bytes
from sysgraph.history.became import Gone
from sysgraph.terms import CRITIQUE

__all__ = ["CHANGES", "find_told", "gone_before"]

CHANGES = "changes.json"
_NAME = re.compile(rf"(?:{CRITIQUE})?{ID.pattern}")
_STATUSES = ("retracted", "superseded", "removed")
_TEXTS = ("title", "since", "reason", "by")
_MOST_BYTES = 1_000_000_000


def find_told(former: Path) -> Path | None:
    """Return where a release before told what had changed: in its folder, or beside its data."""
    folder = former if former.is_dir() else former.parent.parent
    told = folder / CHANGES
    return told if told.is_file() else None


def gone_before(former: Path, known: Collection[str]) -> Iterator[Gone]:
    """Yield the contributions that a release before said were gone, but for those known here.

    Raises:
        BadFile: what it told is not what a site tells.
    """
    told = find_told(former)
    if told is None:
        return
    try:
        listed = [_gone(one) for one in json.loads(read_bytes(told, _MOST_BYTES))["gone"]]
    except (ValueError, LookupError, TypeError) as error:
        reason = "this is not what a site tells of its changes; name the folder of a site as it is"
        raise BadFile(told, reason) from error
    yield from (one for one in listed if one.name not in known)


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
