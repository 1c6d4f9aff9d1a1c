"""A store as a side: the shipped library, a directory, or an endpoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph import library
from sysgraph.graph import read_turtle, triples_of
from sysgraph.paths import data, term_files
from sysgraph.reason import Reasoner
from sysgraph.reason.rulefile import read_rules
from sysgraph.review.side import Side, own_statements
from sysgraph.review.tree import compiled, demands_of, rule_texts
from sysgraph.review.vocabularies import is_same
from sysgraph.terms import (
    ONTOLOGY_GRAPH,
    Triple,
    contribution_of,
    graph_of,
)

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store import Store

__all__ = ["Stored"]


class Stored(Side):
    """A store, or the shipped library, whose cases are fetched as they are wanted."""

    def __init__(self, name: str, store: Store, *, shipped: bool) -> None:
        """Take an open store."""
        super().__init__(name)
        self.store = store
        self._shipped = shipped
        self._kept: dict[str, frozenset[Triple]] = {}

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        return frozenset(filter(None, map(contribution_of, self.store.graphs())))

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        if name not in self._kept:
            self._kept[name] = own_statements(name, self.store.quads(graph_of(name)))
        return self._kept[name]

    @cached_property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return frozenset(triples_of(self.store.quads(ONTOLOGY_GRAPH)))

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return the shapes of the shipped library; a store keeps none."""
        return demands_of(data() / "ontology") if self._shipped else None

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the rules of the shipped library; a store keeps none."""
        return rule_texts(data() / "ontology") if self._shipped else None

    @cached_property
    def frame(self) -> Frame:
        """Return what advice is made from."""
        from sysgraph.advice import load_frame, load_shipped_frame

        return load_shipped_frame() if self._shipped else load_frame(self.store)

    @cached_property
    def reasoner(self) -> Reasoner:
        """Return the shipped reasoner, or one compiled from the store's own ontology."""
        if self._shipped or is_same(self.terms, triples_of(_shipped_terms())):
            return library.reasoner()
        rules = read_rules(data() / "ontology" / "rules")
        self.notes.append(f"{self.name} keeps no rules; those of this version were used.")
        return compiled(self.terms, rules)[0]


def _shipped_terms() -> list[ox.Quad]:
    return read_turtle(term_files(data() / "ontology"))
