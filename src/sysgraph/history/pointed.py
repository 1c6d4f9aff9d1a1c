"""What contributions say of other cases and critiques, or of themselves, and find nothing there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import pyoxigraph as ox

from sysgraph.case.contribution import Contribution, locate, placed
from sysgraph.case.document import owner_of
from sysgraph.errors import Finding, Severity, suggest
from sysgraph.history.states import life_of, quads_in
from sysgraph.near import nearest
from sysgraph.ontology import Ontology
from sysgraph.rdf import text_of
from sysgraph.store.local import Store
from sysgraph.terms import (
    CRITIQUE,
    NAMESPACE,
    contribution_of,
    kind_of,
    local_name,
)
from sysgraph.vocabulary import Vocabulary

__all__ = ["lost_pointers"]

_CASE = f"{NAMESPACE}case/"


def lost_pointers(
    contributions: Sequence[Contribution],
    findings: Iterable[Finding],
    open_store: Callable[[], Store],
) -> list[Finding]:
    """Warn of each case or critique, or part of one, that is pointed to and is not there.

    What the contributions hold themselves is there. ``open_store`` gives the store to look in,
    and is called only where there is something to look for. Where ``findings`` tell of a place
    already, nothing more is said of it.
    """
    told = {(one.focus, one.path) for one in findings}
    pointing = [
        (one, quad)
        for one in contributions
        for quad in _pointers(one, Ontology.load().vocabulary)
        if (text_of(quad.subject), quad.predicate.value) not in told
    ]
    if not pointing:
        return []
    there = _There(contributions, open_store)
    return locate(
        _warning(one, quad, *lost) for one, quad in pointing if (lost := there.lacks(quad))
    )


def _pointers(one: Contribution, vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    mentions = (vocabulary.of_critiques if one.is_critique else vocabulary).mentions
    for quad in one.quads:
        if quad.predicate.value in mentions and owner_of(text_of(quad.object)):
            yield quad


def _warning(one: Contribution, quad: ox.Quad, message: str, near: list[str]) -> Finding:
    focus, path, value = text_of(quad.subject), quad.predicate.value, text_of(quad.object)
    shown = [f"sysg:{iri.removeprefix(NAMESPACE)}" for iri in near]
    finding = Finding(
        message=f"{message}{suggest(shown)}",
        demand="no-target",
        severity=Severity.WARNING,
        file=one.file,
        focus=focus,
        path=path,
        value=value,
        nearest=tuple(shown),
    )
    return placed(
        finding, one, (focus, path, value), (focus, path, local_name(value)), (focus, path)
    )


class _There:
    """Which things of cases and critiques there are: in what was given, and in a store."""

    def __init__(
        self, contributions: Sequence[Contribution], open_store: Callable[[], Store]
    ) -> None:
        self._open = open_store
        self._store: Store | None = None
        self._parts = defaultdict[str, set[str]](set)
        for one in contributions:
            self._parts[one.iri] |= {text_of(quad.subject) for quad in one.quads}

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = self._open()
        return self._store

    def lacks(self, quad: ox.Quad) -> tuple[str, list[str]] | None:
        """Return what a statement points to in vain, if it does, and the names that come near."""
        value = text_of(quad.object)
        if quad.object == quad.subject:
            return "this points to itself; name what it is about", []
        owner = owner_of(value)
        kind = kind_of(_name(owner))
        parts = self._parts_of(owner)
        if value in parts:
            return None
        if parts:
            tails = {part.removeprefix(f"{owner}/"): part for part in parts - {owner}}
            tail = value.removeprefix(f"{owner}/")
            near = [tails[one] for one in nearest(tail, sorted(tails))]
            return f"the {kind} '{_id(owner)}' has no part '{tail}'", near
        near = [one for one in self._like(owner) if one != owner_of(text_of(quad.subject))]
        advice = "" if near else "; correct the name, or load it as well"
        where = f"in {self.store.place}, nor in these files"
        return f"there is no {kind} '{_id(owner)}' {where}{advice}", near

    def _parts_of(self, owner: str) -> set[str]:
        if owner not in self._parts:
            now = life_of(_name(owner), self.store).now
            stated = quads_in(now.content) if now else ()
            self._parts[owner] = {text_of(quad.subject) for quad in stated}
        return self._parts[owner]

    def _like(self, owner: str) -> list[str]:
        start = owner.removesuffix(_id(owner))
        known = {_id(one) for one, parts in self._parts.items() if parts and one.startswith(start)}
        if owner.startswith(_CASE):
            known.update(self.store.index().ids_like(_id(owner)))
        else:
            names = map(contribution_of, self.store.graphs())
            known.update(_id(name) for name in names if name.startswith(CRITIQUE))
        return [start + one for one in nearest(_id(owner), sorted(known))]


def _name(owner: str) -> str:
    return owner.removeprefix(_CASE).removeprefix(NAMESPACE)


def _id(owner: str) -> str:
    return owner.rpartition("/")[2]
