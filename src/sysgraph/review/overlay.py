"""Files as a side: laid over another one, as if they were added to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sysgraph.contribute import Contribution
from sysgraph.index import Entry, entry_of
from sysgraph.reason import Reasoner
from sysgraph.review.held import OverlaidCases, critiques_over
from sysgraph.review.side import Side, iri_of, own_statements
from sysgraph.terms import CRITIQUE, NAMESPACE, PREFIXES, Triple

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["Files", "Overlaid"]

_DRAFT = f"<{NAMESPACE}isDraft>"
_REPLACES = f"<{PREFIXES['dcterms']}replaces>"


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
        self.notes += _lives(part)
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
        counted = _counted(self._put)
        entries: dict[str, Entry | None] = {
            name: entry_of(name, triples) if triples else None
            for name, triples in counted.items()
            if not name.startswith(CRITIQUE)
        }
        cases = OverlaidCases(base.cases, entries)
        critiques = critiques_over(base.critiques, counted, self.terms, cases)
        return replace(base, cases=cases, critiques=critiques)


def _is_draft(triples: Iterable[Triple]) -> bool:
    """Tell whether a case says that it is a draft, which is kept and does not count."""
    return any(p == _DRAFT and o[1:].startswith(("true", "1")) for _, p, o in triples)


def _superseded(name: str, triples: Iterable[Triple]) -> list[str]:
    """Return the ids of the cases that stop counting because of a case."""
    if _is_draft(triples):
        return []
    start = f"<{PREFIXES['case']}"
    own = f"<{iri_of(name)}>"
    found = (o for s, p, o in triples if s == own and p == _REPLACES and o.startswith(start))
    return sorted(value.removeprefix(start).rstrip(">") for value in found)


def _counted(put: Mapping[str, frozenset[Triple]]) -> dict[str, frozenset[Triple]]:
    """Return what counts of what is put: drafts do not, nor what a case supersedes."""
    nothing = frozenset[Triple]()
    found = {name: nothing if _is_draft(said) else said for name, said in put.items()}
    for name, said in put.items():
        found |= dict.fromkeys(_superseded(name, said), nothing)
    return found


def _lives(part: Files) -> list[str]:
    told = []
    for name, said in part.cases.items():
        if _is_draft(said):
            told.append(f"{name} is a draft: it is kept, and does not count as evidence.")
        gone = ", ".join(_superseded(name, said))
        if gone:
            told.append(f"{name} supersedes {gone}, which would no longer count as evidence.")
    return told
