"""RDF out: the same bytes for the same graph, part by part, so that any size can be written.

Turtle is made of N-Triples, as text; no graph is held. A line of N-Triples stands here without
the blank and the dot at its end.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

import pyoxigraph as ox

from sysgraph.errors import SysgraphError
from sysgraph.jsonld import context_of, node_objects
from sysgraph.rdf import RDF_TYPE, SYNTAXES, Format, merge, text_of
from sysgraph.subjects import Subjects, by_subject, order, shared
from sysgraph.terms import NAMESPACE, PREFIXES, compact

__all__ = ["prefix_lines", "serialize", "stream"]

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BELOW = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)+/?")
_BASE = "@base"
"""Stands among the prefixes in use where a name is written as a path below the namespace."""
_INTEGER = re.compile(r'"[+-]?[0-9]+')
_XSD = PREFIXES["xsd"]
_TYPE = str(RDF_TYPE)
_BASES = {base: prefix for prefix, base in PREFIXES.items()}
_BARE = {f'"{word}"^^<{_XSD}boolean>': word for word in ("true", "false")}


def prefix_lines(names: Iterable[str]) -> str:
    """Return what says what prefixes stand for, sorted, a line each."""
    shown = ((name, PREFIXES.get(name, NAMESPACE)) for name in sorted(names))
    return "".join(
        f"{_BASE} <{iri}> .\n" if name == _BASE else f"@prefix {name}: <{iri}> .\n"
        for name, iri in shown
    )


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
    if prefix is not None and _LOCAL.fullmatch(local):
        return f"{prefix}:{local}", prefix
    path = term[1:-1].removeprefix(NAMESPACE)
    # As a path below the base; a full stop might make it another path.
    return (f"<{path}>", _BASE) if _BELOW.fullmatch(path) and path != term[1:-1] else (term, "")


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


_WIDTH = 100


def _in_lines(term: str) -> str:
    r'''Return a literal of several lines as a long one, if it can be written so.

    >>> print(_in_lines(r'"a \"b\"\nc\\n"@en'))
    """a "b"
    c\\n"""@en
    '''
    text, _, rest = term[1:].rpartition('"')
    if term[0] != '"' or r"\n" not in text:
        return term
    plain = _ESCAPE.sub(lambda found: _PLAIN.get(found[0], found[0]), text)
    is_long = "\n" in plain and '"""' not in plain and plain[-1] != '"'
    return f'"""{plain}"""{rest}' if is_long else term


_ESCAPE = re.compile(r"\\.")
_PLAIN = {r"\n": "\n", r"\"": '"'}


class _Blocks(Subjects):
    """Lines of N-Triples as blocks of Turtle, a block a subject.

    A list stands between round brackets, and a text of several lines has these lines unless it
    is flat, as it must be where all lines are then indented.
    """

    def __init__(
        self,
        lines: Iterable[str],
        used: set[str],
        named: Container[str] = (),
        *,
        is_flat: bool = False,
    ) -> None:
        super().__init__(lines, named)
        self._used = used
        self._is_flat = is_flat

    def text(self) -> str:
        """Return the blocks, with an empty line between."""
        return "\n".join(
            f"{self._subject(one)} {self._block(one, ' ;' + chr(10) + '    ', 4)} .\n"
            for one in self.tops()
        )

    def _subject(self, subject: str) -> str:
        return "[]" if subject in self._alone else shorten(subject, self._used)

    def _block(self, subject: str, between: str, margin: int = 0) -> str:
        return between.join(
            self._line(predicate, values, margin) for predicate, values in self._said[subject]
        )

    def _line(self, predicate: str, values: list[str], margin: int) -> str:
        verb = "a" if predicate == _TYPE else shorten(predicate, self._used)
        shown = [self._object(one) for one in values if one not in self._within]
        shown += sorted(self._object(one) for one in values if one in self._within)
        line = f"{verb} {' , '.join(shown)}"
        if len(shown) == 1 or not margin or margin + len(line) <= _WIDTH:
            return line
        return f"{verb}\n        " + " ,\n        ".join(shown)

    def _object(self, value: str) -> str:
        if value not in self._within:
            short = shorten(value, self._used)
            return short if self._is_flat else _in_lines(short)
        items = self._items(value)
        if items is not None:
            return f"( {' '.join(self._object(one) for one in items)} )"
        return f"[ {self._block(value, ' ; ')} ]" if value in self._said else "[]"


Unit = Mapping[str, Sequence[ox.Quad]]
"""Some named graphs that are written together; the default graph is named by nothing.

Each quad is in the graph that it stands under, and stands there once.
"""

_SPOOLED = 8_000_000
_CHUNK = 1_000_000


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
            for text in node_objects(_written(unit, number), used):
                yield f"{between}    {text}"
                between = ",\n"

    def head() -> str:
        context = json.dumps(context_of(used), indent=2).replace("\n", "\n  ")
        return f'{{\n  "@context": {context},\n  "@graph": ['

    yield from _headed(texts(), head)
    yield b"\n  ]\n}\n"


def _write_turtle(unit: Unit, number: int, used: set[str]) -> str:
    lines = _merged(_written(unit, number))
    return f"\n{_Blocks(lines, used).text()}" if lines else ""


def _write_trig(unit: Unit, number: int, used: set[str]) -> str:
    found = []
    graphs = _written(unit, number)
    named = shared(graphs.values())
    for name, lines in graphs.items():
        text = _Blocks(lines, used, named, is_flat=True).text()
        if name:
            inner = "".join(f"    {line}\n" if line else "\n" for line in text.split("\n")[:-1])
            text = f"{shorten(f'<{name}>', used)} {{\n{inner}}}\n"
        found.append(f"\n{text}")
    return "".join(found)


def _enclosed(units: Iterable[Unit]) -> Iterator[bytes]:
    """Yield RDF/XML: what each unit holds between a start and an end that all have."""
    yield _START
    for number, unit in enumerate(units):
        named = _canonical(unit, number) if _has_blank(unit) else unit
        quads = sorted(merge(chain.from_iterable(named.values())), key=_sort_key)
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
