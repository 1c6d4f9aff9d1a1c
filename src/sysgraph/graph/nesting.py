"""What would end the process or take all of its memory, refused before a parser sees it."""

import re
from xml.parsers import expat

from sysgraph.errors import BadFile

__all__ = ["MAX_DEPTH", "QUOTED", "refuse_tricks", "refuse_xml_tricks"]

MAX_DEPTH = 64
QUOTED = "it holds statements about statements (<<( )>>), which are refused"
_MAX_PREFIXES = 1_000
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
    if (json or b"<<" not in data) and not _may_nest_deep(data):
        return
    depth = 0
    for match in (_JSON if json else _TURTLE).finditer(data):
        token = match.group()
        if token[0] in _DEEPER:
            depth += 1
        elif token[0] in _HIGHER:
            depth = max(depth - 1, 0)
        if token == b"<<" or depth > MAX_DEPTH:
            line = data.count(b"\n", 0, match.start()) + 1
            raise BadFile(where, _reason(token), line)


def _may_nest_deep(data: bytes) -> bool:
    return any(number >= MAX_DEPTH for number, _ in enumerate(_OPENING.finditer(data)))


def _reason(token: bytes) -> str:
    if token == b"<<":
        return QUOTED
    return f"brackets nest deeper than {MAX_DEPTH}; write it flatter"


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
