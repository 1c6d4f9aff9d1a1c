"""Writing to an endpoint: in bounded parts, each read back, and undone where it was interrupted.

No update of SPARQL 1.1 has to be carried out all or nothing, and a large one is not taken at
all. So what is about to be changed is first copied within the server, and the store says that it
is being written to. Only when all that was wanted is there is that word taken back, which is one
statement: until then whoever asks is refused, and whoever writes next puts back what was there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

import pyoxigraph as ox

from sysgraph.errors import BadSparql, EndpointFailed, TooLarge
from sysgraph.rdf import in_graph, text_of
from sysgraph.store.answers import Asker, blank_again, named
from sysgraph.store.keeper import new_revision
from sysgraph.terms import NAMESPACE, PREFIXES, REVISION, STORE_GRAPH

__all__ = ["Writer", "gets_wrong"]

MAX_BYTES, MAX_STATEMENTS, MAX_STEPS = 250_000, 1_000, 8
"""How much one update holds: under the 1 MB that servers often take, also once it is encoded.

Steps are few, for some servers go one level deeper with each of them.
"""

_FEW = 20
_GRAPHS = f"{NAMESPACE}graph/"
_WAS = f"{STORE_GRAPH}/was/"
_COPIES = f"{STORE_GRAPH}/copies"
_SUBJECT = f"<{STORE_GRAPH}>"
_UNDO, _WRITES = f"{NAMESPACE}beingWritten", f"{NAMESPACE}writes"
_ALL = "?s ?p ?o"
_T = TypeVar("_T")
_IN_GRAPH = f"GRAPH ?graph {{ {_ALL} }}"


class Writer:
    """Writes to one endpoint, and knows whether it did."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._wire = asker.wire
        self._mark = ""
        self._page = False

    def sizes(self) -> dict[str, int]:
        """Return how many statements each graph of ours holds, by name, sorted."""
        # SELECT DISTINCT ?graph takes Virtuoso for ever, and this no time.
        rows = self._asker.select(
            f"SELECT ?graph (COUNT(*) AS ?count) WHERE {{ {_IN_GRAPH} }} GROUP BY ?graph"
        ).texts()
        found = {row["graph"]: int(row["count"]) for row in rows if "graph" in row}
        return {name: found[name] for name in sorted(found) if name.startswith(_GRAPHS)}

    def _sizes_of(self, names: Sequence[str]) -> dict[str, int]:
        if len(names) > _FEW:
            found = self.sizes()
            return {name: found.get(name, 0) for name in names}
        count = "SELECT (COUNT(*) AS ?count) WHERE"
        return {
            name: self._asker.single(f"{count} {{ GRAPH <{name}> {{ {_ALL} }} }}") for name in names
        }

    def state(self) -> dict[str, list[str]]:
        """Return what the store says of itself: texts by predicate, sorted."""
        rows = self._asker.select(
            f"SELECT ?p ?said WHERE {{ GRAPH {_SUBJECT} {{ {_SUBJECT} ?p ?said }} }}"
        )
        found: dict[str, list[str]] = {}
        for row in rows.texts():
            found.setdefault(row["p"], []).append(row["said"])
        return {predicate: sorted(said) for predicate, said in found.items()}

    def is_being_written(self) -> bool:
        """Tell whether the store is being written to, or that broke off."""
        return not self.state().keys().isdisjoint((_UNDO, _WRITES))

    def recover(self) -> None:
        """Put back what was there before a write that broke off, if one did."""
        state = self.state()
        names = state.get(_WRITES, [])
        if _COPIES in names:
            self.copy_all()
            return
        if _UNDO in state:
            before = self._sizes_of([_was(name) for name in names])
            held = [name for name in names if before[_was(name)]]
            self._clear(names)
            self._all(_copy(_was(name), name) for name in held)
            self._show(held)
            self._expect({name: before[_was(name)] for name in names})
            self._expect_shown(held)
            self._settle([], new_revision())
        if names:
            self._tidy(names)

    def copy_all(self) -> None:
        """Have the default graph show what the graphs of ours hold."""
        graph = ox.NamedNode(STORE_GRAPH)
        self._insert([ox.Quad(graph, ox.NamedNode(_WRITES), ox.NamedNode(_COPIES), graph)])
        self._expect_said(_WRITES, [_COPIES])
        held = {name: size for name, size in self.sizes().items() if name != STORE_GRAPH}
        self._show(held)
        self._expect(held)
        self._expect_shown(list(held))
        self._tidy([])

    def replace(self, graphs: Mapping[str, Sequence[ox.Quad]]) -> None:
        """Give graphs this content, and make sure of it, in the default graph as well.

        What the store says of itself is written with its new revision, after all else.

        Raises:
            EndpointFailed: it was not done; the next write puts back what was there.
        """
        content = {
            name: list(dict.fromkeys(in_graph(quads, name))) for name, quads in graphs.items()
        }
        own = content.pop(STORE_GRAPH, [])
        if not content:
            self._settle(own, new_revision())
            return
        self._begin(list(content))
        try:
            self._write(named(content))
        except EndpointFailed:
            # Whoever writes next would do so; until then nobody could ask.
            with suppress(EndpointFailed):
                self.recover()
            raise
        self._settle(own, new_revision())
        self._tidy(list(content))

    def _begin(self, names: Sequence[str]) -> None:
        """Keep a copy of what is there, and then say that it is not to be believed."""
        if self.state().get(_WRITES):
            self.recover()
        graph, writes = ox.NamedNode(STORE_GRAPH), ox.NamedNode(_WRITES)
        noted = (ox.Quad(graph, writes, ox.NamedNode(name), graph) for name in names)
        for part in _parts(noted, MAX_STATEMENTS):
            self._insert(part)
        self._expect_said(_WRITES, sorted(names))
        before = self._sizes_of(names)
        self._all(f"DROP SILENT GRAPH <{_was(name)}>" for name in names if before[name])
        self._all(_copy(name, _was(name)) for name in names if before[name])
        self._expect({_was(name): count for name, count in before.items() if count})
        self._mark = new_revision()
        self._change(
            f'INSERT DATA {{ GRAPH {_SUBJECT} {{ {_SUBJECT} <{_UNDO}> "{self._mark}" }} }}'
        )
        self._expect_said(_UNDO, [self._mark])

    def _write(self, content: Mapping[str, Sequence[ox.Quad]]) -> None:
        self._clear(list(content))
        for part in _parts((quad for quads in content.values() for quad in quads), MAX_STATEMENTS):
            self._insert(part)
        held = [name for name, quads in content.items() if quads]
        self._show(held)
        self._expect({name: len(quads) for name, quads in content.items()})
        self._expect_shown(held)
        self._expect_content(content)
        self._expect_said(_UNDO, [self._mark])

    def _expect_said(self, predicate: str, wanted: list[str]) -> None:
        found = self.state().get(predicate, [])
        if {*found} - {*wanted}:
            reason = "another process writes to it at the same time; do it again"
            raise EndpointFailed(self._wire.update.shown, reason)
        if found != wanted:
            raise self._undone("the note that it is being written to is not there")

    def _settle(self, own: Sequence[ox.Quad], revision: str) -> None:
        """Say what stands from now on, and read that back."""
        stated: dict[str, list[str]] = {REVISION: [f'"{revision}"']}
        for quad in own:
            stated.setdefault(quad.predicate.value, []).append(str(quad.object))
        said = " ".join(
            f"{_SUBJECT} <{predicate}> {value} ."
            for predicate, values in stated.items()
            for value in values
        )
        steps = [*map(_unsay, stated), f"INSERT DATA {{ GRAPH {_SUBJECT} {{ {said} }} }}"]
        # Last, for with this one statement the write is whole.
        self._change(" ;\n".join([*steps, _unsay(_UNDO)]))
        state = self.state()
        if state.get(REVISION) != [revision] or _UNDO in state:
            raise self._undone("its revision is not the new one")

    def _tidy(self, names: Sequence[str]) -> None:
        self._all(f"DROP SILENT GRAPH <{_was(name)}>" for name in names)
        # Else what was would be shown beside what is, where the default graph shows all graphs.
        self._expect({_was(name): 0 for name in names})
        self._change(_unsay(_WRITES))
        if _WRITES in self.state():
            raise self._undone("the note that it is being written to is still there")

    def _clear(self, names: Iterable[str]) -> None:
        if not self._asker.shows_graphs:
            self._all(
                f"DELETE {{ {_ALL} }} WHERE {{ GRAPH <{name}> {{ {_ALL} }} }}" for name in names
            )
        self._all(f"DROP SILENT GRAPH <{name}>" for name in names)

    def _show(self, names: Iterable[str]) -> None:
        """Copy graphs into the default graph, where it does not show them by itself."""
        if not self._asker.shows_graphs:
            self._all(_copy(name, None) for name in names)

    def _insert(self, quads: Sequence[ox.Quad]) -> None:
        try:
            if self._wire.store is None:
                self._change(_insertion(_by_graph(quads)))
            else:
                for graph, statements in _by_graph(quads).items():
                    self._page = "html" in self._wire.add(graph, statements).kind
        except TooLarge:
            if len(quads) == 1:
                raise
            middle = len(quads) // 2
            self._insert(quads[:middle])
            self._insert(quads[middle:])

    def _all(self, steps: Iterable[str]) -> None:
        """Carry out small steps, some to a request."""
        for part in _parts(steps, MAX_STEPS):
            self._change(" ;\n".join(part))

    def _expect(self, sizes: Mapping[str, int]) -> None:
        """Make sure that graphs hold so many statements."""
        found = self._sizes_of(list(sizes))
        for name, count in sizes.items():
            if found[name] != count:
                raise self._undone(f"<{name}> holds {found[name]:,} statements of {count:,}")

    def _expect_shown(self, names: Sequence[str]) -> None:
        """Make sure that the default graph shows what graphs hold."""
        for some in () if self._asker.shows_graphs else _parts(names, _FEW):
            missing = self._asker.single(
                f"SELECT (COUNT(*) AS ?count) WHERE {{ VALUES ?graph {{ {_listed(some)} }}"
                f" {_IN_GRAPH} FILTER NOT EXISTS {{ {_ALL} }} }}"
            )
            if missing:
                raise self._undone(f"its default graph lacks {missing:,} statements")

    def _expect_content(self, content: Mapping[str, Sequence[ox.Quad]]) -> None:
        """Make sure that graphs say what was sent, for a text may be changed on the way."""
        for some in _parts((name for name, quads in content.items() if quads), _FEW):
            rows = self._asker.select(
                f"SELECT ?graph {_ALL} WHERE {{ VALUES ?graph {{ {_listed(some)} }} {_IN_GRAPH} }}"
            ).rows
            sent = {
                (q.graph_name, *map(blank_again, (q.subject, q.predicate, q.object)))
                for name in some
                for q in content[name]
            }
            if sent != {*rows}:
                wrong = ([str(term) for term in row] for row in sent.symmetric_difference(rows))
                (graph, *said) = min(wrong)
                raise self._undone(f"{graph} says otherwise what was sent: {' '.join(said)}")

    def _change(self, update: str) -> None:
        self._page = "html" in self._wire.change(update).kind

    def _undone(self, what: str) -> EndpointFailed:
        page = " with a web page, where a login may be asked for" if self._page else ""
        reason = f"it answered an update{page}, and did not carry it out: {what}"
        return EndpointFailed(self._wire.update.shown, reason)


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"<{name}>" for name in names)


def _was(name: str) -> str:
    return _WAS + name.removeprefix(_GRAPHS)


def _copy(source: str, target: str | None) -> str:
    into = f"GRAPH <{target}> {{ {_ALL} }}" if target else _ALL
    return f"INSERT {{ {into} }} WHERE {{ GRAPH <{source}> {{ {_ALL} }} }}"


def _unsay(predicate: str) -> str:
    return f"DELETE WHERE {{ GRAPH {_SUBJECT} {{ {_SUBJECT} <{predicate}> ?said }} }}"


def _parts(things: Iterable[_T], most: int) -> Iterator[list[_T]]:
    """Yield things in parts of so many at the most, and of no more bytes than an update holds."""
    part: list[_T] = []
    size = 0
    for thing in things:
        length = len(str(thing).encode())
        if part and (size + length > MAX_BYTES or len(part) == most):
            yield part
            part, size = [], 0
        part.append(thing)
        size += length
    if part:
        yield part


def _by_graph(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return the statements of each graph as N-Triples."""
    graphs: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        graphs[text_of(quad.graph_name)].append(f"{quad.triple} .\n")
    return {name: "".join(lines) for name, lines in graphs.items()}


def _insertion(graphs: Mapping[str, str]) -> str:
    blocks = (f"GRAPH <{name}> {{\n{statements}}}" for name, statements in graphs.items())
    return f"INSERT DATA {{ {' '.join(blocks)} }}"


_KNOWN = f"<{NAMESPACE}>"
_TYPE = f"<{PREFIXES['rdf']}type>"
_DATE_TIME = f"<{PREFIXES['xsd']}dateTime>"
_PATH = (
    f"SELECT (COUNT(*) AS ?n) WHERE {{{{ VALUES ?x {{{{ {_KNOWN} }}}}"
    f" FILTER {{}} {{{{ ?x {_TYPE}/^{_TYPE} ?x }}}} }}}}"
)

# What each tries, and the rows that SPARQL 1.1 prescribes. The ontology is there wherever the
# library is; all else brings its data along.
_PROBES: dict[str, tuple[str, list[list[str]]]] = {
    "the default graph shows the named ones": (
        f"SELECT (COUNT(*) AS ?n) WHERE {{ {_KNOWN} {_TYPE} <{PREFIXES['owl']}Ontology> }}",
        [["1"]],
    ),
    "groups with counts": (
        "SELECT ?k (COUNT(?v) AS ?n) WHERE { VALUES (?k ?v) { (1 1) (1 2) (2 3) } }"
        " GROUP BY ?k ORDER BY ?k",
        [["1", "2"], ["2", "1"]],
    ),
    "a path within NOT EXISTS": (_PATH.format("NOT EXISTS"), [["0"]]),
    "a path within EXISTS": (_PATH.format("EXISTS"), [["1"]]),
    "a path of any length": (
        f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?x {{ {_KNOWN} }}"
        f" ?x <{PREFIXES['rdfs']}subClassOf>* ?x }}",
        [["1"]],
    ),
    "rows in order, page by page": (
        'SELECT ?v WHERE { { SELECT ?v WHERE { VALUES ?v { "c" "a" "b" } } ORDER BY ?v } }'
        " LIMIT 1 OFFSET 1",
        [["b"]],
    ),
    "what is not bound": (
        "SELECT (COUNT(?b) AS ?n) WHERE { VALUES (?a ?b) { (1 UNDEF) (2 2) } }",
        [["1"]],
    ),
    "types of values": (
        "SELECT (COUNT(*) AS ?n) WHERE {"
        f' VALUES ?t {{ "2026-01-01T00:00:00Z"^^{_DATE_TIME} "2026" }}'
        f" FILTER (DATATYPE(?t) = {_DATE_TIME}) }}",
        [["1"]],
    ),
}


def gets_wrong(asker: Asker) -> list[str]:
    """Return what an engine does not answer as SPARQL 1.1 prescribes; mostly nothing."""
    return [name for name, (query, rows) in _PROBES.items() if _answer(asker, query) != rows]


def _answer(asker: Asker, query: str) -> list[list[str]] | None:
    try:
        rows = asker.select(query).rows
    except (BadSparql, EndpointFailed):
        return None
    return [[text_of(term) if term else "" for term in row] for row in rows]
