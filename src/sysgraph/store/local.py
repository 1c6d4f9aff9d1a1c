"""Where graphs are kept: in memory, in an Oxigraph directory, or behind a SPARQL endpoint."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from sysgraph.errors import BadSparql, BadStore
from sysgraph.rdf import Term, text_of, triples_of
from sysgraph.sparql.check import fault_of, names_graphs
from sysgraph.sparql.order import in_order, without_order
from sysgraph.store.index import ENTRY_PATTERN, Entry, Index, entry_of
from sysgraph.store.keeper import Keeper, new_revision, opening_of, write_index
from sysgraph.terms import REVISION, STORE_GRAPH, case_id_of

__all__ = [
    "SHIPPED",
    "LocalStore",
    "Rows",
    "Store",
    "copy",
    "create",
    "memory",
    "no_writer",
    "open_directory",
]

SHIPPED = "the shipped library"
"""The place of the library as it came, where nothing was loaded beside it."""
_AT_HAND = 4096
"""How many answers to what a property says of a thing a store keeps."""


_Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT: column names, and rows of terms with None where unbound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def texts(self) -> Iterator[dict[str, str]]:
        """Yield each row as column name to plain text, leaving out what is unbound."""
        for row in self.rows:
            yield {
                column: text_of(term)
                for column, term in zip(self.columns, row, strict=True)
                if term is not None
            }


class Store(Protocol):
    """What every kind of store can do. ``place`` is its name in messages."""

    place: str

    def select(self, query: str) -> Rows:
        """Answer a SELECT, or an ASK as one row of one column named ``answer``."""

    def construct(self, query: str) -> list[ox.Quad]:
        """Answer a CONSTRUCT or DESCRIBE."""

    def graphs(self) -> list[str]:
        """Return the names of all graphs, sorted."""

    def sizes(self) -> dict[str, int]:
        """Return how many statements each graph holds, by name, sorted."""

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return all that one named graph holds."""

    def replace(self, graphs: Mapping[str, Sequence[ox.Quad]]) -> None:
        """Give the named graphs this content, all of them or none. An empty one is dropped."""

    def index(self) -> Index:
        """Return the index of the cases as they are stored now."""

    def close(self) -> None:
        """Let go of files and connections."""


class LocalStore:
    """A store in this process: in memory, or an Oxigraph directory."""

    def __init__(self, store: ox.Store, place: str, keeper: Keeper | None = None) -> None:
        self.store = store
        self.place = place
        self._keeper = keeper or Keeper()
        self._revision: str | None = None
        self._written = False
        self._texts: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def select(self, query: str) -> Rows:
        """Answer a SELECT, or an ASK as one row of one column named ``answer``."""
        plain, keys = without_order(query)
        answer = self._query(plain)  # which looks for nothing before a row is asked for
        if not {name for name, _ in keys}.issubset(_columns(answer)):
            return _rows(self._query(query))
        found = _rows(answer)
        ordered = in_order(found.columns, found.rows, keys)
        return _rows(self._query(query)) if ordered is None else Rows(found.columns, ordered)

    def construct(self, query: str) -> list[ox.Quad]:
        """Answer a CONSTRUCT or DESCRIBE."""
        answer = self._query(query)
        if not isinstance(answer, ox.QueryTriples):
            raise BadSparql("the query", "it gives rows, where triples were asked for")
        return [ox.Quad(*triple) for triple in answer]

    def _query(self, query: str) -> _Answer:
        try:
            # To name a graph for the engine makes it overlook those that the query names.
            return self.store.query(query, use_default_graph_as_union=not names_graphs(query))
        except SyntaxError as error:
            raise fault_of(query, "the query", error) from error

    def graphs(self) -> list[str]:
        """Return the names of all graphs, sorted."""
        return sorted(name.value for name in self.store.named_graphs())

    def sizes(self) -> dict[str, int]:
        """Return how many statements each graph holds, by name, sorted."""
        rows = self.select(
            "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } }"
            " GROUP BY ?graph ORDER BY ?graph"
        )
        return {row["graph"]: int(row["count"]) for row in rows.texts()}

    def quads(self, graph: str) -> list[ox.Quad]:
        """Return all that one named graph holds."""
        return list(self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def texts_of(self, iri: str, by: str) -> tuple[str, ...]:
        """Return what a property says of a thing, in order; kept while nothing changes."""
        key = (self.revision(), iri, by)
        found = self._texts.get(key)
        if found is None:
            quads = self.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(by), None)
            found = tuple(sorted({text_of(quad.object) for quad in quads}))
            if len(self._texts) >= _AT_HAND:
                self._texts.clear()
            self._texts[key] = found
        return found

    def naming(self, iri: str, by: str | None = None) -> Iterator[ox.Quad]:
        """Yield all that names a thing, by any property or by one."""
        wanted = ox.NamedNode(by) if by else None
        return self.store.quads_for_pattern(None, wanted, ox.NamedNode(iri))

    def replace(self, graphs: Mapping[str, Sequence[ox.Quad]]) -> None:
        """Give the named graphs this content, all of them or none. An empty one is dropped.

        Costs what the graphs hold, whatever else is stored. It survives the end of the process
        at once, and a loss of power once the store is closed.
        """
        before, after = self.revision(), new_revision()
        # One SPARQL update is one transaction, which adding quads after a removal is not. The
        # old revision goes by name: a search would pass over all that were deleted before it.
        old = f"DELETE DATA {{ {_revision_quad(before)} }} ;\n" if before else ""
        new = f"INSERT DATA {{ {_revision_quad(after)} }}"
        self.store.update(f"{_replacement(graphs)} ;\n{old}{new}")
        self._revision, self._written = after, True
        self._keeper.record(_case_changes(graphs), before, after)

    def renew(self) -> None:
        """Give the store another revision, before it is changed by other means than ``replace``."""
        self.replace({f"{STORE_GRAPH}/none": []})

    def revision(self) -> str:
        """Return the revision of the store; one that was never changed may have none."""
        if self._revision is None:
            # Nobody else writes while this process has the directory open.
            name = ox.NamedNode(STORE_GRAPH)
            found = self.store.quads_for_pattern(name, ox.NamedNode(REVISION), None, name)
            self._revision = max((text_of(quad.object) for quad in found), default="")
        return self._revision

    def index(self) -> Index:
        """Return the index of the cases as they are stored now."""
        return self._keeper.index(self.revision(), self.entries)

    def entries(self) -> Iterator[Entry]:
        """Yield the record of each case, read from the store: about a millisecond a case."""
        for name in self.store.named_graphs():
            case_id = case_id_of(name.value)
            if case_id is not None:
                pattern = f"GRAPH {name} {{ {ENTRY_PATTERN} }}"
                rows = self.select(f"SELECT ?s ?p ?o WHERE {{ {pattern} }}").rows
                yield entry_of(case_id, ((str(s), str(p), str(o)) for s, p, o in rows))

    def close(self) -> None:
        """Let go of the directory and its lock, once what was written is safe on the disk."""
        if self._written:
            self.store.flush()
            self._keeper.settle(self.revision())
        del self.store


def _columns(answer: _Answer) -> tuple[str, ...]:
    if isinstance(answer, ox.QuerySolutions):
        return tuple(variable.value for variable in answer.variables)
    return ("answer",)


def _rows(answer: _Answer) -> Rows:
    if isinstance(answer, ox.QueryBoolean):
        return Rows(_columns(answer), ((ox.Literal(bool(answer)),),))
    if isinstance(answer, ox.QueryTriples):
        raise BadSparql("the query", "it gives triples, where rows were asked for")
    return Rows(_columns(answer), tuple(tuple(solution) for solution in answer))


def _revision_quad(revision: str) -> str:
    return f'GRAPH <{STORE_GRAPH}> {{ <{STORE_GRAPH}> <{REVISION}> "{revision}" }}'


def _case_changes(graphs: Mapping[str, Sequence[ox.Quad]]) -> dict[str, Entry | None]:
    return {
        case_id: entry_of(case_id, triples_of(quads)) if quads else None
        for name, quads in graphs.items()
        if (case_id := case_id_of(name)) is not None
    }


def _replacement(graphs: Mapping[str, Sequence[ox.Quad]]) -> str:
    """Return one SPARQL update that gives the named graphs this content."""
    steps = []
    for name, quads in graphs.items():
        steps.append(f"DROP SILENT GRAPH <{name}>")
        if quads:
            triples = " .\n".join(str(quad.triple) for quad in quads)
            steps.append(f"INSERT DATA {{ GRAPH <{name}> {{\n{triples} .\n}} }}")
    return " ;\n".join(steps)


def memory(quads: Iterable[ox.Quad] = (), place: str = "memory") -> LocalStore:
    """Return a store in memory that holds these quads."""
    store = ox.Store()
    store.bulk_extend(quads)
    return LocalStore(store, place)


def create(path: Path, quads: Iterable[ox.Quad]) -> None:
    """Write a new Oxigraph directory that holds these quads, with the index of its cases.

    The index is read back from the store, about 1 millisecond a case: who has many cases in
    hand writes the directory and calls ``write_index`` with entries made on the way.
    """
    store = ox.Store(str(path))
    store.bulk_extend(quads)
    store.flush()
    store.optimize()
    local = LocalStore(store, str(path))
    write_index(path, Index.build(local.entries()), local.revision())


def copy(base: LocalStore, path: Path) -> None:
    """Write a new Oxigraph directory that holds what a store does; its index is left to others.

    Of a directory this takes some hundredths of a second, for its files are linked.
    """
    try:
        base.store.backup(str(path))
    except (OSError, RuntimeError, ValueError):  # the library is in memory where it has no cache
        shutil.rmtree(path, ignore_errors=True)
        create(path, base.store)


def open_directory(path: Path, *, write: bool = False) -> LocalStore:
    """Open an Oxigraph directory that exists. Many may read it at a time, or one may write.

    Raises:
        BadStore: it is none, cannot be read, or another process is writing.
    """
    place = str(path)
    try:
        if not path.exists():
            raise BadStore(place, "there is no such store; 'sysgraph load --store' makes one")
        if not (path / "CURRENT").is_file():
            raise BadStore(place, "this is not a store; name a directory that sysgraph made")
        if write:
            keeper = Keeper(path, opening_of(path))
            store = LocalStore(_writable(path), place, keeper)
            keeper.take_over(store.revision())
            return store
        with no_writer(path):
            return LocalStore(ox.Store.read_only(place), place, Keeper(path))
    except BlockingIOError as error:
        reason = "the store is busy: another process is writing to it; try again when it is done"
        raise BadStore(place, reason) from error
    except (OSError, RuntimeError) as error:  # the latter is what damage comes as
        told = getattr(error, "strerror", None) or error
        raise BadStore(place, f"the store cannot be opened: {told}") from error


def _writable(path: Path) -> ox.Store:
    try:
        return ox.Store(str(path))
    except OSError:
        # The engine tells a lock that is held only in words, so that the lock itself is asked.
        # Only now: letting go of it lets go of all that this process holds on the file.
        with no_writer(path, nor_reader=True):
            raise


@contextmanager
def no_writer(path: Path, *, nor_reader: bool = False) -> Iterator[None]:
    """Keep writers out of a directory while the block runs; others may read, unless told.

    Raises:
        BlockingIOError: a writer is at work.
        OSError: the lock cannot be asked.
    """
    # Oxigraph leaves undefined what a reader sees beside a live writer, which holds this lock.
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows has other locks
        yield
        return
    wanted = fcntl.LOCK_EX if nor_reader else fcntl.LOCK_SH
    try:
        # A store that nobody may write to can be read all the same.
        lock = (path / "LOCK").open("r+b" if nor_reader else "rb")
    except FileNotFoundError:
        yield  # nobody has opened it for writing since it was put there
        return
    with lock:
        try:
            fcntl.lockf(lock, wanted | fcntl.LOCK_NB)
        except PermissionError as error:  # the other way to say so that POSIX allows
            raise BlockingIOError(*error.args) from error
        yield
