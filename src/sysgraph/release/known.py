"""What a store holds that a site has pages of, and what each case of it makes pages say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.described import describe
from sysgraph.history.became import never_counted
from sysgraph.ontology import Ontology
from sysgraph.publish.parts import Part, What
from sysgraph.publish.things import contribution_at, text_named
from sysgraph.publish.units import units_of
from sysgraph.rdf import text_of
from sysgraph.terms import (
    CRITIQUE,
    NAMESPACE,
    STORE_GRAPH,
    contribution_of,
    graph_of,
    iri_of,
)

if TYPE_CHECKING:
    from sysgraph.store.local import Store

__all__ = ["Known", "Names"]


class Known:
    """The things of a store, and which of its pages change when a case does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names = {name: contribution_of(name) for name in store.graphs()}
        self.cases = sorted({*self._names.values()} - {"", *never_counted(store)})
        """The names of the cases and critiques, without those that were never more than drafts."""

    @cached_property
    def _graphs(self) -> dict[str, list[str]]:
        """The graphs of each case."""
        found: dict[str, list[str]] = defaultdict(list)
        for graph, name in self._names.items():
            found[name].append(graph)
        return found

    @cached_property
    def _rest(self) -> list[ox.Quad]:
        """What the store says that no case says, but for the mark of its state."""
        graphs = [one for one, name in self._names.items() if not name and one != STORE_GRAPH]
        return [quad for graph in graphs for quad in self._store.quads(graph)]

    @cached_property
    def digest(self) -> str:
        """What tells the ontology and all that is of no case from any other."""
        lines = sorted(str(quad) for quad in self._rest)
        return sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def digests(self) -> dict[str, str]:
        """What tells each case from any other state of it: where it comes from, and its state."""
        said: dict[str, list[str]] = defaultdict(list)
        for graph, name in self._names.items():
            if name and graph not in (graph_of(name), graph_of(name, "inferred")):
                said[name] += map(str, self._store.quads(graph))
        return {
            name: sha256("\n".join(sorted(said[name])).encode()).hexdigest() for name in self.cases
        }

    def addresses(self) -> list[str]:
        """Return the address of the page of each thing, but for questions; cases come first."""
        cases = [iri_of(name) for name in self.cases]
        graphs = [graph_of(name) for name in self.cases]
        unit = next(units_of(self._store, Part(What.ALL)), {})  # what is of no case comes first
        described = chain.from_iterable(unit.values())  # with what is told of it by rule
        subjects = {text_of(quad.subject) for quad in chain(self._rest, described)}
        rest = {iri for iri in subjects if iri.startswith(NAMESPACE) and iri != NAMESPACE}
        things = [*cases, *graphs, *sorted(rest - {*cases, *graphs})]
        whole = [one for one in things if not contribution_at(one)[1]]
        return list(map(_page, whole))

    @cached_property
    def _speaking(self) -> dict[str, set[str]]:
        """Which things of no case speak of each case."""
        found: dict[str, set[str]] = defaultdict(set)
        for quad in self._rest:
            name = contribution_at(text_of(quad.object))[0]
            if name:
                found[name].add(text_of(quad.subject))
        return found

    def named_by(self, name: str) -> set[str]:
        """Return the addresses of the pages that a case makes say something."""
        found = {iri_of(name), graph_of(name), *self._speaking.get(name, ())}
        vocabulary = Ontology.load().vocabulary
        own = vocabulary.of_critiques if name.startswith(CRITIQUE) else vocabulary
        every = [self._store.quads(graph) for graph in self._graphs[name]]
        stated = self._store.quads(graph_of(name))
        said: list[ox.Quad | ox.Triple] = [*chain(*every), *describe(stated, name, own)]
        found |= {one for quad in said for one in _named(quad)}
        below = f"{graph_of(name)}/"  # what its history tells of has pages of its own
        found |= {one for quad in said if (one := text_of(quad.subject)).startswith(below)}
        return set(map(_page, found))


def _page(iri: str) -> str:
    return f"/{iri.removeprefix(NAMESPACE)}"


def _named(quad: ox.Quad | ox.Triple) -> Iterator[str]:
    """Yield the things of ours that a statement of a case names, a case for each of its parts."""
    if isinstance(quad.object, ox.NamedNode):
        iri = quad.object.value
        if iri.startswith(NAMESPACE):
            name, _ = contribution_at(iri)
            yield iri_of(name) if name else iri


@dataclass(frozen=True, slots=True)
class Names:
    """Which pages each case makes say something, and which of all do so otherwise than before."""

    by_case: Mapping[str, Iterable[str]]
    stale: frozenset[str]

    @staticmethod
    def of(known: Known, former: Mapping[str, str], told: bytes) -> Names:
        """Return what the cases name now, given their former digests and what they named then.

        Only of cases that have changed is it found out anew.
        """
        before = _read(told)
        now = known.digests
        same = {name for name in before if now.get(name) == former.get(name)}
        fresh = {name: known.named_by(name) for name in known.cases if name not in same}
        gone = [before[name] for name in before.keys() - same]
        stale = {one for names in (*fresh.values(), *gone) for one in names}
        kept = {name: before[name] for name in same}
        changed = {_page(iri_of(name)) for name in {*fresh, *(before.keys() - same)}}
        for name, names in kept.items():
            if not changed.isdisjoint(names):  # its pages show what the changed one is called
                own, graph = _page(iri_of(name)), _page(graph_of(name))
                stale |= {
                    one for one in names if one in (own, graph) or one.startswith(f"{graph}/")
                }
        return Names({**kept, **fresh}, frozenset(stale))

    def addresses(self) -> list[str]:
        """Return the addresses of what cases name by texts: sectors, places, standpoints."""
        every = {one for names in self.by_case.values() for one in names}
        return sorted(one for one in every if text_named(f"{NAMESPACE}{one[1:]}")[1])

    def as_json(self) -> bytes:
        """Return it as a file, each name once."""
        pages = sorted({one for names in self.by_case.values() for one in names})
        at = {one: number for number, one in enumerate(pages)}
        cases = {
            name: sorted(at[one] for one in names) for name, names in sorted(self.by_case.items())
        }
        told = {"pages": pages, "cases": cases}
        return (json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _read(told: bytes) -> dict[str, list[str]]:
    if not told:
        return {}
    held = json.loads(told)
    pages = held["pages"]
    return {name: [pages[at] for at in numbers] for name, numbers in held["cases"].items()}
