"""RDF in: strict parsing, without the network and within limits; and headers of queries and rules.

What would end the process or take all of its memory is refused before a parser sees it.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from enum import StrEnum
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from xml.parsers import expat

import pyoxigraph as ox

from sysgraph.errors import BadFile, BadHeader, suggest
from sysgraph.files import display
from sysgraph.near import nearest
from sysgraph.terms import PREFIXES, Triple

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = [
    "RDF",
    "RDF_TYPE",
    "SYNTAXES",
    "Format",
    "Term",
    "copy_to_dataset",
    "copy_to_rdflib",
    "find_lines",
    "in_graph",
    "lines_of",
    "merge",
    "parse",
    "parse_header",
    "quads_of",
    "read_turtle",
    "refuse_tricks",
    "refuse_xml_tricks",
    "scan",
    "text_of",
    "triples_of",
]

MAX_DEPTH = 64
QUOTED = "it holds statements about statements (<<( )>>), which are refused"
_MAX_PREFIXES = 1_000
_DECIMAL = ox.NamedNode(f"{PREFIXES['xsd']}decimal")
_ENCODING = "it says that it is written in an encoding that XML has not"
_PREFIX = re.compile(rb"(?i)\bprefix\b")
_OPENING = re.compile(rb"[(\[{]")
# Possessive, so that a text of any length is passed in one step and nothing is tried again.
_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_TURTLE = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""|'
    rb"'''(?:[^'\\]++|\\.|'(?!''))*+'''|"
    rb'"(?:[^"\\\n\r]++|\\.)*+"|'
    rb"'(?:[^'\\\n\r]++|\\.)*+'|"
    rb'<[^<>"{}|^`\x00-\x20]*+>|#[^\n\r]*+|\\.|<<|>>|[(\[{]|[)\]}]',
    re.DOTALL,
)
_DEEPER, _HIGHER = frozenset(b"([{"), frozenset(b")]}")


def refuse_tricks(data: bytes, where: str, *, json: bool = False) -> None:
    """Refuse Turtle, TriG, N-Triples, N-Quads or JSON that nests deep or quotes statements.

    The parser recurses into brackets and quoted statements, and a document of some kilobytes
    would end the process. Brackets in texts, names and comments do not count.

    Raises:
        BadFile: it nests deeper than 64 brackets, holds a statement about a statement, or names
            more than 1,000 prefixes; carries the line.
    """
    if not json and sum(1 for _ in _PREFIX.finditer(data)) > _MAX_PREFIXES:
        if sum(b"prefix" in line[:8].lower() for line in data.split(b"\n")) > _MAX_PREFIXES:
            raise BadFile(where, f"it names more than {_MAX_PREFIXES:,} prefixes")
    openings = sum(1 for _ in islice(_OPENING.finditer(data), MAX_DEPTH + 1))
    if (json or b"<<" not in data) and openings <= MAX_DEPTH:
        return
    depth = 0
    for match in (_JSON if json else _TURTLE).finditer(data):
        token = match.group()
        if token[0] in _DEEPER:
            depth += 1
        elif token[0] in _HIGHER:
            depth = max(depth - 1, 0)
        if token == b"<<" or depth > MAX_DEPTH:
            deep = f"brackets nest deeper than {MAX_DEPTH}; write it flatter"
            line = data.count(b"\n", 0, match.start()) + 1
            raise BadFile(where, QUOTED if token == b"<<" else deep, line)


def refuse_xml_tricks(data: bytes, where: str) -> None:
    """Refuse XML that declares entities, nests deep, or gathers names at one place.

    Entities let 700 bytes stand for a gigabyte, and the parser takes quadratic time to nest, to
    look namespaces up and to compare attributes.

    Raises:
        BadFile: it declares entities, nests deeper than 64 elements, has more than 1,000
            namespaces or attributes at a place, or is no XML at all; carries the line.
    """
    parser = expat.ParserCreate()
    named: list[int] = []  # of each element that is open, how many namespaces it names

    def refuse(reason: str) -> None:
        raise BadFile(where, reason, parser.CurrentLineNumber)

    def declare(*_: object) -> None:
        refuse("it has a document type (<!DOCTYPE), which may declare entities; leave it out")

    def begin(_: str, attributes: dict[str, str]) -> None:
        named.append(sum(name.startswith("xmlns") for name in attributes))
        if len(named) > MAX_DEPTH:
            refuse(f"elements nest deeper than {MAX_DEPTH}; write it flatter")
        if len(attributes) > _MAX_PREFIXES or sum(named) > _MAX_PREFIXES:
            refuse(f"more than {_MAX_PREFIXES:,} namespaces or attributes at one place")

    def end(_: str) -> None:
        named.pop()

    parser.StartDoctypeDeclHandler = declare
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise BadFile(where, f"this is not XML: {said}", error.lineno, error.offset + 1) from error
    except (LookupError, ValueError) as error:  # from Python's table of encodings
        raise BadFile(where, f"{_ENCODING}; save it as UTF-8", 1) from error


Term = ox.NamedNode | ox.BlankNode | ox.Literal
RDF_TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")


def text_of(term: object) -> str:
    """Return what a term says, without datatype or language; nothing for the default graph."""
    if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal):
        return term.value
    return ""


class Format(StrEnum):
    """A syntax that graphs are read and exported in."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    NTRIPLES = "ntriples"
    JSONLD = "jsonld"
    XML = "xml"


RDF = {
    ".ttl": Format.TURTLE,
    ".trig": Format.TRIG,
    ".jsonld": Format.JSONLD,
    ".nq": Format.NQUADS,
    ".nt": Format.NTRIPLES,
    ".rdf": Format.XML,
    ".xml": Format.XML,
}
"""Which syntax of RDF a file is in, by the ending of its name."""

SYNTAXES = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.TRIG: ox.RdfFormat.TRIG,
    Format.NQUADS: ox.RdfFormat.N_QUADS,
    Format.NTRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.JSONLD: ox.RdfFormat.JSON_LD,
    Format.XML: ox.RdfFormat.RDF_XML,
}


def parse(data: bytes, syntax: Format, where: str) -> list[ox.Quad]:
    """Return the quads of a document, read strictly and without the network.

    Blank nodes get fresh names, so that documents can be put together.

    Raises:
        BadFile: it is not well-formed, nests deeper than 64 brackets or elements, declares
            entities, or has a word of more than 16 MB; carries the line.
    """
    return list(scan(data, syntax, where))


def scan(data: bytes, syntax: Format, where: str) -> Iterator[ox.Quad]:
    """Yield what ``parse`` returns one by one, for those who count as they read.

    Raises:
        BadFile: as ``parse`` does, when the place is reached.
    """
    if syntax is Format.XML:
        refuse_xml_tricks(data, where)
    else:
        refuse_tricks(data, where, json=syntax is Format.JSONLD)
    try:
        for quad in ox.parse(data, format=SYNTAXES[syntax], rename_blank_nodes=True):
            if isinstance(quad.object, ox.Triple):
                raise BadFile(where, QUOTED)  # RDF 1.2 has ways to quote without <<( )>>
            yield quad
    except SyntaxError as error:
        reason = not_well_formed(error, syntax)
        raise BadFile(where, reason, *_place(error, data)) from error
    except MemoryError as error:  # the parser's own bound, long before there is no memory
        raise BadFile(where, "it has a text or a name of more than 16 MB") from error


def _place(error: SyntaxError, data: bytes) -> tuple[int | None, int | None]:
    """Return line and column of an error; what is missing is missing at the end of a line."""
    line, column = error.lineno, error.offset
    if line is None or column is None or "expected" not in str(error.msg):
        return line, column
    rows = data.split(b"\n", line)[:line]
    if rows[-1][: column - 1].strip():
        return line, column
    while len(rows) > 1 and not rows[-2].strip():
        rows.pop()
    return (len(rows) - 1, len(rows[-2].rstrip()) + 1) if len(rows) > 1 else (line, column)


def not_well_formed(error: SyntaxError, syntax: Format) -> str:
    """Return in words what a parser refuses."""
    text = str(error.msg)
    if "LoadDocumentCallback" in text:
        return "it names a context on the network, which is never fetched; write the context out"
    text = re.sub(r"^Parser error (at|between) .*?: ", "", text)
    return f"this is not well-formed {syntax}: {text.strip()}"


def merge(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads without their graph names, each triple once."""
    return list({ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads})


def in_graph(quads: Iterable[ox.Quad | ox.Triple], graph: str) -> list[ox.Quad]:
    """Return the triples of quads as those of a named graph."""
    name = ox.NamedNode(graph)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads]


def read_turtle(
    files: Iterable[Path], read: Callable[[Path], bytes] = Path.read_bytes
) -> list[ox.Quad]:
    """Return the quads of sysgraph's own Turtle files, one file after the other.

    A blank node is named after its file and its place in it, so that it has the same name
    whenever the file is read.

    Raises:
        BadFile: a file is not well-formed.
    """
    found = []
    for file in files:
        names: dict[ox.BlankNode, ox.BlankNode] = {}
        for quad in parse(read(file), Format.TURTLE, display(file)):
            found.append(_renamed(quad, file.stem, names))
    return found


def find_lines(files: Iterable[Path]) -> dict[ox.Triple, tuple[str, int]]:
    """Return where each triple of sysgraph's own Turtle files stands: file and line from 1."""
    found: dict[ox.Triple, tuple[str, int]] = {}
    for file in files:
        names: dict[ox.BlankNode, ox.BlankNode] = {}
        for quad, line in lines_of(file.read_bytes(), Format.TURTLE):
            found.setdefault(_renamed(quad, file.stem, names).triple, (display(file), line))
    return found


def lines_of(data: bytes, syntax: Format) -> Iterator[tuple[ox.Quad, int]]:
    """Yield each statement of a sound document with the line, from 1, that it was read up to.

    A statement stands on that line or just above it, according to what the syntax has to see
    before it is sure of the end.
    """
    reader = _LineByLine(BytesIO(data))
    parsed = ox.parse(cast(IO[bytes], reader), format=SYNTAXES[syntax])
    for quad in parsed:
        yield quad, reader.line


def _renamed(quad: ox.Quad, stem: str, names: dict[ox.BlankNode, ox.BlankNode]) -> ox.Quad:
    subject, predicate, value, _ = quad
    for term in (subject, value):
        if isinstance(term, ox.BlankNode):
            names.setdefault(term, ox.BlankNode(f"{stem}-{len(names) + 1}"))
    return ox.Quad(names.get(subject, subject), predicate, _kept(names.get(value, value)))


def _kept(term: Term) -> Term:
    """Return a term as a store keeps it: of a decimal the value, however it is written.

    Else what was read from a file would not be what a store gives back of it.
    """
    if not isinstance(term, ox.Literal) or term.datatype != _DECIMAL:
        return term
    return ox.Literal(f"{Decimal(term.value).normalize():f}", datatype=_DECIMAL)


class _LineByLine:
    """A file given out a line at a time, so that what was parsed last stands on ``line``.

    RDF parsers throw positions away; this one reads no further than it must.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.line = 0
        self._is_at_start = True

    def read(self, size: int = -1) -> bytes:
        """Return the rest of a line and no more, and of that no more than was asked for."""
        text = self._file.readline(size)
        self.line += self._is_at_start and bool(text)
        self._is_at_start = text.endswith(b"\n")
        return text


def triples_of(quads: Iterable[ox.Quad]) -> list[Triple]:
    """Return the triples of quads as N-Triples text, which is what rules are run over."""
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


def quads_of(triples: Iterable[Triple], graph: str = "") -> list[ox.Quad]:
    """Return triples that are N-Triples text as quads, in a named graph where one is given."""
    end = f"<{graph}> ." if graph else "."
    text = "\n".join(f"{s} {p} {o} {end}" for s, p, o in triples)
    return list(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def copy_to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the triples of the quads, graph names aside, as an rdflib graph."""
    import rdflib

    graph, copy = rdflib.Graph(bind_namespaces="none"), _copying()
    with _quiet():
        for quad in quads:
            graph.add((copy(quad.subject), copy(quad.predicate), copy(quad.object)))
    return graph


def copy_to_dataset(quads: Iterable[ox.Quad]) -> rdflib.Dataset:
    """Return quads as an rdflib data set, whose default graph shows all named ones."""
    import rdflib

    found, copy = rdflib.Dataset(default_union=True), _copying()
    for prefix, base in PREFIXES.items():
        found.bind(prefix, base)
    graphs: dict[object, rdflib.Graph] = {ox.DefaultGraph(): found.default_graph}
    with _quiet():
        for quad in quads:
            name = quad.graph_name
            if name not in graphs:
                graphs[name] = found.graph(rdflib.URIRef(text_of(name)))
            graphs[name].add((copy(quad.subject), copy(quad.predicate), copy(quad.object)))
    return found


def _copying() -> Callable[[object], Node]:
    """Return what makes a term of rdflib from one of ours."""
    from rdflib.term import BNode, Literal, URIRef

    @cache
    def copy(term: object) -> Node:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        assert isinstance(term, ox.Literal)  # RDF 1.2 triple terms are refused on the way in
        if term.language:
            return Literal(term.value, lang=term.language)
        if term.datatype.value == f"{PREFIXES['xsd']}string":
            return Literal(term.value)
        # Not normalised: what was written is what gets judged.
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)

    return copy


@contextmanager
def _quiet() -> Iterator[None]:
    # rdflib logs a traceback for each literal that is no date or number; we find these ourselves.
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        log.disabled = before


_MARK = "#+"


def parse_header(text: str, path: str, allowed: Collection[str]) -> dict[str, object]:
    """Return the header of a query file as a dictionary.

    The header is YAML in the lines that begin with ``#+``; keys outside ``allowed`` are errors.

    Raises:
        BadHeader: there is none, it is no YAML mapping, or it has an unknown key.

    Source: grlc, decorator syntax, https://github.com/CLARIAH/grlc#decorator-syntax
    """
    lines = [line for line in text.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise BadHeader(path, "there is no header; begin with '#+ summary: …?'", 1)
    import yaml

    try:
        header = yaml.safe_load("\n".join(line[len(_MARK) :].removeprefix(" ") for line in lines))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadHeader(path, f"the header is no YAML: {error.problem}", line) from error
    if not isinstance(header, dict):
        raise BadHeader(path, "the header must be 'key: value' lines", 1)
    for key in header:
        if key not in allowed:
            near = nearest(str(key), allowed, most=1)
            where = (n for n, one in enumerate(text.splitlines(), 1) if one.startswith(f"#+ {key}"))
            raise BadHeader(path, f"unknown header key '{key}'{suggest(near)}", next(where, None))
    return header
