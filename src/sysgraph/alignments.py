"""The alignments: how terms here and things outside belong together, each with its reason.

They are written as a table, ``ontology/alignments.sssom.tsv``, and stand in a store as SSSOM has
them in RDF, with names in place of blank nodes, beside the plain triple of each.

Source: SSSOM 1.1, https://mapping-commons.github.io/sssom/spec-formats-rdf/
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import yaml

from sysgraph.errors import BadFile
from sysgraph.files import display
from sysgraph.ontology import Nodes, Ontology
from sysgraph.rdf import RDF_TYPE
from sysgraph.terms import NAMESPACE, PREFIXES

__all__ = [
    "ALIGNMENTS",
    "NAMED",
    "SET",
    "SET_SLOTS",
    "SLOTS",
    "TYPES",
    "name_of",
    "read_alignments",
]

ALIGNMENTS = "alignments.sssom.tsv"
SET = f"{NAMESPACE}alignments"
"""The name of the set that all mappings are in."""

_SSSOM, _OWL, _TERMS = PREFIXES["sssom"], PREFIXES["owl"], PREFIXES["dcterms"]
_LABEL = f"{PREFIXES['rdfs']}label"
SLOTS = {
    "subject_id": f"{_OWL}annotatedSource",
    "subject_label": f"{_SSSOM}subject_label",
    "predicate_id": f"{_OWL}annotatedProperty",
    "object_id": f"{_OWL}annotatedTarget",
    "object_label": f"{_SSSOM}object_label",
    "mapping_justification": f"{_SSSOM}mapping_justification",
    "subject_type": f"{_SSSOM}subject_type",
    "object_type": f"{_SSSOM}object_type",
    "mapping_date": f"{_TERMS}created",
    "see_also": f"{PREFIXES['rdfs']}seeAlso",
    "comment": f"{PREFIXES['rdfs']}comment",
}
"""By which property each column stands in the graph, in the order of SSSOM."""
SET_SLOTS = {
    "mapping_set_version": f"{_OWL}versionInfo",
    "mapping_set_title": f"{_TERMS}title",
    "mapping_set_description": f"{_TERMS}description",
    "creator_label": f"{_SSSOM}creator_label",
    "license": f"{_TERMS}license",
}
"""The same, of what is said of the set."""
NAMED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
"""The columns that hold names."""
_NEEDED = (*NAMED, "object_type", "comment")
TYPES = {
    "skos concept": f"{PREFIXES['skos']}Concept",
    "owl class": f"{_OWL}Class",
    "owl object property": f"{_OWL}ObjectProperty",
    "owl annotation property": f"{_OWL}AnnotationProperty",
    "owl named individual": f"{_OWL}NamedIndividual",
    "rdfs class": f"{PREFIXES['rdfs']}Class",
    "rdfs resource": f"{PREFIXES['rdfs']}Resource",
    "rdf property": f"{PREFIXES['rdf']}Property",
}
"""What can be mapped, as the table says it and as the graph does."""
_DECLARED = {
    f"{_OWL}Class": "owl class",
    f"{_OWL}ObjectProperty": "owl object property",
    f"{_OWL}AnnotationProperty": "owl annotation property",
    f"{_OWL}DatatypeProperty": "rdf property",  # what SSSOM has for these is no term of OWL
    f"{NAMESPACE}CaseStudy": "owl named individual",
}
"""What a subject is by its type in the graph; whatever else the vocabulary holds is a concept."""


def read_alignments(ontology: Ontology, cases: Nodes) -> list[ox.Quad]:
    """Return the alignments of a folder; ``cases`` says what the cases are called.

    Raises:
        BadFile: the table is no SSSOM, or speaks of something that is not there; with the line.
    """
    file = ontology.folder / ALIGNMENTS
    line, seen = 1, set[str]()
    try:
        lines = ontology.bytes_of(file).decode().removesuffix("\n").split("\n")
        head = [line[1:] for line in lines if line.startswith("#")]
        said = {"mapping_set_version": ontology.editions.version, **_header(head, file)}
        found = list(_tell_set(said))
        for line, row in _rows(lines[len(head) :], file, len(head)):
            found += _mapping(row, (ontology.nodes, cases), file, line)
            name = name_of(row["subject_id"], row["object_id"])
            if name in seen:
                reason = "these two things are mapped further up; let one row say it"
                raise BadFile(display(file), reason, line)
            seen.add(name)
    except (ValueError, csv.Error) as error:  # no address, no day, no UTF-8, too long a cell
        raise BadFile(display(file), f"it cannot be read: {error}", line) from error
    return found


def _header(head: list[str], file: Path) -> Mapping[str, object]:
    try:
        said = yaml.safe_load("\n".join(head))
    except yaml.YAMLError as error:
        raise BadFile(display(file), f"the lines that begin with # are no YAML: {error}") from error
    if not isinstance(said, dict) or not {*SET_SLOTS} <= {"mapping_set_version", *said}:
        names = ", ".join(name for name in SET_SLOTS if name != "mapping_set_version")
        raise BadFile(display(file), f"begin with lines '# key: value' for {names}", 1)
    return said


def _tell_set(said: Mapping[str, object]) -> Iterator[ox.Quad]:
    name = ox.NamedNode(SET)
    yield ox.Quad(name, RDF_TYPE, ox.NamedNode(f"{_SSSOM}MappingSet"))
    for slot, predicate in SET_SLOTS.items():
        values = said[slot]
        for value in values if isinstance(values, list) else [values]:
            term = ox.NamedNode if slot == "license" else ox.Literal
            yield ox.Quad(name, ox.NamedNode(predicate), term(str(value)))


def _rows(lines: list[str], file: Path, above: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its line; all of them name what has to be named."""
    reader = csv.reader(lines, delimiter="\t")
    heads = next(reader, [])
    missing = [name for name in _NEEDED if name not in heads]
    if missing:
        raise BadFile(display(file), f"there is no column '{missing[0]}'", above + 1)
    for number, cells in enumerate(reader, 2):
        line = above + number
        if reader.line_num != number:
            raise BadFile(display(file), "a quotation mark has no end; double it", line)
        if len(cells) != len(heads):
            reason = f"{len(cells)} cells, where the head of the table has {len(heads)}"
            raise BadFile(display(file), f"{reason}; put one tab between any two", line)
        row = dict(zip(heads, cells, strict=True))
        empty = [name for name in _NEEDED if not row[name].strip()]
        if empty:
            raise BadFile(display(file), f"'{empty[0]}' is empty; write it", line)
        yield line, row


def _mapping(
    row: Mapping[str, str], known: tuple[Nodes, Nodes], file: Path, line: int
) -> Iterator[ox.Quad]:
    """Yield what a row says: the plain triple, and the mapping with all that is told of it."""
    named = {slot: _expand(row[slot], file, line) for slot in NAMED}
    label, kind = _tell_subject(named["subject_id"], known)
    if not kind:
        raise BadFile(display(file), f"there is no {row['subject_id']}", line)
    for one in (kind, row["object_type"]):
        if one not in TYPES:
            raise BadFile(display(file), f"'{one}' is none of {', '.join(TYPES)}", line)
    subject, predicate, value = (ox.NamedNode(named[slot]) for slot in NAMED[:3])
    yield ox.Quad(subject, predicate, value)
    mapping = ox.NamedNode(name_of(row["subject_id"], row["object_id"]))
    yield ox.Quad(ox.NamedNode(SET), ox.NamedNode(f"{_SSSOM}mappings"), mapping)
    yield ox.Quad(mapping, RDF_TYPE, ox.NamedNode(f"{_OWL}Axiom"))
    words = f"{row['subject_id']} {row['predicate_id']} {row['object_id']}"
    yield ox.Quad(mapping, ox.NamedNode(_LABEL), ox.Literal(words))
    told = {**row, "subject_label": label, "subject_type": kind}
    for slot, means in SLOTS.items():
        for text in filter(None, told.get(slot, "").split("|" if slot == "see_also" else "\0")):
            yield ox.Quad(mapping, ox.NamedNode(means), _term(slot, text, named))


def name_of(subject: str, value: str) -> str:
    """Return the name of the mapping of two things that are written short.

    >>> name_of("country:BR", "wd:Q155")
    'https://w3id.org/sysgraph/mapping/country-BR--wd-Q155'
    """
    return f"{NAMESPACE}mapping/{subject.replace(':', '-')}--{value.replace(':', '-')}"


def _expand(name: str, file: Path, line: int) -> str:
    prefix, _, rest = name.partition(":")
    if prefix not in PREFIXES or not rest:
        reason = f"'{name}' is no name of a known vocabulary; write prefix:name"
        raise BadFile(display(file), reason, line)
    return f"{PREFIXES[prefix]}{rest}"


def _tell_subject(iri: str, known: tuple[Nodes, Nodes]) -> tuple[str, str]:
    """Return what a subject is called, and what it is; nothing where it is not there."""
    for nodes in known:
        kinds = nodes.all(iri, RDF_TYPE.value)
        if kinds:
            label = nodes.said(iri, _LABEL) or nodes.said(iri, f"{_TERMS}title")
            declared = [_DECLARED[kind] for kind in kinds if kind in _DECLARED]
            return label, declared[0] if declared else "skos concept"
    return "", ""


def _term(slot: str, text: str, named: Mapping[str, str]) -> ox.NamedNode | ox.Literal:
    if slot in named:
        return ox.NamedNode(named[slot])
    if slot.endswith("_type"):
        return ox.NamedNode(TYPES[text])
    if slot == "see_also":
        return ox.NamedNode(text)
    if slot == "mapping_date":
        day = date.fromisoformat(text).isoformat()
        return ox.Literal(day, datatype=ox.NamedNode(f"{PREFIXES['xsd']}date"))
    return ox.Literal(text)
