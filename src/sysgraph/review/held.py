"""Cases and critiques of a side that are held in memory, or laid over those of another side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sysgraph.advice.cases import Cases, StoredCase
from sysgraph.advice.critique import Critique, load_critiques
from sysgraph.contribute.limits import owner_of
from sysgraph.graph import quads_of
from sysgraph.index import Entry, Index
from sysgraph.store import memory
from sysgraph.terms import CRITIQUE, ONTOLOGY_GRAPH, PREFIXES, Triple

__all__ = ["HeldCases", "OverlaidCases", "critiques_over", "name_of"]

_CASE = PREFIXES["case"]
_ASKS = f"<{PREFIXES['sysg']}asks>"
_ABOUT = f"<{PREFIXES['sysg']}isAbout>"
_TITLE = f"<{PREFIXES['dcterms']}title>"


def _told(entry: Entry) -> StoredCase:
    return StoredCase(
        entry.case_id, entry.title, entry.type, entry.led, entry.working, entry.checked
    )


class HeldCases(Cases):
    """Cases by their index alone, for sides that are no store."""

    def __init__(self, entries: Iterable[Entry], facets: Mapping[str, str]) -> None:
        """Take the entry of each case; ``facets`` goes from the IRI of a value to its facet."""
        super().__init__(None, facets)
        self._entries = {entry.case_id: entry for entry in entries}
        self._index = Index.build(self._entries.values())

    def index(self) -> Index:
        """Return the index of the cases."""
        return self._index

    def __getitem__(self, iri: str) -> StoredCase:
        return _told(self._entries[iri.removeprefix(_CASE)])


class OverlaidCases(Cases):
    """The cases of another side, some of them added, replaced or, where None, taken away."""

    def __init__(self, base: Cases, entries: Mapping[str, Entry | None]) -> None:
        """Lay entries over the cases of a side, which stay as they are."""
        super().__init__(None, base._facets)
        self._base, self._entries = base, dict(entries)
        index = base.index()
        self._index = Index(
            list(index.ids), list(index.titles), index.heads, index.rows, dict(index.bits)
        )
        for name, entry in self._entries.items():
            if entry is None:
                self._index.drop(name)
            else:
                self._index.put(entry)

    def index(self) -> Index:
        """Return the index of the cases."""
        return self._index

    def __getitem__(self, iri: str) -> StoredCase:
        name = iri.removeprefix(_CASE)
        if name not in self._entries:
            return self._base[iri]
        entry = self._entries[name]
        if entry is None:
            raise KeyError(iri)
        return _told(entry)


def critiques_over(
    base: Sequence[Critique],
    put: Mapping[str, Iterable[Triple]],
    terms: Iterable[Triple],
    cases: Cases,
) -> list[Critique]:
    """Return the critiques of a side once some contributions are laid over it."""
    kept = [one for one in base if name_of(one.iri) not in put]
    laid = {name: list(triples) for name, triples in put.items()}
    said = [triple for triples in laid.values() for triple in triples]
    if not any(predicate == _ASKS for _, predicate, _ in said):
        return kept
    index = cases.index()
    titles = dict(zip(index.ids, index.titles, strict=True))
    about = {name_of(value.strip("<>")) for _, predicate, value in said if predicate == _ABOUT}
    held = quads_of([*terms, *said], ONTOLOGY_GRAPH)
    # Cases that are only spoken about are known by their titles.
    held += quads_of(
        (f"<{_CASE}{name}>", _TITLE, _literal(titles[name]))
        for name in sorted(about - laid.keys())
        if name in titles
    )
    return sorted([*kept, *load_critiques(memory(held))], key=lambda critique: critique.iri)


def name_of(iri: str) -> str:
    """Return the name of the contribution that a critique or a part of a case belongs to."""
    owner = owner_of(iri)
    if owner.startswith(f"{PREFIXES['sysg']}{CRITIQUE}"):
        return owner.removeprefix(PREFIXES["sysg"])
    return owner.removeprefix(_CASE)


def _literal(text: str) -> str:
    import pyoxigraph as ox

    return str(ox.Literal(text))
