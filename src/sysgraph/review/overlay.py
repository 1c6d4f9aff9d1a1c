"""Files as a side: laid over another one, as if they were added to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sysgraph.contribute import Contribution
from sysgraph.index import Entry, entry_of
from sysgraph.reason import Reasoner
from sysgraph.review.held import OverlaidCases, critiques_over
from sysgraph.review.side import Side, own_statements
from sysgraph.terms import (
    CRITIQUE,
    Triple,
)

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["Files", "Overlaid"]


class Files:
    """Cases and critiques by themselves, from files; they become a side when laid over one."""

    def __init__(self, name: str, found: Iterable[Contribution]) -> None:
        """Take what was read."""
        self.name = name
        self.cases = {one.case_id: own_statements(one.case_id, one.quads) for one in found}
        self.notes = [
            f"{one.file}: the {one.title} cannot be loaded as it is; run 'sysgraph validate' on it."
            for one in found
            if one.findings
        ]


class Overlaid(Side):
    """A side with some cases and critiques put in, replaced or taken away."""

    def __init__(self, base: Side, part: Files, without: Iterable[str] = ()) -> None:
        """Lay the part over the base; ``without`` names what is taken away."""
        super().__init__(part.name)
        self.notes = [*part.notes]
        self._base = base
        self._put: dict[str, frozenset[Triple]] = {
            **{name: frozenset[Triple]() for name in without},
            **part.cases,
        }

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        gone = {name for name, triples in self._put.items() if not triples}
        return frozenset({*self._base.names, *self._put} - gone)

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        found = self._put.get(name)
        return self._base.statements(name) if found is None else found

    @property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return self._base.terms

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say."""
        return self._base.demands

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule file."""
        return self._base.rules

    @property
    def reasoner(self) -> Reasoner:
        """Return the reasoner of the base, whose ontology this is."""
        return self._base.reasoner

    @cached_property
    def frame(self) -> Frame:
        """Return the frame of the base with the cases and critiques that are laid over it."""
        from dataclasses import replace

        base = self._base.frame
        entries: dict[str, Entry | None] = {
            name: entry_of(name, triples) if triples else None
            for name, triples in self._put.items()
            if not name.startswith(CRITIQUE)
        }
        cases = OverlaidCases(base.cases, entries)
        critiques = critiques_over(base.critiques, self._put, self.terms, cases)
        return replace(base, cases=cases, critiques=critiques)
