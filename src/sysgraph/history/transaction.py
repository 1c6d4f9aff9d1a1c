"""What a transaction changes in a store: what counts afterwards, and what is kept of before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from sysgraph import library
from sysgraph.check import is_draft
from sysgraph.errors import SysgraphError
from sysgraph.history.states import (
    ASIDE,
    COUNTS,
    DRAFT,
    PARTS,
    REPLACES,
    RETRACTED,
    SUPERSEDED,
    Deed,
    Life,
    State,
    history_quads,
    life_of,
    moment_now,
    name_at,
    quads_in,
    replaced_in,
    text_from,
)
from sysgraph.store.local import Store
from sysgraph.terms import graph_of, iri_of

__all__ = ["Transaction"]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to stand of a contribution, and what is done to bring that about.

    ``inferred`` is what follows from it, where that is known.
    """

    deed: Deed
    asserted: tuple[ox.Quad, ...] = ()
    origin: tuple[ox.Quad, ...] = ()
    retracted: bool = False
    forgets: bool = False
    inferred: list[ox.Quad] | None = None

    def replaces(self, name: str) -> set[str]:
        if self.retracted or is_draft(self.asserted):
            return set()
        return replaced_in(self.asserted, name)


class Transaction:
    """Collects what is to be done to a store, and does it all at once.

    Which cases count follows from what is there alone: not a draft, not one that is
    retracted, not one that another one (neither of these) says it supersedes.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.moment = moment_now()
        self._before: dict[str, Life] = {}
        self._wanted: dict[str, _Wanted] = {}
        self._after: dict[str, State | None] = {}

    def life(self, name: str) -> Life:
        """Return the life of a contribution before the transaction."""
        if name not in self._before:
            self._before[name] = life_of(name, self.store)
        return self._before[name]

    def put(
        self,
        name: str,
        deed: Deed,
        asserted: Iterable[ox.Quad] = (),
        origin: Iterable[ox.Quad] = (),
        *,
        forgets: bool = False,
        inferred: list[ox.Quad] | None = None,
    ) -> None:
        """Have a contribution stand, or nothing of it; what it was is kept, unless it forgets."""
        made = _Wanted(deed, tuple(asserted), tuple(origin), forgets=forgets, inferred=inferred)
        self._wanted[name] = made

    def keep(self, name: str, deed: Deed, *, retracted: bool = False) -> None:
        """Have what stands of a contribution stand on; with ``retracted`` it does not count."""
        now = self.life(name).now
        assert now is not None  # or there would be nothing to keep
        asserted, origin = (tuple(quads_in(text)) for text in (now.content, now.origin))
        self._wanted[name] = _Wanted(deed, asserted, origin, retracted)

    def touch(self, name: str) -> None:
        """See whether a contribution that stands still counts."""
        status = self.life(name).status
        if name not in self._wanted and status in (COUNTS, SUPERSEDED):
            self.keep(name, Deed(SUPERSEDED if status == COUNTS else "no longer superseded"))

    def commit(self, more: Mapping[str, list[ox.Quad]] | None = None) -> None:
        """Do it all at once, and give ``more`` graphs what they are to hold.

        Raises:
            SysgraphError: two cases would each supersede the other.
        """
        for name in list(self._wanted):
            for target in self.life(name).replaces | self._wanted[name].replaces(name):
                self.touch(target)
        self._refuse_circles()
        self._after = {name: self._state_after(name) for name in self._wanted}
        changed = [name for name in self._wanted if not self._stays(name)]
        inferred = self._inferred(changed)
        graphs: dict[str, list[ox.Quad]] = {}
        for name, wanted in self._wanted.items():
            if name in changed or wanted.forgets:
                graphs |= self._graphs(name, inferred.get(name, []))
        graphs |= more or {}
        if graphs:
            self.store.replace(graphs)

    def came_to(self, status: str) -> tuple[str, ...]:
        """Return the names of what has come to a status by the transaction."""
        now = (name for name, state in self._after.items() if state and state.status == status)
        return tuple(sorted(name for name in now if self.life(name).status != status))

    def _state_after(self, name: str) -> State | None:
        wanted, by = self._wanted[name], tuple[str, ...]()
        if not wanted.asserted:
            return None
        if wanted.retracted:
            status = RETRACTED
        elif is_draft(wanted.asserted):
            status = DRAFT
        else:
            by = self._superseders(name)
            status = SUPERSEDED if by else COUNTS
        at = max(self.moment, self.life(name).since)
        content, origin = text_from(wanted.asserted), text_from(wanted.origin)
        return State(status, at, content, origin, replaced_by=by)

    def _superseders(self, name: str) -> tuple[str, ...]:
        rows = self.store.select(f"SELECT DISTINCT ?by WHERE {{ ?by {REPLACES} <{iri_of(name)}> }}")
        stored = {name_at(row["by"]) for row in rows.texts()}
        others = {other for other, w in self._wanted.items() if name in w.replaces(other)}
        return tuple(sorted((stored - self._wanted.keys()) | others))

    def _refuse_circles(self) -> None:
        for name in self._wanted:
            seen: set[str] = set()
            waiting = self._targets(name)
            while waiting:
                other = waiting.pop()
                if other == name:
                    raise SysgraphError(
                        f"the case '{name}' would supersede itself, by way of"
                        f" {', '.join(sorted(seen)) or 'its own key'}; take out one 'supersedes:'"
                    )
                if other not in seen:
                    seen.add(other)
                    waiting |= self._targets(other)

    def _targets(self, name: str) -> set[str]:
        wanted = self._wanted.get(name)
        return wanted.replaces(name) if wanted else self.life(name).replaces

    def _stays(self, name: str) -> bool:
        """Tell whether a contribution is afterwards what it was before."""
        before, after = self.life(name).now, self._after[name]
        if before is None or after is None:
            return before is after
        return replace(after, since=before.since) == before

    def _inferred(self, names: Iterable[str]) -> dict[str, list[ox.Quad]]:
        """Return what follows from those that are to count: what is not known is reasoned out."""
        counting = [n for n in names if (state := self._after[n]) and state.status == COUNTS]
        known = {name: self._wanted[name].inferred for name in counting}
        found = {name: quads for name, quads in known.items() if quads is not None}
        new = {name: self._wanted[name].asserted for name in counting if name not in found}
        return found | library.infer_cases(new)

    def _graphs(self, name: str, inferred: list[ox.Quad]) -> dict[str, list[ox.Quad]]:
        wanted, after, life = self._wanted[name], self._after[name], self.life(name)
        found: dict[str, list[ox.Quad]] = {}
        if life.status == COUNTS:
            # A server that was filled from an export also has what described it.
            found = {graph_of(name, part): [] for part in (*PARTS, "described")}
        if after and after.status == COUNTS:
            parts = (list(wanted.asserted), inferred, list(wanted.origin))
            found |= {graph_of(name, part): quads for part, quads in zip(PARTS, parts, strict=True)}
        past = [] if wanted.forgets else life.after(wanted.deed, self.moment)
        if after and after.status in ASIDE:
            past.append(after)
        if past or life.states:
            found[graph_of(name, "history")] = history_quads(name, past)
        return found
