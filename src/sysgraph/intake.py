"""From files to a store: read, check, reason, write; all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
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
    describe_origin,
    load_vocabulary,
    locate,
    place,
    read_all,
    read_apart,
    rejected,
    unreadable,
)
from sysgraph.errors import (
    BadFile,
    BadFiles,
    RetractedCase,
    ShippedCase,
    SysgraphError,
    UnknownThing,
)
from sysgraph.findings import Finding, Severity
from sysgraph.graph import merge
from sysgraph.life import (
    COUNTS,
    DRAFT,
    RETRACTED,
    SUPERSEDED,
    Deed,
    Plan,
    Standing,
    is_contributed,
    is_draft,
    moment_now,
    shipped_parts,
    waive,
)
from sysgraph.paths import data
from sysgraph.store import Store
from sysgraph.terms import CRITIQUE, contribution_of, graph_of
from sysgraph.validate import Raw, check_shapes

__all__ = [
    "Inspection",
    "Loaded",
    "Progress",
    "Removed",
    "Shapes",
    "Sorted",
    "check",
    "check_files",
    "inspect_files",
    "judge",
    "load",
    "remove",
    "silent",
    "sort_out",
]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


Shapes = Callable[[Iterable[ox.Quad]], Iterable[Raw]]
"""What SHACL says of asserted triples, by whichever engine."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the ids of the cases that are new, replaced, and the same as before.

    ``drafts`` are those given that are drafts and do not count; ``superseded`` are cases that
    stopped counting by this load, and ``restored`` cases not given that count again by it.
    A critique goes by ``critique/`` and its id, here as in a removal.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did: the ids of the cases gone, and of those that the library has again."""

    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


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
    for done, path in enumerate(paths):
        progress("reading", done, len(paths))
        try:
            contributions += read_all(path, vocabulary)
        except BadFiles as error:
            problems += error.problems
        except BadFile as error:
            problems.append(error)
    problems += _twice(contributions)
    findings = [_beyond_reading(problem) for problem in problems]
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
        piece.problems = [BadFile(case.file, f"the {case.title} came before; keep one of them")]
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
    found = judge(contribution, shapes(contribution.quads), vocabulary)
    if not any(finding.severity is Severity.VIOLATION for finding in found):
        found += contradictions(contribution)
    return found


def _of_key(field: str | None) -> str:
    """Return the name of a field without the number of one of its values."""
    return re.sub(r"[.][0-9]+$", "", field or "")


def judge(
    contribution: Contribution, results: Iterable[Raw], vocabulary: Vocabulary
) -> list[Finding]:
    """Return what the reading of a case found, and results of SHACL in words and in place."""
    found = list(contribution.findings)
    if any(finding.demand == "many" for finding in found):
        return found
    # What the closed vocabulary refuses would only be refused again, in other words.
    told = {(finding.focus, finding.path) for finding in found}
    said = [one for one in found if one.field and one.demand not in OF_WRITING]
    fields = {_of_key(one.field) for one in said}
    for raw in waive(results, contribution):
        finding = place(raw, contribution, vocabulary)
        if (raw.focus, raw.path) in told or _of_key(finding.field) in fields:
            continue
        found.append(finding)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0))


def load(
    contributions: Sequence[Contribution],
    store: Store,
    progress: Progress = silent,
    *,
    reason: str = "",
    by: str = "",
) -> Loaded:
    """Write checked cases and critiques into a store with what follows: all of them or none.

    Each case has a graph of its own, one for what follows, and one for its provenance. A case
    that is there already is corrected: what it was is kept in its history, with ``reason`` and
    ``by``. One that has not changed is left alone. A draft is kept without counting, and a
    case that another supersedes stops counting. No other case is looked at, so that the cost
    does not depend on how many there are.

    Raises:
        RetractedCase: a case was retracted, and the file says something else than it did.
        SysgraphError: two cases would each supersede the other.
    """
    progress("reasoning", 0, 1)
    plan = Plan(store, moment_now())
    changed = [one for one in contributions if not _is_same(one, plan.standing(one.case_id))]
    for one in changed:
        there = plan.standing(one.case_id)
        if there.status == RETRACTED:
            raise RetractedCase(one.case_id, store.place, there.closed[-1].reason)
        finished = there.status == DRAFT and not is_draft(one.quads)
        deed = Deed("finished" if finished else "corrected", reason, by)
        plan.put(one.case_id, one.quads, describe_origin(one, plan.moment), deed)
    graphs = plan.graphs()
    progress("writing", 0, 1)
    if graphs:
        store.replace(graphs)
    ids = {one.case_id for one in changed}
    replaced = {case_id for case_id in ids if plan.standing(case_id).status}
    return Loaded(
        tuple(sorted(ids - replaced)),
        tuple(sorted(replaced)),
        tuple(sorted(one.case_id for one in contributions if one.case_id not in ids)),
        tuple(sorted(one.case_id for one in contributions if is_draft(one.quads))),
        plan.set_aside(SUPERSEDED),
        tuple(name for name in plan.set_aside(COUNTS) if name not in ids),
    )


def _is_same(contribution: Contribution, there: Standing) -> bool:
    return bool(there.status) and set(merge(there.asserted)) == set(merge(contribution.quads))


def remove(case_ids: Iterable[str], store: Store, *, with_history: bool = False) -> Removed:
    """Take contributed cases and critiques out of a store with all that is theirs: all or none.

    Where a case stood in the place of one of the shipped library, that one comes back, and so
    does what only this case superseded. What the case was is kept in its history, unless
    ``with_history`` takes that away as well. No other case is looked at.

    Raises:
        UnknownThing: a case is not there; carries the nearest ids.
        ShippedCase: a case came with the library, and would only come back.
    """
    plan = Plan(store, moment_now())
    names = list(dict.fromkeys(case_ids))
    restored = []
    for name in names:
        there = plan.standing(name)
        if not there.status and not (with_history and there.states):
            kind = "critique" if name.startswith(CRITIQUE) else "case"
            raise UnknownThing(name, f"{kind} in {store.place}", _names_like(name, store))
        if there.status and not is_contributed(there.origin):
            raise ShippedCase(name, store.place)
        if there.status and name in library.shipped_names():
            asserted, origin = shipped_parts(name)
            plan.put(name, asserted, origin, Deed("removed"), forgets=with_history)
            restored.append(name)
        else:
            plan.take(name, Deed("removed"), forgets=with_history)
    store.replace(plan.graphs())
    return Removed(tuple(sorted({*names} - {*restored})), tuple(sorted(restored)))


def _names_like(name: str, store: Store) -> list[str]:
    critiques = [graph for graph in store.graphs() if graph.startswith(graph_of(CRITIQUE))]
    names = sorted({contribution_of(graph) for graph in critiques})
    if name.startswith(CRITIQUE):
        return get_close_matches(name, names, n=3)
    # Who leaves out what a critique's name begins with has probably forgotten it.
    meant = f"{CRITIQUE}{name}"
    return [meant] if meant in names else store.index().ids_like(name)
