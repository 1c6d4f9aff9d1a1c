"""Read YAML and JSON strictly: text stays as written, keeps its place, and is bounded.

The bounds hold for contributions in RDF as well, so that any file is refused or read in seconds.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import yaml

from sysgraph.characters import find_unsound, named
from sysgraph.errors import BadFile, BadSyntax, Finding
from sysgraph.terms import NAMESPACE

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = [
    "LOADER",
    "MAX_FINDINGS",
    "MAX_TEXT",
    "MAX_TRIPLES",
    "OF_WRITING",
    "PAIR",
    "PLAIN",
    "Document",
    "Fault",
    "Mark",
    "Path_",
    "Place",
    "Plain",
    "count_within",
    "json_as_yaml",
    "many",
    "name_of",
    "not_utf_8",
    "owner_of",
    "read_document",
    "read_text",
    "refuse_large",
]

PLAIN = (".yaml", ".yml", ".json")
"""What the names of files in YAML and JSON end in."""
OF_WRITING = frozenset({"encoding", "invisible", "one-key", "syntax"})
"""The demands that faults break: how something is written, and not what it says."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with how a line is written; line and column count from 1."""

    line: int
    column: int
    message: str
    demand: str = "syntax"


MAX_TRIPLES = 20_000
"""Triples of one case; the shipped ones have some 150."""
MAX_TEXT = 100_000
"""Characters of one text or name."""
MAX_FINDINGS = 500
"""Findings of one case; further ones would only be more of the same."""
_MAX_STATEMENTS = 500_000
_OWNERS = (f"{NAMESPACE}case/", f"{NAMESPACE}critique/")


def many(file: str, case: str | None = None) -> Finding:
    """Return the last finding of a case that has more problems than are told."""
    return Finding(
        message="there are more problems like these; mend them first",
        demand="many",
        file=file,
        focus=case,
    )


def count_within(quads: Iterable[ox.Quad], where: str) -> list[ox.Quad]:
    """Return the quads of a file as they come, and stop where there are too many.

    Raises:
        BadFile: a case has over 20,000 triples, a text over 100,000 characters, or the file
            over 500,000 statements.
    """
    from sysgraph.rdf import text_of  # YAML and JSON are read where there is no RDF engine

    found: list[ox.Quad] = []
    counts: Counter[str] = Counter()
    for quad in quads:
        subject = text_of(quad.subject)
        owner = owner_of(subject)
        counts[owner] += 1
        if counts[owner] > MAX_TRIPLES:
            name = owner.removeprefix(NAMESPACE).replace("/", " ")
            named = f"the {name}" if owner else "what is no case's"
            raise BadFile(where, f"{named} has more than {MAX_TRIPLES:,} triples")
        longest = max(len(subject), len(quad.predicate.value), len(text_of(quad.object)))
        if longest > MAX_TEXT:
            reason = f"it has a text or a name of {longest:,} characters; at most {MAX_TEXT:,}"
            raise BadFile(where, f"{reason} are read")
        found.append(quad)
        if len(found) > _MAX_STATEMENTS:
            raise BadFile(where, f"it has more than {_MAX_STATEMENTS:,} statements; split it")
    return found


def owner_of(iri: str) -> str:
    """Return the IRI of the case or critique that a subject belongs to by its name, or nothing.

    >>> owner_of("https://w3id.org/sysgraph/case/wigan-deal/readings/1")
    'https://w3id.org/sysgraph/case/wigan-deal'
    """
    for start in _OWNERS:
        if iri.startswith(start):
            return start + iri.removeprefix(start).partition("/")[0]
    return ""


Plain = str | list["Plain"] | dict[str, "Plain"]
Path_ = tuple[str | int, ...]
Mark = tuple[int | None, int | None]
"""Line and column, from 1."""


def name_of(path: Path_) -> str:
    """Return a path as the head of a column.

    >>> name_of(("readings", 0, "standpoint"))
    'readings.1.standpoint'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


class Place(NamedTuple):
    """Where something stands, from 1, and what a person calls the key that leads there."""

    line: int | None = None
    column: int | None = None
    field: str | None = None


_MAX_BYTES = 5_000_000
_MAX_DEPTH = 20
_MAX_EVENTS = 300_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ABSENT = {"", "~", "null", "Null", "NULL"}
PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_CUT = re.compile(r" #(?:\S| [0-9]).*")


@dataclass(slots=True)
class Document:
    """A YAML or JSON document, or a row of a table: plain data, and line and column of each part.

    Numbers, dates and truth values stay the text that was written; what is null is left out,
    but for its place: ``blanks`` has the keys of each part that stand without a value.
    ``faults`` are those of syntax that were read past, and ``text`` is what was read instead of
    the ``original``; where there are no faults but None, each is refused. ``newline`` ends the
    lines of the file, and ``encoding`` is the name of its encoding, if that is not UTF-8.
    ``cuts`` has what YAML takes for a remark after a text, where it looks like a part of that.
    A row has the number ``row``, ``heads`` above its columns, and ``empty`` cells: path and
    property of what might stand there, and the number of the column.
    """

    data: Plain
    marks: dict[Path_, Mark] = field(default_factory=dict)
    blanks: dict[Path_, list[str]] = field(default_factory=dict)
    row: int | None = None
    heads: tuple[str, ...] = ()
    empty: tuple[tuple[Path_, str, int], ...] = ()
    faults: list[Fault] | None = None
    text: str = ""
    original: str = ""
    encoding: str | None = None
    cuts: dict[Path_, str] = field(default_factory=dict)
    newline: str = "\n"

    def place(self, path: Path_) -> Place:
        """Return the place of a part, with the head of its column or the keys that lead to it.

        >>> Document("").place((2, "readings", 0, "standpoint")).field
        'readings.1.standpoint'
        """
        line, column = self.mark(path)
        if self.row is not None and column is not None:
            return Place(line, column, self.heads[column - 1])
        inside = path[1:] if path and isinstance(path[0], int) else path  # of one of several cases
        return Place(line, column, name_of(inside) or None)

    def mark(self, path: Path_) -> Mark:
        """Return line and column of a part, or of the nearest part around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.marks:
                return self.marks[path[:end]]
        return None, None


def refuse_large(data: bytes, where: str) -> None:
    """Refuse a file of over 5,000,000 bytes."""
    if len(data) > _MAX_BYTES:
        raise BadFile(where, f"it has {len(data):,} bytes; at most {_MAX_BYTES:,} are read")


def read_document(data: bytes, where: str) -> Document:
    """Return a YAML document, or a JSON one, which is read as YAML once it is sound JSON.

    Raises:
        BadFile: it is too large, not UTF-8, not YAML or JSON, has a key twice, or uses anchors,
            aliases, tags or merge keys.
    """
    refuse_large(data, where)
    try:
        return read_text(data.decode("utf-8-sig"), where)
    except UnicodeDecodeError as error:
        raise not_utf_8(data, where, error) from error


def not_utf_8(data: bytes, where: str, error: UnicodeDecodeError) -> BadFile:
    """Return the refusal of bytes that are no text, with the line."""
    line = data.count(b"\n", 0, error.start) + 1
    return BadFile(where, "this is not UTF-8 text; save the file as UTF-8", line)


def read_text(text: str, where: str, *, faults: list[Fault] | None = None) -> Document:
    """Return a YAML or JSON text as a document; with ``faults``, keys that stand twice go there.

    Raises:
        BadFile: as ``read_document`` does; BadSyntax where a line is at fault.
    """
    if where.lower().endswith((".json", ".jsonld")):
        _check_json(text, where)
        text = json_as_yaml(text)
    hidden = find_unsound(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        raise BadFile(where, named(hidden), line)
    return _read_yaml(text, where, faults)


def _check_json(text: str, where: str) -> None:
    brackets = re.findall(r"[\[\]{}]", text)
    if max(accumulate(1 if one in "[{" else -1 for one in brackets), default=0) > _MAX_DEPTH:
        raise BadFile(where, f"it nests deeper than {_MAX_DEPTH} levels")
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        reason = f"this is not JSON: {error.msg}"
        raise BadSyntax(where, reason, error.lineno, error.colno) from error
    except ValueError as error:
        raise BadFile(where, f"this is not JSON: {error}", 1) from error


def json_as_yaml(text: str) -> str:
    """Return sound JSON as YAML reads it too; lines stay, and columns nearly always."""

    def join(pair: re.Match[str]) -> str:
        sign = json.loads(f'"{pair.group()}"')
        return f"\\U{ord(sign):08X}"

    # In sound JSON a tab stands between tokens only, and a surrogate half never alone for long.
    return PAIR.sub(join, text.replace("\t", " "))


def _no_constant(name: str) -> str:
    raise ValueError(f"{name} is no JSON value")


def _read_yaml(text: str, where: str, faults: list[Fault] | None) -> Document:
    try:
        _refuse_tricks(text, where)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.composer.ComposerError as error:
        begin = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = "a second document begins here; give each a file, or write all as one list"
        raise BadSyntax(where, reason, begin, 1) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        reason = f"this is not YAML: {error.problem or error.context}{_advice(text, line)}"
        refused = BadSyntax(where, reason, line, column)
        if error.context_mark:
            refused.around = error.context_mark.line + 1
        raise refused from error
    except yaml.YAMLError as error:
        raise BadFile(where, f"this is not YAML: {error}", 1) from error
    if node is None:
        raise BadFile(where, "it is empty", 1)
    document = Document("", faults=faults, text=text)
    document.data = _plain(node, (), document, where)
    return document


def _advice(text: str, line: int | None) -> str:
    written = text.splitlines()[line - 1] if line and line <= len(text.splitlines()) else ""
    if "\t" in written:
        return "; indent with spaces, not with tabs"
    if written.count(": ") > 1:
        return "; put text that holds ': ' between quotes"
    return ""


def _refuse_tricks(text: str, where: str) -> None:
    # Aliases let 400 bytes stand for gigabytes, and tags for other things than text.
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=LOADER)):
        mark = event.start_mark
        assert mark is not None  # every event of a text has a place
        line, column = mark.line + 1, mark.column + 1
        if number > _MAX_EVENTS:
            raise BadFile(where, f"it has more than {_MAX_EVENTS:,} parts; split it", line)
        if len(getattr(event, "value", "")) > MAX_TEXT:
            raise BadFile(where, f"a text has more than {MAX_TEXT:,} characters", line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            reason = "anchors (&) and aliases (*) are refused; write it out, or put it in quotes"
            raise BadSyntax(where, reason, line, column)
        tag = getattr(event, "tag", None)
        if tag:
            raise BadSyntax(where, f"the tag {tag} is refused; leave it out", line, column)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise BadFile(where, f"it nests deeper than {_MAX_DEPTH} levels", line)


def _plain(node: yaml.Node, path: Path_, document: Document, where: str) -> Plain:
    document.marks[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        _keep_cut(node, path, document)
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        items = [item for item in node.value if not _is_absent(item)]
        return [_plain(item, (*path, at), document, where) for at, item in enumerate(items)]
    assert isinstance(node, yaml.MappingNode)  # YAML has no fourth kind of node
    found: dict[str, Plain] = {}
    seen: set[Hashable] = set()
    for key, value in node.value:
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            raise BadSyntax(where, "a key must be plain text", line, column)
        if key.value in seen:
            message = f"'{key.value}' stands here twice; keep one"
            if document.faults is None:
                raise BadSyntax(where, message, line, column)
            document.faults.append(Fault(line, column, message, "one-key"))
            continue
        seen.add(key.value)
        if not _is_absent(value):
            found[key.value] = _plain(value, (*path, key.value), document, where)
        else:
            document.blanks.setdefault(path, []).append(key.value)
            _keep_cut(value, (*path, key.value), document)
        document.marks[(*path, key.value)] = (line, column)
    return found


def _keep_cut(node: yaml.ScalarNode, path: Path_, document: Document) -> None:
    """Keep what follows a plain text as a remark, written as if it were a part of it."""
    cut = _CUT.match(document.text, node.end_mark.index) if not node.style else None
    if cut:
        document.cuts[path] = cut.group()


def _is_absent(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _ABSENT
