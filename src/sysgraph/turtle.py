"""RDF out: the same bytes for the same graph, part by part, so that any size can be written.

Turtle is made of N-Triples, as text; no graph is held. A line of N-Triples stands here without
the blank and the dot at its end.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

import pyoxigraph as ox

from sysgraph.errors import SysgraphError
from sysgraph.jsonld import context_of, node_objects
from sysgraph.rdf import RDF_TYPE, SYNTAXES, Format, copy_to_rdflib, merge, text_of
from sysgraph.terms import PREFIXES, compact

__all__ = ["prefix_lines", "serialize", "stream"]

_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_INTEGER = re.compile(r'"[+-]?[0-9]+')
_XSD = PREFIXES["xsd"]
_TYPE = str(RDF_TYPE)
_BASES = {base: prefix for prefix, base in PREFIXES.items()}
_BARE = {f'"{word}"^^<{_XSD}boolean>': word for word in ("true", "false")}


def prefix_lines(names: Iterable[str]) -> str:
    """Return what says what prefixes stand for, sorted, a line each."""
    return "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(names))


@lru_cache(maxsize=20_000)
def _short_iri(term: str) -> tuple[str, str]:
    """Return an IRI as Turtle writes it, and its prefix if it has one."""
    head, slash, local = term[1:-1].rpartition("/")
    prefix = _BASES.get(head + slash)
    if prefix is None:
        # Some namespaces end in a hash, and some in an underscore.
        mark = "#" if "#" in local else "_"
        base, mark, local = term[1:-1].rpartition(mark)
        prefix = _BASES.get(base + mark)
    if prefix is None or not _LOCAL.fullmatch(local):
        return term, ""
    return f"{prefix}:{local}", prefix


def shorten(term: str, used: set[str]) -> str:
    """Return a term in as few characters as stay readable; its prefix is noted as ``used``."""
    if term[0] == "<":
        short, prefix = _short_iri(term)
        used.add(prefix)
        return short
    if term[0] != '"' or term[-1] != ">":
        return term
    if term in _BARE:
        return _BARE[term]
    text, _, datatype = term.rpartition("^^")
    if datatype == f"<{_XSD}integer>" and _INTEGER.fullmatch(text[:-1]):
        return text[1:-1]
    return f"{text}^^{shorten(datatype, used)}"


def order(term: str) -> str:
    """Return what terms are sorted by: a thing comes before its parts, and these before others.

    >>> sorted(["<a:b-c>", "<a:b/x>", "<a:b>"], key=order)
    ['<a:b>', '<a:b/x>', '<a:b-c>']
    """
    return term[:-1].replace("/", "\1") if term[0] == "<" else term


def by_subject(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each subject, in order, with the sorted rests of its lines."""
    rests: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        subject, _, rest = line.partition(" ")
        rests[subject].append(rest)
    for subject in sorted(rests, key=order):
        rests[subject].sort()
        yield subject, rests[subject]


def write_subjects(lines: Iterable[str], used: set[str]) -> str:
    """Return N-Triples lines as Turtle: a block a subject, its types first."""
    return "\n".join(_block(subject, rests, used) for subject, rests in by_subject(lines))


def _block(subject: str, rests: list[str], used: set[str]) -> str:
    types: list[str] = []
    parts: list[str] = []
    last = ""
    for rest in rests:
        predicate, _, value = rest.partition(" ")
        short = shorten(value, used)
        if predicate == last:
            parts[-1] += f" , {short}"
        elif predicate == _TYPE:
            types.append(short)
        else:
            parts.append(f"{shorten(predicate, used)} {short}")
            last = predicate
    if types:
        parts.insert(0, f"a {' , '.join(types)}")
    return f"{shorten(subject, used)} {f' ;{chr(10)}    '.join(parts)} .\n"


Unit = Mapping[str, Sequence[ox.Quad]]
"""Some named graphs that are written together; the default graph is named by nothing.

Each quad is in the graph that it stands under, and stands there once.
"""

_SPOOLED = 8_000_000
_CHUNK = 1_000_000
_PREFIX = re.compile(r"@prefix ([a-z]+): <[^>]*> \.\n")


def serialize(quads: Iterable[ox.Quad], syntax: Format) -> bytes:
    """Return a document that is the same, byte for byte, for the same quads.

    Turtle, N-Triples and RDF/XML have no named graphs: there the graphs are merged.
    """
    graphs: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in dict.fromkeys(quads):
        graphs[text_of(quad.graph_name)].append(quad)
    return b"".join(stream([graphs], syntax))


def stream(units: Iterable[Unit], syntax: Format) -> Iterator[bytes]:
    """Yield a document piece by piece; no more than one unit is held at a time.

    Within a unit the order is that of the content alone; the units stay as they come. No two of
    them should have a graph or a subject in common. Turtle, TriG and JSON-LD name the prefixes they
    use first, so that these are put by in a temporary file before the first piece comes.
    """
    if syntax is Format.XML:
        yield from _enclosed(units)
    elif syntax is Format.JSONLD:
        yield from _linked(units)
    elif syntax in (Format.TURTLE, Format.TRIG):
        yield from _prefixed(units, syntax)
    else:
        for number, unit in enumerate(units):
            graphs = _written(unit, number)
            lines = graphs if syntax is Format.NQUADS else {"": _merged(graphs)}
            yield "".join(_sorted_lines(lines)).encode()


def _written(unit: Unit, number: int) -> dict[str, list[str]]:
    """Return the graphs of a unit as lines of N-Triples, sorted by name."""
    texts = {name: _text(quads) for name, quads in unit.items()}
    if any(b"_:" in text for text in texts.values()) and _has_blank(unit):
        texts = {name: _text(quads) for name, quads in _canonical(unit, number).items()}
    names = sorted(texts, key=lambda name: order(f"<{name}>"))
    return {name: texts[name].decode().split(_end(name))[:-1] for name in names}


def _text(quads: Sequence[ox.Quad]) -> bytes:
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def _end(name: str) -> str:
    return f" <{name}> .\n" if name else " .\n"


def _merged(graphs: Mapping[str, list[str]]) -> list[str]:
    """Return the lines of all graphs, each of them once."""
    if len(graphs) == 1:
        return next(iter(graphs.values()))
    return list(dict.fromkeys(chain.from_iterable(graphs.values())))


def _has_blank(unit: Unit) -> bool:
    terms = (term for quads in unit.values() for quad in quads for term in quad.triple)
    return any(isinstance(term, ox.BlankNode) for term in terms)


def _canonical(unit: Unit, number: int) -> Unit:
    """Return a unit whose blank nodes are named by their place in the graph."""
    dataset = ox.Dataset(quad for quads in unit.values() for quad in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def numbered(term: Any) -> Any:
        # Each unit counts its blank nodes from nothing, and together they may not meet.
        if number and isinstance(term, ox.BlankNode):
            return ox.BlankNode(f"{term.value}-{number}")
        return term

    graphs: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in dataset:
        subject, value = numbered(quad.subject), numbered(quad.object)
        graphs[text_of(quad.graph_name)].append(
            ox.Quad(subject, quad.predicate, value, quad.graph_name)
        )
    return graphs


def _sorted_lines(graphs: Mapping[str, list[str]]) -> Iterator[str]:
    for name, lines in graphs.items():
        end = _end(name)
        for subject, rests in by_subject(lines):
            for rest in rests:
                yield f"{subject} {rest}{end}"


def _prefixed(units: Iterable[Unit], syntax: Format) -> Iterator[bytes]:
    used: set[str] = set()
    write = _write_turtle if syntax is Format.TURTLE else _write_trig
    texts = (write(unit, number, used) for number, unit in enumerate(units))
    return _headed(texts, lambda: prefix_lines(used - {""}))


def _headed(texts: Iterable[str], head: Callable[[], str]) -> Iterator[bytes]:
    """Yield what is known once all else is written, and then all else."""
    with SpooledTemporaryFile(max_size=_SPOOLED) as spool:
        for text in texts:
            spool.write(text.encode())
        yield head().encode()
        spool.seek(0)
        while chunk := spool.read(_CHUNK):
            yield chunk


def _linked(units: Iterable[Unit]) -> Iterator[bytes]:
    """Yield JSON-LD: a context of the prefixes in use, then the things of each unit."""
    used: set[str] = set()

    def texts() -> Iterator[str]:
        between = "\n"
        for number, unit in enumerate(units):
            for text in node_objects(sorted(_quads(unit, number), key=_sort_key), used):
                yield f"{between}    {text}"
                between = ",\n"

    def head() -> str:
        context = json.dumps(context_of(used), indent=2).replace("\n", "\n  ")
        return f'{{\n  "@context": {context},\n  "@graph": ['

    yield from _headed(texts(), head)
    yield b"\n  ]\n}\n"


def _quads(unit: Unit, number: int) -> Iterable[ox.Quad]:
    named = _canonical(unit, number) if _has_blank(unit) else unit
    return chain.from_iterable(named.values())


def _write_turtle(unit: Unit, number: int, used: set[str]) -> str:
    lines = _merged(_written(unit, number))
    if "_:" in "".join(lines) and _has_blank(unit):
        return _nested_turtle(_canonical(unit, number), used)
    return f"\n{write_subjects(lines, used)}" if lines else ""


def _write_trig(unit: Unit, number: int, used: set[str]) -> str:
    found = []
    for name, lines in _written(unit, number).items():
        text = write_subjects(lines, used)
        if name:
            inner = "".join(f"    {line}\n" if line else "\n" for line in text.split("\n")[:-1])
            text = f"{shorten(f'<{name}>', used)} {{\n{inner}}}\n"
        found.append(f"\n{text}")
    return "".join(found)


def _nested_turtle(unit: Unit, used: set[str]) -> str:
    # Only rdflib writes anonymous nodes where they stand, as people write restrictions.
    graph = copy_to_rdflib(quad for quads in unit.values() for quad in quads)
    for prefix, base in sorted(PREFIXES.items()):
        graph.bind(prefix, base, replace=True)
    text = graph.serialize(format="turtle")
    while match := _PREFIX.match(text):
        used.add(match[1])
        text = text[match.end() :]
    return text


def _enclosed(units: Iterable[Unit]) -> Iterator[bytes]:
    """Yield RDF/XML: what each unit holds between a start and an end that all have."""
    yield _START
    for number, unit in enumerate(units):
        quads = sorted(merge(_quads(unit, number)), key=_sort_key)
        _refuse_beyond_xml(quads)
        data = ox.serialize(quads, format=SYNTAXES[Format.XML]) or b""
        body = data.removeprefix(_START).removesuffix(_END)
        assert len(body) == len(data) - len(_START) - len(_END)  # else the frame is another one
        yield body
    yield _END


def _refuse_beyond_xml(quads: Iterable[ox.Quad]) -> None:
    """Refuse texts with characters that no XML can hold; a store from before may have them.

    Raises:
        SysgraphError: there is one.
    """
    for quad in quads:
        found = _NO_XML.search(text_of(quad.object))
        if found:
            where = f"{compact(text_of(quad.subject))}, {compact(quad.predicate.value)}"
            reason = f"RDF/XML cannot hold the character U+{ord(found.group()):04X}"
            raise SysgraphError(f"{where}: {reason}; export another format, or correct the text")


# Source: XML 1.0, production Char, https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_START = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:its="http://www.w3.org/2005/11/its">\n'
)
_END = b"</rdf:RDF>"


def _sort_key(quad: ox.Quad) -> tuple[str, str, bool, str, str]:
    return (
        order(str(quad.graph_name)),
        order(str(quad.subject)),
        quad.predicate != RDF_TYPE,
        str(quad.predicate),
        str(quad.object),
    )
