"""What contributed files hold, and all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.contradict import contradictions
from sysgraph.contribute import (
    OF_WRITING,
    Contribution,
    Piece,
    Rejected,
    Tally,
    Vocabulary,
    load_vocabulary,
    locate,
    place,
    read_all,
    read_apart,
    rejected,
    unreadable,
)
from sysgraph.errors import BadFile, BadFiles, NoContribution, SysgraphError
from sysgraph.findings import Finding, Raw, Severity
from sysgraph.graph import quads_of, text_of
from sysgraph.life import waive
from sysgraph.near import folded
from sysgraph.paths import data
from sysgraph.progress import Progress, silent
from sysgraph.terms import NAMESPACE, Triple
from sysgraph.validate import check_shapes

__all__ = [
    "Inspection",
    "Shapes",
    "Sorted",
    "check",
    "check_files",
    "inspect_files",
    "judge",
    "noted",
    "sort_out",
]

Shapes = Callable[[Iterable[ox.Quad]], Iterable[Raw]]
"""What SHACL says of asserted triples, by whichever engine."""


def check_files(
    paths: Sequence[Path], progress: Progress = silent
) -> tuple[list[Contribution], list[Finding]]:
    """Read contributed files and return their cases and critiques with all that is wrong there.

    Raises:
        BadFile, BadFiles: files cannot be read as what they claim to be; all of them are named.
    """
    seen = inspect_files(paths, progress)
    if seen.problems:
        raise seen.problems[0] if len(seen.problems) == 1 else BadFiles(seen.problems)
    return seen.contributions, seen.findings


@dataclass(frozen=True, slots=True)
class Inspection:
    """What files hold and all that is wrong with them, those that are beyond reading included.

    Each of the ``problems`` is told by a finding as well, so that all is said in one way.
    """

    contributions: list[Contribution]
    findings: list[Finding]
    problems: list[SysgraphError]


def inspect_files(
    paths: Sequence[Path], progress: Progress = silent, shapes: Shapes = check_shapes
) -> Inspection:
    """Return all that is wrong with contributed files, in one pass; nothing is raised for it.

    Every finding has a place: line and column, a cell of a table, or the line of a node.
    """
    vocabulary = load_vocabulary(data() / "ontology")
    contributions: list[Contribution] = []
    problems: list[SysgraphError] = []
    refused: list[Finding] = []
    for done, path in enumerate(paths):
        progress("reading", done, len(paths))
        try:
            contributions += read_all(path, vocabulary)
        except (BadFile, BadFiles) as error:
            for one in error.problems if isinstance(error, BadFiles) else [error]:
                if isinstance(one, NoContribution):
                    refused.append(unreadable(one))
                else:
                    problems.append(one)
    problems += _twice(contributions)
    findings = [*(_beyond_reading(problem) for problem in problems), *refused]
    for done, contribution in enumerate(contributions):
        progress("checking", done, len(contributions))
        findings += check(contribution, vocabulary, shapes)
    return Inspection(contributions, locate(findings), problems)


def _beyond_reading(problem: SysgraphError) -> Finding:
    if not isinstance(problem, BadFile):
        return Finding(message=str(problem), demand="readable")
    return Finding(
        message=problem.reason,
        demand="syntax" if problem.line else "readable",
        file=problem.path,
        line=problem.line,
        column=problem.column,
    )


@dataclass(slots=True)
class Sorted:
    """Cases that are sound, those that were refused, and all that was found on the way."""

    sound: list[Contribution] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def sort_out(paths: Sequence[Path], progress: Progress = silent) -> Sorted:
    """Read contributed files case by case, and tell the sound ones from the others.

    A case that cannot be read, that is not as it must be, or whose id came before, keeps out no
    other. Of a file in which nothing can be told from the rest, all is refused.
    """
    vocabulary = load_vocabulary(data() / "ontology")
    done, seen = Sorted(), set[str]()
    for number, path in enumerate(paths):
        for at, piece in enumerate(read_apart(path, vocabulary)):
            progress(f"checking {path.name}: {at}", number, len(paths))
            _sort(piece, vocabulary, seen, done)
    return done


def _sort(piece: Piece, vocabulary: Vocabulary, seen: set[str], done: Sorted) -> None:
    case = piece.case
    if case is not None and case.case_id in seen:
        piece.problems = [
            NoContribution(case.file, f"the {case.title} came before; keep one of them")
        ]
    findings = [unreadable(problem) for problem in piece.problems]
    if case is not None and not findings:
        findings = check(case, vocabulary)
    for finding in findings:
        done.tally.add(finding)
    done.findings += findings
    if any(one.severity is Severity.VIOLATION for one in findings):
        done.refused.append(rejected(piece, findings))
    elif case is not None:
        seen.add(case.case_id)
        done.sound.append(case)


def _twice(contributions: Sequence[Contribution]) -> list[SysgraphError]:
    seen: dict[str, str] = {}
    found: list[SysgraphError] = []
    for contribution in contributions:
        if contribution.case_id in seen:
            reason = f"the {contribution.title} is in {seen[contribution.case_id]} too"
            found.append(BadFile(contribution.file, f"{reason}; name one of the files"))
        seen[contribution.case_id] = contribution.file
    return found


def check(
    contribution: Contribution, vocabulary: Vocabulary, shapes: Shapes = check_shapes
) -> list[Finding]:
    """Return what is wrong with one case: by the reading, by SHACL, and by what follows from it.

    Where the reading found more than it would tell, SHACL is not asked; and contradictions are
    looked for where all else is well.
    """
    stated = contribution.quads
    found = judge(contribution, stated, shapes(stated), vocabulary)
    if not any(finding.severity is Severity.VIOLATION for finding in found):
        found += contradictions(contribution)
    return found


def _of_key(field: str | None) -> str:
    """Return the name of a field without the number of one of its values."""
    return re.sub(r"[.][0-9]+$", "", field or "")


def noted(triples: Iterable[Triple], vocabulary: Vocabulary) -> list[ox.Quad]:
    """Return, of what a case states as N-Triples, all that ``judge`` wants to see."""
    paths = {f"<{path}>" for path in (*vocabulary.late, *vocabulary.alike)}
    return quads_of([triple for triple in triples if triple[1] in paths])


def _to_come(stated: Iterable[ox.Quad], vocabulary: Vocabulary, today: date) -> Iterator[Raw]:
    """Yield years and days after today, of which the shapes say how to warn."""
    tomorrow = (today + timedelta(days=1)).isoformat()  # it may be tomorrow elsewhere already
    for quad in stated:
        path, value = quad.predicate.value, text_of(quad.object)
        if path in vocabulary.late and value > tomorrow[: len(value)]:
            shape, message = vocabulary.late[path]
            focus, warning = text_of(quad.subject), Severity.WARNING
            yield Raw(focus, path, shape, value, warning, message, f"{NAMESPACE}warnsOfFuture")


def _spelled(stated: Iterable[ox.Quad], vocabulary: Vocabulary) -> Iterator[Raw]:
    """Yield texts that stand for one thing but are spelled otherwise, here or in the library."""
    first: dict[tuple[str, str, str], str] = {}
    told = [quad for quad in stated if quad.predicate.value in vocabulary.alike]
    # Of two spellings here, that of the library is kept.
    for quad in sorted(told, key=lambda one: _otherwise(one) is not None):
        focus, path, value = text_of(quad.subject), quad.predicate.value, text_of(quad.object)
        shape, twice, elsewhere = vocabulary.alike[path]
        other = _otherwise(quad)
        if first.setdefault((focus, path, folded(value)), value) != value:
            name = f"{NAMESPACE}oneSpelling"
            yield Raw(focus, path, shape, value, Severity.VIOLATION, twice, name)
        elif other is not None:
            message, name = f"{elsewhere} {other}", f"{NAMESPACE}spelledAsElsewhere"
            yield Raw(focus, path, shape, value, Severity.WARNING, message, name)


def _otherwise(quad: ox.Quad) -> str | None:
    """Return how the library spells a text, if it does so otherwise."""
    known, value = library.texts_of(quad.predicate.value), text_of(quad.object)
    if value in known:
        return None
    return next((text for text in sorted(known) if folded(text) == folded(value)), None)


def judge(
    contribution: Contribution,
    stated: Iterable[ox.Quad],
    results: Iterable[Raw],
    vocabulary: Vocabulary,
    today: date | None = None,
) -> list[Finding]:
    """Return what the reading of a case found, and results of SHACL in words and in place.

    Besides, what lies after ``today``, which is that of the clock if none is given, is warned of,
    and what is spelled in two ways is told: of what is ``stated``, or of the part of it that
    ``noted`` picks out.
    """
    seen = list(stated)
    found = list(contribution.findings)
    if any(finding.demand == "many" for finding in found):
        return found
    # What the closed vocabulary refuses would only be refused again, in other words.
    told = {(finding.focus, finding.path) for finding in found}
    said = [one for one in found if one.field and one.demand not in OF_WRITING]
    fields = {_of_key(one.field) for one in said}
    late = _to_come(seen, vocabulary, today or date.today())
    for raw in [*waive(results, contribution), *late, *_spelled(seen, vocabulary)]:
        finding = place(raw, contribution, vocabulary)
        if (raw.focus, raw.path) in told or _of_key(finding.field) in fields:
            continue
        found.append(finding)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0))
