"""From files to a store: read, check, reason, write; all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import pyoxigraph as ox

from sysgraph import library
from sysgraph.contradict import contradictions
from sysgraph.contribute import (
    OF_WRITING,
    Contribution,
    Vocabulary,
    describe_origin,
    load_vocabulary,
    locate,
    place,
    read_all,
)
from sysgraph.errors import BadFile, BadFiles, ShippedCase, SysgraphError, UnknownThing
from sysgraph.findings import Finding, Severity
from sysgraph.graph import merge
from sysgraph.paths import data
from sysgraph.store import Store
from sysgraph.terms import CRITIQUE, PREFIXES, contribution_of, graph_of
from sysgraph.validate import Raw, check_shapes

__all__ = [
    "Inspection",
    "Loaded",
    "Progress",
    "Removed",
    "Shapes",
    "check",
    "check_files",
    "inspect_files",
    "judge",
    "load",
    "remove",
    "silent",
]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


Shapes = Callable[[Iterable[ox.Quad]], Iterable[Raw]]
"""What SHACL says of asserted triples, by whichever engine."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the ids of the cases that are new, replaced, and the same as before.

    A critique goes by ``critique/`` and its id, here as in a removal.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


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
    for raw in results:
        finding = place(raw, contribution, vocabulary)
        if (raw.focus, raw.path) in told or _of_key(finding.field) in fields:
            continue
        found.append(finding)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.column or 0))


def load(
    contributions: Sequence[Contribution], store: Store, progress: Progress = silent
) -> Loaded:
    """Write checked cases and critiques into a store with what follows: all of them or none.

    Each case has a graph of its own, one for what follows, and one for its provenance. A case
    that is there already is replaced; one that has not changed is left alone. No other case is
    looked at, so that the cost does not depend on how many there are.
    """
    progress("reasoning", 0, 1)
    stored = {one.case_id: store.quads(graph_of(one.case_id)) for one in contributions}
    changed = [one for one in contributions if not _is_same(one, stored[one.case_id])]
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    graphs: dict[str, list[ox.Quad]] = {}
    for case, conclusions in library.infer_cases(changed):
        graphs[graph_of(case.case_id)] = case.quads
        graphs[graph_of(case.case_id, "inferred")] = conclusions
        graphs[graph_of(case.case_id, "provenance")] = describe_origin(case, moment)
    progress("writing", 0, 1)
    if graphs:
        store.replace(graphs)
    ids = {one.case_id for one in changed}
    replaced = {case_id for case_id in ids if stored[case_id]}
    return Loaded(
        tuple(sorted(ids - replaced)),
        tuple(sorted(replaced)),
        tuple(sorted(one.case_id for one in contributions if one.case_id not in ids)),
    )


def _is_same(contribution: Contribution, stored: Sequence[ox.Quad]) -> bool:
    return bool(stored) and set(merge(stored)) == set(merge(contribution.quads))


def remove(case_ids: Iterable[str], store: Store) -> Removed:
    """Take contributed cases and critiques out of a store with all that is theirs: all or none.

    Where a case stood in the place of one of the shipped library, that one comes back. No other
    case is looked at.

    Raises:
        UnknownThing: a case is not there; carries the nearest ids.
        ShippedCase: a case came with the library, and would only come back.
    """
    graphs: dict[str, list[ox.Quad]] = {}
    restored = []
    for case_id in dict.fromkeys(case_ids):
        provenance = store.quads(graph_of(case_id, "provenance"))
        if not provenance and not store.quads(graph_of(case_id)):
            kind = "critique" if case_id.startswith(CRITIQUE) else "case"
            raise UnknownThing(case_id, f"{kind} in {store.place}", _names_like(case_id, store))
        if not is_contributed(provenance):
            raise ShippedCase(case_id, store.place)
        parts = {name: list[ox.Quad]() for name in _graphs_of(case_id)}
        if case_id in library.shipped_names():
            shipped = library.load()
            parts = {name: shipped.quads(name) for name in parts}
            shipped.close()
            restored.append(case_id)
        graphs |= parts
    if graphs:
        store.replace(graphs)
    removed = {contribution_of(name) for name in graphs} - {*restored}
    return Removed(tuple(sorted(removed)), tuple(sorted(restored)))


def _names_like(name: str, store: Store) -> list[str]:
    critiques = [graph for graph in store.graphs() if graph.startswith(graph_of(CRITIQUE))]
    names = sorted({contribution_of(graph) for graph in critiques})
    if name.startswith(CRITIQUE):
        return get_close_matches(name, names, n=3)
    # Who leaves out what a critique's name begins with has probably forgotten it.
    meant = f"{CRITIQUE}{name}"
    return [meant] if meant in names else store.index().ids_like(name)


def _graphs_of(case_id: str) -> tuple[str, ...]:
    return tuple(graph_of(case_id, part) for part in ("", "inferred", "provenance"))


def is_contributed(provenance: Iterable[ox.Quad]) -> bool:
    """Tell from the provenance of a case whether it was loaded, or came with the library."""
    moment = ox.NamedNode(f"{PREFIXES['xsd']}dateTime")
    return any(
        quad.predicate.value == f"{PREFIXES['prov']}generatedAtTime"
        and isinstance(quad.object, ox.Literal)
        and quad.object.datatype == moment
        for quad in provenance
    )
