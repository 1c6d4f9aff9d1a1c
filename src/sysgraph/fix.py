"""A contributed file as it must have been meant, and what was wrong with it before a change."""

from __future__ import annotations

import codecs
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, unified_diff
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
import yaml

from sysgraph.case.contribution import Contribution
from sysgraph.case.patch import Slots, apply, mend
from sysgraph.case.read import is_plain, read_again, read_past
from sysgraph.case.tolerant import LEFT_OUT
from sysgraph.check import Shapes, check, check_shapes, is_violation
from sysgraph.errors import BadFile, BadFiles, Finding, Raw, SysgraphError
from sysgraph.ontology import Ontology
from sysgraph.store.wire import is_url
from sysgraph.stores import open_store
from sysgraph.terms import graph_of
from sysgraph.vocabulary import Vocabulary

__all__ = [
    "MAX_BYTES",
    "Repair",
    "find_before",
    "find_repair",
    "key_of",
    "repair_of",
    "there_before",
]

_MAX_TRIES = 80
_MAX_ROUNDS = 4
MAX_BYTES = 500_000
_MAX_READ = 1_500_000
_MAX_ASKED = 160
_IN_UTF_8 = "the same text in UTF-8"

_Key = tuple[str, str, str, str]
"""Demand, node, field and value of a finding: what stays the same when lines move."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What is wrong with a file, and the file with all of it mended that is evident.

    ``before`` and ``after`` are the texts that a person sees; ``content`` is what is to be
    written. ``findings`` are those of the file as it stands, each that is mended with what is
    to stand in its place; ``left`` are those of the mended file.
    """

    path: Path
    before: str
    after: str
    content: bytes
    findings: tuple[Finding, ...]
    left: tuple[Finding, ...]
    encoding: str | None = None

    def diff(self) -> str:
        """Return the change as a unified diff; where the encoding changes, a line says so."""
        lines = unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            str(self.path),
            str(self.path),
            n=1,
        )
        shown = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
        note = f"# {self.path}: from {self.encoding} to UTF-8\n" if self.encoding else ""
        return note + shown


def find_repair(
    path: Path, findings: Sequence[Finding] | None = None, shapes: Shapes = check_shapes
) -> Repair | None:
    """Return the evident repair of a YAML or JSON file, or None where there is none.

    The mended file has none of the violations that are said to be mended, and no violation
    that was not there before. ``findings`` are those of the file, if they are known. It takes
    some 60 milliseconds for each case that a change makes another one, and at most 80 changes
    are tried, of 160 such cases and 1,500,000 characters together. A file that is beyond reading
    has none.
    """
    return repair_of(path.read_bytes(), path, findings, shapes) if is_plain(path) else None


def repair_of(
    content: bytes,
    path: Path,
    findings: Sequence[Finding] | None = None,
    shapes: Shapes = check_shapes,
) -> Repair | None:
    """Return what ``find_repair`` would if the file at ``path`` held these bytes."""
    if len(content) > MAX_BYTES:
        return None
    try:
        return _Mending(path, content, findings, shapes).done()
    except (BadFile, BadFiles):
        return None


def key_of(finding: Finding) -> _Key:
    """Return what tells a finding from others, wherever its line has gone."""
    return (finding.demand, finding.focus or "", finding.field or "", finding.value or "")


_Tried = tuple[str, list[Finding]]
"""A text of the file, and what is wrong with it."""


class _Mending:
    def __init__(
        self, path: Path, content: bytes, findings: Sequence[Finding] | None, shapes: Shapes
    ) -> None:
        self.path = path
        self.content = content
        self.shapes = shapes
        self.known_results: dict[frozenset[ox.Quad], list[Raw]] = {}
        self.vocabulary: Vocabulary = Ontology.load().vocabulary
        self.document = read_past(content, path, self.vocabulary)
        self.tries = self.read = self.asked_first = 0
        self.first = list(findings) if findings is not None else self._judge_bytes(content)
        # What reading alone has mended is gone at once.
        self.known = Counter(key_of(one) for one in self.first if is_violation(one))

    def _judge_bytes(self, content: bytes) -> list[Finding]:
        cases = read_again(content, self.path, self.vocabulary)
        return _all_findings(cases, self.vocabulary, self._results)

    def _results(self, quads: Iterable[ox.Quad]) -> list[Raw]:
        """Return what SHACL says of a case, asked once: a change leaves most cases as they were."""
        stated = frozenset(quads)
        if stated not in self.known_results:
            self.known_results[stated] = list(self.shapes(stated))
        return self.known_results[stated]

    def _judge(self, text: str) -> list[Finding] | None:
        """Return what is wrong with a text, or None where it cannot be read or enough was tried."""
        self.tries += 1
        self.read += len(text)
        if self.tries > 2 and self._is_enough():
            return None
        try:
            return self._judge_bytes(text.encode("utf-8", "surrogatepass"))
        except (BadFile, BadFiles, yaml.YAMLError):
            return None

    def _is_enough(self) -> bool:
        asked = len(self.known_results) - self.asked_first
        return self.tries > _MAX_TRIES or self.read > _MAX_READ or asked > _MAX_ASKED

    def done(self) -> Repair | None:
        """Return the repair, if something is mended and nothing else broken."""
        if not any(map(is_violation, self.first)):
            return None
        text = self.document.text
        left = self._judge(text)
        if left is None:
            return None
        self.asked_first = len(self.known_results)
        text, left = self._better(text, left)
        if LEFT_OUT in text:
            text = self._with_lines_left_out(text)
            left = self._judge(text)
        if left is None or not self._is_better(left, self.first):
            return None
        return self._repair(text, left)

    def _with_lines_left_out(self, text: str) -> str:
        lines = self.document.original.split("\n")
        return re.sub(
            rf"^{LEFT_OUT}(\d+)$", lambda found: lines[int(found.group(1)) - 1], text, flags=re.M
        )

    def _repair(self, text: str, left: Sequence[Finding]) -> Repair:
        newline = self.document.newline
        mark = codecs.BOM_UTF8 if self.content.startswith(codecs.BOM_UTF8) else b""
        before = self.document.original
        if self.document.encoding == "Windows-1252":
            before = self.content.decode("utf-8", "replace").replace(newline, "\n")
        return Repair(
            self.path,
            before,
            text,
            mark + text.replace("\n", newline).encode(),
            tuple(_with_repairs(self.first, left, before, text)),
            tuple(left),
            self.document.encoding,
        )

    def _better(self, text: str, found: list[Finding]) -> _Tried:
        """Return the text with one finding after another mended, as far as that goes."""
        for _ in range(_MAX_ROUNDS):
            before = text
            text, found = self._all_at_once(text, found)
            for finding in filter(is_violation, list(found)):
                text, found = self._one(finding, text, found)
            if text == before:
                break
        return text, found

    def _all_at_once(self, text: str, found: list[Finding]) -> _Tried:
        wrong = list(filter(is_violation, found))
        slots = self._slots(text)
        if slots is None or len(wrong) < 2:
            return text, found
        firsts = [next(mend(finding, slots, self.vocabulary), []) for finding in wrong]
        edits = [edit for first in firsts for edit in first]
        changed = apply(text, edits)
        now = self._judge(changed) if edits else None
        better = now is not None and self._is_better(now, found)
        return (changed, now) if now is not None and better else (text, found)

    def _one(self, finding: Finding, text: str, found: list[Finding]) -> _Tried:
        place = next((one for one in found if key_of(one) == key_of(finding)), None)
        for changed, now in self._attempts(place, text):
            if key_of(finding) in {key_of(one) for one in now if is_violation(one)}:
                continue
            # What a wrong key hid may be mended in its turn.
            tried = self._deeper(changed, now) if self._new(now) else (changed, now)
            if self._is_better(tried[1], found):
                return tried
        return text, found

    def _deeper(self, text: str, found: list[Finding]) -> _Tried:
        for finding in self._new(found):
            fewer = (one for one in self._attempts(finding, text) if _count(one[1]) < _count(found))
            text, found = next(fewer, (text, found))
        return text, found

    def _attempts(self, finding: Finding | None, text: str) -> Iterator[_Tried]:
        """Yield the text with each way to mend a finding, of those that can be read."""
        slots = self._slots(text)
        if slots is None or finding is None:
            return
        for edits in mend(finding, slots, self.vocabulary):
            changed = apply(text, edits)
            now = self._judge(changed)
            if now is not None:
                yield changed, now

    def _slots(self, text: str) -> Slots | None:
        return _slots_of(text, self.vocabulary, self.path.suffix.lower() == ".json")

    def _new(self, found: Sequence[Finding]) -> list[Finding]:
        seen: Counter[_Key] = Counter()
        new = []
        for finding in found:
            if is_violation(finding):
                seen[key_of(finding)] += 1
                if seen[key_of(finding)] > self.known[key_of(finding)]:
                    new.append(finding)
        return new

    def _is_better(self, now: Sequence[Finding], before: Sequence[Finding]) -> bool:
        return not self._new(now) and _count(now) < _count(before)


def _count(found: Sequence[Finding]) -> int:
    return sum(map(is_violation, found))


@lru_cache(maxsize=1)
def _slots_of(text: str, vocabulary: Vocabulary, is_json: bool) -> Slots | None:
    try:
        return Slots(text, vocabulary, is_json=is_json)
    except yaml.YAMLError:
        return None


def _all_findings(
    cases: Iterable[Contribution], vocabulary: Vocabulary, shapes: Shapes = check_shapes
) -> list[Finding]:
    return [finding for case in cases for finding in check(case, vocabulary, shapes).findings]


def _with_repairs(
    first: Sequence[Finding], left: Sequence[Finding], before: str, after: str
) -> list[Finding]:
    """Return the first findings, each that is not left with the line that is to stand there."""
    lines = _lines_instead(before.split("\n"), after.split("\n"))
    still = Counter(key_of(one) for one in left)
    elsewhere = f"goes with the repair of {_numbered(sorted(lines))}"
    found = []
    for finding in first:
        if still[key_of(finding)]:
            still[key_of(finding)] -= 1
            found.append(finding)
        else:
            is_of_file = not lines or finding.demand == "encoding"
            other = _IN_UTF_8 if is_of_file else elsewhere
            found.append(replace(finding, repair=lines.get(finding.line or 0, other)))
    return found


def _numbered(lines: Sequence[int]) -> str:
    """Return some lines by their numbers, or the first three of them and that there are others.

    >>> _numbered([5]), _numbered([5, 29]), _numbered([5, 29, 41, 60])
    ('line 5', 'lines 5 and 29', 'lines 5, 29, 41 and others')
    """
    named = [*map(str, lines[:3]), *(["others"] if len(lines) > 3 else [])]
    *first, last = named or [""]
    return f"lines {', '.join(first)} and {last}" if first else f"line {last}"


def _lines_instead(before: list[str], after: list[str]) -> dict[int, str]:
    """Return what is to stand in the place of each line that changes, which counts from 1."""
    found = {}
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        for at in range(start, end):
            new = after[other_start + at - start : other_end][:1]
            found[at + 1] = new[0].strip() if new else "(take this line out)"
    return found


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
    return [finding for path in paths for finding in _in_revision(path, against)]


def there_before(findings: Sequence[Finding], before: Sequence[Finding]) -> list[bool]:
    """Tell of each finding whether it was there before, wherever its line was then."""
    known = Counter(key_of(finding) for finding in before)
    told = []
    for key in map(key_of, findings):
        told.append(known[key] > 0)
        known[key] -= 1
    return told


def _in_store(contributions: Sequence[Contribution], place: str) -> list[Finding]:
    store = open_store(place)
    try:
        stored = {one.case_id: store.quads(graph_of(one.case_id)) for one in contributions}
    finally:
        store.close()
    cases = [Contribution(name, place, "", quads) for name, quads in stored.items() if quads]
    return _all_findings(cases, Ontology.load().vocabulary)


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
    vocabulary = Ontology.load().vocabulary
    try:
        return _all_findings(read_again(content, path, vocabulary), vocabulary)
    except (BadFile, BadFiles):
        return []


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
