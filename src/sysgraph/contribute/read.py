"""Read a contributed file, whatever its syntax, into cases and what is wrong with them."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from sysgraph.contribute.contribution import Contribution
from sysgraph.contribute.from_plain import CONTEXT, plain_contribution, plain_contributions
from sysgraph.contribute.from_rdf import read_rdf
from sysgraph.contribute.keys import Minted, mint
from sysgraph.contribute.limits import MAX_FINDINGS, read_bytes
from sysgraph.contribute.syntax.document import Document, read_document
from sysgraph.contribute.syntax.fault import Fault
from sysgraph.contribute.syntax.tolerant import read_tolerantly
from sysgraph.contribute.syntaxes import RDF
from sysgraph.contribute.tables import TABLES, parts_of
from sysgraph.contribute.tables.rows import Part, documents
from sysgraph.contribute.vocabulary import Vocabulary, keys_of
from sysgraph.errors import BadFile, BadFiles, SysgraphError
from sysgraph.findings import Finding, cell_name
from sysgraph.terms import NAMESPACE

__all__ = [
    "ENDINGS",
    "is_plain",
    "read",
    "read_again",
    "read_all",
    "read_part",
    "read_past",
]

_SHOWN = 200
_CASE = f"{NAMESPACE}case/"
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
