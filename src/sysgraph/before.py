"""What was wrong with contributed files before a change, so that only what is new blocks it."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sysgraph.contribute import Contribution, is_plain, load_vocabulary, read_again
from sysgraph.endpoint import is_url
from sysgraph.errors import BadFile, BadFiles, SysgraphError
from sysgraph.findings import Finding
from sysgraph.inspection import check
from sysgraph.paths import data
from sysgraph.repair import key_of
from sysgraph.stores import open_store
from sysgraph.terms import graph_of

__all__ = ["find_before", "there_before"]

_GIT_SECONDS = 60


def find_before(
    paths: Sequence[Path], contributions: Sequence[Contribution], against: str
) -> list[Finding]:
    """Return what was wrong with the same cases in a store, or the same files in a git revision.

    ``against`` is a store directory or a URL; else it is a revision of the repository that each
    file is in. A file, or a case, that was not there had nothing wrong with it.

    Raises:
        BadStore, EndpointFailed: the store cannot be asked.
        SysgraphError: there is no such revision, or no git.
    """
    if is_url(against) or Path(against).is_dir():
        return _in_store(contributions, against)
    found: list[Finding] = []
    for path in paths:
        found += _in_revision(path, against)
    return found


def there_before(findings: Sequence[Finding], before: Sequence[Finding]) -> list[bool]:
    """Tell of each finding whether it was there before, wherever its line was then."""
    known = Counter(key_of(finding) for finding in before)
    told = []
    for finding in findings:
        key = key_of(finding)
        told.append(known[key] > 0)
        known[key] -= known[key] > 0
    return told


def _in_store(contributions: Sequence[Contribution], place: str) -> list[Finding]:
    vocabulary = load_vocabulary(data() / "ontology")
    store = open_store(place)
    found: list[Finding] = []
    try:
        for one in contributions:
            quads = store.quads(graph_of(one.case_id))
            if quads:
                stored = Contribution(one.case_id, place, "", quads)
                found += check(stored, vocabulary)
    finally:
        store.close()
    return found


def _in_revision(path: Path, revision: str) -> list[Finding]:
    """Return what was wrong with a file in a revision; of tables and RDF that is not told."""
    folder = path.resolve().parent
    commit = _git(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"
    )
    if revision.startswith("-") or commit is None:
        reason = "it is neither a store nor a revision of the repository that the file is in"
        raise SysgraphError(f"--against {revision}: {reason}")
    name = commit.decode().strip()
    content = _git(folder, "cat-file", "blob", f"{name}:./{path.resolve().name}")
    if content is None or not is_plain(path):
        return []
    vocabulary = load_vocabulary(data() / "ontology")
    found: list[Finding] = []
    try:
        for one in read_again(content, path, vocabulary):
            found += check(one, vocabulary)
    except (BadFile, BadFiles):
        return []
    return found


def _git(folder: Path, *words: str) -> bytes | None:
    """Return what git says, or None where it says no; never by a shell.

    Raises:
        SysgraphError: there is no git, or it takes more than a minute.
    """
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise SysgraphError(f"--against needs git, and that did not answer: {error}") from error
    return done.stdout if done.returncode == 0 else None
