"""The cases of a part of the input, read by the way that its syntax asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from sysgraph.bulk.slices import Slice
from sysgraph.contribute import Contribution, Vocabulary, is_plain, read, read_all, read_part
from sysgraph.contribute.closed import check_closed, is_closed
from sysgraph.contribute.contribution import ID
from sysgraph.contribute.lexical import tidy_written
from sysgraph.contribute.limits import MAX_TEXT, MAX_TRIPLES
from sysgraph.errors import BadFile, BadFiles, NoContribution
from sysgraph.findings import Finding
from sysgraph.graph import Format, not_well_formed, quads_of, text_of, triples_of
from sysgraph.graph.nesting import refuse_tricks
from sysgraph.terms import NAMESPACE, Triple, graph_of

__all__ = ["cases_of", "comes_back"]

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
