"""What a worker does with a part of the input: read, check, reason, and write N-Quads."""

from __future__ import annotations

import gc
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from sysgraph.bulk.slices import Slice
from sysgraph.case.apart import (
    Piece,
    Rejected,
    read_apart,
    read_lines,
    read_rows,
    rejected,
    unreadable,
)
from sysgraph.case.closed import check_closed, is_closed, tidy_written
from sysgraph.case.contribution import ID, Contribution, describe_origin
from sysgraph.case.document import MAX_TEXT, MAX_TRIPLES
from sysgraph.case.read import is_plain, read, read_all, read_part
from sysgraph.check import check, check_shapes, contradictions, is_violation, judge, noted
from sysgraph.described import is_made, undescribed
from sysgraph.errors import BadFile, BadFiles, Finding, NoContribution, Raw
from sysgraph.rdf import Format, not_well_formed, quads_of, refuse_tricks, text_of, triples_of
from sysgraph.reason.engine import Reasoner
from sysgraph.screen import Screen, Screened
from sysgraph.store.index import entry_of, line_of
from sysgraph.terms import DATASET, NAMESPACE, PREFIXES, Triple, compact, graph_of
from sysgraph.vocabulary import Vocabulary

__all__ = [
    "Doubt",
    "Kit",
    "Partition",
    "SliceResult",
    "Written",
    "comes_back",
    "differ",
    "prepare",
    "work",
]

_CASE = f"{NAMESPACE}case/"
_OWN = f"<{_CASE}"
_DATASET = f"<{DATASET}>"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_STUDY = f"<{NAMESPACE}CaseStudy>"
_LIFE = frozenset((f"<{NAMESPACE}isDraft>", f"<{PREFIXES['dcterms']}replaces>"))
_CREDITS = tuple(f"<http://purl.org/dc/terms/{name}>" for name in ("contributor", "license"))
_SAMPLE = 1_000
_FIRST = 3
_MOST = 100


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


class Written(NamedTuple):
    """A case as N-Quads of its three graphs, and its line for the index."""

    case_id: str
    text: bytes
    entry: str


class Partition(NamedTuple):
    """A file of N-Quads, compressed: its name, what it holds, and its SHA-256 as it lies there.

    ``lengths`` are how many bytes each case takes, in their order, before it was compressed.
    """

    name: str
    sha256: str
    quads: int
    packed: int
    lengths: tuple[int, ...]


class Doubt(NamedTuple):
    """A case that pySHACL is asked about, why, and what the screen said of it.

    The reason is ``refused``, ``unsure`` or ``sample``.
    """

    case: Contribution
    reason: str
    results: tuple[Raw, ...]


@dataclass(slots=True)
class SliceResult:
    """What came of a slice.

    ``apart`` are cases that are checked, and loaded by themselves at the end, such as drafts.
    ``problems`` are what errors were made with, for they do not travel between processes.
    ``peak`` is the most memory that the worker has ever used, in KiB. Where a slice is kept as a
    ``partition``, the cases come without their texts, which stand there in the same order;
    ``is_unkept`` tells that it could not be.
    """

    file: str
    size: int
    written: list[Written] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    apart: list[Contribution] = field(default_factory=list)
    problems: list[tuple[str, str, int | None, int | None]] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    peak: int = 0
    partition: Partition | None = None
    is_unkept: bool = False

    @property
    def is_troubled(self) -> bool:
        """Tell whether some of its cases may not be sound."""
        return bool(
            self.problems
            or any(doubt.reason != "sample" for doubt in self.doubts)
            or any(map(is_violation, self.findings))
        )


class Worker:
    """How often this process has asked pySHACL."""

    asked = 0


def prepare() -> None:
    """Make this process quicker at slices."""
    gc.set_threshold(200_000)  # what a case leaves behind has no circles to look for


def work(part: Slice, kit: Kit) -> SliceResult:
    """Return what comes of a slice."""
    result = _work_whole(part, kit)
    if kit.sorting and result.is_troubled:
        result = _work_sorting(part, kit)
    result.peak = _peak_memory()
    return result


def _work_whole(part: Slice, kit: Kit) -> SliceResult:
    """Return what comes of a slice; of what is wrong with its cases, together."""
    result = SliceResult(part.file, part.size)
    try:
        for case, triples in _cases_of(part, kit.vocabulary):
            is_first = part.is_first and len(result.written) < _FIRST
            _take(case, triples, kit, result, is_first=is_first)
    except (BadFile, BadFiles) as error:
        for one in error.problems:
            if isinstance(one, NoContribution):
                result.findings.append(unreadable(one))
            elif isinstance(one, BadFile):
                result.problems.append((one.path, one.reason, one.line, one.column))
    return result


def _work_sorting(part: Slice, kit: Kit) -> SliceResult:
    """Return what comes of a slice case by case: the text of the sound, the others as refused."""
    whole = SliceResult(part.file, part.size)
    for piece in _pieces(part, kit.vocabulary):
        one = SliceResult(part.file, 0)
        if piece.case is not None and piece.case.is_critique:
            reason = "critiques are not loaded in bulk; load them in a command of their own"
            told = f"the {piece.case.title}: {reason}"
            piece.problems = [NoContribution(piece.case.file, told)]
        elif piece.case is not None:
            one = _work_case(piece.case, kit, one)
        one.findings += [unreadable(problem) for problem in piece.problems]
        whole.findings += one.findings
        if one.is_troubled:
            whole.refused.append(rejected(piece, one.findings))
        else:
            whole.doubts += one.doubts
            whole.apart += one.apart
            whole.written += one.written
    return whole


def _pieces(part: Slice, vocabulary: Vocabulary) -> Iterable[Piece]:
    if part.rows is not None:
        return read_rows(part.rows, vocabulary)
    if part.text is not None:
        begin = part.line or 1
        return read_lines(part.text, part.file, vocabulary, Format.NQUADS, part.digest, begin)
    return read_apart(Path(part.file), vocabulary, part.data)


def _work_case(case: Contribution, kit: Kit, result: SliceResult) -> SliceResult:
    """Return what comes of one case of a slice.

    What the screen refuses or is not sure of is put to pySHACL here, for the first of each
    worker; after these, the screen alone refuses.
    """
    triples = triples_of(case.quads)
    _take(case, triples, kit, result)
    doubts = [doubt for doubt in result.doubts if doubt.reason != "sample"]
    if doubts and Worker.asked < _MOST:
        Worker.asked += 1
        result = SliceResult(result.file, 0)
        _take(case, triples, replace(kit, thorough=True), result)
    for doubt in result.doubts:
        if doubt.reason == "refused":
            seen = noted(triples, kit.vocabulary)
            result.findings += judge(case, seen, doubt.results, kit.vocabulary)
    return result


def _take(
    case: Contribution,
    triples: list[Triple],
    kit: Kit,
    result: SliceResult,
    *,
    is_first: bool = False,
) -> None:
    if case.case_id in kit.apart or any(one[1] in _LIFE for one in triples):
        # Its standing hangs on others, or on its being a draft. There are few of these.
        own = Contribution(case.case_id, case.file, case.digest, quads_of(triples))
        case.quads = own.quads
        result.apart.append(own)
        result.findings += check(case, kit.vocabulary).findings
        return
    screened = _screened(triples, kit)
    reason = _reason(case.case_id, screened, is_first=is_first)
    conclusions = kit.reasoner.infer(triples, case.iri)
    # What follows from a case that the closed vocabulary refuses would only be noise.
    is_crooked = not case.findings and (conclusions.clashes or conclusions.outward())
    is_doubted = bool(reason) and not kit.thorough
    case.quads = quads_of(triples) if is_crooked or is_doubted else []
    if is_doubted:
        result.doubts.append(Doubt(case, reason, screened.results))
    if reason != "refused" or kit.thorough:  # else pySHACL is the one that tells
        seen = noted(triples, kit.vocabulary)
        result.findings += judge(case, seen, screened.results, kit.vocabulary)
    if is_crooked:
        result.findings += contradictions(case, conclusions)
    end = f" <{graph_of(case.case_id)}> .\n"
    asserted = "".join([f"{s} {p} {o}{end}" for s, p, o in triples])
    inferred = conclusions.lines(graph_of(case.case_id, "inferred"))
    text = asserted + inferred + _origin(case, triples, kit.moment)
    entry = line_of(entry_of(case.case_id, triples))
    result.written.append(Written(case.case_id, text.encode(), entry))


def _screened(triples: list[Triple], kit: Kit) -> Screened:
    if not kit.thorough:
        return kit.screen.judge(triples)
    found = tuple(check_shapes(quads_of(triples)))
    return Screened(not any(map(is_violation, found)), found)


def _reason(case_id: str, screened: Screened, *, is_first: bool) -> str:
    """Return why pySHACL is asked about a case; nothing where it is not."""
    if not screened.conforms:
        return "refused"
    if not screened.sure:
        return "unsure"
    return "sample" if is_first or zlib.crc32(case_id.encode()) % _SAMPLE == 0 else ""


def _origin(case: Contribution, triples: list[Triple], moment: str) -> str:
    # Only what the case says of itself matters to its origin.
    own = f"<{case.iri}>"
    said = quads_of([one for one in triples if one[0] == own and one[1] in _CREDITS])
    described = Contribution(case.case_id, case.file, case.digest, said)
    return "".join([f"{quad} .\n" for quad in describe_origin(described, moment)])


def _cases_of(part: Slice, vocabulary: Vocabulary) -> Iterable[tuple[Contribution, list[Triple]]]:
    if part.text is not None:
        for case_id, stated in _split(part).items():
            yield _check_vocabulary(case_id, stated, part, vocabulary)
        return
    if part.rows is not None:
        found = read_part(part.rows, vocabulary)
    else:
        found = _read(Path(part.file), vocabulary, part.data)
    for case in found:
        yield case, triples_of(case.quads)


def _read(path: Path, vocabulary: Vocabulary, data: bytes | None) -> list[Contribution]:
    """Return the cases of a small file, read past the faults that are told one by one elsewhere."""
    try:
        return read(path, vocabulary, data=data)
    except (BadFile, BadFiles):
        if not is_plain(path):
            raise
        found = read_all(path, vocabulary, data)
        if any(one.is_critique for one in found):
            raise
        return found


@dataclass(slots=True)
class _Stated:
    """What a slice states of one case, the graphs that it stands in, and what describes it."""

    triples: list[Triple] = field(default_factory=list)
    graphs: set[str] = field(default_factory=set)
    describing: list[Triple] = field(default_factory=list)


def _split(part: Slice) -> dict[str, _Stated]:
    found: dict[str, _Stated] = {}
    name = whole = ""
    below, graph, mine = "\n", None, _Stated()
    into = mine.triples
    for quad in _quads(part):
        subject, value = str(quad.subject), str(quad.object)
        if subject == _DATASET or is_made(quad):
            continue
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
            is_stated = text_of(graph) != graph_of(name, "described")
            into = mine.triples if is_stated else mine.describing
            mine.graphs |= {text_of(graph)} if is_stated else set()
        if value[0] == '"':
            value = tidy_written(value)
        into.append((subject, str(quad.predicate), value))
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
    if stated.describing or not is_closed(triples, vocabulary, case.iri):
        own = {case_id: quads_of(one for one in triples if one[0].startswith(f"<{case.iri}"))}
        whole = quads_of(dict.fromkeys([*triples, *stated.describing]))
        triples = triples_of(undescribed(whole, own, vocabulary))
        if not set(triples).isdisjoint(stated.describing):
            stated.graphs.add(graph_of(case_id, "described"))
    if not is_closed(triples, vocabulary, case.iri):
        case.findings = check_closed(quads_of(triples), vocabulary, case.iri, part.file)
    only = "are refused; a case has one graph of its own"
    told = [
        ("own-graph", f"statements in the graph <{graph}> {only}")
        for graph in sorted(stated.graphs - {"", graph_of(case_id)})
    ]
    if (f"<{case.iri}>", _TYPE, _STUDY) not in triples:
        reason = "is not there as a whole; a case is a sysg:CaseStudy"
        told.append(("whole-case", f"the case {case_id} {reason}"))
    case.findings += [
        Finding(message=message, demand=demand, file=part.file, focus=case.iri)
        for demand, message in told
    ]
    return case, triples


def _peak_memory() -> int:
    """Return the most memory that this process has used, in KiB; 0 where that is not told."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def differ(doubt: Doubt, theirs: Sequence[Raw]) -> str | None:
    """Return how the screen and pySHACL differ over a case, or None."""
    ours, others = (
        {(r.focus, r.path, r.shape, r.value, r.severity, r.component) for r in results}
        for results in (doubt.results, theirs)
    )
    if ours == others:
        return None
    names = ", ".join(compact(shape) for shape in sorted({result[2] for result in ours ^ others}))
    return (
        f"case {doubt.case.case_id}: the fast screen and pySHACL differ over {names}: the screen "
        f"says it {_verdict(doubt.results)}, pySHACL that it {_verdict(theirs)}; pySHACL's counts"
    )


def _verdict(results: Sequence[Raw]) -> str:
    violations = sum(map(is_violation, results))
    word = "does not conform" if violations else "conforms"
    return f"{word} ({violations} violations, {len(results) - violations} warnings)"
