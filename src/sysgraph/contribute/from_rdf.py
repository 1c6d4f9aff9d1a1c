"""From a document in a syntax of RDF to contributions."""

from __future__ import annotations

import pyoxigraph as ox

from sysgraph.contribute.closed import check_closed
from sysgraph.contribute.contribution import ID, Contribution, digest
from sysgraph.contribute.lexical import tidied
from sysgraph.contribute.limits import count_within, owner_of
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import NoContribution
from sysgraph.findings import Finding
from sysgraph.graph import RDF_TYPE, Format, merge, scan, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, graph_of

__all__ = ["read_rdf"]

_CASE = f"{NAMESPACE}case/"
_CASE_STUDY = ox.NamedNode(f"{NAMESPACE}CaseStudy")
_CRITIQUE = ox.NamedNode(f"{NAMESPACE}Critique")
_OWN = f"{NAMESPACE}{CRITIQUE}"


def read_rdf(data: bytes, syntax: Format, file: str, vocabulary: Vocabulary) -> list[Contribution]:
    """Return the cases and critiques of a document in a syntax of RDF.

    Raises:
        BadFile: it is not well-formed, or too large; carries the line.
        NoContribution: it holds none, or none with a name that one may have.
    """
    quads = count_within(map(_tidied, scan(data, syntax, file)), file)
    names = sorted(text_of(quad.subject) for quad in quads if _is_whole(quad))
    if not names:
        reason = "a case is a sysg:CaseStudy, and a critique by itself a sysg:Critique"
        raise NoContribution(file, f"it holds no case; {reason}")
    bad = [name for name in names if not ID.fullmatch(_last(name))]
    if bad:
        noun, start = ("critique", _OWN) if bad[0].startswith(_OWN) else ("case", _CASE)
        reason = f"<{bad[0]}> is no name for a {noun}; write {start} and a short id"
        raise NoContribution(file, reason)
    parts: dict[str, list[ox.Quad]] = {name: [] for name in names}
    for quad in quads:
        owner = owner_of(text_of(quad.subject))
        # What is no case's is put to the first one, which then answers for it.
        parts[owner if owner in parts else names[0]].append(quad)
    return [_rdf_contribution(name, parts[name], data, file, vocabulary) for name in parts]


def _tidied(quad: ox.Quad) -> ox.Quad:
    if not isinstance(quad.object, ox.Literal):
        return quad
    value = tidied(quad.object)
    same = value is quad.object
    return quad if same else ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)


def _is_whole(quad: ox.Quad) -> bool:
    """Tell whether a statement says that its subject is a case, or a critique by itself."""
    if quad.predicate != RDF_TYPE:
        return False
    if quad.object == _CRITIQUE:
        return not text_of(quad.subject).startswith(_CASE)
    return quad.object == _CASE_STUDY


def _last(name: str) -> str:
    """Return what should be the id in the IRI of a case or critique."""
    return name.removeprefix(_OWN if name.startswith(_OWN) else _CASE)


def _rdf_contribution(
    name: str, quads: list[ox.Quad], data: bytes, file: str, vocabulary: Vocabulary
) -> Contribution:
    is_critique = name.startswith(_OWN)
    named = name.removeprefix(NAMESPACE if is_critique else _CASE)
    closed = vocabulary.critiques if is_critique else vocabulary
    assert closed is not None  # only a vocabulary of critiques has none
    findings = check_closed(quads, closed, name, file)
    allowed = ("", graph_of(named))
    noun = "critique" if is_critique else "case"
    for graph in sorted({text_of(quad.graph_name) for quad in quads} - {*allowed}):
        message = (
            f"statements in the graph <{graph}> are refused; a {noun} has one graph of its own"
        )
        findings.append(Finding(message=message, demand="own-graph", file=file, focus=name))
    merged = sorted(merge(quads), key=str)
    return Contribution(named, file, digest(data), merged, findings)
