"""Read a contributed file, whatever its syntax, into cases and what is wrong with them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from sysgraph.contribute.closed import check_closed
from sysgraph.contribute.contribution import Contribution, digest
from sysgraph.contribute.document import Plain, read_document
from sysgraph.contribute.keys import Minted, mint
from sysgraph.contribute.limits import count_within, owner_of, read_bytes
from sysgraph.contribute.vocabulary import Vocabulary
from sysgraph.errors import BadFile, BadFiles
from sysgraph.findings import Finding
from sysgraph.graph import RDF_TYPE, Format, merge, scan, text_of
from sysgraph.terms import NAMESPACE, graph_of

__all__ = ["read"]

_CASE = f"{NAMESPACE}case/"
_CASE_STUDY = ox.NamedNode(f"{NAMESPACE}CaseStudy")
_CONTEXT = f"{NAMESPACE}context.jsonld"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_RDF = {
    ".ttl": Format.TURTLE,
    ".trig": Format.TRIG,
    ".jsonld": Format.JSONLD,
    ".nq": Format.NQUADS,
    ".nt": Format.NTRIPLES,
    ".rdf": Format.XML,
    ".xml": Format.XML,
}
_PLAIN = (".yaml", ".yml", ".json")


def read(path: Path, vocabulary: Vocabulary) -> list[Contribution]:
    """Return the cases of a YAML, JSON, JSON-LD, Turtle, TriG, N-Triples, N-Quads or RDF/XML file.

    A case that says what it may not say comes back with findings. Nothing is fetched from the
    network, whatever the file names.

    Raises:
        BadFile: the file is not there, not what its ending claims it to be, or too large.
        BadFiles: several of its cases have no usable id.
    """
    suffix = path.suffix.lower()
    if suffix not in (*_PLAIN, *_RDF):
        known = ", ".join((*_PLAIN, *_RDF))
        raise BadFile(path, f"files that end in '{suffix}' are not read; use one of {known}")
    data = read_bytes(path)
    if suffix in _PLAIN or (suffix == ".jsonld" and _uses_our_context(data)):
        return _read_plain(data, str(path), vocabulary)
    return _read_rdf(data, _RDF[suffix], str(path), vocabulary)


def _uses_our_context(data: bytes) -> bool:
    # The one remote context that needs no fetching: it is shipped with the library.
    return re.match(rb'\s*\{\s*"@context"\s*:\s*"%b"' % _CONTEXT.encode(), data) is not None


def _read_plain(data: bytes, file: str, vocabulary: Vocabulary) -> list[Contribution]:
    document = read_document(data, file)
    several = isinstance(document.data, list)
    cases = document.data if isinstance(document.data, list) else [document.data]
    for case in cases:
        if isinstance(case, dict) and case.get("@context") == _CONTEXT:
            del case["@context"]
    found, problems = [], []
    for number, case in enumerate(cases):
        at = (number,) if several else ()
        minted = Minted(document, vocabulary, file)
        try:
            case_id = _case_id(case, file, document.mark((*at, "id")))
        except BadFile as error:
            problems.append(error)
            continue
        assert isinstance(case, dict)  # or it would have had no id
        iri = f"{_CASE}{case_id}"
        tree = {"@context": vocabulary.context, **mint(case, iri, at, minted)}
        quads = count_within(scan(json.dumps(tree).encode(), Format.JSONLD, file), file)
        findings = [*minted.findings, *_placed(check_closed(quads, vocabulary, iri, file), minted)]
        found.append(
            Contribution(case_id, file, digest(data), quads, findings, minted.marks, minted.fields)
        )
    if problems:
        raise problems[0] if len(problems) == 1 else BadFiles(problems)
    return found


def _case_id(case: Plain, file: str, mark: tuple[int | None, int | None]) -> str:
    if not isinstance(case, dict):
        raise BadFile(file, "a case is written as 'key: value' lines; begin with 'id:'", *mark)
    case_id = case.get("id")
    if case_id is None:
        raise BadFile(file, "the case has no id; write 'id:' and a short name like wigan-deal", 1)
    if not isinstance(case_id, str) or not _ID.fullmatch(case_id):
        reason = "an id is 2 to 63 small letters, digits and hyphens, like wigan-deal"
        raise BadFile(file, f"id '{case_id}': {reason}", *mark)
    return case_id


def _placed(findings: list[Finding], minted: Minted) -> list[Finding]:
    """Return the findings with the place of the key, or of the part, that they are about."""
    found = []
    for finding in findings:
        focus = finding.focus or ""
        if finding.value in minted.marks:  # a part of its own has a place of its own
            focus = finding.value
        default = (finding.field, *minted.marks.get(focus, (None, None)))
        field, line, column = minted.fields.get((focus, finding.path or ""), default)
        found.append(replace(finding, field=field, line=line, column=column))
    return found


def _read_rdf(data: bytes, syntax: Format, file: str, vocabulary: Vocabulary) -> list[Contribution]:
    quads = count_within(scan(data, syntax, file), file)
    names = sorted(
        text_of(quad.subject)
        for quad in quads
        if quad.predicate == RDF_TYPE and quad.object == _CASE_STUDY
    )
    if not names:
        raise BadFile(file, "it holds no case; a case is a sysg:CaseStudy")
    bad = [name for name in names if not _ID.fullmatch(name.removeprefix(_CASE))]
    if bad:
        raise BadFile(file, f"<{bad[0]}> is no name for a case; write {_CASE} and a short id")
    parts: dict[str, list[ox.Quad]] = {name: [] for name in names}
    for quad in quads:
        owner = owner_of(text_of(quad.subject))
        # What is no case's is put to the first one, which then answers for it.
        parts[owner if owner in parts else names[0]].append(quad)
    return [_rdf_contribution(name, parts[name], data, file, vocabulary) for name in parts]


def _rdf_contribution(
    name: str, quads: list[ox.Quad], data: bytes, file: str, vocabulary: Vocabulary
) -> Contribution:
    case_id = name.removeprefix(_CASE)
    findings = check_closed(quads, vocabulary, name, file)
    allowed = ("", graph_of(case_id))
    for graph in sorted({text_of(quad.graph_name) for quad in quads} - {*allowed}):
        message = f"statements in the graph <{graph}> are refused; a case has one graph of its own"
        findings.append(Finding(message=message, demand="own-graph", file=file, focus=name))
    merged = sorted(merge(quads), key=str)
    return Contribution(case_id, file, digest(data), merged, findings)
