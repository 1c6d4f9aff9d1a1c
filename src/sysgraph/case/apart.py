"""Read a file case by case, so that one that cannot be read keeps out no other.

What was refused is written with the reasons, as files that can be corrected and sent again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from sysgraph.case.contribution import Contribution, digest
from sysgraph.case.document import Document, read_document
from sysgraph.case.read import is_plain, plain_contributions, read, read_all, read_part, read_rdf
from sysgraph.case.rows import TableRows, guard, unguard
from sysgraph.case.sheets import TABLES, rows_of
from sysgraph.errors import BadFile, BadFiles, Finding, NoContribution, Severity, SysgraphError
from sysgraph.files import read_bytes, write_file
from sysgraph.rdf import Format
from sysgraph.terms import NAMESPACE, graph_of
from sysgraph.vocabulary import Vocabulary

__all__ = [
    "Family",
    "Piece",
    "Rejected",
    "read_apart",
    "read_lines",
    "read_rows",
    "rejected",
    "unreadable",
    "write_rejects",
]

_LINES = {".nq": Format.NQUADS, ".nt": Format.NTRIPLES}
_NAMED = re.compile(rb"\s*<%b((?:case|critique)/[^/>\s]+)" % re.escape(NAMESPACE.encode()))
_EDGE = re.compile(r"\s*(#.*|-?\s*)")


class Family(StrEnum):
    """What a piece of a file is written in again."""

    YAML = "yaml"
    NQUADS = "nq"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Rejected:
    """One case as it stands in a file, to be corrected, and why it was refused.

    ``text`` is empty where it cannot be told from the rest of the file; ``header`` and ``cells``
    are those of a row.
    """

    file: str
    reasons: tuple[str, ...]
    family: Family
    text: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class Piece:
    """One case of a file as it is written there, and what was read; or why it was not."""

    written: Rejected
    case: Contribution | None = None
    problems: list[SysgraphError] = field(default_factory=list)


def read_apart(path: Path, vocabulary: Vocabulary, data: bytes | None = None) -> Iterator[Piece]:
    """Yield the cases and critiques of a file one by one, whether or not they can be read.

    ``data`` is what stands in it, where that was read before.

    Where nothing in the file can be told from the rest, one piece carries the reason.
    """
    suffix, file = path.suffix.lower(), str(path)
    family = Family.NQUADS
    try:
        if suffix in TABLES:
            family = Family.CSV
            for part in rows_of(path, vocabulary):
                yield from read_rows(part, vocabulary)
        elif is_plain(path):
            family = Family.YAML
            held = read_bytes(path) if data is None else data
            yield from _read_plain(held, file, vocabulary)
        elif suffix in _LINES:
            held = read_bytes(path) if data is None else data
            yield from read_lines(held, file, vocabulary, _LINES[suffix], digest(held))
        else:
            for case in read(path, vocabulary, critiques=True, data=data):
                yield Piece(Rejected(file, (), family, _statements(case)), case)
    except (BadFile, BadFiles) as error:
        problems = list(error.problems)
        if (
            family is Family.YAML
            and isinstance(error, BadFile)
            and _can_be_read_past(path, vocabulary, data)
        ):
            problems = [NoContribution(file, error.reason, error.line, error.column)]
        yield Piece(Rejected(file, (), family), problems=problems)


def _can_be_read_past(path: Path, vocabulary: Vocabulary, data: bytes | None) -> bool:
    """Tell whether a file of YAML or JSON has faults of writing that are told one by one."""
    try:
        return bool(read_all(path, vocabulary, data))
    except (BadFile, BadFiles):
        return False


def _statements(case: Contribution) -> str:
    graph = graph_of(case.case_id)
    return "".join(f"{quad.triple} <{graph}> .\n" for quad in case.quads)


def read_rows(part: TableRows, vocabulary: Vocabulary) -> Iterator[Piece]:
    """Yield some rows of a table one by one."""
    is_guarded = Path(part.file).suffix.lower() != ".xlsx"
    for row in part.rows:
        cells = row.cells if is_guarded else tuple(guard(unguard(cell)) for cell in row.cells)
        written = Rejected(part.file, (), Family.CSV, header=part.header.cells, cells=cells)
        # It answers for its own faults, the id of an earlier row among them.
        alone = replace(part, rows=(replace(row, is_again=False),))
        try:
            (case,) = read_part(alone, vocabulary, critiques=True)
            yield Piece(written, case)
        except (BadFile, BadFiles) as error:
            yield Piece(written, problems=list(error.problems))


def _read_plain(data: bytes, file: str, vocabulary: Vocabulary) -> Iterator[Piece]:
    document = read_document(data, file)
    found = plain_contributions(document, data, file, vocabulary)
    texts = _items(document, data.decode("utf-8-sig"), file, len(found))
    for each, text in zip(found, texts, strict=True):
        written = Rejected(file, (), Family.YAML, text)
        if isinstance(each, BadFile):
            yield Piece(written, problems=[each])
        else:
            yield Piece(written, each)


def _items(document: Document, text: str, file: str, count: int) -> list[str]:
    """Return the text of each case of a document, moved to the margin."""
    lines = text.splitlines()
    if not isinstance(document.data, list):
        return ["\n".join(line for line in lines if not line.startswith(("---", "%", "...")))]
    places = [document.mark((at,)) for at in range(count)]
    starts = [(line or 1) - 1 for line, _ in places]
    if file.lower().endswith(".json") or len({*starts}) < count:
        import yaml

        dumped = [
            yaml.safe_dump(thing, allow_unicode=True, sort_keys=False) for thing in document.data
        ]
        return [text.strip() for text in dumped]
    ends = [*starts[1:], len(lines)]
    return [
        _at_margin(lines[start:end], (column or 1) - 1)
        for (_, column), start, end in zip(places, starts, ends, strict=True)
    ]


def _at_margin(lines: list[str], width: int) -> str:
    first, *rest = lines
    # What begins the next one, and comments before it, are none of this one's.
    while rest and _EDGE.fullmatch(rest[-1]):
        rest.pop()
    moved = [line.lstrip() if line[:width].strip() else line[width:] for line in rest]
    return "\n".join([first[width:], *moved])


def read_lines(
    data: bytes, file: str, vocabulary: Vocabulary, syntax: Format, sha256: str, begin: int = 1
) -> Iterator[Piece]:
    """Yield the cases of N-Quads or N-Triples one by one; ``begin`` is the first line's number.

    The statements of a case stand together, here as in bulk; ``sha256`` is that of the file.
    """
    for number, text in _runs(data):
        written = Rejected(file, (), Family.NQUADS, text.decode("utf-8", "replace"))
        try:
            for case in read_rdf(text, syntax, file, vocabulary):
                case.digest = sha256
                yield Piece(replace(written, text=_statements(case)), case)
        except BadFile as error:
            line = begin + number + (error.line or 1) - 1
            problem = type(error)(error.path, error.reason, line, error.column)
            yield Piece(written, problems=[problem])


def _runs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of each case, with the number of the first from 0."""
    name, start, lines = b"", 0, list[bytes]()
    for number, line in enumerate(data.splitlines(keepends=True)):
        if line.lstrip().startswith(b"#") or not line.strip():
            lines.append(b"\n")
            continue
        match = _NAMED.match(line)
        other = match.group(1) if match else name
        if name and other != name:
            yield start, b"".join(lines)
            start, lines = number, []
        name = other
        lines.append(line)
    if any(line.strip() for line in lines):
        yield start, b"".join(lines)


def rejected(piece: Piece, findings: Iterable[Finding] = ()) -> Rejected:
    """Return a piece of a file as something refused; warnings are no reasons."""
    told = [str(one) for one in findings if one.severity is Severity.VIOLATION]
    return replace(piece.written, reasons=tuple(told))


def unreadable(error: SysgraphError) -> Finding:
    """Return what could not be read, or not as a contribution, as a finding like any other."""
    if not isinstance(error, BadFile):
        return Finding(message=str(error), demand="readable")
    return Finding(
        message=error.reason,
        demand="contribution" if isinstance(error, NoContribution) else "readable",
        file=str(error.path),
        line=error.line,
        column=error.column,
    )


def write_rejects(found: Sequence[Rejected], place: Path) -> list[Path]:
    """Write what was refused into files of a name, one a format, and return them.

    The ending says the format: ``.yaml`` with the reasons as comments above each case, ``.nq``
    likewise, and ``.csv`` with the reasons beside it in a ``.reasons.txt``, row by row. Rows of
    tables with different columns go to files of their own. What was there is replaced.

    Raises:
        BadFile: a file cannot be written.
    """
    written: list[Path] = []
    for family in Family:
        mine = [one for one in found if one.family is family]
        if not mine:
            continue
        path = place.with_suffix(f".{family}")
        if family is Family.CSV:
            written += _write_tables(mine, path)
        else:
            lines = (f"{_comments(one)}{one.text.strip()}\n" for one in mine)
            text = _yaml(mine) if family is Family.YAML else "".join(lines)
            write_file(path, text.encode())
            written.append(path)
    return written


def _comments(one: Rejected, indent: str = "") -> str:
    return "".join(f"{indent}# {line}\n" for line in _lines(one))


def _yaml(found: Iterable[Rejected]) -> str:
    lost, kept = "", ""
    for one in found:
        if not one.text.strip():
            lost += _comments(one)
            continue
        body = "".join(f"  {line}".rstrip() + "\n" for line in one.text.splitlines())
        kept += f"-\n{_comments(one, '  ')}{body}"
    if lost:
        lost = f"# These could not be read at all; mend them where they are:\n{lost}"
    return lost + kept


def _write_tables(found: Iterable[Rejected], path: Path) -> list[Path]:
    tables: dict[tuple[str, ...], list[Rejected]] = {}
    for one in found:
        tables.setdefault(one.header, []).append(one)
    written = []
    for number, (header, rows) in enumerate(tables.items(), start=1):
        name = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        kept = [one for one in rows if one.cells]
        if header:
            out = io.StringIO(newline="")
            csv.writer(out).writerows([header, *(one.cells for one in kept)])
            write_file(name, out.getvalue().encode())
            written.append(name)
        told = [f"row {at}: {text}" for at, one in enumerate(kept, 2) for text in _lines(one)]
        told += [text for one in rows if not one.cells for text in _lines(one)]
        reasons = name.with_suffix(".reasons.txt")
        write_file(reasons, "".join(f"{text}\n" for text in told).encode())
        written.append(reasons)
    return written


def _lines(one: Rejected) -> list[str]:
    return [" ".join(reason.split()) for reason in one.reasons]
