"""A contributed case as triples, with its origin, what is wrong with it, and where that stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from sysgraph.case.closed import Object, shown, tidied
from sysgraph.case.document import Place
from sysgraph.case.linked import find_nodes, tail_of, with_context
from sysgraph.context import NEST
from sysgraph.errors import BadFile, Finding, Raw, cell_name, suggest
from sysgraph.files import read_bytes
from sysgraph.near import nearest
from sysgraph.ontology import Editions, Ontology
from sysgraph.rdf import RDF, RDF_TYPE, Format, lines_of, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, compact, graph_of, local_name
from sysgraph.vocabulary import Vocabulary

__all__ = ["ID", "Contribution", "describe_origin", "locate", "located", "place", "placed"]

Statement = tuple[ox.NamedNode, str, Object]

ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
"""What the id of a case or critique looks like."""
_CASE = f"{NAMESPACE}case/"
_PROV, _TERMS = PREFIXES["prov"], PREFIXES["dcterms"]


@dataclass(slots=True)
class Contribution:
    """One case or critique from one file.

    ``case_id`` is the id of a case; of a critique that stands by itself it is ``critique/`` and
    its id. ``places`` are where parts, keys and values stand, as a ``Compiler`` finds them.
    ``row`` is that of the table that it came in, if it came in one.
    """

    case_id: str
    file: str
    digest: str
    quads: list[ox.Quad] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[tuple[str, ...], Place] = field(default_factory=dict)
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


def located(finding: Finding, place: Place, row: int | None = None) -> Finding:
    """Return a finding with its place."""
    line, column, name = place
    return replace(finding, line=line, column=column, cell=cell_name(row, column), field=name)


def placed(finding: Finding, contribution: Contribution, *keys: tuple[str, ...]) -> Finding:
    """Return a finding with the first place that some keys have, named as its own key is there."""
    places = contribution.places
    spot = next((places[key] for key in keys if key in places), Place())
    own = places.get((finding.focus or "", finding.path or ""))
    name = own.field if own else finding.field
    return located(finding, spot._replace(field=name), contribution.row)


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
    graph = ox.NamedNode(graph_of(contribution.case_id))
    file = ox.NamedNode(f"{contribution.iri}/file")
    loading = ox.NamedNode(f"{contribution.iri}/loading")
    by = checked_by or Ontology.load().editions
    entity = ox.NamedNode(f"{_PROV}Entity")
    # Editions are named by their content, so that the same one is the same thing wherever it is
    # used. What they are is said of the loading, for what many graphs say of one thing is found
    # many times.
    edition = f"{NAMESPACE}edition/"
    found: list[Statement] = [
        (graph, RDF_TYPE.value, entity),
        (graph, f"{_PROV}wasDerivedFrom", file),
        (graph, f"{_PROV}wasGeneratedBy", loading),
        (file, RDF_TYPE.value, entity),
        (file, f"{PREFIXES['schema']}name", ox.Literal(Path(contribution.file).name)),
        (file, f"{NAMESPACE}sha256", ox.Literal(contribution.digest)),
        (loading, RDF_TYPE.value, ox.NamedNode(f"{_PROV}Activity")),
        (loading, f"{_PROV}used", file),
        (loading, f"{_PROV}used", ox.NamedNode(f"{edition}ontology-{by.ontology[:16]}")),
        (loading, f"{_PROV}used", ox.NamedNode(f"{edition}shapes-{by.shapes[:16]}")),
        (loading, f"{PREFIXES['owl']}versionInfo", ox.Literal(by.version)),
        (loading, f"{NAMESPACE}ontologySha256", ox.Literal(by.ontology)),
        (loading, f"{NAMESPACE}shapesSha256", ox.Literal(by.shapes)),
        *_credits(contribution, graph, dated=moment is None),
    ]
    if moment is not None:
        stamp = ox.Literal(moment, datatype=ox.NamedNode(f"{PREFIXES['xsd']}dateTime"))
        found.append((graph, f"{_PROV}generatedAtTime", stamp))
    name = ox.NamedNode(graph_of(contribution.case_id, "provenance"))
    return [ox.Quad(subject, ox.NamedNode(by), value, name) for subject, by, value in found]


def _credits(contribution: Contribution, graph: ox.NamedNode, *, dated: bool) -> list[Statement]:
    """Return who answers for a contribution and under which licence, as it says itself."""
    credit = {
        f"{_TERMS}contributor": f"{_PROV}wasAttributedTo",
        f"{_TERMS}license": f"{_TERMS}license",
    }
    if dated:
        credit[f"{_TERMS}created"] = f"{_PROV}generatedAtTime"
    return [
        (graph, credit[quad.predicate.value], quad.object)
        for quad in contribution.quads
        if quad.predicate.value in credit and text_of(quad.subject) == contribution.iri
    ]


_IN = f"{PREFIXES['sh']}InConstraintComponent"
_MAX_LOCATED = 10_000_000
_NEAR, _NEAR_BELOW = 60, 1_000


def place(raw: Raw, contribution: Contribution, vocabulary: Vocabulary) -> Finding:
    """Return a result of SHACL as a finding: at the value, else its key, else what misses it."""
    focus, path, value = raw.focus, raw.path or "", raw.value or ""
    allowed = vocabulary.listed.get(compact(raw.shape), ())
    message, near = raw.message, list[str]()
    if raw.component == f"{PREFIXES['sh']}UniqueLangConstraintComponent":
        message += " It is one text, no list."
    elif raw.component == _IN and not value.startswith(NAMESPACE):  # a word, and no thing
        near = nearest(value, allowed)
        message += f" Here stands '{shown(value)}'{suggest(near) or '.'}"
    finding = Finding(
        message=message,
        demand=compact(raw.shape),
        severity=raw.severity,
        file=contribution.file,
        field=_name(raw, contribution, vocabulary),
        focus=focus,
        path=raw.path,
        value=raw.value,
        component=raw.component,
        allowed=allowed,
        nearest=tuple(near),
    )
    group = [(focus, NEST)] if path in vocabulary.nested else []
    spots = [(value,), (focus, path, value), (focus, path, local_name(value)), (focus, path)]
    return placed(finding, contribution, *spots, *group, (focus,))


def _name(raw: Raw, contribution: Contribution, vocabulary: Vocabulary) -> str | None:
    """Return the keys that lead to what is missing, the part being named by its own."""
    part = raw.focus.removeprefix(contribution.iri).strip("/").replace("/", ".")
    key = vocabulary.nested.get(raw.path or "", vocabulary.fields.get(raw.path or ""))
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
        lines = _lines(file, [found[number] for number in numbers])
        for number in numbers:
            one = found[number]
            focus, path, value = one.focus or "", one.path or "", one.value or ""
            keys = ((focus, path, value), (focus, path), ("", path, value), (focus,))
            line = next((lines[key] for key in keys if key in lines), 1)
            found[number] = replace(one, line=line)
    return found


def _lines(file: str, findings: Sequence[Finding]) -> dict[tuple[str, ...], int]:
    """Return the first line of each statement, property and part that findings are about.

    A statement is found without its subject as well.
    """
    focuses = {finding.focus for finding in findings}
    values = {(finding.path, finding.value) for finding in findings}
    found: dict[tuple[str, ...], int] = {}
    syntax = RDF.get(Path(file).suffix.lower())
    if syntax is None:
        return found
    try:
        data = read_bytes(Path(file))
        lines = data.decode("utf-8", "replace").splitlines()
        starts: dict[str, int] = {}
        if syntax is Format.JSONLD:  # of which nothing is sure before the end of a thing
            data, starts = with_context(data, Ontology.load().context, file), find_nodes(lines)
        for quad, read_up_to in lines_of(data, syntax) if len(data) <= _MAX_LOCATED else ():
            subject, predicate = text_of(quad.subject), quad.predicate.value
            written, value = text_of(quad.object), text_of(tidied(quad.object))
            if subject not in focuses and (predicate, value) not in values:
                continue
            start = starts.get(tail_of(subject), 0)
            line = _line_with(_last_part(written), lines, read_up_to, start)
            found.setdefault((subject, predicate, value), line)
            found.setdefault(("", predicate, value), line)
            found.setdefault((subject, predicate), line)
            found.setdefault((subject,), start or _line_with(_last_part(subject), lines, line))
    except (BadFile, SyntaxError):
        return found  # what is broken has a place already
    return found


def _line_with(text: str, lines: list[str], read_up_to: int, start: int = 0) -> int:
    """Return the line that a text is on: below ``start``, or next above where it had been read."""
    end = min(read_up_to, len(lines))
    near = range(end, max(read_up_to - _NEAR, 0), -1)
    for line in range(start, min(start + _NEAR_BELOW, end + 1)) if start else near:
        if text in lines[line - 1]:
            return line
    return start or max(read_up_to, 1)


@lru_cache(maxsize=1_000)
def _last_part(text: str) -> str:
    """Return what of a name or a text is certainly written as it is on one line."""
    if re.match(r"[a-z]+:", text):
        return re.split(r"[/#:]", text)[-1] or text
    return re.split(r"[\n\"\\]", text)[0]
