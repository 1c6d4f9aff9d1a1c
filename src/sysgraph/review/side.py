"""One side of a comparison, asked alike whether it is a store, files or a revision."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph import library
from sysgraph.contribute import Contribution, Vocabulary, load_vocabulary, read
from sysgraph.errors import BadFiles, SysgraphError
from sysgraph.graph import quads_of, read_turtle, triples_of
from sysgraph.index import Entry, entry_of
from sysgraph.paths import data, term_files
from sysgraph.reason import Facts, Reasoner, Rule, close, compile_axioms, knowledge, specialise
from sysgraph.reason.rulefile import read_rules
from sysgraph.review.held import HeldCases, OverlaidCases, critiques_over
from sysgraph.terms import (
    CRITIQUE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    Triple,
    contribution_of,
    graph_of,
)

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.store import Store

__all__ = ["Files", "Overlaid", "Side", "Stored", "Tree", "iri_of", "own_statements"]


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


class Stored(Side):
    """A store, or the shipped library, whose cases are fetched as they are wanted."""

    def __init__(self, name: str, store: Store, *, shipped: bool) -> None:
        """Take an open store."""
        super().__init__(name)
        self.store = store
        self._shipped = shipped

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        return frozenset(filter(None, map(contribution_of, self.store.graphs())))

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        return own_statements(name, self.store.quads(graph_of(name)))

    @cached_property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return frozenset(triples_of(self.store.quads(ONTOLOGY_GRAPH)))

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return the shapes of the shipped library; a store keeps none."""
        return _demands(data() / "ontology") if self._shipped else None

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the rules of the shipped library; a store keeps none."""
        return _rule_texts(data() / "ontology") if self._shipped else None

    @cached_property
    def frame(self) -> Frame:
        """Return what advice is made from."""
        from sysgraph.advice import load_frame, load_shipped_frame

        return load_shipped_frame() if self._shipped else load_frame(self.store)

    @cached_property
    def reasoner(self) -> Reasoner:
        """Return the shipped reasoner, or one compiled from the store's own ontology."""
        if self._shipped or self.terms == frozenset(triples_of(_shipped_terms())):
            return library.reasoner()
        rules = read_rules(data() / "ontology" / "rules")
        self.notes.append(f"{self.name} keeps no rules; those of this version were used.")
        return _compiled(self.terms, rules)[0]


class Tree(Side):
    """A folder with an ontology and cases, as it lies in a checkout or in a git revision."""

    def __init__(self, name: str, ontology: Path, like: Tree | None = None) -> None:
        """Read it whole. Files that ``like`` holds as well are taken from there.

        Raises:
            BadFiles: some of it cannot be read; all of that is named.
        """
        super().__init__(name)
        self._ontology = ontology
        self._context = (ontology / "context.jsonld").read_bytes()
        self._terms = frozenset(triples_of(read_turtle(term_files(ontology))))
        self._rules = _rule_texts(ontology)
        self._demands = _demands(ontology)
        self._like = like
        self._files = self._read_files()
        self._cases = {one.case_id: one for found in self._files.values() for one in found}
        refused = sum(len(one.findings) for one in self._cases.values())
        if refused:
            self.notes.append(
                f"{name}: {refused} statements were refused by its own vocabulary and are left"
                " out; 'sysgraph validate' names them."
            )

    def _read_files(self) -> dict[str, list[Contribution]]:
        from hashlib import sha256

        known: Mapping[str, list[Contribution]] = {}
        if self._like is not None and self._like._context == self._context:
            known = self._like._files
        vocabulary = _vocabulary_of(self._ontology)
        found: dict[str, list[Contribution]] = {}
        problems: list[SysgraphError] = []
        folders = (self._ontology / "cases", self._ontology / "critiques")
        for path in sorted(path for folder in folders for path in folder.glob("*.yaml")):
            digest = sha256(path.read_bytes()).hexdigest()
            try:
                found[digest] = known.get(digest) or read(path, vocabulary, critiques=True)
            except BadFiles as error:
                problems += error.problems
            except SysgraphError as error:
                problems.append(error)
        if problems:
            raise BadFiles(problems)
        return found

    @cached_property
    def names(self) -> Collection[str]:
        """Return the names of all contributions."""
        return self._cases.keys()

    def statements(self, name: str) -> frozenset[Triple]:
        """Return what a contribution asserts."""
        found = self._cases.get(name)
        return own_statements(name, found.quads) if found else frozenset()

    @property
    def terms(self) -> frozenset[Triple]:
        """Return what the ontology asserts."""
        return self._terms

    @property
    def demands(self) -> frozenset[Triple] | None:
        """Return what the shapes say."""
        return self._demands

    @property
    def rules(self) -> Mapping[str, str] | None:
        """Return the text of each rule file."""
        return self._rules

    @property
    def reasoner(self) -> Reasoner:
        """Return what reasons by this ontology; shared with a side that says the same."""
        return self._made[0]

    @cached_property
    def _made(self) -> tuple[Reasoner, list[Triple]]:
        like = self._like
        if like is not None and (like.terms, like.rules) == (self._terms, self._rules):
            return like._made
        try:
            rules = read_rules(self._ontology / "rules")
        except SysgraphError as error:
            reason = str(error).replace(f"{self._ontology}/", "")
            self.notes.append(
                f"{self.name}: this version cannot run the rules there ({reason}); its own were"
                " used in their place."
            )
            rules = read_rules(data() / "ontology" / "rules")
        return _compiled(self._terms, rules)

    @cached_property
    def frame(self) -> Frame:
        """Return what advice is made from."""
        from dataclasses import replace

        from sysgraph.advice import load_frame
        from sysgraph.advice.frame import values_of
        from sysgraph.store import memory

        held = quads_of([*self._terms, *self._made[1]], ONTOLOGY_GRAPH)
        held += [
            ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_of(name)))
            for name, one in self._cases.items()
            for quad in one.quads
        ]
        frame = load_frame(memory(held))
        entries = [
            entry_of(name, triples_of(one.quads))
            for name, one in self._cases.items()
            if not one.is_critique
        ]
        return replace(frame, cases=HeldCases(entries, values_of(frame)))


class Files:
    """Cases and critiques by themselves, from files; they become a side when laid over one."""

    def __init__(self, name: str, found: Iterable[Contribution]) -> None:
        """Take what was read."""
        self.name = name
        self.cases = {one.case_id: own_statements(one.case_id, one.quads) for one in found}
        self.notes = [
            f"{one.file}: the {one.title} has {len(one.findings)} problems that keep it out;"
            f" run 'sysgraph validate' on it."
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


def _shipped_terms() -> list[ox.Quad]:
    return read_turtle(term_files(data() / "ontology"))


def _demands(ontology: Path) -> frozenset[Triple]:
    return frozenset(triples_of(read_turtle(sorted((ontology / "shapes").glob("*.ttl")))))


def _rule_texts(ontology: Path) -> dict[str, str]:
    files = sorted((ontology / "rules").glob("*.rq"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def _vocabulary_of(ontology: Path) -> Vocabulary:
    try:
        return load_vocabulary(ontology)
    except KeyError:  # an old revision, from before critiques stood by themselves
        return load_vocabulary(data() / "ontology")


def _compiled(terms: Iterable[Triple], rules: Iterable[Rule]) -> tuple[Reasoner, list[Triple]]:
    """Return a reasoner for an ontology, and what the ontology comes to by itself.

    owlrl is not asked for its opinion, as it is when the library is built: half a second in
    place of ten.
    """
    stated = Facts(terms)
    every = (*compile_axioms(stated.all), *rules)
    schema = close(every, stated.all)
    return Reasoner(specialise(every, schema, stated)), list(knowledge(schema, stated))
