"""The cases of a part of the input, read by the way that its syntax asks for.

What a worker does with a part of the input: read, check, reason, and write N-Quads.
"""

from __future__ import annotations

import gc
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from sysgraph.bulk.slices import Slice
from sysgraph.case.apart import Rejected, unreadable
from sysgraph.case.closed import check_closed, is_closed, tidy_written
from sysgraph.case.contribution import ID, Contribution, describe_origin
from sysgraph.case.document import MAX_TEXT, MAX_TRIPLES
from sysgraph.case.read import is_plain, read, read_all, read_part
from sysgraph.check import check, contradictions, judge, noted
from sysgraph.errors import BadFile, BadFiles, Finding, NoContribution, Raw, Severity
from sysgraph.ontology import Vocabulary
from sysgraph.rdf import Format, not_well_formed, quads_of, refuse_tricks, text_of, triples_of
from sysgraph.reason.engine import Reasoner
from sysgraph.screen import Screen, Verdict
from sysgraph.store.index import entry_of, line_of
from sysgraph.terms import NAMESPACE, PREFIXES, Triple, graph_of

__all__ = [
    "Apart",
    "Doubt",
    "Kit",
    "Outcome",
    "Worker",
    "comes_back",
    "finish",
    "hangs",
    "peak_memory",
    "set_apart",
    "start",
    "work_whole",
]

_CASE = f"{NAMESPACE}case/"
_OWN = f"<{_CASE}"


def cases_of(part: Slice, vocabulary: Vocabulary) -> Iterable[tuple[Contribution, list[Triple]]]:
    """Yield each case of a slice with what it states, in order.

    Raises:
        BadFile, BadFiles: the slice is not well-formed; among them NoContribution, where a case
            has no usable name.
    """
    if part.rows is not None:
        for case in read_part(part.rows, vocabulary):
            yield case, triples_of(case.quads)
        return
    if part.text is None:
        for case in _read(Path(part.file), vocabulary):
            yield case, triples_of(case.quads)
        return
    for case_id, stated in _split(part).items():
        yield _check_vocabulary(case_id, stated, part, vocabulary)


def _read(path: Path, vocabulary: Vocabulary) -> list[Contribution]:
    """Return the cases of a small file, read past the faults that are told one by one elsewhere."""
    try:
        return read(path, vocabulary)
    except (BadFile, BadFiles):
        if not is_plain(path):
            raise
        found = read_all(path, vocabulary)
        if any(one.is_critique for one in found):
            raise
        return found


@dataclass(slots=True)
class _Stated:
    """What a slice states of one case, and the graphs that it stands in."""

    triples: list[Triple] = field(default_factory=list)
    graphs: set[str] = field(default_factory=set)


def _split(part: Slice) -> dict[str, _Stated]:
    """Return what is stated of each case."""
    found: dict[str, _Stated] = {}
    name = whole = ""
    below, graph, mine = "\n", None, _Stated()
    for quad in _quads(part):
        subject, value = str(quad.subject), str(quad.object)
        if not (subject.startswith(below) or subject == whole):
            # What speaks of no case is left to the case that it stands with, which answers for it.
            other = subject[len(_OWN) : -1].partition("/")[0] if subject.startswith(_OWN) else name
            if other != name or not name:
                _check_name(other, subject, part, found)
                name, graph = other, None
                whole, below = f"{_OWN}{name}>", f"{_OWN}{name}/"
                mine = found[name] = _Stated()
        if len(value) > MAX_TEXT or len(subject) > MAX_TEXT:
            raise _too_much(name, part)
        if graph is None or quad.graph_name != graph:
            graph = quad.graph_name
            mine.graphs.add(text_of(graph))
        if value[0] == '"':
            value = tidy_written(value)
        mine.triples.append((subject, str(quad.predicate), value))
    for name, stated in found.items():
        if len(stated.triples) > MAX_TRIPLES:
            raise _too_much(name, part)
    return found


def _too_much(name: str, part: Slice) -> BadFile:
    reason = f"the case {name} has more than {MAX_TRIPLES:,} triples, or {MAX_TEXT:,}"
    return BadFile(part.file, f"{reason} characters in a text", part.line)


def _quads(part: Slice) -> list[ox.Quad]:
    assert part.text is not None  # or the file would have been read
    if b"<<" in part.text:  # in a text or in earnest; the latter ends the process if it is deep
        refuse_tricks(part.text, part.file)
    try:
        return list(ox.parse(part.text, format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        line = part.line + (error.lineno or 1) - 1 if part.line else None
        reason = not_well_formed(error, Format.NQUADS)
        raise BadFile(part.file, reason, line, error.offset) from error


def _check_name(name: str, subject: str, part: Slice, found: dict[str, _Stated]) -> None:
    if not name:
        reason = f"{subject} is no part of a case; a case is named {_CASE} and a short id"
        raise NoContribution(part.file, reason, part.line)
    if name in found:
        raise BadFile(part.file, comes_back(name), part.line)
    if not ID.fullmatch(name):
        reason = f"<{_CASE}{name}> is no name for a case; write {_CASE} and a short id"
        raise NoContribution(part.file, reason, part.line)


def comes_back(case_id: str) -> str:
    """Return what is wrong with a case whose statements do not stand together."""
    return f"the case {case_id} comes back; statements of one case must stand together"


def _check_vocabulary(
    case_id: str, stated: _Stated, part: Slice, vocabulary: Vocabulary
) -> tuple[Contribution, list[Triple]]:
    triples = list(dict.fromkeys(stated.triples))
    case = Contribution(case_id, part.file, part.digest)
    if not is_closed(triples, vocabulary, case.iri):
        case.findings = check_closed(quads_of(triples), vocabulary, case.iri, part.file)
    for graph in sorted(stated.graphs - {"", graph_of(case_id)}):
        message = f"statements in the graph <{graph}> are refused; a case has one graph of its own"
        case.findings.append(
            Finding(message=message, demand="own-graph", file=part.file, focus=case.iri)
        )
    if (f"<{case.iri}>", _TYPE, _STUDY) not in triples:
        message = f"the case {case_id} is not there as a whole; a case is a sysg:CaseStudy"
        case.findings.append(
            Finding(message=message, demand="whole-case", file=part.file, focus=case.iri)
        )
    return case, triples


_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_STUDY = f"<{NAMESPACE}CaseStudy>"


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
    from sysgraph.check import check_shapes

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
