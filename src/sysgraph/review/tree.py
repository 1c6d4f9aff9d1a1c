"""A folder with an ontology and cases as a side: a checkout, or what a git revision holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.contribute import Contribution, Vocabulary, load_vocabulary, read
from sysgraph.errors import BadFiles, SysgraphError
from sysgraph.graph import quads_of, read_turtle, triples_of
from sysgraph.index import entry_of
from sysgraph.paths import data, term_files
from sysgraph.reason import Facts, Reasoner, Rule, close, compile_axioms, knowledge, specialise
from sysgraph.reason.rulefile import read_rules
from sysgraph.review.held import HeldCases
from sysgraph.review.side import Side, own_statements
from sysgraph.terms import (
    ONTOLOGY_GRAPH,
    Triple,
    graph_of,
)

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame

__all__ = ["Tree", "compiled", "demands_of", "rule_texts"]


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
        self._rules = rule_texts(ontology)
        self._demands = demands_of(ontology)
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
        return compiled(self._terms, rules)

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


def demands_of(ontology: Path) -> frozenset[Triple]:
    """Return what the shapes of an ontology folder say."""
    return frozenset(triples_of(read_turtle(sorted((ontology / "shapes").glob("*.ttl")))))


def rule_texts(ontology: Path) -> dict[str, str]:
    """Return the text of each rule of an ontology folder, by its name."""
    files = sorted((ontology / "rules").glob("*.rq"))
    return {path.stem: path.read_text(encoding="utf-8") for path in files}


def _vocabulary_of(ontology: Path) -> Vocabulary:
    try:
        return load_vocabulary(ontology)
    except KeyError:  # an old revision, from before critiques stood by themselves
        return load_vocabulary(data() / "ontology")


def compiled(terms: Iterable[Triple], rules: Iterable[Rule]) -> tuple[Reasoner, list[Triple]]:
    """Return a reasoner for an ontology, and what the ontology comes to by itself.

    owlrl is not asked for its opinion, as it is when the library is built: half a second in
    place of ten.
    """
    stated = Facts(terms)
    every = (*compile_axioms(stated.all), *rules)
    schema = close(every, stated.all)
    return Reasoner(specialise(every, schema, stated)), list(knowledge(schema, stated))
