"""Where in a file a finding belongs, whatever found it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from sysgraph.contribute.contribution import Contribution
from sysgraph.contribute.lexical import tidied
from sysgraph.contribute.limits import read_bytes
from sysgraph.contribute.syntaxes import RDF
from sysgraph.contribute.vocabulary import NEST, Vocabulary, nested
from sysgraph.errors import BadFile
from sysgraph.findings import Finding, Raw, cell_name
from sysgraph.graph import lines_of, text_of
from sysgraph.terms import compact, local_name

__all__ = ["locate", "place"]

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
