"""Which part of a store is written, and what its graphs are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sysgraph.errors import SysgraphError, suggest
from sysgraph.terms import (
    ALIGNMENTS_GRAPH,
    CRITIQUE,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    STORE_GRAPH,
    contribution_of,
    graph_of,
)

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["Part", "Plainly", "What", "named_graphs"]


class What(StrEnum):
    """Which part of a store is exported."""

    ONTOLOGY = "ontology"
    CASES = "cases"
    CRITIQUES = "critiques"
    INFERRED = "inferred"
    QUESTIONS = "questions"
    ALL = "all"
    ALIGNMENTS = "alignments"
    CATALOGUE = "catalogue"
    NANOPUBLICATIONS = "nanopublications"


_MADE_WHOLE = (What.CATALOGUE, What.NANOPUBLICATIONS, What.QUESTIONS)
_OF_NO_CASE = (What.ONTOLOGY, What.ALIGNMENTS, What.CATALOGUE, What.QUESTIONS)


@dataclass(frozen=True)
class Part:
    """Which part of a store is written.

    With ``cases``, only those of that id. With ``inferred``, also what follows from what is
    chosen, which ``all`` has anyway. Unless ``bare``, also what describes it: types, labels, its
    data set, SKOS. Without ``past``, ``all`` leaves out what does not count: drafts, what cases
    said before they were corrected, retracted or removed, and what the store is known by.

    Raises:
        SysgraphError: cases are named of what is of none, or something of what has none of it.
    """

    what: What = What.ALL
    cases: frozenset[str] = frozenset()
    inferred: bool = False
    bare: bool = False
    past: bool = True

    def __post_init__(self) -> None:
        if self.cases and self.what in _OF_NO_CASE:
            reason = "leave out --case, or name another part"
            raise SysgraphError(f"'{self.what}' is of no case; {reason}")
        if self.bare and self.what in _MADE_WHOLE:
            raise SysgraphError(f"nothing is added to '{self.what}'; leave out --bare")
        if self.inferred and self.what in (*_MADE_WHOLE, What.ALIGNMENTS):
            raise SysgraphError(f"nothing is inferred from '{self.what}'; leave out --inferred")

    def holds(self, graph: str) -> bool:
        """Tell whether a graph of a store belongs to it."""
        name = contribution_of(graph)
        if graph == STORE_GRAPH or (self.cases and name not in self.cases):
            return False
        if self.what is What.ALL:
            return self.past or not name or graph != graph_of(name, "history")
        is_inferred = graph.endswith("/inferred")
        if self.what is What.INFERRED or (is_inferred and not self.inferred):
            return is_inferred and self.what is What.INFERRED
        if self.what is What.ALIGNMENTS:
            return graph == ALIGNMENTS_GRAPH
        if self.what is What.ONTOLOGY:
            return graph in (ONTOLOGY_GRAPH, INFERRED_GRAPH)
        is_own = graph in (graph_of(name), graph_of(name, "inferred"))
        is_critique = name.startswith(CRITIQUE)
        return bool(name) and is_own and is_critique == (self.what is What.CRITIQUES)


class Plainly(StrEnum):
    """A syntax that people write cases in."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def named_graphs(store: Store, part: Part) -> list[str]:
    """Return the names of the graphs of a part of a store, in the order that they are written.

    Raises:
        SysgraphError: there is no case of a name that is asked for.
    """
    if part.cases and part.what in (What.CASES, What.CRITIQUES):
        # Of one case among many it is quicker to ask for its graphs than to go through all.
        own = [graph_of(name, of) for name in sorted(part.cases) for of in ("", "inferred")]
        found = [one for one in own if part.holds(one) and _is_held(one, store)]
        if part.cases <= {contribution_of(one) for one in found}:
            return found
    every = [name for name in store.graphs() if not name.endswith("/described")]
    if part.cases:
        whole = replace(part, cases=frozenset())
        _refuse_unknown(part.cases, {contribution_of(name) for name in every if whole.holds(name)})
    names = [name for name in every if part.holds(name)]
    return sorted(names, key=lambda name: (contribution_of(name), name))


def _is_held(graph: str, store: Store) -> bool:
    from sysgraph.rdf import text_of

    return text_of(store.select(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").rows[0][0]) == "true"


def _refuse_unknown(asked: frozenset[str], known: set[str]) -> None:
    missing = sorted(asked - known)
    if missing:
        from sysgraph.near import nearest

        told = [f"there is no case '{one}'{suggest(nearest(one, known))}" for one in missing]
        raise SysgraphError("; ".join(told))
