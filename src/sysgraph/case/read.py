"""From plain documents, as YAML, JSON and rows of tables hold them, to contributions.

From a document in a syntax of RDF to contributions.
Read a contributed file, whatever its syntax, into cases and what is wrong with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from sysgraph.case.closed import check_closed, tidied
from sysgraph.case.compile import Minted, mint, state
from sysgraph.case.contribution import ID, Contribution, digest
from sysgraph.case.document import (
    MAX_FINDINGS,
    RDF,
    Document,
    Fault,
    Path_,
    Plain,
    count_within,
    owner_of,
    read_document,
)
from sysgraph.case.rows import Part, documents
from sysgraph.case.sheets import TABLES, parts_of
from sysgraph.case.tolerant import read_tolerantly
from sysgraph.errors import BadFile, BadFiles, Finding, NoContribution, SysgraphError, cell_name
from sysgraph.files import read_bytes
from sysgraph.near import nearest
from sysgraph.ontology import Vocabulary, keys_of
from sysgraph.rdf import RDF_TYPE, Format, merge, scan, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, graph_of

__all__ = [
    "ENDINGS",
    "is_plain",
    "plain_contributions",
    "read",
    "read_again",
    "read_all",
    "read_part",
    "read_past",
    "read_rdf",
]

CONTEXT = f"{NAMESPACE}context.jsonld"
"""The one remote context that needs no fetching: it is shipped with the library."""


def plain_contributions(
    document: Document, data: bytes, file: str, vocabulary: Vocabulary
) -> Iterator[Contribution | BadFile]:
    """Yield each case and critique of a document, or why it cannot be told which it is."""
    several = isinstance(document.data, list)
    things = document.data if isinstance(document.data, list) else [document.data]
    sha256 = digest(data)
    for number, thing in enumerate(things):
        at = (number,) if several else ()
        minted = Minted(document, vocabulary, file)
        try:
            yield plain_contribution(thing, at, minted, sha256)
        except BadFile as error:
            yield error


def plain_contribution(thing: Plain, at: Path_, minted: Minted, sha256: str) -> Contribution:
    """Return what one thing in a document contributes, with what is wrong in it.

    ``at`` is where in the document it stands.

    Raises:
        NoContribution: it has no usable id, and the document was read strictly.
        BadFile: it has no keys at all.
    """
    file = minted.file
    if isinstance(thing, dict) and thing.get("@context") == CONTEXT:
        del thing["@context"]
    noun = _noun(thing, at, minted)
    thing_id = _id_of(thing, noun, at, minted)
    assert isinstance(thing, dict)  # or it would have had no id
    kind = "CaseStudy"
    if noun == "critique":
        assert minted.vocabulary.critiques is not None  # only a vocabulary of critiques has none
        thing_id, kind, minted.vocabulary = (
            CRITIQUE + thing_id,
            "Critique",
            minted.vocabulary.critiques,
        )
    made = Contribution(thing_id, file, sha256, [], [], minted.marks, minted.fields, minted.values)
    tree = mint(thing, made.iri, at, minted, kind)
    made.quads = count_within(dict.fromkeys(state(tree, minted.vocabulary)), file)
    refused = check_closed(made.quads, minted.vocabulary, made.iri, file)
    made.findings = [*minted.findings, *_placed(refused, minted)]
    return made


def _noun(thing: Plain, at: Path_, minted: Minted) -> str:
    if not isinstance(thing, dict):
        return "case"
    kind = thing.get("kind", "critique" if thing.get("type") == "Critique" else "case")
    if kind not in _KINDS:
        reason = "write 'kind: critique' for a critique, and no kind for a case"
        message = f"there is no kind {kind!r} of file; {reason}"
        near = nearest(str(kind), _KINDS, most=1)
        _refuse_or_report(minted, (*at, "kind"), message, str(kind), near)
        return near[0] if near else "case"
    return str(kind)


_KINDS = ("case", "critique")


def _id_of(thing: Plain, noun: str, at: Path_, minted: Minted) -> str:
    path = (*at, "id")
    if not isinstance(thing, dict):
        reason = "a case is written as 'key: value' lines; begin with 'id:'"
        raise BadFile(minted.file, reason, *minted.document.mark(at))
    thing_id = thing.get("id")
    if thing_id is None:
        reason = f"the {noun} has no id; write 'id:' and a short name like wigan-deal"
        _refuse_or_report(minted, path, reason)
    elif not isinstance(thing_id, str) or not ID.fullmatch(thing_id):
        reason = "an id is 2 to 63 small letters, digits and hyphens, like wigan-deal"
        _refuse_or_report(minted, path, f"id '{thing_id}': {reason}", str(thing_id))
    else:
        return thing_id
    return "-".join(["no-id", *(str(part + 1) for part in at if isinstance(part, int))])


def _refuse_or_report(
    minted: Minted, path: Path_, message: str, value: str | None = None, near: Sequence[str] = ()
) -> None:
    """Refuse a file for its id or kind; where all is to be told at once, only report that."""
    if minted.document.faults is None:
        raise NoContribution(minted.file, message, *minted.document.mark(path))
    minted.report(path, str(path[-1]), message, value, nearest=near)


def _placed(findings: list[Finding], minted: Minted) -> list[Finding]:
    """Return the findings with the place of the key, or of the part, that they are about."""
    found = []
    for finding in findings:
        focus = finding.focus or ""
        if finding.value in minted.marks:  # a part of its own has a place of its own
            focus = finding.value
        default = (finding.field, *minted.marks.get(focus, (None, None)))
        field, line, column = minted.fields.get((focus, finding.path or ""), default)
        cell = cell_name(minted.document.row, column)
        found.append(replace(finding, field=field, line=line, column=column, cell=cell))
    return found


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


_SHOWN = 200
_PLAIN = (".yaml", ".yml", ".json")
ENDINGS = (*_PLAIN, *TABLES, *RDF)
"""What the names of files end in that are read."""


def read(path: Path, vocabulary: Vocabulary, *, critiques: bool = False) -> list[Contribution]:
    """Return the cases of a file in YAML, JSON, CSV, XLSX, or a syntax of RDF.

    With ``critiques``, also the critiques that stand in it by themselves: of plain documents
    those with ``kind: critique``, and in RDF each sysg:Critique that is no part of a case. A
    case that says what it may not say comes back with findings. Nothing is fetched from the
    network, whatever the file names.

    Raises:
        BadFile: the file is not there, not what its ending claims it to be, or too large; or
            holds a critique where only cases are read.
        BadFiles: several of its cases have no usable id.
    """
    found = _read(path, vocabulary, _strictly)
    if not critiques and any(each.is_critique for each in found):
        raise BadFile(path, _CASES_ONLY)
    return found


_CASES_ONLY = (
    "it holds a critique, and only cases are read in bulk and among cases; load critiques in a"
    " command of their own, at most 200 files at a time"
)


def read_all(path: Path, vocabulary: Vocabulary) -> list[Contribution]:
    """Return the cases and critiques of a file, read past faults of syntax to tell all of them.

    What was read past is a finding, so that no case comes back sound that is not so written.

    Raises:
        BadFile, BadFiles: the file is beyond reading.
    """
    return _read(path, vocabulary, _tolerantly)


def read_again(data: bytes, path: Path, vocabulary: Vocabulary) -> list[Contribution]:
    """Return what ``read_all`` would if the file held these bytes; for YAML and JSON.

    Raises:
        BadFile, BadFiles: it is beyond reading.
    """
    return _read_plain(data, str(path), vocabulary, _tolerantly)


def read_past(data: bytes, path: Path, vocabulary: Vocabulary) -> Document:
    """Return what ``read_again`` reads as a document, with its faults and what was read instead.

    Raises:
        BadFile: it is beyond reading.
    """
    return _tolerantly(data, str(path), vocabulary)


def is_plain(path: Path) -> bool:
    """Tell by its name whether a file is YAML or JSON."""
    return path.suffix.lower() in _PLAIN


_Reader = Callable[[bytes, str, Vocabulary], Document]


def _strictly(data: bytes, file: str, vocabulary: Vocabulary) -> Document:
    return read_document(data, file)


def _tolerantly(data: bytes, file: str, vocabulary: Vocabulary) -> Document:
    def misfits(document: Document) -> int:
        minted = Minted(document, vocabulary, file)
        things = document.data if isinstance(document.data, list) else [document.data]
        for thing in things:
            if not isinstance(thing, dict):
                return MAX_FINDINGS
            mint(thing, _CASE, (), minted)
        return len(minted.findings)

    return read_tolerantly(data, file, keys_of(vocabulary), misfits)


def _read(path: Path, vocabulary: Vocabulary, reader: _Reader) -> list[Contribution]:
    suffix = path.suffix.lower()
    if suffix in TABLES:
        return _read_table(path, vocabulary)
    if suffix not in (*_PLAIN, *RDF):
        raise BadFile(path, _unread(suffix))
    data = read_bytes(path)
    if suffix in _PLAIN or (suffix == ".jsonld" and _uses_our_context(data)):
        return _read_plain(data, str(path), vocabulary, reader)
    return read_rdf(data, RDF[suffix], str(path), vocabulary)


def _unread(suffix: str) -> str:
    if suffix in (".xlsm", ".xlsb", ".xls", ".ods"):
        return f"a workbook that ends in '{suffix}' is not read; save it as .xlsx, or as CSV"
    known = ", ".join(ENDINGS)
    return f"files that end in '{suffix}' are not read; use one of {known}"


def _read_table(path: Path, vocabulary: Vocabulary) -> list[Contribution]:
    found: list[Contribution] = []
    problems: list[SysgraphError] = []
    for part in parts_of(path, vocabulary):
        try:
            found += read_part(part, vocabulary, critiques=True)
        except BadFiles as error:
            problems += error.problems
        except BadFile as error:
            problems.append(error)
    _refuse(problems)
    return found


def _refuse(problems: Sequence[SysgraphError]) -> None:
    if problems:
        raise problems[0] if len(problems) == 1 else BadFiles(problems)


def read_part(part: Part, vocabulary: Vocabulary, *, critiques: bool = False) -> list[Contribution]:
    """Return the cases of some rows of a table, in their order, and with ``critiques`` those too.

    Raises:
        BadFile, BadFiles: rows have no usable id, or hold a critique where only cases are read.
    """
    found: list[Contribution] = []
    problems: list[SysgraphError] = []
    waiting: list[Finding] = []
    for document, findings in documents(part, vocabulary):
        if document.data == {}:  # nothing but faults, for which another row answers
            waiting += findings
            continue
        try:
            found.append(_row_contribution(document, findings, part, vocabulary))
            if found[-1].is_critique and not critiques:
                raise BadFile(part.file, _CASES_ONLY, *document.mark(("kind",)))
        except BadFile as error:
            reason = f"{cell_name(document.row, error.column)}: {error.reason}"
            problems.append(type(error)(part.file, reason, error.line, error.column))
    if waiting and found:
        found[0].findings = [*waiting, *found[0].findings]
    elif waiting:
        problems += [BadFile(part.file, f"{one.cell}: {one.message}") for one in waiting]
    _refuse(problems)
    return found


def _row_contribution(
    document: Document, findings: list[Finding], part: Part, vocabulary: Vocabulary
) -> Contribution:
    minted = Minted(document, vocabulary, part.file)
    case = plain_contribution(document.data, (), minted, part.digest)
    case.findings = [*findings, *case.findings]
    case.row = document.row
    return case


def _uses_our_context(data: bytes) -> bool:
    return re.match(rb'\s*\{\s*"@context"\s*:\s*"%b"' % CONTEXT.encode(), data) is not None


def _read_plain(
    data: bytes, file: str, vocabulary: Vocabulary, reader: _Reader
) -> list[Contribution]:
    document = reader(data, file, vocabulary)
    each = list(plain_contributions(document, data, file, vocabulary))
    problems: list[SysgraphError] = [one for one in each if isinstance(one, BadFile)]
    found = [one for one in each if isinstance(one, Contribution)]
    faults = [_of_fault(fault, document, file) for fault in document.faults or ()]
    if problems and faults:
        problems[:0] = [BadFile(file, one.message, one.line, one.column) for one in faults]
    _refuse(problems)
    if found:
        found[0].findings[:0] = faults
    return found


def _of_fault(fault: Fault, document: Document, file: str) -> Finding:
    lines = document.original.split("\n")
    written = lines[fault.line - 1].strip() if fault.line <= len(lines) else ""
    here = [path for path, (line, _) in document.marks.items() if line == fault.line and path]
    return Finding(
        message=fault.message,
        demand=fault.demand,
        file=file,
        line=fault.line,
        column=fault.column,
        field=document.head(min(here, key=len)) if here else None,
        value=written[:_SHOWN],
    )
