"""A contributed case as triples, with its origin and what was found wrong on the way.

Where in a file a finding belongs, whatever found it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from sysgraph.case.closed import tidied
from sysgraph.case.document import RDF
from sysgraph.errors import BadFile, Finding, Raw, cell_name
from sysgraph.files import read_bytes
from sysgraph.ontology import NEST, Editions, Vocabulary, editions, nested
from sysgraph.rdf import RDF_TYPE, lines_of, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, compact, graph_of, local_name

__all__ = ["ID", "Contribution", "describe_origin", "locate", "place"]

Statement = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]

ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
"""What the id of a case or critique looks like."""
_CASE = f"{NAMESPACE}case/"
_PROV = PREFIXES["prov"]


@dataclass(slots=True)
class Contribution:
    """One case or critique from one file.

    ``case_id`` is the id of a case; of a critique that stands by itself it is ``critique/`` and
    its id. ``marks`` gives line and column of each node, where known, and ``fields`` the
    place of each key of a node: (IRI of the node, key) to line and column; ``values`` has the
    place of each of several values: (IRI of the node, key, what is written). ``row`` is that of
    the table that it came in, if it came in one.
    """

    case_id: str
    file: str
    digest: str
    quads: list[ox.Quad] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    marks: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    fields: dict[tuple[str, str], tuple[str, int | None, int | None]] = field(default_factory=dict)
    values: dict[tuple[str, str, str], tuple[int | None, int | None]] = field(default_factory=dict)
    row: int | None = None

    @property
    def iri(self) -> str:
        """Return the IRI of the case, or of the critique."""
        return f"{NAMESPACE if self.is_critique else _CASE}{self.case_id}"

    @property
    def is_critique(self) -> bool:
        """Tell whether this is a critique that stands by itself."""
        return self.case_id.startswith(CRITIQUE)

    @property
    def title(self) -> str:
        """Return what it is, and its id."""
        return self.case_id.replace("/", " ") if self.is_critique else f"case {self.case_id}"


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return sha256(data).hexdigest()


def describe_origin(
    contribution: Contribution, moment: str | None, checked_by: Editions | None = None
) -> list[ox.Quad]:
    """Return the provenance of a graph: who, when, from which file, and what it was checked by.

    ``moment`` is the time of loading in ISO 8601, or None for the shipped library, whose cases
    carry the date they were contributed on. ``checked_by`` is today's ontology and shapes,
    unless others are named.

    Source: PROV-O, https://www.w3.org/TR/prov-o/
    """
    name = ox.NamedNode(graph_of(contribution.case_id, "provenance"))
    graph = ox.NamedNode(graph_of(contribution.case_id))
    file = ox.NamedNode(f"{contribution.iri}/file")
    loading = ox.NamedNode(f"{contribution.iri}/loading")
    found: list[Statement] = [
        (graph, RDF_TYPE, _ENTITY),
        (graph, _prov("wasDerivedFrom"), file),
        (graph, _prov("wasGeneratedBy"), loading),
        (file, RDF_TYPE, _ENTITY),
        (file, ox.NamedNode(f"{PREFIXES['schema']}name"), ox.Literal(Path(contribution.file).name)),
        (file, _SHA256, ox.Literal(contribution.digest)),
        (loading, RDF_TYPE, _prov("Activity")),
        (loading, _prov("used"), file),
        *_checked(loading, checked_by or editions()),
        *_credits(contribution, graph, dated=moment is None),
    ]
    if moment is not None:
        stamp = ox.Literal(moment, datatype=ox.NamedNode(f"{PREFIXES['xsd']}dateTime"))
        found.append((graph, _prov("generatedAtTime"), stamp))
    return [ox.Quad(*triple, name) for triple in found]


def _prov(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{_PROV}{name}")


_ENTITY = _prov("Entity")
_SHA256 = ox.NamedNode(f"{NAMESPACE}sha256")


def _checked(loading: ox.NamedNode, by: Editions) -> list[Statement]:
    """Return which editions of ontology and shapes a contribution was checked by."""
    # Named by their content, so that the same edition is the same thing wherever it is used. What
    # they are is said of the loading, for what many graphs say of one thing is found many times.
    return [
        (loading, _prov("used"), ox.NamedNode(f"{NAMESPACE}edition/ontology-{by.ontology[:16]}")),
        (loading, _prov("used"), ox.NamedNode(f"{NAMESPACE}edition/shapes-{by.shapes[:16]}")),
        (loading, ox.NamedNode(f"{PREFIXES['owl']}versionInfo"), ox.Literal(by.version)),
        (loading, ox.NamedNode(f"{NAMESPACE}ontologySha256"), ox.Literal(by.ontology)),
        (loading, ox.NamedNode(f"{NAMESPACE}shapesSha256"), ox.Literal(by.shapes)),
    ]


def _credits(contribution: Contribution, graph: ox.NamedNode, *, dated: bool) -> list[Statement]:
    """Return who answers for a contribution and under which licence, as it says itself."""
    terms = PREFIXES["dcterms"]
    credit = {
        f"{terms}contributor": _prov("wasAttributedTo"),
        f"{terms}license": ox.NamedNode(f"{terms}license"),
    }
    if dated:
        credit[f"{terms}created"] = _prov("generatedAtTime")
    return [
        (graph, credit[quad.predicate.value], quad.object)
        for quad in contribution.quads
        if quad.predicate.value in credit and text_of(quad.subject) == contribution.iri
    ]


_MAX_LOCATED = 10_000_000


def place(raw: Raw, contribution: Contribution, vocabulary: Vocabulary) -> Finding:
    """Return a result of SHACL as a finding: at the value, else its key, else what misses it."""
    path = raw.path or ""
    line, column = contribution.marks.get(raw.focus, (None, None))
    field: str | None = _name(raw, contribution, vocabulary)
    if (raw.focus, path) in contribution.fields:
        field, line, column = contribution.fields[raw.focus, path]
    elif path in nested(vocabulary) and (raw.focus, NEST) in contribution.fields:
        _, line, column = contribution.fields[raw.focus, NEST]
    for written in (raw.value or "", local_name(raw.value or "")):
        if (raw.focus, path, written) in contribution.values:
            line, column = contribution.values[raw.focus, path, written]
            break
    if raw.value in contribution.marks:
        line, column = contribution.marks[raw.value]
    return Finding(
        message=raw.message,
        demand=compact(raw.shape),
        severity=raw.severity,
        file=contribution.file,
        line=line,
        column=column,
        cell=cell_name(contribution.row, column),
        field=field,
        focus=raw.focus,
        path=raw.path,
        value=raw.value,
        component=raw.component,
        allowed=vocabulary.listed.get(compact(raw.shape), ()),
    )


def _name(raw: Raw, contribution: Contribution, vocabulary: Vocabulary) -> str | None:
    """Return the keys that lead to what is missing, the part being named by its own."""
    part = raw.focus.removeprefix(contribution.iri).strip("/").replace("/", ".")
    key = nested(vocabulary).get(raw.path or "", vocabulary.fields.get(raw.path or ""))
    return ".".join(name for name in (part, key) if name) or None


def locate(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with a place for those of RDF, and line 1 where nothing tells more.

    The files are read again for it, a line at a time, as parsers of RDF throw positions away.
    """
    found = list(findings)
    by_file: dict[str, list[int]] = defaultdict(list)
    for number, finding in enumerate(found):
        if finding.file and finding.line is None and finding.cell is None:
            by_file[finding.file].append(number)
    for file, numbers in by_file.items():
        places = _Places(file, [found[number] for number in numbers])
        for number in numbers:
            found[number] = replace(found[number], line=places.line_of(found[number]))
    return found


class _Places:
    """The lines of the statements of an RDF file that findings are about."""

    def __init__(self, file: str, findings: Iterable[Finding]) -> None:
        self._focuses = {finding.focus for finding in findings}
        self._values = {(finding.path, finding.value) for finding in findings}
        self._by_statement: dict[tuple[str, str, str], int] = {}
        self._by_predicate: dict[tuple[str, str], int] = {}
        self._by_subject: dict[str, int] = {}
        syntax = RDF.get(Path(file).suffix.lower())
        if syntax is None:
            return
        try:
            data = read_bytes(Path(file))
            self._lines = data.decode("utf-8", "replace").splitlines()
            if len(data) <= _MAX_LOCATED:
                for quad, line in lines_of(data, syntax):
                    self._keep(quad, line)
        except (BadFile, SyntaxError):
            return  # what is broken has a place already

    def _keep(self, quad: ox.Quad, read_up_to: int) -> None:
        subject, predicate = text_of(quad.subject), quad.predicate.value
        value = text_of(quad.object)
        written = value
        if isinstance(quad.object, ox.Literal):
            value = tidied(quad.object).value
        if subject not in self._focuses and (predicate, value) not in self._values:
            return
        line = self._line_with(_last_part(written), read_up_to)
        self._by_statement.setdefault((subject, predicate, value), line)
        self._by_statement.setdefault(("", predicate, value), line)
        self._by_predicate.setdefault((subject, predicate), line)
        self._by_subject.setdefault(subject, self._line_with(_last_part(subject), line))

    def _line_with(self, text: str, read_up_to: int) -> int:
        """Return the nearest line, upwards, that has a text in it."""
        for line in range(min(read_up_to, len(self._lines)), max(read_up_to - 60, 0), -1):
            if text in self._lines[line - 1]:
                return line
        return max(read_up_to, 1)

    def line_of(self, finding: Finding) -> int:
        """Return the line of the statement, else of the property, else of the part, else 1."""
        focus, path, value = finding.focus or "", finding.path or "", finding.value or ""
        return (
            self._by_statement.get((focus, path, value))
            or self._by_predicate.get((focus, path))
            or self._by_statement.get(("", path, value))
            or self._by_subject.get(focus)
            or 1
        )


@lru_cache(maxsize=1_000)
def _last_part(text: str) -> str:
    """Return what of a name or a text is certainly written as it is on one line."""
    if re.match(r"[a-z]+:", text):
        return re.split(r"[/#:]", text)[-1] or text
    return re.split(r"[\n\"\\]", text)[0]
