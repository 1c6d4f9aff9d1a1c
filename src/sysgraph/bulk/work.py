"""What a worker does with a part of the input: read, check, reason, and write N-Quads."""

from __future__ import annotations

import gc
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from sysgraph.bulk.cases import cases_of
from sysgraph.bulk.slices import Slice
from sysgraph.contradict import contradictions
from sysgraph.contribute import Contribution, Rejected, Vocabulary, describe_origin, unreadable
from sysgraph.errors import BadFile, BadFiles, NoContribution
from sysgraph.findings import Finding, Raw, Severity
from sysgraph.graph import quads_of
from sysgraph.index.entry import entry_of, line_of
from sysgraph.inspection import check, judge, noted
from sysgraph.reason import Reasoner
from sysgraph.screen import Screen, Verdict
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, graph_of

__all__ = [
    "Apart",
    "Doubt",
    "Kit",
    "Outcome",
    "Reason",
    "Worker",
    "finish",
    "hangs",
    "peak_memory",
    "set_apart",
    "start",
    "work_whole",
]

_SAMPLE = 1_000
_FIRST = 3

Problem = tuple[str, str, int | None, int | None]
"""File, reason, line and column; errors themselves do not travel between processes."""
Reason = str
"""Why pySHACL is asked: ``refused``, ``unsure`` or ``sample``."""


@dataclass(frozen=True, slots=True)
class Kit:
    """All that a worker is given at its start. ``thorough`` puts pySHACL in the screen's place.

    ``apart`` are the ids of cases whose standing hangs on what else the store holds. With
    ``sorting``, what is refused is told case by case, with its text.
    """

    vocabulary: Vocabulary
    screen: Screen
    reasoner: Reasoner
    moment: str
    thorough: bool = False
    apart: frozenset[str] = frozenset()
    sorting: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """A checked case that is loaded by itself at the end, such as a draft, as N-Triples."""

    case_id: str
    file: str
    digest: str
    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A case that pySHACL is asked about, without quads, and what the screen said of it."""

    case: Contribution
    reason: Reason
    triples: tuple[Triple, ...]
    results: tuple[Raw, ...]


@dataclass(slots=True)
class Outcome:
    """What came of a slice. ``ends`` holds each case's id and where its N-Quads end in the text.

    ``entries`` are the lines of the cases for the index; ``apart`` are cases without text.
    ``peak`` is the most memory that the worker has ever used, in KiB.
    """

    file: str
    size: int
    text: bytes = b""
    ends: list[tuple[str, int]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    peak: int = 0


class Worker:
    """The kit of this process."""

    kit: Kit
    asked = 0


def start(kit: Kit) -> None:
    """Make this process a worker."""
    Worker.kit = kit
    gc.set_threshold(200_000)  # what a case leaves behind has no circles to look for


def work_whole(part: Slice, kit: Kit) -> Outcome:
    """Return what comes of a slice; of what is wrong with its cases, together."""
    outcome = Outcome(part.file, part.size)
    pieces: list[bytes] = []
    written = 0
    try:
        for case, triples in cases_of(part, kit.vocabulary):
            if hangs(case.case_id, triples, kit):
                outcome.apart.append(set_apart(case, triples, kit, outcome))
                continue
            place = part.number == 0 and len(outcome.ends) < _FIRST
            text = finish(case, triples, kit, outcome, first=place).encode()
            written += len(text)
            pieces.append(text)
            outcome.ends.append((case.case_id, written))
            outcome.entries.append(line_of(entry_of(case.case_id, triples)))
    except (BadFile, BadFiles) as error:
        for one in error.problems if isinstance(error, BadFiles) else [error]:
            if isinstance(one, NoContribution):
                outcome.findings.append(unreadable(one))
            elif isinstance(one, BadFile):
                outcome.problems.append((one.path, one.reason, one.line, one.column))
    outcome.text = b"".join(pieces)
    return outcome


_LIFE = frozenset((f"<{NAMESPACE}isDraft>", f"<{PREFIXES['dcterms']}replaces>"))


def hangs(case_id: str, triples: list[Triple], kit: Kit) -> bool:
    """Tell whether the standing of a case hangs on others, or on its being a draft."""
    return case_id in kit.apart or any(one[1] in _LIFE for one in triples)


def set_apart(case: Contribution, triples: list[Triple], kit: Kit, outcome: Outcome) -> Apart:
    """Return a case as it travels, judged by pySHACL, for there are few of these."""
    case.quads = quads_of(triples)
    outcome.findings += check(case, kit.vocabulary)
    return Apart(case.case_id, case.file, case.digest, tuple(triples))


def finish(
    case: Contribution, triples: list[Triple], kit: Kit, outcome: Outcome, *, first: bool
) -> str:
    """Return the N-Quads of a case's three graphs, and add to the outcome what is wrong."""
    case.quads = []
    verdict = _verdict(triples, kit)
    reason = _reason(case.case_id, verdict, first=first)
    if reason and not kit.thorough:
        outcome.doubts.append(Doubt(case, reason, tuple(triples), verdict.results))
    if reason != "refused" or kit.thorough:  # else pySHACL is the one that tells
        outcome.findings += judge(
            case, noted(triples, kit.vocabulary), verdict.results, kit.vocabulary
        )
    conclusions = kit.reasoner.infer(triples, case.iri)
    # What follows from a case that the closed vocabulary refuses would only be noise.
    if not case.findings and (conclusions.clashes or conclusions.outward()):
        case.quads = quads_of(triples)
        outcome.findings += contradictions(case)
        case.quads = []
    graph = graph_of(case.case_id)
    end = f" <{graph}> .\n"
    asserted = "".join([f"{s} {p} {o}{end}" for s, p, o in triples])
    inferred = conclusions.lines(graph_of(case.case_id, "inferred"))
    return asserted + inferred + _origin(case, triples, kit.moment)


def _verdict(triples: list[Triple], kit: Kit) -> Verdict:
    if not kit.thorough:
        return kit.screen.judge(triples)
    from sysgraph.validate import check_shapes

    found = tuple(check_shapes(quads_of(triples)))
    return Verdict(all(raw.severity is Severity.WARNING for raw in found), found)


def _reason(case_id: str, verdict: Verdict, *, first: bool) -> Reason | None:
    if not verdict.conforms:
        return "refused"
    if not verdict.sure:
        return "unsure"
    return "sample" if first or zlib.crc32(case_id.encode()) % _SAMPLE == 0 else None


def _origin(case: Contribution, triples: list[Triple], moment: str) -> str:
    # Only what the case says of itself matters to its origin.
    own = f"<{case.iri}>"
    said = quads_of([one for one in triples if one[0] == own and one[1] in _CREDITS])
    described = Contribution(case.case_id, case.file, case.digest, said)
    return "".join([f"{quad} .\n" for quad in describe_origin(described, moment)])


_CREDITS = tuple(f"<http://purl.org/dc/terms/{name}>" for name in ("contributor", "license"))


def peak_memory() -> int:
    """Return the most memory that this process has used, in KiB; 0 where that is not told."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
