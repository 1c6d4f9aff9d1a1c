"""One side of a comparison, asked alike whether it is a store, files or a revision."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.graph import triples_of
from sysgraph.reason import Reasoner
from sysgraph.terms import (
    CRITIQUE,
    PREFIXES,
    Triple,
)

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["Side", "iri_of", "own_statements"]


def iri_of(name: str) -> str:
    """Return the IRI of a case, which goes by its id, or of a critique by itself."""
    return f"{PREFIXES['sysg']}{name}" if name.startswith(CRITIQUE) else f"{PREFIXES['case']}{name}"


def own_statements(name: str, quads: Iterable[ox.Quad]) -> frozenset[Triple]:
    """Return what a contribution says of itself and its parts, as N-Triples.

    What it says of anything else is refused by every other command, and is left out here.
    """
    iri = iri_of(name)
    starts = (f"<{iri}>", f"<{iri}/")
    return frozenset(triple for triple in triples_of(quads) if triple[0].startswith(starts))


class Side(ABC):
    """A whole library: an ontology with cases and critiques, which go by their names.

    ``notes`` are things that a reader should know about how it was read, a sentence each.
    """

    def __init__(self, name: str) -> None:
        """Name the side as the person did."""
        self.name = name
        self.notes: list[str] = []

    @property
    @abstractmethod
    def names(self) -> Collection[str]:
        """Return the names of all cases and critiques that stand by themselves."""

    @abstractmethod
    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts; nothing where there is none of that name."""

    @property
    @abstractmethod
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""

    @property
    @abstractmethod
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say, or None where they do not come with this side."""

    @property
    @abstractmethod
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule file, or None where they do not come with this side."""

    @property
    @abstractmethod
    def frame(self) -> Frame:
        """Return what advice is made from."""

    @property
    @abstractmethod
    def reasoner(self) -> Reasoner:
        """Return what reasons over a case by this side's ontology."""
