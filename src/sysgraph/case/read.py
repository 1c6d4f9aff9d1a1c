"""Read a contributed file, whatever its syntax, into cases and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from sysgraph.case.closed import check_closed, tidied
from sysgraph.case.compile import Compiler
from sysgraph.case.contribution import ID, Contribution, digest, placed
from sysgraph.case.document import (
    MAX_FINDINGS,
    PLAIN,
    Document,
    Fault,
    Mark,
    Path_,
    Plain,
    count_within,
    owner_of,
    read_document,
)
from sysgraph.case.linked import CONTEXT, is_as_people_write, with_context, with_name
from sysgraph.case.rows import ROOT, TableRows, documents, find_column
from sysgraph.case.sheets import TABLES, rows_of
from sysgraph.case.tolerant import read_tolerantly
from sysgraph.described import undescribed
from sysgraph.errors import BadFile, Finding, NoContribution, SysgraphError, cell_name, refuse
from sysgraph.files import read_bytes
from sysgraph.near import nearest
from sysgraph.rdf import RDF, RDF_TYPE, Format, merge, scan, text_of
from sysgraph.terms import CRITIQUE, NAMESPACE, graph_of
from sysgraph.vocabulary import Vocabulary

__all__ = [
    "ENDINGS",
    "is_plain",
    "plain_contributions",
    "read",
    "read_again",
    "read_all",
    "read_each",
    "read_part",
    "read_past",
    "read_rdf",
]

_CASES_ONLY = (
    "it holds a critique, and only cases are read in bulk and among cases; load critiques in a"
    " command of their own, at most 200 files at a time"
)
_KINDS = ("case", "critique")
_CASE = f"{NAMESPACE}case/"
_CASE_STUDY = ox.NamedNode(f"{NAMESPACE}CaseStudy")
_CRITIQUE = ox.NamedNode(f"{NAMESPACE}Critique")
_OWN = f"{NAMESPACE}{CRITIQUE}"
_SHOWN = 200
ENDINGS = (*PLAIN, *TABLES, *RDF)
"""What the names of files end in that are read."""


def read(
    path: Path, vocabulary: Vocabulary, *, critiques: bool = False, data: bytes | None = None
) -> list[Contribution]:
    """Return the cases of a file in YAML, JSON, CSV, XLSX, or a syntax of RDF.

    ``data`` is what stands in it, where that was read before; of a table it is read here.

    With ``critiques``, also the critiques that stand in it by themselves: of plain documents
    those with ``kind: critique``, and in RDF each sysg:Critique that is no part of a case. A
    case that says what it may not say comes back with findings. Nothing is fetched from the
    network, whatever the file names.

    Raises:
        BadFile: the file is not there, not what its ending claims it to be, or too large; or
            holds a critique where only cases are read.
        BadFiles: several of its cases have no usable id.
    """
    found = _collected(_read(path, vocabulary, data, strictly=True))
    if not critiques and any(each.is_critique for each in found):
        raise BadFile(path, _CASES_ONLY)
    return found


def read_all(path: Path, vocabulary: Vocabulary, data: bytes | None = None) -> list[Contribution]:
    """Return the cases and critiques of a file, read past faults of syntax to tell all of them.

    What was read past is a finding, so that no case comes back sound that is not so written.

    Raises:
        BadFile, BadFiles: the file is beyond reading.
    """
    return _collected(read_each(path, vocabulary, data))


def read_each(
    path: Path, vocabulary: Vocabulary, data: bytes | None = None
) -> list[Contribution | BadFile]:
    """Return what ``read_all`` does, and of each part that is no case why it is none.

    Raises:
        BadFile, BadFiles: the file is beyond reading.
    """
    return _read(path, vocabulary, data, strictly=False)


def read_again(data: bytes, path: Path, vocabulary: Vocabulary) -> list[Contribution]:
    """Return what ``read_all`` would if the file held these bytes; for YAML and JSON.

    Raises:
        BadFile, BadFiles: it is beyond reading.
    """
    return _collected(_read_plain(read_past(data, path, vocabulary), data, str(path), vocabulary))


def read_past(data: bytes, path: Path, vocabulary: Vocabulary) -> Document:
    """Return what ``read_again`` reads as a document, with its faults and what was read instead.

    Raises:
        BadFile: it is beyond reading.
    """

    def misfits(document: Document) -> int:
        compiler = Compiler(document, vocabulary, str(path))
        for thing in document.data if isinstance(document.data, list) else [document.data]:
            if not isinstance(thing, dict):
                return MAX_FINDINGS
            compiler.add(thing, _CASE, ())
        return len(compiler.findings)

    return read_tolerantly(data, str(path), vocabulary.key_names, misfits)


def is_plain(path: Path) -> bool:
    """Tell by its name whether a file is YAML or JSON."""
    return path.suffix.lower() in PLAIN


def _read(
    path: Path, vocabulary: Vocabulary, data: bytes | None, *, strictly: bool
) -> list[Contribution | BadFile]:
    suffix = path.suffix.lower()
    if suffix in TABLES:
        return [
            one
            for part in rows_of(path, vocabulary)
            for one in _of_rows(part, vocabulary, critiques=True, strictly=strictly)
        ]
    if suffix not in ENDINGS:
        raise BadFile(path, _unread(path, suffix))
    if data is None:
        data = read_bytes(path)
    named = with_name(data, vocabulary.context) if suffix == ".jsonld" else data
    if suffix in PLAIN or (suffix == ".jsonld" and is_as_people_write(named)):
        if strictly:
            document = read_document(named, str(path))
        else:
            document = read_past(named, path, vocabulary)
        return _read_plain(document, data, str(path), vocabulary)
    return [*read_rdf(data, RDF[suffix], str(path), vocabulary)]


def _unread(path: Path, suffix: str) -> str:
    if path.is_dir():
        return "this is a folder; name the files in it"
    if str(path) == "-":
        return "standard input is not read; name a file"
    if suffix in (".xlsm", ".xlsb", ".xls", ".ods"):
        return f"a workbook that ends in '{suffix}' is not read; save it as .xlsx, or as CSV"
    known = ", ".join(ENDINGS)
    if not suffix:
        return f"a name without an ending does not tell what is in it; let it end in one of {known}"
    return f"files that end in '{suffix}' are not read; use one of {known}"


def _collected(each: Iterable[Contribution | BadFile]) -> list[Contribution]:
    found: list[Contribution] = []
    problems: list[SysgraphError] = []
    for one in each:
        if isinstance(one, BadFile):
            problems.append(one)
        else:
            found.append(one)
    refuse(problems)
    return found


# --- YAML and JSON ----------------------------------------------------------------------------


def _read_plain(
    document: Document, data: bytes, file: str, vocabulary: Vocabulary
) -> list[Contribution | BadFile]:
    each = plain_contributions(document, data, file, vocabulary)
    faults = [_of_fault(fault, document, file) for fault in document.faults or ()]
    found = [one for one in each if isinstance(one, Contribution)]
    if found:
        found[0].findings[:0] = faults
    else:
        each[:0] = [BadFile(file, one.message, one.line, one.column) for one in faults]
    return each


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
        field=document.place(min(here, key=len)).field if here else None,
        value=written[:_SHOWN],
    )


def plain_contributions(
    document: Document, data: bytes, file: str, vocabulary: Vocabulary
) -> list[Contribution | BadFile]:
    """Return each case and critique of a document, or why it cannot be told which it is.

    Raises:
        NoContribution: it is an empty list.
    """
    if document.data == []:
        reason = "it holds no case; begin with 'id:', or write a list of cases"
        raise NoContribution(file, reason, *document.mark(()))
    several = isinstance(document.data, list)
    things = document.data if isinstance(document.data, list) else [document.data]
    sha256 = digest(data)
    each: list[Contribution | BadFile] = []
    marks: dict[str, Mark] = {}
    for number, thing in enumerate(things):
        compiler = Compiler(document, vocabulary, file)
        at: Path_ = (number,) if several else ()
        try:
            made = _contribution(thing, at, compiler, sha256)
            mark = document.mark((*at, "id"))
            first = marks.setdefault(made.case_id, mark)
            if first != mark:
                said = f"the id '{made.case_id.removeprefix(CRITIQUE)}' is in line {first[0]} too"
                reason = f"{said}; give each an id of its own"
                _refuse_or_report(compiler, (*at, "id"), reason, demand="once")
            each.append(made)
        except BadFile as error:
            each.append(error)
    return each


def _contribution(thing: Plain, at: Path_, compiler: Compiler, sha256: str) -> Contribution:
    """Return what one thing in a document contributes, with what is wrong in it.

    Raises:
        NoContribution: it has no usable id, and the document was read strictly.
        BadFile: it has no keys at all.
    """
    file = compiler.file
    if not isinstance(thing, dict):
        reason = "a case is written as 'key: value' lines; begin with 'id:'"
        raise BadFile(file, reason, *compiler.document.mark(at))
    if thing.get("@context") == CONTEXT:
        del thing["@context"]
        name = thing.get("id")
        if isinstance(name, str):  # which JSON-LD may write whole
            thing["id"] = name.removeprefix(_CASE).removeprefix(_OWN)
    noun = _noun(thing, at, compiler)
    if noun == "case" and "kind" not in thing:
        _report_critique(thing, at, compiler)
    name, kind = _id_of(thing, noun, at, compiler), "CaseStudy"
    if noun == "critique":
        name, kind = CRITIQUE + name, "Critique"
        compiler.vocabulary = compiler.vocabulary.of_critiques
    made = Contribution(name, file, sha256, places=compiler.places, row=compiler.document.row)
    compiler.add(thing, made.iri, at, kind)
    made.quads = count_within(dict.fromkeys(compiler.quads), file)
    made.findings = compiler.findings
    for one in check_closed(made.quads, compiler.vocabulary, made.iri, file):
        focus, path = one.focus or "", one.path or ""
        made.findings.append(placed(one, made, (one.value or "",), (focus, path), (focus,)))
    return made


def _noun(thing: dict[str, Plain], at: Path_, compiler: Compiler) -> str:
    kind = thing.get("kind", "critique" if thing.get("type") == "Critique" else "case")
    if kind in _KINDS:
        return str(kind)
    reason = "write 'kind: critique' for a critique, and no kind for a case"
    near = nearest(str(kind), _KINDS, most=1)
    message = f"there is no kind {kind!r} of file; {reason}"
    _refuse_or_report(compiler, (*at, "kind"), message, str(kind), *near)
    return near[0] if near else "case"


def _report_critique(thing: dict[str, Plain], at: Path_, compiler: Compiler) -> None:
    """Report a thing that has more keys of a critique than of a case, and does not say its kind."""
    of_cases, of_critiques = compiler.vocabulary.keys, compiler.vocabulary.of_critiques.keys
    own = [name for name in thing if name in of_critiques and name not in of_cases]
    if len(own) > sum(name in of_cases for name in thing):
        reason = "are keys of a critique and not of a case; write 'kind: critique' if it is one"
        compiler.report(at, "kind", f"{', '.join(own)} {reason}")


def _id_of(thing: dict[str, Plain], noun: str, at: Path_, compiler: Compiler) -> str:
    path, name = (*at, "id"), thing.get("id")
    if name is None:
        reason = f"the {noun} has no id; write 'id:' and a short name like wigan-deal"
        _refuse_or_report(compiler, path, reason)
    elif not isinstance(name, str) or not ID.fullmatch(name):
        reason = "an id is 2 to 63 small letters, digits and hyphens, like wigan-deal"
        _refuse_or_report(compiler, path, f"id '{name}': {reason}", str(name))
    else:
        return name
    numbers = [part + 1 for part in at if isinstance(part, int)]
    return "-".join(["no-id", *map(str, numbers or filter(None, [compiler.document.row]))])


def _refuse_or_report(
    compiler: Compiler,
    path: Path_,
    message: str,
    value: str | None = None,
    *near: str,
    demand: str = "",
) -> None:
    """Refuse a file for its id or kind; where all is to be told at once, only report that."""
    if compiler.document.faults is None:
        raise NoContribution(compiler.file, message, *compiler.document.mark(path))
    compiler.report(path, demand or str(path[-1]), message, value, nearest=near)


# --- tables -----------------------------------------------------------------------------------


def read_part(
    part: TableRows, vocabulary: Vocabulary, *, critiques: bool = False
) -> list[Contribution]:
    """Return the cases of some rows of a table, in their order, and with ``critiques`` those too.

    Raises:
        BadFile, BadFiles: rows have no usable id, or hold a critique where only cases are read.
    """
    return _collected(_of_rows(part, vocabulary, critiques=critiques, strictly=True))


def _of_rows(
    part: TableRows, vocabulary: Vocabulary, *, critiques: bool, strictly: bool
) -> list[Contribution | BadFile]:
    each: list[Contribution | BadFile] = []
    found: list[Contribution] = []
    waiting: list[Finding] = []
    for document, findings in documents(part, vocabulary):
        if document.data == {}:  # nothing but faults, for which another row answers
            waiting += findings
            continue
        at_id = [one for one in findings if _is_of_id(one, vocabulary)]
        if not (strictly or at_id) and _is_case(document):
            document.faults = []  # so that its id keeps nothing else from being told
        try:
            compiler = Compiler(document, vocabulary, part.file)
            case = _contribution(document.data, (), compiler, part.digest)
            if case.is_critique and not critiques:
                raise BadFile(part.file, _CASES_ONLY, *document.mark(("kind",)))
        except BadFile as error:
            each += [_refused(one) for one in at_id] or [_in_row(error, document.row)]
        else:
            case.findings[:0] = findings
            each.append(case)
            found.append(case)
    if found:
        found[0].findings[:0] = waiting
        return each
    return [*each, *map(_refused, waiting)]


def _is_case(document: Document) -> bool:
    """Tell whether a row holds more than its id, or a note that somebody wrote below the table."""
    return isinstance(document.data, dict) and len(document.data.keys() - {*ROOT}) > 1


def _is_of_id(finding: Finding, vocabulary: Vocabulary) -> bool:
    """Tell whether a cell below the head of the id is at fault, so that nothing was read there."""
    column = find_column(finding.field or "", vocabulary)
    return column is not None and column.path == ("id",)


def _refused(finding: Finding) -> BadFile:
    return NoContribution(finding.file or "", f"{finding.cell}: {finding.message}", finding.line)


def _in_row(error: BadFile, row: int | None) -> BadFile:
    reason = f"{cell_name(row, error.column)}: {error.reason}"
    return type(error)(error.path, reason, error.line, error.column)


# --- RDF --------------------------------------------------------------------------------------


def read_rdf(data: bytes, syntax: Format, file: str, vocabulary: Vocabulary) -> list[Contribution]:
    """Return the cases and critiques of a document in a syntax of RDF.

    Raises:
        BadFile: it is not well-formed, or too large; carries the line.
        NoContribution: it holds none, or none with a name that one may have.
    """
    is_linked = syntax is Format.JSONLD
    written = with_context(data, vocabulary.context, file) if is_linked else data
    quads = count_within(
        (
            ox.Quad(quad.subject, quad.predicate, tidied(quad.object), quad.graph_name)
            for quad in scan(written, syntax, file)
        ),
        file,
    )
    names = sorted(text_of(quad.subject) for quad in quads if _is_whole(quad))
    if not names:
        reason = "a case is a sysg:CaseStudy, and a critique by itself a sysg:Critique"
        raise NoContribution(file, f"it holds no case; {reason}")
    for name in names:
        noun, start = ("critique", _OWN) if name.startswith(_OWN) else ("case", _CASE)
        if not ID.fullmatch(name.removeprefix(start)):
            reason = f"<{name}> is no name for a {noun}; write {start} and a short id"
            raise NoContribution(file, reason)
    parts: dict[str, list[ox.Quad]] = {name: [] for name in names}
    for quad in _stated(quads, names, vocabulary):
        owner = owner_of(text_of(quad.subject))
        # What is no case's is put to the first one, which then answers for it.
        parts[owner if owner in parts else names[0]].append(quad)
    return [_of_rdf(name, parts[name], data, file, vocabulary) for name in parts]


def _stated(
    quads: Sequence[ox.Quad], names: Iterable[str], vocabulary: Vocabulary
) -> Iterator[ox.Quad]:
    """Yield quads without what an export describes cases and critiques by."""
    owned: dict[str, list[ox.Quad]] = {_named(name): [] for name in names}
    for quad in quads:
        owner = _named(owner_of(text_of(quad.subject)))
        if owner in owned:
            owned[owner].append(quad)
    return undescribed(quads, owned, vocabulary)


def _named(iri: str) -> str:
    return iri.removeprefix(NAMESPACE if iri.startswith(_OWN) else _CASE)


def _is_whole(quad: ox.Quad) -> bool:
    """Tell whether a statement says that its subject is a case, or a critique by itself."""
    if quad.predicate != RDF_TYPE:
        return False
    if quad.object == _CRITIQUE:
        return not text_of(quad.subject).startswith(_CASE)
    return quad.object == _CASE_STUDY


def _of_rdf(
    name: str, quads: list[ox.Quad], data: bytes, file: str, vocabulary: Vocabulary
) -> Contribution:
    is_critique, named = name.startswith(_OWN), _named(name)
    closed = vocabulary.of_critiques if is_critique else vocabulary
    findings = check_closed(quads, closed, name, file)
    noun = "critique" if is_critique else "case"
    for graph in sorted({text_of(quad.graph_name) for quad in quads} - {"", graph_of(named)}):
        reason = f"a {noun} has one graph of its own"
        message = f"statements in the graph <{graph}> are refused; {reason}"
        findings.append(Finding(message=message, demand="own-graph", file=file, focus=name))
    return Contribution(named, file, digest(data), sorted(merge(quads), key=str), findings)
